//! `websocket`: the examples of RFC 6455, section 5.7, control frames, and what must be refused.

use crate::driver::{Outcome, Subject, receive};
use serde_json::{Value, json};
use wirebench::framing::{Decoded, Role};

/// What a client makes of a server's bytes.
fn client(settings: Value, stream: &[u8]) -> Outcome {
    receive(&mut *Subject::new("websocket", &settings).framing(Role::Client), stream, &[])
}

/// What a server makes of a client's bytes.
fn server(stream: &[u8]) -> Outcome {
    Subject::new("websocket", &json!({})).receive(stream, &[])
}

/// A client's frame with a mask of zeros.
fn masked(head: &[u8], payload: &[u8]) -> Vec<u8> {
    [&[head[0], head[1] | 0x80], &head[2..], &[0; 4], payload].concat()
}

#[test]
fn the_examples_of_the_rfc_are_read() {
    // Binary in place of the text frames of the examples.
    assert_eq!(client(json!({}), b"\x82\x05Hello").messages, [b"Hello"]);
    let masked = b"\x82\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
    assert_eq!(server(masked).messages, [b"Hello"]);
    assert_eq!(client(json!({}), b"\x02\x03Hel\x80\x02lo").messages, [b"Hello"]);
    let long = [b"\x82\x7e\x01\x00", &[7; 256][..]].concat();
    assert_eq!(client(json!({}), &long).messages, [[7; 256]]);
    let longer = [b"\x82\x7f\0\0\0\0\0\x01\0\0", &[7; 65_536][..]].concat();
    assert_eq!(client(json!({}), &longer).messages, [vec![7; 65_536]]);
}

#[test]
fn a_client_masks_with_keys_from_its_seed_and_a_server_does_not() {
    let stream = |settings| Subject::new("websocket", &settings).stream(&[b"hi", b"hi"]).0;
    let first = stream(json!({}));
    assert_eq!((first.len(), &first[..2]), (16, &b"\x82\x82"[..]));
    assert_ne!(first[2..6], first[10..14], "each frame has a key of its own");
    assert_eq!(first, stream(json!({})), "the same seed gives the same bytes");
    assert_ne!(first, stream(json!({ "mask-seed": 2 })));
    let mut bytes = Vec::new();
    let mut server = Subject::new("websocket", &json!({})).framing(Role::Server);
    crate::driver::send(&mut *server, b"hi", &mut bytes).expect("it fits");
    assert_eq!(bytes, b"\x82\x02hi");
}

#[test]
fn a_ping_is_answered_by_a_pong_also_between_fragments() {
    let outcome = client(json!({}), b"\x02\x01a\x89\x02hi\x80\x01b\x8a\x00");
    assert_eq!(outcome.messages, [b"ab"]);
    let mut pong = outcome.control.clone();
    assert_eq!((pong.len(), &pong[..2]), (8, &b"\x8a\x82"[..]), "a client masks its pong");
    for index in 0..2 {
        pong[6 + index] ^= pong[2 + index];
    }
    assert_eq!(pong[6..], *b"hi");
    assert_eq!(server(&masked(b"\x89\x02", b"hi")).control, b"\x8a\x02hi");
}

#[test]
fn a_close_is_answered_by_a_close_and_ends_everything() {
    let close = masked(b"\x88\x05", b"\x03\xe8bye");
    let stream = [&close[..], b"whatever follows"].concat();
    for cuts in [vec![], (1..stream.len()).collect()] {
        let outcome = Subject::new("websocket", &json!({})).receive(&stream, &cuts);
        assert_eq!(outcome.control, b"\x88\x02\x03\xe8", "with the same status code");
        assert!(outcome.clean(), "{}", outcome.complaint());
    }
    let mut framing = Subject::new("websocket", &json!({})).framing(Role::Server);
    let mut out = Decoded::default();
    framing.feed(0, &stream, &mut out).expect("a close");
    assert!(out.close && out.consumed == stream.len());
}

#[test]
fn what_the_rfc_forbids_is_refused() {
    let cases: &[(&[u8], usize, &str)] = &[
        (b"\x82\x02hi", 1, "without a mask"),
        (b"\xc2\x80\0\0\0\0", 0, "reserved bits"),
        (b"\x83\x80\0\0\0\0", 0, "the opcode 3 is reserved"),
        (b"\x8b\x80\0\0\0\0", 0, "the opcode 11 is reserved"),
        (b"\x81\x80\0\0\0\0", 0, "a text frame"),
        (b"\x09\x80\0\0\0\0", 0, "fragmented control frame"),
        (b"\x89\xfe\0\x7e", 1, "more than 125"),
        (b"\x80\x80\0\0\0\0", 0, "no message is under way"),
        (b"\x02\x80\0\0\0\0\x82\x80\0\0\0\0", 6, "has not ended"),
        (b"\x82\xfe\0\x7d", 2, "shortest form"),
        (b"\x82\xff\0\0\0\0\0\0\xff\xff", 2, "shortest form"),
        (b"\x82\xff\x80\0\0\0\0\0\0\0", 2, "highest bit"),
        (b"\x82\xff\0\0\0\0\x01\0\0\x01\0\0\0\0", 0, "16777217, over the limit of 16777216"),
        (b"GET / HTTP/1.1", 0, "which `opening` answers"),
    ];
    for (stream, place, told) in cases {
        let outcome = server(stream);
        let Some((at, text)) = outcome.error else { panic!("accepted {stream:02x?}") };
        assert_eq!(at, *place, "{text}");
        assert!(text.contains(told), "{text}");
        assert_eq!(outcome.control[..2], *b"\x88\x02", "a close tells the peer");
    }
    let outcome = client(json!({}), b"\x82\x82\0\0\0\0hi");
    assert!(outcome.complaint().contains("server's frame with a mask"), "{}", outcome.complaint());
}

