//! `fixed`: every frame has the same size. The payload's length stands in front (u32le, inside the
//! frame), zero bytes fill the rest.

use super::settings::{DefaultValue, Kind, Setting, Values};
use super::shared::{LARGEST, fits, frame, window, wrong};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, Role,
    SpecError,
};
use wirebench_framing::misfit::shown;

/// Bytes of the inner length.
const INNER: usize = 4;

pub(super) static SETTINGS: &[Setting] = &[Setting {
    name: "size",
    kind: Kind::Size { min: INNER as u64 + 1, max: LARGEST },
    default: DefaultValue::Text("1 KiB"),
    about: "bytes of every frame, the four of the inner length included",
}];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    Ok(Box::new(Fixed { size: values.unsigned("size") as usize }))
}

struct Fixed {
    size: usize,
}

impl Fixed {
    fn max(&self) -> usize {
        self.size - INNER
    }
}

impl Framing for Fixed {
    fn capabilities(&self) -> Capabilities {
        Capabilities::marked(Alphabet::Bytes, self.max() as u64)
    }

    #[inline]
    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        fits(payload, self.max() as u64)?;
        out.header(&(payload.len() as u32).to_le_bytes());
        out.payload(payload);
        let padding = self.max() - payload.len();
        let buffer = out.buffer();
        buffer.resize(buffer.len() + padding, 0);
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let mut at = 0;
        while let Some(head) = input[at..].first_chunk::<INNER>() {
            out.inspected += INNER;
            let len = u32::from_le_bytes(*head) as usize;
            if len > self.max() {
                out.consumed = at;
                return Err(self.impossible(at, head));
            }
            let Some(end) = at.checked_add(self.size).filter(|end| *end <= input.len()) else {
                break;
            };
            out.frames.push(frame(at + INNER, len, at, end));
            at = end;
        }
        out.consumed = at;
        out.need = out.lacks(self.size - (input.len() - at).min(self.size));
        Ok(())
    }
}

impl Fixed {
    #[cold]
    fn impossible(&self, at: usize, head: &[u8; INNER]) -> DecodeError {
        let text = format!(
            "the inner length is {}, but a frame of {} bytes holds at most {} (read {}); after a \
             slip every later frame is wrong too",
            u32::from_le_bytes(*head),
            self.size,
            self.max(),
            shown(head)
        );
        wrong(at, text)
    }
}
