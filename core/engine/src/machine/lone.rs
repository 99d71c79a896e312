//! When a side waits for one socket alone.

use super::Engine;
use super::behaviour::Behaviour;
use crate::core::Core;
use crate::handler::Handler;
use crate::port::Port;
use wirebench_framings::Role;
use wirebench_scenario::{Load, SessionPolicy};

/// Where all comes in that a side waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lone {
    /// The connection in this slot.
    Connection(usize),
    /// The server's only socket for datagrams.
    Datagrams,
}

impl<P: Port, H: Handler<Core<P>>> Engine<P, H> {
    /// The only socket that something is expected of, where requests and answers take turns over it:
    /// whoever reads it next, waiting until something has come, is late only for what the supervisor
    /// and the plugin's threads say, for the bell, and for [deadlines](Self::next_deadline). `None`:
    /// something else may come, or is to be done.
    #[inline]
    pub fn lone_socket(&self) -> Option<Lone> {
        if !self.takes_turns {
            return None;
        }
        let (core, delayed) = (&self.side.core, &self.side.delayed);
        let is_on = match &self.behaviour {
            Behaviour::Client(client) => client.only_awaits_answers(core),
            Behaviour::Server(_) => core.stats.is_measuring(),
            Behaviour::Over => false,
        };
        if !is_on || !core.work.is_done() || !delayed.is_empty() || core.records.has_to_look_again()
        {
            return None;
        }
        let (slot, connection) = core.table.only()?;
        if !connection.only_awaits_input() {
            return None;
        }
        let by_peers = core.datagrams.is_some() && core.role == Role::Server;
        Some(if by_peers { Lone::Datagrams } else { Lone::Connection(slot) })
    }
}

impl<P: Port> Core<P> {
    /// Requests and answers take turns over one connection that is kept.
    pub(super) fn takes_turns(&self) -> bool {
        let Load { session, connections, in_flight, .. } = &self.settings.load;
        *session == SessionPolicy::Keep
            && (*connections, *in_flight) == (1, 1)
            && self.link.is_none()
            && self.settings.transport.read_delay_ns == 0
            && !(self.alone && self.role == Role::Server)
    }
}
