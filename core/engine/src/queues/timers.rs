//! The timers that a plugin has set: bounded by those that are still to come, however often they are
//! set again.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// Entries from which on those that mean nothing any more are looked for.
const FIRST_LOOK: usize = 1_024;

/// A timer of a session.
type Id = (u32, u64);

/// Timers by the time at which they are due, in nanoseconds.
#[derive(Debug)]
pub(crate) struct Timers {
    /// What was set, in order. An entry counts while `due` says the same.
    queue: BinaryHeap<Reverse<(u64, Id)>>,
    due: HashMap<Id, u64>,
    look_at: usize,
}

impl Default for Timers {
    fn default() -> Self {
        Self { queue: BinaryHeap::new(), due: HashMap::new(), look_at: FIRST_LOOK }
    }
}

impl Timers {
    /// Sets a timer of an open session, in place of the one that it had by this id. `is_open` tells
    /// which sessions still are.
    #[inline]
    pub(crate) fn set(&mut self, id: Id, due_ns: u64, is_open: impl Fn(u32) -> bool) {
        self.due.insert(id, due_ns);
        self.queue.push(Reverse((due_ns, id)));
        if self.queue.len() >= self.look_at {
            self.due.retain(|(session, _), _| is_open(*session));
            let due = &self.due;
            self.queue.retain(|Reverse((at, id))| due.get(id) == Some(at));
            self.look_at = FIRST_LOOK.max(2 * self.queue.len());
        }
    }

    /// Forgets a timer.
    #[inline]
    pub(crate) fn cancel(&mut self, id: Id) {
        self.due.remove(&id);
    }

    /// When the first may be due.
    #[inline]
    pub(crate) fn next(&self) -> Option<u64> {
        self.queue.peek().map(|Reverse((due, _))| *due)
    }

    /// Takes one that is due by `now_ns`.
    #[inline]
    pub(crate) fn take_due(&mut self, now_ns: u64) -> Option<Id> {
        while self.next().is_some_and(|due| due <= now_ns) {
            let Reverse((due, id)) = self.queue.pop()?;
            // One that was set again or cancelled since has another time, or none.
            if self.due.get(&id) == Some(&due) {
                self.due.remove(&id);
                return Some(id);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_time_counts_and_what_is_cancelled_never_comes() {
        let mut timers = Timers::default();
        let open = |_| true;
        timers.set((1, 7), 10, open);
        timers.set((1, 8), 20, open);
        timers.set((1, 7), 30, open);
        timers.set((2, 7), 25, open);
        timers.cancel((1, 8));
        assert_eq!(timers.take_due(24), None);
        assert_eq!(timers.next(), Some(25));
        assert_eq!(timers.take_due(40), Some((2, 7)));
        assert_eq!(timers.take_due(40), Some((1, 7)));
        assert_eq!((timers.take_due(u64::MAX), timers.next()), (None, None));
    }

    #[test]
    fn what_is_set_again_and_again_for_far_away_takes_no_more_room() {
        let mut timers = Timers::default();
        for now in 0..1_000_000 {
            // Each session sets its timer a few times and is gone.
            let session = now / 4;
            timers.set((session as u32, 1), 1 << 60 | now, |other| u64::from(other) + 8 > session);
        }
        assert!(timers.queue.len() < 2 * FIRST_LOOK, "{}", timers.queue.len());
        assert!(timers.due.len() < 2 * FIRST_LOOK, "{}", timers.due.len());
    }
}
