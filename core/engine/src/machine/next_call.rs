//! When an engine wants to be called again.

use super::Engine;
use super::behaviour::Behaviour;
use crate::core::Core;
use crate::handler::Handler;
use crate::mutant::{Mutant, active};
use crate::port::Port;

/// How often a side looks again whether a full ledger has room.
const LOOK_AGAIN: u64 = 200_000;

impl<P: Port, H: Handler<Core<P>>> Engine<P, H> {
    /// The time on the clock that both sides share, in nanoseconds.
    #[inline]
    pub fn now(&self) -> u64 {
        self.side.core.port.now()
    }

    /// Something is to be done at once.
    #[inline]
    pub fn is_due(&self) -> bool {
        !self.side.core.work.to_read.is_empty() || self.side.core.has_session_with_room()
    }

    /// When it wants to be called at the latest, in nanoseconds.
    pub fn next_deadline(&mut self) -> Option<u64> {
        let core = &mut self.side.core;
        let mut next = u64::MAX;
        let blind = active(Mutant::DoesNotLookAgainAtAFullLedger);
        if core.records.has_to_look_again() && !blind {
            next = core.port.now() + LOOK_AGAIN;
        }
        for slot in core.work.waiting.iter() {
            let Some(connection) = core.table.get_mut(slot) else { continue };
            if let Some(deadline) = connection.incoming().deadline() {
                next = next.min(deadline);
            }
            if let Some(time) = connection.egress().opens_at(0) {
                next = next.min(time);
            }
        }
        for slot in self.side.delayed.iter() {
            let due = core.table.get(slot).and_then(|one| one.ingress().read_due_ns());
            next = next.min(due.unwrap_or(0));
        }
        if let Some(due) = core.work.timers.next() {
            next = next.min(due);
        }
        if let Some(datagrams) = &core.datagrams {
            next = next.min(datagrams.next_deadline(|| core.port.now() + LOOK_AGAIN));
        }
        if core.link.is_some() {
            next = next.min(core.linked_deadline());
        }
        match &self.behaviour {
            Behaviour::Client(client) => next = next.min(client.next_deadline(core)),
            Behaviour::Server(server) if core.alone => {
                next = next.min(server.next_deadline(core));
            }
            _ => {
                if let Some((from, to)) = self.measured_part {
                    next = next.min(if !core.stats.has_measured() {
                        from
                    } else if !core.stats.has_ended_measuring() {
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
