//! What is kept of a paired run while it lasts.

use super::side::Side;
use crate::compare::{PairedRounds, Played, Stage};
use crate::report::Progress;
use crate::result::Outcome;
use crate::run::{PairOfRounds, PairedWatcher, Which};
use crate::scenario::Scenario;

/// Keeps the rounds of both builds, and has them compared.
pub(super) struct Watch<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) progress: Progress,
    pub(super) baseline: Side<'a>,
    pub(super) new: Side<'a>,
    pub(super) rounds: PairedRounds<'a>,
}

fn played(pair: &PairOfRounds) -> Played<'_> {
    let PairOfRounds { baseline, new, baseline_first } = pair;
    Played { baseline, new, baseline_first: *baseline_first }
}

impl PairedWatcher for Watch<'_> {
    fn begins(&mut self, which: Which, cell: usize, round: u32) {
        let of = if which == Which::Baseline { " of the baseline" } else { "" };
        self.progress.round_begins(&format!("{}{of}", self.scenario.cells[cell].id), round);
    }

    fn screened(&mut self, pair: PairOfRounds) {
        for round in [&pair.baseline, &pair.new] {
            self.progress.round_ended(matches!(round.outcome, Outcome::Finished { .. }));
        }
        self.rounds.add(Stage::Screen, played(&pair));
        self.baseline.add(&pair.baseline);
        self.new.add(&pair.new);
    }

    fn controlled(&mut self, pair: PairOfRounds) {
        self.rounds.control(played(&pair));
    }

    fn flagged(&mut self) -> Vec<usize> {
        self.rounds.flagged()
    }

    fn confirmed(&mut self, pair: PairOfRounds) {
        self.rounds.add(Stage::Fresh, played(&pair));
    }

    fn is_told(&mut self, cell: usize) -> bool {
        self.rounds.is_told(cell)
    }
}
