//! One connection of a side, with everything that belongs to it alone.

use super::egress::Egress;
use super::ingress::Ingress;
use super::lifecycle::Lifecycle;
use crate::guests::Traffic;
use crate::link_state::LinkState;
use crate::port::Port;
use crate::queues::ReadySlots;
use crate::receive::Judging;
use wirebench_framings::Role;
use wirebench_framings::{Framing, Gate};
use wirebench_measure::Unconnected;

/// A server stops reading a session that has this many unsent bytes.
pub(crate) const HIGH_WATER: usize = 1 << 20;

/// One connection.
pub(crate) struct Connection {
    /// The session's number in the ledger and for the plugin.
    id: u32,
    lifecycle: Lifecycle,
    ingress: Ingress,
    egress: Egress,
    link_state: Option<Box<LinkState>>,
    /// Exchanges that hold a slot of the window.
    outstanding: u32,
    /// The exchange that opened this connection, in per-exchange sessions.
    opened_for: Option<u64>,
    /// When the connect call was made, in nanoseconds.
    begun_ns: u64,
    /// Why it does not stand, if it never does.
    unconnected: Unconnected,
    /// What it held when that was last booked, in bytes.
    booked: usize,
    /// Bytes that the handler keeps for its peer, as it says.
    handler_keeps: usize,
    traffic: Traffic,
    /// The handler has yet to answer something that the peer has asked for.
    pending: bool,
}

impl Connection {
    /// One over which nothing has gone yet.
    pub(crate) fn new(
        id: u32,
        lifecycle: Lifecycle,
        (encoder, decoder): (Box<dyn Framing>, Option<Box<dyn Framing>>),
        judge: Judging,
        link_state: Option<Box<LinkState>>,
    ) -> Self {
        Self {
            id,
            lifecycle,
            ingress: Ingress::new(decoder, judge),
            egress: Egress::new(encoder, lifecycle.is_connecting()),
            link_state,
            outstanding: 0,
            opened_for: None,
            begun_ns: 0,
            unconnected: Unconnected::TimedOut,
            booked: 0,
            handler_keeps: 0,
            traffic: Traffic::default(),
            pending: false,
        }
    }

    /// The session's number.
    #[inline(always)]
    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    /// How far it has come.
    #[inline(always)]
    pub(crate) fn lifecycle(&self) -> &Lifecycle {
        &self.lifecycle
    }

    /// The same, to go on.
    #[inline(always)]
    pub(crate) fn lifecycle_mut(&mut self) -> &mut Lifecycle {
        &mut self.lifecycle
    }

    /// What it receives.
    #[inline(always)]
    pub(crate) fn ingress(&self) -> &Ingress {
        &self.ingress
    }

    /// The same, to be changed.
    #[inline(always)]
    pub(crate) fn ingress_mut(&mut self) -> &mut Ingress {
        &mut self.ingress
    }

    /// What it sends.
    #[inline(always)]
    pub(crate) fn egress(&self) -> &Egress {
        &self.egress
    }

    /// The same, to be changed.
    #[inline(always)]
    pub(crate) fn egress_mut(&mut self) -> &mut Egress {
        &mut self.egress
    }

    /// The link's part in it.
    #[inline]
    pub(crate) fn link_state(&self) -> Option<&LinkState> {
        self.link_state.as_deref()
    }

    /// The same, to be changed.
    #[inline]
    pub(crate) fn link_state_mut(&mut self) -> Option<&mut LinkState> {
        self.link_state.as_deref_mut()
    }

    /// The same beside what goes through it.
    #[inline]
    pub(crate) fn link_and_egress(&mut self) -> (Option<&mut LinkState>, &mut Egress) {
        (self.link_state.as_deref_mut(), &mut self.egress)
    }

    /// The framing of the incoming direction.
    #[inline]
    pub(crate) fn incoming(&mut self) -> &mut dyn Framing {
        match self.ingress.decoder() {
            Some(decoder) => decoder.as_mut(),
            None => self.egress.encoder(),
        }
    }

    /// Everything is written, and the end of the stream is the message's: our direction is shut
    /// down. Once the peer's is too, the connection has done what it was for.
    #[inline]
    pub(crate) fn end_output(&mut self, slot: usize, port: &mut impl Port) {
        if self.lifecycle.end_output() {
            port.shutdown_write(slot);
        }
        if self.lifecycle.input_has_ended() {
            self.lifecycle.close();
        }
    }

    /// It is open in both directions, and nothing is to be done about it before something comes.
    #[inline]
    pub(crate) fn only_awaits_input(&self) -> bool {
        let (lifecycle, egress) = (&self.lifecycle, &self.egress);
        let ended =
            lifecycle.knows_of_end() || lifecycle.input_has_ended() || lifecycle.output_has_ended();
        lifecycle.is_open()
            && !ended
            && egress.send_buffer().is_empty()
            && egress.held().is_empty()
            && !self.ingress.is_paused()
            && !self.ingress.has_unread()
    }

    /// True when the peer's end of stream was its message, and ours may still follow: one that has
    /// not answered yet may do so later, if its handler ever does.
    #[inline]
    pub(crate) fn answers_the_end(&mut self, handler_answers_later: bool) -> bool {
        handler_answers_later
            && !self.lifecycle.output_ends_with_message()
            && self.lifecycle.is_open()
            && self.incoming().capabilities().per_connection
    }

