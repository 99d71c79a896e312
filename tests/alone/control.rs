//! What a framing itself sends keeps its place among the messages of its side.

use crate::harness::Bench;
use crate::support::Serve;
use std::io::{Read, Write};

/// Everything that `serve` answers to `bytes`, which come in one write, with each write policy.
#[track_caller]
fn answers(framing: &str, bytes: &[u8], wanted: &[u8]) {
    for policy in ["message", "batch", "header-body"] {
        let bench = Bench::new();
        let serve = Serve::echo(&bench, framing, &["--set", &format!("transport.write={policy}")]);
        let mut peer = serve.connect();
        peer.write_all(bytes).expect("it reads");
        let mut answers = vec![0; wanted.len()];
        peer.read_exact(&mut answers).expect("as many bytes");
        assert_eq!(answers, wanted, "{policy}: {}", answers.escape_ascii());
        drop(peer);
        let ran = serve.end();
        assert_eq!(ran.code, Some(0), "{ran}");
    }
}

#[test]
fn a_close_is_answered_behind_the_message_before_it_and_nothing_follows() {
    // A message, a ping, a message, a close, a message.
    let (hi, ping) = (b"\x82\x82\0\0\0\0hi", b"\x89\x80\0\0\0\0");
    let close = b"\x88\x82\0\0\0\0\x03\xe8";
    let stream = [&hi[..], ping, hi, close, hi].concat();
    let wanted = b"\x82\x02hi\x8a\x00\x82\x02hi\x88\x02\x03\xe8";
    answers("websocket", &stream, wanted);
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "websocket", &[]);
    let mut peer = serve.connect();
    peer.write_all(&stream).expect("it reads");
    let mut all = Vec::new();
    peer.read_to_end(&mut all).expect("it closes");
    assert_eq!(all, wanted, "{}", all.escape_ascii());
    let ran = serve.end();
    assert!(ran.stdout.contains("2 messages in (38 B read), 2 messages out"), "{ran}");
}

#[test]
fn a_peer_that_breaks_a_rule_has_its_answers_and_then_the_reason() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "websocket", &["--set", "transport.write=batch"]);
    let mut peer = serve.connect();
    peer.write_all(b"\x82\x82\0\0\0\0hi\x88\x82\0\0\0\0\x03\xee").expect("it reads");
    let mut all = Vec::new();
    peer.read_to_end(&mut all).expect("it closes");
    assert_eq!(all, b"\x82\x02hi\x88\x02\x03\xea", "{}", all.escape_ascii());
    let ran = serve.end();
    assert!(ran.stdout.contains("no close frame may have the status 1006 (read 03 ee"), "{ran}");
}

#[test]
fn an_acknowledgement_stands_behind_the_answer_to_the_message_before() {
    let frame = |sequence: u8| [&[0, 0, 0, 1, 0, 0, 0, sequence, b'x'][..]].concat();
    let ack = |sequence: u8| [&[0xff, 0xff, 0xff, 0xff, 0, 0, 0, sequence][..]].concat();
    let stream = [frame(0), frame(1)].concat();
    let wanted = [ack(0), frame(0), ack(1), frame(1)].concat();
    answers("{ kind = \"len-ack\", window = 2 }", &stream, &wanted);
}

#[test]
fn the_next_announcement_is_answered_behind_the_answer_to_the_message_before() {
    // Both have announced a message then, and the client's goes first.
    let wanted = b"recv_ready2\nrecv_ready";
    answers("{ kind = \"handshake\", terminator = \"lf\" }", b"2\nhi3\nyou", wanted);
}
