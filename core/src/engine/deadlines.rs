//! What no event announces: put-off reads, messages that wait, and when the next of them is due.

use super::core::Core;
use super::machine::{Engine, Failure, Role};
use super::mutant::{Mutant, active};
use super::port::Port;
use crate::handler::Handler;

/// How often a side looks again whether a full ledger has room.
const LOOK_AGAIN: u64 = 200_000;

impl<P: Port, H: Handler<Core<P>>> Engine<P, H> {
    pub(super) fn delayed_reads(&mut self) -> Result<(), Failure> {
        let now = self.core.port.now();
        let delayed = self.delayed.take();
        for slot in delayed.iter().copied() {
            let Some(connection) = self.core.table.get_mut(slot) else { continue };
            match connection.ingress.read_due_ns {
                Some(due) if due > now => self.delayed.insert(slot),
                _ => {
                    connection.ingress.read_due_ns = None;
                    if !active(Mutant::ForgetsAPutOffRead) {
                        self.read(slot)?;
                    }
                }
            }
        }
        self.delayed.give_back(delayed);
        Ok(())
    }

    /// Lets connections encode that had to wait, and calls framings whose deadline has passed.
    pub(super) fn waiting_connections(&mut self) -> Result<(), Failure> {
        let now = self.core.port.now();
        let waiting = self.core.work.waiting.take();
        for slot in waiting.iter().copied() {
            let Some(connection) = self.core.table.get_mut(slot) else { continue };
            let due = connection.incoming().deadline().is_some_and(|deadline| deadline <= now);
            if due && !active(Mutant::MissesTheFramingsDeadline) {
                self.framing_timeout(slot, now)?;
            }
            self.core.pump(slot, now);
            let Some(connection) = self.core.table.get_mut(slot) else { continue };
            if self.core.work.waiting.contains(slot) {
                continue;
            }
            if !connection.egress.held.is_empty() || connection.incoming().deadline().is_some() {
                self.core.work.waiting.insert(slot);
            } else if connection.ingress.readable
                || connection.ingress.paused && !active(Mutant::NeverReadsAPausedPeerAgain)
            {
                self.core.work.to_read.insert(slot);
            }
        }
        self.core.work.waiting.give_back(waiting);
        Ok(())
    }

    /// The time on the clock that both sides share, in nanoseconds.
    pub fn now(&self) -> u64 {
        self.core.port.now()
    }

    /// Something is to be done at once.
    pub fn is_due(&self) -> bool {
        !self.core.work.to_read.is_empty() || self.core.has_relieved()
    }

    /// When it wants to be called at the latest, in nanoseconds.
    pub fn next_deadline(&mut self) -> Option<u64> {
        let core = &mut self.core;
        let mut next = u64::MAX;
        let blind = active(Mutant::DoesNotLookAgainAtAFullLedger);
        if (core.records.stalled_since.is_some() || !core.records.untold_damage.is_empty())
            && !blind
        {
            next = core.port.now() + LOOK_AGAIN;
        }
        for slot in core.work.waiting.iter() {
            let Some(connection) = core.table.get_mut(slot) else { continue };
            if let Some(deadline) = connection.incoming().deadline() {
                next = next.min(deadline);
            }
            let egress = &connection.egress;
            if let Some(time) = egress.held.opens_at(&*egress.encoder, 0) {
                next = next.min(time);
            }
        }
        for slot in self.delayed.iter() {
            let due = core.table.get(slot).and_then(|one| one.ingress.read_due_ns);
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
        match &self.role {
            Some(Role::Client(client)) => next = next.min(client.next_deadline(core)),
            Some(Role::Server(server)) if core.alone => {
                next = next.min(server.next_deadline(core));
            }
            _ => {
                if let Some((from, to)) = self.measured_part {
                    next = next.min(if core.stats.before.is_none() {
                        from
                    } else if core.stats.after.is_none() {
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
