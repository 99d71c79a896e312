//! Binary length prefixes: wire format, limits, knobs and what wrong lengths are told as.

use crate::driver::Subject;
use serde_json::json;

fn error_of(kind: &str, settings: serde_json::Value, stream: &[u8]) -> (usize, String) {
    let outcome = Subject::new(kind, &settings).receive(stream, &[]);
    outcome.error.unwrap_or_else(|| panic!("{kind} accepted {stream:02x?}"))
}

#[test]
fn the_length_stands_in_front_in_its_width_and_order() {
    for (kind, wire) in [
        ("len8", &b"\x02hi"[..]),
        ("len16be", b"\0\x02hi"),
        ("len16le", b"\x02\0hi"),
        ("len24be", b"\0\0\x02hi"),
        ("len24le", b"\x02\0\0hi"),
        ("len32be", b"\0\0\0\x02hi"),
        ("len32le", b"\x02\0\0\0hi"),
        ("len64be", b"\0\0\0\0\0\0\0\x02hi"),
        ("len64le", b"\x02\0\0\0\0\0\0\0hi"),
    ] {
        assert_eq!(Subject::new(kind, &json!({})).stream(&[b"hi"]).0, wire, "{kind}");
    }
}

#[test]
fn an_http_request_is_told_as_one() {
    let (at, text) = error_of("len32be", json!({}), b"GET / HTTP/1.1\r\n");
    assert_eq!(at, 0);
    assert!(text.contains("1195725856"), "{text}");
    assert!(text.contains("HTTP client"), "{text}");
}

#[test]
fn a_tls_hello_is_told_as_one() {
    let (_, text) = error_of("len32be", json!({}), &[0x16, 3, 1, 2, 0]);
    assert!(text.contains("TLS hello"), "{text}");
}

#[test]
fn a_length_in_the_other_byte_order_is_told_with_its_value_there() {
    let (_, text) = error_of("len32be", json!({}), &64u32.to_le_bytes());
    assert!(text.contains("in the other byte order it would be 64"), "{text}");
}

#[test]
fn an_error_names_the_place_of_the_field_after_whole_frames() {
    let (at, _) = error_of("len16be", json!({ "offset": 3, "max": 9 }), b"abc\0\x01xabc\xff\xff");
    assert_eq!(at, 6 + 3);
}

#[test]
fn a_negative_length_is_told_as_negative() {
    let (_, text) = error_of("len32le", json!({ "signed": true }), &(-5i32).to_le_bytes());
    assert!(text.contains("the length is -5"), "{text}");
    let (_, text) = error_of("len24be", json!({ "signed": true }), &[0xff, 0xff, 0xff]);
    assert!(text.contains("the length is -1"), "{text}");
}

#[test]
fn a_length_of_64_bits_cannot_wrap_around() {
    for adjust in [-8, 0, 8] {
        let (_, text) = error_of("len64be", json!({ "adjust": adjust }), &[0xff; 8]);
        assert!(text.contains("18446744073709551615"), "{text}");
    }
}

#[test]
fn the_limit_counts_after_the_adjustment_and_the_least_before_it() {
    // The field counts its own four bytes too.
    let settings = json!({ "adjust": -4, "max": 2 });
    let subject = Subject::new("len32be", &settings);
    assert_eq!(subject.stream(&[b"hi"]).0, b"\0\0\0\x06hi");
    assert_eq!(subject.receive(b"\0\0\0\x06hi", &[]).messages, [b"hi"]);
    let (_, text) = error_of("len32be", settings.clone(), b"\0\0\0\x07abc");
    assert!(text.contains("over the limit of 6"), "{text}");
    let (_, text) = error_of("len32be", settings, b"\0\0\0\x03");
    assert!(text.contains("at least 4"), "{text}");
}

#[test]
fn an_opaque_header_is_written_as_zeros_and_ignored_when_read() {
    let subject = Subject::new("len16be", &json!({ "offset": 2 }));
    assert_eq!(subject.stream(&[b"hi"]).0, b"\0\0\0\x02hi");
    assert_eq!(subject.receive(b"??\0\x02hi", &[]).messages, [b"hi"]);
}

#[test]
fn less_strip_leaves_the_header_in_the_message() {
    let subject = Subject::new("len16be", &json!({ "offset": 2, "strip": 0 }));
    assert_eq!(subject.receive(b"??\0\x02hi", &[]).messages, [b"??\0\x02hi"]);
}

#[test]
fn more_strip_drops_bytes_behind_the_header() {
    let subject = Subject::new("len16be", &json!({ "strip": 4 }));
    assert_eq!(subject.receive(b"\0\x04??hi", &[]).messages, [b"hi"]);
    assert_eq!(subject.stream(&[b"hi"]).0, b"\0\x04\0\0hi");
    let (_, text) = error_of("len16be", json!({ "strip": 4 }), b"\0\x01?");
    assert!(text.contains("at least 2"), "{text}");
}

#[test]
fn a_message_shorter_than_the_field_can_express_is_unsendable() {
    use wirebench::framing::{EncodeError, Role};
    let subject = Subject::new("len8", &json!({ "adjust": 3 }));
    let send = |message: &[u8]| {
        crate::driver::send(&mut *subject.framing(Role::Client), message, &mut Vec::new())
    };
    assert_eq!(send(b""), Err(EncodeError::Empty));
    assert_eq!(send(b"hi"), Err(EncodeError::TooShort { min: 3 }));
    assert_eq!(send(b"hey"), Ok(()));
    assert!(!subject.capabilities().empty);
}
