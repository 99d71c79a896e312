//! What is kept and told of a run while it lasts, and whether it goes on.

use super::event_streams::EventStreams;
use super::progress::{Shown, Teller};
use super::result_sink::ResultSink;
use crate::report::no_more_hope;
use crate::result::journal::RunOptions;
use crate::result::{Pool, Round, certain_failure};
use crate::run::Watcher;
use crate::scenario::Scenario;

/// Keeps the rounds of a scenario.
pub(super) struct Watch<'a, 'k> {
    scenario: &'a Scenario,
    options: RunOptions,
    teller: Teller<'k>,
    events: &'k mut EventStreams,
    sink: &'k mut ResultSink,
    pool: Pool<'a>,
    /// Which attempt at cells is under way.
    attempt: u32,
    over: u64,
    /// Rounds that are planned so far.
    planned: u64,
    aborted: Option<String>,
}

/// What is left of it when the run is over.
pub(super) struct Watched<'a> {
    pub(super) pool: Pool<'a>,
    /// Rounds that were planned.
    pub(super) planned: u64,
    /// Why the run went no further, where that is because a cell could not pass any more.
    pub(super) aborted: Option<String>,
}

impl<'a, 'k> Watch<'a, 'k> {
    /// Of a scenario of which no round is over.
    pub(super) fn new(
        scenario: &'a Scenario,
        options: RunOptions,
        teller: Teller<'k>,
        events: &'k mut EventStreams,
        sink: &'k mut ResultSink,
    ) -> Self {
        let mut pool = Pool::new(scenario);
        if let Some(archive) = sink.archive() {
            pool.set_archive(archive);
        }
        let planned = scenario.usual_rounds();
        let (attempt, over, aborted) = (0, 0, None);
        Self { scenario, options, teller, events, sink, pool, attempt, over, planned, aborted }
    }

    /// No more rounds are played.
    pub(super) fn finish(self) -> Watched<'a> {
        self.teller.finish();
        Watched { pool: self.pool, planned: self.planned, aborted: self.aborted }
    }

    /// Notes it where the cell cannot pass any more after this round, and others are left to be played.
    fn look_for_failure(&mut self, round: &Round) {
        if !self.options.abort_on_fail || round.attempt > 0 || self.over == self.planned {
            return;
        }
        let cell = &self.scenario.cells[round.cell];
        // What cannot be read back is told when the result is made.
        let fails = |watch: &Self| watch.pool.fails(round.cell).unwrap_or(false);
        if let Some(found) = certain_failure(cell, round)
            && fails(self)
        {
            self.aborted = Some(no_more_hope(&cell.id, round.round, &found));
        }
    }
}

/// How many rounds so many cells of a scenario have.
fn planned_rounds(scenario: &Scenario, cells: usize) -> u64 {
    (cells as u64).saturating_mul(u64::from(scenario.rounds))
}

impl Watcher for Watch<'_, '_> {
    fn begins(&mut self, cell: usize, round: u32) {
        let id = &self.scenario.cells[cell].id;
        match self.attempt {
            0 => self.teller.begins(cell, id, round),
            attempt => self.teller.begins(cell, &format!("{id}, attempt {}", attempt + 1), round),
        }
        self.events.round_starts(self.scenario, (cell, self.attempt), round, None);
    }

    fn ended(&mut self, round: Round) {
        self.over += 1;
        self.teller.ended(self.scenario, &round, Shown::Figures);
        self.events.round_ended(self.scenario, &round, None);
        match self.sink.round(&round) {
            Some(span) => self.pool.kept(round.cell, round.attempt, span),
            None => self.pool.add(&round),
        }
        self.look_for_failure(&round);
    }

    fn left(&mut self, rounds: u64) {
        self.planned = self.over.saturating_add(rounds);
        self.teller.about(rounds);
    }

    fn is_enough(&self) -> bool {
        self.aborted.is_some()
    }

    fn again(&mut self, attempt: u32) -> Vec<usize> {
        // What is played of a search follows from its rounds: none of them is played instead of another.
        if attempt > self.options.retries || self.scenario.search.is_some() {
            return Vec::new();
        }
        // What cannot be read back is told when the result is made.
        let cells = self.pool.failing().unwrap_or_default();
        self.attempt = attempt;
        let rounds = planned_rounds(self.scenario, cells.len());
        self.planned = self.planned.saturating_add(rounds);
        self.teller.again(&cells, attempt, rounds);
        cells
    }
}
