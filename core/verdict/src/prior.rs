//! What the cells of a run say together about the noise of each.

use super::Estimate;
use statrs::function::gamma::digamma;

/// Fewer cells say nothing about how their noise differs.
const FEWEST: usize = 3;

/// A variance is not taken for smaller than this share of the median of all: rounds that agree to the last
/// digit by chance would make the others look like outliers.
const SMALLEST: f64 = 1e-4;

/// The noise of a cell before its rounds were seen, as an inverse gamma distribution over the cells of the
/// run (G. K. Smyth, *Linear models and empirical Bayes methods for assessing differential expression in
/// microarray experiments*, Statistical Applications in Genetics and Molecular Biology 3, 2004, sections 3
/// and 6.2). Few rounds of a cell give a poor variance; where cells are alike, the others' rounds make it
/// a good one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    variance: f64,
    freedom: f64,
}

impl Prior {
    /// From the estimates of all cells, of one metric. `None` with fewer than three, or where none of them
    /// has any noise: then each stands for itself.
    pub fn of(cells: &[Estimate]) -> Option<Self> {
        let mut noisy: Vec<(f64, f64)> = cells
            .iter()
            .map(|cell| (cell.variance(), cell.freedom()))
            .filter(|(variance, _)| *variance > 0.0)
            .collect();
        if noisy.len() < FEWEST {
            return None;
        }
        noisy.sort_by(|a, b| a.0.total_cmp(&b.0));
        let smallest = noisy[noisy.len() / 2].0 * SMALLEST;
        let count = noisy.len() as f64;
        let logs: Vec<(f64, f64)> = noisy
            .iter()
            .map(|(variance, freedom)| {
                let half = freedom / 2.0;
                (variance.max(smallest).ln() - digamma(half) + half.ln(), trigamma(half))
            })
            .collect();
        let mean = logs.iter().map(|(log, _)| log).sum::<f64>() / count;
        let scatter: f64 =
            logs.iter().map(|(log, _)| (log - mean).powi(2)).sum::<f64>() / (count - 1.0);
        let own = logs.iter().map(|(_, own)| own).sum::<f64>() / count;
        // No more than all of them together can say.
        let most: f64 = noisy.iter().map(|(_, freedom)| freedom).sum();
        let freedom = match scatter - own {
            beyond if beyond > 0.0 => (2.0 * inverse_trigamma(beyond)).min(most),
            _ => most,
        };
        let half = freedom / 2.0;
        Some(Self { variance: (mean + digamma(half) - half.ln()).exp(), freedom })
    }

    /// A cell's estimate with the noise that its own rounds and those of the others show together.
    pub fn moderate(&self, cell: Estimate) -> Estimate {
        let freedom = self.freedom + cell.freedom();
        let squares = self.variance * self.freedom + cell.variance() * cell.freedom();
        cell.with_variance(squares / freedom, freedom)
    }
}

/// The second derivative of the logarithm of the gamma function: Abramowitz and Stegun, *Handbook of
/// Mathematical Functions*, 6.4.6 and 6.4.12.
fn trigamma(x: f64) -> f64 {
    let (mut x, mut sum) = (x, 0.0);
    while x < 10.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let series = y * (1.0 / 6.0 - y * (1.0 / 30.0 - y * (1.0 / 42.0 - y / 30.0)));
    sum + 1.0 / x + y / 2.0 + series / x
}

/// Where [`trigamma`] has this value, which it takes from infinity down to zero.
fn inverse_trigamma(value: f64) -> f64 {
    let (mut low, mut high) = (1e-8_f64, 1e8_f64);
    for _ in 0..100 {
        let middle = (low * high).sqrt();
        if trigamma(middle) > value { low = middle } else { high = middle }
    }
    (low * high).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn trigamma_has_its_known_values() {
        for (x, value) in [(1.0, PI * PI / 6.0), (0.5, PI * PI / 2.0), (2.0, PI * PI / 6.0 - 1.0)] {
            let got = trigamma(x);
            assert!((got - value).abs() < 1e-9, "{x}: {got}, not {value}");
        }
    }

    #[test]
    fn its_inverse_leads_back() {
        for x in [0.1, 0.5, 1.0, 4.5, 30.0, 1000.0] {
            let back = inverse_trigamma(trigamma(x));
            assert!((back / x - 1.0).abs() < 1e-6, "{x}: {back}");
        }
    }
}
