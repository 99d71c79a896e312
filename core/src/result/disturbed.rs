//! What disturbed the rounds of a cell, so that their times and rates decide no gate.

use super::cell::CellData;
use super::round::{Disturbed, Outcome, Round};
use crate::measure::{ClientReport, NO_PORT};

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

    /// True when the machine slept, or a clock jumped: no time of the round means anything.
    pub(crate) fn has_no_clock(self, took_ns: u64) -> bool {
        let limit = STEP_NS.max(took_ns / STEP_SHARE);
        self.suspended_ns.is_some_and(|ns| ns > limit)
            || self.clock_step_ns.is_some_and(|ns| ns > limit)
    }

    /// True when a hypervisor gave noteworthy time of the sides' processors to others.
    pub(crate) fn is_stolen(self, took_ns: u64) -> bool {
        self.stolen_ns.is_some_and(|ns| ns > STOLEN_TICK_NS && ns > took_ns / STOLEN_LIMIT)
    }
}

/// The two clocks may go apart by this share of a round before one of them has jumped: a calibration is good to a few
/// millionths.
const STEP_SHARE: u64 = 1_000;

/// Less than that is nothing: the two are not read at the same instant. In nanoseconds.
const STEP_NS: u64 = 10_000_000;

/// A client that wakes so much later than it wanted to did not run, in nanoseconds: it was stopped, or nobody had a
/// processor for it.
const HELD_UP_NS: u64 = 500_000_000;

/// What disturbed the finished rounds of a cell: the numbers of the rounds.
#[derive(Clone, Debug, Default)]
pub struct Disturbances {
    throttled: Vec<u32>,
    stolen: Vec<u32>,
    clockless: Vec<u32>,
    held_up: Vec<u32>,
}

impl Disturbances {
    /// Some round had no clock, or no client that ran: it says nothing, whatever it was about.
    pub(super) fn is_invalid(&self) -> bool {
        !self.clockless.is_empty() || !self.held_up.is_empty()
    }

    /// Adds a finished round.
    pub(super) fn add(&mut self, round: &Round) {
        if round.disturbed.is_throttled() {
            self.throttled.push(round.round);
        }
        if round.disturbed.is_stolen(round.took_ns) {
            self.stolen.push(round.round);
        }
        if round.disturbed.has_no_clock(round.took_ns) {
            self.clockless.push(round.round);
        }
        if let Outcome::Finished { client, .. } = &round.outcome
            && was_held_up(client)
        {
            self.held_up.push(round.round);
        }
    }
}

/// True when the client did not run for a while, asleep or about to take up what was due.
fn was_held_up(client: &ClientReport) -> bool {
    let late = client.open.as_ref().and_then(|open| open.lateness.max());
    client.side.held_up_ns > HELD_UP_NS || late.is_some_and(|ns| ns > HELD_UP_NS)
}

impl CellData {
    /// Each thing that disturbed its rounds, for a reader. Nothing in it differs between cells that
    /// were disturbed alike, so that it is told once.
    pub(super) fn disturbances(&self) -> Vec<String> {
        let mut told = Vec::new();
        let Disturbances { throttled, stolen, clockless, held_up } = &self.disturbances;
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
        if !clockless.is_empty() {
            told.push(format!(
                "the machine slept, or its clock was set (round {}): no time of that means anything; measure again",
                list(clockless)
            ));
        }
        if !held_up.is_empty() {
            told.push(format!(
                "the client did not run for more than {} ms although it wanted to (round {}): it was stopped, its \
                 handler did not return, or the machine had no processor for it; measure again",
                HELD_UP_NS / 1_000_000,
                list(held_up)
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
