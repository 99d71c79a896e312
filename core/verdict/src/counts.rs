//! What is counted and not timed: bytes, segments, system calls for each message.

use super::Verdict;

/// A count that changed by less than this share did not change: rounds end in the middle of something.
pub const SMALLEST_CHANGE: f64 = 0.001;

/// A count per message, of every round of both builds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    baseline: Vec<f64>,
    new: Vec<f64>,
}

impl Counts {
    /// From the rounds of both.
    pub fn new(baseline: Vec<f64>, new: Vec<f64>) -> Self {
        Self { baseline, new }
    }

    /// The medians of both; `None` where one has no rounds.
    pub fn medians(&self) -> Option<(f64, f64)> {
        Some((median(&self.baseline)?, median(&self.new)?))
    }

    /// Compared exactly, where a build counts the same in all of its rounds, or nearly so: the other is worse
    /// or better where all of its rounds are. Where both differ from round to round, the count depends on
    /// time, and it is `inconclusive`. `None` where one has no rounds.
    pub fn verdict(&self) -> Option<Verdict> {
        let (baseline, new) = self.medians()?;
        let changed = (new - baseline).abs() > SMALLEST_CHANGE * baseline.abs();
        let ((low, high), (new_low, new_high)) = (range(&self.baseline), range(&self.new));
        let steady = |low: f64, high: f64| high - low <= SMALLEST_CHANGE * high.abs();
        Some(match (steady(low, high), steady(new_low, new_high)) {
            (true, _) | (_, true) if changed && new_low > high => Verdict::Regressed,
            (true, _) | (_, true) if changed && new_high < low => Verdict::Improved,
            (true, true) => Verdict::Same,
            _ => Verdict::Inconclusive,
        })
    }
}

fn range(rounds: &[f64]) -> (f64, f64) {
    rounds.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), one| {
        (low.min(*one), high.max(*one))
    })
}

fn median(rounds: &[f64]) -> Option<f64> {
    let mut sorted = rounds.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len().checked_sub(1)? / 2;
    Some(f64::midpoint(sorted[middle], sorted[sorted.len() / 2]))
}
