//! Every error says what was read, and names who is calling where that can be told.

use crate::driver::{Outcome, Subject};
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
                for text in complaints(&outcome) {
                    let (kind, settings) = (&subject.spec.kind, &subject.spec.settings);
                    assert!(text.contains("(read "), "{kind} {settings:?}: {text}");
                    errors += 1;
                }
            }
        }
    }
    assert!(errors > 800, "{errors}");
}

/// Everything that was said of a stream.
fn complaints(outcome: &Outcome) -> Vec<&str> {
    let dropped = outcome.dropped.iter().map(|(.., text)| text.as_str());
    let wrong = [&outcome.error, &outcome.end].into_iter().flatten();
    dropped.chain(wrong.map(|(_, text)| text.as_str())).collect()
}

#[test]
fn a_caller_of_another_protocol_is_named_wherever_anything_is_wrong() {
    let mut silent = Vec::new();
    let more = [
        ("len32be", json!({ "offset": 1, "max": 16 })),
        ("len16le", json!({ "offset": 7, "max": 16 })),
        ("len8", json!({ "offset": 1, "max": 16 })),
    ];
    let more = more.into_iter().map(|(name, settings)| Subject::new(name, &settings));
    let defaults = names().into_iter().map(|name| Subject::new(name, &json!({})));
    for subject in subjects().chain(defaults).chain(more) {
        for (stream, told) in [(HTTP, "an HTTP client is talking"), (TLS, "a TLS hello")] {
            for cuts in [vec![], (1..stream.len()).collect()] {
                let (kind, settings) = (&subject.spec.kind, &subject.spec.settings);
                let outcome = subject.receive(stream, &cuts);
                let complaints = complaints(&outcome);
                if outcome.clean() {
                    silent.push(kind.clone());
                    continue;
                }
                // What was delivered before was a message by all rules.
                let named = complaints.iter().any(|text| text.contains(told));
                assert!(
                    named || !outcome.messages.is_empty(),
                    "{kind} {settings:?}: {complaints:?}"
                );
            }
        }
    }
    silent.dedup();
    // Whatever these get is a message, up to a limit.
    let takes_text = ["raw", "sleep", "eof", "line", "delimiter", "delimiter-escaped"];
    silent.retain(|kind| !takes_text.contains(&kind.as_str()));
    assert_eq!(silent, [""; 0], "taken without a word");
}

#[test]
fn an_error_waits_for_who_is_calling_only_while_bytes_can_be_a_callers() {
    for (kind, stream, told_at) in [
        ("len8", &b"\xff\xff\xff\xff"[..], 1),
        ("len16be", b"\xff\xff\xff\xff", 2),
        ("varint", b"\x7f\x01\x01\x01", 1),
        ("len8", b"GEX!", 3),
        ("len16be", b"GET ", 4),
        ("len24le", b"POST", 4),
        ("varint", b"HTTP", 4),
        ("len8", b"\x16\x03\x01\x02", 2),
        ("websocket", b"GET ", 4),
        ("websocket", b"\x88\x00\x00\x00", 2),
    ] {
        let subject = Subject::new(kind, &json!({ "max": 16 }));
        for len in 1..=stream.len() {
            // Without an end: what has come is all there is so far.
            let mut framing = subject.framing(wirebench::framing::Role::Server);
            let found = framing.feed(0, &stream[..len], &mut Default::default());
            assert_eq!(found.is_err(), len >= told_at, "{kind}: {len} bytes of {stream:02x?}");
        }
    }
}
