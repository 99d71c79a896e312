//! Whether latencies stay what they are from the first to the last third of the rounds.

use crate::batches::BatchesReport;
use crate::figure::{Unit, number};
use crate::line::{Bound, Check, Line, Numbers};
use serde::{Deserialize, Serialize};
use wirebench_verdict::Estimate;

/// Rounds that are needed: with two, the interval of a t with one degree of freedom holds nearly everything.
pub const FEWEST_ROUNDS: usize = 3;

/// The smallest change that matters, as a share, unless somebody says another. Chosen: that of comparisons.
pub const SMALLEST_CHANGE: f64 = 0.05;

/// The chance that noise puts the mean change outside of its interval. Not [`crate::LEVEL`]: with few rounds that interval
/// would hold nearly everything, and a change has to matter as well.
const DRIFT_LEVEL: f64 = 0.05;

/// What the first and the last third of one round are: the mean of the latencies, or their median, in any unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    first: f64,
    last: f64,
}

impl Change {
    /// `None` where there is no ratio of the two: both are above 0 and finite.
    pub fn new(first: f64, last: f64) -> Option<Self> {
        let one = Self { first, last };
        one.log().map(|_| one)
    }

    /// That of the means of a round; `None` where a third has no latencies.
    pub fn of(report: &BatchesReport) -> Option<Self> {
        let [first, _, last] = report.thirds?;
        Self::new(first.mean_ns()?, last.mean_ns()?)
    }

    fn log(&self) -> Option<f64> {
        let above_zero = self.first > 0.0 && self.last > 0.0;
        Some((self.last / self.first).ln()).filter(|log| above_zero && log.is_finite())
    }
}

/// From the first to the last third, over several rounds of one cell: the logarithms of last over first, one a round, and
/// the interval of Student's t for their mean at 95 %. Not steady where that interval leaves out no change *and* the mean
/// change is more than `smallest` (a share above 0; otherwise [`SMALLEST_CHANGE`]). A change that is the same in no two
/// rounds is noise; one smaller than what the rounds differ by cannot be seen, and the sentence says how small that is.
pub fn steady(rounds: &[Change], smallest: f64) -> Line {
    let logs: Vec<f64> = rounds.iter().filter_map(Change::log).collect();
    let count = logs.len();
    let few = || {
        let reason =
            format!("{count} rounds do not tell a drift from noise: {FEWEST_ROUNDS} are needed");
        Line::not_judged(Check::Steady, reason)
    };
    let Some(estimate) = Estimate::of(&logs).filter(|_| count >= FEWEST_ROUNDS) else {
        return few();
    };
    let matters =
        if smallest > 0.0 && smallest.is_finite() { smallest } else { SMALLEST_CHANGE }.ln_1p();
    let tolerance = estimate.reach(DRIFT_LEVEL / 2.0).max(matters);
    let numbers = Numbers {
        bound: Bound::Within,
        expected: 0.0,
        found: estimate.mean().exp_m1(),
        tolerance: tolerance.exp_m1(),
        unit: Unit::Share,
    };
    // The change that just does not count is smaller downwards: 1/1.05 is 4.8 % less.
    let down = Numbers { tolerance: -(-tolerance).exp_m1(), ..numbers };
    let numbers = if estimate.mean() < 0.0 { down } else { numbers };
    Line::judged(Check::Steady, &numbers, |held| {
        let change = number(100.0 * numbers.found.abs());
        let least = number(100.0 * numbers.tolerance);
        match (held, numbers.found > 0.0) {
            (true, _) => format!("over {count} rounds no drift is seen; one of {least} % would be"),
            (false, true) => format!(
                "not steady: latencies grow by {change} % from the first to the last third, in {count} rounds alike"
            ),
            (false, false) => format!(
                "not steady: latencies shrink by {change} % from the first to the last third, in {count} rounds alike"
            ),
        }
    })
}
