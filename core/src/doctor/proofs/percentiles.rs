//! Percentiles of times that are known come out of the histogram as they are.

use super::Proof;
use crate::measure::{Histogram, Recorder};
use crate::scenario::grouped;

pub(super) const PROOF: Proof = Proof {
    key: "proofs.percentiles",
    claim: "percentiles of known times are right to three digits, from recorder to histogram",
    prove: || compare(&recorded(TIMES)),
};

/// The times are all multiples of a [step](STEP_NS) up to this one: 1 us to 100 ms.
const TIMES: u64 = 100_000;

/// In nanoseconds.
const STEP_NS: u64 = 1_000;

/// So that they come in no order: it has no factor in common with their number.
const STRIDE: u64 = 61_803;

/// How far a percentile may be off, of itself: three significant digits.
const TOLERANCE: f64 = 0.001;

/// What is asked for, in percent.
const ASKED: [f64; 7] = [1.0, 25.0, 50.0, 90.0, 99.0, 99.9, 99.99];

/// The times, each once, through what counts them while a round is measured.
fn recorded(times: u64) -> Histogram {
    let mut recorder = Recorder::new();
    (0..times).for_each(|at| recorder.record((at * STRIDE % times + 1) * STEP_NS));
    recorder.histogram()
}

/// Holds a histogram of all [`TIMES`] against what is right.
fn compare(histogram: &Histogram) -> Result<String, String> {
    if histogram.count() != TIMES {
        let (count, all) = (grouped(histogram.count()), grouped(TIMES));
        return Err(format!("{count} of {all} times are in the histogram"));
    }
    let mut farthest = 0.0f64;
    let mut hold = |what: String, found: Option<f64>, right: f64| {
        let found = found.ok_or_else(|| format!("{what} is missing"))?;
        let off = (found / right - 1.0).abs();
        farthest = farthest.max(off);
        if off <= TOLERANCE {
            return Ok(());
        }
        Err(format!("{what} is {found:.0} ns, and {right:.0} ns is right"))
    };
    for percent in ASKED {
        let right = (percent / 100.0 * TIMES as f64).round() * STEP_NS as f64;
        let found = histogram.percentile(percent).map(|ns| ns as f64);
        hold(format!("p{percent}"), found, right)?;
    }
    let (most, mean) = ((TIMES * STEP_NS) as f64, (TIMES + 1) as f64 / 2.0 * STEP_NS as f64);
    hold("the shortest".to_owned(), histogram.min().map(|ns| ns as f64), STEP_NS as f64)?;
    hold("the longest".to_owned(), histogram.max().map(|ns| ns as f64), most)?;
    hold("the mean".to_owned(), histogram.mean(), mean)?;
    Ok(format!(
        "{} times from 1 us to 100 ms: {} percentiles, the ends and the mean are off by {:.3} % at most (0.1 % is \
         allowed)",
        grouped(TIMES),
        ASKED.len(),
        farthest * 100.0
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All times, but as `wrong` makes of them.
    fn wrongly(wrong: impl Fn(u64) -> Option<u64>) -> Result<String, String> {
        let mut histogram = Recorder::new();
        (1..=TIMES).filter_map(|at| wrong(at * STEP_NS)).for_each(|ns| histogram.record(ns));
        compare(&histogram.histogram())
    }

    #[test]
    fn an_instrument_that_is_wrong_is_found_out() {
        assert_eq!(wrongly(Some), compare(&recorded(TIMES)));
        assert!(wrongly(Some).is_ok());
        // One time is lost; all are half a percent long; the longest are cut; the slow ones are left out twice as
        // often as they count.
        assert!(
            wrongly(|ns| (ns != 7_000).then_some(ns)).unwrap_err().contains("99,999 of 100,000")
        );
        assert!(wrongly(|ns| Some(ns + ns / 200)).unwrap_err().contains("is right"));
        assert!(wrongly(|ns| Some(ns.min(99_000_000))).unwrap_err().contains("p99.9 is 99"));
        assert!(wrongly(|ns| Some(if ns > 90_000_000 { ns / 2 } else { ns })).is_err());
        assert!(compare(&Histogram::new()).is_err());
    }
}
