//! Verdicts that wait for what comes next, where messages are told apart by a framing: what began to
//! come may go on, and what nothing explains may stand for the request that waits longest.

use super::super::evidence::Evidence;
use super::super::mutant::{self, Mutant};
use super::super::{Findings, RecordHead, Verdict};
use std::collections::VecDeque;

/// Messages that nothing explains, kept at most: the verdict of the oldest falls then.
const SUSPECTS: usize = 64;

/// A record of which a beginning has come.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) position: u64,
    /// Bytes of it that have come.
    pub(super) covered: usize,
    /// Some of them came in one message with others.
    pub(super) shared: bool,
    /// Where it was cut first, while an example is wanted.
    evidence: Option<Evidence>,
}

impl Begun {
    /// So many bytes more have come, in a message of their own.
    pub(super) fn with_more(self, bytes: usize) -> Self {
        Self { covered: self.covered + bytes, ..self }
    }
}

/// A message that nothing explains, and the record that waited longest when it came.
#[derive(Debug)]
struct Suspect {
    position: u64,
    /// Its length in bytes.
    len: usize,
    evidence: Evidence,
}

/// What is known of records whose verdict is open although something has come.
#[derive(Debug, Default)]
pub(super) struct Deferred {
    begun: Option<Begun>,
    /// In the order of their records.
    suspects: VecDeque<Suspect>,
}

impl Deferred {
    /// A beginning of this record has come, so many bytes; `shared`: in one message with others.
    pub(super) fn begin(
        &mut self,
        position: u64,
        covered: usize,
        shared: bool,
        evidence: Option<Evidence>,
    ) {
        self.begun = Some(Begun { position, covered, shared, evidence });
    }

    /// The record that has begun, which has or will get its verdict.
    pub(super) fn take_begun(&mut self) -> Option<Begun> {
        self.begun.take()
    }

    /// It is still open, with what is known of it now.
    pub(super) fn restore(&mut self, begun: Begun) {
        self.begun = Some(begun);
    }

    /// Nothing is open.
    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.begun.is_none() && self.suspects.is_empty()
    }

    /// From where on a record may be that no message stands for yet.
    pub(super) fn free_from(&self, base: u64) -> u64 {
        self.suspects.back().map_or(base, |last| base.max(last.position + 1))
    }

    /// Nothing explains a message of `len` bytes, which may stand for this record. Another record whose
    /// verdict has to fall now, because too many are open.
    pub(super) fn suspect(&mut self, position: u64, len: usize, evidence: Evidence) -> Option<u64> {
        self.suspects.push_back(Suspect { position, len, evidence });
        (self.suspects.len() > SUSPECTS).then(|| self.suspects.front().map(|one| one.position))?
    }

    /// The record itself has come: whatever stood for it was never sent.
    pub(super) fn has_come(&mut self, position: u64, findings: &mut Findings) {
        if self.begun.as_ref().is_some_and(|begun| begun.position == position) {
            self.begun = None;
        }
        if let Some(suspect) = self.take_suspect(position)
            && !mutant::active(Mutant::KeepsASuspectOfAnAnsweredRequest)
        {
            findings.tally.unexpected_bytes += suspect.len as u64;
            findings.tally.unexpected_messages += 1;
        }
    }

    /// The verdict of a record that nothing more comes of, with its evidence, if something has come.
    pub(super) fn take(&mut self, position: u64) -> Option<(Verdict, Option<Evidence>)> {
        if let Some(begun) = self.begun.take_if(|begun| begun.position == position) {
            let (right, wrong) = (Verdict::Truncated, Verdict::Lost);
            let verdict = mutant::unless(Mutant::ForgetsThatAnAnswerBegan, right, wrong);
            return Some((verdict, begun.evidence));
        }
        let suspect = self.take_suspect(position)?;
        Some((Verdict::Corrupted, Some(suspect.evidence)))
    }

    fn take_suspect(&mut self, position: u64) -> Option<Suspect> {
        let at = self.suspects.iter().position(|one| one.position == position)?;
        self.suspects.remove(at)
    }
}

/// Books the verdict of a record that something stood for; the caller has taken it from the list.
pub(super) fn conclude(
    head: RecordHead,
    payload: &[u8],
    (verdict, evidence): (Verdict, Option<Evidence>),
    findings: &mut Findings,
) {
    findings.anomaly(head, verdict, || evidence.unwrap_or_else(|| Evidence::of_nothing(payload)));
}
