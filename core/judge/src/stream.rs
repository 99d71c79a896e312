//! The judge of one direction of a session whose transport keeps the order.
//!
//! A cursor walks the records as if their payloads stood in one long string, and every received
//! message is laid against that string where the last one ended.
//!
//! **While the bytes agree**, only the boundaries matter. A record's verdict falls when its last
//! byte is covered: alone in one received message it is intact, whole beside other bytes it is
//! merged, in several messages that hold nothing else it is split, in pieces of which one stands
//! beside other bytes it is straddled.
//!
//! **Where they disagree**, the rules of [`mismatch`](super::mismatch) say what happened.
//!
//! **Empty records** are intact only by an empty message when they are due. When the bytes of a
//! record behind them arrive, nothing of them arrived: lost. An empty message where none is due
//! was never sent, and changes nothing.
//!
//! A stream neither repeats nor overtakes, so duplicated and reordered are not found here: a
//! message that comes a second time was never sent a second time, and its bytes are unexpected.
//!
//! The work on a received message is bounded by its length and that of the records it resolves,
//! whatever it holds.

use super::compare::{is_evidence, same};
use super::evidence::{Arrival, Evidence};
use super::mutant::{self, Mutant};
use super::search::Budget;
use super::touched::{Touched, beyond};
use super::{Findings, Receipt, RecordHead, SessionLedger, Verdict};

/// Judges one direction of one session whose transport keeps the order.
///
/// Messages that come alone, whole and unchanged are `intact`. Where a received message holds more
/// or less than one record, or other bytes, each record concerned gets the one verdict that says
/// what happened to it; bytes that no record explains are counted as unexpected. After a mismatch
/// the judge looks up to 64 records or 1 MiB ahead and believes nothing under eight equal bytes,
/// so messages shorter than that cannot be told apart when one of equal length is missing.
#[derive(Debug)]
pub struct StreamJudge {
    /// True when the cursor stands at the start of the oldest record and nothing is pending.
    fresh: bool,
    /// Bytes of the oldest record that are accounted for.
    pub(super) covered: usize,
    /// One of its pieces stood beside other bytes.
    pub(super) shared: bool,
    /// Some of its bytes arrived changed.
    corrupted: bool,
    /// Where it was first cut or changed, while an example is still wanted.
    evidence: Option<Evidence>,
    /// A message of the oldest record's length came with other bytes: that length. Whether the
    /// record was corrupted or the message never sent shows with the next message.
    suspect: Option<usize>,
}

/// The state of matching one received message against the records.
pub(super) struct MatchState<'a, L> {
    pub(super) ledger: &'a mut L,
    pub(super) findings: &'a mut Findings,
    pub(super) arrival: Arrival<'a>,
    /// What is judged of it: everything before this index is.
    pub(super) at: usize,
    pub(super) budget: Budget,
    touched: Touched,
    intact: bool,
}

impl<'a, L: SessionLedger> MatchState<'a, L> {
    fn new(ledger: &'a mut L, findings: &'a mut Findings, arrival: Arrival<'a>) -> Self {
        let budget = Budget::new(arrival.bytes.len());
        Self {
            ledger,
            findings,
            arrival,
            at: 0,
            budget,
            touched: Touched::default(),
            intact: false,
        }
    }

    /// What is not judged yet.
    #[inline]
    pub(super) fn rest(&self) -> &'a [u8] {
        &self.arrival.bytes[self.at..]
    }

    /// The next `bytes` of the message were never sent.
    #[inline]
    pub(super) fn unexpected(&mut self, bytes: usize) {
        let counted =
            mutant::unless(Mutant::MiscountsUnexpectedBytes, bytes, bytes.saturating_sub(1));
        self.findings.tally.unexpected_bytes += counted as u64;
        self.at += bytes;
    }
}

impl Default for StreamJudge {
    fn default() -> Self {
        Self::new()
    }
}

impl StreamJudge {
    /// A judge at the start of the session.
    #[inline]
    pub fn new() -> Self {
        Self {
            fresh: true,
            covered: 0,
            shared: false,
            corrupted: false,
            evidence: None,
            suspect: None,
        }
    }

