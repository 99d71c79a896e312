//! The window: the records that an arrival may be. These are the ones that the ledger still holds, and
//! a bounded memory of those that it has released.
//!
//! `first ≤ settled ≤ base ≤ end`, as positions: records before `base` are released and their
//! bytes are copies; those before `settled` have their verdict. The record at `base` always waits:
//! those behind it that have come stay in the ledger until it comes or is given up.
//!
//! `peek(k)` costs the shared-memory ledger a look into a queue, and taking a record into that
//! queue once. A record is peeked at once when it is learned, once when it is released, and where
//! its bytes have to be compared; so the work on an arrival does not depend on how many records
//! stand before the one it is.

use super::super::compare::{same, word};
use super::super::mutant::{self, Mutant};
use super::super::{Findings, RecordHead, SessionLedger, Verdict};
use super::Horizon;
use super::copies::Copies;
use super::entries::{Entries, Entry, NONE, State};
use super::index::{CANDIDATES, Index, hash};

/// How many bytes of released records are remembered, where nothing else is said.
pub(super) const COPIED_BYTES: usize = 1 << 20;

/// A record that an arrival is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) position: u64,
    /// Others with the same bytes wait too.
    pub(super) ambiguous: bool,
}

impl Found {
    /// The oldest of equal records that wait, and the next of them.
    #[inline]
    fn among(oldest: u64, next: Option<u64>) -> Self {
        let younger = next.unwrap_or(oldest);
        let position = mutant::unless(Mutant::MatchesEqualPayloadsYoungestFirst, oldest, younger);
        Self { position, ambiguous: next.is_some() }
    }
}

/// The records an arrival may be.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) entries: Entries,
    pub(super) horizon: Horizon,
    index: Index,
    copies: Copies,
    /// How many bytes of released records are remembered.
    copied_bytes: usize,
    base: u64,
    settled: u64,
    /// Records from here on came in their order, and nobody has asked for them: they are not in the index.
    indexed_to: u64,
    /// Holds a copy while it is hashed: its memory is used again.
    scratch: Vec<u8>,
}

impl Window {
    #[inline]
    pub(super) fn new(horizon: Horizon, copied_bytes: usize) -> Self {
        Self {
            entries: Entries::default(),
            horizon: Horizon { records: horizon.records.max(1), ..horizon },
            index: Index::default(),
            copies: Copies::default(),
            copied_bytes,
            base: 0,
            settled: 0,
            indexed_to: 0,
            scratch: Vec::new(),
        }
    }

    /// The position of the oldest record that the ledger holds.
    #[inline]
    pub(super) fn base(&self) -> u64 {
        self.base
    }

    /// No record is known that the ledger still holds.
    #[inline(always)]
    pub(super) fn knows_nothing_ahead(&self) -> bool {
        self.entries.end() == self.base
    }

