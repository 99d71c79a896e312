//! What no event announces: put-off reads, messages that wait, and when the next of them is due.

use super::core::Core;
use super::machine::{Engine, Failure, Role};
use super::port::Port;
use crate::framing::Gate;
use crate::handler::Handler;

/// How often a side looks again whether a full ledger has room.
const LOOK_AGAIN: u64 = 200_000;

impl<P: Port, H: Handler<Core<P>>> Engine<P, H> {
    pub(super) fn delayed_reads(&mut self) -> Result<(), Failure> {
        let now = self.core.port.now();
        for slot in std::mem::take(&mut self.delayed) {
            let Some(connection) = &mut self.core.connections[slot] else { continue };
            match connection.read_due_ns {
                Some(due) if due > now => self.delayed.push(slot),
                _ => {
                    connection.read_due_ns = None;
                    self.read(slot)?;
                }
            }
        }
        Ok(())
    }

    /// Lets connections encode that had to wait, and calls framings whose deadline has passed.
    pub(super) fn waiting_connections(&mut self) -> Result<(), Failure> {
        let now = self.core.port.now();
        for slot in std::mem::take(&mut self.core.waiting) {
            let Some(connection) = &mut self.core.connections[slot] else { continue };
            connection.waiting = false;
            if connection.incoming().deadline().is_some_and(|deadline| deadline <= now) {
                self.framing_timeout(slot, now)?;
            }
            self.core.pump(slot, now);
            let Some(connection) = &mut self.core.connections[slot] else { continue };
            if connection.waiting {
                continue;
            }
            if !connection.held.is_empty() || connection.incoming().deadline().is_some() {
                connection.waiting = true;
                self.core.waiting.push(slot);
            } else if connection.readable || connection.paused {
                self.core.ready.push(slot);
            }
        }
        Ok(())
    }

    /// The time on the clock that both sides share, in nanoseconds.
    pub fn now(&self) -> u64 {
        self.core.port.now()
    }

    /// Something is to be done at once.
    pub fn is_due(&self) -> bool {
        !self.core.ready.is_empty() || self.core.has_relieved()
    }

    /// When it wants to be called at the latest, in nanoseconds.
    pub fn next_deadline(&mut self) -> Option<u64> {
        let core = &mut self.core;
        let mut next = u64::MAX;
        if core.stalled_since.is_some() || !core.untold_damage.is_empty() {
            next = core.port.now() + LOOK_AGAIN;
        }
        for slot in &core.waiting {
            let Some(connection) = &mut core.connections[*slot] else { continue };
            if let Some(deadline) = connection.incoming().deadline() {
                next = next.min(deadline);
            }
            if connection.held.is_empty() {
                continue;
            }
            if let Gate::Until(time) = connection.encoder.gate(0) {
                next = next.min(time);
            }
        }
        for slot in &self.delayed {
            let due = core.connections[*slot].as_ref().and_then(|one| one.read_due_ns);
            next = next.min(due.unwrap_or(0));
        }
        if let Some(due) = core.timers.next() {
            next = next.min(due);
        }
        if let Some(datagrams) = &core.datagrams {
            next = next.min(datagrams.next_deadline(|| core.port.now() + LOOK_AGAIN));
        }
        if core.link.is_some() {
            next = next.min(core.linked_deadline());
        }
        match &self.role {
            Some(Role::Client(client)) => next = next.min(client.next_deadline(core)),
            Some(Role::Server(server)) if core.alone => {
                next = next.min(server.next_deadline(core));
            }
            _ => {
                if let Some((from, to)) = self.measured_part {
                    next = next.min(if core.before.is_none() {
                        from
                    } else if core.after.is_none() {
                        to
                    } else {
                        u64::MAX
                    });
                }
            }
        }
        (next != u64::MAX).then_some(next)
    }
}
