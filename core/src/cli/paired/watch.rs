//! What is kept of a paired run while it lasts.

use super::side::Side;
use crate::cli::event_streams::EventStreams;
use crate::cli::progress::{Shown, Teller};
use crate::compare::{PairedRounds, Played, Stage};
use crate::result::Round;
use crate::run::{PairOfRounds, PairedWatcher, Which};
use crate::scenario::Scenario;
use std::time::Duration;

/// Keeps the rounds of both builds, and has them compared.
pub(super) struct Watch<'a, 'e> {
    pub(super) scenario: &'a Scenario,
    pub(super) teller: Teller<'e>,
    /// How long fresh rounds may take, where that is said.
    pub(super) budget: Option<Duration>,
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

    fn pair_ended(&mut self, pair: &PairOfRounds) {
        self.teller.ended(self.scenario, &pair.baseline, Shown::Count);
        self.ended(&pair.baseline, BASELINE);
        self.teller.ended(self.scenario, &pair.new, Shown::Figures);
        self.ended(&pair.new, NEW);
    }
}

impl PairedWatcher for Watch<'_, '_> {
    fn begins(&mut self, which: Which, cell: usize, round: u32) {
        let (of, build) = match which {
            Which::Baseline => (" of the baseline", BASELINE),
            Which::New => ("", NEW),
        };
        self.teller.begins(cell, &format!("{}{of}", self.scenario.cells[cell].id), round);
        self.events.round_starts(self.scenario, (cell, 0), round, Some(build));
    }

    fn screened(&mut self, pair: PairOfRounds) {
        self.pair_ended(&pair);
        self.rounds.add(Stage::Screen, played(&pair));
        self.baseline.add(&pair.baseline);
        self.new.add(&pair.new);
    }

    fn controlled(&mut self, pair: PairOfRounds) {
        self.teller.slow(self.scenario, &pair.new);
        self.ended(&pair.new, BASELINE);
        self.rounds.control(played(&pair));
    }

    fn flagged(&mut self) -> Vec<usize> {
        let flagged = self.rounds.flagged();
        if !flagged.is_empty() {
            self.teller.open_end(&flagged, self.budget);
        }
        flagged
    }

    fn confirmed(&mut self, pair: PairOfRounds) {
        self.pair_ended(&pair);
        self.rounds.add(Stage::Fresh, played(&pair));
    }

    fn is_told(&mut self, cell: usize) -> bool {
        let told = self.rounds.is_told(cell);
        if told {
            self.teller.is_enough(cell);
        }
        told
    }
}
