//! What gates compare between cells: of each metric that one of them names, the values of each round.
//! They are taken while the rounds of a cell are pooled, because that is when these are at hand; cells
//! that no gate compares have none.

use super::cell::CellData;
use super::gates::{doubt, gated, is_of_answers};
use super::metrics::Value;
use super::round::{Outcome, Round};
use crate::measure::{Direction, Metric, find};
use crate::scenario::{Cell, Scenario};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// One metric of a cell.
#[derive(Clone, Debug)]
pub(super) struct Figure {
    /// What it is.
    pub(super) metric: Metric,
    direction: Option<Direction>,
    /// Its value in each finished round.
    pub(super) rounds: Vec<(u32, Value)>,
    /// Its value over all of them.
    pub(super) pooled: Value,
    /// Why it must not decide anything, if so.
    pub(super) doubt: Option<String>,
}

/// The metrics of a cell that gates compare, by their names.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures<'a> {
    metrics: BTreeMap<&'a str, Figure>,
    /// A gate of the cell says how many exchanges must be answered.
    answers_are_gated: bool,
}

/// Which metrics of each cell gates compare: its own gates, and those of others that are held against
/// it.
pub(super) fn compared(scenario: &Scenario) -> Vec<BTreeSet<&str>> {
    let cells = &scenario.cells;
    let rows: HashMap<&str, usize> =
        cells.iter().enumerate().map(|(row, cell)| (cell.id.as_str(), row)).collect();
    let mut compared = vec![BTreeSet::new(); cells.len()];
    for (row, cell) in cells.iter().enumerate() {
        for reference in cell.expect.iter().filter_map(|gate| gate.reference.as_ref()) {
            let other = rows.get(reference.cell.as_str()).copied();
            for row in std::iter::once(row).chain(other) {
                compared[row].insert(reference.metric.as_str());
            }
        }
    }
    compared
}

impl<'a> Figures<'a> {
    /// Those of `cell`, of which no round is known yet.
    pub(super) fn new(names: &BTreeSet<&'a str>, cell: &Cell) -> Self {
        let figure = |name: &&'a str| {
            let (metric, direction) = find(name)?;
            let (rounds, pooled) = (Vec::new(), Value::Missing("no round finished".into()));
            Some((*name, Figure { metric, direction, rounds, pooled, doubt: None }))
        };
        let answers_are_gated = cell.expect.iter().any(is_of_answers);
        Self { metrics: names.iter().filter_map(figure).collect(), answers_are_gated }
    }

    /// Takes what one round of the cell has of them.
    pub(super) fn add(&mut self, cell: &Cell, round: &Round) {
        let by_rounds = self.metrics.values_mut().filter(|figure| !figure.metric.is_exact());
        let mut by_rounds = by_rounds.peekable();
        if by_rounds.peek().is_none() || !matches!(round.outcome, Outcome::Finished { .. }) {
            return;
        }
        let mut alone = CellData::new(cell, 1);
        alone.add(round);
        for figure in by_rounds {
            let value = gated(&alone, &figure.metric, figure.direction, self.answers_are_gated);
            figure.rounds.push((round.round, value));
        }
    }

    /// Takes what all rounds together say.
    pub(super) fn pool(&mut self, data: &CellData) {
        for figure in self.metrics.values_mut() {
            let (metric, direction) = (&figure.metric, figure.direction);
            figure.pooled = gated(data, metric, direction, self.answers_are_gated);
            figure.doubt = doubt(data, metric, direction, &figure.pooled);
        }
    }

    /// The metric of this name.
    pub(super) fn get(&self, name: &str) -> Option<&Figure> {
        self.metrics.get(name)
    }
}

impl Figure {
    /// True when there was nothing at all to take a value from.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self.pooled, Value::Missing(_))
    }

    /// The first round whose samples do not say what the value is, and why.
    pub(super) fn unclear(&self) -> Option<(u32, &str)> {
        self.rounds.iter().find_map(|(round, value)| match value {
            Value::Unclear(why) => Some((*round, why.as_str())),
            _ => None,
        })
    }
}
