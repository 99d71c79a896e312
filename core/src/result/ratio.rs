//! One cell against another of the same run: what a gate on their ratio says.
//!
//! All cells of a round take turns, so a figure is compared within each round, and what slows a whole
//! round down cancels out. The logarithms of these ratios are a sample like any other: a gate passes
//! when even the bound of their mean on the side of the limit keeps it, fails when even the other bound
//! breaks it, each with a chance of `LEVEL` for noise alone, and is inconclusive between. (Student,
//! *The probable error of a mean*, Biometrika 6, 1908.) What is counted and does not depend on time is
//! compared as it is.

use super::gates::{GateOutcome, keeps};
use crate::scenario::Op;
use wirebench_verdict::Estimate;

/// The chance that noise alone decides a gate, to either side.
const LEVEL: f64 = 0.05;

/// What two cells say of the limit on their ratio.
#[derive(Clone, Debug, PartialEq)]
pub struct Ratio {
    /// This cell's figure over the other's; of rounds, the geometric mean.
    pub ratio: f64,
    /// Where it lies, but for a chance of 5 % on each side; `None`: it is exact, or one round cannot
    /// tell.
    pub interval: Option<[f64; 2]>,
    /// Rounds that have the figure in both cells; `None`: it is exact.
    pub rounds: Option<u32>,
    /// What the gate says.
    pub outcome: GateOutcome,
    /// Why it is inconclusive.
    pub why: Option<String>,
}

/// Of the figures of each round: this cell's and the other's. `Err` says why there is no ratio at all.
pub fn of_rounds(pairs: &[(f64, f64)], op: Op, limit: f64) -> Result<Ratio, String> {
    let has_ratio = |figure: f64| figure > 0.0 && figure.is_finite();
    let both = pairs.iter().filter(|(mine, other)| has_ratio(*mine) && has_ratio(*other));
    let logs: Vec<f64> = both.map(|(mine, other)| mine.ln() - other.ln()).collect();
    let rounds = Some(u32::try_from(logs.len()).unwrap_or(u32::MAX));
    let Some(estimate) = Estimate::of(&logs) else {
        let Some(log) = logs.first() else {
            return Err("no round has a value above zero in both cells".into());
        };
        let shown = words(log.exp(), None, limit);
        let why = format!(
            "{shown} in the one round that has a value in both cells: how far it may be off takes \
             two at least; more rounds, `load.rounds`, would tell"
        );
        let outcome = GateOutcome::Inconclusive;
        return Ok(Ratio { ratio: log.exp(), interval: None, rounds, outcome, why: Some(why) });
    };
    let (low, high) = estimate.interval(2.0 * LEVEL);
    let interval = [low.max(0.0), high.min(f64::MAX)];
    let ratio = estimate.ratio();
    let outcome = outcome(interval, op, limit);
    let why = (outcome == GateOutcome::Inconclusive).then(|| {
        let (side, other) = match op {
            Op::Less | Op::AtMost => ("under", "over"),
            Op::AtLeast | Op::More => ("over", "under"),
            Op::Equal => ("at", "beside"),
        };
        format!(
            "{} over {} rounds: neither {side} {limit} nor {other} it for certain; more rounds, \
             `load.rounds`, would tell",
            words(ratio, Some(interval), limit),
            logs.len()
        )
    });
    Ok(Ratio { ratio, interval: Some(interval), rounds, outcome, why })
}

/// Of figures that are the same in every round. `Err` says why they have no ratio.
pub fn exact(mine: f64, other: f64, op: Op, limit: f64) -> Result<Ratio, String> {
    if other <= 0.0 || mine < 0.0 {
        let nothing = if other <= 0.0 { "that cell's" } else { "this cell's" };
        return Err(format!("{nothing} value is not above zero, so there is no ratio"));
    }
    let ratio = mine / other;
    let outcome = outcome([ratio; 2], op, limit);
    Ok(Ratio { ratio, interval: None, rounds: None, outcome, why: None })
}

