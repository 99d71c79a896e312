//! What the hook that runs is about: set before a handler is called, read by what it asks for.

use super::connection::MessageContext;
use super::port::Port;

/// Hand-overs of a batch that share one reading of the clock.
const SHARED_STAMPS: u32 = 16;

/// The context of the hook that runs, or ran last.
#[derive(Debug, Default)]
pub(super) struct HookContext {
    /// The slot of its session: most sends go to it.
    pub(super) current: usize,
    /// What the message that is handled belongs to.
    pub(super) cause: MessageContext,
    /// That message is what a read took of a longer packet.
    pub(super) cut: bool,
    /// When it was read, in nanoseconds; 0 outside of message hooks.
    pub(super) received_ns: u64,
    /// No time may be taken of it.
    pub(super) ambiguous: bool,
    /// The exchange whose start hook runs (0: none).
    pub(super) in_start: u64,
    stamp_ns: u64,
    stamps_left: u32,
}

impl HookContext {
    /// The time at which a message is handed over, in nanoseconds.
    ///
    /// Messages that leave in one write anyway (`batch`) share a reading, up to [`SHARED_STAMPS`] of
    /// them within one read's worth of work: a reading costs as much as judging a message, and they
    /// are handed over less than a microsecond apart.
    #[inline(always)]
    pub(super) fn stamp(&mut self, port: &impl Port, batch: bool) -> u64 {
        if self.stamps_left == 0 {
            self.stamp_ns = port.now();
            self.stamps_left = if batch { SHARED_STAMPS } else { 1 };
        }
        self.stamps_left -= 1;
        self.stamp_ns
    }

    /// The next hand-over is told its own time.
    #[inline(always)]
    pub(super) fn forget_stamp(&mut self) {
        self.stamps_left = 0;
    }
}
