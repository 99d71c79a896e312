//! A round over time: what was offered and achieved, and how long it took, in bins of equal length.
//!
//! Percentiles of a bin come from buckets of its own, 32 to an octave, so they are within 3.2 % of the time
//! that they stand for. Memory and work follow the number of bins, of which there are [`MOST_BINS`] at most, and
//! never the number of exchanges.

use serde::{Deserialize, Serialize};

/// Bins of a round at most.
pub const MOST_BINS: usize = 3_000;

/// Length of a bin, in nanoseconds, of all rounds that are short enough.
pub const BIN_NS: u64 = 100_000_000;

/// The bins of a round, column by column: all columns are equally long.
///
/// An exchange is offered in the bin of its intended time (of a closed loop: its start), and achieved, with its
/// latency, in that of its end. A bin holds the instant at which it ends, not that at which it begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Series {
    /// Length of a bin, in nanoseconds; the last one is as long as the window lasts. 0: there are none.
    pub bin_ns: u64,
    /// Exchanges that were to start.
    pub offered: Vec<u64>,
    /// Exchanges that ended as done.
    pub achieved: Vec<u64>,
    /// Exchanges that ended in another way.
    pub anomalies: Vec<u64>,
    /// Median latency of done exchanges, in nanoseconds; `None`: there were none.
    pub p50_ns: Vec<Option<u64>>,
    /// The 99th percentile.
    pub p99_ns: Vec<Option<u64>>,
    /// The longest.
    pub max_ns: Vec<Option<u64>>,
}

impl Series {
    /// Bins.
    #[inline]
    pub fn len(&self) -> usize {
        self.offered.len()
    }

    /// There are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.offered.is_empty()
    }

    /// All columns are equally long, and there are no more bins than there may be.
    pub fn is_sound(&self) -> bool {
        let len = self.len();
        len <= MOST_BINS
            && (len == 0 || self.bin_ns > 0)
            && [&self.achieved, &self.anomalies].iter().all(|column| column.len() == len)
            && [&self.p50_ns, &self.p99_ns, &self.max_ns].iter().all(|column| column.len() == len)
    }
}

/// The length of a bin, in nanoseconds, for rounds that take so long at most.
pub fn bin_ns(longest_ns: u64) -> u64 {
    longest_ns.div_ceil(MOST_BINS as u64).div_ceil(BIN_NS).max(1).saturating_mul(BIN_NS)
}

/// Fills the bins while a round is played. Nothing is counted here but the exchanges that an open loop has planned:
/// what a bin holds is what the window has counted more at its end than at its beginning.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeriesRecorder {
    series: Series,
    from_ns: u64,
    /// The end of the last bin, in nanoseconds: of what has ended, and of what was planned.
    ended_to_ns: u64,
    planned_to_ns: u64,
    /// Exchanges that an open loop has planned, by bin; none in a closed one.
    planned: Vec<u64>,
    /// What the window had counted when the bin under way began.
    at_begin: Counted,
    /// A bin is under way.
    is_on: bool,
    times: Coarse,
}

/// What a window has counted so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counted {
    pub(crate) started: u64,
    pub(crate) completed: u64,
    pub(crate) ended: u64,
}

impl SeriesRecorder {
    /// Begins at `from_ns`, with bins of this length.
    pub(crate) fn open(&mut self, from_ns: u64, bin_ns: u64) {
        self.series.bin_ns = bin_ns.max(1);
        self.from_ns = from_ns;
        self.ended_to_ns = from_ns;
        self.planned_to_ns = from_ns;
    }

    /// True when the bin under way is over at this time, or there is none: it is to be [closed](Self::close).
    #[inline(always)]
    pub(crate) fn is_over(&self, at_ns: u64) -> bool {
        at_ns > self.ended_to_ns
    }

    /// The bin under way is over, and those up to this time, in nanoseconds; until it was, so much was counted.
    #[cold]
    pub(crate) fn close(&mut self, at_ns: u64, counted: Counted) {
        while at_ns > self.ended_to_ns && self.bins() < MOST_BINS {
            self.close_bin(counted);
            self.is_on = true;
            self.ended_to_ns = self.ended_to_ns.saturating_add(self.series.bin_ns);
        }
        if at_ns > self.ended_to_ns {
            // The last bin holds all that comes behind it.
            self.ended_to_ns = u64::MAX;
        }
    }

