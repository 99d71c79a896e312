//! What disturbed the rounds of a cell, so that their times and rates decide no gate.

use super::cell::CellData;
use super::round::{Disturbed, Round};
use crate::measure::NO_PORT;

/// A processor may be stolen for one part in this many of a round: less lies within what rounds
/// differ by.
const STOLEN_LIMIT: u64 = 100;

/// The step of the kernel's meter of stolen time: a single one may be little time, rounded up. (Of
/// 600 windows of 350 ms on a virtual machine with two busy processors, 521 had no step, 67 had one,
/// and 12 had more.)
const STOLEN_TICK_NS: u64 = 10_000_000;

impl Disturbed {
    /// True when a quota withheld processor time. It does so until its next period, which is usually
    /// for tens of milliseconds: no round is as it would have been.
    pub(crate) fn is_throttled(self) -> bool {
        self.throttled_ns.is_some_and(|ns| ns > 0)
    }

    /// True when a hypervisor gave noteworthy time of the sides' processors to others.
    pub(crate) fn is_stolen(self, took_ns: u64) -> bool {
        self.stolen_ns.is_some_and(|ns| ns > STOLEN_TICK_NS && ns > took_ns / STOLEN_LIMIT)
    }
}

/// What disturbed the finished rounds of a cell: the numbers of the rounds.
#[derive(Clone, Debug, Default)]
pub struct Disturbances {
    throttled: Vec<u32>,
    stolen: Vec<u32>,
}

impl Disturbances {
    /// Adds a finished round.
    pub(super) fn add(&mut self, round: &Round) {
        if round.disturbed.is_throttled() {
            self.throttled.push(round.round);
        }
        if round.disturbed.is_stolen(round.took_ns) {
            self.stolen.push(round.round);
        }
    }
}

impl CellData {
    /// Each thing that disturbed its rounds, for a reader. Nothing in it differs between cells that
    /// were disturbed alike, so that it is told once.
    pub(super) fn disturbances(&self) -> Vec<String> {
        let mut told = Vec::new();
        let Disturbances { throttled, stolen } = &self.disturbances;
        if !throttled.is_empty() {
            told.push(format!(
                "a quota of processor time (control group) took effect (round {}): times and costs \
                 are the quota's; raise it, or run outside of it",
                list(throttled)
            ));
        }
        if !stolen.is_empty() {
            told.push(format!(
                "the hypervisor ran others on a processor of the sides for more than 1 % of the time \
                 (round {}): measure again when the machine is quieter",
                list(stolen)
            ));
        }
        let lacking = self.errors.iter().filter(|(_, error)| error.kind == NO_PORT);
        told.extend(lacking.map(|(_, error)| error.first.clone()));
        told
    }
}

fn list(rounds: &[u32]) -> String {
    rounds.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}