    /// True where a message is intact if it is exactly the oldest record: nothing of it has come before,
    /// and no earlier message waits for its verdict.
    #[inline(always)]
    pub fn awaits_whole_record(&self) -> bool {
        self.fresh
    }

    /// Judges a received message against the ledger of what the other side handed over.
    ///
    /// Records that get their verdict are counted and released; those that are not intact are
    /// also appended to [`Findings::judged`]. An intact message costs a comparison and little
    /// else.
    ///
    /// [`Receipt`] covers the exchanges of all records that the message holds bytes of, as far as
    /// they are consecutive; it covers none when nothing in the message was sent. A message of
    /// the due record's length but with other bytes counts as that record's, even if the next
    /// message shows that it was never sent: its window slot must not wait for that.
    #[inline(always)]
    pub fn receive(
        &mut self,
        ledger: &mut impl SessionLedger,
        message: &[u8],
        received_ns: u64,
        findings: &mut Findings,
    ) -> Receipt {
        if self.fresh
            && let Some(head) = ledger.release_if(message)
        {
            findings.tally.add(Verdict::Intact);
            return intact_receipt(&head);
        }
        let arrival = Arrival { bytes: message, received_ns };
        self.walk(MatchState::new(ledger, findings, arrival))
    }

    /// The stream is over: every record left gets its verdict. What began to arrive is truncated
    /// (or corrupted), the rest is lost.
    #[inline]
    pub fn end(&mut self, ledger: &mut impl SessionLedger, findings: &mut Findings) {
        let arrival = Arrival { bytes: &[], received_ns: 0 };
        let mut state = MatchState::new(ledger, findings, arrival);
        self.corrupted |= self.suspect.take().is_some();
        if mutant::active(Mutant::LosesNothingAtTheEnd) {
            return;
        }
        while self.give_up(&mut state) {}
    }

    #[cold]
    #[inline(never)]
    fn walk<L: SessionLedger>(&mut self, mut state: MatchState<'_, L>) -> Receipt {
        let state = &mut state;
        self.settle(state);
        if let Some(record) = state.ledger.peek(0)
            && self.covered == 0
            && same(record.payload, state.arrival.bytes)
        {
            return self.intact(state);
        }
        while state.at < state.arrival.bytes.len() {
            let rest = state.rest();
            let Some(record) = state.ledger.peek(0) else {
                state.unexpected(rest.len());
                break;
            };
            let expected = record.payload.get(self.covered..).unwrap_or_default();
            let both = expected.len().min(rest.len());
            if both > 0 && same(&expected[..both], &rest[..both]) {
                self.cover(state, both);
            } else {
                self.mismatch(state);
            }
        }
        if !state.touched.any() && !mutant::active(Mutant::OverlooksAnUnexpectedMessage) {
            state.findings.tally.unexpected_messages += 1;
        }
        self.fresh = self.covered == 0 && self.suspect.is_none();
        state.touched.receipt(state.intact)
    }

    /// Decides on a message of equal length that came before this one: when this one is the
    /// record, that one was never sent.
    fn settle<L: SessionLedger>(&mut self, state: &mut MatchState<'_, L>) {
        let Some(suspect_len) = self.suspect.take() else { return };
        let message = state.arrival.bytes;
        let due = state.ledger.peek(0).is_some_and(|record| agrees(record.payload, message));
        let next = state.ledger.peek(1).is_some_and(|record| agrees(record.payload, message));
        if due && !next {
            state.findings.tally.unexpected_bytes += suspect_len as u64;
            state.findings.tally.unexpected_messages += 1;
            self.evidence = None;
        } else {
            // The evidence was taken when the message came; nothing of this one belongs to it.
            self.conclude(state, Verdict::Corrupted);
        }
    }

