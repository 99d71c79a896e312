//! From an estimate to a word.

use super::{Better, Estimate, LEVEL, Limit};
use serde::{Deserialize, Serialize};

/// How often a change of the size that [`Decision::visible`] names would be found.
const POWER: f64 = 0.8;

/// What is said of a metric of a cell. In this order, a later one is worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Better by more than the limit.
    Improved,
    /// Within the limit, to both sides.
    Same,
    /// The rounds do not tell.
    #[default]
    Inconclusive,
    /// Worse by more than the limit.
    Regressed,
}

/// A verdict with what it rests on; ratios are *new* over *baseline*.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// The word.
    pub verdict: Verdict,
    /// The ratio.
    pub ratio: f64,
    /// It lies between these, but for a chance of 5 % on each side.
    pub interval: (f64, f64),
    /// A change to this ratio would have been called regressed in four of five runs; smaller ones are
    /// found less often.
    pub visible: f64,
    /// It rests on fresh rounds.
    pub fresh: bool,
}

impl Decision {
    /// `holds`: the change is beyond the limit for certain, after fresh rounds; without it, the word is
    /// `same` or `inconclusive`.
    pub(crate) fn of(estimate: &Estimate, limit: Limit, holds: bool, better: Better) -> Self {
        let reach = estimate.reach(LEVEL);
        let verdict = if holds && estimate.mean() > limit.log() {
            Verdict::Regressed
        } else if holds && estimate.mean() < -limit.log() {
            Verdict::Improved
        } else if estimate.mean().abs() + reach < limit.log() {
            Verdict::Same
        } else {
            Verdict::Inconclusive
        };
        let visible = limit.log() + reach + estimate.reach(1.0 - POWER);
        let (estimate, visible) = match better {
            Better::Lower => (*estimate, visible.exp()),
            Better::Higher => (estimate.mirrored(), (-visible).exp()),
        };
        let interval = estimate.interval(2.0 * LEVEL);
        Self { verdict, ratio: estimate.ratio(), interval, visible, fresh: false }
    }
}
