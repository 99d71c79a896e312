//! What one changed bit does to framings that resynchronise: what is dropped, what comes through,
//! and how soon messages arrive again.

use crate::driver::{Outcome, Reader, Subject};
use serde_json::{Value, json};

/// The messages of a damaged stream: enough of them, each of its own bytes.
fn messages() -> Vec<Vec<u8>> {
    (0..12_u8).map(|index| vec![index * 7, 0, 0x7e, 0xc0, b'\n', index, b'x', index]).collect()
}

/// Feeds the stream with each of its bits changed in turn; `look` gets the byte of that bit, and
/// what came of it.
fn each_bit(kind: &str, settings: Value, look: impl Fn(usize, &Outcome)) {
    let subject = Subject::new(kind, &settings);
    let (stream, carried) = subject.stream(&messages());
    assert_eq!(carried.len(), 12, "{kind} carries all");
    for bit in 0..8 * stream.len() {
        let mut damaged = stream.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let outcome = subject.receive(&damaged, &[]);
        assert_eq!(outcome.error, None, "{kind}: damage ended the stream (bit {bit})");
        look(bit / 8, &outcome);
    }
}

/// The checked framings, each of which finds every single changed bit.
const CHECKED: [(&str, &str); 4] =
    [("cobs-crc32c", "{}"), ("hdlc", "{}"), ("hdlc", r#"{"fcs": 32}"#), ("magic-len-crc32c", "{}")];

#[test]
fn a_changed_bit_never_becomes_a_wrong_message() {
    let sent = messages();
    for (kind, settings) in CHECKED {
        let settings = serde_json::from_str(settings).expect("JSON");
        each_bit(kind, settings, |at, outcome| {
            let mut due = sent.iter();
            for message in &outcome.messages {
                assert!(due.any(|one| one == message), "{kind}: byte {at}: {message:02x?}");
            }
            let told = outcome.dropped_count > 0 || outcome.end.is_some();
            let lost = sent.len() - outcome.messages.len();
            assert!(told || lost == 0, "{kind}: byte {at}: {lost} lost in silence");
        });
    }
}

#[test]
fn a_changed_bit_costs_two_messages_at_most() {
    let all = [("cobs", "{}"), ("slip", "{}"), ("delimiter-escaped", "{}")];
    for (kind, settings) in CHECKED.into_iter().chain(all) {
        let settings = serde_json::from_str(settings).expect("JSON");
        let sent = messages();
        each_bit(kind, settings, |at, outcome| {
            let whole = sent.iter().filter(|one| outcome.messages.contains(one)).count();
            assert!(whole + 2 >= sent.len(), "{kind}: byte {at} cost {}", sent.len() - whole);
        });
    }
}

#[test]
fn what_is_dropped_and_what_arrives_cover_the_stream() {
    for (kind, settings) in CHECKED {
        let settings = serde_json::from_str(settings).expect("JSON");
        each_bit(kind, settings, |at, outcome| {
            let mut pieces: Vec<(i64, i64)> =
                outcome.dropped.iter().map(|(from, to, _)| (*from, *to)).collect();
            assert_eq!(pieces.len() as u64, outcome.dropped_count);
            pieces.extend(&outcome.spans);
            pieces.sort_unstable();
            let mut end = 0;
            for (from, to) in pieces {
                assert_eq!(from, end, "{kind}: byte {at}: a gap or an overlap");
                end = to;
            }
        });
    }
}

#[test]
fn rubbish_of_any_length_before_a_frame_is_let_go() {
    for (kind, settings) in CHECKED {
        let settings: Value = serde_json::from_str(settings).expect("JSON");
        let subject = Subject::new(kind, &settings);
        let (frame, _) = subject.stream(&[b"first", b"after"]);
        for len in [1, 3, 4, 100, 5_000] {
            let rubbish: Vec<u8> = (0..len).map(|index| (index % 40 + 1) as u8).collect();
            let stream = [&rubbish, &frame[..]].concat();
            for cuts in [vec![], (1..stream.len()).collect()] {
                let outcome = subject.receive(&stream, &cuts);
                assert_eq!(outcome.messages.last().expect("one arrives"), b"after", "{kind} {len}");
                assert!(outcome.messages.len() <= 2 && outcome.dropped_count == 1, "{kind} {len}");
            }
        }
    }
}

#[test]
fn a_damaged_payload_lets_nothing_in_it_pass_for_a_frame() {
    let subject = Subject::new("magic-len-crc32c", &json!({}));
    let (inner, _) = subject.stream(&[b"forged"]);
    let (mut stream, _) = subject.stream(&[inner, b"after".to_vec()]);
    stream[12 + 11] ^= 1; // in the payload, which begins with a header
    let outcome = subject.receive(&stream, &[]);
    assert_eq!(outcome.messages, [b"after"]);
    assert!(outcome.complaint().contains("checksum of the payload"), "{}", outcome.complaint());
}

#[test]
fn a_flood_of_rubbish_is_counted_and_described_in_part() {
    use wirebench::framing::{Decoded, MAX_DROPPED, Role};
    let mut framing = Subject::new("hdlc", &json!({})).framing(Role::Server);
    let mut out = Decoded::default();
    framing.feed(0, &b"x\x7e".repeat(100_000), &mut out).expect("it resynchronises");
    assert_eq!((out.dropped.len(), out.dropped_count), (MAX_DROPPED, 100_000));
    assert!(out.scratch.is_empty() && out.frames.is_empty());
}

#[test]
fn an_endless_frame_is_let_go_as_it_comes() {
    use wirebench::framing::Role;
    for (kind, byte) in [("cobs", b'x'), ("slip", b'x'), ("hdlc", b'x'), ("magic-len-crc32c", 0)] {
        let mut framing = Subject::new(kind, &json!({ "max": 100 })).framing(Role::Server);
        let mut reader = Reader::default();
        for _ in 0..1_000 {
            reader.read(&mut *framing, &[byte; 64]).expect("it resynchronises");
            assert!(reader.unread() <= 300, "{kind} holds {} bytes", reader.unread());
        }
        assert!(reader.end(&mut *framing).is_err(), "{kind}");
    }
}
