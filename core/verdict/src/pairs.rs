//! Rounds in which both builds were played, one behind the other.

use super::Estimate;
use serde::{Deserialize, Serialize};

/// What is better of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// Times and costs.
    Lower,
    /// Rates.
    Higher,
}

/// One figure of both builds in one round of one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The baseline's.
    pub baseline: f64,
    /// That of the new build.
    pub new: f64,
    /// The baseline was played first.
    pub baseline_first: bool,
}

impl Pair {
    /// How much worse the new build is, as the logarithm of a ratio; `None` where one figure has no ratio
    /// to anything.
    pub fn log(&self, better: Better) -> Option<f64> {
        let has_ratio = |figure: f64| figure > 0.0 && figure.is_finite();
        let log = (self.new / self.baseline).ln();
        (has_ratio(self.baseline) && has_ratio(self.new)).then_some(match better {
            Better::Lower => log,
            Better::Higher => -log,
        })
    }
}

/// The [trimmed](Estimate::trimmed) mean over both orders, each with the same weight, so that what being second costs cancels out; it
/// does not count as noise either, and takes one degree of freedom. With fewer than two rounds in one of
/// the orders, that cannot be told from noise: then they are a plain sample. `None` with fewer than two
/// rounds.
pub fn of_pairs(pairs: &[Pair], better: Better) -> Option<Estimate> {
    let logs = |wanted: &dyn Fn(&&Pair) -> bool| {
        let those = pairs.iter().filter(wanted).filter_map(|pair| pair.log(better));
        Estimate::trimmed(&those.collect::<Vec<_>>())
    };
    let (Some(a), Some(b)) =
        (logs(&|pair| pair.baseline_first), logs(&|pair| !pair.baseline_first))
    else {
        return logs(&|_| true);
    };
    let freedom = a.freedom() + b.freedom();
    let variance = (a.variance() * a.freedom() + b.variance() * b.freedom()) / freedom;
    let share = (a.share() + b.share()) / 4.0;
    Some(Estimate::new(f64::midpoint(a.mean(), b.mean()), variance, share, freedom))
}
