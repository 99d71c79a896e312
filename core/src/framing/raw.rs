//! `raw`: no framing at all. One read is one message, so messages merge and split as the stream
//! is cut: the negative control.

use super::settings::Values;
use super::shared::{LARGEST, frame, window};
use super::{
    Alphabet, Decoded, FrameError, Framing, Nanos, Nature, Role, SpecError, Unsendable, Wire,
};

pub(super) fn make(_: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    Ok(Box::new(Raw))
}

struct Raw;

impl Framing for Raw {
    fn nature(&self) -> Nature {
        NATURE
    }

    #[inline]
    fn encode(&mut self, _: Nanos, payload: &[u8], out: &mut Wire<'_>) -> Result<(), Unsendable> {
        write(payload, out)
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), FrameError> {
        read(input, out);
        Ok(())
    }
}

/// What every framing without boundaries on the wire is able to do.
pub(super) const NATURE: Nature = Nature {
    invariant: false,
    empty: false,
    batchable: false,
    ..Nature::marked(Alphabet::Bytes, LARGEST)
};

/// The payload alone; a stream has no form for an empty one.
#[inline]
pub(super) fn write(payload: &[u8], out: &mut Wire<'_>) -> Result<(), Unsendable> {
    if payload.is_empty() {
        return Err(Unsendable::Empty);
    }
    if payload.len() as u64 > LARGEST {
        return Err(Unsendable::TooLong { max: LARGEST });
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
