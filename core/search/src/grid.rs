//! The points of a search: a geometric row of values.

use std::fmt;

/// Each probe is so many times the one before.
pub const STEP: f64 = 4.0;

/// Why there is no such row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAGrid {
    /// It does not grow, or does not begin above zero.
    DoesNotGrow,
    /// A step must be more than nothing.
    NoStep,
    /// There would be more points than this.
    TooMany(usize),
}

impl fmt::Display for NotAGrid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DoesNotGrow => f.write_str("it does not grow from a value above zero"),
            Self::NoStep => f.write_str("its steps are nothing"),
            Self::TooMany(most) => write!(f, "it has more than {most} points"),
        }
    }
}

/// Values from `from` to `to`, both among them, each at most `resolution` above the one before (0.05: 5 %), and
/// all by the same factor.
pub fn geometric(from: f64, to: f64, resolution: f64, most: usize) -> Result<Vec<f64>, NotAGrid> {
    if !(from > 0.0 && to > from && to.is_finite()) {
        return Err(NotAGrid::DoesNotGrow);
    }
    if !(resolution > 0.0 && resolution.is_finite()) {
        return Err(NotAGrid::NoStep);
    }
    let range = (to / from).ln();
    // A hair less, so that what divides exactly is not rounded up to one step more.
    let steps = (range / resolution.ln_1p() - 1e-9).ceil().max(1.0);
    if steps >= most as f64 {
        return Err(NotAGrid::TooMany(most));
    }
    let steps = steps as usize;
    let at = |step: usize| from * (range * step as f64 / steps as f64).exp();
    let inner = (1..steps).map(at);
    Ok(std::iter::once(from).chain(inner).chain(std::iter::once(to)).collect())
}

/// The next probe above the point `at`: the first that is four times as much, or the last of the grid. `None`: it is the
/// last itself.
pub fn probe_above(values: &[f64], at: usize) -> Option<usize> {
    let last = values.len().checked_sub(1)?;
    let wanted = values.get(at)? * STEP * (1.0 - 1e-9);
    let next = values.partition_point(|value| *value < wanted).min(last);
    (at < last).then_some(next.max(at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_has_both_ends_and_no_step_over_the_resolution() {
        let grid = geometric(1_000.0, 1_000_000.0, 0.05, 4_096).expect("it is one");
        assert_eq!((grid[0], grid[grid.len() - 1], grid.len()), (1_000.0, 1_000_000.0, 143));
        assert!(grid.windows(2).all(|pair| pair[0] < pair[1] && pair[1] / pair[0] <= 1.05 + 1e-9));
        assert_eq!(geometric(1.0, 8.0, 1.0, 100).map(|grid| grid.len()), Ok(4), "1, 2, 4, 8");
        assert_eq!(geometric(10.0, 10.1, 0.5, 100), Ok(vec![10.0, 10.1]));
    }

    #[test]
    fn what_is_no_grid_is_refused() {
        assert_eq!(geometric(0.0, 1.0, 0.1, 9), Err(NotAGrid::DoesNotGrow));
        assert_eq!(geometric(2.0, 2.0, 0.1, 9), Err(NotAGrid::DoesNotGrow));
        assert_eq!(geometric(1.0, f64::INFINITY, 0.1, 9), Err(NotAGrid::DoesNotGrow));
        assert_eq!(geometric(1.0, 2.0, 0.0, 9), Err(NotAGrid::NoStep));
        assert_eq!(geometric(1.0, 2.0, f64::NAN, 9), Err(NotAGrid::NoStep));
        assert_eq!(geometric(1.0, 1e12, 1e-6, 4_096), Err(NotAGrid::TooMany(4_096)));
    }

    #[test]
    fn probes_are_four_times_as_much_and_end_at_the_last_point() {
        let values = [1.0, 2.0, 4.0, 8.0, 16.0, 20.0];
        assert_eq!(probe_above(&values, 0), Some(2));
        assert_eq!(probe_above(&values, 2), Some(4));
        assert_eq!(probe_above(&values, 4), Some(5));
        assert_eq!(probe_above(&values, 5), None);
        assert_eq!(probe_above(&[1.0, 100.0], 0), Some(1), "the next one is more");
        assert_eq!(probe_above(&[], 0), None);
    }
}
