//! What is kept of a histogram to draw it: points of its percentiles and of its distribution. Of an open loop, what was
//! never answered took longer than all that is known, so that both end at the share that was done.

use crate::measure::Histogram;
use crate::report::numbers;

/// Points of a line for each nine of its percentiles.
const PER_DECADE: f64 = 16.0;

/// Where the median stands among these.
const MEDIAN: f64 = std::f64::consts::LOG10_2;

/// Points of a distribution.
const STEPS: u64 = 80;

/// What is kept of one histogram.
#[derive(Clone, Debug, Default)]
pub(super) struct Samples {
    count: u64,
    /// Of an open loop: those without an answer and those that were dropped. Each took longer than all others.
    slower: u64,
    /// Share of all and latency in nanoseconds, as far as one lies beyond the share and it is known.
    tail: Vec<(f64, f64)>,
    /// Latency and the share of all that are not longer.
    distribution: Vec<(f64, f64)>,
}

impl Samples {
    /// Of those that were done, where `slower` more took longer than any of them.
    pub(super) fn of(histogram: &Histogram, slower: u64) -> Option<Self> {
        let count = histogram.count();
        let all = count.saturating_add(slower);
        // Of all, the share that is known.
        let known = count as f64 / all as f64;
        let at = |share: f64| time_at(histogram, share, all);
        let shortest = histogram.min()? as f64;
        // The last share beyond which a sample lies: 1 / (1 - share) samples are all there are. Where some took longer
        // than those that are known, these lie beyond the last one that is.
        let of_known = if slower == 0 { f64::INFINITY } else { -(1.0 - known).log10() };
        let most = (all as f64).log10().min(of_known);
        let steps = (most * PER_DECADE).floor() as u64;
        let even = (0..=steps).map(|step| step as f64 / PER_DECADE);
        let mut nines: Vec<f64> = even.chain([MEDIAN, most]).filter(|at| *at <= most).collect();
        nines.sort_by(f64::total_cmp);
        let mut tail: Vec<(f64, f64)> = Vec::new();
        for share in nines.into_iter().map(|nines| 1.0 - 10f64.powf(-nines)) {
            if tail.last().is_none_or(|(last, _)| *last < share) {
                tail.push((share, at(share)?));
            }
        }
        let steps = count.min(STEPS);
        let mut distribution = vec![(shortest, 0.0)];
        for step in 1..=steps {
            let share = step as f64 / steps as f64 * known;
            distribution.push((at(share)?, share));
        }
        Some(Self { count, slower, tail, distribution })
    }

    /// All of them, those that are slower than all that are known too.
    pub(super) fn all(&self) -> u64 {
        self.count.saturating_add(self.slower)
    }

    /// The share of all that is known.
    pub(super) fn known(&self) -> f64 {
        self.count as f64 / self.all() as f64
    }

    /// Those that were done.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Those that took longer than all that were done.
    pub(super) fn slower(&self) -> u64 {
        self.slower
    }

    /// The percentiles that are drawn.
    pub(super) fn tail(&self) -> &[(f64, f64)] {
        &self.tail
    }

    /// The distribution that is drawn.
    pub(super) fn distribution(&self) -> &[(f64, f64)] {
        &self.distribution
    }

    /// How many there are: `9,000 + 12 slower`.
    pub(super) fn words(&self) -> String {
        let count = numbers::count(self.count);
        match self.slower {
            0 => count,
            slower => format!("{count} + {} slower", numbers::count(slower)),
        }
    }
}

/// The time of which this share of `all` is not longer, in nanoseconds; `None` where that is none of those in the
/// histogram.
fn time_at(histogram: &Histogram, share: f64, all: u64) -> Option<f64> {
    // Rounded, so that 99.9 % are what the table calls p99.9 and not a hair more.
    let percent = (share * 1e11).round() / 1e9;
    let count = histogram.count();
    if all == count {
        return histogram.percentile(percent).map(|ns| ns as f64);
    }
    let rank = (percent.next_down() * all as f64 / 100.0).ceil().max(1.0);
    // What is lost to rounding is less than one of them.
    let rank = rank.min(count as f64);
    histogram.percentile((rank - 0.5) / count as f64 * 100.0).map(|ns| ns as f64)
}
