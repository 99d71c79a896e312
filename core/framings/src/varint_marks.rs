//! `varint` with more in front of the length: bytes that nobody looks at, of which the first may be
//! constant, as the type byte of an MQTT packet. A type of its own, so that plain frames pay nothing
//! for it.

use super::constants::Constant;
use super::length::zeros;
use super::settings::{Values, error};
use super::shared::{fits, frame, window, wrong};
use super::varint::{Prefix, Varint, prefix, write};
use super::{
    Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, SpecError,
};
use wirebench_framing::misfit::{called, telling};

/// What stands before a length.
pub(super) struct Marks {
    offset: usize,
    prefix: Constant,
}

impl Marks {
    /// What the settings say; `None`: nothing.
    pub(super) fn of(values: &Values) -> Result<Option<Self>, SpecError> {
        let (offset, prefix) =
            (values.unsigned("offset") as usize, Constant::of(values, "prefix")?);
        if prefix.len() > offset {
            let (bytes, len) = (prefix.shown(), prefix.len());
            let text = format!(
                "`prefix` ({bytes}) has {len} bytes, but `offset` leaves {offset} before the length: leave \
                 `offset` out, or set it to {len} or more"
            );
            return Err(error("prefix", text));
        }
        Ok((offset > 0).then_some(Self { offset, prefix }))
    }

    /// The framing of such frames.
    pub(super) fn around(self, varint: Varint) -> Marked {
        Marked { varint, marks: self }
    }
}

pub(super) struct Marked {
    varint: Varint,
    marks: Marks,
}

/// What a header is found to be.
enum Found {
    /// More bytes are needed.
    Cut,
    /// One with this length, and the bytes that it takes.
    Is(usize, usize),
    /// The byte at this index is another than that of the prefix.
    Other(usize),
    /// The length is none.
    Bad(Prefix),
}

impl Framing for Marked {
    fn capabilities(&self) -> Capabilities {
        self.varint.capabilities()
    }

    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        fits(payload, self.varint.max)?;
        out.header(self.marks.prefix.bytes());
        zeros(self.marks.offset - self.marks.prefix.len(), out);
        write(payload.len(), out);
        out.payload(payload);
        Ok(())
    }

    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let mut at = 0;
        out.need = loop {
            out.consumed = at;
            let rest = &input[at..];
            let (len, used) = match self.header(rest) {
                Found::Is(len, used) => (len, used),
                Found::Cut => {
                    out.inspected += rest.len();
                    break 1;
                }
                bad => {
                    let seen = self.seen(&bad);
                    out.inspected += seen;
                    let Some(told) = telling(rest, seen) else { break 1 };
                    return Err(self.told(&bad, at, &rest[..told]));
                }
            };
            out.inspected += used;
            let total = used + len;
            if total > rest.len() {
                break out.lacks(total - rest.len());
            }
            out.frames.push(frame(at + used, len, at, at + total));
            at += total;
        };
        Ok(())
    }

    fn end_of_input(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
        match self.header(input) {
            _ if input.is_empty() => Ok(()),
            Found::Cut | Found::Is(..) => Err(DecodeError::ended_inside(input)),
            bad => Err(self.told(&bad, 0, input)),
        }
    }
}

impl Marked {
    /// What stands at the beginning of `rest`.
    fn header(&self, rest: &[u8]) -> Found {
        let Marks { offset, prefix: constant } = &self.marks;
        if let Some(index) = constant.differs(rest) {
            return Found::Other(index);
        }
        let Some(behind) = rest.get(*offset..) else { return Found::Cut };
        match prefix(behind) {
            Prefix::Cut => Found::Cut,
            Prefix::Is(len, used) if len <= self.varint.max => {
                Found::Is(len as usize, offset + used)
            }
            bad => Found::Bad(bad),
        }
    }

    /// Bytes that have to be seen to know what is wrong.
    fn seen(&self, bad: &Found) -> usize {
        match bad {
            Found::Other(index) => index + 1,
            Found::Bad(bad) => self.marks.offset + bad.used(),
            Found::Cut | Found::Is(..) => 0,
        }
    }

    /// The error for a header that begins like this at `at`.
    #[cold]
    fn told(&self, bad: &Found, at: usize, begin: &[u8]) -> DecodeError {
        match bad {
            Found::Bad(bad) => {
                let offset = self.marks.offset;
                let read = called(&begin[offset..offset + bad.used()], begin);
                wrong(at + offset, format!("{} (read {read})", self.varint.problem(bad)))
            }
            Found::Other(index) => {
                let place = ("of a frame", "another kind of frame, or a wrong length before it?");
                wrong(at + index, self.marks.prefix.mismatch(*index, place, begin, begin))
            }
            Found::Cut | Found::Is(..) => DecodeError::ended_inside(begin),
        }
    }
}
