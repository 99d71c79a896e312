//! What no event announces: put-off reads, messages that wait, and how long to sleep.

use super::turn::{Failure, Role, Side};
use crate::framing::Gate;
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{Expiration, TimerSetTimeFlags};
use std::time::Duration;

/// Deadlines nearer than this use the timer descriptor; poll itself counts milliseconds.
const FINE: u64 = 20_000_000;

/// How often a side looks again whether a full ledger has room.
const LOOK_AGAIN: u64 = 200_000;

impl Side {
    pub(super) fn delayed_reads(&mut self) -> Result<(), Failure> {
        let now = self.core.clock.now();
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
        let now = self.core.clock.now();
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

    /// How long the next poll may sleep.
    pub(super) fn timeout(&mut self) -> Option<Duration> {
        let core = &self.core;
        if self.spin || self.control_ready || !core.ready.is_empty() || core.has_relieved() {
            return Some(Duration::ZERO);
        }
        let next = self.next_deadline()?;
        let now = self.core.clock.now();
        let left = next.saturating_sub(now);
        if left == 0 {
            return Some(Duration::ZERO);
        }
        if left < FINE {
            if self.timer_set != Some(next) {
                self.timer_set = Some(next);
                let after =
                    Expiration::OneShot(TimeSpec::from_duration(Duration::from_nanos(left)));
                let _ = self.timer.set(after, TimerSetTimeFlags::empty());
            }
            return None;
        }
        Some(Duration::from_nanos(left))
    }

    pub(super) fn next_deadline(&mut self) -> Option<u64> {
        let core = &mut self.core;
        let mut next = u64::MAX;
        if core.stalled_since.is_some() || !core.untold_damage.is_empty() {
            next = core.clock.now() + LOOK_AGAIN;
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
            next = next.min(datagrams.next_deadline(|| core.clock.now() + LOOK_AGAIN));
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