    /// Puts the connection in `slot` on the list of those that wait, if its framing asks to be
    /// called at some time.
    #[inline]
    pub(crate) fn await_deadline(&mut self, slot: usize, waiting: &mut ReadySlots) {
        if !waiting.contains(slot) && self.incoming().deadline().is_some() {
            waiting.insert(slot);
        }
    }

    /// Bytes handed over and not yet written, with what messages that are held back cost besides.
    #[inline]
    pub(crate) fn unsent(&self) -> usize {
        self.encoded_unsent() + self.egress.held().bytes()
    }

    /// Bytes encoded and not yet written.
    #[inline]
    fn encoded_unsent(&self) -> usize {
        self.egress.send_buffer().len() + self.held_by_link()
    }

    /// Bytes that the link keeps back outside of the send buffer.
    #[inline]
    pub(crate) fn held_by_link(&self) -> usize {
        self.link_state.as_ref().map_or(0, |link_state| link_state.held_bytes())
    }

    /// True when so much waits to be written that the peer should read before it is heard again.
    ///
    /// Everything counts for a server. A client must go on, or both would wait for each other; but what
    /// its framing answers grows with what it hears, so no more of that may wait either.
    #[inline]
    pub(crate) fn is_clogged(&mut self, role: Role) -> bool {
        match role {
            Role::Server => self.unsent() > HIGH_WATER && self.is_clogged_server(),
            Role::Client => self.unwritten_answers() > HIGH_WATER as u64,
        }
    }

    /// What only a word of the peer's can set free is no reason to wait: nobody would go on.
    #[cold]
    fn is_clogged_server(&self) -> bool {
        self.encoded_unsent() > HIGH_WATER || self.egress.gate(0) != Gate::Blocked
    }

    /// The framing sends so many bytes by itself, which follow what is encoded so far.
    #[inline]
    pub(crate) fn answered(&mut self, bytes: u64) {
        // What was written since is forgotten here: not every side asks.
        self.unwritten_answers();
        self.egress.answer(bytes);
    }

    fn unwritten_answers(&mut self) -> u64 {
        let held_by_link = self.held_by_link();
        self.egress.unwritten_answers(held_by_link)
    }

    /// Nothing handed over waits to be written.
    #[inline]
    pub(crate) fn is_flushed(&self) -> bool {
        self.egress.send_buffer().is_empty()
            && self.egress.held().is_empty()
            && self.held_by_link() == 0
    }

    /// Its connect call was made at this time, in nanoseconds.
    #[inline]
    pub(crate) fn begin(&mut self, now_ns: u64) {
        self.begun_ns = now_ns;
    }

    /// When that was.
    #[inline]
    pub(crate) fn begun_ns(&self) -> u64 {
        self.begun_ns
    }

    /// Its connect call has failed like this.
    #[inline]
    pub(crate) fn is_unconnected(&mut self, why: Unconnected) {
        self.unconnected = why;
    }

    /// Why it does not stand; of one whose connect call has not ended, that nothing has come of it.
    #[inline]
    pub(crate) fn why_unconnected(&self) -> Unconnected {
        self.unconnected
    }

    /// It is there for one exchange alone.
    #[inline]
    pub(crate) fn open_for(&mut self, token: u64) {
        self.opened_for = Some(token);
        self.outstanding = 1;
        self.ingress.judge_mut().started(token);
    }

    /// The exchange that it is there for, in per-exchange sessions.
    #[inline]
    pub(crate) fn opened_for(&self) -> Option<u64> {
        self.opened_for
    }

    /// Exchanges that hold a slot of the window.
    #[inline]
    pub(crate) fn outstanding(&self) -> u32 {
        self.outstanding
    }

    /// One more takes a slot.
    #[inline]
    pub(crate) fn take_window_slot(&mut self) {
        self.outstanding += 1;
    }

    /// So many more do.
    #[inline]
    pub(crate) fn take_window_slots(&mut self, count: u32) {
        self.outstanding += count;
    }

    /// One has ended.
    #[inline]
    pub(crate) fn free_window_slot(&mut self) {
        self.free_window_slots(1);
    }

    /// So many have ended.
    #[inline]
    pub(crate) fn free_window_slots(&mut self, count: u32) {
        self.outstanding = self.outstanding.saturating_sub(count);
    }

    /// What it held when that was last booked, in bytes.
    #[inline]
    pub(crate) fn booked(&self) -> usize {
        self.booked
    }

    /// It holds so many bytes now; what was booked before.
    #[inline]
    pub(crate) fn book(&mut self, held: usize) -> usize {
        std::mem::replace(&mut self.booked, held)
    }

    /// Bytes that the handler keeps for its peer, as it says.
    #[inline]
    pub(crate) fn handler_keeps(&self) -> usize {
        self.handler_keeps
    }

    /// The handler says so.
    #[inline]
    pub(crate) fn set_handler_keeps(&mut self, bytes: usize) {
        self.handler_keeps = bytes;
    }

    /// What has gone over it, as it was last looked at.
    #[inline]
    pub(crate) fn traffic_mut(&mut self) -> &mut Traffic {
        &mut self.traffic
    }

    /// The handler has yet to answer something that the peer has asked for.
    #[inline]
    pub(crate) fn is_pending(&self) -> bool {
        self.pending
    }

    /// The handler says so.
    #[inline]
    pub(crate) fn set_pending(&mut self, pending: bool) {
        self.pending = pending;
    }
}
