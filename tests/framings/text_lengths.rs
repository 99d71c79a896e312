//! Lengths in text: `resp-bulk` and `content-length`; and `grpc`, whose flag is a byte.

use crate::driver::{Outcome, Subject};
use serde_json::{Value, json};

fn stream(kind: &str, settings: Value, message: &[u8]) -> Vec<u8> {
    Subject::new(kind, &settings).stream(&[message]).0
}

fn receive(kind: &str, stream: &[u8]) -> Outcome {
    Subject::new(kind, &json!({})).receive(stream, &[])
}

/// Each stream is refused at its place with its text, also byte by byte.
fn refused(kind: &str, cases: &[(&[u8], usize, &str)]) {
    for (stream, place, told) in cases {
        let outcome = receive(kind, stream);
        let Some((at, text)) = outcome.error else { panic!("{kind} accepted {stream:?}") };
        assert_eq!(at, *place, "{text}: {:?}", String::from_utf8_lossy(stream));
        assert!(text.contains(told), "{text}");
    }
}

#[test]
fn a_bulk_string_is_what_redis_writes() {
    assert_eq!(stream("resp-bulk", json!({}), b"hello"), b"$5\r\nhello\r\n");
    assert_eq!(stream("resp-bulk", json!({}), b""), b"$0\r\n\r\n");
    assert_eq!(receive("resp-bulk", b"$2\r\n\r\n\r\n").messages, [b"\r\n"]);
}

#[test]
fn bulk_strings_that_break_a_rule_are_told() {
    refused(
        "resp-bulk",
        &[
            (b"$-1\r\n", 1, "null"),
            (b"*2\r\n$1", 0, "another RESP type"),
            (b"PING\r\n", 0, "expected `$`"),
            (b"$05\r\n", 1, "leading zero"),
            (b"$5\n", 2, "a decimal length and CRLF"),
            (b"$5\rx", 3, "a decimal length and CRLF"),
            (b"$\r\n", 1, "a decimal length"),
            (b"$99999999999999999999\r\n", 1, "99999999, over the limit"),
            (b"$2\r\nhello\r\n", 6, "expected CRLF after 2 bytes"),
            (b"$2\r\nhi\rx", 7, "expected CRLF after 2 bytes"),
        ],
    );
}

#[test]
fn a_message_of_a_language_server_is_read_and_written() {
    let wire = b"Content-Length: 2\r\n\r\nhi";
    assert_eq!(stream("content-length", json!({}), b"hi"), wire);
    let wire = b"Content-Type: text/plain; charset=utf-8\r\ncontent-LENGTH:\t 2 \r\n\r\nhi";
    assert_eq!(receive("content-length", wire).messages, [b"hi"]);
    assert_eq!(stream("content-length", json!({ "key": "Size" }), b"hi"), b"Size: 2\r\n\r\nhi");
}

#[test]
fn headers_by_which_readers_can_be_made_to_disagree_are_refused() {
    refused(
        "content-length",
        &[
            (b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi", 19, "twice"),
            (b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", 19, "twice"),
            (b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n", 0, "use `chunked`"),
            (b"Content-Length: 2\n\nhi", 17, "LF without a CR"),
            (b"Content-Length: 2\rX: 1\r\n\r\nhi", 17, "CR that no LF"),
            (b"Content-Length : 2\r\n\r\nhi", 0, "no `name: value`"),
            (b"A: b\r\n folded\r\n\r\n", 6, "continues the one before it"),
            (b"Content-Length: +2\r\n\r\nhi", 16, "no decimal length"),
            (b"Content-Length: 2, 2\r\n\r\nhi", 16, "no decimal length"),
            (b"Content-Length: 0x2\r\n\r\nhi", 16, "no decimal length"),
            (b"Content-Length:\r\n\r\nhi", 15, "no decimal length"),
            (b"Content-Length: \xc2\xa02\r\n\r\nhi", 16, "no decimal length"),
            (b"Content-Length: 2\x0c\r\n\r\nhi", 17, "control byte"),
            (b"Content-Length: \x0b2\r\n\r\nhi", 16, "control byte"),
            (b"A: b\0c\r\nContent-Length: 2\r\n\r\nhi", 4, "control byte"),
            (b"Content-Length: 99999999999999999999\r\n\r\n", 16, "over the limit of 16777216"),
        ],
    );
}

#[test]
fn a_header_without_a_length_and_other_protocols_are_told() {
    refused(
        "content-length",
        &[
            (b"Content-Type: text\r\n\r\n", 22, "ended without `Content-Length`"),
            (b"GET / HTTP/1.1\r\nHost: x\r\n", 0, "HTTP client"),
            (&[0x16, 3, 1, 2, 0], 0, "TLS hello"),
            (b"\r\n\r\n", 0, "name of a header line"),
        ],
    );
}

#[test]
fn a_header_bomb_is_refused_at_its_limit() {
    for line in [&b"x: y\r\n"[..], b"x"] {
        let bomb = line.repeat(10_000);
        for cuts in [vec![], (1..bomb.len()).step_by(7).collect()] {
            let outcome = Subject::new("content-length", &json!({})).receive(&bomb, &cuts);
            assert_eq!(outcome.error.as_ref().map(|(at, _)| *at), Some(4096));
            assert!(outcome.complaint().contains("header-max"), "{}", outcome.complaint());
        }
    }
}

#[test]
fn a_grpc_message_has_a_flag_and_a_length() {
    assert_eq!(stream("grpc", json!({}), b"hi"), b"\0\0\0\0\x02hi");
    refused(
        "grpc",
        &[
            (b"\x01\0\0\0\x02hi", 0, "compressed"),
            (b"\x02\0\0\0\x02hi", 0, "the flag is 2"),
            (b"\0\0\x40\0\x01", 1, "4194305, over the limit of 4194304"),
            (b"PRI * HTTP/2.0", 0, "HTTP/2 client"),
        ],
    );
}
