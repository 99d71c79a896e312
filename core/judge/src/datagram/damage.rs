//! Explaining a datagram that equals no record.
//!
//! The first explanation that fits is taken:
//!
//! 1. The beginning of a record that waits: truncated. Without the transport's word that the
//!    datagram was cut, eight bytes or more are needed.
//! 2. Several records that wait, one after the other and whole: merged.
//! 3. A record of its length that waits and agrees in at least half of its bytes: corrupted. Of
//!    several, the one that agrees best.
//! 4. The beginning of a record that came already: a copy; of one given up: late.
//! 5. It was never sent.
//!
//! Of answers over a stream the beginning of the record that waits longest is one of any length, and
//! before 4 stands: a record that waits, whole, beside other bytes: merged; in place of 5, what
//! [`answers`](super::answers) says.
//!
//! A cut datagram was longer than what is left of it, so only the beginnings are tried for it. At
//! most [`CANDIDATES`] records are looked at for each explanation, the oldest that share the
//! arrival's first eight bytes or its length (for 4, the newest that came).

use super::super::compare::{EVIDENCE, common_prefix, word};
use super::super::evidence::{Arrival, Evidence};
use super::super::mutant::{self, Mutant};
use super::super::touched::Touched;
use super::super::{Findings, Receipt, SessionLedger, Verdict};
use super::damage_index::DamageKey;
use super::entries::State;
use super::index::CANDIDATES;
use super::{DatagramJudge, Flaw};

