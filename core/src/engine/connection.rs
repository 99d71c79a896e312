//! One connection of a side, with everything that belongs to it alone.

use super::config::Part;
use super::egress::Egress;
use super::idle::Traffic;
use super::ingress::Ingress;
use super::judging::Judging;
use super::link_state::LinkState;
use super::port::Port;
use super::ready::ReadySlots;
use super::submit::HIGH_WATER;
use crate::framing::{Framing, Gate};

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The connect call is under way.
    Connecting,
    /// Messages may flow.
    Open,
    /// The load is over and the other side may have judged already: nothing more is handed over, but
    /// what comes is still read.
    Shut,
    /// Nothing more is handed over; it closes when everything is written.
    Closing,
}

/// Where a message comes from: what its ledger record will say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MessageContext {
    pub(super) exchange: u64,
    pub(super) exchanges: u32,
    pub(super) measured: bool,
    pub(super) handed_over_ns: u64,
    pub(super) cause_received_ns: u64,
}

/// One connection.
pub(super) struct Connection {
    /// The session's number in the ledger and for the plugin.
    pub(super) id: u32,
    pub(super) stage: Stage,
    pub(super) ingress: Ingress,
    pub(super) egress: Egress,
    pub(super) link_state: Option<Box<LinkState>>,
    /// The hook that has closed it, by the count of those before.
    pub(super) closed_by_hook: Option<u64>,
    /// Exchanges that hold a slot of the window.
    pub(super) outstanding: u32,
    /// The exchange that opened this connection, in per-exchange sessions.
    pub(super) opened_for: Option<u64>,
    /// When the connect call was made, in nanoseconds.
    pub(super) begun_ns: u64,
    /// What it held when that was last booked, in bytes.
    pub(super) booked: usize,
    /// Bytes that the handler keeps for its peer, as it says.
    pub(super) handler_keeps: usize,
    pub(super) traffic: Traffic,
    /// The handler has yet to answer something that the peer has asked for.
    pub(super) pending: bool,
    /// The peer neither sends nor reads any more.
    pub(super) gone: bool,
}

impl Connection {
    /// One over which nothing has gone yet.
    pub(super) fn new(
        id: u32,
        stage: Stage,
        (encoder, decoder): (Box<dyn Framing>, Option<Box<dyn Framing>>),
        judge: Judging,
        link_state: Option<Box<LinkState>>,
    ) -> Self {
        Self {
            id,
            stage,
            ingress: Ingress::new(decoder, judge),
            egress: Egress::new(encoder, stage == Stage::Connecting),
            link_state,
            outstanding: 0,
            closed_by_hook: None,
            opened_for: None,
            begun_ns: 0,
            booked: 0,
            handler_keeps: 0,
            traffic: Traffic::default(),
            pending: false,
            gone: false,
        }
    }

    /// The framing of the incoming direction.
    #[inline]
    pub(super) fn incoming(&mut self) -> &mut dyn Framing {
        match &mut self.ingress.decoder {
            Some(decoder) => decoder.as_mut(),
            None => self.egress.encoder.as_mut(),
        }
    }

    /// Everything is written, and the end of the stream is the message's: our direction is shut
    /// down. Once the peer's is too, the connection has done what it was for.
    pub(super) fn end_output(&mut self, slot: usize, port: &mut impl Port) {
        if !self.egress.output_ended {
            self.egress.output_ended = true;
            port.shutdown_write(slot);
        }
        if self.ingress.input_ended {
            self.stage = Stage::Closing;
        }
    }

    /// True when the peer's end of stream was its message, and ours may still follow: one that has
    /// not answered yet may do so later, if its handler ever does.
    pub(super) fn answers_the_end(&mut self, handler_answers_later: bool) -> bool {
        handler_answers_later
            && !self.egress.ends_output
            && self.stage == Stage::Open
            && self.incoming().nature().per_connection
    }

    /// Puts the connection in `slot` on the list of those that wait, if its framing asks to be
    /// called at some time.
    #[inline]
    pub(super) fn await_deadline(&mut self, slot: usize, waiting: &mut ReadySlots) {
        if !waiting.contains(slot) && self.incoming().deadline().is_some() {
            waiting.insert(slot);
        }
    }

    /// Bytes handed over and not yet written, with what messages that are held back cost besides.
    #[inline]
    pub(super) fn unsent(&self) -> usize {
        self.encoded_unsent() + self.egress.held.bytes()
    }

    /// Bytes encoded and not yet written.
    #[inline]
    fn encoded_unsent(&self) -> usize {
        self.egress.outbox.len() + self.held_by_link()
    }

    /// True when so much waits to be written that the peer should read before it is heard again.
    ///
    /// Everything counts for a server. A client must go on, or both would wait for each other; but what
    /// its framing answers grows with what it hears, so no more of that may wait either.
    #[inline]
    pub(super) fn is_clogged(&mut self, part: Part) -> bool {
        match part {
            Part::Server => self.unsent() > HIGH_WATER && self.is_clogged_server(),
            Part::Client => self.unwritten_answers() > HIGH_WATER as u64,
        }
    }

    /// What only a word of the peer's can set free is no reason to wait: nobody would go on.
    #[cold]
    fn is_clogged_server(&self) -> bool {
        self.encoded_unsent() > HIGH_WATER || self.egress.encoder.gate(0) != Gate::Blocked
    }

    /// The framing sends so many bytes by itself, which follow what is encoded so far.
    pub(super) fn answered(&mut self, bytes: u64) {
        // What was written since is forgotten here: not every side asks.
        self.unwritten_answers();
        self.egress.answers.add(self.egress.encoded, self.egress.encoded + bytes);
        self.egress.encoded += bytes;
    }

    fn unwritten_answers(&mut self) -> u64 {
        let waiting = self.egress.outbox.unwritten() + self.held_by_link();
        self.egress.answers.unwritten(self.egress.encoded.saturating_sub(waiting as u64))
    }

    /// Nothing handed over waits to be written.
    pub(super) fn is_flushed(&self) -> bool {
        self.egress.outbox.is_empty() && self.egress.held.is_empty() && self.held_by_link() == 0
    }
}
