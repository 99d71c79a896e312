//! Which percentiles a histogram can answer for.

use crate::measure::Histogram;

/// A percentile and how many samples it needs: 1 / (1 - p), so that at least one sample lies
/// beyond it. Below that it would only be the maximum under another name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Percentile {
    /// From 0 to 100.
    percentile: f64,
    /// Samples needed.
    pub(crate) needs: u64,
}

pub(crate) const P50: Percentile = Percentile { percentile: 50.0, needs: 2 };
pub(crate) const P90: Percentile = Percentile { percentile: 90.0, needs: 10 };
pub(crate) const P99: Percentile = Percentile { percentile: 99.0, needs: 100 };
pub(crate) const P99_9: Percentile = Percentile { percentile: 99.9, needs: 1_000 };
pub(crate) const P99_99: Percentile = Percentile { percentile: 99.99, needs: 10_000 };

impl Percentile {
    /// The value in nanoseconds; `None` with too few samples.
    pub(crate) fn of(self, histogram: &Histogram) -> Option<u64> {
        (histogram.count() >= self.needs).then(|| histogram.percentile(self.percentile)).flatten()
    }
}
