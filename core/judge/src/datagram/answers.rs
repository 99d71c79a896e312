//! Answers over a stream that equal no request: told apart by a framing, they may come in several
//! pieces, and what nothing explains is an answer all the same.
//!
//! - The rest of a record that has begun: split when its pieces hold nothing else, else straddled.
//!   What comes otherwise ends it: truncated.
//! - Records that wait, one after the other and whole, and the beginning of the next: merged, and the
//!   last one has begun.
//! - A record that waits, whole, and other bytes behind or before it: merged.
//! - What nothing explains stands for the record that waits longest and has nothing that stands for it.
//!   If that record comes itself, it was never sent; if it does not, the record is corrupted.

use super::super::compare::{EVIDENCE, common_prefix, is_evidence, word};
use super::super::evidence::{Arrival, Evidence};
use super::super::mutant::{self, Mutant};
use super::super::touched::Touched;
use super::super::{Findings, Receipt, SessionLedger, Verdict};
use super::damage_index::DamageKey;
use super::deferred::conclude;
use super::entries::State;
use super::index::CANDIDATES;
use super::{DatagramJudge, Flaw, intact_receipt};

/// The records that one message holds.
struct Joined {
    first: u64,
    /// How many of them are whole.
    count: u64,
    /// Bytes of the next one that stand behind them.
    tail: usize,
}

