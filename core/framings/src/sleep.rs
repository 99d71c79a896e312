//! `sleep`: no framing, but a pause after every message, in the hope that the reader keeps up.

use super::raw;
use super::settings::{DefaultValue, Kind, Setting, Values};
use super::{
    Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Gate, Nanos, Role,
    SpecError,
};

pub(super) static SETTINGS: &[Setting] = &[Setting {
    name: "gap",
    kind: Kind::Duration { min: 0, max: 60_000_000_000 },
    default: DefaultValue::Text("1ms"),
    about: "the least time between the starts of two messages",
}];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    Ok(Box::new(Sleep { gap: values.unsigned("gap"), earliest: 0 }))
}

struct Sleep {
    gap: Nanos,
    /// No message may start before this time.
    earliest: Nanos,
}

impl Framing for Sleep {
    fn capabilities(&self) -> Capabilities {
        // A pause stands in for a boundary; a datagram has one.
        Capabilities { stream_only: true, ..raw::NATURE }
    }

    #[inline]
    fn gate(&self, now: Nanos) -> Gate {
        if now >= self.earliest { Gate::Open } else { Gate::Until(self.earliest) }
    }

    #[inline]
    fn encode(
        &mut self,
        now: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        raw::write(payload, out)?;
        self.earliest = now.saturating_add(self.gap);
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        raw::read(input, out);
        Ok(())
    }
}
