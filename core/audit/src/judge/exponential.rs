//! Whether gaps are exponential, as those of Poisson arrivals are: the test of Anderson and Darling.

use crate::LEVEL;
use crate::figure::{Unit, number};
use crate::line::{Bound, Check, Line, Numbers};
use crate::plan::{Arrivals, Plan};
use crate::sample::MOST_KEPT;
use crate::starts::StartsReport;

/// The statistic A²(1 + 0.6/n) of exponential gaps whose mean is estimated from themselves is above this in 1 of 100
/// samples (M. A. Stephens, *EDF statistics for goodness of fit and some comparisons*, JASA 69, 1974: 1.957;
/// R. B. D'Agostino, M. A. Stephens, *Goodness-of-Fit Techniques*, 1986: 1.959).
pub const CRITICAL: f64 = 1.957;

/// A mean gap needs to be so many times what starts are exact to: with less, that is what the test sees.
pub const FEWEST_STEPS: f64 = 10.0;

/// Gaps that are needed. The modified statistic holds from about ten on; with fewer than this it finds nothing.
const FEWEST: usize = 100;

/// A²(1 + 0.6/n) of the kept gaps, at most 2,000, at a level of 1 %. Of Poisson arrivals only.
///
/// Starts are exact to `exact_to_ns` (1 or more): the step of the clock, or how late they may be (p99 of lateness) where
/// that is more. Below it a gap is not what was planned but what the clock shows and the generator manages: ties of gaps
/// that were not alike, zeros, whose logarithm would be infinite, and two arrivals of one turn that are started one behind
/// the other. So gaps are rounded to it, and those that are alike then are spread evenly over the stretch that they stand
/// for. The test sees no steps while a mean gap is [`FEWEST_STEPS`] of them or more, and its level stays what it is
/// (`tests/error_rates.rs`). With 1, lateness from a twentieth of the gap on is found as well.
pub fn exponential(starts: &StartsReport, plan: &Plan, exact_to_ns: u64) -> Line {
    let not_judged = |reason: String| Line::not_judged(Check::Exponential, reason);
    if plan.arrivals() != Arrivals::Poisson {
        return not_judged("only Poisson arrivals have exponential gaps".into());
    }
    let gaps = &starts.kept_gaps[..starts.kept_gaps.len().min(MOST_KEPT)];
    let (count, step) = (gaps.len(), exact_to_ns.max(1));
    if count < FEWEST {
        return not_judged(format!(
            "{count} gaps say too little of their form: {FEWEST} are needed"
        ));
    }
    let mean = gaps.iter().map(|gap| *gap as f64).sum::<f64>() / count as f64;
    if mean < FEWEST_STEPS * step as f64 {
        return not_judged(format!(
            "a mean gap is {} times what starts are exact to, too little to see its form",
            number(mean / step as f64)
        ));
    }
    let Some(found) = statistic(&spread(gaps, step)) else {
        return not_judged("the gaps have no mean".into());
    };
    let numbers = Numbers {
        bound: Bound::AtMost,
        expected: CRITICAL,
        found,
        tolerance: 0.0,
        unit: Unit::Plain,
    };
    let level = 100.0 * LEVEL;
    Line::judged(Check::Exponential, &numbers, |held| match held {
        true => format!("{count} gaps look exponential (Anderson–Darling, level {level} %)"),
        false => format!("{count} gaps are not exponential (Anderson–Darling, level {level} %)"),
    })
}

/// Sorted, those that are alike to a step evenly over the stretch that they stand for.
fn spread(gaps: &[u64], step: u64) -> Vec<f64> {
    let mut steps: Vec<u64> =
        gaps.iter().map(|gap| gap / step + (gap % step + step / 2) / step).collect();
    steps.sort_unstable();
    let mut spread = Vec::with_capacity(steps.len());
    for alike in steps.chunk_by(|a, b| a == b) {
        let (middle, half) = (alike[0] as f64 * step as f64, step as f64 / 2.0);
        let from = (middle - half).max(0.0);
        let each = (middle + half - from) / alike.len() as f64;
        spread.extend((0..alike.len()).map(|at| from + each * (at as f64 + 0.5)));
    }
    spread
}

/// A²(1 + 0.6/n) of times above zero, sorted upwards, whose mean is estimated from themselves; `None` with fewer than two,
/// where they are not sorted, or where one is no time.
pub fn statistic(sorted: &[f64]) -> Option<f64> {
    let count = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / count;
    let ordered = sorted.is_sorted() && sorted.first().is_some_and(|least| *least > 0.0);
    if sorted.len() < 2 || !ordered || !mean.is_finite() {
        return None;
    }
    // With z = 1 − exp(−x/mean): ln z of the i-th from below, ln(1 − z) = −x/mean of the i-th from above.
    let terms = sorted.iter().zip(sorted.iter().rev()).enumerate().map(|(at, (low, high))| {
        (2 * at + 1) as f64 * ((-(-low / mean).exp_m1()).ln() - high / mean)
    });
    let squared = -count - terms.sum::<f64>() / count;
    Some(squared * (1.0 + 0.6 / count)).filter(|statistic| statistic.is_finite())
}
