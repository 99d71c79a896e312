//! What is to be done later: at the end of a turn, or in another one.

use crate::queues::{ReadySlots, Timers};

/// Slots by what is to be done about them, and what a plugin wants to be called for.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// Connections with bytes to flush at the end of the turn.
    pub(crate) to_flush: ReadySlots,
    /// Connections that may not encode yet.
    pub(crate) waiting: ReadySlots,
    /// Connections with bytes to read that no event announces again.
    pub(crate) to_read: ReadySlots,
    /// Connections that had no room for a message.
    pub(crate) refused: ReadySlots,
    /// Sessions whose close hook is due, with their slots.
    pub(crate) closed: Vec<(usize, u32)>,
    /// The plugin's.
    pub(crate) timers: Timers,
}

impl Work {
    /// Nothing is to be done of itself.
    #[inline]
    pub(crate) fn is_done(&self) -> bool {
        self.to_flush.is_empty()
            && self.waiting.is_empty()
            && self.to_read.is_empty()
            && self.refused.is_empty()
            && self.closed.is_empty()
            && self.timers.next().is_none()
    }
}
