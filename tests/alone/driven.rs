//! What `drive` tells, as text and as JSON: the same, and as much as a run. Servers are plain Python, and so is who
//! reads the JSON.

use crate::harness::{Bench, Ran};
use crate::support::drive_echo;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

/// A Python server under `len32be` that does `answer` with each `frame` of a `peer`, and its address.
struct Server(Child, String);

impl Server {
    #[track_caller]
    fn start(answer: &str) -> Self {
        let script = format!(
            "import socket\n\
             listener = socket.create_server(('127.0.0.1', 0))\n\
             print('127.0.0.1:%d' % listener.getsockname()[1], flush=True)\n\
             while True:\n\
             \x20   peer = listener.accept()[0]\n\
             \x20   file = peer.makefile('rb')\n\
             \x20   seen = 0\n\
             \x20   while header := file.read(4):\n\
             \x20       frame = header + file.read(int.from_bytes(header, 'big'))\n\
             \x20       seen += 1\n\
             \x20       {answer}\n\
             \x20   file.close(); peer.close()\n"
        );
        let mut python = Command::new("python3");
        python.args(["-c", &script]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = python.spawn().expect("there is a Python");
        let mut address = String::new();
        let out = child.stdout.take().expect("it is a pipe");
        BufReader::new(out).read_line(&mut address).expect("its address");
        Self(child, address.trim_end().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Drives such a server, with a text and with JSON.
#[track_caller]
fn told(answer: &str, more: &[&str]) -> (Ran, Ran) {
    let server = Server::start(answer);
    let bench = Bench::new();
    let load = ["--messages", "6", "--set", "load.timeout=2s", "--set", "load.drain=100ms"];
    let text = [&load[..], more].concat();
    let json = [&text[..], &["--format", "json"]].concat();
    let ran = [text, json].map(|options| drive_echo(&bench, &server.1, "len32be", &options));
    let [text, json] = ran;
    assert_eq!(text.code, json.code, "{text}\n{json}");
    (text, json)
}

/// What a Python expression says of a document `d` with its only cell `c`, as Python's own reader has it.
#[track_caller]
fn of(json: &Ran, expression: &str) -> String {
    let script = format!(
        "import json, sys\nd = json.load(sys.stdin)\n[c] = d['cells']\nprint({expression})"
    );
    let mut python = Command::new("python3");
    python.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = python.spawn().expect("there is a Python");
    let mut stdin = child.stdin.take().expect("it is a pipe");
    stdin.write_all(json.stdout.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{expression} of {json}");
    String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned()
}

#[test]
fn all_that_the_text_says_is_in_the_document_and_a_report_reads_it() {
    let (text, json) = told("peer.sendall(frame)", &[]);
    assert_eq!(text.code, Some(0), "{text}");
    assert!(text.stdout.contains("6 started: 6 done, 0 wrong"), "{text}");
    assert!(text.stdout.contains("\nnotes\n  integrity is echo"), "{text}");
    assert!(text.stdout.contains("fewer than 100 exchanges were done"), "{text}");
    assert_eq!(
        of(&json, "d['schema'], c['verdict'], len(c['rounds'])"),
        "wirebench.result/2 pass 1"
    );
    let ends = "[c['exchanges'][end] for end in ('started', 'done', 'wrong', 'unanswered')]";
    assert_eq!(of(&json, ends), "[6, 6, 0, 0]");
    assert_eq!(of(&json, "c['latency_ns']['count'], c['latency_ns']['p50'] > 0"), "6 True");
    assert_eq!(of(&json, "any('fewer than 100' in note for note in c['notes'])"), "True");
    assert!(text.stdout.contains("\nheld       at most "), "{text}");
    assert_eq!(of(&json, "c['held']['peak_bytes'] >= c['held']['session_peak_bytes'] > 0"), "True");
    let bench = Bench::new();
    let kept = bench.write("driven.json", &json.stdout);
    let report = bench.start(&["report", kept.to_str().expect("UTF-8")]).wait();
    assert_eq!(report.code, Some(0), "{report}");
    assert!(report.stdout.contains("1 of 1 cells pass"), "{report}");
}

#[test]
fn a_wrong_answer_fails_a_gate_with_what_came() {
    let (text, json) = told("peer.sendall(frame[:-1] + b'!')", &[]);
    assert_eq!(text.code, Some(100), "{text}");
    let gate = "[(g['gate'], g['pass']) for g in c['gates'] if g['pass'] is False], c['verdict']";
    assert_eq!(of(&json, gate), "[('damaged', False)] fail");
    assert!(text.stdout.contains("6 corrupted"), "{text}");
    let example = "c['integrity']['examples'][0]";
    let differs = format!("{example}['verdict'], {example}['offset'] == {example}['len'] - 1");
    assert_eq!(of(&json, &differs), "corrupted True", "{json}");
}

#[test]
fn who_closed_with_what_under_way_is_the_same_sentence_as_in_a_run() {
    let (text, json) = told("peer.shutdown(2) if seen == 2 else peer.sendall(frame)", &[]);
    assert_eq!(text.code, Some(100), "{text}");
    assert!(text.stdout.contains("what the server did\n  the server closed "), "{text}");
    assert_eq!(of(&json, "c['conduct']['closed']['sessions'] > 0"), "True");
    let bench = Bench::new();
    let kept = bench.write("driven.json", &json.stdout);
    let report = bench.start(&["report", kept.to_str().expect("UTF-8")]).wait();
    assert!(report.stdout.contains("the server closed "), "{report}");
}

#[test]
fn surplus_answers_are_told_with_what_they_mean() {
    let (text, json) = told("peer.sendall(frame + frame)", &[]);
    let what = "the server sent more messages than it was asked for";
    assert!(text.stdout.contains(what), "{text}");
    assert_eq!(of(&json, "c['conduct']['surplus']['count'] > 0"), "True");
    assert_eq!(of(&json, &format!("any({what:?} in note for note in c['notes'])")), "True");
}

#[test]
fn bytes_that_are_no_frame_are_told_with_their_place() {
    let (text, json) = told("peer.sendall(b'\\xff' * 8)", &[]);
    assert_eq!(text.code, Some(100), "{text}");
    assert!(text.stdout.contains(", first: session 1: at offset 0"), "{text}");
    let first = "[one['first'][:25] for one in c['errors'] if one['kind'] == 'framing']";
    assert!(of(&json, first).contains("session 1: at offset 0"), "{json}");
}

#[test]
fn a_round_that_nobody_plays_with_is_a_document_too() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("its address").to_string();
    drop(free);
    let bench = Bench::new();
    let ran = drive_echo(&bench, &address, "len32be", &["--messages", "1", "--format", "json"]);
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(ran.stderr.contains("onnect"), "{ran}");
    assert_eq!(of(&ran, "c['rounds'][0]['outcome']"), "failed");
    assert_eq!(of(&ran, "'onnect' in c['rounds'][0]['error']"), "True");
}

#[test]
fn a_conversation_has_standard_output_for_itself() {
    let bench = Bench::new();
    let script = bench.write("talk.txt", "one\n");
    let arguments = ["--input", script.to_str().expect("UTF-8"), "--format", "json"];
    let ran = drive_echo(&bench, "127.0.0.1:9", "line", &arguments);
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(ran.stderr.contains("--input"), "{ran}");
}
