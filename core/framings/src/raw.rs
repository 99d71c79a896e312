//! `raw`: no framing at all. One read is one message, so messages merge and split as the stream
//! is cut: the negative control. On datagrams, one datagram is one message, whole by itself.

use super::settings::Values;
use super::shared::{LARGEST, frame, window};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, Role,
    SpecError,
};

pub(super) fn make(_: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    Ok(Box::new(Raw))
}

/// `raw` on a transport whose datagrams are the messages, empty ones included.
pub fn datagrams() -> Box<dyn Framing> {
    Box::new(Datagrams)
}

struct Raw;

impl Framing for Raw {
    fn capabilities(&self) -> Capabilities {
        NATURE
    }

    #[inline]
    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        write(payload, out)
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        read(input, out);
        Ok(())
    }
}

struct Datagrams;

impl Framing for Datagrams {
    fn capabilities(&self) -> Capabilities {
        DATAGRAMS
    }

    #[inline]
    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        if payload.len() as u64 > LARGEST {
            return Err(EncodeError::TooLong { max: LARGEST });
        }
        out.payload(payload);
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        out.frames.push(frame(0, input.len(), 0, input.len()));
        out.consumed = input.len();
        Ok(())
    }
}

/// Datagrams keep their boundaries, and there are empty ones.
pub(super) const DATAGRAMS: Capabilities = Capabilities::marked(Alphabet::Bytes, LARGEST);

/// What every framing without boundaries on the wire is able to do.
pub(super) const NATURE: Capabilities = Capabilities {
    invariant: false,
    empty: false,
    batchable: false,
    ..Capabilities::marked(Alphabet::Bytes, LARGEST)
};

/// The payload alone; a stream has no form for an empty one.
#[inline]
pub(super) fn write(payload: &[u8], out: &mut FrameWriter<'_>) -> Result<(), EncodeError> {
    if payload.is_empty() {
        return Err(EncodeError::Empty);
    }
    if payload.len() as u64 > LARGEST {
        return Err(EncodeError::TooLong { max: LARGEST });
    }
    out.payload(payload);
    Ok(())
}

/// Whatever a read brought is one message.
#[inline]
pub(super) fn read(input: &[u8], out: &mut Decoded) {
    let input = window(input);
    if !input.is_empty() {
        out.frames.push(frame(0, input.len(), 0, input.len()));
        out.consumed = input.len();
    }
}
