//! What every segmentation-invariant framing must do, written once. `mounts.rs` applies it.

use crate::driver::{Outcome, Subject, send};
use crate::seeded::{check, cuts};
use proptest::collection::vec;
use proptest::prelude::*;
use std::convert::Infallible;
use wirebench::framing::driver::{Event, ReceiveBuffer, Receiver, drive, encode};
use wirebench::framing::{Alphabet, DecodeError, Decoded, EncodeError, Frame, Framing, Role};

/// Short messages that look like parts of frames; each framing carries those it can.
const SHORT: &[&[u8]] = &[
    b"",
    b"a",
    b"7",
    b"hello",
    b"ab",
    b"\n",
    b"\r\n",
    b"a\rb",
    b",",
    b"3:abc,",
    b"\0\0\0\x01",
    b"{}",
    b"recv_ready",
    b"\xff\xfe",
    b"ababa",
];

/// Bytes of which boundaries, lengths and headers are made.
const SPICE: &[u8] =
    b"0123456789\r\n\0\x01\x02\x04\x7f\x80\xff:,{}\" recvadyb|.\\*$;\x82\xf0WB\x0f\
    \x7d\x7e\x5d\x5e\xc0\xdb\xdc\xdd";

fn same(subject: &Subject, stream: &[u8], whole: &Outcome, cuts: &[usize]) {
    let cut = subject.receive(stream, cuts);
    assert_eq!(&cut, whole, "{}: cut at {cuts:?}: {stream:02x?}", subject.spec.kind);
}

/// The short stream of a subject, and what it carries.
fn short(subject: &Subject) -> (Vec<u8>, Vec<Vec<u8>>) {
    let (stream, carried) = subject.stream(SHORT);
    assert!(carried.len() >= 3, "too few of the short messages can be sent");
    (stream, carried)
}

pub(crate) fn short_messages_arrive_whole(subject: &Subject) {
    let (stream, carried) = short(subject);
    let outcome = subject.receive(&stream, &[]);
    assert!(outcome.clean(), "{}", outcome.complaint());
    assert_eq!(outcome.messages, carried);
    let mut end = subject.opening_len() as i64;
    for span in &outcome.spans {
        assert_eq!(span.0, end, "frames stand side by side");
        end = span.1;
    }
    assert_eq!(end as usize, stream.len());
}

pub(crate) fn every_cut_in_two_or_three_gives_the_same(subject: &Subject) {
    let (stream, _) = short(subject);
    let stream = &stream[..stream.len().min(150)];
    let whole = subject.receive(stream, &[]);
    for first in 0..=stream.len() {
        for second in first..=stream.len() {
            same(subject, stream, &whole, &[first, second]);
        }
    }
}

pub(crate) fn one_byte_at_a_time_gives_the_same(subject: &Subject) {
    let (stream, _) = short(subject);
    let whole = subject.receive(&stream, &[]);
    same(subject, &stream, &whole, &(1..stream.len()).collect::<Vec<_>>());
}

pub(crate) fn random_cuts_of_long_streams_give_the_same(subject: &Subject) {
    let longest = subject.capabilities().max as usize;
    let messages = vec(vec(any::<u8>(), 0..=longest), 1..60);
    check(24, &(messages, vec(0.0..1.0f64, 0..80)), |(mut messages, fractions)| {
        if subject.capabilities().alphabet == Alphabet::Text {
            messages.iter_mut().flatten().for_each(|byte| *byte = b' ' + *byte % 95);
        }
        let (stream, carried) = subject.stream(&messages);
        let whole = subject.receive(&stream, &[]);
        assert!(whole.clean(), "{}", whole.complaint());
        assert_eq!(whole.messages, carried);
        same(subject, &stream, &whole, &cuts(stream.len(), &fractions));
    });
}

pub(crate) fn garbage_gives_the_same_error_however_it_is_cut(subject: &Subject) {
    let byte = prop_oneof![3 => prop::sample::select(SPICE), 1 => any::<u8>()];
    check(300, &(vec(byte, 0..200), vec(0.0..1.0f64, 0..20)), |(stream, fractions)| {
        let whole = subject.receive(&stream, &[]);
        same(subject, &stream, &whole, &cuts(stream.len(), &fractions));
        same(subject, &stream, &whole, &(1..stream.len()).collect::<Vec<_>>());
    });
}

pub(crate) fn a_damaged_stream_gives_the_same_error_however_it_is_cut(subject: &Subject) {
    let (stream, _) = short(subject);
    let wounds = vec((0..stream.len(), prop::sample::select(SPICE)), 1..4);
    check(200, &(wounds, vec(0.0..1.0f64, 0..20)), |(wounds, fractions)| {
        let mut damaged = stream.clone();
        for (at, byte) in wounds {
            damaged[at] = byte;
        }
        let whole = subject.receive(&damaged, &[]);
        same(subject, &damaged, &whole, &cuts(damaged.len(), &fractions));
        same(subject, &damaged, &whole, &(1..damaged.len()).collect::<Vec<_>>());
    });
}

