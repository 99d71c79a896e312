//! A side's core and its plugin: what both roles have.

use super::handler_sessions::HandlerSessions;
use crate::core::Core;
use crate::handler::Handler;
use crate::port::Port;
use crate::queues::ReadySlots;

/// A core with the plugin that it calls.
pub(crate) struct Side<P: Port, H: Handler<Core<P>>> {
    pub(crate) core: Core<P>,
    pub(crate) handler: H,
    /// The plugin's sessions.
    pub(crate) sessions: HandlerSessions<H::Session>,
    /// Slots whose read is put off.
    pub(crate) delayed: ReadySlots,
}

impl<P: Port, H: Handler<Core<P>>> Side<P, H> {
    /// Without a session.
    #[inline]
    pub(super) fn new(core: Core<P>, handler: H) -> Self {
        let (sessions, delayed) = (HandlerSessions::default(), ReadySlots::default());
        Self { core, handler, sessions, delayed }
    }
}
