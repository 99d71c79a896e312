//! How much worse something may get.

use super::Estimate;

/// A limit on a ratio: the same distance to both sides of 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit(f64);

impl Limit {
    /// Of a share: 0.05 is 5 %. `None` unless it is above 0 and a number.
    pub fn of_share(share: f64) -> Option<Self> {
        (share > 0.0 && share.is_finite()).then(|| Self(share.ln_1p()))
    }

    /// The logarithm of the largest ratio that keeps it.
    pub fn log(self) -> f64 {
        self.0
    }

    /// True where the rounds so far lie beyond it, to either side: fresh ones have to tell whether by
    /// chance.
    pub fn flags(self, estimate: &Estimate) -> bool {
        estimate.mean().abs() > self.0
    }

    /// The chance that a change within the limit would look like this or worse: towards the side on which
    /// the estimate lies.
    pub fn chance(self, estimate: &Estimate) -> f64 {
        let mirrored = if estimate.mean() < 0.0 { estimate.mirrored() } else { *estimate };
        mirrored.chance_above(self.0)
    }
}
