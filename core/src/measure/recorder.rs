//! Counting times as fast as they come.
//!
//! A [`Recorder`] has the buckets of [`Histogram`] (HdrHistogram, three significant digits, lowest
//! value 1), but nothing else: recording is one index and one addition. When the round is over it
//! becomes a histogram, and nobody can tell the difference. Source of the layout: the
//! HdrHistogram format (2,048 buckets of width 1, then 1,024 of width 2, of width 4, …).

use super::Histogram;
use super::histogram::LONGEST_NS;

/// log2 of the buckets of one width.
const HALF: u32 = 10;

/// Buckets up to and including the one of the longest time.
const BUCKETS: usize = index(LONGEST_NS) + 1;

/// Counts times in nanoseconds.
#[derive(Clone, Debug)]
pub struct Recorder {
    counts: Box<[u64; BUCKETS]>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

impl Recorder {
    /// Nothing counted.
    pub fn new() -> Self {
        let counts = vec![0; BUCKETS].into_boxed_slice();
        Self { counts: counts.try_into().expect("the length is the constant just used") }
    }

    /// Counts one time; 0 counts as 1 ns, more than an hour as an hour.
    #[inline(always)]
    pub fn record(&mut self, ns: u64) {
        self.counts[index(if ns > LONGEST_NS { LONGEST_NS } else { ns })] += 1;
    }

    /// The histogram of everything counted.
    pub fn histogram(&self) -> Histogram {
        let mut histogram = Histogram::new();
        for (index, count) in self.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            histogram.record_many(lowest(index), *count);
        }
        histogram
    }
}

/// The bucket of a time.
#[inline(always)]
const fn index(ns: u64) -> usize {
    // Width 1 up to 2,047; from there on the width doubles with every further bit.
    let width = (u64::BITS - 1 - HALF) - (ns | ((2 << HALF) - 1)).leading_zeros();
    ((width as usize) << HALF) + (ns >> width) as usize
}

/// The lowest time of a bucket.
const fn lowest(index: usize) -> u64 {
    if index < 2 << HALF {
        return index as u64;
    }
    let width = (index >> HALF) - 1;
    ((index - (width << HALF)) as u64) << width
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorder_and_a_histogram_count_alike() {
        let (mut recorder, mut histogram) = (Recorder::new(), Histogram::new());
        let edges = [0, 1, 2_047, 2_048, 2_049, 4_095, 4_096, LONGEST_NS, LONGEST_NS + 1, u64::MAX];
        // Every length of a number, with many patterns of its lower bits.
        let spread = (0..100_000_u64).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (n % 64));
        for ns in edges.into_iter().chain(spread) {
            recorder.record(ns);
            histogram.record(ns);
        }
        let ours = recorder.histogram();
        assert_eq!(ours.encode(), histogram.encode());
        assert_eq!((ours.min(), ours.max()), (histogram.min(), histogram.max()));
    }

    #[test]
    fn every_bucket_begins_where_its_lowest_time_says() {
        for bucket in 0..BUCKETS {
            assert_eq!(index(lowest(bucket)), bucket);
        }
    }
}
