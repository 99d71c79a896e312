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

/// A mean gap needs so many ticks of the clock: with fewer, the steps of the clock are what the test sees.
pub const FEWEST_TICKS: f64 = 10.0;

/// Gaps that are needed. The modified statistic holds from about ten on; with fewer than this it finds nothing.
const FEWEST: usize = 100;

/// A²(1 + 0.6/n) of the kept gaps, at most 2,000, at a level of 1 %. Of Poisson arrivals only.
///
/// A clock with steps of `tick_ns` (1 or more) makes ties of gaps that were not alike, and zeros, whose logarithm would
/// be infinite. A gap of that length stood anywhere within half a tick of it, so those of one length are spread evenly
/// over that, and the test sees no steps while a mean gap is [`FEWEST_TICKS`] or more. The level stays what it is then
/// (`tests/error_rates.rs`). Timers that are coarser than the clock make ties as well; these are real, and stay.
pub fn exponential(starts: &StartsReport, plan: &Plan, tick_ns: u64) -> Line {
    let not_judged = |reason: String| Line::not_judged(Check::Exponential, reason);
    if plan.arrivals() != Arrivals::Poisson {
        return not_judged("only Poisson arrivals have exponential gaps".into());
    }
    let gaps = &starts.kept_gaps[..starts.kept_gaps.len().min(MOST_KEPT)];
    let (count, tick) = (gaps.len(), tick_ns.max(1) as f64);
    if count < FEWEST {
        return not_judged(format!(
            "{count} gaps say too little of their form: {FEWEST} are needed"
        ));
    }
    let mean = gaps.iter().map(|gap| *gap as f64).sum::<f64>() / count as f64;
    if mean < FEWEST_TICKS * tick {
        return not_judged(format!(
            "a mean gap is {} ticks of the clock, too few to see its form",
            number(mean / tick)
        ));
    }
    let Some(found) = statistic(&spread(gaps, tick)) else {
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

/// Sorted, those of one length evenly over the tick that they stand for.
fn spread(gaps: &[u64], tick: f64) -> Vec<f64> {
    let mut sorted = gaps.to_vec();
    sorted.sort_unstable();
    let mut spread = Vec::with_capacity(sorted.len());
    for alike in sorted.chunk_by(|a, b| a == b) {
        let length = alike[0] as f64;
        let from = (length - tick / 2.0).max(0.0);
        let each = (length + tick / 2.0 - from) / alike.len() as f64;
        spread.extend((0..alike.len()).map(|at| from + each * (at as f64 + 0.5)));
    }
    // Ticks that are coarser than the times overlap.
    spread.sort_by(f64::total_cmp);
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
