//! `cobs`: consistent overhead byte stuffing. The payload without its zero bytes, then a zero.
//!
//! The payload is cut into blocks, each ended by a zero or by its length of 254. A block begins
//! with a code byte: one more than its length; 255 says that no zero follows it. The zero behind
//! the last block is that of the payload's imagined end.
//!
//! With `leading`, a zero stands in front of every frame too, so that noise on the line ends before it;
//! then zeros between frames are no frames. An empty message is a frame of one byte, not of none.
//!
//! S. Cheshire, M. Baker: "Consistent Overhead Byte Stuffing", IEEE/ACM Transactions on Networking
//! 7 (1999).

use super::ended::{Codec, Ended, Found};
use super::settings::{DefaultValue, Kind, Setting, Values};
use super::shared::{LARGEST_STUFFED, max_setting_up_to};
use super::{Framing, Role, SpecError};
use memchr::memchr;

/// The most bytes of a block, its code not counted.
const BLOCK: usize = 254;

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "leading",
        kind: Kind::Flag,
        default: DefaultValue::Flag(false),
        about: "a zero in front of every frame too, so that noise on the line ends before it",
    },
    max_setting_up_to(DefaultValue::Text("1 MiB"), LARGEST_STUFFED, "the longest message"),
];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    let max = values.unsigned("max") as usize;
    match values.flag("leading") {
        true => Ok(Box::new(Ended::new(Cobs::<true>, max))),
        false => Ok(Box::new(Ended::new(Cobs::<false>, max))),
    }
}

/// `LEADING`: a zero stands in front of a frame as well.
struct Cobs<const LEADING: bool>;

impl<const LEADING: bool> Codec for Cobs<LEADING> {
    #[inline]
    fn end(&self) -> u8 {
        0
    }

    fn end_name(&self) -> &'static str {
        "zero byte"
    }

    fn empty(&self) -> bool {
        true
    }

    fn finds_corruption(&self) -> bool {
        false
    }

    fn longest(&self, max: usize) -> usize {
        longest(max)
    }

    #[inline]
    fn encode(&self, payload: &[u8], out: &mut Vec<u8>) {
        out.reserve(longest(payload.len()) + 2);
        if LEADING {
            out.push(0);
        }
        let mut encoder = Encoder::new(out);
        encoder.push(payload, out);
        encoder.finish(out);
        out.push(0);
    }

    #[inline]
    fn decode(&self, body: &[u8], scratch: &mut Vec<u8>) -> Result<Found, String> {
        if LEADING && body.is_empty() {
            return Ok(Found::Fill);
        }
        decode(body, scratch)
    }
}

/// The most bytes that `len` bytes become, the zero at the end not counted.
pub(super) fn longest(len: usize) -> usize {
    len + len / BLOCK + 1
}

/// Encodes bytes that come in several pieces.
pub(super) struct Encoder {
    /// Where the code of the block under way stands.
    code_at: usize,
    /// Bytes of that block so far; [`BLOCK`]: it is complete, and the next is not begun.
    run: usize,
}

impl Encoder {
    /// Begins the first block at the end of `out`.
    #[inline]
    pub(super) fn new(out: &mut Vec<u8>) -> Self {
        out.push(1);
        Self { code_at: out.len() - 1, run: 0 }
    }

    /// Appends `bytes` to what `out` holds since the encoder was made.
    #[inline]
    pub(super) fn push(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while !bytes.is_empty() {
            if self.run == BLOCK {
                *self = Self::new(out);
            }
            let piece = &bytes[..bytes.len().min(BLOCK - self.run)];
            let zero = if piece[0] == 0 { Some(0) } else { memchr(0, piece) };
            let run = zero.unwrap_or(piece.len());
            out.extend_from_slice(&piece[..run]);
            self.run += run;
            out[self.code_at] = self.run as u8 + 1;
            bytes = &bytes[run..];
            if zero.is_some() {
                // Each zero ends a block; zeros often come in rows, and then the blocks are empty.
                let zeros = count(0, bytes);
                out.resize(out.len() + zeros, 1);
                (self.code_at, self.run) = (out.len() - 1, 0);
                bytes = &bytes[zeros..];
            }
        }
    }

    /// The block under way is the last one.
    #[inline]
    pub(super) fn finish(self, out: &mut [u8]) {
        out[self.code_at] = self.run as u8 + 1;
    }
}

/// How many times `byte` stands at the beginning of `bytes`.
#[inline]
fn count(byte: u8, bytes: &[u8]) -> usize {
    bytes.iter().take_while(|one| **one == byte).count()
}

/// What a body without its zero stands for.
#[inline]
pub(super) fn decode(body: &[u8], scratch: &mut Vec<u8>) -> Result<Found, String> {
    match body.first() {
        Some(code) if usize::from(*code) == body.len() => {
            return Ok(Found::InPlace { at: 1, len: body.len() - 1 });
        }
        Some(_) => {}
        None => {
            return Err("an end with nothing before it: a frame has one byte at least".to_owned());
        }
    }
    let from = scratch.len();
    let mut at = 0;
    loop {
        let code = usize::from(body[at]);
        // The zeros that come behind this block, and the next block of any bytes.
        let zeros = if code == 1 {
            count(1, &body[at..])
        } else {
            let Some(block) = body.get(at + 1..at + code) else {
                return Err(past_the_end(at, code, body.len()));
            };
            scratch.extend_from_slice(block);
            usize::from(code <= BLOCK)
        };
        at += if code == 1 { zeros } else { code };
        let last = at == body.len();
        // The last zero of all is only imagined.
        scratch.resize(scratch.len() + zeros - usize::from(last && zeros > 0), 0);
        if last {
            return Ok(Found::InScratch { at: from, len: scratch.len() - from });
        }
    }
}

#[cold]
fn past_the_end(at: usize, code: usize, len: usize) -> String {
    format!(
        "the code {code:02x} at byte {at} of a frame counts {} bytes, but only {} come before the \
         end: bytes were changed or lost, or the peer uses another framing",
        code - 1,
        len - at - 1
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(pieces: &[&[u8]]) -> Vec<u8> {
        let mut out = b"before".to_vec();
        let mut encoder = Encoder::new(&mut out);
        pieces.iter().for_each(|piece| encoder.push(piece, &mut out));
        encoder.finish(&mut out);
        out.split_off(6)
    }

    #[test]
    fn pieces_become_what_their_whole_becomes() {
        let long: Vec<u8> = (0..600).map(|index| (index % 255 + 1) as u8).collect();
        for whole in [&b""[..], b"\0", b"\0\0", b"a\0b", &long, &long[..254], &long[..255]] {
            for cut in 0..=whole.len() {
                let (head, tail) = whole.split_at(cut);
                assert_eq!(encoded(&[head, tail]), encoded(&[whole]), "{} at {cut}", whole.len());
            }
        }
    }

    #[test]
    fn a_block_of_254_bytes_is_followed_by_no_zero_and_by_no_empty_block() {
        let payload = [b'x'; 254];
        let body = encoded(&[&payload]);
        assert_eq!((body.len(), body[0]), (255, 255));
        // Other encoders add an empty block, which stands for nothing.
        let other = [&body[..], &[1]].concat();
        let mut scratch = Vec::new();
        assert_eq!(decode(&other, &mut scratch), Ok(Found::InScratch { at: 0, len: 254 }));
        assert_eq!(scratch, payload);
    }
}
