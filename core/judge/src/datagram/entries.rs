//! The records that a judge of datagrams knows, by position.
//!
//! A position is a record's place among all records of its session, from 0. Records are learned in
//! that order and forgotten in that order, so positions need no map.

use super::super::RecordHead;
use std::collections::VecDeque;

/// In place of a position: there is none.
pub(super) const NONE: u64 = u64::MAX;

/// What is known of a record's arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing of it has come yet.
    Waiting,
    /// It came, whole and in order. It is intact, unless a copy comes before the verdict falls.
    Intact,
    /// It came, and its verdict has fallen.
    Judged,
    /// It was given up, and nothing of it has come since.
    Lost,
}

/// A record.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) head: RecordHead,
    pub(super) state: State,
    /// Its length in bytes.
    pub(super) len: usize,
    /// Its first eight bytes.
    pub(super) start: u64,
    /// The hash of its bytes.
    pub(super) hash: u64,
    /// The next record with this hash.
    pub(super) next: u64,
    /// Where its bytes stand among the copies, once the ledger has released it.
    pub(super) copied_at: u64,
}

/// Records in a row.
#[derive(Debug, Default)]
pub(super) struct Entries {
    queue: VecDeque<Entry>,
    first: u64,
}

impl Entries {
    /// The position of the oldest record still known.
    #[inline]
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// The position after the newest.
    #[inline]
    pub(super) fn end(&self) -> u64 {
        self.first + self.queue.len() as u64
    }

    #[inline]
    pub(super) fn get(&self, position: u64) -> Option<&Entry> {
        self.queue.get(self.index(position)?)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, position: u64) -> Option<&mut Entry> {
        let index = self.index(position)?;
        self.queue.get_mut(index)
    }

    #[inline]
    pub(super) fn is_waiting(&self, position: u64) -> bool {
        self.get(position).is_some_and(|entry| entry.state == State::Waiting)
    }

    #[inline]
    pub(super) fn push(&mut self, entry: Entry) {
        self.queue.push_back(entry);
    }

    /// Forgets the oldest.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<Entry> {
        let entry = self.queue.pop_front()?;
        self.first += 1;
        Some(entry)
    }

    fn index(&self, position: u64) -> Option<usize> {
        usize::try_from(position.checked_sub(self.first)?).ok()
    }
}
