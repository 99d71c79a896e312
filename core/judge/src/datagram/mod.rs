//! The judge of one direction of a session whose transport keeps the boundaries of messages, and
//! nothing else: they may be lost, come twice, overtake each other, and be cut.
//!
//! **A record is found by its bytes.** A hash finds candidates, a comparison decides. Of several
//! equal records that wait, the oldest takes the arrival; which one it really was cannot be told,
//! so [`Receipt::ambiguous`] is set. An empty message is a message like any other.
//!
//! **The [`Horizon`]** is how far back an arrival may match. A record is given up, and lost, when
//! one that was handed over `records` or more places after it has come, or when more than `ns`
//! have passed since it was handed over. The next `records` are looked at for every arrival, and
//! what was handed over after those only for one that is none of them: a flood may lose more in a
//! row than the horizon is long. Times follow the order of handing over: a record is not given up
//! before those in front of it.
//!
//! **What came whole** is reordered when one that was handed over later had come before it: it is
//! the one that is late. Else it is duplicated when a copy follows while it is within the horizon
//! (by time, or by the memory below), else intact. So the receipt of an intact message says so at once, and its
//! verdict falls later; all other verdicts fall as soon as they are known. What comes again adds to
//! [`Tally::copies`](super::Tally::copies), and what comes after it was given up to
//! [`Tally::late`](super::Tally::late): its verdict stays. A record that came damaged stays so,
//! and what comes of it after that is a copy; the cut copy of one that came whole is one too.
//!
//! **What came otherwise** is explained by the rules of [`damage`].
//!
//! **Memory.** The ledger's memory is released as soon as a record and all before it have come or
//! are given up; those that came early wait there, marked. Of what is released, as many records as
//! the horizon has are remembered with their bytes, in 1 MiB at most. The verdict of what has to
//! be forgotten falls early, and what comes of it after that was never sent.
//!
//! **Answers over a stream.** A server that is not ours and sends every message back may lose, repeat,
//! reorder and change answers although its transport loses nothing; a framing tells them apart. There
//! ([`DatagramJudge::of_answers`]) the order of equal messages is that of the stream, messages may come
//! in several pieces (see [`answers`]), and what nothing explains stands for the request that waits
//! longest, unless that comes itself (see [`deferred`]).
//!
//! **Work.** Each record is hashed and linked once, copied once and forgotten once. An arrival is
//! compared with the oldest record, and if it is not that, hashed and compared with up to 64
//! records a question (see [`index`], [`damage`]), whatever the bytes are and however many wait.

mod answers;
mod copies;
mod damage;
mod damage_index;
mod deferred;
mod entries;
mod index;
mod window;

use super::compare::same;
use super::evidence::{Arrival, Evidence};
use super::mutant::{self, Mutant};
use super::stream::intact_receipt;
use super::{Findings, Receipt, SessionLedger, Verdict};
use damage_index::DamageIndex;
use deferred::{Deferred, conclude};
use entries::State;
use window::{COPIED_BYTES, Found, Window};

/// How far back an arrival may match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// A record is given up when one that was handed over so many places after it has come (at
    /// least 1). As many are remembered after that, to recognise copies.
    pub records: usize,
    /// A record is given up so long after it was handed over.
    pub ns: u64,
}

impl Default for Horizon {
    /// 4,096 records, one second.
    fn default() -> Self {
        Self { records: 4_096, ns: 1_000_000_000 }
    }
}

impl Horizon {
    /// True when what was handed over then is out of reach now.
    fn is_past(&self, handed_over_ns: u64, now_ns: u64) -> bool {
        let early = u64::from(mutant::active(Mutant::GivesUpTooEarly));
        handed_over_ns.saturating_add(self.ns) < now_ns.saturating_add(early)
            && !mutant::active(Mutant::IgnoresTheHorizonOfTime)
    }
}

/// Judges one direction of one session whose transport keeps the boundaries of messages, but may
/// lose, repeat, reorder and cut them.
///
/// Every record gets exactly one verdict: intact, reordered, duplicated, truncated, corrupted,
/// merged or lost; of answers over a stream also split or straddled. What was never sent is counted as
/// unexpected.
#[derive(Debug)]
pub struct DatagramJudge {
    window: Window,
    damage_index: DamageIndex,
    /// Messages are told apart by a framing over a stream.
    of_answers: bool,
    /// What is open of answers.
    deferred: Deferred,
    /// The position after the last record, in the order of handing over, of which anything came.
    arrived_to: u64,
}

/// Why a record is not intact, and where that shows: `offset` in it, `at` in the arrival.
#[derive(Clone, Copy, Debug)]
struct Flaw {
    verdict: Verdict,
    offset: usize,
    at: usize,
}