    /// The whole message has the length of the whole record, but not its bytes after `equal`.
    #[inline]
    pub(super) fn suspect<L: SessionLedger>(
        &mut self,
        state: &mut MatchState<'_, L>,
        equal: usize,
    ) {
        if mutant::active(Mutant::WaitsForNoNextMessage) {
            return self.corrupt(state, state.arrival.bytes.len(), equal);
        }
        self.mark_corrupted(state, equal);
        self.corrupted = false;
        self.suspect = Some(state.arrival.bytes.len());
        state.at = state.arrival.bytes.len();
    }

    /// The next `bytes` of the message are, or stand for, those of the oldest record.
    pub(super) fn cover<L: SessionLedger>(&mut self, state: &mut MatchState<'_, L>, bytes: usize) {
        let Some(record) = state.ledger.peek(0) else { return };
        state.touched.add(&record.head);
        let first = self.covered == 0;
        let alone = bytes == state.arrival.bytes.len();
        state.at += bytes;
        self.covered += bytes;
        self.shared |= !alone;
        if self.covered < record.payload.len() {
            if self.evidence.is_none() && wants_cut(state.findings) {
                let cut = Evidence::new(record.payload, self.covered, &state.arrival, state.at);
                self.evidence = Some(cut);
            }
            return;
        }
        match self.whole(first) {
            Verdict::Intact => {
                self.intact(state);
            }
            Verdict::Merged
                if state.at > bytes
                    && mutant::active(Mutant::CountsOnlyTheFirstOfMergedMessages) =>
            {
                self.next(state);
            }
            verdict => self.conclude(state, verdict),
        }
    }

    /// The verdict of the oldest record now that all of it is covered, by the `first` message that
    /// held any of it or by several.
    fn whole(&self, first: bool) -> Verdict {
        use mutant::unless;
        let corrupted = self.corrupted;
        if unless(Mutant::CallsACorruptedMessageSplit, corrupted, corrupted && first) {
            return Verdict::Corrupted;
        }
        match (first, self.shared) {
            (true, false) => Verdict::Intact,
            (true, true) => {
                unless(Mutant::CallsAMergedMessageIntact, Verdict::Merged, Verdict::Intact)
            }
            (false, false) => {
                unless(Mutant::CallsASplitMessageIntact, Verdict::Split, Verdict::Intact)
            }
            (false, true) => {
                unless(Mutant::CallsAStraddledMessageSplit, Verdict::Straddled, Verdict::Split)
            }
        }
    }

    /// The next `bytes` of the message stand for as many of the oldest record, but differ after
    /// `equal` of them.
    #[inline]
    pub(super) fn corrupt<L: SessionLedger>(
        &mut self,
        state: &mut MatchState<'_, L>,
        bytes: usize,
        equal: usize,
    ) {
        self.mark_corrupted(state, equal);
        self.cover(state, bytes);
    }

    /// The oldest record arrives changed from `equal` bytes after the cursor on.
    #[inline]
    pub(super) fn mark_corrupted<L: SessionLedger>(
        &mut self,
        state: &mut MatchState<'_, L>,
        equal: usize,
    ) {
        let Some(record) = state.ledger.peek(0) else { return };
        state.touched.add(&record.head);
        if !self.corrupted && state.findings.wants(Verdict::Corrupted) {
            let (offset, at) = (self.covered + equal, state.at + equal);
            self.evidence = Some(Evidence::new(record.payload, offset, &state.arrival, at));
        }
        self.corrupted = !mutant::active(Mutant::ForgetsThatBytesChanged);
    }

    /// The cursor moves on by `records`, which did not arrive, or not to their end.
    #[inline]
    pub(super) fn skip<L: SessionLedger>(&mut self, state: &mut MatchState<'_, L>, records: usize) {
        for _ in 0..mutant::unless(Mutant::SkipsOneRecordTooMany, records, records + 1) {
            self.give_up(state);
        }
    }

    /// Nothing more of the oldest record will come. False when there is none.
    fn give_up<L: SessionLedger>(&mut self, state: &mut MatchState<'_, L>) -> bool {
        if state.ledger.peek(0).is_none() {
            return false;
        }
        let verdict = if self.corrupted {
            Verdict::Corrupted
        } else if self.covered > 0 {
            mutant::unless(Mutant::CallsATruncatedMessageLost, Verdict::Truncated, Verdict::Lost)
        } else {
            Verdict::Lost
        };
        self.conclude(state, verdict);
        true
    }

