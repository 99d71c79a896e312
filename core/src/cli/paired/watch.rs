//! What is kept of a paired run while it lasts.

use super::side::Side;
use crate::cli::event_streams::EventStreams;
use crate::compare::{PairedRounds, Played, Stage};
use crate::report::Progress;
use crate::result::{Outcome, Round};
use crate::run::{PairOfRounds, PairedWatcher, Which};
use crate::scenario::Scenario;

/// Keeps the rounds of both builds, and has them compared.
pub(super) struct Watch<'a, 'e> {
    pub(super) scenario: &'a Scenario,
    pub(super) progress: Progress,
    pub(super) baseline: Side<'a>,
    pub(super) new: Side<'a>,
    pub(super) rounds: PairedRounds<'a>,
    pub(super) events: &'e mut EventStreams,
}

fn played(pair: &PairOfRounds) -> Played<'_> {
    let PairOfRounds { baseline, new, baseline_first } = pair;
    Played { baseline, new, baseline_first: *baseline_first }
}

/// What events call the builds.
const BASELINE: &str = "baseline";
const NEW: &str = "new";

impl Watch<'_, '_> {
    fn ended(&mut self, round: &Round, build: &str) {
        self.events.round_ended(self.scenario, round, Some(build));
    }
}

impl PairedWatcher for Watch<'_, '_> {
    fn begins(&mut self, which: Which, cell: usize, round: u32) {
        let (of, build) = match which {
            Which::Baseline => (" of the baseline", BASELINE),
            Which::New => ("", NEW),
        };
        self.progress.round_begins(&format!("{}{of}", self.scenario.cells[cell].id), round);
        self.events.round_starts(self.scenario, cell, round, Some(build));
    }

    fn screened(&mut self, pair: PairOfRounds) {
        for round in [&pair.baseline, &pair.new] {
            self.progress.round_ended(matches!(round.outcome, Outcome::Finished { .. }));
        }
        self.ended(&pair.baseline, BASELINE);
        self.ended(&pair.new, NEW);
        self.rounds.add(Stage::Screen, played(&pair));
        self.baseline.add(&pair.baseline);
        self.new.add(&pair.new);
    }

    fn controlled(&mut self, pair: PairOfRounds) {
        self.ended(&pair.new, BASELINE);
        self.rounds.control(played(&pair));
    }

    fn flagged(&mut self) -> Vec<usize> {
        self.rounds.flagged()
    }

    fn confirmed(&mut self, pair: PairOfRounds) {
        self.ended(&pair.baseline, BASELINE);
        self.ended(&pair.new, NEW);
        self.rounds.add(Stage::Fresh, played(&pair));
    }

    fn is_told(&mut self, cell: usize) -> bool {
        self.rounds.is_told(cell)
    }
}