impl Default for DatagramJudge {
    fn default() -> Self {
        Self::new(Horizon::default())
    }
}

impl DatagramJudge {
    /// A judge at the start of the session.
    #[inline]
    pub fn new(horizon: Horizon) -> Self {
        Self {
            window: Window::new(horizon, COPIED_BYTES),
            damage_index: DamageIndex::default(),
            of_answers: false,
            deferred: Deferred::default(),
            arrived_to: 0,
        }
    }

    /// A judge of answers that a server sends back over a stream, told apart by a framing. It remembers so
    /// many bytes at most of those that came, to know them again.
    #[inline]
    pub fn of_answers(horizon: Horizon, remembered_bytes: usize) -> Self {
        let window = Window::new(horizon, remembered_bytes);
        Self { of_answers: true, window, ..Self::new(horizon) }
    }

    /// Judges a received message against the ledger of what the other side handed over.
    ///
    /// `cut` is the transport's word that the datagram was longer than what was read of it
    /// (MSG_TRUNC). `received_ns` is when the read returned, on the clock of
    /// [`RecordHead::handed_over_ns`](super::RecordHead::handed_over_ns). Records that are given
    /// up by then get their verdict too.
    ///
    /// [`Receipt`] names the exchange of the record that the message is, or stands for; it is
    /// intact for the first whole arrival of a record, a reordered one included, and not for
    /// copies and what comes late.
    pub fn receive(
        &mut self,
        ledger: &mut impl SessionLedger,
        message: &[u8],
        cut: bool,
        received_ns: u64,
        findings: &mut Findings,
    ) -> Receipt {
        let cut = mutant::unless(Mutant::IgnoresTheTransportsWord, cut, false);
        if self.of_answers
            && !cut
            && let Some(receipt) = self.next_in_order(ledger, message, received_ns, findings)
        {
            return receipt;
        }
        if !mutant::active(Mutant::CountsALateDatagramInTime) {
            self.expire(ledger, received_ns, findings);
        }
        self.window.learn(ledger);
        let arrival = Arrival { bytes: message, received_ns };
        if cut {
            return self.damaged(ledger, &arrival, cut, findings);
        }
        if !self.deferred.is_empty()
            && let Some(receipt) = self.goes_on(ledger, &arrival, findings)
        {
            return receipt;
        }
        if let Some(found) = self.window.front(ledger, message) {
            // A stream keeps the order of equal ones.
            let in_order = self.of_answers && !mutant::active(Mutant::DoubtsTheOrderOfEqualAnswers);
            let found = Found { ambiguous: found.ambiguous && !in_order, ..found };
            return self.whole(ledger, found, &arrival, findings);
        }
        let hash = index::hash(message);
        if let Some(found) = self.window.waiting(ledger, hash, message) {
            return self.whole(ledger, found, &arrival, findings);
        }
        if let Some(position) = self.window.resolved(ledger, hash, message) {
            return self.again(position, &arrival, findings);
        }
        if let Some(found) = self.window.beyond(ledger, hash, message) {
            return self.whole(ledger, found, &arrival, findings);
        }
        self.damaged(ledger, &arrival, cut, findings)
    }

