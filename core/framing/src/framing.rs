//! What every framing can be asked.

use crate::{Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Nanos};

/// Whether the next message may be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Now.
    Open,
    /// Not before this time.
    Until(Nanos),
    /// Not before the peer has said something.
    Blocked,
}

/// One connection's framing on one side. See the module text for the order of calls.
pub trait Framing: Send {
    /// What this framing is able to do.
    fn capabilities(&self) -> Capabilities;

    /// Whether [`encode`](Self::encode) may be called at `now`.
    fn gate(&self, now: Nanos) -> Gate {
        let _ = now;
        Gate::Open
    }

    /// Appends the frame of `payload` to `out`. May only be called while the gate is open. On
    /// `Err`, `out` is unchanged and so is the framing's state. A framing that must first hear from
    /// the peer keeps a copy and appends only what goes out now; the rest comes as
    /// [`Decoded::control`].
    fn encode(
        &mut self,
        now: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError>;

    /// Looks at `input`: the bytes an earlier call did not consume, then new ones. Messages found
    /// before an error stay in `out`. After an error the framing is not called again. At most
    /// 4 GiB of the input are looked at in one call. With [`Decoded::again`] it is to be called once
    /// more; [`driver`](crate::driver) does that.
    fn feed(&mut self, now: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError>;

    /// The peer closed its sending direction; `input` is what was not consumed. An `Err` says that
    /// the stream ended inside a frame.
    fn end_of_input(
        &mut self,
        now: Nanos,
        input: &[u8],
        out: &mut Decoded,
    ) -> Result<(), DecodeError> {
        let _ = (now, out);
        if input.is_empty() { Ok(()) } else { Err(DecodeError::ended_inside(input)) }
    }

    /// Why this framing cannot be used any more through a fault of its own: it panicked, or broke a
    /// rule of the plugin interface. Nothing that a peer sends may lead to this.
    fn fault(&self) -> Option<&str> {
        None
    }

    /// Bytes of memory that it keeps for its connection: what has come of a message, messages that
    /// wait for a word of the peer's. What the caller keeps, or knows otherwise, does not count.
    fn keeps(&self) -> usize {
        0
    }

    /// When [`timeout`](Self::timeout) wants to be called. Asked after every call of the framing
    /// that decodes; where one serves both directions, also after [`encode`](Self::encode) and once
    /// its connection stands, so that it can speak first.
    fn deadline(&self) -> Option<Nanos> {
        None
    }

    /// The deadline passed.
    fn timeout(&mut self, now: Nanos, out: &mut Decoded) -> Result<(), DecodeError> {
        let _ = (now, out);
        Ok(())
    }
}
