//! Latency histograms: HdrHistogram with three significant digits, in nanoseconds.

use super::buckets::{self, LONGEST_NS};
use super::{HistogramError, encoding};
use serde::{Deserialize, Serialize};

/// The most samples that a histogram counts: what its encoding can say. More are left out.
pub(super) const MOST: u64 = i64::MAX as u64;

/// Times in nanoseconds, three significant digits. Crosses processes whole (HdrHistogram V2,
/// compressed, in base64), so histograms can be merged and every percentile recomputed.
///
/// Holds the buckets that count something and no others, so that the histograms of many cells fit
/// into memory: one that is empty takes none. Where times come fast, count them with a
/// [`Recorder`](super::Recorder).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// Bucket and count, in the order of the buckets; no count is 0.
    counts: Vec<(u16, u64)>,
    /// The sum of the counts, at most [`MOST`].
    total: u64,
}

impl Histogram {
    /// An empty histogram.
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// From buckets in their order, each with what it counts.
    #[inline]
    pub(super) fn of(counts: impl IntoIterator<Item = (u16, u64)>) -> Self {
        let mut histogram = Self::new();
        for (bucket, count) in counts {
            let count = histogram.room_for(count);
            if count > 0 {
                histogram.counts.push((bucket, count));
            }
        }
        histogram
    }

    /// Counts one time; 0 counts as 1 ns, more than an hour as an hour.
    #[inline]
    pub fn record(&mut self, ns: u64) {
        self.record_n(ns, 1);
    }

    /// Counts the same time `n` times.
    #[inline]
    pub fn record_n(&mut self, ns: u64, n: u64) {
        let bucket = buckets::index(ns.clamp(1, LONGEST_NS)) as u16;
        let count = self.room_for(n);
        match self.counts.binary_search_by_key(&bucket, |(bucket, _)| *bucket) {
            Ok(at) => self.counts[at].1 += count,
            Err(at) if count > 0 => self.counts.insert(at, (bucket, count)),
            Err(_) => {}
        }
    }

    /// Samples recorded.
    #[inline]
    pub fn count(&self) -> u64 {
        self.total
    }

    /// The time at `percentile` (0 to 100), never interpolated: of so many samples in a hundred, the
    /// longest. `None` without samples.
    #[inline]
    pub fn percentile(&self, percentile: f64) -> Option<u64> {
        // A little less, because the next number below is as good: 99.9 % of 1,000 samples would be
        // 999.0000000000001 otherwise, and the thousandth.
        let share = percentile.min(100.0).next_down();
        let wanted = ((share * self.total as f64 / 100.0).ceil() as u64).max(1);
        let mut so_far = 0;
        let at = self.counts.iter().find(|(_, count)| {
            so_far += count;
            so_far >= wanted
        });
        // Beyond 2^53 samples the product may be rounded past their sum.
        let (bucket, _) = at.or(self.counts.last())?;
        let of_bucket = if percentile == 0.0 { buckets::lowest } else { buckets::highest };
        Some(of_bucket((*bucket).into()))
    }

    /// The shortest time; `None` without samples.
    #[inline]
    pub fn min(&self) -> Option<u64> {
        self.counts.first().map(|(bucket, _)| buckets::lowest((*bucket).into()))
    }

    /// The longest time; `None` without samples.
    #[inline]
    pub fn max(&self) -> Option<u64> {
        self.counts.last().map(|(bucket, _)| buckets::highest((*bucket).into()))
    }

    /// The mean; `None` without samples.
    #[inline]
    pub fn mean(&self) -> Option<f64> {
        let total = self.total as f64;
        let part = |(bucket, count): &(u16, u64)| {
            buckets::middle((*bucket).into()) as f64 * *count as f64 / total
        };
        (self.total > 0).then(|| self.counts.iter().map(part).fold(0.0, |sum, part| sum + part))
    }

    /// Adds all samples of `other`.
    pub fn merge(&mut self, other: &Self) {
        match (self.counts.is_empty(), other.counts.is_empty()) {
            (_, true) => return,
            (true, false) => return self.clone_from(other),
            (false, false) => {}
        }
        let mine = std::mem::take(self);
        self.counts.reserve_exact(mine.counts.len().max(other.counts.len()));
        let (mut ours, mut theirs) =
            (mine.counts.iter().peekable(), other.counts.iter().peekable());
        loop {
            let (bucket, count) = match (ours.peek(), theirs.peek()) {
                (Some(mine), Some(their)) if mine.0 == their.0 => {
                    (mine.0, mine.1.saturating_add(their.1))
                }
                (Some(mine), Some(their)) => **(mine).min(their),
                (Some(one), None) | (None, Some(one)) => **one,
                (None, None) => break,
            };
            ours.next_if(|mine| mine.0 == bucket);
            theirs.next_if(|their| their.0 == bucket);
            let count = self.room_for(count);
            if count > 0 {
                self.counts.push((bucket, count));
            }
        }
    }

    /// HdrHistogram V2, compressed, in base64.
    #[inline]
    pub fn encode(&self) -> String {
        encoding::encode(&self.counts)
    }

