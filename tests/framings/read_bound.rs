//! Framings that depend on how the stream is read: what a cut does to each of them.

use crate::driver::Subject;
use serde_json::json;
use wirebench::framing::{Decoded, EncodeError, FrameWriter, Gate, Role};

#[test]
fn raw_and_sleep_deliver_each_read_as_a_message() {
    for kind in ["raw", "sleep"] {
        let subject = Subject::new(kind, &json!({}));
        assert!(!subject.capabilities().invariant && !subject.capabilities().batchable);
        let (stream, _) = subject.stream(&["one", "two"]);
        assert_eq!(stream, b"onetwo");
        let read_as = |cuts: &[usize]| subject.receive(&stream, cuts).messages;
        assert_eq!(read_as(&[3]), [b"one", b"two"], "in step with the writes");
        assert_eq!(read_as(&[]), [b"onetwo"], "merged");
        assert_eq!(read_as(&[1, 3]), [&b"o"[..], b"ne", b"two"], "split");
        assert_eq!(read_as(&[4]), [&b"onet"[..], b"wo"], "straddled");
    }
}

#[test]
fn raw_and_sleep_have_no_form_for_an_empty_message_and_keep_no_rest() {
    for kind in ["raw", "sleep"] {
        let subject = Subject::new(kind, &json!({}));
        assert!(!subject.capabilities().empty);
        let mut bytes = Vec::new();
        let mut wire = FrameWriter::new(&mut bytes, usize::MAX);
        let result = subject.framing(Role::Client).encode(0, b"", &mut wire);
        assert_eq!(result, Err(EncodeError::Empty));
        assert!(subject.receive(b"rest", &[2]).clean());
        assert_eq!(subject.receive(b"", &[]).messages.len(), 0);
    }
}

#[test]
fn sleep_holds_the_next_message_back_until_the_gap_is_over() {
    let mut framing = Subject::new("sleep", &json!({ "gap": "2ms" })).framing(Role::Client);
    let (now, gap) = (1_000, 2_000_000);
    assert_eq!(framing.gate(now), Gate::Open);
    let mut bytes = Vec::new();
    framing.encode(now, b"one", &mut FrameWriter::new(&mut bytes, usize::MAX)).expect("it is open");
    assert_eq!(framing.gate(now), Gate::Until(now + gap));
    assert_eq!(framing.gate(now + gap - 1), Gate::Until(now + gap));
    assert_eq!(framing.gate(now + gap), Gate::Open);
    // A refused message starts no gap.
    let refused = framing.encode(now + gap, b"", &mut FrameWriter::new(&mut bytes, usize::MAX));
    assert_eq!(refused, Err(EncodeError::Empty));
    assert_eq!(framing.gate(now + gap), Gate::Open);
}

#[test]
fn a_classic_handshake_answers_a_length_that_a_read_cut_too_early() {
    let subject = Subject::new("handshake", &json!({}));
    assert!(!subject.capabilities().invariant);
    let mut server = subject.framing(Role::Server);
    let mut out = Decoded::default();
    // "64" cut as "6", "4": the server answers the 6 and takes the 4 for payload.
    server.feed(0, b"6", &mut out).expect("a length");
    assert_eq!((out.consumed, out.control.as_slice()), (1, &b"recv_ready"[..]));
    out.clear();
    server.feed(0, b"4", &mut out).expect("the beginning of a payload");
    assert_eq!((out.frames.len(), out.need), (0, 5));
    out.clear();
    server.feed(0, b"4hello", &mut out).expect("a payload");
    assert_eq!(out.message(&out.frames[0], b"4hello"), b"4hello");
    // Read whole, the same bytes announce 64.
    assert_eq!(subject.receive(b"64", &[]).messages.len(), 0);
}

#[test]
fn a_classic_handshake_reads_a_length_and_an_answer_that_merged() {
    let subject = Subject::new("handshake", &json!({}));
    let mut client = subject.framing(Role::Client);
    let mut bytes = Vec::new();
    client.encode(0, b"hi", &mut FrameWriter::new(&mut bytes, usize::MAX)).expect("it is open");
    let mut out = Decoded::default();
    client.feed(0, b"64recv_ready", &mut out).expect("an announcement, then the answer");
    assert_eq!(out.consumed, 12);
    assert_eq!(out.control, b"hirecv_ready", "our payload goes first, then the peer's turn");
}

#[test]
fn a_classic_handshake_may_have_the_next_length_behind_a_payload() {
    let subject = Subject::new("handshake", &json!({}));
    let outcome = subject.receive(b"2hi3you", &[1, 4]);
    assert_eq!(outcome.messages, [&b"hi"[..], b"you"]);
    assert_eq!(outcome.control, b"recv_readyrecv_ready");
    assert_eq!(outcome.spans, [(0, 3), (3, 7)]);
}
