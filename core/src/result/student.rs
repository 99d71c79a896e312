//! Student's t distribution, for whole degrees of freedom.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

/// More degrees of freedom change nothing worth their time; fewer err on the careful side.
const MOST: usize = 1000;

/// The t that |T| exceeds with probability `level`, for `freedom` degrees of freedom (at least 1).
pub(super) fn quantile(level: f64, freedom: usize) -> f64 {
    let freedom = freedom.clamp(1, MOST);
    // The distribution is smooth and grows in the angle, and the angle has an end.
    let (mut low, mut high) = (0.0, FRAC_PI_2);
    for _ in 0..64 {
        let middle = f64::midpoint(low, high);
        if within(middle, freedom) < 1.0 - level {
            low = middle;
        } else {
            high = middle;
        }
    }
    (freedom as f64).sqrt() * f64::midpoint(low, high).tan()
}

/// The probability of |T| < √freedom · tan `angle`: Abramowitz and Stegun, *Handbook of Mathematical
/// Functions*, 26.7.3 and 26.7.4.
fn within(angle: f64, freedom: usize) -> f64 {
    let (sin, cos) = angle.sin_cos();
    let odd = freedom % 2 == 1;
    let (mut term, mut sum) = if odd { (cos, 0.0) } else { (1.0, 0.0) };
    for step in (if odd { 3 } else { 2 }..=freedom).step_by(2) {
        sum += term;
        term *= cos * cos * (step - 1) as f64 / step as f64;
    }
    if odd { FRAC_2_PI * (angle + sin * sum) } else { sin * sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_printed_tables() {
        for (level, freedom, t) in [
            (0.05, 1, 12.706),
            (0.05, 2, 4.303),
            (0.05, 3, 3.182),
            (0.05, 4, 2.776),
            (0.05, 9, 2.262),
            (0.05, 30, 2.042),
            (0.05, 120, 1.980),
            (0.01, 1, 63.657),
            (0.01, 2, 9.925),
            (0.01, 5, 4.032),
            (0.01, 16, 2.921),
            (0.001, 2, 31.599),
            (0.001, 10, 4.587),
        ] {
            let got = quantile(level, freedom);
            assert!((got - t).abs() < 0.0006 * t, "{level} {freedom}: {got}, not {t}");
        }
    }

    #[test]
    fn a_tiny_level_and_many_degrees_of_freedom_have_a_quantile_too() {
        // Of 50 million pairs: a normal deviate of 6.1 to 6.2, a little more with Student's t.
        let got = quantile(0.05 / 5e7, 1_000_000);
        assert!((6.0..6.5).contains(&got), "{got}");
        assert!(quantile(1e-9, 1) > 1e8);
    }
}