    /// Reads what [`encode`](Self::encode) wrote, or HdrHistogram V2 that is not compressed, which
    /// the first schema had. The text may be from anywhere: memory is bounded whatever it says, and
    /// other bounds, another precision, bytes too few or too many and counts that do not fit are
    /// errors.
    #[inline]
    pub fn decode(text: &str) -> Result<Self, HistogramError> {
        let counts = encoding::decode(text)?;
        let sum = counts.iter().try_fold(0u64, |sum, (_, count)| sum.checked_add(*count));
        match sum {
            Some(total) if total <= MOST => Ok(Self { counts, total }),
            _ => Err(HistogramError::Samples),
        }
    }

    /// How many of `count` further samples still fit; they are counted in the sum.
    fn room_for(&mut self, count: u64) -> u64 {
        let count = count.min(MOST - self.total);
        self.total += count;
        count
    }
}

/// `null` without samples.
impl Serialize for Histogram {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = (self.total > 0).then(|| self.encode());
        text.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Histogram {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Option::<std::borrow::Cow<'de, str>>::deserialize(deserializer)? {
            Some(text) => Self::decode(&text).map_err(serde::de::Error::custom),
            None => Ok(Self::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Dense = hdrhistogram::Histogram<u64>;

    fn dense() -> Dense {
        Dense::new_with_bounds(1, LONGEST_NS, 3).expect("HdrHistogram takes these bounds")
    }

    /// What both say of themselves. (Its percentiles are one sample too far where the share of the
    /// samples is a whole number that floating point misses, such as 99.9 % of 1,000.)
    fn assert_alike(ours: &Histogram, theirs: &Dense) {
        assert_eq!(ours.count(), theirs.len());
        if theirs.is_empty() {
            assert_eq!((ours.min(), ours.max(), ours.mean()), (None, None, None));
            assert_eq!(ours.percentile(50.0), None);
            return;
        }
        assert_eq!(ours.min(), Some(theirs.min()));
        assert_eq!(ours.max(), Some(theirs.max()));
        assert_eq!(ours.mean(), Some(theirs.mean()));
        for percentile in [0.0, 50.0, 100.0, 101.0] {
            let theirs = theirs.value_at_percentile(percentile);
            assert_eq!(ours.percentile(percentile), Some(theirs), "{percentile}");
        }
        // In hundredths of a percent, so that whole numbers stay whole.
        for percentile in [10, 2_500, 5_000, 9_000, 9_900, 9_990, 9_999] {
            let rank = (ours.count() * percentile).div_ceil(10_000);
            let mut so_far = 0;
            let there = theirs.iter_recorded().find(|bucket| {
                so_far += bucket.count_at_value();
                so_far >= rank
            });
            let there = there.map(|bucket| theirs.highest_equivalent(bucket.value_iterated_to()));
            assert_eq!(ours.percentile(percentile as f64 / 100.0), there, "{percentile}");
        }
    }

    fn times() -> impl Strategy<Value = Vec<u64>> {
        // Every length of a number, so that buckets of every width are hit.
        let time = (any::<u64>(), 0..64u32).prop_map(|(ns, shift)| ns >> shift);
        proptest::collection::vec(time, 0..200)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_says_what_the_dense_one_says(one in times(), other in times()) {
            let (mut ours, mut theirs) = (Histogram::new(), dense());
            for ns in &one {
                ours.record(*ns);
                theirs.saturating_record((*ns).clamp(1, LONGEST_NS));
            }
            assert_alike(&ours, &theirs);
            let (mut more, mut their_more) = (Histogram::new(), dense());
            for ns in &other {
                more.record(*ns);
                their_more.saturating_record((*ns).clamp(1, LONGEST_NS));
            }
            ours.merge(&more);
            theirs.add(&their_more).expect("the bounds are the same");
            assert_alike(&ours, &theirs);
            prop_assert_eq!(Histogram::decode(&ours.encode()), Ok(ours));
        }
    }

    #[test]
    fn one_sample_of_a_thousand_lies_beyond_p99_9() {
        for (samples, percentile) in [(1_000, 99.9), (10_000, 99.99), (100, 99.0), (10, 90.0)] {
            let mut histogram = Histogram::of([(7, samples - 1)]);
            histogram.record(1_000);
            assert_eq!(histogram.percentile(percentile), Some(7), "p{percentile}");
            histogram.record(1_000);
            assert_eq!(histogram.percentile(percentile), Some(1_000), "p{percentile}");
        }
    }

    #[test]
    fn samples_beyond_what_can_be_written_are_left_out() {
        let mut full = Histogram::of([(5, MOST - 1), (7, 3)]);
        assert_eq!(full.count(), MOST);
        full.record(1);
        full.merge(&Histogram::of([(5, MOST), (9, 1)]));
        assert_eq!(full.count(), MOST);
        assert_eq!(Histogram::decode(&full.encode()), Ok(full));
    }

    #[test]
    fn an_empty_one_is_null() {
        let empty = serde_json::to_string(&Histogram::new()).expect("it is JSON");
        assert_eq!(empty, "null");
        let read: Histogram = serde_json::from_str("null").expect("it is read");
        assert_eq!(read, Histogram::new());
    }
}
