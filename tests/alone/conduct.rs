//! What a server of one's own does besides answering is told for what it is: three servers that leave
//! every exchange without an answer, and three sentences.

use crate::harness::processes::nothing_is_left;
use crate::harness::{Bench, Ran, scenario};
use crate::support::{by_hand, drive, drive_echo, is_done, read_frame, write_frame};
use std::io::Write;

/// Plays a scenario against a Python server under `len32be` that does this with each connection `c`;
/// `ask()` reads a request.
#[track_caller]
fn play(with_peer: &str, load: &str, gates: &str) -> (Ran, Bench) {
    let bench = Bench::new();
    let server = format!(
        "import socket, struct, sys, threading\n\
         def serve(c):\n\
         \x20   f = c.makefile('rb')\n\
         \x20   def ask():\n\
         \x20       h = f.read(4)\n\
         \x20       return h + f.read(struct.unpack('>I', h)[0]) if h else b''\n\
{with_peer}\n\
         listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
         while True:\n\
         \x20   c, _ = listener.accept(); threading.Thread(target=serve, args=(c,)).start()\n"
    );
    bench.write("server.py", server);
    let more = format!(
        "handler = {{ plugin = \"echo\", config = {{ verify = true }} }}\n\n\
         [server]\ncommand = [\"python3\", \"server.py\", \"{{port}}\"]\n\n{gates}"
    );
    let load = format!("warmup = \"0ms\"\ntimeout = \"200ms\"\n{load}");
    let ran = bench.run(&scenario("\"len32be\"", &load, &more), &[]);
    nothing_is_left(&bench);
    (ran, bench)
}

/// It did that, and this is what is said of it, and nothing else.
#[track_caller]
fn did(with_peer: &str, kind: &str, [sessions, count]: [u64; 2], told: &str) {
    let (ran, bench) = play(with_peer, "messages = 3\n", "[expect]\ndone = 3\n");
    assert_eq!(ran.code, Some(100), "{ran}");
    // However the table is wide.
    let words = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(told), "{told}: {ran}");
    let sentences = words.split("What the server did").nth(1).map_or(0, |did| {
        let did = did.split("Notes").next().unwrap_or_default();
        did.matches("the server ").count()
    });
    assert_eq!(sentences, 1, "{ran}");
    let document = bench.document();
    let deed = &document.cell().0["conduct"][kind];
    assert_eq!([&deed["sessions"], &deed["count"]], [sessions, count], "{deed}: {ran}");
}

#[test]
fn a_server_that_closes_owes_so_many_answers() {
    let told = "the server closed 3 sessions with 3 exchanges under way; first session 1: 1 under \
                way, after 0 messages";
    did("    ask(); f.close(); c.close()", "closed", [3, 3], told);
}

#[test]
fn a_server_that_ends_within_an_answer_has_sent_so_many_of_so_many_bytes() {
    let told = "the server began a message and did not end it in time, in 3 sessions, which left 3 \
                exchanges without an answer; first session 1: 64 of 68 bytes had come, \
                after 0 messages, and then nothing";
    did("    while a := ask(): c.sendall(a[:-4])", "partial", [3, 3], told);
}

#[test]
fn a_server_that_says_nothing_has_sent_nothing() {
    let told = "the server sent nothing to 3 exchanges in 3 sessions, and kept the connection; \
                first session 1: not a byte had come of it";
    did("    while ask(): pass", "mute", [3, 3], told);
}

#[test]
fn a_server_that_closes_within_an_answer_is_both() {
    let told = "the server closed 3 sessions with 3 exchanges under way; first session 1: 1 under \
                way, after 0 messages, 2 of at least 4 bytes into another";
    did("    c.sendall(ask()[:2]); f.close(); c.close()", "closed", [3, 3], told);
}

#[test]
fn a_server_that_falls_silent_is_told_with_what_it_had_said() {
    let peer = "    c.sendall(ask())\n    while ask(): pass";
    let (ran, bench) = play(peer, "messages = 2\n", "");
    let words = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("first session 1: after 1 message not a byte more"), "{ran}");
    assert_eq!(bench.document().cell().done(), 1, "{ran}");
}

