//! `handshake` in one direction of a connection, beside one without boundaries in the other.
//!
//! Only the sender of the `handshake` direction announces. Its peer's `recv_ready` stands in the other
//! direction, among messages that nothing marks, so its place says what it is: while an announcement
//! stands, the first `recv_ready` that comes is the answer to it, and what stands before it is a message.
//! At any other time it is a message like others.

use super::handshake::{Handshake, READY};
use super::shared::window;
use super::{
    Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Gate, Nanos, Role,
    SpecError, spec::Prepared,
};
use memchr::memmem;

/// The framing that it is about.
const ANNOUNCED: &str = "handshake";

/// Those whose messages a word of the peer's may stand beside.
const UNMARKED: [&str; 2] = ["raw", "sleep"];

/// Bytes that wait at most for the rest of a word that has begun behind them.
const HELD: usize = 4 << 10;

/// True when one of these built-in framings announces and the other marks nothing.
pub(super) fn suits(one: &str, other: &str) -> bool {
    (one == ANNOUNCED && UNMARKED.contains(&other))
        || (other == ANNOUNCED && UNMARKED.contains(&one))
}

/// One framing for both directions; the two must [suit](suits) each other.
pub(super) fn make(
    outgoing: &Prepared,
    incoming: &Prepared,
    role: Role,
) -> Result<Box<dyn Framing>, SpecError> {
    if outgoing.name() == ANNOUNCED {
        let handshake = Handshake::new(outgoing.values(), role);
        return Ok(Box::new(Announcing { handshake, incoming: incoming.framing(role)? }));
    }
    let handshake = Handshake::new(incoming.values(), role);
    Ok(Box::new(Answering { handshake, outgoing: outgoing.framing(role)? }))
}

/// The end that sends announced messages.
struct Announcing {
    handshake: Handshake,
    incoming: Box<dyn Framing>,
}

impl Framing for Announcing {
    fn capabilities(&self) -> Capabilities {
        Capabilities { invariant: false, ..self.handshake.capabilities() }
    }

    fn gate(&self, now: Nanos) -> Gate {
        self.handshake.gate(now)
    }

    fn encode(
        &mut self,
        now: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        self.handshake.encode(now, payload, out)
    }

    fn feed(&mut self, now: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        if !self.handshake.awaits_ready() {
            return self.incoming.feed(now, input, out);
        }
        out.inspected += input.len();
        let Some(at) = memmem::find(input, READY) else {
            // The word may have begun, behind a message too: then both wait for the rest of it.
            let begun = (1..READY.len()).any(|len| input.ends_with(&READY[..len]));
            if begun && input.len() <= HELD {
                out.need = 1;
                return Ok(());
            }
            return self.incoming.feed(now, input, out);
        };
        if at > 0 {
            self.incoming.feed(now, &input[..at], out)?;
        }
        self.handshake.go_ahead(out);
        out.consumed = at + READY.len();
        // What follows is looked at when the payload is on its way.
        out.again = out.consumed < input.len();
        Ok(())
    }

    fn keeps(&self) -> usize {
        self.handshake.keeps()
    }

    fn end_of_input(
        &mut self,
        now: Nanos,
        input: &[u8],
        out: &mut Decoded,
    ) -> Result<(), DecodeError> {
        self.handshake.end_of_input(now, input, out)
    }
}

/// The end that receives announced messages.
struct Answering {
    handshake: Handshake,
    outgoing: Box<dyn Framing>,
}

impl Framing for Answering {
    fn capabilities(&self) -> Capabilities {
        self.handshake.capabilities()
    }

    fn gate(&self, now: Nanos) -> Gate {
        self.outgoing.gate(now)
    }

    fn encode(
        &mut self,
        now: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        self.outgoing.encode(now, payload, out)
    }

    fn feed(&mut self, now: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        self.handshake.feed(now, input, out)
    }

    fn end_of_input(
        &mut self,
        now: Nanos,
        input: &[u8],
        out: &mut Decoded,
    ) -> Result<(), DecodeError> {
        self.handshake.end_of_input(now, input, out)
    }
}
