//! Messages in fragments: `chunked` and `record-marking`.

use crate::driver::{Outcome, Subject};
use serde_json::{Value, json};

fn stream(kind: &str, settings: Value, message: &[u8]) -> Vec<u8> {
    Subject::new(kind, &settings).stream(&[message]).0
}

fn receive(kind: &str, settings: Value, stream: &[u8]) -> Outcome {
    Subject::new(kind, &settings).receive(stream, &[])
}

fn error(kind: &str, settings: Value, stream: &[u8]) -> (usize, String) {
    let outcome = receive(kind, settings, stream);
    outcome.error.unwrap_or_else(|| panic!("{kind} accepted {stream:02x?}"))
}

#[test]
fn a_message_longer_than_a_chunk_comes_in_several() {
    let wire = stream("chunked", json!({ "chunk": 4 }), b"hello you");
    assert_eq!(wire, b"4\r\nhell\r\n4\r\no yo\r\n1\r\nu\r\n0\r\n\r\n");
    assert_eq!(stream("chunked", json!({}), &[b'x'; 300])[..5], *b"12c\r\n");
    assert_eq!(stream("chunked", json!({}), b""), b"0\r\n\r\n");
}

#[test]
fn extensions_and_trailer_lines_are_read_over() {
    let wire = b"5;name=value\r\nhello\r\n4 ;x\r\n you\r\n0;last\r\nChecksum: 7\r\n\r\n0\r\n\r\n";
    let outcome = receive("chunked", json!({}), wire);
    assert_eq!(outcome.messages, [&b"hello you"[..], b""]);
    assert!(outcome.clean());
    assert_eq!(outcome.spans.last(), Some(&(wire.len() as i64 - 5, wire.len() as i64)));
}

#[test]
fn a_chunk_that_breaks_a_rule_is_told_with_its_place() {
    for (wire, place, told) in [
        (&b"GET / HTTP/1.1\r\n"[..], 0, "HTTP client"),
        (b"5x\r\nhello\r\n", 1, "hexadecimal digit"),
        (b"5\nhello\r\n", 1, "LF without a CR"),
        (b"5\rx\r\nhello", 1, "CR that no LF"),
        (b"5\r\nhello\n\n0", 8, "the length is wrong"),
        (b"5\r\nhelloo\r\n", 8, "the length is wrong"),
        (b"5\r\nhello\rx", 9, "the length is wrong"),
        (b"-1\r\nx\r\n", 0, "hexadecimal digits"),
        (b"ffffffffffffffffff\r\n", 0, "over the limit"),
        (b"3\r\nabc\r\n7e\r\n", 8, "after 3 bytes of the message"),
        // What looks like the next message stands where a trailer must: section 7.1.2.
        (b"1\r\nA\r\n0\r\n2\r\nhi\r\n0\r\n\r\n", 9, "no `name: value`"),
        (b"0\r\na: b\r\n c\r\n\r\n", 9, "continues the one before it"),
        (b"0\r\na : b\r\n\r\n", 3, "no `name: value`"),
        (b"0\r\na: \0\r\n\r\n", 6, "control byte"),
        (b"5 \r\nhello\r\n", 1, "hexadecimal digit"),
        (b"5\x0c;a\r\nhello\r\n", 1, "hexadecimal digit"),
        (b"5;\r\nhello\r\n", 2, "an extension"),
        (b"5;a b\r\nhello\r\n", 4, "an extension"),
        (b"5;a=\r\nhello\r\n", 4, "an extension"),
        (b"5;a=\"b\r\nhello\r\n", 6, "an extension"),
        (b"5;a=\"\\\"\r\nhello\r\n", 7, "an extension"),
        (b"5;a\x01\r\nhello\r\n", 3, "an extension"),
    ] {
        let (at, text) = error("chunked", json!({ "max": 128 }), wire);
        assert_eq!(at, place, "{text}: {wire:?}");
        assert!(text.contains(told), "{text}");
    }
}

#[test]
fn extensions_and_trailers_are_read_over() {
    for line in ["5;a", "5;a=b;c = d", "5 ; a=\"x;\\\" y\"", "0005;a=\"\u{e9}\";b"] {
        let wire = format!("{line}\r\nhello\r\n00;last\r\na:\r\nb: \t x\u{e9} \r\n\r\n");
        let outcome = receive("chunked", json!({}), wire.as_bytes());
        assert!(outcome.clean(), "{line}: {}", outcome.complaint());
        assert_eq!(outcome.messages, [b"hello"]);
    }
}

#[test]
fn endless_lines_are_refused_at_their_limit() {
    let long = [b"1;", &[b'x'; 100][..]].concat();
    assert_eq!(error("chunked", json!({ "line-max": 16 }), &long).0, 16);
    // All trailer lines together have the limit of one line.
    let trailers = [b"0\r\n", &b"a: b\r\n".repeat(10)[..]].concat();
    assert_eq!(error("chunked", json!({ "line-max": 16 }), &trailers).0, 3 + 16);
    let zeros = [b'0'; 100];
    assert_eq!(error("chunked", json!({ "line-max": 16 }), &zeros).0, 16);
}

#[test]
fn the_last_fragment_of_a_record_is_marked() {
    assert_eq!(stream("record-marking", json!({}), b"hi"), b"\x80\0\0\x02hi");
    let wire = stream("record-marking", json!({ "fragment": 2 }), b"hello");
    assert_eq!(wire, b"\0\0\0\x02he\0\0\0\x02ll\x80\0\0\x01o");
    // An exact multiple has no empty fragment behind it.
    let wire = stream("record-marking", json!({ "fragment": 2 }), b"hell");
    assert_eq!(wire, b"\0\0\0\x02he\x80\0\0\x02ll");
}

#[test]
fn empty_fragments_are_taken_but_not_for_ever() {
    let wire = b"\0\0\0\0\0\0\0\x01a\0\0\0\0\x80\0\0\0";
    assert_eq!(receive("record-marking", json!({}), wire).messages, [b"a"]);
    let (at, text) = error("record-marking", json!({}), &[0; 10_000]);
    assert_eq!(at, 4 * 1024);
    assert!(text.contains("go on for ever"), "{text}");
    let many = [&[0; 4_000][..], b"\x80\0\0\x01a"].concat().repeat(3);
    assert_eq!(receive("record-marking", json!({}), &many).messages, [b"a", b"a", b"a"]);
}

#[test]
fn fragments_count_towards_one_limit() {
    let settings = json!({ "max": 5 });
    let (at, text) = error("record-marking", settings, b"\0\0\0\x03abc\x80\0\0\x03abc");
    assert_eq!(at, 7);
    assert!(text.contains("after 3 bytes of the message, over the limit of 5"), "{text}");
    let (_, text) = error("record-marking", json!({}), b"GET / HTTP");
    assert!(text.contains("HTTP client"), "{text}");
}

#[test]
fn an_end_between_fragments_is_an_end_inside_a_message() {
    for (kind, wire) in [("chunked", &b"2\r\nhi\r\n"[..]), ("record-marking", b"\0\0\0\x02hi")] {
        let outcome = receive(kind, json!({}), wire);
        assert_eq!(outcome.end.as_ref().map(|(at, _)| *at), Some(wire.len()), "{kind}");
        assert!(outcome.complaint().contains("2 bytes of it"), "{}", outcome.complaint());
    }
}
