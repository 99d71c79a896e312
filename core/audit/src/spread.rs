//! Count, mean and variance of whole numbers, from exact sums.

use serde::{Deserialize, Serialize};

/// Sums of what was added. Whole numbers, so the order in which they came does not matter and nothing is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    count: u64,
    sum: u128,
    squares: u128,
}

impl Sums {
    #[inline]
    pub(crate) fn add(&mut self, value: u64) {
        self.count += 1;
        self.sum += u128::from(value);
        self.squares = self.squares.saturating_add(u128::from(value) * u128::from(value));
    }

    /// Zero, `times` times.
    #[inline]
    pub(crate) fn add_zeros(&mut self, times: u64) {
        self.count = self.count.saturating_add(times);
    }

    pub(crate) fn spread(&self) -> Spread {
        Spread { count: self.count, mean: self.mean(), variance: self.variance() }
    }

    fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    /// Of deviations from a whole number next to the mean: these are small, so that nothing cancels out.
    fn variance(&self) -> Option<f64> {
        if self.count < 2 || self.squares == u128::MAX {
            return None;
        }
        let count = u128::from(self.count);
        let (near, rest) = (self.sum / count, self.sum % count);
        // Σ(x − near)² = Σx² − 2·near·Σx + count·near² = Σx² − near·(Σx + rest)
        let deviations = self.squares.checked_sub(near.checked_mul(self.sum + rest)?)?;
        let off = rest as f64 / self.count as f64;
        let squares = deviations as f64 - rest as f64 * off;
        Some(squares.max(0.0) / (self.count - 1) as f64)
    }
}

/// Count, mean and variance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// How many.
    pub count: u64,
    /// Their mean, in the unit of what was counted; `None` with none.
    pub mean: Option<f64>,
    /// Their variance (over count − 1), in the square of that unit; `None` with fewer than two.
    pub variance: Option<f64>,
}

impl Spread {
    /// The mean, where it is a number above zero.
    pub(crate) fn positive_mean(&self) -> Option<f64> {
        self.mean.filter(|mean| mean.is_finite() && *mean > 0.0)
    }

    /// The variance, where it can be one.
    pub(crate) fn true_variance(&self) -> Option<f64> {
        self.variance.filter(|variance| variance.is_finite() && *variance >= 0.0)
    }

    /// Standard deviation over mean; `None` where there is none.
    pub(crate) fn cv(&self) -> Option<f64> {
        Some(self.true_variance()?.sqrt() / self.positive_mean()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[u64]) -> Spread {
        let mut sums = Sums::default();
        values.iter().for_each(|value| sums.add(*value));
        sums.spread()
    }

    #[test]
    fn mean_and_variance_are_those_of_a_calculation_by_hand() {
        // Deviations from 5: 3, 1, 1, 1, 0, 0, 2, 4 squared: 9 1 1 1 0 0 4 16 = 32, over 7.
        let spread = of(&[2, 4, 4, 4, 5, 5, 7, 9]);
        assert_eq!(spread.mean, Some(5.0));
        assert!((spread.variance.expect("eight") - 32.0 / 7.0).abs() < 1e-12);
    }

    #[test]
    fn a_small_scatter_far_from_zero_is_seen() {
        let far = 1_u64 << 52;
        let spread = of(&[far, far + 1, far + 2, far + 3]);
        assert!((spread.variance.expect("four") - 5.0 / 3.0).abs() < 1e-12, "{spread:?}");
    }

    #[test]
    fn what_is_too_large_for_sums_has_no_variance() {
        assert_eq!(of(&[u64::MAX, u64::MAX, u64::MAX]).variance, None);
        assert_eq!(of(&[7]).variance, None);
        assert_eq!(of(&[]).mean, None);
    }
}
