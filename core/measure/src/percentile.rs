//! Percentiles, and which of them a histogram can answer for.

use super::Histogram;

/// A hundred percent, in thousandths.
const WHOLE: u32 = 100_000;

/// A percentile over 0 and below 100, in steps of a thousandth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percentile {
    /// In thousandths of a percent.
    thousandths: u32,
}

/// The median.
pub const P50: Percentile = Percentile { thousandths: 50_000 };
/// The 90th percentile.
pub const P90: Percentile = Percentile { thousandths: 90_000 };
/// The 99th percentile.
pub const P99: Percentile = Percentile { thousandths: 99_000 };
/// The 99.9th percentile.
pub const P99_9: Percentile = Percentile { thousandths: 99_900 };
/// The 99.99th percentile.
pub const P99_99: Percentile = Percentile { thousandths: 99_990 };

impl Percentile {
    /// Reads what stands behind the `p` of a metric: `95`, `99.9`, with up to three decimals and no
    /// zero that says nothing, so that each has one name.
    #[inline]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let named_once = (whole == "0" || !whole.starts_with('0'))
            && (!text.contains('.') || !(part.is_empty() || part.ends_with('0')));
        if !named_once || !digits(whole) || !digits(part) || part.len() > 3 || whole.len() > 2 {
            return None;
        }
        let whole: u32 = whole.parse().ok()?;
        let part: u32 = format!("{part:0<3}").parse().ok()?;
        let thousandths = whole * 1_000 + part;
        (thousandths > 0).then_some(Self { thousandths })
    }

    /// How many samples it needs: 1 / (1 - p), so that at least one sample lies beyond it. Below
    /// that it would only be the maximum under another name.
    #[inline]
    pub fn needs(self) -> u64 {
        u64::from(WHOLE.div_ceil(WHOLE - self.thousandths))
    }

    /// The value in nanoseconds; `None` with too few samples.
    #[inline]
    pub fn of(self, histogram: &Histogram) -> Option<u64> {
        let percent = f64::from(self.thousandths) / 1_000.0;
        (histogram.count() >= self.needs()).then(|| histogram.percentile(percent)).flatten()
    }

    /// The value in nanoseconds when `more` samples are longer than any that the histogram has; `None` when it is one of
    /// those, or there are too few of both together.
    #[inline]
    pub fn of_some(self, histogram: &Histogram, more: u64) -> Option<u64> {
        if more == 0 {
            return self.of(histogram);
        }
        let enough = histogram.count().saturating_add(more) >= self.needs();
        enough.then(|| self.of_longer(histogram, more)).flatten()
    }

    /// The value in nanoseconds when `more` samples are longer than any that the histogram has;
    /// `None` when it is one of those. Whether the samples are enough is for the caller to see.
    #[inline]
    pub fn of_longer(self, histogram: &Histogram, more: u64) -> Option<u64> {
        let known = histogram.count();
        let all = u128::from(known) + u128::from(more);
        // The rank of the sample that a share of 1 - p is not beyond, from 1.
        let rank = (all * u128::from(self.thousandths)).div_ceil(u128::from(WHOLE)).max(1);
        if rank > u128::from(known) {
            return None;
        }
        // In the middle of the rank's share, so that rounding cannot reach its neighbours.
        histogram.percentile((rank as f64 - 0.5) / known as f64 * 100.0)
    }
}

impl std::fmt::Display for Percentile {
    /// As metrics are called: `p95`, `p99.9`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, part) = (self.thousandths / 1_000, self.thousandths % 1_000);
        match part {
            0 => write!(f, "p{whole}"),
            part => write!(f, "p{whole}.{}", format!("{part:03}").trim_end_matches('0')),
        }
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

    #[test]
    fn every_percentile_has_one_name_and_needs_one_sample_beyond_it() {
        for (text, needs) in
            [("50", 2), ("95", 20), ("75", 4), ("99.95", 2_000), ("99.999", 100_000), ("0.5", 2)]
        {
            let read = Percentile::parse(text).expect(text);
            assert_eq!((read.to_string(), read.needs()), (format!("p{text}"), needs));
        }
        let known = ["50", "90", "99", "99.9", "99.99"].map(Percentile::parse);
        assert_eq!(known, [P50, P90, P99, P99_9, P99_99].map(Some));
        for text in ["", "0", "100", "050", "95.0", "95.", ".5", "99.9999", "-1", "9e1", "0.0"] {
            assert_eq!(Percentile::parse(text), None, "{text}");
        }
    }
}
