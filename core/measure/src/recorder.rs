//! Counting times as fast as they come.
//!
//! A [`Recorder`] has all buckets of a [`Histogram`] and nothing else: recording is one index and
//! one addition. When the round is over it becomes a histogram, and nobody can tell the difference.

use super::Histogram;
use super::buckets::{BUCKETS, LONGEST_NS, index};

/// Counts times in nanoseconds.
#[derive(Clone, Debug)]
pub struct Recorder {
    /// As many buckets as there are, or none where it grows.
    counts: Vec<u64>,
    /// What is counted where there are no buckets.
    grown: Histogram,
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

impl Recorder {
    /// Nothing counted, and room for everything: half a megabyte that takes no memory before it is used.
    #[inline]
    pub fn new() -> Self {
        Self { counts: vec![0; BUCKETS], ..Self::growing() }
    }

    /// Nothing counted, and no buckets: each is made when something falls into it, which takes time of
    /// its own. For rounds whose times are not real.
    #[inline]
    pub fn growing() -> Self {
        Self { counts: Vec::new(), grown: Histogram::new() }
    }

    /// Counts one time; 0 counts as 1 ns, more than an hour as an hour.
    #[inline(always)]
    pub fn record(&mut self, ns: u64) {
        self.record_n(ns, 1);
    }

    /// Counts the same time `n` times, once or more.
    #[inline(always)]
    pub fn record_n(&mut self, ns: u64, n: u64) {
        let bucket = index(if ns > LONGEST_NS { LONGEST_NS } else { ns });
        match self.counts.get_mut(bucket) {
            Some(count) => *count += n,
            None => self.grow(ns, n),
        }
    }

    /// Counts a time where there are no buckets.
    #[cold]
    fn grow(&mut self, ns: u64, n: u64) {
        self.grown.record_n(ns, n);
    }

    /// The histogram of everything counted.
    #[inline]
    pub fn histogram(&self) -> Histogram {
        if self.counts.is_empty() {
            return self.grown.clone();
        }
        // What took no time at all counts as 1 ns.
        let shortest =
            self.counts.iter().take(2).fold(0_u64, |sum, count| sum.saturating_add(*count));
        let rest = self.counts.iter().enumerate().skip(2).filter(|(_, count)| **count > 0);
        let rest = rest.map(|(bucket, count)| (bucket as u16, *count));
        Histogram::of([(1, shortest)].into_iter().chain(rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorder_and_a_histogram_count_alike() {
        let (mut recorder, mut histogram) = (Recorder::new(), Histogram::new());
        let mut growing = Recorder::growing();
        let edges = [0, 1, 2_047, 2_048, 2_049, 4_095, 4_096, LONGEST_NS, LONGEST_NS + 1, u64::MAX];
        // Every length of a number, with many patterns of its lower bits.
        let spread = (0..100_000_u64).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (n % 64));
        for ns in edges.into_iter().chain(spread) {
            let n = 1 + ns % 3;
            recorder.record_n(ns, n);
            growing.record_n(ns, n);
            for _ in 0..n {
                histogram.record(ns);
            }
        }
        assert_eq!(growing.histogram().encode(), histogram.encode());
        assert_eq!(Recorder::growing().histogram().encode(), Histogram::new().encode());
        let ours = recorder.histogram();
        assert_eq!(ours.encode(), histogram.encode());
        assert_eq!((ours.min(), ours.max()), (histogram.min(), histogram.max()));
    }
}
