//! Waiting records by what a damaged arrival may still show of them.
//!
//! Nothing is listed until damage arrives, so an undamaged session does not pay for this. From then
//! on a record is listed once, and taken off once: when somebody comes across it and it no longer
//! waits, or when everything is listed anew because too much was.

use super::entries::{Entries, State};
use super::index::CANDIDATES;
use std::collections::{HashMap, VecDeque};

/// What an arrival may show of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mark {
    /// Nothing: it is any record.
    Any,
    /// Its first eight bytes.
    Start(u64),
    /// Its length in bytes.
    Length(usize),
}

type Lists = HashMap<Mark, VecDeque<u64>, std::hash::BuildHasherDefault<std::hash::DefaultHasher>>;

/// Waiting records, oldest first, by each of their marks.
#[derive(Debug, Default)]
pub(super) struct Roster {
    lists: Lists,
    /// Records before this one are listed, or need not be.
    listed_to: u64,
    /// How many were listed since everything was listed anew.
    listed: u64,
}

impl Roster {
    /// Lists what is new. `base` is the oldest record that the ledger holds.
    pub(super) fn update(&mut self, entries: &Entries, base: u64) {
        let waiting = entries.end() - base;
        if self.listed > 2 * waiting + 1024 {
            *self = Self::default();
        }
        for position in self.listed_to.max(base)..entries.end() {
            let Some(entry) = entries.get(position) else { break };
            if entry.state != State::Waiting {
                continue;
            }
            self.add(Mark::Any, position);
            self.add(Mark::Length(entry.len), position);
            if entry.len >= 8 {
                self.add(Mark::Start(entry.start), position);
            }
            self.listed += 1;
        }
        self.listed_to = entries.end();
    }

    /// The first few waiting records that bear this mark, oldest first.
    pub(super) fn oldest(&mut self, wanted: Mark, entries: &Entries) -> Vec<u64> {
        let mut found = Vec::new();
        let Some(list) = self.lists.get_mut(&wanted) else { return found };
        while found.len() < CANDIDATES
            && let Some(position) = list.pop_front()
        {
            if entries.is_waiting(position) {
                found.push(position);
            }
        }
        for position in found.iter().rev() {
            list.push_front(*position);
        }
        found
    }

    fn add(&mut self, one: Mark, position: u64) {
        self.lists.entry(one).or_default().push_back(position);
    }
}
