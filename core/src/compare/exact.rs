//! Counts, which both kinds of comparisons hold against each other in the same way.

use super::Row;
use super::figures::{COUNTED, count, counted_name};
use crate::measure::Metric;
use crate::result::CellData;
use crate::result::metrics::value;
use wirebench_verdict::{Counts, Verdict};

/// Rounds of each build that show whether a count depends on time.
const ENOUGH_ROUNDS: usize = 6;

/// The counts of a cell, round by round.
#[derive(Clone, Debug, Default)]
pub(super) struct CountsOfCell {
    baseline: [Vec<f64>; COUNTED.len()],
    new: [Vec<f64>; COUNTED.len()],
}

impl CountsOfCell {
    /// Adds a round of each.
    pub(super) fn add(&mut self, baseline: &CellData, new: &CellData) {
        for (at, metric) in COUNTED.iter().enumerate() {
            self.baseline[at].extend(count(metric, &value(baseline, metric, None)));
            self.new[at].extend(count(metric, &value(new, metric, None)));
        }
    }

    /// Adds the counts of a whole result.
    pub(super) fn add_result(&mut self, of_baseline: bool, counts: &[Option<f64>; COUNTED.len()]) {
        let to = if of_baseline { &mut self.baseline } else { &mut self.new };
        to.iter_mut().zip(counts).for_each(|(to, count)| to.extend(count));
    }

    /// A row for each count that both have, by their rounds. What may depend on time can be the same in a few
    /// rounds by chance; an overhead follows from the bytes.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row> {
        let unknown = move |at: usize| {
            let few = self.baseline[at].len().min(self.new[at].len()) < ENOUGH_ROUNDS;
            let known = !few || COUNTED[at] == Metric::Overhead;
            (!known).then_some("so few rounds do not show whether it depends on time")
        };
        (0..COUNTED.len()).filter_map(move |at| self.row(at, unknown(at)))
    }

    /// The same by whole results, each of them one count. `alone`: every message of the cell stood alone, so
    /// that none of the counts depends on time. Otherwise it takes several results that agree to show that,
    /// but for an overhead, which follows from the bytes.
    pub(super) fn rows_of_results(&self, alone: bool) -> impl Iterator<Item = Row> {
        let unknown = move |at: usize| {
            let several = self.baseline[at].len().min(self.new[at].len()) > 1;
            let known = alone || several || COUNTED[at] == Metric::Overhead;
            (!known).then_some("one result of a build does not show whether it depends on time")
        };
        (0..COUNTED.len()).filter_map(move |at| self.row(at, unknown(at)))
    }

    fn row(&self, at: usize, unknown: Option<&str>) -> Option<Row> {
        let counts = Counts::new(self.baseline[at].clone(), self.new[at].clone());
        let (baseline, new) = counts.medians()?;
        let verdict = match unknown {
            Some(_) => Verdict::Inconclusive,
            None => counts.verdict()?,
        };
        let decides = verdict != Verdict::Inconclusive;
        let why = unknown
            .unwrap_or("it differs from round to round, so it depends on time and decides nothing");
        Some(Row {
            metric: counted_name(&COUNTED[at]).into_owned(),
            unit: "ratio".into(),
            decides,
            verdict,
            why: (!decides).then(|| why.to_owned()),
            exact: true,
            baseline: Some(baseline),
            new: Some(new),
            ratio: (baseline > 0.0).then(|| new / baseline),
            ..Row::default()
        })
    }
}