    /// The message, if it is the answer that is due while all before it have come in their order: the usual
    /// case, which needs no hash and no index.
    #[inline]
    fn next_in_order<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        message: &[u8],
        received_ns: u64,
        findings: &mut Findings,
    ) -> Option<Receipt> {
        if !self.window.knows_nothing_ahead() || !self.deferred.is_empty() {
            return None;
        }
        let record = ledger.peek(0)?;
        let head = record.head;
        if !same(record.payload, message)
            || self.window.horizon.is_past(head.handed_over_ns, received_ns)
        {
            return None;
        }
        self.window.pass(ledger, head, message, findings);
        self.arrived_to = self.window.base();
        self.window.settle(received_ns, findings);
        Some(intact_receipt(&head))
    }

    /// Time passes, with or without arrivals: gives up the records that were handed over more than
    /// the horizon before `now_ns`, and decides on those that came but could still have been
    /// duplicated.
    #[inline]
    pub fn expire(
        &mut self,
        ledger: &mut impl SessionLedger,
        now_ns: u64,
        findings: &mut Findings,
    ) {
        while let Some(record) = ledger.peek(0)
            && self.window.horizon.is_past(record.head.handed_over_ns, now_ns)
        {
            self.give_up(ledger, now_ns, findings);
        }
        self.window.settle(now_ns, findings);
    }

    /// True when every record known so far has come or was given up. Some of them may still wait
    /// for their verdict, which no arrival is needed for.
    #[inline]
    pub fn is_settled(&self, ledger: &mut impl SessionLedger) -> bool {
        // The oldest record of the ledger always waits.
        ledger.peek(0).is_none()
    }

    /// The round is over: every record left gets its verdict. Nothing is remembered after that.
    #[inline]
    pub fn end(&mut self, ledger: &mut impl SessionLedger, findings: &mut Findings) {
        while self.give_up(ledger, 0, findings) {}
        self.window.forget_all(findings);
    }

    /// The message is a whole record that waited.
    #[inline]
    fn whole<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        found: Found,
        arrival: &Arrival<'_>,
        findings: &mut Findings,
    ) -> Receipt {
        let overtaken = found.position < self.arrived_to
            && !mutant::active(Mutant::CallsAReorderedDatagramIntact);
        let flaw = overtaken.then_some(Flaw { verdict: Verdict::Reordered, offset: 0, at: 0 });
        let receipt = self.arrives(ledger, found.position, flaw, arrival, findings);
        let ambiguous = mutant::unless(Mutant::MeasuresAnAmbiguousDatagram, found.ambiguous, false);
        Receipt { intact: true, ambiguous, ..receipt }
    }

    /// The message is the record at `position`, or what came of it.
    #[inline]
    fn arrives<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        position: u64,
        flaw: Option<Flaw>,
        arrival: &Arrival<'_>,
        findings: &mut Findings,
    ) -> Receipt {
        if !self.deferred.is_empty() {
            self.deferred.has_come(position, findings);
        }
        let Some(entry) = self.window.entries.get(position) else { return Receipt::default() };
        let head = entry.head;
        let state = if flaw.is_some() { State::Judged } else { State::Intact };
        if let Some(flaw) = flaw {
            let k = position.saturating_sub(self.window.base()) as usize;
            let payload = ledger.peek(k).map_or(&[][..], |record| record.payload);
            findings.anomaly(head, flaw.verdict, || flaw.evidence(payload, arrival));
        }
        self.window.set(position, state);
        self.arrived_to = self.arrived_to.max(position + 1);
        self.window.release(ledger, findings);
        let records = self.window.horizon.records as u64;
        let reach = mutant::unless(Mutant::IgnoresTheHorizonOfPlaces, records, u64::MAX);
        while position.saturating_sub(self.window.base()) >= reach
            && self.give_up(ledger, arrival.received_ns, findings)
        {}
        Receipt { intact: false, ..intact_receipt(&head) }
    }

    /// The message, or what is left of it, is a record that waits no more.
    fn again(&mut self, position: u64, arrival: &Arrival<'_>, findings: &mut Findings) -> Receipt {
        let Some(entry) = self.window.entries.get(position) else { return Receipt::default() };
        let head = entry.head;
        match entry.state {
            State::Lost if !mutant::active(Mutant::CallsALateDatagramACopy) => {
                findings.tally.late += 1;
            }
            State::Intact if mutant::active(Mutant::CountsADuplicateAsNothing) => {
                return Receipt { intact: false, ..intact_receipt(&head) };
            }
            State::Intact => {
                findings.tally.copies += 1;
                // All of the arrival agrees with the record, so it shows the record too.
                let evidence = || Evidence::new(arrival.bytes, 0, arrival, 0);
                findings.anomaly(head, Verdict::Duplicated, evidence);
            }
            State::Judged | State::Waiting | State::Lost => findings.tally.copies += 1,
        }
        self.window.set(position, State::Judged);
        Receipt { intact: false, ..intact_receipt(&head) }
    }

    /// Nothing of the oldest record came. False when there is none.
    fn give_up<L: SessionLedger>(
        &mut self,
        ledger: &mut L,
        now_ns: u64,
        findings: &mut Findings,
    ) -> bool {
        // It is remembered, so that it is known when it comes late. A record that stands in the ledger
        // only after this look is left for the next one.
        let known = self.window.entries.end() > self.window.base();
        if !known && self.window.learn_one(ledger).is_none() {
            return false;
        }
        let Some(record) = ledger.peek(0) else { return false };
        if let Some(open) = self.deferred.take(self.window.base()) {
            conclude(record.head, record.payload, open, findings);
            self.window.set(self.window.base(), State::Judged);
            self.window.release(ledger, findings);
            return true;
        }
        let nothing = Arrival { bytes: &[], received_ns: now_ns };
        findings
            .anomaly(record.head, Verdict::Lost, || Evidence::new(record.payload, 0, &nothing, 0));
        self.window.lose_front();
        self.window.release(ledger, findings);
        true
    }
}
