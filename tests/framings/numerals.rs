//! Lengths of variable width: `varint` and `netstring`, and the inner length of `fixed`.

use crate::driver::Subject;
use serde_json::json;

fn error_of(kind: &str, stream: &[u8]) -> (usize, String) {
    let outcome = Subject::new(kind, &json!({})).receive(stream, &[]);
    outcome.error.unwrap_or_else(|| panic!("{kind} accepted {stream:02x?}"))
}

#[test]
fn a_varint_takes_seven_bits_a_byte_lowest_first() {
    let subject = Subject::new("varint", &json!({}));
    assert_eq!(subject.stream(&["hi"]).0, b"\x02hi");
    assert_eq!(subject.stream(&[[b'x'; 300]]).0[..3], *b"\xac\x02x");
}

#[test]
fn a_varint_longer_than_needed_is_refused() {
    let (at, text) = error_of("varint", b"\x01x\x82\x00hi");
    assert_eq!(at, 2);
    assert!(text.contains("shortest form"), "{text}");
}

#[test]
fn a_varint_of_more_than_31_bits_or_without_end_is_refused() {
    let (_, text) = error_of("varint", b"\x80\x80\x80\x80\x08");
    assert!(text.contains("2147483648, over the limit"), "{text}");
    let (_, text) = error_of("varint", b"\xff\xff\xff\xff\xff");
    assert!(text.contains("goes on"), "{text}");
}

#[test]
fn a_varint_cut_after_any_byte_is_awaited() {
    let subject = Subject::new("varint", &json!({ "max": 2_147_483_647u64 }));
    for len in 1..5 {
        let outcome = subject.receive(&b"\xff\xff\xff\xff\x07"[..len], &[]);
        assert_eq!(outcome.error, None, "after {len} bytes");
    }
}

#[test]
fn a_netstring_is_digits_colon_payload_comma() {
    assert_eq!(Subject::new("netstring", &json!({})).stream(&["hello", ""]).0, b"5:hello,0:,");
}

#[test]
fn a_netstring_with_a_leading_zero_is_refused() {
    for stream in [&b"05:hello,"[..], b"00:,"] {
        let (at, text) = error_of("netstring", stream);
        assert_eq!(at, 0);
        assert!(text.contains("leading zero"), "{text}");
    }
}

#[test]
fn endless_digits_are_refused_at_the_limit() {
    let (at, text) = error_of("netstring", &[b'9'; 1000]);
    assert_eq!(at, 0);
    assert!(text.contains("99999999, over the limit of 16777216"), "{text}");
}

#[test]
fn a_netstring_without_length_colon_or_comma_is_refused_where_it_lacks() {
    for (stream, place) in
        [(&b":x,1"[..], 0), (b"-1:x,", 0), (b" 1:x,", 0), (b"1 :x,", 1), (b"1;x,", 1), (b"1:x;", 3)]
    {
        assert_eq!(error_of("netstring", stream).0, place, "{stream:?}");
    }
}

#[test]
fn a_fixed_frame_holds_its_length_the_payload_and_padding() {
    let subject = Subject::new("fixed", &json!({ "size": 8 }));
    assert_eq!(subject.stream(&["hi"]).0, b"\x02\0\0\0hi\0\0");
    assert_eq!(subject.capabilities().max, 4);
    let outcome = subject.receive(b"\x05\0\0\0hello\0\0\0", &[]);
    assert_eq!(outcome.error.as_ref().map(|(at, _)| *at), Some(0));
    assert!(outcome.complaint().contains("holds at most 4"), "{}", outcome.complaint());
}

#[test]
fn a_varint_may_stand_behind_bytes_of_which_the_first_are_constant() {
    let mqtt = json!({ "prefix": "30", "offset": 2, "max": 200 });
    let subject = Subject::new("varint", &mqtt);
    let long = [b'x'; 150];
    let (stream, _) = subject.stream(&[&b"hi"[..], &long]);
    assert_eq!(stream[..8], *b"\x30\0\x02hi\x30\0\x96");
    let outcome = subject.receive(&[b"\x30\x7f\x02hi", &stream[..]].concat(), &[]);
    assert!(outcome.clean(), "{}", outcome.complaint());
    assert_eq!(outcome.messages, [&b"hi"[..], b"hi", &long]);
    for (wrong, place, told) in [
        (&b"\x31\0\x02hi"[..], 0, "expected 30, the `prefix` of a frame"),
        (b"\x30\0\x80\0", 2, "not in its shortest form (read 80 00)"),
        (b"\x30\0\xff\x7f", 2, "the length is 16383, over the limit of 200 (read ff 7f)"),
        (b"\x30\0\xff\xff\xff\xff\xff\0", 2, "goes on after 5 bytes"),
        (b"GET / HTTP/1.1", 0, "an HTTP client"),
        (b"\x30\x01", 2, "inside a frame"),
    ] {
        let stream = [&b"\x30\0\x01x"[..], wrong].concat();
        let whole = subject.receive(&stream, &[]);
        assert_eq!(subject.receive(&stream, &(1..stream.len()).collect::<Vec<_>>()), whole);
        let (at, text) = whole.error.or(whole.end).expect("it is wrong");
        assert!(at == 4 + place && text.contains(told), "{at}: {text}");
    }
}
