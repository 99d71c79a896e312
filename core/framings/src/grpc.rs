//! `grpc`: the length-prefixed messages of gRPC over HTTP/2 ("gRPC over HTTP2", rule
//! Length-Prefixed-Message), without HTTP/2 around them. A flag byte, the payload's length (u32be),
//! the payload.
//!
//! The flag says whether the payload is compressed. How is agreed on in HTTP headers, which are not
//! here, so only 0 (not compressed) is taken.

use super::settings::{DefaultValue, Setting, Values};
use super::shared::{fits, frame, max_setting, window, wrong};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, Role,
    SpecError,
};
use wirebench_framing::misfit::shown;

/// Bytes of the flag and the length.
const HEADER: usize = 5;

pub(super) static SETTINGS: &[Setting] =
    &[max_setting(DefaultValue::Text("4 MiB"), "the longest message")];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    Ok(Box::new(Grpc { max: values.unsigned("max") }))
}

struct Grpc {
    max: u64,
}

impl Framing for Grpc {
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
        let mut header = [0; HEADER];
        header[1..].copy_from_slice(&(payload.len() as u32).to_be_bytes());
        out.header(&header);
        out.payload(payload);
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let mut at = 0;
        out.need = loop {
            out.consumed = at;
            let rest = &input[at..];
            // The flag is judged with its length, so that an error can show both.
            let Some(header) = rest.first_chunk::<HEADER>() else { break HEADER - rest.len() };
            out.inspected += HEADER;
            let [flag, length @ ..] = *header;
            let len = u32::from_be_bytes(length) as usize;
            if flag != 0 || len as u64 > self.max {
                return Err(self.impossible(at, header));
            }
            let end = HEADER + len;
            if end > rest.len() {
                break out.lacks(end - rest.len());
            }
            out.frames.push(frame(at + HEADER, len, at, at + end));
            at += end;
        };
        Ok(())
    }
}

impl Grpc {
    #[cold]
    fn impossible(&self, at: usize, header: &[u8; HEADER]) -> DecodeError {
        let [flag, length @ ..] = *header;
        let (at, problem) = match flag {
            0 => {
                let len = u32::from_be_bytes(length);
                (at + 1, format!("the length is {len}, over the limit of {}", self.max))
            }
            1 => (at, "the message is compressed, but no way to compress was agreed on".to_owned()),
            _ => (at, format!("the flag is {flag}, but only 0 and 1 have a meaning")),
        };
        wrong(at, format!("{problem} (read {})", shown(header)))
    }
}
