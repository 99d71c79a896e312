//! `len8` to `len64` with more in a frame than a length: constants before and behind it, a copy of it,
//! and a trailer behind the payload. A type of its own, so that plain frames pay nothing for it.
//!
//! A frame is `offset` bytes, of which `prefix` are the first; the length; its copy; `suffix`; as many
//! bytes as the length says, with `adjust`; `trailer`.

use super::constants::Constant;
use super::length::{Length, read, write, zeros};
use super::settings::{DefaultValue, Kind, Setting, Values, error};
use super::shared::{frame, window, wrong};
use super::{
    Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, SpecError,
};
use wirebench_framing::misfit::{hex, telling};

pub(super) const COPY: Setting = Setting {
    name: "copy",
    kind: Kind::Choice(&["none", "same", "complement"]),
    default: DefaultValue::Text("none"),
    about: "the length once more behind itself, as it is or with all bits turned over",
};

/// How the length is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Copy {
    None,
    Same,
    Complement,
}

/// True when the length stands in a header twice.
pub(super) fn has_copy(values: &Values) -> bool {
    values.text(COPY.name) != "none"
}

/// What there is in a frame besides.
pub(super) struct Marks {
    prefix: Constant,
    suffix: Constant,
    trailer: Constant,
    copy: Copy,
}

impl Marks {
    /// What the settings say; `None`: nothing.
    pub(super) fn of(values: &Values, offset: usize) -> Result<Option<Self>, SpecError> {
        let copy = match values.text(COPY.name) {
            "same" => Copy::Same,
            "complement" => Copy::Complement,
            _ => Copy::None,
        };
        let constant = |name| Constant::of(values, name);
        let (prefix, suffix, trailer) =
            (constant("prefix")?, constant("suffix")?, constant("trailer")?);
        if prefix.len() > offset {
            let (bytes, len) = (prefix.shown(), prefix.len());
            let text = format!(
                "`prefix` ({bytes}) has {len} bytes, but `offset` leaves {offset} before the length: leave \
                 `offset` out, or set it to {len} or more"
            );
            return Err(error("prefix", text));
        }
        let marks = Self { prefix, suffix, trailer, copy };
        let lens = marks.prefix.len() + marks.suffix.len() + marks.trailer.len();
        Ok((lens > 0 || copy != Copy::None).then_some(marks))
    }

    pub(super) fn trailer_len(&self) -> usize {
        self.trailer.len()
    }

    /// The framing of such frames.
    pub(super) fn around<const WIDTH: usize, const BIG: bool>(
        self,
        length: Length<WIDTH, BIG>,
    ) -> Marked<WIDTH, BIG> {
        Marked { length, marks: self }
    }
}

pub(super) struct Marked<const WIDTH: usize, const BIG: bool> {
    length: Length<WIDTH, BIG>,
    marks: Marks,
}

impl<const WIDTH: usize, const BIG: bool> Framing for Marked<WIDTH, BIG> {
    fn capabilities(&self) -> Capabilities {
        self.length.capabilities()
    }

    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        let (length, marks) = (&self.length, &self.marks);
        let len = payload.len() as u64;
        if !(length.min..=length.max).contains(&len) {
            return Err(length.unsendable(len));
        }
        out.header(marks.prefix.bytes());
        zeros(length.offset - marks.prefix.len(), out);
        let field = write::<WIDTH, BIG>(len.wrapping_add_signed(length.surplus));
        out.header(&field);
        match marks.copy {
            Copy::None => {}
            Copy::Same => out.header(&field),
            Copy::Complement => out.header(&field.map(|byte| !byte)),
        }
        out.header(marks.suffix.bytes());
        zeros(length.padding, out);
        out.payload(payload);
        out.bytes(marks.trailer.bytes());
        Ok(())
    }

    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let mut at = 0;
        out.need = loop {
            out.consumed = at;
            let rest = &input[at..];
            out.inspected += rest.len().min(self.length.header);
            if let Some(wrong) = self.wrong_in_header(rest) {
                let Some(told) = telling(rest, wrong.seen()) else { break 1 };
                return Err(self.told(&wrong, at, &rest[..told]));
            }
            if rest.len() < self.length.header {
                break self.length.header - rest.len();
            }
            let total = self.total(rest);
            if total > rest.len() {
                break out.lacks(total - rest.len());
            }
            let end = total - self.marks.trailer.len();
            out.inspected += total - end;
            if let Some(index) = self.marks.trailer.differs(&rest[end..total]) {
                return Err(self.no_trailer(at, index, &rest[..total]));
            }
            let strip = self.length.strip;
            out.frames.push(frame(at + strip, end - strip, at, at + total));
            at += total;
        };
        Ok(())
    }

    fn end_of_input(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
        match self.wrong_in_header(input) {
            _ if input.is_empty() => Ok(()),
            Some(wrong) => Err(self.told(&wrong, 0, input)),
            None => Err(DecodeError::ended_inside(input)),
        }
    }
}