    /// The oldest record of the ledger has come as the next in order: it is remembered, and the ledger releases
    /// it. Only while [nothing ahead is known](Self::knows_nothing_ahead).
    #[inline]
    pub(super) fn pass<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        head: RecordHead,
        message: &[u8],
        findings: &mut Findings,
    ) {
        let (copied_at, len) = self.copy(message);
        let state = State::Intact;
        self.entries.push(Entry { head, state, len, start: 0, hash: 0, next: NONE, copied_at });
        ledger.release();
        self.base += 1;
        self.bound(len == message.len(), findings);
    }

    /// What came in its order and is still remembered is found by its bytes from now on.
    #[cold]
    fn index_passed(&mut self) {
        for position in self.indexed_to.max(self.entries.first())..self.entries.end() {
            let Some(entry) = self.entries.get_mut(position) else { break };
            self.copies.read(entry.copied_at, entry.len, &mut self.scratch);
            let hash = hash(&self.scratch);
            entry.hash = hash;
            self.index.insert(&mut self.entries, hash, position);
            self.index.arrived(hash, position);
        }
        self.indexed_to = self.entries.end();
    }

    /// Learns what was handed over since, as far as the horizon reaches.
    #[inline]
    pub(super) fn learn<L: SessionLedger>(&mut self, ledger: &mut L) {
        if self.indexed_to < self.entries.end() {
            self.index_passed();
        }
        let reach = self.base.saturating_add(self.horizon.records as u64);
        while self.entries.end() < reach && self.learn_one(ledger).is_some() {}
    }

    /// Learns the next record.
    #[inline]
    pub(super) fn learn_one<L: SessionLedger>(&mut self, ledger: &mut L) -> Option<u64> {
        if self.indexed_to < self.entries.end() {
            self.index_passed();
        }
        let position = self.entries.end();
        let record = ledger.peek((position - self.base) as usize)?;
        let hash = hash(record.payload);
        self.entries.push(Entry {
            head: record.head,
            state: State::Waiting,
            len: record.payload.len(),
            start: word(record.payload),
            hash,
            next: NONE,
            copied_at: 0,
        });
        self.index.insert(&mut self.entries, hash, position);
        self.indexed_to = position + 1;
        Some(position)
    }

    /// The oldest record, if `message` is that: the usual case, which needs no hash.
    #[inline]
    pub(super) fn front<L: SessionLedger>(&self, ledger: &mut L, message: &[u8]) -> Option<Found> {
        let position = self.base;
        let next = self.entries.get(position)?.next;
        if !same(ledger.peek(0)?.payload, message) {
            return None;
        }
        Some(Found::among(position, self.waits_from(ledger, next, message)))
    }

    /// The oldest record that waits and is `message`.
    #[inline]
    pub(super) fn waiting<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        hash: u64,
        message: &[u8],
    ) -> Option<Found> {
        let from = self.index.waiting(&self.entries, hash);
        let position = self.waits_from(ledger, from, message)?;
        let next = self.entries.get(position)?.next;
        Some(Found::among(position, self.waits_from(ledger, next, message)))
    }

    /// A record past the horizon that is `message`. Each record is looked at once on this way,
    /// and what is kept of it is smaller than the record in its ledger.
    #[inline]
    pub(super) fn beyond<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        hash: u64,
        message: &[u8],
    ) -> Option<Found> {
        while let Some(position) = self.learn_one(ledger) {
            if self.entries.get(position)?.hash == hash && self.is(ledger, position, message) {
                return Some(Found { position, ambiguous: false });
            }
        }
        None
    }

    /// A record that waits no more and is `message`: the oldest that was given up, or else the one
    /// that came last.
    pub(super) fn resolved<L: SessionLedger>(
        &self,
        ledger: &mut L,
        hash: u64,
        message: &[u8],
    ) -> Option<u64> {
        let (first, latest) = self.index.known(hash);
        let lost = self.chain(first).find(|(position, entry)| {
            entry.state == State::Lost && self.is(ledger, *position, message)
        });
        if let Some((position, _)) = lost {
            return Some(position);
        }
        if self.entries.get(latest).is_some() && self.is(ledger, latest, message) {
            return Some(latest);
        }
        let came = |state| matches!(state, State::Intact | State::Judged);
        self.chain(first)
            .find(|(position, entry)| came(entry.state) && self.is(ledger, *position, message))
            .map(|(position, _)| position)
    }

    /// True when the record at `position` is `message`.
    #[inline]
    pub(super) fn is<L: SessionLedger>(
        &self,
        ledger: &mut L,
        position: u64,
        message: &[u8],
    ) -> bool {
        match position.checked_sub(self.base) {
            Some(k) => ledger.peek(k as usize).is_some_and(|record| same(record.payload, message)),
            None => self.entries.get(position).is_some_and(|entry| {
                entry.len == message.len() && self.copies.hold(entry.copied_at, message)
            }),
        }
    }

    /// True when the record at `position` begins with `message` and goes on.
    #[inline]
    pub(super) fn goes_on<L: SessionLedger>(
        &self,
        ledger: &mut L,
        position: u64,
        message: &[u8],
    ) -> bool {
        match position.checked_sub(self.base) {
            Some(k) => ledger.peek(k as usize).is_some_and(|record| {
                record.payload.len() > message.len() && record.payload.starts_with(message)
            }),
            None => self.entries.get(position).is_some_and(|entry| {
                entry.len > message.len() && self.copies.hold(entry.copied_at, message)
            }),
        }
    }

    /// The record at `position` has come, or comes again.
    #[inline]
    pub(super) fn set(&mut self, position: u64, state: State) {
        if let Some(entry) = self.entries.get_mut(position) {
            entry.state = state;
            self.index.arrived(entry.hash, position);
        }
    }

    /// The oldest record will not come any more.
    #[inline]
    pub(super) fn lose_front(&mut self) {
        if let Some(entry) = self.entries.get_mut(self.base) {
            entry.state = State::Lost;
        }
    }

    /// Releases what no longer waits at the front of the ledger.
    pub(super) fn release<L: SessionLedger>(&mut self, ledger: &mut L, findings: &mut Findings) {
        while self.entries.get(self.base).is_some_and(|entry| entry.state != State::Waiting) {
            let payload = ledger.peek(0).map_or(&[][..], |record| record.payload);
            let all = payload.len();
            let (copied_at, len) = self.copy(payload);
            if let Some(entry) = self.entries.get_mut(self.base) {
                (entry.copied_at, entry.len) = (copied_at, len);
            }
            ledger.release();
            self.base += 1;
            self.bound(len == all, findings);
        }
    }

    /// Copies what a released record holds: where it stands, and how many bytes it is remembered with. One too
    /// long to be remembered is not taken for an empty one.
    #[inline]
    fn copy(&mut self, payload: &[u8]) -> (u64, usize) {
        let kept = if payload.len() <= self.copied_bytes { payload } else { &[] };
        (self.copies.push(kept), kept.len())
    }

    /// Forgets what is too much, or everything up to the last record released if that is not `remembered`.
    #[inline]
    fn bound(&mut self, remembered: bool, findings: &mut Findings) {
        while self.copies.len() > self.copied_bytes
            || self.base - self.entries.first() > self.horizon.records as u64
            || !remembered && self.base > self.entries.first()
        {
            self.forget(findings);
        }
    }

    /// The verdict of records that came more than the horizon before `now_ns`, counted from when
    /// they were handed over, falls: no copy changes it any more.
    #[inline]
    pub(super) fn settle(&mut self, now_ns: u64, findings: &mut Findings) {
        while self.settled < self.base {
            let Some(entry) = self.entries.get_mut(self.settled) else { return };
            if entry.state == State::Intact {
                if !self.horizon.is_past(entry.head.handed_over_ns, now_ns)
                    && !mutant::active(Mutant::SettlesAnIntactDatagramAtOnce)
                {
                    return;
                }
                entry.state = State::Judged;
                findings.tally.add(Verdict::Intact);
            }
            self.settled += 1;
        }
    }

    /// Forgets every record that the ledger has released.
    #[inline]
    pub(super) fn forget_all(&mut self, findings: &mut Findings) {
        while self.entries.first() < self.base {
            self.forget(findings);
        }
    }

    /// Forgets the oldest record.
    fn forget(&mut self, findings: &mut Findings) {
        let position = self.entries.first();
        let Some(entry) = self.entries.pop() else { return };
        if entry.state == State::Intact && !mutant::active(Mutant::ForgetsWithoutAVerdict) {
            findings.tally.add(Verdict::Intact);
        }
        self.settled = self.settled.max(position + 1);
        if position < self.indexed_to {
            self.index.forget(entry.hash, position, entry.next);
        }
        self.copies.drop_oldest(entry.len);
    }

    /// The first record of a chain, from `from` on, that waits and is `message`.
    fn waits_from<L: SessionLedger>(
        &self,
        ledger: &mut L,
        from: u64,
        message: &[u8],
    ) -> Option<u64> {
        self.chain(from)
            .find(|(position, entry)| {
                entry.state == State::Waiting && self.is(ledger, *position, message)
            })
            .map(|(position, _)| position)
    }

    /// A chain from `from` on, as far as it is looked at.
    fn chain(&self, from: u64) -> impl Iterator<Item = (u64, &Entry)> {
        let link = |position| self.entries.get(position).map(|entry| (position, entry));
        std::iter::successors(link(from), move |(_, entry)| link(entry.next)).take(CANDIDATES)
    }
}