    /// The oldest record is the whole message.
    fn intact<L: SessionLedger>(&mut self, state: &mut MatchState<'_, L>) -> Receipt {
        let head = state.ledger.peek(0).map(|record| record.head).unwrap_or_default();
        state.intact = true;
        state.findings.tally.add(Verdict::Intact);
        if mutant::active(Mutant::CountsAMessageTwice) {
            state.findings.tally.add(Verdict::Intact);
        }
        self.next(state);
        intact_receipt(&head)
    }

    /// The oldest record's verdict falls, and it is not intact. Where no earlier place was kept,
    /// the evidence is the place in the message at which that shows.
    fn conclude<L: SessionLedger>(&mut self, state: &mut MatchState<'_, L>, verdict: Verdict) {
        let Some(record) = state.ledger.peek(0) else { return };
        let (arrival, at, covered) = (&state.arrival, state.at, self.covered);
        let evidence = self.evidence.take();
        state.findings.anomaly(record.head, verdict, || {
            evidence.unwrap_or_else(|| Evidence::new(record.payload, covered, arrival, at))
        });
        self.next(state);
    }

    /// On to the next record.
    fn next<L: SessionLedger>(&mut self, state: &mut MatchState<'_, L>) {
        state.ledger.release();
        self.fresh = true;
        self.covered = 0;
        self.shared = false;
        self.corrupted = false;
        self.evidence = None;
    }
}

/// The receipt of exactly this record, alone and unchanged.
#[inline(always)]
pub(super) fn intact_receipt(head: &RecordHead) -> Receipt {
    Receipt {
        intact: true,
        ambiguous: false,
        exchange: head.exchange,
        exchanges: head.exchanges,
        last_exchange: beyond(head.exchange, head.exchanges).saturating_sub(1),
        measured: head.measured,
        handed_over_ns: head.handed_over_ns,
        cause_received_ns: head.cause_received_ns,
    }
}

/// True when a cut may still need its example.
fn wants_cut(findings: &Findings) -> bool {
    [Verdict::Split, Verdict::Straddled, Verdict::Truncated].iter().any(|v| findings.wants(*v))
}

/// True when one begins with the other, by enough bytes to be believed.
fn agrees(record: &[u8], message: &[u8]) -> bool {
    let both = record.len().min(message.len());
    (is_evidence(both) || record.len() == message.len()) && record[..both] == message[..both]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VecLedger;

    #[test]
    fn an_intact_message_is_heard_with_its_exchange() {
        let (mut judge, mut ledger) = (StreamJudge::new(), VecLedger::new());
        let mut findings = Findings::new(3);
        ledger.hand_over(b"first");
        ledger.hand_over(b"second");
        let receipt = judge.receive(&mut ledger, b"first", 10, &mut findings);
        assert_eq!((receipt.intact, receipt.exchange, receipt.exchanges), (true, 1, 1));
        let receipt = judge.receive(&mut ledger, b"second", 11, &mut findings);
        assert_eq!((receipt.intact, receipt.exchange, receipt.exchanges), (true, 2, 1));
        assert_eq!(findings.tally.get(Verdict::Intact), 2);
        assert!(findings.judged.is_empty());
    }

    #[test]
    fn a_merged_message_is_heard_with_all_its_exchanges() {
        let (mut judge, mut ledger) = (StreamJudge::new(), VecLedger::new());
        let mut findings = Findings::new(3);
        for payload in [b"one", b"two", b"six"] {
            ledger.hand_over(payload);
        }
        let receipt = judge.receive(&mut ledger, b"onetwosix", 10, &mut findings);
        assert_eq!((receipt.intact, receipt.exchange, receipt.exchanges), (false, 1, 3));
        assert_eq!(findings.tally.get(Verdict::Merged), 3);
        assert_eq!(findings.judged.len(), 3);
    }
}
