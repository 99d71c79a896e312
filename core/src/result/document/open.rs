//! What only an open loop has.

use super::Times;
use serde::{Deserialize, Serialize};

/// An open loop. Exchanges are those whose intended time lies in a measured window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OpenResult {
    /// Exchanges that were to start: those that did, and those that were dropped.
    pub planned: u64,
    /// Never started: there was no room for them in time, or in the backlog.
    pub dropped: u64,
    /// Found no room when they were due, so that they waited.
    pub waited: u64,
    /// The most exchanges that waited at a time, warm-up included, in the round in which it was most.
    pub backlog_peak: u64,
    /// Exchanges that ended inside the windows and were not given up without an answer.
    pub answered: u64,
    /// `answered` over `planned`; `None`: nothing was planned.
    pub achieved_share: Option<f64>,
    /// `load.min-achieved`: below it, the cell is saturated.
    pub min_achieved: f64,
    /// From the intended start until the actual one, waiting for room included.
    pub slip_ns: Times,
    /// From the intended start until the generator took the exchange up: what of the slip is its own.
    pub lateness_ns: Times,
    /// Done exchanges: from the actual start until the handler finished it, which is what a tool says that does not
    /// know when it is late.
    pub uncorrected_ns: Times,
    /// Whether the generator was the limit in any round: `yes`, `no` or `cannot-tell`; `None`: there is nothing to tell
    /// it from.
    pub generator_limited: Option<String>,
    /// The evidence, in a sentence.
    pub limited_why: Option<String>,
}

impl OpenResult {
    /// Less was achieved than was asked for: the latencies are those of a queue that grows.
    pub fn is_saturated(&self) -> bool {
        self.achieved_share.is_some_and(|share| share < self.min_achieved)
    }
}

/// A check of what the load was, over the rounds of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditResult {
    /// Which one: `rate`, `gaps`, … (see `docs/audit.md`).
    pub check: String,
    /// Rounds in which it holds.
    pub held: u32,
    /// Rounds in which it does not.
    pub failed: u32,
    /// Rounds that say too little.
    pub not_judged: u32,
    /// The round of what follows: the first in which it fails, or else holds; `None`: it is of all rounds together.
    pub round: Option<u32>,
    /// What was expected, with its unit.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// What that means.
    pub sentence: String,
}

/// The floor of the instrument: an exchange of 64 B over TCP, one at a time, with a server that copies what comes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FloorResult {
    /// Median latency.
    pub p50_ns: u64,
    /// 99th percentile; `None`: too few exchanges.
    pub p99_ns: Option<u64>,
    /// Exchanges a second.
    pub rate: Option<f64>,
    /// CPU time of the client per message; `None` when it spins.
    pub client_cpu_ns_per_message: Option<u64>,
}