impl DatagramJudge {
    /// Judges an answer that equals no record. `may_be_cut`: it is long enough to be believed to be the
    /// beginning of one.
    pub(super) fn damaged_answer<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        arrival: &Arrival<'_>,
        may_be_cut: bool,
        findings: &mut Findings,
    ) -> Receipt {
        let message = arrival.bytes;
        let oldest = self.window.base();
        if !message.is_empty() && self.window.goes_on(ledger, oldest, message) {
            return self.begin(ledger, oldest, (0, message.len()), arrival, findings);
        }
        self.damage_index.update(&self.window.entries, oldest);
        if may_be_cut && let Some(position) = self.cut_off(ledger, message) {
            return self.begin(ledger, position, (0, message.len()), arrival, findings);
        }
        if let Some(joined) = self.joined_with_tail(ledger, message) {
            return self.hold_several(ledger, &joined, 0, arrival, findings);
        }
        if let Some((position, at)) = self.resembling(ledger, message) {
            let flaw = Flaw { verdict: Verdict::Corrupted, offset: at, at };
            return self.arrives(ledger, position, Some(flaw), arrival, findings);
        }
        if let Some((position, at)) = self.beside_others(ledger, message) {
            return self.holds_more(ledger, (position, at), arrival, findings);
        }
        if may_be_cut && let Some(position) = self.cut_again(ledger, message) {
            return self.again(position, arrival, findings);
        }
        self.unexplained(ledger, arrival, findings)
    }

    /// What comes while a record has begun: its rest, or something else, which ends it.
    #[cold]
    pub(super) fn goes_on<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        arrival: &Arrival<'_>,
        findings: &mut Findings,
    ) -> Option<Receipt> {
        let begun = self.deferred.take_begun()?;
        let (position, message) = (begun.position, arrival.bytes);
        if !self.window.entries.is_waiting(position) {
            return None;
        }
        let record = ledger.peek(position.checked_sub(self.window.base())? as usize)?;
        let (head, rest) = (record.head, record.payload.get(begun.covered..).unwrap_or_default());
        let both = rest.len().min(message.len());
        if both == 0 || rest[..both] != message[..both] {
            self.deferred.restore(begun);
            if let Some(open) = self.deferred.take(position) {
                conclude(head, record.payload, open, findings);
            }
            self.close(ledger, position, findings);
            return None;
        }
        if both < rest.len() {
            self.deferred.restore(begun.with_more(both));
            return Some(Receipt { intact: false, ..intact_receipt(&head) });
        }
        let alone = !begun.shared && both == message.len();
        let alone = alone || mutant::active(Mutant::CallsAStraddledAnswerSplit);
        let verdict = if alone { Verdict::Split } else { Verdict::Straddled };
        let flaw = Flaw { verdict, offset: begun.covered, at: 0 };
        let receipt = self.arrives(ledger, position, Some(flaw), arrival, findings);
        if both == message.len() {
            return Some(receipt);
        }
        let joined = self.join_from(ledger, position + 1, &message[both..]);
        match joined.filter(|joined| joined.count > 0 || joined.tail > 0) {
            Some(joined) => {
                let others = self.hold_several(ledger, &joined, both, arrival, findings);
                let last_exchange = receipt.last_exchange.max(others.last_exchange);
                Some(Receipt { last_exchange, ..receipt })
            }
            None => {
                findings.tally.unexpected_bytes += (message.len() - both) as u64;
                Some(receipt)
            }
        }
    }

    /// A beginning of the record at `position` has come: `from..to` of the arrival.
    fn begin<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        position: u64,
        (from, to): (usize, usize),
        arrival: &Arrival<'_>,
        findings: &mut Findings,
    ) -> Receipt {
        let Some(entry) = self.window.entries.get(position) else { return Receipt::default() };
        let head = entry.head;
        let covered = to - from;
        let wanted = findings.wants(Verdict::Truncated);
        let k = position.saturating_sub(self.window.base()) as usize;
        let evidence = ledger
            .peek(k)
            .filter(|_| wanted)
            .map(|record| Evidence::new(record.payload, covered, arrival, to));
        self.deferred.begin(position, covered, from > 0, evidence);
        Receipt { intact: false, ..intact_receipt(&head) }
    }

    /// Records that wait are the message from `from` on.
    fn hold_several<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        joined: &Joined,
        from: usize,
        arrival: &Arrival<'_>,
        findings: &mut Findings,
    ) -> Receipt {
        let whole = joined.first..joined.first + joined.count;
        let mut touched = Touched::default();
        let next = self.window.entries.get(whole.end).map(|entry| entry.head);
        for position in whole.clone() {
            touched.extend(self.window.entries.get(position).map(|entry| entry.head));
        }
        if joined.count > 0 {
            self.merged_from(ledger, whole.clone(), from, arrival, findings);
        }
        if joined.tail > 0 {
            touched.extend(next);
            let len = arrival.bytes.len();
            self.begin(ledger, whole.end, (len - joined.tail, len), arrival, findings);
        }
        touched.receipt(false)
    }

    /// The first of the waiting records that are `message` when put together, the last of them perhaps
    /// only begun.
    fn joined_with_tail<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        message: &[u8],
    ) -> Option<Joined> {
        let mut candidates = vec![self.window.base()];
        if message.len() >= EVIDENCE {
            let start = DamageKey::Start(word(message));
            candidates.extend(self.damage_index.oldest(start, &self.window.entries));
        }
        candidates.into_iter().find_map(|first| {
            let joined = self.join_from(ledger, first, message)?;
            let believed = joined.count > 1 || joined.count == 1 && is_evidence(joined.tail);
            believed.then_some(joined)
        })
    }

    /// Records from `first` on that are `message` when put together.
    fn join_from<L: SessionLedger>(
        &self,
        ledger: &mut L,
        first: u64,
        message: &[u8],
    ) -> Option<Joined> {
        let (mut rest, mut next) = (message, first);
        while !rest.is_empty() {
            if !self.window.entries.is_waiting(next) {
                return None;
            }
            let record = ledger.peek(next.checked_sub(self.window.base())? as usize)?;
            if record.payload.is_empty() {
                return None;
            }
            match rest.strip_prefix(record.payload) {
                Some(behind) => rest = behind,
                None if record.payload.starts_with(rest) => break,
                None => return None,
            }
            next += 1;
        }
        Some(Joined { first, count: next - first, tail: rest.len() })
    }

    /// The waiting record that stands whole at the beginning or at the end of the message, and where.
    fn beside_others<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        message: &[u8],
    ) -> Option<(u64, usize)> {
        let mut candidates = vec![self.window.base()];
        if message.len() >= EVIDENCE {
            let start = DamageKey::Start(word(message));
            candidates.extend(self.damage_index.oldest(start, &self.window.entries));
        }
        candidates.into_iter().find_map(|position| {
            let k = position.checked_sub(self.window.base())? as usize;
            let payload = ledger.peek(k)?.payload;
            if payload.is_empty() || !self.window.entries.is_waiting(position) {
                return None;
            }
            if message.starts_with(payload) {
                return Some((position, 0));
            }
            let at = message.len().checked_sub(payload.len())?;
            (is_evidence(payload.len()) && message.ends_with(payload)).then_some((position, at))
        })
    }

    /// The message holds the record at `position` from `at` on, and bytes that were never sent.
    fn holds_more<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        (position, at): (u64, usize),
        arrival: &Arrival<'_>,
        findings: &mut Findings,
    ) -> Receipt {
        let len = self.window.entries.get(position).map_or(0, |entry| entry.len);
        findings.tally.unexpected_bytes += arrival.bytes.len().saturating_sub(len) as u64;
        let (offset, shown) = if at == 0 { (len, len) } else { (0, at) };
        let flaw = Flaw { verdict: Verdict::Merged, offset, at: shown };
        self.arrives(ledger, position, Some(flaw), arrival, findings)
    }

    /// Nothing explains the message.
    fn unexplained<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        arrival: &Arrival<'_>,
        findings: &mut Findings,
    ) -> Receipt {
        let message = arrival.bytes;
        let from = self.deferred.free_from(self.window.base());
        let entries = &self.window.entries;
        let never = mutant::active(Mutant::TakesAWrongAnswerForNone);
        let waits = (from..if never { from } else { entries.end() })
            .take(CANDIDATES)
            .find(|at| entries.is_waiting(*at));
        let stands_for = waits.and_then(|position| {
            let k = position.checked_sub(self.window.base())? as usize;
            Some((position, ledger.peek(k)?))
        });
        let Some((position, record)) = stands_for else {
            findings.tally.unexpected_bytes += message.len() as u64;
            findings.tally.unexpected_messages += 1;
            return Receipt::default();
        };
        let equal = common_prefix(record.payload, message);
        let evidence = Evidence::new(record.payload, equal, arrival, equal);
        let head = record.head;
        if let Some(oldest) = self.deferred.suspect(position, message.len(), evidence) {
            self.conclude_suspect(ledger, oldest, findings);
        }
        Receipt { intact: false, ..intact_receipt(&head) }
    }

    /// The verdict of a record falls that a message stands for.
    fn conclude_suspect<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        position: u64,
        findings: &mut Findings,
    ) {
        let Some(open) = self.deferred.take(position) else { return };
        let Some(k) = position.checked_sub(self.window.base()) else { return };
        let Some(record) = ledger.peek(k as usize) else { return };
        conclude(record.head, record.payload, open, findings);
        self.close(ledger, position, findings);
    }

    /// The record at `position` has its verdict.
    fn close<L: SessionLedger>(&mut self, ledger: &mut L, position: u64, findings: &mut Findings) {
        self.window.set(position, State::Judged);
        self.arrived_to = self.arrived_to.max(position + 1);
        self.window.release(ledger, findings);
    }
}
