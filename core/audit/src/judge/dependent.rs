//! How many independent latencies there are.

use crate::batches::{BatchesReport, MOST_BATCHES};
use crate::figure::{Unit, number};
use crate::line::{Bound, Check, Line, Numbers};
use statrs::distribution::{ContinuousCDF as _, Normal};

/// Latencies that are needed, so that a batch holds eight or more: dependence that ends within a batch is what its mean
/// is asked for.
pub const FEWEST_LATENCIES: u64 = 8 * MOST_BATCHES as u64;

/// Batches that are needed for their variance to be worth anything (Schmeiser 1982: 10 to 30, more bring little).
const FEWEST_BATCHES: usize = 16;

/// Of k batches that do not depend on each other, the first autocorrelation has a standard deviation of 1/√k; above
/// this many of them, they do.
const DEVIATIONS: f64 = 2.0;

/// A batch that says as much as m independent latencies makes n_eff some 1 + 1/2m times too high: what its last latencies
/// share with the next batch is not in it (of an autoregressive sequence; Schmeiser 1982 gives the bias in general). With
/// this many, that is a tenth.
const ENOUGH_IN_BATCH: f64 = 5.0;

/// With fewer than this, it is a quarter, and the number is an upper bound.
const FEWEST_IN_BATCH: f64 = 2.0;

/// The chance that a percentile is outside of what is said of it.
const INTERVAL: f64 = 0.05;

/// What batches of the right length say.
struct Settled {
    /// How many independent latencies there are.
    effective: f64,
    /// Batches still depend on each other: there are fewer.
    at_most: bool,
}

/// Merges neighbours until they do not depend on each other any more, or few of them are left (G. S. Fishman, *Grouping observations in digital
/// simulation*, Management Science 24, 1978).
fn settled(report: &BatchesReport) -> Option<Settled> {
    if report.latencies.count < FEWEST_LATENCIES {
        return None;
    }
    let mut sums: Vec<f64> = report.batch_sums.iter().map(|sum| *sum as f64).collect();
    let mut size = report.batch_size as f64;
    loop {
        let batches = sums.len() as f64;
        let effective = effective(report, &sums, size)?;
        let depend = neighbours(&sums) > DEVIATIONS / batches.sqrt();
        let settled = !depend && effective >= ENOUGH_IN_BATCH * batches;
        if settled || sums.len() / 2 < FEWEST_BATCHES {
            let at_most = depend || effective < FEWEST_IN_BATCH * batches;
            return Some(Settled { effective, at_most });
        }
        sums = sums.chunks_exact(2).map(|two| two[0] + two[1]).collect();
        size *= 2.0;
    }
}

/// How alike neighbouring batches are, from −1 to 1 (the first autocorrelation of their sums).
fn neighbours(sums: &[f64]) -> f64 {
    let mean = sums.iter().sum::<f64>() / sums.len() as f64;
    let squares: f64 = sums.iter().map(|sum| (sum - mean).powi(2)).sum();
    let products: f64 = sums.windows(2).map(|two| (two[0] - mean) * (two[1] - mean)).sum();
    if squares > 0.0 { products / squares } else { 0.0 }
}

/// How many independent latencies would tell the mean as well as these do, by batch means: n·s² over batch size times the
/// variance of the batch means. At least 1, at most n. `None` with fewer than [`FEWEST_LATENCIES`], or where all are alike.
pub fn effective_size(report: &BatchesReport) -> Option<f64> {
    settled(report).map(|settled| settled.effective)
}

fn effective(report: &BatchesReport, sums: &[f64], size: f64) -> Option<f64> {
    if sums.len() < FEWEST_BATCHES {
        return None;
    }
    let count = report.latencies.count as f64;
    let mean = sums.iter().sum::<f64>() / sums.len() as f64;
    let squares: f64 = sums.iter().map(|sum| (sum - mean).powi(2)).sum();
    let between = squares / (sums.len() - 1) as f64 / size;
    let effective = count * report.latencies.true_variance()? / between;
    (between > 0.0 && effective.is_finite()).then(|| effective.clamp(1.0, count))
}

/// Whether there are enough independent latencies for a percentile (`0.99` for p99): one of them beyond it, so 100 for
/// p99. The sentence says what the percentile's own uncertainty is: of n independent ones, the share below it is off by
/// 1.96·√(p(1 − p)/n) in 95 of 100 rounds, so it lies between the percentiles at either end of that.
///
/// Not judged where as few batches as may be still depend on each other: the dependence reaches through the round, and the
/// number found is too high. Batch means tell of the mean; a percentile far out may depend on more or on less.
pub fn dependence(report: &BatchesReport, percentile: f64) -> Line {
    let not_judged = |reason: String| Line::not_judged(Check::Dependence, reason);
    if !(percentile > 0.0 && percentile < 1.0) {
        return not_judged("that is no percentile".into());
    }
    let count = report.latencies.count;
    let Some(Settled { effective: found, at_most }) = settled(report) else {
        return not_judged(match count {
            FEWEST_LATENCIES.. => "all latencies are alike".to_owned(),
            _ => format!(
                "{} latencies say too little of how each depends on the one before: {} are needed",
                number(count as f64),
                number(FEWEST_LATENCIES as f64)
            ),
        });
    };
    let needed = (1.0 / (1.0 - percentile) - 1e-9).ceil();
    let numbers = Numbers {
        bound: Bound::AtLeast,
        expected: needed,
        found,
        tolerance: 0.0,
        unit: Unit::Count,
    };
    let says = format!(
        "{} latencies say {} as {} independent ones",
        number(count as f64),
        if at_most { "at most as much" } else { "as much" },
        number(found.round())
    );
    let line = Line::judged(Check::Dependence, &numbers, |held| match held {
        true => format!("{says}: {}", uncertainty(percentile, found)),
        false => format!("{says}: too few for {}", name(percentile)),
    });
    if at_most && found >= needed {
        return line.but_not_judged(format!("{says}, and how much less cannot be told"));
    }
    line
}

fn uncertainty(percentile: f64, independent: f64) -> String {
    let deviate = -Normal::standard().inverse_cdf(INTERVAL / 2.0);
    let off = deviate * (percentile * (1.0 - percentile) / independent).sqrt();
    let [low, high] = [percentile - off, percentile + off].map(|end| end.clamp(0.0, 1.0));
    format!(
        "{} lies between what they show as {} and {} (95 %)",
        name(percentile),
        name(low),
        name(high)
    )
}

/// `p99`, `p99.9`, `p97.86`.
fn name(percentile: f64) -> String {
    let text = format!("{:.2}", 100.0 * percentile);
    format!("p{}", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_percentiles_are_short_and_right() {
        assert_eq!([0.5, 0.99, 0.999, 1.0].map(name), ["p50", "p99", "p99.9", "p100"]);
    }

    #[test]
    fn neighbours_that_follow_each_other_are_alike_and_those_that_alternate_are_not() {
        assert!(neighbours(&(0..100).map(f64::from).collect::<Vec<_>>()) > 0.9);
        assert!(neighbours(&(0..100).map(|at| f64::from(at % 2)).collect::<Vec<_>>()) < -0.9);
        assert!(neighbours(&[7.0; 50]).abs() < 1e-12);
    }
}
