//! `headers`: streams of the framing's own with every header byte turned into everything, and
//! lengths that are huge, negative, wrapped or never end. A decoder may answer with an error, with
//! messages, or by waiting; it may not panic, hang, or wait for more than its own limit.

use super::super::check_context::{CheckContext, Ended, of_stream, size};
use super::super::stream_driver::{Driven, StreamDriver};
use super::super::{Case, Finding, material};
use wirebench_framings::Role;

/// Bytes of a stream that are turned, from its start.
const TURNED: usize = 96;

/// The read size in which endless streams come, and what a decoder may hold beyond its limit: one
/// read, and a header.
const PIECE: usize = 64 << 10;
const SLACK: usize = 2 * PIECE;

/// Of what endless streams are made: digits, signs, openings, boundaries, bits.
const ENDLESS: &[u8] = b"0159-+ {[\"a\r\n:,\0\x01\x7f\x80\xc0\xff";

pub(super) fn run(cx: &mut CheckContext<'_>) -> Ended {
    let turned = turned(cx);
    let mut streams = match turned {
        Ok(streams) => streams,
        Err(fault) => {
            let finding = super::super::check_context::of_messages(&messages(), None);
            return Ended::finding(Finding { got: vec![fault.clone()], what: fault, ..finding });
        }
    };
    streams.extend(numerals(cx));
    streams.extend(wrapped());
    let count = streams.len();
    for bytes in streams {
        let cuts = material::every_byte(bytes.len());
        if cx.judge_stream(Role::Server, &bytes, &cuts).is_some()
            && let Some(finding) = cx.shrink(Role::Server, &bytes, &cuts)
        {
            return Ended::finding(finding);
        }
    }
    let fed = match endless(cx) {
        Ok(fed) => fed,
        Err(finding) => return Ended::Finding(finding),
    };
    Ended::Holds(format!("{count} damaged streams; {} endless ones", fed))
}

fn messages() -> Vec<Vec<u8>> {
    vec![b"hi".to_vec(), b"hello".to_vec(), b"after".to_vec()]
}

/// The framing's own stream with its bytes turned: each into every value, and its header as a whole
/// into the patterns in which lengths go wrong.
pub(super) fn turned(cx: &mut CheckContext<'_>) -> Result<Vec<Vec<u8>>, String> {
    let recorded = cx.record(Role::Client, &messages())?;
    let bytes = recorded.bytes;
    let step = cx.size(1, 5);
    let mut streams = Vec::new();
    // Headers that are wider because they say more.
    for len in [300, 70_000] {
        let wide = cx.record(Role::Client, &[vec![b'x'; len]])?;
        let mut start = wide.bytes;
        start.truncate(wide.header_len.min(TURNED) + 5);
        for at in 0..start.len().saturating_sub(5) {
            for value in 0..=u8::MAX {
                let mut stream = start.clone();
                stream[at] = value;
                streams.push(stream);
            }
        }
    }
    for at in 0..bytes.len().min(TURNED) {
        let edges = [0, 1, 0x7f, 0x80, 0xff, b'0', b'9', b'-', b'\n'];
        let values = (0..=u8::MAX).step_by(step).chain(edges);
        for value in values.filter(|value| *value != bytes[at]) {
            let mut stream = bytes.clone();
            stream[at] = value;
            streams.push(stream);
        }
    }
    let header = recorded.header_len.clamp(1, 16).min(bytes.len());
    for fill in [0x00, 0x01, 0x7f, 0x80, 0xff, b'0', b'9', b'-', b' '] {
        for from in 0..header {
            for to in from + 1..=header {
                let mut stream = bytes.clone();
                stream[from..to].fill(fill);
                streams.push(stream);
            }
        }
    }
    // A sign bit at either end of the header, the rest kept.
    for at in [0, header - 1] {
        let mut stream = bytes.clone();
        stream[at] |= 0x80;
        streams.push(stream);
    }
    let mut dice = cx.dice(4);
    for _ in 0..cx.size(2_000, 100) {
        let mut stream = bytes.clone();
        for byte in &mut stream[..header] {
            *byte = dice.next_u64() as u8;
        }
        streams.push(stream);
    }
    Ok(streams)
}

/// Binary lengths of any width up to twelve bytes, little and big end first, at the edges of every
/// type, with a few bytes behind.
fn wrapped() -> Vec<Vec<u8>> {
    let last = [0x00, 0x01, 0x02, 0x03, 0x07, 0x08, 0x0f, 0x10, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xff];
    let mut streams = Vec::new();
    for fill in [0x00, 0x01, 0x7f, 0x80, 0x81, 0xff] {
        for width in 0..12 {
            for edge in last {
                let mut stream = vec![fill; width];
                stream.push(edge);
                stream.extend_from_slice(b"abc");
                streams.push(stream.clone());
                stream[..=width].reverse();
                streams.push(stream);
            }
        }
    }
    streams
}

/// Lengths in text, and what stands around them.
fn numerals(cx: &CheckContext<'_>) -> Vec<Vec<u8>> {
    let texts = [
        "-1",
        "+1",
        "00",
        "0x10",
        "1e3",
        "1_000",
        " 1",
        "2147483647",
        "2147483648",
        "4294967295",
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "ffffffffffffffff",
        "10000000000000000",
    ];
    let around = ["", ":", "\n", "\r\n", "\r\n\r\n", ";", ","];
    let before = ["", "$", "Content-Length: ", "{\"data_size\": "];
    let mut streams = Vec::new();
    for text in texts {
        for after in around {
            for before in before {
                streams.push(format!("{before}{text}{after}abc").into_bytes());
            }
        }
    }
    for digit in *b"019f" {
        streams.push(vec![digit; cx.size(4_096, 600)]);
    }
    streams
}

/// Streams of one byte for ever, longer than the framing's limit where that is not beyond reach.
fn endless(cx: &mut CheckContext<'_>) -> Result<usize, Box<Finding>> {
    let max = usize::try_from(cx.capabilities.max).unwrap_or(usize::MAX);
    let reach = cx.size(32 << 20, 1 << 20);
    // Escaping may double a message.
    let most = max.saturating_mul(2).saturating_add(SLACK);
    let len = if max <= reach { most + SLACK } else { 4 * PIECE };
    let piece = [0; PIECE];
    let mut count = 0;
    for byte in ENDLESS {
        let piece = piece.map(|_| *byte);
        cx.tried += 1;
        cx.rig.trying(&mut || Case::stream(&piece[..4_096], &[]));
        let broken = |what: String, bytes: &[u8]| {
            let expected = vec!["an error, messages, or waiting within its limit".into()];
            let got = vec![what.clone()];
            Box::new(Finding { what, expected, got, ..of_stream(Role::Server, bytes, &[]) })
        };
        let framing = cx.framing(Role::Server).map_err(|fault| broken(fault, &[]))?;
        let mut driver = StreamDriver::new(framing);
        let mut fed = 0;
        while fed < len {
            fed += PIECE;
            match driver.feed(0, &piece, None) {
                Driven::Fine => {}
                Driven::Wrong(..) => break,
                Driven::Fault(fault) => {
                    let bytes = vec![*byte; fed];
                    let small = cx.shrink(Role::Server, &bytes[..fed.min(4_096)], &[]);
                    return Err(small.map_or_else(|| broken(fault, &bytes), Box::new));
                }
            }
            if driver.waiting() > most {
                let what = format!(
                    "after {} of {byte:#04x} it still waits for more, though no message is over {}",
                    size(fed),
                    size(max)
                );
                return Err(broken(what, &vec![*byte; fed]));
            }
        }
        count += 1;
    }
    Ok(count)
}
