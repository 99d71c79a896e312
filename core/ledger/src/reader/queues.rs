//! The records of each session that wait for their verdict, in the order in which they were handed
//! over.

use super::super::layout::Tables;
use super::super::record::HEADER_WORDS;
use std::collections::VecDeque;

/// Sessions that may be announced and not yet looked at, whatever the tables of a region hold.
const SESSIONS_WAITING: usize = Tables::SHARED.announcements;

/// How far the number of a record's session may be ahead of the highest that this side has heard of:
/// more than can be under way at once. Each number up to it takes a queue.
pub(super) const SESSIONS_AHEAD: usize = 4 * SESSIONS_WAITING;

/// In place of a session: the records of sessions that are forgotten.
///
/// The other side may go on sending on a connection that this side has closed already. Those
/// messages were sent and never arrive, so they need a verdict like all others.
pub const ORPHANED: u32 = 0;

/// An unresolved record of one session, or what is left of a run of messages that share one.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its place among [all that is not released](super::unreleased::Unreleased), counted since the
    /// start.
    pub(super) order: u64,
    /// Position of its header.
    pub(super) position: u64,
    /// The message's length as checked when it was queued.
    pub(super) len: u32,
    /// Messages of the run that are resolved.
    pub(super) resolved: u32,
    /// Messages that are not: at least one.
    pub(super) left: u32,
    /// Header and message, once moved out of the ring.
    pub(super) moved: Option<Box<Moved>>,
}

/// Where a message of a session stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Position of its record's header.
    pub(super) position: u64,
    /// The message's length as checked when it was queued.
    pub(super) len: u32,
    /// Which message of its record it is.
    pub(super) of_run: u32,
    /// The record was moved out of the ring.
    pub(super) is_moved: bool,
}

/// A record's header and message on the heap.
pub(super) type Moved = ([u64; HEADER_WORDS], Box<[u8]>);

#[derive(Debug, Default)]
struct Queue {
    entries: VecDeque<Entry>,
    /// Entries that stand for several messages.
    runs: usize,
    ended: bool,
}

impl Queue {
    #[inline(always)]
    fn push(&mut self, entry: Entry) {
        self.runs += usize::from(entry.left > 1);
        self.entries.push_back(entry);
    }

    /// The entry of the `k`-th message, and how many before it are its entry's. Takes constant time, or
    /// with runs among them as long as there are entries before it.
    #[inline(always)]
    fn message(&self, k: usize) -> Option<(&Entry, u32)> {
        if self.runs > 0 {
            return self.message_among_runs(k);
        }
        Some((self.entries.get(k)?, 0))
    }

    #[cold]
    fn message_among_runs(&self, k: usize) -> Option<(&Entry, u32)> {
        let mut before = k;
        for entry in &self.entries {
            let left = entry.left as usize;
            if before < left {
                return Some((entry, before as u32));
            }
            before -= left;
        }
        None
    }

    /// The first message is resolved; its entry, if that is all of it.
    #[inline(always)]
    fn resolve_first(&mut self) -> Option<Entry> {
        let entry = self.entries.front_mut()?;
        if entry.left == 1 {
            return self.entries.pop_front();
        }
        entry.resolved += 1;
        entry.left -= 1;
        self.runs -= usize::from(entry.left == 1);
        None
    }
}

/// The queues of all sessions.
#[derive(Debug)]
pub(super) struct Queues {
    /// By session number minus `base`; trimmed from the front as sessions end.
    queues: VecDeque<Queue>,
    base: u32,
    /// The highest session that this side has asked about or forgotten.
    highest: u32,
    /// The queue of [`ORPHANED`].
    orphaned: Queue,
    /// Entries in all queues.
    entries: usize,
}

impl Queues {
    /// Of no session yet.
    #[inline]
    pub(super) fn new() -> Self {
        let (queues, orphaned) = (VecDeque::new(), Queue::default());
        Self { queues, base: 1, highest: 0, orphaned, entries: 0 }
    }

    /// Entries in all queues.
    #[inline(always)]
    pub(super) fn entries(&self) -> usize {
        self.entries
    }

    /// There is such a session.
    #[inline(always)]
    pub(super) fn heard_of(&mut self, session: u32) {
        self.highest = self.highest.max(session);
    }

