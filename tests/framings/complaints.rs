//! Every error says what was read, and names who is calling where that can be told.

use crate::driver::Subject;
use serde_json::{Value, json};
use wirebench::framing::names;

const HTTP: &[u8] = b"DELETE /users/7 HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\n\r\n";
const TLS: &[u8] = b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\x5c\x5c\x5c\x5c\x5c\x5c\x5c";

/// Every framing, with little room where it has a setting for that.
fn subjects() -> impl Iterator<Item = Subject> {
    let settings = |name: &str| match name {
        "raw" | "sleep" => json!({}),
        "fixed" => json!({ "size": 20 }),
        _ => json!({ "max": 16 }),
    };
    let more = [
        ("line", json!({ "max": 16, "ending": "crlf" })),
        ("delimiter", json!({ "max": 16, "delimiter": "\\r\\r" })),
        ("handshake", json!({ "terminator": "lf" })),
        ("chunked", json!({ "line-max": 16 })),
        ("content-length", json!({ "header-max": 40 })),
    ];
    let each = names().into_iter().map(move |name| Subject::new(name, &settings(name)));
    each.chain(more.into_iter().map(|(name, settings): (_, Value)| Subject::new(name, &settings)))
}

#[test]
fn every_error_says_what_was_read() {
    let streams: &[&[u8]] = &[
        HTTP,
        TLS,
        b"SSH-2.0-OpenSSH_9.9\r\n",
        &[0; 40],
        &[0xff; 40],
        &[b'0'; 5000],
        &[b'9'; 5000],
        &[b'x'; 5000],
        b"r\r\n",
        b"1\r\n",
        b"$1\n",
        b"\0\0\0\x05ab",
        b"x",
    ];
    let mut errors = 0;
    for subject in subjects() {
        for stream in streams {
            for cuts in [vec![], (1..stream.len()).collect()] {
                let outcome = subject.receive(stream, &cuts);
                let wrong = [&outcome.error, &outcome.end];
                for (_, text) in wrong.into_iter().flatten() {
                    let (kind, settings) = (&subject.spec.kind, &subject.spec.settings);
                    assert!(text.contains("(read "), "{kind} {settings:?}: {text}");
                    errors += 1;
                }
            }
        }
    }
    assert!(errors > 400, "{errors}");
}

#[test]
fn a_caller_of_another_protocol_is_named_by_whatever_has_room_for_four_bytes() {
    for name in [
        "len32be",
        "len32le",
        "len64be",
        "netstring",
        "resp-bulk",
        "handshake",
        "len-ack",
        "grpc",
        "chunked",
        "json-header",
        "record-marking",
        "fixed",
    ] {
        let subject = Subject::new(name, &json!({}));
        for (stream, told) in [(HTTP, "an HTTP client is talking"), (TLS, "a TLS hello")] {
            for cuts in [vec![], (1..stream.len()).collect()] {
                // A little-endian length may be one that could be meant.
                let outcome = subject.receive(stream, &cuts);
                let complaint = outcome.complaint();
                assert!(complaint.contains(told), "{name}: {complaint}");
            }
        }
    }
    for name in ["line", "delimiter", "slip", "cobs", "hdlc", "eof", "content-length"] {
        let settings = if name == "content-length" { json!({}) } else { json!({ "max": 8 }) };
        let outcome = Subject::new(name, &settings).receive(HTTP, &[]);
        let complaint = outcome.complaint();
        assert!(complaint.contains("an HTTP client is talking"), "{name}: {complaint}");
    }
}
