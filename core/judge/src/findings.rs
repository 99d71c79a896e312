//! What the judges of one side found.

use super::evidence::Evidence;
use super::mutant::{self, Mutant};
use super::{Anomaly, Judged, RecordHead, Tally, VERDICTS, Verdict};

/// The verdicts of one side, shared by the judges of all its sessions.
#[derive(Clone, Debug)]
pub struct Findings {
    /// Counts of everything received, intact messages included.
    pub tally: Tally,
    /// Messages that are not intact, in the order in which their verdicts fell. The caller drains
    /// it after each call of a judge; one received message adds at most the records it covers and
    /// those it shows to be lost.
    pub judged: Vec<Judged>,
    /// The first few anomalies of each verdict, with their evidence.
    pub anomalies: Vec<Anomaly>,
    examples_per_verdict: usize,
    examples: [usize; VERDICTS],
}

impl Findings {
    /// Nothing found yet. Keeps evidence of the first `examples_per_verdict` anomalies of each
    /// verdict.
    #[inline]
    pub fn new(examples_per_verdict: usize) -> Self {
        Self {
            tally: Tally::default(),
            judged: Vec::new(),
            anomalies: Vec::new(),
            examples_per_verdict,
            examples: [0; VERDICTS],
        }
    }

    /// True while an example of `verdict` would still be kept.
    #[inline]
    pub fn wants(&self, verdict: Verdict) -> bool {
        self.examples[verdict as usize] < self.examples_per_verdict
    }

    /// A verdict other than intact falls.
    #[inline]
    pub(super) fn anomaly(
        &mut self,
        head: RecordHead,
        verdict: Verdict,
        evidence: impl FnOnce() -> Evidence,
    ) {
        if !mutant::active(Mutant::ForgetsAVerdict) {
            self.tally.add(verdict);
        }
        self.judged.push(Judged { head, verdict });
        if self.wants(verdict) {
            self.examples[verdict as usize] += 1;
            self.anomalies.push(evidence().into_anomaly(verdict, head));
        }
    }
}
