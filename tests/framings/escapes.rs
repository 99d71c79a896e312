//! Framings that replace bytes: `delimiter-escaped`, `slip`, `hdlc`, `cobs` and `cobs-crc32c`.

use crate::driver::{Outcome, Subject};
use serde_json::json;

fn stream(kind: &str, settings: serde_json::Value, message: &[u8]) -> Vec<u8> {
    Subject::new(kind, &settings).stream(&[message]).0
}

fn receive(kind: &str, stream: &[u8]) -> Outcome {
    Subject::new(kind, &json!({})).receive(stream, &[])
}

#[test]
fn slip_replaces_its_two_bytes_as_rfc_1055_says() {
    assert_eq!(stream("slip", json!({}), b"a\xc0b\xdbc"), b"a\xdb\xdcb\xdb\xddc\xc0");
    assert_eq!(stream("slip", json!({ "leading-end": true }), b"a"), b"\xc0a\xc0");
}

#[test]
fn slip_takes_ends_between_frames_for_nothing() {
    let outcome = receive("slip", b"\xc0\xc0a\xc0\xc0b\xc0");
    assert_eq!(outcome.messages, [b"a", b"b"]);
    assert!(outcome.clean());
}

#[test]
fn a_bad_escape_costs_its_frame_and_is_told_with_its_place() {
    for (kind, damaged, place) in [
        ("slip", &b"ab\xdbx\xc0after\xc0"[..], "byte 2"),
        ("slip", b"abc\xdb\xc0after\xc0", "right before its end"),
        ("delimiter-escaped", b"ab\\n\nafter\n", "byte 2"),
        ("delimiter-escaped", b"ab\\\nafter\n", "right before its end"),
    ] {
        let outcome = receive(kind, damaged);
        assert_eq!(outcome.messages, [b"after"], "{kind}");
        assert_eq!(outcome.dropped.len(), 1);
        assert!(outcome.complaint().contains(place), "{}", outcome.complaint());
    }
}

#[test]
fn delimiter_escaped_turns_bit_five_of_what_it_escapes() {
    assert_eq!(stream("delimiter-escaped", json!({}), b"a\nb\\c"), b"a\\*b\\|c\n");
    let settings = json!({ "delimiter": "\\x7e", "escape": "\\x7d" });
    assert_eq!(stream("delimiter-escaped", settings, b"\x7e\x7d"), b"\x7d\x5e\x7d\x5d\x7e");
}

#[test]
fn hdlc_has_the_check_sequences_of_its_rfc() {
    // The check value of CRC-16/X-25 over "123456789" is 906e, that of CRC-32 is cbf43926.
    assert_eq!(stream("hdlc", json!({}), b"123456789"), b"\x7e123456789\x6e\x90\x7e");
    let settings = json!({ "fcs": 32 });
    assert_eq!(stream("hdlc", settings, b"123456789"), b"\x7e123456789\x26\x39\xf4\xcb\x7e");
}

#[test]
fn hdlc_stuffs_payload_and_check_sequence_alike() {
    let subject = Subject::new("hdlc", &json!({}));
    let mut stuffed = 0;
    for value in 0..=u16::MAX {
        let message = value.to_be_bytes();
        let (stream, _) = subject.stream(&[message]);
        stuffed += usize::from(stream.len() > 6);
        let inside = &stream[1..stream.len() - 1];
        assert!(!inside.contains(&0x7e), "{value:04x}");
        assert_eq!(subject.receive(&stream, &[]).messages, [message], "{value:04x}");
    }
    assert!(stuffed > 1_000);
}

#[test]
fn hdlc_takes_any_escaped_byte_one_flag_between_frames_and_aborts() {
    // RFC 1662: a sender may escape more than it must.
    let outcome = receive("hdlc", b"\x7e123456789\x7d\x4e\x90\x7e123456789\x6e\x90\x7e");
    assert_eq!(outcome.messages, [b"123456789", b"123456789"]);
    assert!(outcome.clean());
    let outcome = receive("hdlc", b"\x7e1234\x7d\x7e123456789\x6e\x90\x7e");
    assert_eq!(outcome.messages, [b"123456789"]);
    assert!(outcome.complaint().contains("aborted"), "{}", outcome.complaint());
}

#[test]
fn hdlc_drops_frames_too_short_for_their_check_sequence() {
    let outcome = receive("hdlc", b"\x7eab\x7e\x7e123456789\x6e\x90\x7e");
    assert_eq!(outcome.messages, [b"123456789"]);
    assert!(outcome.complaint().contains("too short"), "{}", outcome.complaint());
}

#[test]
fn cobs_writes_the_examples_of_its_authors() {
    for (message, wire) in [
        (&b""[..], &b"\x01\0"[..]),
        (b"\0", b"\x01\x01\0"),
        (b"\0\0", b"\x01\x01\x01\0"),
        (b"\x11\x22\0\x33", b"\x03\x11\x22\x02\x33\0"),
        (b"\x11\x22\x33\x44", b"\x05\x11\x22\x33\x44\0"),
        (b"\x11\0\0\0", b"\x02\x11\x01\x01\x01\0"),
    ] {
        assert_eq!(stream("cobs", json!({}), message), wire);
    }
}

#[test]
fn a_code_past_the_end_of_a_cobs_frame_drops_it() {
    let outcome = receive("cobs", b"\x05abc\0\0\x03hi\0");
    assert_eq!(outcome.messages, [b"hi"]);
    assert_eq!(outcome.dropped_count, 2);
    assert!(outcome.complaint().contains("counts 4 bytes, but only 3"), "{}", outcome.complaint());
}

#[test]
fn cobs_crc32c_carries_the_castagnoli_checksum() {
    // RFC 3720, B.4: 32 bytes of zeros have the CRC 8a9136aa.
    let outcome = receive("cobs-crc32c", &stream("cobs-crc32c", json!({}), &[0; 32]));
    assert_eq!(outcome.messages, [[0; 32]]);
    let wire = stream("cobs-crc32c", json!({}), &[0; 32]);
    assert_eq!(wire[32..], *b"\x05\xaa\x36\x91\x8a\0");
    let outcome = receive("cobs-crc32c", b"\x03hi\0");
    assert!(outcome.complaint().contains("no checksum"), "{}", outcome.complaint());
}

#[test]
fn zeros_between_frames_of_cobs_are_read_over_with_leading_ones_and_dropped_without() {
    let stream = b"\0\x03hi\0\0\0\x01\0\0\x01\x01\0\0";
    let messages = [&b"hi"[..], b"", b"\0"];
    for cuts in [vec![], (1..stream.len()).collect::<Vec<_>>()] {
        let outcome = Subject::new("cobs", &json!({ "leading": true })).receive(stream, &cuts);
        assert!(outcome.clean(), "{}", outcome.complaint());
        assert_eq!(outcome.messages, messages);
        assert_eq!(outcome.spans, [(0, 5), (5, 9), (9, 13)], "fill belongs to what follows it");
        let outcome = Subject::new("cobs", &json!({})).receive(stream, &cuts);
        assert_eq!(
            (outcome.messages, outcome.dropped_count),
            (messages.map(<[u8]>::to_vec).to_vec(), 5)
        );
    }
    // Noise is dropped by itself, and the frame behind it is not.
    let outcome =
        Subject::new("cobs", &json!({ "leading": true })).receive(b"\x09ab\0\x03hi\0", &[]);
    assert_eq!((outcome.messages, outcome.dropped_count), (vec![b"hi".to_vec()], 1));
    assert_eq!((outcome.dropped[0].0, outcome.dropped[0].1), (0, 4));
}
