//! `record-marking`: RFC 5531, section 11. A message is one or more fragments; each begins with 31
//! bits of length, big-endian, under a bit that says whether it is the last.

use super::joined::{Joined, ended, only_empty, too_long};
use super::settings::{DefaultValue, Kind, Setting, Values};
use super::shared::{LARGEST, fits, frame, max_setting, window, wrong};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, Role,
    SpecError,
};
use wirebench_framing::misfit::{hex, shown};

/// Bytes of a fragment's header.
const HEADER: usize = 4;

/// This fragment is the last of its message.
const LAST: u32 = 1 << 31;

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "fragment",
        kind: Kind::Size { min: 1, max: LARGEST },
        default: DefaultValue::Derived("`max`: one fragment a message"),
        about: "the most bytes of a message that one fragment carries when sent",
    },
    max_setting(DefaultValue::Text("16 MiB"), "the longest message, over all its fragments"),
];

/// Fills in `fragment`.
pub(super) fn derive(values: &mut Values) {
    values.default_to("fragment", values.unsigned("max"));
}

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    Ok(Box::new(RecordMarking {
        fragment: values.unsigned("fragment") as usize,
        max: values.unsigned("max"),
        joined: Joined::default(),
        passed: 0,
    }))
}

struct RecordMarking {
    fragment: usize,
    max: u64,
    joined: Joined,
    /// Bytes that earlier calls consumed.
    passed: u64,
}

impl Framing for RecordMarking {
    fn capabilities(&self) -> Capabilities {
        Capabilities::marked(Alphabet::Bytes, self.max)
    }

    #[inline]
    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        fits(payload, self.max)?;
        if payload.len() <= self.fragment {
            out.header(&(payload.len() as u32 | LAST).to_be_bytes());
            out.payload(payload);
            return Ok(());
        }
        let (mut rest, size) = (payload, self.fragment);
        out.header(&(size as u32).to_be_bytes());
        while rest.len() > size {
            let (piece, behind) = rest.split_at(size);
            out.bytes(piece);
            let last = if behind.len() <= size { LAST } else { 0 };
            out.bytes(&(behind.len().min(size) as u32 | last).to_be_bytes());
            rest = behind;
        }
        out.bytes(rest);
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let mut at = 0;
        out.need = loop {
            out.consumed = at;
            let rest = &input[at..];
            let Some(header) = rest.first_chunk::<HEADER>() else { break HEADER - rest.len() };
            out.inspected += HEADER;
            let word = u32::from_be_bytes(*header);
            let (len, last) = ((word & !LAST) as usize, word & LAST != 0);
            if (self.joined.len() + len) as u64 > self.max {
                return Err(self.too_long(at, header));
            }
            let end = HEADER + len;
            let Some(piece) = rest.get(HEADER..end) else { break end - rest.len() };
            if last && !self.joined.is_open() {
                out.frames.push(frame(at + HEADER, len, at, at + end));
            } else {
                self.joined.begin(self.passed + at as u64);
                if len == 0 && !last && !self.joined.empty() {
                    let text = format!("{} (read {})", only_empty(), hex(header));
                    return Err(wrong(at, text));
                }
                self.joined.buffer().extend_from_slice(piece);
                if last {
                    self.joined.finish(self.passed, at + end, out);
                }
            }
            at += end;
        };
        self.passed += at as u64;
        Ok(())
    }

    fn keeps(&self) -> usize {
        self.joined.memory()
    }

    fn end_of_input(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
        if input.is_empty() && !self.joined.is_open() {
            return Ok(());
        }
        let text = ended(self.joined.len(), input);
        Err(wrong(input.len(), text))
    }
}

impl RecordMarking {
    #[cold]
    fn too_long(&self, at: usize, header: &[u8; HEADER]) -> DecodeError {
        let len = u64::from(u32::from_be_bytes(*header) & !LAST);
        let problem = too_long(len, self.joined.len(), self.max);
        wrong(at, format!("{problem} (read {})", shown(header)))
    }
}
