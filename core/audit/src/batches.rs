//! Latencies in the order of their ends: how much each says about the next, and whether they drift.

use crate::spread::{Spread, Sums};
use serde::{Deserialize, Serialize};

/// The most batches there are. When there are that many, neighbours become one, so there are at least half as many.
pub const MOST_BATCHES: usize = 128;

/// Is told the latency of every exchange that ended in the measured part, in the order of their ends. Non-overlapping
/// batches of so many latencies each (C. Schmeiser, *Batch size effects in the analysis of simulation output*,
/// Operations Research 30, 1982), and sums by thirds of the window. Some 2 KiB, however many there are.
#[derive(Clone, Debug)]
pub struct Batches {
    from_ns: u64,
    until_ns: u64,
    all: Sums,
    size: u64,
    sums: Vec<u64>,
    /// Of the batch under way.
    open: u64,
    open_sum: u64,
    thirds: [Third; 3],
}

/// Latencies of exchanges that ended in one third of the measured part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Third {
    /// How many.
    pub count: u64,
    /// Together, in nanoseconds.
    pub sum_ns: u64,
}

impl Third {
    /// Their mean, in nanoseconds; `None` with none.
    pub fn mean_ns(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum_ns as f64 / self.count as f64)
    }
}

impl Batches {
    /// For a measured part from `from_ns` until `until_ns`, whose thirds are told apart. Where its end is not known
    /// beforehand, `until_ns` is `u64::MAX`, and there are no thirds.
    pub fn new(from_ns: u64, until_ns: u64) -> Self {
        Self {
            from_ns,
            until_ns: until_ns.max(from_ns),
            all: Sums::default(),
            size: 1,
            sums: Vec::with_capacity(MOST_BATCHES),
            open: 0,
            open_sum: 0,
            thirds: [Third::default(); 3],
        }
    }

    /// An exchange ended at `end_ns`, `latency_ns` after it was due. One outside of the measured part is in no third.
    #[inline]
    pub fn ended(&mut self, end_ns: u64, latency_ns: u64) {
        self.all.add(latency_ns);
        if let Some(third) = self.third(end_ns) {
            third.count += 1;
            third.sum_ns = third.sum_ns.saturating_add(latency_ns);
        }
        self.open_sum = self.open_sum.saturating_add(latency_ns);
        self.open += 1;
        if self.open == self.size {
            self.end_batch();
        }
    }

    #[inline]
    fn third(&mut self, end_ns: u64) -> Option<&mut Third> {
        if !(self.from_ns..self.until_ns).contains(&end_ns) || self.until_ns == u64::MAX {
            return None;
        }
        let third = (self.until_ns - self.from_ns) / 3;
        let passed = end_ns - self.from_ns;
        let at = usize::from(passed >= third) + usize::from(passed >= third.saturating_mul(2));
        self.thirds.get_mut(at)
    }

    fn end_batch(&mut self) {
        if self.sums.len() == MOST_BATCHES {
            for at in 0..MOST_BATCHES / 2 {
                self.sums[at] = self.sums[2 * at].saturating_add(self.sums[2 * at + 1]);
            }
            self.sums.truncate(MOST_BATCHES / 2);
            self.size = self.size.saturating_mul(2);
            // What has just become full is half of a batch now.
            return;
        }
        self.sums.push(self.open_sum);
        (self.open, self.open_sum) = (0, 0);
    }

    /// What is known by now. Latencies of the batch under way are among all of them, and in no batch.
    pub fn report(&self) -> BatchesReport {
        BatchesReport {
            latencies: self.all.spread(),
            batch_size: self.size,
            batch_sums: self.sums.clone(),
            thirds: (self.until_ns < u64::MAX).then_some(self.thirds),
        }
    }
}

/// What [`Batches`] was told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BatchesReport {
    /// All latencies, in nanoseconds.
    pub latencies: Spread,
    /// Latencies in each batch.
    pub batch_size: u64,
    /// The sum of each batch, in nanoseconds, in order; at most [`MOST_BATCHES`].
    pub batch_sums: Vec<u64>,
    /// First, middle and last third of the measured part by time; `None` where its end was not known beforehand.
    pub thirds: Option<[Third; 3]>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn batches_hold_the_sums_of_what_they_were_made_of(
            latencies in prop::collection::vec(0_u64..1_000_000, 0..3_000),
        ) {
            let mut recorder = Batches::new(0, 10);
            latencies.iter().for_each(|latency| recorder.ended(1, *latency));
            let report = recorder.report();
            let size = usize::try_from(report.batch_size).expect("small");
            let sums: Vec<u64> = latencies.chunks_exact(size).map(|part| part.iter().sum()).collect();
            prop_assert!(sums.len() <= MOST_BATCHES);
            prop_assert!(latencies.len() <= MOST_BATCHES || sums.len() >= MOST_BATCHES / 2);
            prop_assert_eq!(report.batch_sums, sums);
        }

        #[test]
        fn spreads_and_thirds_do_not_depend_on_the_order(
            ends in prop::collection::vec((0_u64..400, 0_u64..1_000_000), 2..500),
        ) {
            let recorded = |ends: &[(u64, u64)]| {
                let mut recorder = Batches::new(50, 350);
                ends.iter().for_each(|(end, latency)| recorder.ended(*end, *latency));
                recorder.report()
            };
            let mut sorted = ends.clone();
            sorted.sort_unstable();
            let (one, other) = (recorded(&ends), recorded(&sorted));
            prop_assert_eq!(one.latencies, other.latencies);
            prop_assert_eq!(one.thirds, other.thirds);
        }
    }

    #[test]
    fn thirds_are_those_of_the_measured_part() {
        let mut recorder = Batches::new(100, 400);
        for end in [99, 100, 199, 200, 299, 300, 399, 400] {
            recorder.ended(end, end);
        }
        let thirds = recorder.report().thirds.expect("the end is known");
        assert_eq!(thirds.map(|third| third.sum_ns), [299, 499, 699]);
        assert_eq!(thirds.map(|third| third.count), [2, 2, 2]);
    }

    #[test]
    fn without_a_known_end_there_are_no_thirds() {
        let mut recorder = Batches::new(0, u64::MAX);
        recorder.ended(5, 5);
        assert_eq!(recorder.report().thirds, None);
    }
}
