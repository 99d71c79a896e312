//! Counts, which both kinds of comparisons hold against each other in the same way.

use super::Row;
use super::figures::{COUNTED, count};
use crate::result::CellData;
use wirebench_verdict::{Counts, Verdict};

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
            self.baseline[at].extend(count(baseline, metric));
            self.new[at].extend(count(new, metric));
        }
    }

    /// A row for each count that both have.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row> {
        let row = |at: usize| {
            let counts = Counts::new(self.baseline[at].clone(), self.new[at].clone());
            let (baseline, new) = counts.medians()?;
            let verdict = counts.verdict()?;
            let decides = verdict != Verdict::Inconclusive;
            let why = (!decides).then(|| {
                "it differs from round to round, so it depends on time and decides nothing".into()
            });
            Some(Row {
                metric: COUNTED[at].name().into_owned(),
                unit: "ratio".into(),
                decides,
                verdict,
                why,
                exact: true,
                baseline: Some(baseline),
                new: Some(new),
                ratio: (baseline > 0.0).then(|| new / baseline),
                low: None,
                high: None,
                visible: None,
                limit: None,
                floor: None,
                pairs: Vec::new(),
                fresh: Vec::new(),
            })
        };
        (0..COUNTED.len()).filter_map(row)
    }
}
