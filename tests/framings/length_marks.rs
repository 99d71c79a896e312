//! Lengths with constants around them, a copy of themselves, and a trailer behind the payload.

use crate::driver::{Outcome, Subject};
use serde_json::{Value, json};
use wirebench::framing::{FramingSpec, Role};

/// Frames of AMQP 0-9-1: a type, a channel, the length, the payload, the end.
fn amqp() -> Value {
    json!({ "prefix": "01", "offset": 3, "trailer": "CE", "max": 60 })
}

/// Read whole and byte by byte: the same.
fn received(kind: &str, settings: &Value, stream: &[u8]) -> Outcome {
    let subject = Subject::new(kind, settings);
    let whole = subject.receive(stream, &[]);
    assert_eq!(subject.receive(stream, &(1..stream.len()).collect::<Vec<_>>()), whole);
    whole
}

#[test]
fn constants_a_copy_and_a_trailer_stand_where_they_should() {
    for (kind, settings, wire) in [
        ("len32be", amqp(), &b"\x01\0\0\0\0\0\x02hi\xce"[..]),
        ("len16le", json!({ "prefix": "fe ed" }), b"\xfe\xed\x02\0hi"),
        ("len16le", json!({ "suffix": "feed" }), b"\x02\0\xfe\xedhi"),
        ("len8", json!({ "copy": "same", "suffix": "FF" }), b"\x02\x02\xffhi"),
        ("len16be", json!({ "copy": "complement" }), b"\0\x02\xff\xfdhi"),
        ("len8", json!({ "trailer": "0d 0a", "adjust": -2 }), b"\x04hi\r\n"),
        ("len8", json!({ "prefix": "7e", "strip": 5 }), b"\x7e\x05\0\0\0hi"),
    ] {
        let (stream, _) = Subject::new(kind, &settings).stream(&[b"hi"]);
        assert_eq!(stream, wire, "{kind} {settings}");
        let outcome = received(kind, &settings, &[wire, wire].concat());
        assert_eq!(outcome.messages, [b"hi"; 2], "{kind} {settings}");
        assert!(outcome.clean(), "{kind} {settings}: {}", outcome.complaint());
    }
}

#[test]
fn the_rest_of_the_offset_is_not_looked_at() {
    let outcome = received("len32be", &amqp(), b"\x01\x12\x34\0\0\0\x02hi\xce");
    assert_eq!(outcome.messages, [b"hi"]);
}

#[test]
fn what_strip_leaves_of_the_header_begins_the_message() {
    let settings = json!({ "prefix": "01", "suffix": "02", "trailer": "ce", "strip": 0 });
    let outcome = received("len8", &settings, b"\x01\x02\x02hi\xce");
    assert_eq!(outcome.messages, [b"\x01\x02\x02hi"], "the trailer is never part of it");
}

#[test]
fn a_wrong_constant_is_told_with_its_place_and_what_belongs_there() {
    let all =
        json!({ "prefix": "01 02", "copy": "complement", "suffix": "03 04", "trailer": "05 06" });
    let right = b"\x01\x02\x02\xfd\x03\x04hi\x05\x06";
    assert!(received("len8", &all, right).clean());
    for (at, read, told) in [
        (0, 0x11, "expected 01, the `prefix` of a frame, byte 1 of 2"),
        (1, 0x11, "expected 02, the `prefix` of a frame, byte 2 of 2"),
        (3, 0xfc, "with its bits turned over (`copy = \"complement\"`)"),
        (4, 0x11, "expected 03, the `suffix` of a header, byte 1 of 2"),
        (5, 0x11, "expected 04, the `suffix` of a header, byte 2 of 2"),
        (8, 0x11, "expected 05, the `trailer` behind 2 bytes, byte 1 of 2: the length is wrong"),
        (9, 0x11, "expected 06, the `trailer` behind 2 bytes, byte 2 of 2: the length is wrong"),
    ] {
        let mut stream = [&right[..], right].concat();
        stream[right.len() + at] = read;
        let outcome = received("len8", &all, &stream);
        assert_eq!(outcome.messages, [b"hi"], "the one before it");
        let (place, text) = outcome.error.expect("a byte is wrong");
        assert_eq!(place, right.len() + at, "{text}");
        assert!(text.contains(told) && text.contains(&format!("{read:02x}")), "{text}");
    }
}

#[test]
fn another_length_than_its_copy_is_told() {
    let settings = json!({ "copy": "same" });
    let outcome = received("len16be", &settings, b"\0\x02\0\x03hi");
    let (at, text) = outcome.error.expect("they differ");
    assert!(at == 2 && text.contains("once more (`copy = \"same\"`)"), "{text}");
    assert!(text.contains("(read 00 02 00 03"), "{text}");
}

#[test]
fn limits_hold_as_without() {
    for (stream, at, told) in [
        (&b"\x01\0\0\0\0\0\x3d"[..], 3, "the length is 61, over the limit of 60"),
        (b"\x01\0\0\x05\0\0\0", 3, "in the other byte order it would be 5"),
    ] {
        let (place, text) = received("len32be", &amqp(), stream).error.expect("it is too long");
        assert!(place == at && text.contains(told), "{text}");
    }
}

#[test]
fn a_caller_of_another_protocol_is_named() {
    for (stream, told) in
        [(&b"GET / HTTP/1.1\r\n"[..], "an HTTP client"), (b"\x16\x03\x01\0\0", "a TLS hello")]
    {
        let (at, text) = received("len32be", &amqp(), stream).error.expect("it is none of ours");
        assert!(at == 0 && text.contains(told) && text.contains("expected 01"), "{text}");
    }
    // What may still become one is waited for, or judged at the end.
    let mut framing = Subject::new("len32be", &amqp()).framing(Role::Server);
    assert!(framing.feed(0, b"GET", &mut Default::default()).is_ok());
    let (at, text) = received("len32be", &amqp(), b"GET").end.expect("it ended");
    assert!(at == 0 && text.contains("expected 01") && text.contains("(read 47 45 54"), "{text}");
}

#[test]
fn an_end_inside_a_trailer_is_an_end_inside_a_frame() {
    let settings = json!({ "trailer": "0d 0a" });
    let (at, text) = received("len8", &settings, b"\x02hi\r").end.expect("it is cut off");
    assert!(at == 4 && text.contains("inside a frame"), "{text}");
}

#[test]
fn constants_are_hexadecimal_digits_that_fit() {
    let mistake = |settings: Value| {
        let given = settings.as_object().cloned().expect("a table");
        let mut errors = FramingSpec::parse("len16be", given).expect_err(&settings.to_string());
        assert_eq!(errors.len(), 1, "{errors:?}");
        errors.remove(0)
    };
    for (name, value) in [
        ("prefix", "0"),
        ("prefix", "0x01"),
        ("suffix", "gg"),
        ("trailer", " "),
        ("prefix", "nine"),
    ] {
        let error = mistake(json!({ name: value }));
        assert_eq!(error.pointer, format!("/{name}"));
        assert!(error.message.contains("hexadecimal digits (`01 ce`)"), "{}", error.message);
    }
    let error = mistake(json!({ "prefix": "01 02", "offset": 1 }));
    assert!(
        error.pointer == "/prefix" && error.message.contains("has 2 bytes"),
        "{}",
        error.message
    );
    let most = "ab".repeat(64);
    let subject = Subject::new("len8", &json!({ "prefix": most, "suffix": most, "trailer": most }));
    assert_eq!(subject.stream(&[b"hi"]).0.len(), 3 * 64 + 1 + 2);
}