    /// An exchange of an open loop is planned for this time, in nanoseconds. They come in their order.
    #[inline]
    pub(crate) fn plan(&mut self, at_ns: u64) {
        while at_ns > self.planned_to_ns && self.planned.len() < MOST_BINS {
            self.planned.push(0);
            self.planned_to_ns = self.planned_to_ns.saturating_add(self.series.bin_ns);
        }
        if let Some(planned) = self.planned.last_mut() {
            *planned += 1;
        }
    }

    /// Exchanges that have ended just now took so long, in nanoseconds.
    #[inline(always)]
    pub(crate) fn time(&mut self, ns: u64, count: u64) {
        self.times.record(ns, count);
    }

    /// Bins so far, the one under way among them.
    fn bins(&self) -> usize {
        self.series.achieved.len() + usize::from(self.is_on)
    }

    /// Sums up the bin under way, if there is one.
    fn close_bin(&mut self, counted: Counted) {
        if !self.is_on {
            // What was counted before the first bin belongs to it.
            return;
        }
        let before = std::mem::replace(&mut self.at_begin, counted);
        let more = |now: u64, before: u64| now.saturating_sub(before);
        let (ended, done) =
            (more(counted.ended, before.ended), more(counted.completed, before.completed));
        self.series.offered.push(more(counted.started, before.started));
        self.series.achieved.push(done);
        self.series.anomalies.push(ended.saturating_sub(done));
        let [p50, p99] = [50, 99].map(|percent| self.times.percentile(percent));
        self.series.p50_ns.push(p50);
        self.series.p99_ns.push(p99);
        self.series.max_ns.push(self.times.longest());
        self.times.clear();
    }

    /// The bins of a window that was so long, in nanoseconds, and has counted so much.
    pub(crate) fn finish(&self, length_ns: u64, counted: Counted) -> Series {
        let mut all = self.clone();
        if length_ns > 0 {
            all.close(self.from_ns.saturating_add(length_ns), counted);
        }
        all.close_bin(counted);
        let mut series = all.series;
        if !all.planned.is_empty() {
            series.offered = all.planned;
        }
        // Of a window that ends with its last done exchange, some may have been planned behind that.
        let len = series.offered.len().max(series.achieved.len());
        series.offered.resize(len, 0);
        series.achieved.resize(len, 0);
        series.anomalies.resize(len, 0);
        for column in [&mut series.p50_ns, &mut series.p99_ns, &mut series.max_ns] {
            column.resize(len, None);
        }
        series
    }
}

/// Bits of a time that tell buckets of an octave apart.
const BITS: u32 = 5;
const SUB: usize = 1 << BITS;
/// Enough for times of an hour: 2^42 ns.
const BUCKETS: usize = SUB * (42 - BITS as usize + 2);

/// Times in few buckets, which are cheap to sum up.
#[derive(Clone, Debug)]
struct Coarse {
    counts: Vec<u32>,
    total: u64,
    longest: u64,
}

impl Default for Coarse {
    fn default() -> Self {
        Self { counts: vec![0; BUCKETS], total: 0, longest: 0 }
    }
}

impl Coarse {
    #[inline(always)]
    fn record(&mut self, ns: u64, count: u64) {
        if let Some(bucket) = self.counts.get_mut(bucket(ns)) {
            *bucket = bucket.saturating_add(count as u32);
        }
        self.total += count;
        self.longest = self.longest.max(ns);
    }

    fn longest(&self) -> Option<u64> {
        (self.total > 0).then_some(self.longest)
    }

    /// The longest time of so many in a hundred, as far as the buckets tell.
    fn percentile(&self, percent: u64) -> Option<u64> {
        let total: u64 = self.counts.iter().map(|count| u64::from(*count)).sum();
        let wanted = (total * percent).div_ceil(100).max(1);
        let mut so_far = 0;
        let at = self.counts.iter().position(|count| {
            so_far += u64::from(*count);
            so_far >= wanted
        })?;
        Some(highest(at).min(self.longest))
    }

    fn clear(&mut self) {
        self.counts.fill(0);
        (self.total, self.longest) = (0, 0);
    }
}

#[inline(always)]
fn bucket(ns: u64) -> usize {
    let shift = (ns | 1).ilog2().saturating_sub(BITS);
    let index = shift as usize * SUB + (ns >> shift) as usize;
    index.min(BUCKETS - 1)
}