/// What may be wrong with a header, in the order of its bytes.
enum Wrong {
    /// The byte at this index is another than that of the prefix.
    Prefix(usize),
    /// The length, which ends here.
    Length(usize),
    /// The copy, which ends here.
    Copy(usize),
    /// The byte at this index of the suffix, and where it stands.
    Suffix(usize, usize),
}

impl Wrong {
    /// Bytes of the header that have to be seen to know it.
    fn seen(&self) -> usize {
        match *self {
            Self::Prefix(index) => index + 1,
            Self::Length(end) | Self::Copy(end) => end,
            Self::Suffix(_, place) => place + 1,
        }
    }
}

impl<const WIDTH: usize, const BIG: bool> Marked<WIDTH, BIG> {
    /// The first thing that is wrong with a header, as far as it has come.
    fn wrong_in_header(&self, rest: &[u8]) -> Option<Wrong> {
        let Length { offset, header, .. } = self.length;
        if let Some(index) = self.marks.prefix.differs(rest) {
            return Some(Wrong::Prefix(index));
        }
        let end = offset + WIDTH;
        let field = rest.get(offset..end)?;
        if !self.length.is_possible(read::<WIDTH, BIG>(field)) {
            return Some(Wrong::Length(end));
        }
        if self.marks.copy != Copy::None {
            let copy = rest.get(end..end + WIDTH)?;
            let turned = if self.marks.copy == Copy::Complement { 0xff } else { 0 };
            if field.iter().zip(copy).any(|(one, other)| one ^ turned != *other) {
                return Some(Wrong::Copy(end + WIDTH));
            }
        }
        let begin = header - self.marks.suffix.len();
        let index = self.marks.suffix.differs(rest.get(begin..)?)?;
        Some(Wrong::Suffix(index, begin + index))
    }

    /// Bytes of the frame whose header is right and whole.
    fn total(&self, rest: &[u8]) -> usize {
        let field = read::<WIDTH, BIG>(&rest[self.length.offset..self.length.offset + WIDTH]);
        field.wrapping_add_signed(self.length.beyond) as usize
    }

    /// The error for a header that begins like this at `at`.
    #[cold]
    fn told(&self, what: &Wrong, at: usize, begin: &[u8]) -> DecodeError {
        let Length { offset, header, .. } = self.length;
        match *what {
            Wrong::Prefix(index) => {
                let prefix = &self.marks.prefix;
                let place = ("of a frame", "another kind of frame, or a wrong length before it?");
                let text = prefix.mismatch(index, place, begin, begin);
                wrong(at + index, text)
            }
            Wrong::Length(_) => self.length.impossible(at, begin),
            Wrong::Copy(end) => {
                let read = hex(&begin[offset..end]);
                let (problem, copy) = match self.marks.copy {
                    Copy::Complement => ("with its bits turned over", "complement"),
                    _ => ("once more", "same"),
                };
                let text = format!(
                    "the length does not stand behind itself {problem} (`copy = \"{copy}\"`): bytes were \
                     changed or lost, or the peer uses another framing (read {read})"
                );
                wrong(at + end - WIDTH, text)
            }
            Wrong::Suffix(index, place) => {
                let suffix = &self.marks.suffix;
                let from = header - suffix.len();
                let of = ("of a header", "another kind of frame, or a wrong length before it?");
                let text = suffix.mismatch(index, of, &begin[from..=place], begin);
                wrong(at + place, text)
            }
        }
    }

    /// The frame at `at` ends with something else than the trailer, from this byte of it on.
    #[cold]
    fn no_trailer(&self, at: usize, index: usize, whole: &[u8]) -> DecodeError {
        let trailer = &self.marks.trailer;
        let end = whole.len() - trailer.len();
        let place = format!("behind {} bytes", end - self.length.header);
        let place = (&place[..], "the length is wrong, or bytes were lost");
        let text = trailer.mismatch(index, place, &whole[end..=end + index], whole);
        wrong(at + end + index, text)
    }
}