pub(crate) fn a_stream_that_ends_inside_a_frame_is_told(subject: &Subject) {
    let (stream, _) = short(subject);
    let whole = subject.receive(&stream, &[]);
    for len in 0..=stream.len() {
        let outcome = subject.receive(&stream[..len], &[]);
        let complete = whole.spans.iter().filter(|span| span.1 as usize <= len).count();
        assert_eq!(outcome.messages, whole.messages[..complete]);
        assert_eq!((outcome.error, outcome.dropped_count), (None, 0));
        let ends = whole.spans.iter().map(|span| span.1 as usize).chain([0, subject.opening_len()]);
        let at_boundary = ends.clone().any(|end| end == len)
            // A flag or END in front of a frame is also what fills the time between frames.
            || ends.clone().any(|end| end + 1 == len && is_fill(subject, stream[end]));
        let told_at = outcome.end.map(|(at, _)| at);
        assert_eq!(told_at, (!at_boundary).then_some(len), "cut off after {len} bytes");
    }
}

fn is_fill(subject: &Subject, byte: u8) -> bool {
    matches!((subject.spec.kind.as_str(), byte), ("hdlc", 0x7e) | ("slip", 0xc0))
        // Without a leading zero no frame of it begins with one.
        || (subject.spec.kind == "cobs" && byte == 0)
}

pub(crate) fn empty_messages_arrive_if_the_framing_has_a_form_for_them(subject: &Subject) {
    let mut bytes = Vec::new();
    let result = send(&mut *subject.framing(Role::Client), b"", &mut bytes);
    if !subject.capabilities().empty {
        assert_eq!(result, Err(EncodeError::Empty));
        return;
    }
    assert_eq!(result, Ok(()));
    let (stream, _) = subject.stream(&[b"", b"", b""]);
    let opening = subject.opening_len();
    assert_eq!(stream.len() - opening, 3 * (bytes.len() - opening));
    let outcome = subject.receive(&stream, &[]);
    assert_eq!(outcome.messages, vec![b"".to_vec(); 3]);
    assert!(outcome.clean());
}

pub(crate) fn the_longest_message_arrives_and_a_longer_one_is_refused(subject: &Subject) {
    let max = subject.capabilities().max;
    let longest = vec![b'x'; max as usize];
    let (stream, carried) = subject.stream(&[&longest, &longest]);
    assert_eq!(carried.len(), 2);
    let outcome = subject.receive(&stream, &[]);
    assert_eq!(outcome.messages, carried);
    assert!(outcome.clean(), "{}", outcome.complaint());
    let too_long = vec![b'x'; max as usize + 1];
    let result = send(&mut *subject.framing(Role::Client), &too_long, &mut Vec::new());
    assert_eq!(result, Err(EncodeError::TooLong { max }));
}

pub(crate) fn a_received_message_over_the_limit_is_an_error(subject: &Subject) {
    // What a peer with a higher limit sends, if the framing can express it at all.
    let roomy = subject.roomy();
    let (max, more) = (subject.capabilities().max as usize, roomy.capabilities().max as usize);
    if more <= max {
        return;
    }
    let (stream, carried) = roomy.stream(&[vec![b'x'; max + 1], b"after".to_vec()]);
    assert_eq!(carried.len(), 2);
    let whole = subject.receive(&stream, &[]);
    if subject.capabilities().resynchronises {
        assert_eq!(whole.messages, [b"after"]);
        assert_eq!((whole.dropped_count, &whole.error), (1, &None));
    } else {
        assert_eq!(whole.messages.len(), 0);
        assert!(whole.error.is_some());
    }
    same(subject, &stream, &whole, &(1..stream.len()).collect::<Vec<_>>());
}

pub(crate) fn whatever_is_sent_arrives_and_whatever_is_refused_leaves_no_trace(subject: &Subject) {
    let byte = prop_oneof![prop::sample::select(SPICE), any::<u8>()];
    let longest = subject.capabilities().max as usize + 2;
    let opening = subject.opening_len();
    check(200, &vec(byte, 0..=longest), |message| {
        let mut framing = subject.framing(Role::Client);
        let mut bytes = b"before".to_vec();
        let refused = send(&mut *framing, &message, &mut bytes).err();
        assert_eq!(&bytes[..6], b"before");
        match refused {
            None => {
                let outcome = subject.receive(&bytes[6..], &[]);
                assert_eq!(outcome.messages, [message]);
                assert!(outcome.clean(), "{}", outcome.complaint());
            }
            Some(why) => {
                assert_eq!(bytes.len(), 6 + opening);
                why_is_true(subject, &why, &message);
                // The refusal changed nothing: the next message arrives.
                assert_eq!(send(&mut *framing, b"xyxy", &mut bytes), Ok(()));
                assert_eq!(subject.receive(&bytes[6..], &[]).messages, [b"xyxy"]);
            }
        }
    });
}