/// What a ratio that lies between these says of a limit.
pub(super) fn outcome([low, high]: [f64; 2], op: Op, limit: f64) -> GateOutcome {
    let holds = |ratio: f64| Some(keeps(op, ratio.partial_cmp(&limit)?));
    // Between two ends on the same side of the limit, everything lies on that side.
    match (holds(low), holds(high)) {
        (Some(true), Some(true)) => GateOutcome::Pass,
        (Some(false), Some(false)) if op != Op::Equal || low == high => GateOutcome::Fail,
        _ => GateOutcome::Inconclusive,
    }
}

/// `1.08 [1.05–1.11]`: with as many digits as the limit has, and two behind the point at least.
pub(crate) fn words(ratio: f64, interval: Option<[f64; 2]>, limit: f64) -> String {
    let of_limit = limit.to_string().split_once('.').map_or(0, |(_, digits)| digits.len());
    let shown = |number: f64| {
        let of_size = match number.abs() {
            size if size >= 100.0 => 0,
            size if size >= 10.0 => 1,
            size if size >= 0.1 || size == 0.0 => 2,
            // Two digits that say something.
            size => ((1.0 - size.log10().floor()) as usize).min(6),
        };
        format!("{number:.*}", of_size.max(of_limit.min(6)))
    };
    match interval {
        Some([low, high]) => format!("{} [{}–{}]", shown(ratio), shown(low), shown(high)),
        None => shown(ratio),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use GateOutcome::{Fail, Inconclusive, Pass};

    #[test]
    fn an_interval_is_held_against_the_limit_at_its_worse_end() {
        for (op, below, around, above) in [
            (Op::Less, Pass, Inconclusive, Fail),
            (Op::AtMost, Pass, Inconclusive, Fail),
            (Op::AtLeast, Fail, Inconclusive, Pass),
            (Op::More, Fail, Inconclusive, Pass),
        ] {
            assert_eq!(outcome([0.8, 0.9], op, 1.0), below, "{op:?}");
            assert_eq!(outcome([0.9, 1.1], op, 1.0), around, "{op:?}");
            assert_eq!(outcome([1.1, 1.2], op, 1.0), above, "{op:?}");
        }
    }

    #[test]
    fn an_end_at_the_limit_is_on_the_side_that_the_operator_says() {
        assert_eq!(outcome([0.9, 1.0], Op::Less, 1.0), Inconclusive);
        assert_eq!(outcome([0.9, 1.0], Op::AtMost, 1.0), Pass);
        assert_eq!(outcome([1.0, 1.1], Op::AtMost, 1.0), Inconclusive);
        assert_eq!(outcome([1.0, 1.1], Op::Less, 1.0), Fail);
        assert_eq!(outcome([f64::NAN, 1.1], Op::Less, 1.0), Inconclusive);
    }

    #[test]
    fn a_ratio_is_shown_with_the_digits_that_its_limit_has() {
        assert_eq!(words(1.0812, Some([1.049, 1.1149]), 1.05), "1.08 [1.05–1.11]");
        assert_eq!(words(1.00412, None, 1.001), "1.004");
        assert_eq!(words(37.21, Some([0.0123, 250.4]), 2.0), "37.2 [0.012–250]");
        assert_eq!(words(0.0, None, 2.0), "0.00");
    }

    #[test]
    fn what_is_not_above_zero_has_no_ratio() {
        assert!(exact(0.1, 0.0, Op::Less, 2.0).is_err());
        assert!(exact(-0.1, 0.2, Op::Less, 2.0).is_err());
        assert_eq!(exact(0.0, 0.2, Op::Less, 2.0).map(|ratio| ratio.outcome), Ok(Pass));
        assert!(of_rounds(&[(0.0, 1.0), (1.0, f64::INFINITY)], Op::Less, 2.0).is_err());
    }
}
