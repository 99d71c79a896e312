//! `websocket` with text: what is sent and taken, and that it is UTF-8.

use crate::driver::{Outcome, Subject, receive, send};
use serde_json::json;
use wirebench::framing::{EncodeError, Role};

/// What a client that carries text makes of a server's bytes.
fn client(stream: &[u8]) -> Outcome {
    let subject = Subject::new("websocket", &json!({ "payload": "text" }));
    let read = |cuts: &[usize]| receive(&mut *subject.framing(Role::Client), stream, cuts);
    let whole = read(&[]);
    assert_eq!(read(&(1..stream.len()).collect::<Vec<_>>()), whole);
    whole
}

#[test]
fn the_examples_of_the_rfc_are_read_and_written() {
    assert_eq!(client(b"\x81\x05Hello").messages, [b"Hello"]);
    assert_eq!(client(b"\x01\x03Hel\x80\x02lo").messages, [b"Hello"]);
    let subject = Subject::new("websocket", &json!({ "payload": "text", "fragment": 3 }));
    assert_eq!(
        subject.receive(b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", &[]).messages,
        [b"Hello"]
    );
    let mut bytes = Vec::new();
    send(&mut *subject.framing(Role::Server), b"Hello", &mut bytes).expect("it is text");
    assert_eq!(bytes, b"\x01\x03Hel\x80\x02lo");
}

#[test]
fn a_message_that_is_no_text_is_not_sent() {
    let subject = Subject::new("websocket", &json!({ "payload": "text" }));
    for (message, at) in [(&b"ab\xff"[..], 2), (b"\xc3", 0), (b"a\xed\xa0\x80", 1)] {
        let mut bytes = Vec::new();
        let refused = send(&mut *subject.framing(Role::Server), message, &mut bytes);
        assert_eq!((refused, bytes.len()), (Err(EncodeError::NotText { at }), 0));
    }
}

#[test]
fn a_character_may_be_cut_by_fragments() {
    let stream = b"\x01\x01\xe2\x89\x01p\x00\x01\x82\x00\x00\x80\x02\xac!";
    let outcome = client(stream);
    assert_eq!(outcome.messages, ["€!".as_bytes()]);
    // The next message begins anew.
    assert_eq!(client(&[&stream[..], stream].concat()).messages, ["€!".as_bytes(); 2]);
}

#[test]
fn a_text_that_is_no_utf_8_is_answered_with_1007_where_it_is_wrong() {
    for (stream, place) in [
        (&b"\x81\x03ab\xff"[..], 4),
        (b"\x81\x02\xc3(", 2),
        (b"\x81\x01\xe2", 2),
        (b"\x81\x03\xed\xa0\x80", 2),
        (b"\x01\x03ab\xff\x80\x01c", 4),
        (b"\x01\x02a\xe2\x80\x02(b", 6),
        (b"\x01\x02a\xe2\x00\x01\x82\x80\x00", 9),
        (b"\x81\x02ok\x01\x01a\x80\x02b\xff", 10),
        (b"\x81\x02ok\x01\x01\xff", 6),
    ] {
        let outcome = client(stream);
        let (at, text) = outcome.error.expect("it is no text");
        assert_eq!(at, place, "{text}: {stream:02x?}");
        assert!(text.contains("no UTF-8 (read "), "{text}");
        let key = &outcome.control[2..6];
        let code: Vec<u8> = (0..2).map(|at| outcome.control[6 + at] ^ key[at]).collect();
        assert_eq!(
            (&outcome.control[..2], &code[..]),
            (&b"\x88\x82"[..], &b"\x03\xef"[..]),
            "1007"
        );
    }
}

#[test]
fn frames_of_the_other_kind_are_answered_with_1003() {
    let outcome = client(b"\x82\x02hi");
    let (at, text) = outcome.error.expect("it is binary");
    assert!(at == 0 && text.contains("a binary frame, but only text"), "{text}");
    let key = &outcome.control[2..6];
    assert_eq!([outcome.control[6] ^ key[0], outcome.control[7] ^ key[1]], [0x03, 0xeb]);
}
