//! How many places noise alone tells apart.
//!
//! Each place is told apart by noise with a chance of one in twenty at most. Of many places some are, and whoever counted
//! the winners there would find one.

pub(super) use crate::result::spread::LEVEL;

/// What floating point may do to a chance.
pub(super) const ROUNDING: f64 = 1e-9;

/// The chance that noise tells so many of the places apart, or more of them: the upper tail of a binomial distribution.
pub(super) fn of_so_many(told: usize, places: usize) -> f64 {
    let (n, odds) = (places as f64, (LEVEL / (1.0 - LEVEL)).ln());
    // Logarithms, since the chance of none is too small for a number where there are many.
    let mut of_exactly = n * (1.0 - LEVEL).ln();
    let mut of_fewer = 0.0;
    for count in 0..told.min(places) {
        of_fewer += of_exactly.exp();
        let k = count as f64;
        of_exactly += ((n - k) / (k + 1.0)).ln() + odds;
    }
    if told > places { 0.0 } else { (1.0 - of_fewer).max(0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_those_of_a_binomial_distribution() {
        for (told, places, chance) in [
            (0, 0, 1.0),
            (0, 7, 1.0),
            (1, 1, 0.05),
            (1, 2, 0.0975),
            (2, 2, 0.0025),
            (2, 6, 0.0328),
            (3, 20, 0.0755),
            (4, 20, 0.0159),
            (500, 10_000, 0.509),
            (600, 10_000, 0.000_004),
        ] {
            let found = of_so_many(told, places);
            assert!(
                (found - chance).abs() < 0.01 * chance.max(0.001) + 1e-4,
                "{told} of {places}: {found}"
            );
        }
    }
}
