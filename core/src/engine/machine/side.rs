//! A side's core and its plugin: what both roles have.

use super::handler_sessions::HandlerSessions;
use crate::engine::core::Core;
use crate::engine::port::Port;
use crate::engine::queues::ReadySlots;
use crate::handler::Handler;

/// A core with the plugin that it calls.
pub(in crate::engine) struct Side<P: Port, H: Handler<Core<P>>> {
    pub(in crate::engine) core: Core<P>,
    pub(in crate::engine) handler: H,
    /// The plugin's sessions.
    pub(in crate::engine) sessions: HandlerSessions<H::Session>,
    /// Slots whose read is put off.
    pub(in crate::engine) delayed: ReadySlots,
}

impl<P: Port, H: Handler<Core<P>>> Side<P, H> {
    /// Without a session.
    pub(super) fn new(core: Core<P>, handler: H) -> Self {
        let (sessions, delayed) = (HandlerSessions::default(), ReadySlots::default());
        Self { core, handler, sessions, delayed }
    }
}