    /// The session has ended: its entries, each of which `each` is told of, and what still comes are
    /// [`ORPHANED`].
    #[inline]
    pub(super) fn end(&mut self, session: u32, each: impl FnMut(&Entry)) {
        self.heard_of(session);
        let index = session.wrapping_sub(self.base) as usize;
        if index >= self.queues.len() && index < self.queues.len() + SESSIONS_WAITING {
            self.queues.resize_with(index + 1, Queue::default);
        }
        if let Some(queue) = self.queues.get_mut(index) {
            let left = std::mem::replace(queue, Queue { ended: true, ..Queue::default() });
            self.orphan(left, each);
        }
        while self.queues.front().is_some_and(|queue| queue.ended) {
            self.queues.pop_front();
            self.base += 1;
        }
    }

    fn orphan(&mut self, queue: Queue, each: impl FnMut(&Entry)) {
        if queue.entries.is_empty() {
            return;
        }
        queue.entries.iter().for_each(each);
        self.orphaned.runs += queue.runs;
        self.orphaned.entries.extend(queue.entries);
        // Records are found by their order.
        self.orphaned.entries.make_contiguous().sort_by_key(|entry| entry.order);
    }

    /// True when [`ORPHANED`] has entries.
    #[inline]
    pub(super) fn has_orphaned(&self) -> bool {
        !self.orphaned.entries.is_empty()
    }

    /// The sessions that have entries.
    #[inline]
    pub(super) fn unfinished(&self) -> Vec<u32> {
        let sessions = (self.base..).zip(&self.queues);
        std::iter::once((ORPHANED, &self.orphaned))
            .chain(sessions)
            .filter(|(_, queue)| !queue.entries.is_empty())
            .map(|(session, _)| session)
            .collect()
    }

    /// The session whose queue takes a record of `session`; makes that queue.
    #[inline]
    pub(super) fn receiving(&mut self, session: u32) -> Result<u32, String> {
        // Queues are contiguous from the base; a hostile number must not make us allocate.
        let index = session.wrapping_sub(self.base) as usize;
        let past = session != 0 && session < self.base;
        if past || self.queues.get(index).is_some_and(|queue| queue.ended) {
            return Ok(ORPHANED);
        }
        let most = self.highest.saturating_sub(self.base) as usize + SESSIONS_AHEAD;
        if index >= most {
            return Err(format!("it names session {session}, which cannot be"));
        }
        if index >= self.queues.len() {
            self.queues.resize_with(index + 1, Queue::default);
        }
        Ok(session)
    }

    /// Adds an entry to a queue that is there.
    #[inline]
    pub(super) fn push(&mut self, session: u32, entry: Entry) {
        if let Some(queue) = self.of_mut(session) {
            queue.push(entry);
            self.entries += 1;
        }
    }

    /// The first message of a session is resolved; its entry, if that is all of it.
    #[inline]
    pub(super) fn resolve_first(&mut self, session: u32) -> Option<Entry> {
        let entry = self.of_mut(session)?.resolve_first()?;
        self.entries -= 1;
        Some(entry)
    }

    /// Where the `k`-th message of a session stands.
    #[inline(always)]
    pub(super) fn place(&self, session: u32, k: usize) -> Option<Place> {
        let (entry, before) = self.of(session)?.message(k)?;
        Some(Place {
            position: entry.position,
            len: entry.len,
            of_run: entry.resolved + before,
            is_moved: entry.moved.is_some(),
        })
    }

    /// Header and message of its record, if they were moved out of the ring.
    #[cold]
    pub(super) fn moved(&self, session: u32, k: usize) -> Option<&Moved> {
        self.of(session)?.message(k)?.0.moved.as_deref()
    }

    #[inline(always)]
    fn of(&self, session: u32) -> Option<&Queue> {
        if session == ORPHANED {
            return Some(&self.orphaned);
        }
        self.queues.get(session.checked_sub(self.base)? as usize)
    }

    /// The entry of a session at this place of the order.
    #[inline]
    pub(super) fn at_order(&mut self, session: u32, order: u64) -> Option<&mut Entry> {
        let entries = &mut self.of_mut(session)?.entries;
        let index = entries.binary_search_by_key(&order, |entry| entry.order).ok()?;
        entries.get_mut(index)
    }

    fn of_mut(&mut self, session: u32) -> Option<&mut Queue> {
        if session == ORPHANED {
            return Some(&mut self.orphaned);
        }
        self.queues.get_mut(session.checked_sub(self.base)? as usize)
    }

    /// The first session that may have a queue, and how many have one.
    #[cfg(test)]
    #[inline]
    pub(super) fn extent(&self) -> (u32, usize) {
        (self.base, self.queues.len())
    }
}
