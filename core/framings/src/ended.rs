//! What the framings have in common whose frames end with a byte that stands nowhere else:
//! `delimiter-escaped`, `slip`, `hdlc`, `cobs` and `cobs-crc32c`.
//!
//! Whatever happens to a frame, the next end begins a new one. So a frame that cannot be decoded is
//! dropped and told, and decoding goes on: no error ends the stream but its end inside a frame.
//!
//! A body is looked at twice at most: once in search of its end, once when it is decoded.

use super::shared::{fits, window, wrong};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, Frame, FrameWriter, Framing, Nanos,
};
use memchr::memchr_iter;
use wirebench_framing::misfit::{BEGINNING, beginning, called};

/// How payloads become bodies and back. A body is what stands before an end.
pub(super) trait Codec: Send {
    /// What ends a body.
    fn end(&self) -> u8;

    /// What errors call the end.
    fn end_name(&self) -> &'static str;

    /// Whether an empty message has a form.
    fn empty(&self) -> bool;

    /// Whether a checksum covers the message.
    fn finds_corruption(&self) -> bool;

    /// The most bytes that the body of a message of `max` bytes can have.
    fn longest(&self, max: usize) -> usize;

    /// Appends the whole frame of `payload`, its end included.
    fn encode(&self, payload: &[u8], out: &mut Vec<u8>);

    /// Decodes a body, which holds no end. Bytes that do not stand in it as they are go to
    /// `scratch`. On `Err`, which says what is wrong, `scratch` may have grown.
    fn decode(&self, body: &[u8], scratch: &mut Vec<u8>) -> Result<Found, String>;
}

/// What a body holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A message that stands in the body as it is.
    InPlace { at: usize, len: usize },
    /// A message at this index of the scratch bytes.
    InScratch { at: usize, len: usize },
    /// Nothing: it fills the time between frames.
    Fill,
}

/// A framing whose frames end with a byte that stands nowhere else.
pub(super) struct Ended<C> {
    codec: C,
    max: usize,
    /// The longest body, in bytes of the stream.
    longest: usize,
    /// Bytes at the start of the unconsumed input that hold no end.
    scanned: usize,
    /// Bytes that earlier calls consumed.
    passed: u64,
    /// Where the frame under way (or the fill before it) began, counted from the beginning of the
    /// stream.
    began: u64,
    /// The frame under way, which begins like this, is longer than any may be: what comes of it is let
    /// go.
    overlong: Option<String>,
}

impl<C: Codec> Ended<C> {
    /// Messages of at most `max` bytes.
    pub(super) fn new(codec: C, max: usize) -> Self {
        let longest = codec.longest(max);
        Self { codec, max, longest, scanned: 0, passed: 0, began: 0, overlong: None }
    }

    /// The body `start..end` of the input, and the end behind it.
    #[inline]
    fn body(&mut self, input: &[u8], start: usize, end: usize, out: &mut Decoded) {
        let (wire_at, wire_end) = (self.began as i64 - self.passed as i64, end as i64 + 1);
        let body = &input[start..end];
        let found = if self.overlong.is_some() || body.len() > self.longest {
            Err(None)
        } else {
            out.inspected += body.len();
            let kept = out.scratch.len();
            let found = self.codec.decode(body, &mut out.scratch).map_err(Some);
            if !matches!(found, Ok(Found::InScratch { .. })) {
                out.scratch.truncate(kept);
            }
            found
        };
        let (at, len, scratch) = match found {
            Ok(Found::InPlace { at, len }) => (start + at, len, false),
            Ok(Found::InScratch { at, len }) => (at, len, true),
            // The frame that follows begins with what was filled in before it.
            Ok(Found::Fill) => return,
            Err(why) => {
                out.drop_stretch(wire_at, wire_end, || match why {
                    Some(why) => format!("{why} (read {})", begins(body)),
                    None => self.too_long(body),
                });
                return self.next(end + 1);
            }
        };
        if len > self.max {
            out.drop_stretch(wire_at, wire_end, || {
                let (max, read) = (self.max, begins(body));
                format!("a message of {len} bytes, over the limit of {max} (read {read})")
            });
        } else {
            out.frames.push(Frame { at: at as u32, len: len as u32, scratch, wire_at, wire_end });
        }
        self.next(end + 1);
    }

    #[inline]
    fn next(&mut self, at: usize) {
        self.began = self.passed + at as u64;
        self.overlong = None;
    }

    /// How a frame begins of which more came than any may have.
    #[cold]
    fn begins(&self, body: &[u8]) -> String {
        beginning(&body[..self.longest])
    }

    #[cold]
    fn too_long(&self, body: &[u8]) -> String {
        let read = self.overlong.clone().unwrap_or_else(|| self.begins(body));
        format!(
            "no {} within {} bytes, the longest frame of a message of {} bytes: raise `max`, or the \
             end of a frame was lost, or the peer uses another framing (read {read})",
            self.codec.end_name(),
            self.longest,
            self.max
        )
    }
}

/// How a frame that has its end begins.
#[cold]
fn begins(body: &[u8]) -> String {
    called(&body[..body.len().min(BEGINNING)], body)
}

impl<C: Codec> Framing for Ended<C> {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            empty: self.codec.empty(),
            resynchronises: true,
            finds_corruption: self.codec.finds_corruption(),
            ..Capabilities::marked(Alphabet::Bytes, self.max as u64)
        }
    }

    #[inline]
    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        fits(payload, self.max as u64)?;
        if payload.is_empty() && !self.codec.empty() {
            return Err(EncodeError::Empty);
        }
        self.codec.encode(payload, out.buffer());
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let skipped = self.scanned.min(input.len());
        out.inspected += input.len() - skipped;
        let mut start = 0;
        for hit in memchr_iter(self.codec.end(), &input[skipped..]) {
            let end = skipped + hit;
            self.body(input, start, end, out);
            start = end + 1;
        }
        self.scanned = input.len() - start;
        if self.overlong.is_some() || self.scanned > self.longest {
            if self.overlong.is_none() {
                self.overlong = Some(self.begins(&input[start..]));
            }
            self.scanned = 0;
            start = input.len();
        }
        out.consumed = start;
        self.passed += start as u64;
        Ok(())
    }

    fn end_of_input(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
        if input.is_empty() && self.overlong.is_none() {
            return Ok(());
        }
        let came = self.passed + input.len() as u64 - self.began;
        let name = self.codec.end_name();
        let read = self.overlong.clone().unwrap_or_else(|| beginning(input));
        let text = format!(
            "the stream ended inside a frame, {came} bytes after its start: no {name} (read {read})"
        );
        Err(wrong(input.len(), text))
    }
}