/// The longest time of a bucket, in nanoseconds.
fn highest(bucket: usize) -> u64 {
    let shift = (bucket / SUB).saturating_sub(1);
    let sub = (bucket - shift * SUB) as u64;
    ((sub + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn recorder() -> SeriesRecorder {
        let mut recorder = SeriesRecorder::default();
        recorder.open(1_000 * MS, BIN_NS);
        recorder
    }

    fn counted(started: u64, completed: u64, ended: u64) -> Counted {
        Counted { started, completed, ended }
    }

    #[test]
    fn every_bucket_holds_its_times_within_a_thirty_second_part() {
        let mut before = None;
        for exponent in 0..42 {
            for part in 0..97 {
                let ns = (1_u64 << exponent) + (1_u64 << exponent) * part / 97;
                let top = highest(bucket(ns));
                assert!(top >= ns && (top - ns) as f64 <= ns as f64 / 32.0 + 1.0, "{ns}: {top}");
                assert!(Some(bucket(ns)) >= before, "{ns}");
                before = Some(bucket(ns));
            }
        }
        assert_eq!(bucket(0), 0);
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn a_bin_holds_what_was_counted_while_it_was_under_way() {
        let mut recorder = recorder();
        assert!(recorder.is_over(1_050 * MS));
        recorder.close(1_050 * MS, counted(3, 0, 0));
        assert!(!recorder.is_over(1_100 * MS), "a bin holds the instant at which it ends");
        recorder.time(7_000, 1);
        // One was done in the first bin, and nothing ended in the next two.
        recorder.close(1_350 * MS, counted(7, 1, 1));
        recorder.time(9_000, 1);
        let series = recorder.finish(400 * MS, counted(8, 2, 3));
        assert!(series.is_sound());
        assert_eq!(series.achieved, [1, 0, 0, 1]);
        assert_eq!(series.anomalies, [0, 0, 0, 1]);
        assert_eq!(series.offered, [7, 0, 0, 1]);
        assert_eq!(series.max_ns, [Some(7_000), None, None, Some(9_000)]);
    }

    #[test]
    fn what_is_planned_is_in_the_bin_of_its_time() {
        let mut recorder = recorder();
        for at in [1_001, 1_100, 1_101, 1_399] {
            recorder.plan(at * MS);
        }
        let series = recorder.finish(400 * MS, counted(4, 0, 0));
        assert_eq!(series.offered, [2, 1, 0, 1]);
        assert_eq!(series.achieved, [0; 4]);
    }

    #[test]
    fn percentiles_of_a_bin_are_those_of_its_times() {
        let mut recorder = recorder();
        recorder.close(1_001 * MS, counted(0, 0, 0));
        for ns in 1..=1_000 {
            recorder.time(ns * 1_000, 1);
        }
        let series = recorder.finish(BIN_NS, counted(1_000, 1_000, 1_000));
        let within = |found: Option<u64>, exact: f64| {
            let found = found.expect("there are times") as f64;
            assert!((found / exact - 1.0).abs() < 0.032, "{found} is not {exact}");
        };
        within(series.p50_ns[0], 500_000.0);
        within(series.p99_ns[0], 990_000.0);
        assert_eq!(series.max_ns[0], Some(1_000_000));
    }

    #[test]
    fn a_long_round_has_longer_bins_and_never_too_many() {
        assert_eq!(bin_ns(1_000 * MS), BIN_NS);
        assert_eq!(bin_ns(300_000 * MS), BIN_NS);
        assert_eq!(bin_ns(300_001 * MS), 2 * BIN_NS);
        assert!(u64::MAX / bin_ns(u64::MAX) <= MOST_BINS as u64);
        let mut recorder = recorder();
        recorder.plan(u64::MAX);
        recorder.close(u64::MAX, counted(0, 0, 0));
        assert!(!recorder.is_over(u64::MAX));
        let series = recorder.finish(u64::MAX, counted(1, 1, 1));
        assert!(series.is_sound());
        assert_eq!((series.len(), series.offered.iter().sum::<u64>()), (MOST_BINS, 1));
        assert_eq!(series.achieved.iter().sum::<u64>(), 1);
    }

    #[test]
    fn a_window_that_never_was_has_no_bins() {
        assert!(SeriesRecorder::default().finish(0, counted(0, 0, 0)).is_empty());
    }
}
