//! What is to be done later: at the end of a turn, or in another one.

use crate::engine::queues::{ReadySlots, Timers};

/// Slots by what is to be done about them, and what a plugin wants to be called for.
#[derive(Debug, Default)]
pub(in crate::engine) struct Work {
    /// Connections with bytes to flush at the end of the turn.
    pub(in crate::engine) to_flush: ReadySlots,
    /// Connections that may not encode yet.
    pub(in crate::engine) waiting: ReadySlots,
    /// Connections with bytes to read that no event announces again.
    pub(in crate::engine) to_read: ReadySlots,
    /// Connections that had no room for a message.
    pub(in crate::engine) refused: ReadySlots,
    /// Sessions whose close hook is due, with their slots.
    pub(in crate::engine) closed: Vec<(usize, u32)>,
    /// The plugin's.
    pub(in crate::engine) timers: Timers,
}
