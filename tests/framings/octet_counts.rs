//! `octet-count`: lengths in decimal digits and a space, as syslog has them.

use crate::driver::{Outcome, Subject};
use serde_json::json;

/// Read whole and byte by byte: the same.
fn received(stream: &[u8]) -> Outcome {
    let subject = Subject::new("octet-count", &json!({ "max": 999 }));
    let whole = subject.receive(stream, &[]);
    assert_eq!(subject.receive(stream, &(1..stream.len()).collect::<Vec<_>>()), whole);
    whole
}

#[test]
fn the_example_of_a_syslog_message_is_read_and_written() {
    let message = "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - - - 'su root' failed on /dev/pts/8";
    let wire = format!("{} {message}", message.len());
    let subject = Subject::new("octet-count", &json!({}));
    assert_eq!(subject.stream(&[message]).0, wire.as_bytes());
    let outcome = received([&wire[..], &wire, "0 ", "1 \n"].concat().as_bytes());
    assert!(outcome.clean(), "{}", outcome.complaint());
    assert_eq!(outcome.messages, [message.as_bytes(), message.as_bytes(), b"", b"\n"]);
}

#[test]
fn what_is_no_length_is_told_with_its_place_and_what_it_could_be() {
    for (stream, at, told) in [
        (&b"5 hello05 hello"[..], 7, "a leading zero"),
        (b"00 ", 0, "a leading zero"),
        (
            b"5 hello\n5 hello",
            7,
            "a LF behind the message before, which its length does not count?",
        ),
        (b"<34>1 - - - -\n", 0, "ended by LF instead? Then `line` is right"),
        (b"GET / HTTP/1.1\r\n", 0, "an HTTP client"),
        (b"5\thello", 1, "expected a digit or a space (read 35 09"),
        (b"5", 1, "the stream ended inside a frame"),
        (b"-5 hello", 0, "expected a decimal length"),
        (b"1000 ", 0, "begins with 1000, over the limit of 999"),
        (b"99999999999999999999999999 ", 0, "begins with 9999, over the limit of 999"),
    ] {
        let outcome = received(stream);
        let (place, text) = outcome.error.clone().or(outcome.end).expect("it is wrong");
        assert!(place == at && text.contains(told) && text.contains("(read "), "{place}: {text}");
    }
}

#[test]
fn two_octets_that_stand_in_the_payload_are_no_length() {
    assert_eq!(received(b"9 3 abc4 de5 ok345").messages, [&b"3 abc4 de"[..], b"ok345"]);
}