fn why_is_true(subject: &Subject, why: &EncodeError, message: &[u8]) {
    let capabilities = subject.capabilities();
    match why {
        EncodeError::Empty => assert!(message.is_empty() && !capabilities.empty),
        EncodeError::TooLong { max } => {
            assert!(message.len() as u64 > *max && *max == capabilities.max)
        }
        EncodeError::TooShort { min } => assert!((message.len() as u64) < *min),
        EncodeError::Failed { text } => panic!("only a plugin's framing can fail: {text}"),
        EncodeError::NotText { at } => {
            let error = std::str::from_utf8(message).expect_err("it is text");
            assert_eq!(*at, error.valid_up_to());
        }
        EncodeError::Forbidden { at, .. } => {
            assert!(*at < message.len() && capabilities.alphabet == Alphabet::Text);
        }
    }
}

/// A decoder that looked again at bytes it has seen would find boundaries in them: everything but
/// the frame's first and the latest bytes is replaced while more is awaited. Only with its last
/// byte is the frame there again as it was, since one that is unescaped, unmasked or checked is
/// looked at once more when it is whole. So the work is linear.
pub(crate) fn bytes_already_seen_are_not_looked_at_again(subject: &Subject) {
    let subject = subject.roomy();
    if framing_joins(&subject) && subject.capabilities().alphabet == Alphabet::Text {
        return; // Each fragment is looked at when it is whole, which is before the end.
    }
    let message = vec![b'x'; subject.capabilities().max.min(3000) as usize];
    let (stream, _) = subject.stream(&[&message]);
    for &poison in SPICE {
        let mut framing = subject.framing(Role::Server);
        let mut out = Decoded::default();
        let (mut unconsumed, mut found) = (Vec::new(), Vec::new());
        for (index, byte) in stream.iter().enumerate() {
            unconsumed.push(*byte);
            if let Some(old) = unconsumed.len().checked_sub(80).filter(|old| *old >= 16) {
                unconsumed[old] = poison;
            }
            if index + 1 == stream.len() {
                let from = stream.len() - unconsumed.len();
                unconsumed.copy_from_slice(&stream[from..]);
            }
            out.clear();
            framing.feed(0, &unconsumed, &mut out).expect("the stream is right");
            found.extend(out.frames.iter().map(|frame| (index + 1, frame.len as usize)));
            assert_eq!(out.dropped_count, 0, "poisoned with {poison:#04x}");
            unconsumed.drain(..out.consumed);
        }
        assert_eq!(found, [(stream.len(), message.len())], "poisoned with {poison:#04x}");
    }
}

pub(crate) fn decoding_reserves_nothing_on_a_peers_word(subject: &Subject) {
    // The first bytes of a large frame claim all of it.
    let subject = subject.roomy();
    let (stream, _) = subject.stream(&[vec![b'x'; subject.capabilities().max as usize]]);
    let begin = &stream[..80];
    let mut framing = subject.framing(Role::Server);
    let mut out = Decoded::default();
    out.control.reserve(64);
    let allocated = allocation_counter::measure(|| {
        framing.feed(0, begin, &mut out).expect("the stream is right");
    });
    // Whole fragments of a message are kept; nothing else is.
    let fragments = if framing_joins(&subject) { 4 * begin.len() as u64 } else { 0 };
    assert!(allocated.bytes_max <= fragments, "{} bytes were reserved", allocated.bytes_max);
}

/// True when the subject sends messages in fragments shorter than a message.
fn framing_joins(subject: &Subject) -> bool {
    let settings = &subject.spec.settings;
    ["fragment", "chunk"].iter().any(|key| settings.get(*key).is_some_and(|size| *size != 4096))
}

pub(crate) fn warm_buffers_are_enough_for_encoding_and_decoding(subject: &Subject) {
    if subject.capabilities().duplex {
        return; // It keeps a copy of each payload until the peer is ready.
    }
    let mut encoder = subject.framing(Role::Client);
    let mut counter = Counter { decoder: subject.framing(Role::Server), messages: 0 };
    let (mut bytes, mut buffer, mut decoded) =
        (Vec::new(), ReceiveBuffer::default(), Decoded::default());
    let mut cycle = || {
        bytes.clear();
        for _ in 0..50 {
            encode(&mut *encoder, 0, b"xyxy", &mut bytes, usize::MAX).expect("fits");
        }
        buffer.push(&bytes);
        counter.messages = 0;
        let Ok(()) = drive(&mut counter, Event::Bytes, 0, &mut buffer, &mut decoded);
        assert_eq!(counter.messages, 50);
    };
    cycle();
    assert_eq!(allocation_counter::measure(cycle).count_total, 0);
}

/// Counts messages, and takes no memory for that.
struct Counter {
    decoder: Box<dyn Framing>,
    messages: usize,
}

impl Receiver for Counter {
    type Stop = Infallible;

    fn framing(&mut self) -> Option<&mut dyn Framing> {
        Some(&mut *self.decoder)
    }

    fn control(&mut self, _: &[u8]) {}

    fn message(&mut self, _: &ReceiveBuffer, _: &Frame, _: &[u8]) -> Result<(), Infallible> {
        self.messages += 1;
        Ok(())
    }

    fn settle(&mut self, _: &ReceiveBuffer, _: &Decoded, result: Result<(), DecodeError>) {
        result.expect("the stream is right");
    }
}
