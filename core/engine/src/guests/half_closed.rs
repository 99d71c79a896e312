//! Peers of a server alone that say nothing more and still read, as `nc -N` does. Their sessions last
//! until everything that they have asked for is answered, and no longer than they read.

use crate::core::Core;
use crate::port::Port;
use crate::queues::ReadySlots;
use wirebench_framings::Role;

/// A peer that says nothing more may read nothing for this long while something waits for it, in
/// nanoseconds.
const PATIENCE: u64 = 30_000_000_000;

/// How often that is looked at, in nanoseconds.
const LOOK: u64 = 1_000_000_000;

/// The half-closed sessions of a side.
#[derive(Default)]
pub(crate) struct HalfClosed {
    /// Slots whose session may be over by now.
    unsettled: ReadySlots,
    watched: Vec<Watched>,
    look_due_ns: u64,
}

struct Watched {
    slot: usize,
    session: u32,
    /// Bytes that it had taken at that time.
    written: u64,
    since_ns: u64,
}

impl Watched {
    /// True when it has read nothing for too long.
    fn is_given_up(&mut self, now: u64, written: u64, waits: bool) -> bool {
        if !waits || written != self.written {
            (self.written, self.since_ns) = (written, now);
        }
        now.saturating_sub(self.since_ns) >= PATIENCE
    }
}

impl HalfClosed {
    /// When they are to be looked at.
    #[inline]
    pub(crate) fn next_look(&self) -> u64 {
        if self.watched.is_empty() { u64::MAX } else { self.look_due_ns }
    }
}

impl<P: Port> Core<P> {
    /// True for a server whose peers are not ours: what they ask for is answered even when they say
    /// nothing more. Our own client ends its direction when it awaits nothing any more.
    #[inline]
    pub(crate) fn outlasts_input(&self) -> bool {
        self.alone && self.role == Role::Server
    }

    /// The peer in `slot` says nothing more.
    #[inline]
    pub(crate) fn watch_half_closed(&mut self, slot: usize) {
        let Some(connection) = self.table.get(slot) else { return };
        let now = self.port.now();
        let (session, written) = (connection.id(), connection.egress().written());
        self.guests.half_closed.watched.push(Watched { slot, session, written, since_ns: now });
        self.guests.half_closed.unsettled.insert(slot);
        if self.guests.half_closed.watched.len() == 1 {
            self.guests.half_closed.look_due_ns = now + LOOK;
        }
    }

    /// Neither does the peer read any more: nobody is left to be answered.
    #[inline]
    pub(crate) fn peer_gone(&mut self, slot: usize) {
        if let Some(connection) = self.table.get_mut(slot) {
            connection.lifecycle_mut().lose_peer();
            self.guests.half_closed.unsettled.insert(slot);
        }
    }

    /// The session in `slot` may owe its peer nothing any more.
    #[inline]
    pub(crate) fn may_be_over(&mut self, slot: usize) {
        self.guests.half_closed.unsettled.insert(slot);
    }

    /// Closes the sessions whose peer says nothing more and is owed nothing.
    pub(crate) fn settle_half_closed(&mut self) {
        while let Some(slot) = self.guests.half_closed.unsettled.pop() {
            let Some(connection) = self.table.get_mut(slot) else { continue };
            if !connection.lifecycle().input_has_ended() || !connection.lifecycle().is_open() {
                continue;
            }
            // A handler that found no room has something left.
            let owes = connection.is_pending()
                || self.work.refused.contains(slot)
                || connection.answers_the_end(self.recent_requests.is_some());
            if connection.lifecycle().peer_is_gone() || !owes {
                connection.lifecycle_mut().close();
                self.mark_dirty(slot);
            }
        }
        let now = self.guests.half_closed.next_look();
        if now != u64::MAX && self.port.now() >= now {
            self.look_at_half_closed();
        }
    }

    /// Gives those up that do not read either.
    #[cold]
    fn look_at_half_closed(&mut self) {
        let now = self.port.now();
        self.guests.half_closed.look_due_ns = now + LOOK;
        let mut given_up = Vec::new();
        let table = &self.table;
        self.guests.half_closed.watched.retain_mut(|one| {
            let connection = table.get(one.slot);
            let Some(connection) = connection.filter(|found| found.id() == one.session) else {
                return false;
            };
            let over =
                one.is_given_up(now, connection.egress().written(), !connection.is_flushed());
            if over {
                given_up.push((one.slot, connection.unsent()));
            }
            !over
        });
        for (slot, unsent) in given_up {
            let what = format!(
                "the peer says nothing more and has read nothing for {} s: {unsent} B are given up",
                PATIENCE / 1_000_000_000
            );
            self.fail(slot, "half-closed", &what);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reads_now_and_then_is_kept_and_who_reads_nothing_is_given_up() {
        let mut one = Watched { slot: 0, session: 1, written: 0, since_ns: 0 };
        let almost = PATIENCE - 1;
        assert!(!one.is_given_up(almost, 0, true));
        assert!(!one.is_given_up(almost + 1, 1, true), "it has read a byte");
        assert!(!one.is_given_up(2 * almost + 1, 1, true));
        assert!(!one.is_given_up(9 * PATIENCE, 1, false), "nothing waits for it");
        assert!(!one.is_given_up(10 * PATIENCE - 1, 1, true));
        assert!(one.is_given_up(10 * PATIENCE, 1, true));
    }
}
