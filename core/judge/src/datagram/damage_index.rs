//! The damage index: finds the waiting records that a damaged arrival may have been, by what damage
//! may have left of them (their first bytes, or their length).
//!
//! It stays empty until damage arrives, so an undamaged session does not pay for it. From then on
//! each record is added once. It is removed when a lookup finds that it no longer waits, or when the
//! index is rebuilt because most of its entries are stale.

use super::entries::{Entries, State};
use super::index::CANDIDATES;
use std::collections::{HashMap, VecDeque};

/// What a damaged arrival may still have in common with a record: the key of a lookup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum DamageKey {
    /// Nothing: every waiting record is a candidate.
    Any,
    /// Its first eight bytes.
    Start(u64),
    /// Its length in bytes.
    Length(usize),
}

type Lists =
    HashMap<DamageKey, VecDeque<u64>, std::hash::BuildHasherDefault<std::hash::DefaultHasher>>;

/// Positions of waiting records, oldest first, by each of their keys.
#[derive(Debug, Default)]
pub(super) struct DamageIndex {
    lists: Lists,
    /// Records before this position were added, or have no need to be.
    listed_to: u64,
    /// How many records were added since the index was last rebuilt.
    listed: u64,
}

impl DamageIndex {
    /// Adds the records learned since the last call. `base` is the position of the oldest record that
    /// the ledger holds.
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
            self.add(DamageKey::Any, position);
            self.add(DamageKey::Length(entry.len), position);
            if entry.len >= 8 {
                self.add(DamageKey::Start(entry.start), position);
            }
            self.listed += 1;
        }
        self.listed_to = entries.end();
    }

    /// The positions of the waiting records with this key, oldest first, [`CANDIDATES`] at most.
    #[inline]
    pub(super) fn oldest(&mut self, wanted: DamageKey, entries: &Entries) -> Vec<u64> {
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

    fn add(&mut self, one: DamageKey, position: u64) {
        self.lists.entry(one).or_default().push_back(position);
    }
}
