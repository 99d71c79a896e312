//! What the hook that runs is about: set before a handler is called, read by what it asks for.

use crate::port::Port;

/// Hand-overs of a batch that share one reading of the clock.
pub(crate) const SHARED_STAMPS: u32 = 16;

/// Where a message comes from: what its ledger record will say.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MessageContext {
    pub(crate) exchange: u64,
    pub(crate) exchanges: u32,
    pub(crate) measured: bool,
    pub(crate) handed_over_ns: u64,
    pub(crate) cause_received_ns: u64,
}

impl MessageContext {
    /// That of no message.
    pub(crate) const NONE: Self = Self {
        exchange: 0,
        exchanges: 0,
        measured: false,
        handed_over_ns: 0,
        cause_received_ns: 0,
    };
}

/// The context of the hook that runs, or ran last.
#[derive(Debug, Default)]
pub(crate) struct HookContext {
    /// The slot of its session: most sends go to it.
    slot: usize,
    /// What the message that is handled belongs to.
    message: MessageContext,
    /// That message is what a read took of a longer packet.
    cut: bool,
    /// When it was read, in nanoseconds; 0 outside of message hooks.
    received_ns: u64,
    /// No time may be taken of it.
    ambiguous: bool,
    /// The exchange whose start hook runs (0: none).
    in_start: u64,
    stamp_ns: u64,
    stamps_left: u32,
}

impl HookContext {
    /// The slot of the session that a hook was called for last: most of what is asked is about it.
    #[inline(always)]
    pub(crate) fn slot(&self) -> usize {
        self.slot
    }

    /// A hook of the session in `slot` is about to run.
    #[inline(always)]
    pub(crate) fn enter(&mut self, slot: usize) {
        self.slot = slot;
    }

    /// The same, and it is about no message.
    #[inline]
    pub(crate) fn enter_without_message(&mut self, slot: usize) {
        self.enter(slot);
        self.received_ns = 0;
    }

    /// What is decoded and handled now was read at this time, in nanoseconds; 0: nothing is.
    #[inline(always)]
    pub(crate) fn read_at(&mut self, now_ns: u64) {
        self.received_ns = now_ns;
    }

    /// When that was.
    #[inline(always)]
    pub(crate) fn received_ns(&self) -> u64 {
        self.received_ns
    }

    /// A message of the session in `slot` is about to be handled. `ambiguous`: no time may be taken of
    /// it.
    #[inline(always)]
    pub(crate) fn handle(&mut self, slot: usize, message: MessageContext, ambiguous: bool) {
        self.slot = slot;
        self.message = message;
        self.ambiguous = ambiguous;
    }

    /// The next message of a batch is handled: of another exchange, and like the first in all else.
    #[inline(always)]
    pub(crate) fn go_on_to(&mut self, exchange: u64) {
        self.message.exchange = exchange;
    }

    /// What the message that is handled belongs to.
    #[inline(always)]
    pub(crate) fn message(&self) -> &MessageContext {
        &self.message
    }

    /// No time may be taken of it.
    #[inline]
    pub(crate) fn is_ambiguous(&self) -> bool {
        self.ambiguous
    }

    /// What is decoded is what a read took of a longer packet, or is not.
    #[inline]
    pub(crate) fn set_cut(&mut self, cut: bool) {
        self.cut = cut;
    }

    #[inline]
    pub(crate) fn is_cut(&self) -> bool {
        self.cut
    }

    /// The start hook of this exchange is about to run.
    #[inline]
    pub(crate) fn begin_start(&mut self, slot: usize, token: u64) {
        self.enter_without_message(slot);
        self.in_start = token;
    }

    /// It has run.
    #[inline]
    pub(crate) fn end_start(&mut self) {
        self.in_start = 0;
    }

    /// True while that exchange's start hook runs.
    #[inline]
    pub(crate) fn is_starting(&self, token: u64) -> bool {
        self.in_start == token
    }

    /// The time at which a message is handed over, in nanoseconds.
    ///
    /// Messages that leave in one write anyway (`batch`) share a reading, up to [`SHARED_STAMPS`] of
    /// them within one read's worth of work: a reading costs as much as judging a message, and they
    /// are handed over less than a microsecond apart.
    #[inline(always)]
    pub(crate) fn stamp(&mut self, port: &impl Port, batch: bool) -> u64 {
        if self.stamps_left == 0 {
            self.stamp_ns = port.now();
            self.stamps_left = if batch { SHARED_STAMPS } else { 1 };
        }
        self.stamps_left -= 1;
        self.stamp_ns
    }

    /// The time at which up to `most` messages of a batch are handed over, and how many of them.
    #[inline]
    pub(crate) fn shared_stamp(&mut self, port: &impl Port, most: usize) -> (u64, usize) {
        if self.stamps_left == 0 {
            self.stamp_ns = port.now();
            self.stamps_left = SHARED_STAMPS;
        }
        let count = most.min(self.stamps_left as usize);
        self.stamps_left -= count as u32;
        (self.stamp_ns, count)
    }

    /// A message of a batch is handed over, if that is at this time: no other was read since.
    #[inline(always)]
    pub(crate) fn takes_stamp_of(&mut self, stamp_ns: u64) -> bool {
        let is = self.stamps_left > 0 && self.stamp_ns == stamp_ns;
        self.stamps_left -= u32::from(is);
        is
    }

    /// So many of those messages are not handed over yet.
    #[inline]
    pub(crate) fn give_stamps_back(&mut self, count: usize) {
        self.stamps_left += count as u32;
    }

    /// The next hand-over is told its own time.
    #[inline(always)]
    pub(crate) fn forget_stamp(&mut self) {
        self.stamps_left = 0;
    }
}