#[test]
fn fragments_count_towards_one_limit_and_empty_ones_come_to_an_end() {
    let outcome = client(json!({ "max": 5 }), b"\x02\x03abc\x80\x03abc");
    assert_eq!(outcome.error.as_ref().map(|(at, _)| *at), Some(5));
    let endless = [b"\x02\x00".to_vec(), b"\x00\x00".repeat(10_000)].concat();
    let outcome = client(json!({}), &endless);
    assert!(outcome.complaint().contains("go on for ever"), "{}", outcome.complaint());
}

#[test]
fn a_close_may_hold_a_status_that_has_a_meaning_and_a_reason_in_utf_8_and_nothing_else() {
    let close = |code: u16, reason: &[u8]| {
        let payload = [&code.to_be_bytes(), reason].concat();
        server(&masked(&[0x88, payload.len() as u8], &payload))
    };
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1011, 1012, 1013, 1014, 3000, 4000, 4999] {
        let outcome = close(code, "bis später".as_bytes());
        assert!(outcome.clean(), "{code}: {}", outcome.complaint());
        assert_eq!(outcome.control[2..], code.to_be_bytes(), "the same goes back");
    }
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] {
        let outcome = close(code, b"");
        let (at, text) = outcome.error.expect("no close frame has such a status");
        assert_eq!((at, &outcome.control[..]), (6, &b"\x88\x02\x03\xea"[..]), "{code}: 1002");
        let [high, low] = code.to_be_bytes();
        assert!(text.contains(&format!("status {code} (read {high:02x} {low:02x}")), "{text}");
    }
    let outcome = close(1000, b"bye\xc3(");
    let (at, text) = outcome.error.expect("no UTF-8");
    assert_eq!((at, &outcome.control[..]), (11, &b"\x88\x02\x03\xef"[..]), "1007");
    assert!(text.contains("no UTF-8 (read c3 28)"), "{text}");
    let outcome = server(&masked(b"\x88\x01", b"\x03"));
    assert_eq!(outcome.error.map(|(at, _)| at), Some(6));
    assert_eq!(outcome.control, b"\x88\x02\x03\xea");
    assert_eq!(server(&masked(b"\x88\x00", b"")).control, b"\x88\x00");
}

#[test]
fn the_peer_is_told_in_a_close_why_its_connection_ends() {
    let long = [b"\x82\xff\0\0\0\0\x01\0\0\x01".to_vec(), vec![0; 4]].concat();
    let endless = [masked(b"\x02\x00", b""), masked(b"\x00\x00", b"").repeat(1_025)].concat();
    for (stream, code) in [
        (masked(b"\x83\x00", b""), 1002_u16),
        (masked(b"\x81\x02", b"hi"), 1003),
        (masked(b"\x88\x03", b"\x03\xe8\xff"), 1007),
        (endless, 1008),
        (long, 1009),
    ] {
        let outcome = server(&stream);
        assert!(outcome.error.is_some());
        assert_eq!(outcome.control, [&[0x88, 2][..], &code.to_be_bytes()].concat());
    }
}

#[test]
fn what_answers_a_message_stands_before_what_answers_the_frame_behind_it() {
    let (hi, ping) = (masked(b"\x82\x02", b"hi"), masked(b"\x89\x00", b""));
    let close = masked(b"\x88\x02", b"\x03\xe8");
    let stream = [&ping[..], &hi, &hi, &ping, &hi, &close, &hi].concat();
    let (pongs, closes) = ([0, 0, 2, 2], [3; 4]);
    for cuts in [vec![], (1..stream.len()).collect()] {
        let outcome = Subject::new("websocket", &json!({})).receive(&stream, &cuts);
        assert_eq!(outcome.messages, [b"hi"; 3], "nothing counts behind a close");
        assert_eq!(outcome.control, b"\x8a\x00\x8a\x00\x88\x02\x03\xe8");
        assert_eq!(outcome.answered, [&pongs[..], &closes].concat());
    }
    // A frame that breaks a rule is answered by a close too.
    let outcome = server(&[&hi[..], b"\x83"].concat());
    assert!(outcome.answered.is_empty(), "its header is cut");
    let outcome = server(&[&hi[..], &masked(b"\x83\x00", b"")].concat());
    assert_eq!(outcome.answered, [1; 4]);
}
