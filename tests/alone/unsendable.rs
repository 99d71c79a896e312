//! What the framing cannot carry: why, where and what of it, for whoever serves, drives or measures.

use crate::harness::{Bench, Ran, scenario};
use crate::support::{Serve, by_hand, drive};
use std::io::{Read, Write};
use std::net::Shutdown;

/// A command whose output holds a line feed at byte 24 of 34.
const TWO_LINES: &str =
    "{ commands = { say = ['printf', 'the first line is longer\\nthan that'] } }";

const LF_AT_24: &str = "session 1, 34 B: the payload holds the framing's LF (0a) at byte 24: take a \
                        framing for any bytes, as `len32be`";

/// Serves, asks once and says nothing more: what the server says at its end.
#[track_caller]
fn served(handler: &str, framing: &[&str], config: &str, request: &[u8]) -> Ran {
    let bench = Bench::new();
    let arguments = [&["--handler", handler, "--config", config, "--sessions", "1"], framing];
    let serve = Serve::start(&bench, &arguments.concat());
    let mut peer = serve.connect();
    peer.write_all(request).expect("the server reads");
    peer.shutdown(Shutdown::Write).expect("it is connected");
    let mut answer = Vec::new();
    peer.read_to_end(&mut answer).expect("the end");
    assert_eq!(answer, b"");
    serve.wait()
}

#[test]
fn a_server_says_which_byte_of_an_answer_its_framing_keeps_for_itself() {
    let ran = served("exec", &["--framing", "line"], TWO_LINES, b"say\n");
    let told = format!(
        "1 session; 1 message in (4 B read), 1 message out (0 B written)\n\
         1 message could not be sent: {LF_AT_24}\n"
    );
    assert!(ran.stdout.starts_with(&told), "{ran}");
    assert!(!ran.stdout.contains("errors"), "{ran}");
}

#[test]
fn every_reason_is_told_by_itself() {
    for (framing, reason) in [
        (r#"{ kind = "line", ending = "crlf" }"#, "LF (0a) at byte 24"),
        (r#"{ kind = "delimiter", delimiter = "st" }"#, "delimiter (73 74 = \"st\") at byte 7"),
        (r#"{ kind = "len16be", max = "30 B" }"#, "longer than 30 bytes, the most"),
        (r#"{ kind = "fixed", size = "35 B" }"#, "longer than 31 bytes, the most"),
    ] {
        let framings = ["--request-framing", "len8", "--reply-framing", framing];
        let request = b"\x22the first line is longer\nthan that";
        let ran = served("echo", &framings, "{}", request);
        let told = "1 message could not be sent: session 1, 34 B: the ";
        assert!(ran.stdout.contains(told) && ran.stdout.contains(reason), "{framing}: {ran}");
    }
    let silent = "{ commands = { say = ['true'] } }";
    let framings = ["--request-framing", "line", "--reply-framing", "raw"];
    let ran = served("exec", &framings, silent, b"say\n");
    let told = "session 1, 0 B: the framing has no form for an empty message: take one that has";
    assert!(ran.stdout.contains(told), "{ran}");
}

#[test]
fn a_driver_says_why_it_could_not_send() {
    let bench = Bench::new();
    let (address, serving) = by_hand(1, |mut peer| {
        let _ = peer.read_to_end(&mut Vec::new());
    });
    let arguments = ["--handler", "exec", "--framing", "line", "--messages", "2"];
    let config = ["--config", r#"{ ask = ["one\ntwo", "a\nb"] }"#];
    let ran = drive(&bench, &address, &[&arguments[..], &config].concat());
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(ran.stdout.contains("0 unanswered, 2 could not be sent\n"), "{ran}");
    let first = "\n2 messages could not be sent, first: session 1, 7 B: the payload holds the \
                 framing's LF (0a) at byte 3: take a framing";
    assert!(ran.stdout.contains(first), "{ran}");
    serving.join().expect("it ends with its peer");
}

#[test]
fn a_run_says_it_in_its_table_and_in_its_document() {
    let bench = Bench::new();
    let config = format!(
        "handler = {{ plugin = \"exec\", config.ask = \"say\", config.commands.say = ['printf', {}] }}\n",
        r#""the first line is longer\nthan that""#
    );
    let ran = bench.run(&scenario("\"line\"", "messages = 3\nwarmup = \"0ms\"", &config), &[]);
    let table = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(table.contains(&format!("server: 3 x unsendable boundary (all): {LF_AT_24}")), "{ran}");
    let document = bench.document();
    let errors = document.cell().list("errors");
    let [error] = errors else { panic!("one error: {errors:?}") };
    assert_eq!(error["side"], "server");
    assert_eq!(error["kind"], "unsendable boundary");
    assert_eq!(error["count"], 3);
    assert_eq!(error["first"], LF_AT_24);
    assert_eq!(document.cell().reply("unsendable"), 3);
}