impl DatagramJudge {
    /// Judges an arrival that equals no record.
    #[cold]
    #[inline(never)]
    pub(super) fn damaged<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        arrival: &Arrival<'_>,
        cut: bool,
        findings: &mut Findings,
    ) -> Receipt {
        let message = arrival.bytes;
        let enough = mutant::unless(Mutant::TakesSevenBytesForABeginning, EVIDENCE, EVIDENCE - 1);
        let may_be_cut = cut || message.len() >= enough;
        if self.of_answers && !cut {
            return self.damaged_answer(ledger, arrival, may_be_cut, findings);
        }
        if may_be_cut && self.window.goes_on(ledger, self.window.base(), message) {
            return self.truncated(ledger, self.window.base(), arrival, findings);
        }
        self.damage_index.update(&self.window.entries, self.window.base());
        if may_be_cut && let Some(position) = self.cut_off(ledger, message) {
            return self.truncated(ledger, position, arrival, findings);
        }
        if !cut {
            if let Some((first, count)) = self.joined(ledger, message) {
                return self.merged(ledger, first..first + count, arrival, findings);
            }
            if let Some((position, at)) = self.resembling(ledger, message) {
                let flaw = Flaw { verdict: Verdict::Corrupted, offset: at, at };
                return self.arrives(ledger, position, Some(flaw), arrival, findings);
            }
        }
        if may_be_cut && let Some(position) = self.cut_again(ledger, message) {
            return self.again(position, arrival, findings);
        }
        findings.tally.unexpected_bytes += message.len() as u64;
        findings.tally.unexpected_messages += 1;
        Receipt::default()
    }

    fn truncated<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        position: u64,
        arrival: &Arrival<'_>,
        findings: &mut Findings,
    ) -> Receipt {
        let len = arrival.bytes.len();
        let flaw = Flaw { verdict: Verdict::Truncated, offset: len, at: len };
        self.arrives(ledger, position, Some(flaw), arrival, findings)
    }

    /// The oldest waiting record that begins with `message` and goes on.
    pub(super) fn cut_off<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        message: &[u8],
    ) -> Option<u64> {
        let shown = match message.len() {
            EVIDENCE.. => DamageKey::Start(word(message)),
            _ => DamageKey::Any,
        };
        let candidates = self.damage_index.oldest(shown, &self.window.entries);
        candidates.into_iter().find(|position| self.window.goes_on(ledger, *position, message))
    }

    /// The first of the waiting records that are `message` when put together, and how many.
    fn joined<L: SessionLedger>(&mut self, ledger: &mut L, message: &[u8]) -> Option<(u64, u64)> {
        let mut candidates = vec![self.window.base()];
        if message.len() >= EVIDENCE {
            let start = DamageKey::Start(word(message));
            candidates.extend(self.damage_index.oldest(start, &self.window.entries));
        }
        candidates.into_iter().find_map(|first| Some((first, self.join(ledger, first, message)?)))
    }

    /// How many records, from `first` on, are `message` when put together: two or more.
    fn join<L: SessionLedger>(&self, ledger: &mut L, first: u64, message: &[u8]) -> Option<u64> {
        let (mut rest, mut next) = (message, first);
        while !rest.is_empty() {
            if !self.window.entries.is_waiting(next) {
                return None;
            }
            let record = ledger.peek((next - self.window.base()) as usize)?;
            if record.payload.is_empty() {
                return None;
            }
            rest = rest.strip_prefix(record.payload)?;
            next += 1;
        }
        (next - first >= 2).then_some(next - first)
    }

    fn merged<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        positions: std::ops::Range<u64>,
        arrival: &Arrival<'_>,
        findings: &mut Findings,
    ) -> Receipt {
        let mut touched = Touched::default();
        let forgotten = u64::from(mutant::active(Mutant::ForgetsTheLastOfJoinedDatagrams));
        let positions = positions.start..positions.end - forgotten;
        for position in positions.clone() {
            touched.extend(self.window.entries.get(position).map(|entry| entry.head));
        }
        self.merged_from(ledger, positions, 0, arrival, findings);
        touched.receipt(false)
    }

    /// These records stand in the message one after the other, from `at` on.
    pub(super) fn merged_from<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        positions: std::ops::Range<u64>,
        mut at: usize,
        arrival: &Arrival<'_>,
        findings: &mut Findings,
    ) {
        for position in positions {
            let Some(entry) = self.window.entries.get(position) else { break };
            let len = entry.len;
            at += len;
            let flaw = Flaw { verdict: Verdict::Merged, offset: len, at };
            self.arrives(ledger, position, Some(flaw), arrival, findings);
        }
    }

    /// The waiting record of this length that agrees best, and the first byte that does not.
    pub(super) fn resembling<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        message: &[u8],
    ) -> Option<(u64, usize)> {
        let length = DamageKey::Length(message.len());
        let mut best = None;
        let share = mutant::unless(Mutant::CorruptsWhatHardlyAgrees, 2, 3);
        let mut most = message.len().div_ceil(share).max(1);
        for position in self.damage_index.oldest(length, &self.window.entries) {
            let record = ledger.peek((position - self.window.base()) as usize)?;
            let agreeing = record.payload.iter().zip(message).filter(|(a, b)| a == b).count();
            if agreeing >= most && agreeing < message.len() {
                most = mutant::unless(
                    Mutant::CorruptsTheOldestThatAgrees,
                    agreeing + 1,
                    message.len(),
                );
                best = Some((position, common_prefix(record.payload, message)));
            }
        }
        best
    }

    /// A record that waits no more, begins with `message` and goes on: the one that came last.
    pub(super) fn cut_again<L: SessionLedger>(
        &self,
        ledger: &mut L,
        message: &[u8],
    ) -> Option<u64> {
        let entries = &self.window.entries;
        let end = self.arrived_to.max(self.window.base());
        (entries.first()..end).rev().take(CANDIDATES).find(|position| {
            entries.get(*position).is_some_and(|entry| entry.state != State::Waiting)
                && self.window.goes_on(ledger, *position, message)
        })
    }
}

impl Flaw {
    /// Shows it.
    #[inline]
    pub(super) fn evidence(self, payload: &[u8], arrival: &Arrival<'_>) -> Evidence {
        Evidence::new(payload, self.offset, arrival, self.at)
    }
}
