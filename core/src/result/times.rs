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

    /// The value in nanoseconds when `more` samples are longer than any that the histogram has;
    /// `None` when it is one of those. Whether the samples are enough is for the caller to see.
    pub(crate) fn of_longer(self, histogram: &Histogram, more: u64) -> Option<u64> {
        let known = histogram.count();
        let all = u128::from(known) + u128::from(more);
        // p is 1 - 1 / needs: the rank of the sample that so many are not beyond, from 1.
        let needs = u128::from(self.needs);
        let rank = (all * (needs - 1)).div_ceil(needs).max(1);
        if rank > u128::from(known) {
            return None;
        }
        // In the middle of the rank's share, so that rounding cannot reach its neighbours.
        histogram.percentile((rank as f64 - 0.5) / known as f64 * 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 to `count` microseconds.
    fn micros(count: u64) -> Histogram {
        let mut histogram = Histogram::new();
        (1..=count).for_each(|us| histogram.record(us * 1_000));
        histogram
    }

    /// What a histogram tells of a time, in microseconds: three digits of it.
    fn us(ns: Option<u64>) -> Option<u64> {
        ns.map(|ns| ns / 1_000)
    }

    #[test]
    fn longer_samples_move_a_percentile_up_by_rank() {
        let histogram = micros(990);
        for (percentile, more, value) in [
            (P50, 0, Some(495)),
            (P50, 10, Some(500)),
            (P50, 989, Some(990)),
            (P50, 990, Some(990)),
            (P50, 991, None),
            (P99, 0, Some(981)),
            (P99, 9, Some(990)),
            (P99, 10, Some(990)),
            (P99, 11, None),
            (P99_9, 1, None),
        ] {
            let told = us(percentile.of_longer(&histogram, more));
            assert_eq!(told, value, "{percentile:?} with {more} more");
        }
        assert_eq!(P50.of_longer(&micros(1), u64::MAX), None);
        assert_eq!(P50.of_longer(&Histogram::new(), 0), None);
    }

    #[test]
    fn without_longer_samples_it_is_the_percentile() {
        for count in [2, 3, 10, 99, 100, 101, 999] {
            let histogram = micros(count);
            for percentile in [P50, P90, P99] {
                let plain = percentile.of(&histogram);
                let longer = percentile.of_longer(&histogram, 0);
                assert!(plain.is_none() || plain == longer, "{percentile:?} of {count}");
            }
        }
    }
}
