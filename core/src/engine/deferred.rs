//! What is to be done later: at the end of a turn, or in another one.

use super::ready::ReadySlots;
use super::timers::Timers;

/// Slots by what is to be done about them, and what a plugin wants to be called for.
#[derive(Debug, Default)]
pub(super) struct Deferred {
    /// Connections with bytes to flush at the end of the turn.
    pub(super) to_flush: ReadySlots,
    /// Connections that may not encode yet.
    pub(super) waiting: ReadySlots,
    /// Connections with bytes to read that no event announces again.
    pub(super) to_read: ReadySlots,
    /// Connections that had no room for a message.
    pub(super) refused: ReadySlots,
    /// Sessions whose close hook is due, with their slots.
    pub(super) closed: Vec<(usize, u32)>,
    /// The plugin's.
    pub(super) timers: Timers,
}
