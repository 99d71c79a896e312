//! How the counts of starts in windows of ten gaps differ.

use crate::LEVEL;
use crate::figure::Unit;
use crate::line::{Bound, Check, Line, Numbers};
use crate::plan::{Arrivals, Plan};
use crate::starts::{COUNTED_GAPS, StartsReport};
use statrs::distribution::{ContinuousCDF as _, Normal};

/// Windows that are needed to say anything.
pub const FEWEST_WINDOWS: u64 = 30;

/// What is left to a clock and a scheduler that are not perfect, where Poisson arrivals were planned.
const POISSON_ALLOWED: f64 = 0.05;

/// Where arrivals follow a fixed schedule, a count is off by one where a start crosses the edge of a window. With one
/// more or one less in every window the variance is 1 at a mean of ten: an index of 0.1.
const FIXED_ALLOWED: f64 = 0.1;

/// What the variance of the counts over their mean is when all is as planned.
///
/// - constant: 0 (a count is one of two neighbouring whole numbers, so below 0.025 whatever the phase),
/// - Poisson: 1,
/// - k at one instant every k gaps: a window of ten gaps sees ⌊10/k⌋ bursts, or one more with chance f, the fraction of
///   10/k. That is a variance of k²·f(1 − f) at a mean of ten: 0 where k divides ten, 90 for k = 100.
pub fn expected_dispersion(arrivals: Arrivals) -> f64 {
    match arrivals {
        Arrivals::Constant => 0.0,
        Arrivals::Poisson => 1.0,
        Arrivals::Bursts { .. } => {
            let size = arrivals.at_once() as f64;
            let fraction = (COUNTED_GAPS / size).fract();
            size * size * fraction * (1.0 - fraction) / COUNTED_GAPS
        }
    }
}

/// The index of dispersion of the counts. Poisson arrivals: n − 1 times the index is χ² with n − 1 degrees of freedom
/// (W. G. Cochran, *Some methods for strengthening the common χ² tests*, Biometrics 10, 1954), so that it stays between the
/// quantiles of [`LEVEL`], widened by 0.05. Fixed schedules: off by 0.1 for each arrival of a burst (whose edge moves all of
/// it), and a tenth of what is expected, since a round holds a whole number of windows.
pub fn dispersion(starts: &StartsReport, plan: &Plan) -> Line {
    let windows = starts.windows;
    if windows.count < FEWEST_WINDOWS {
        let found = windows.count;
        let reason = format!(
            "{found} windows of ten gaps say too little of how counts differ: {FEWEST_WINDOWS} are needed"
        );
        return Line::not_judged(Check::Dispersion, reason);
    }
    let (Some(mean), Some(variance)) = (windows.positive_mean(), windows.true_variance()) else {
        return Line::not_judged(Check::Dispersion, "the windows of ten gaps hold no starts");
    };
    let (expected, found) = (expected_dispersion(plan.arrivals()), variance / mean);
    let tolerance = match plan.arrivals() {
        Arrivals::Poisson => POISSON_ALLOWED + by_chance((windows.count - 1) as f64, found > 1.0),
        fixed => FIXED_ALLOWED * fixed.at_once() as f64 + expected / 10.0,
    };
    let numbers = Numbers { bound: Bound::Within, expected, found, tolerance, unit: Unit::Plain };
    Line::judged(Check::Dispersion, &numbers, |held| match (held, found > expected) {
        (true, _) => "starts are spread over time as planned".to_owned(),
        (false, true) => format!(
            "starts come in clumps: counts in windows of ten gaps differ more than planned (variance over mean {found:.2})"
        ),
        (false, false) => format!(
            "starts are spread more evenly than planned: counts in windows of ten gaps differ less (variance over mean {found:.2})"
        ),
    })
}

/// How far χ² over its degrees of freedom is from 1, above or below, but for half of [`LEVEL`] (E. B. Wilson,
/// M. M. Hilferty, *The distribution of chi-square*, PNAS 17, 1931).
fn by_chance(freedom: f64, above: bool) -> f64 {
    let deviate = -Normal::standard().inverse_cdf(LEVEL / 2.0);
    let share = 2.0 / (9.0 * freedom);
    let off = if above { deviate } else { -deviate };
    ((1.0 - share + off * share.sqrt()).powi(3) - 1.0).abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_printed_tables() {
        // Any table of χ² (e.g. Pearson and Hartley, Biometrika Tables, table 8): at 0.995 and 0.005.
        for (freedom, high, low) in
            [(29.0, 52.336, 13.121), (50.0, 79.490, 27.991), (100.0, 140.169, 67.328)]
        {
            let [above, below] = [1.0 + by_chance(freedom, true), 1.0 - by_chance(freedom, false)];
            assert!((above * freedom - high).abs() < 0.005 * high, "{}", above * freedom);
            assert!((below * freedom - low).abs() < 0.005 * low, "{}", below * freedom);
        }
    }

    #[test]
    fn bursts_have_an_index_of_their_own() {
        let of = |size| expected_dispersion(Arrivals::Bursts { size });
        for (size, index) in
            [(1, 0.0), (2, 0.0), (5, 0.0), (10, 0.0), (4, 0.4), (3, 0.2), (20, 10.0), (100, 90.0)]
        {
            assert!((of(size) - index).abs() < 1e-9, "{size}: {}", of(size));
        }
    }
}