#[test]
fn all_that_were_under_way_count() {
    let (ran, bench) = play("    ask(); f.close(); c.close()", "messages = 5\nin-flight = 5\n", "");
    let document = bench.document();
    let conduct = &document.cell().0["conduct"];
    let lost = |kind: &str| conduct[kind]["count"].as_u64().unwrap_or(0);
    // What is unread when a socket is closed makes a reset of it.
    assert_eq!(lost("closed") + lost("reset"), 5, "{conduct}: {ran}");
}

#[test]
fn a_server_that_only_answers_is_said_nothing_of() {
    let (ran, bench) =
        play("    while a := ask(): c.sendall(a)", "messages = 20\nin-flight = 3\n", "");
    assert!(!ran.stdout.contains("What the server did"), "{ran}");
    let document = bench.document();
    for (kind, deed) in document.cell().0["conduct"].as_object().expect("a table") {
        assert_eq!(deed["count"], 0, "{kind}: {ran}");
    }
}

#[test]
fn a_client_alone_says_the_same() {
    let (address, serving) = by_hand(1, |mut stream| {
        let frame = read_frame(&mut stream).expect("a request");
        write_frame(&mut stream, &frame);
        let frame = read_frame(&mut stream).expect("another");
        let _ = stream.write_all(&(frame.len() as u32).to_be_bytes());
    });
    let bench = Bench::new();
    let ran = drive_echo(&bench, &address, "len32be", &["--messages", "2"]);
    assert_eq!(ran.code, Some(100), "{ran}");
    let told = "the server closed 1 session with 1 exchange under way; first session 1: 1 under way, \
                after 1 message, 4 of 68 bytes into another";
    assert!(ran.stdout.contains(told), "{ran}");
    serving.join().expect("the server ends");
}

/// Answers every request twice.
const TWICE: &str = "    while a := ask(): c.sendall(a); c.sendall(a)";

#[test]
fn a_server_that_answers_twice_has_a_surplus_in_every_run() {
    for (load, gates, code, verdict) in [
        ("messages = 5\n", "[expect]\nsurplus = 0\n", 100, "fail"),
        ("messages = 5\n", "[expect]\nsurplus = 5\n", 0, "pass"),
        ("messages = 5\n", "[expect]\nwrong = \">= 0\"\n", 106, "inconclusive"),
        ("messages = 6\nin-flight = 3\n", "[expect]\nsurplus = 6\n", 0, "pass"),
        ("messages = 1\n", "[expect]\nsurplus = \"> 0\"\n", 0, "pass"),
    ] {
        let (ran, bench) = play(TWICE, load, gates);
        assert_eq!(ran.code, Some(code), "{load}{gates}{ran}");
        assert_eq!(bench.document().cell().verdict(), verdict, "{load}{gates}{ran}");
        let words = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("for which nothing was under way any more"), "{ran}");
    }
}

#[test]
fn a_greeting_is_no_surplus() {
    let (address, serving) = by_hand(1, |mut stream| {
        write_frame(&mut stream, b"hi");
        while let Some(frame) = read_frame(&mut stream) {
            write_frame(&mut stream, &frame);
        }
    });
    // The client's handler waits for it.
    let greeted = r#"{"greeting": "hi"}"#;
    let echo = ["--handler", "echo", "--framing", "len32be", "--config", greeted];
    let bench = Bench::new();
    let ran = drive(&bench, &address, &[&echo[..], &["--messages", "3"]].concat());
    is_done(&ran, 3);
    assert!(!ran.stdout.contains("what the server did"), "{ran}");
    serving.join().expect("the server ends");
}

#[test]
fn a_surplus_cannot_be_gated_where_the_ledger_tells_more() {
    let bench = Bench::new();
    let ran = bench.run(&scenario("\"len32be\"", "", "\n[expect]\nsurplus = 0\n"), &[]);
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("`unexpected-messages`"), "{ran}");
}
