//! When exchanges were started.

use crate::plan::Plan;
use crate::sample::Sample;
use crate::spread::{Spread, Sums};
use serde::{Deserialize, Serialize};

/// Starts are counted in windows of so many planned gaps.
pub const COUNTED_GAPS: f64 = 10.0;

/// A gap is short below this share of the planned one, and long above one and this share.
const FAR: f64 = 0.5;

/// Is told when every exchange of the measured part was started. Some 16 KiB, however many there are.
#[derive(Clone, Debug)]
pub struct Starts {
    from_ns: u64,
    count: u64,
    first_ns: u64,
    last_ns: u64,
    gaps: Sums,
    below_ns: u64,
    above_ns: u64,
    short: u64,
    long: u64,
    sample: Sample,
    counted_ns: u64,
    /// When the counting window under way ends.
    ends_ns: u64,
    in_window: u64,
    windows: Sums,
}

impl Starts {
    /// From `from_ns` on, the beginning of the measured part. Which gaps are kept follows from `seed`.
    pub fn new(from_ns: u64, plan: &Plan, seed: u64) -> Self {
        let counted_ns = ((COUNTED_GAPS * plan.gap_ns()).round() as u64).max(1);
        Self {
            from_ns,
            count: 0,
            first_ns: 0,
            last_ns: 0,
            gaps: Sums::default(),
            below_ns: (FAR * plan.gap_ns()).ceil() as u64,
            above_ns: ((1.0 + FAR) * plan.gap_ns()).floor() as u64,
            short: 0,
            long: 0,
            sample: Sample::new(seed),
            counted_ns,
            ends_ns: from_ns.saturating_add(counted_ns),
            in_window: 0,
            windows: Sums::default(),
        }
    }

    /// An exchange was started at `at_ns`: when it really was, not when it was due. They are told in order: one before its
    /// predecessor counts as at the same time as that, one before the measured part does not count.
    #[inline]
    pub fn started(&mut self, at_ns: u64) {
        if at_ns < self.from_ns && self.count == 0 {
            return;
        }
        let at_ns = at_ns.max(self.last_ns);
        if self.count == 0 {
            self.first_ns = at_ns;
        } else {
            let gap = at_ns - self.last_ns;
            self.gaps.add(gap);
            self.short += u64::from(gap < self.below_ns);
            self.long += u64::from(gap > self.above_ns);
            self.sample.add(gap);
        }
        self.last_ns = at_ns;
        self.count += 1;
        if at_ns >= self.ends_ns {
            self.end_windows(at_ns);
        }
        self.in_window += 1;
    }

    /// Ends the windows that are over at `now_ns`: the one under way, and those in which nothing was started.
    fn end_windows(&mut self, now_ns: u64) {
        if now_ns < self.ends_ns {
            return;
        }
        self.windows.add(self.in_window);
        self.in_window = 0;
        let empty = (now_ns - self.ends_ns) / self.counted_ns;
        self.windows.add_zeros(empty);
        let passed = empty.saturating_add(1).saturating_mul(self.counted_ns);
        self.ends_ns = self.ends_ns.saturating_add(passed);
    }

    /// What is known when the measured part ends, at `until_ns` (the last start, if that is later). Counting windows that
    /// are not over then are left out.
    pub fn report(&self, until_ns: u64) -> StartsReport {
        let until_ns = until_ns.max(self.last_ns).max(self.from_ns);
        let mut ended = Self { sample: Sample::new(0), ..self.clone() };
        ended.end_windows(until_ns);
        StartsReport {
            from_ns: self.from_ns,
            until_ns,
            count: self.count,
            first_ns: (self.count > 0).then_some(self.first_ns),
            last_ns: (self.count > 0).then_some(self.last_ns),
            gaps: self.gaps.spread(),
            short_gaps: self.short,
            long_gaps: self.long,
            kept_gaps: self.sample.kept().to_vec(),
            kept_of: self.sample.block(),
            counted_ns: self.counted_ns,
            windows: ended.windows.spread(),
        }
    }
}

/// What [`Starts`] was told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StartsReport {
    /// When the measured part began.
    pub from_ns: u64,
    /// When it ended.
    pub until_ns: u64,
    /// Exchanges started.
    pub count: u64,
    /// When the first was started.
    pub first_ns: Option<u64>,
    /// When the last was started.
    pub last_ns: Option<u64>,
    /// Gaps between two starts, in nanoseconds.
    pub gaps: Spread,
    /// Gaps below half of the planned one.
    pub short_gaps: u64,
    /// Gaps above one and a half of the planned one.
    pub long_gaps: u64,
    /// At most [`crate::MOST_KEPT`] gaps in nanoseconds, spread evenly over the round, in order.
    pub kept_gaps: Vec<u64>,
    /// Each of them was drawn of so many neighbours.
    pub kept_of: u64,
    /// How long a counting window is: [`COUNTED_GAPS`] planned gaps.
    pub counted_ns: u64,
    /// Starts in each of the consecutive counting windows that were over at the end.
    pub windows: Spread,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Arrivals;

    fn plan() -> Plan {
        Plan::new(Arrivals::Constant, 1e8).expect("a gap of 10 ns")
    }

    fn recorded(starts: &[u64], until_ns: u64) -> StartsReport {
        let mut recorder = Starts::new(1_000, &plan(), 1);
        starts.iter().for_each(|at| recorder.started(*at));
        recorder.report(until_ns)
    }

    #[test]
    fn counts_of_windows_are_those_of_a_plain_count() {
        let starts = [1_000, 1_005, 1_099, 1_100, 1_350, 1_351, 1_499, 1_720];
        // Windows from 1000 in steps of 100: 3, 1, 0, 2, 1, 0, 0, 1, 0; the one from 1900 is not over at 1950.
        let report = recorded(&starts, 1_950);
        let counts = [3, 1, 0, 2, 1, 0, 0, 1, 0];
        let mut sums = Sums::default();
        counts.iter().for_each(|count| sums.add(*count));
        assert_eq!(report.windows, sums.spread());
    }

    #[test]
    fn a_window_that_ends_with_the_measured_part_is_over() {
        assert_eq!(recorded(&[1_000], 1_100).windows.count, 1);
        assert_eq!(recorded(&[1_000], 1_099).windows.count, 0);
    }

    #[test]
    fn gaps_far_from_the_planned_ones_are_counted_each() {
        // Gaps: 4 is short, 5 to 15 are not far off, 16 is long.
        let report = recorded(&[1_000, 1_004, 1_009, 1_024, 1_040], 1_100);
        assert_eq!((report.short_gaps, report.long_gaps), (1, 1));
        assert_eq!(report.kept_gaps, [4, 5, 15, 16]);
        assert_eq!(report.gaps.mean, Some(10.0));
    }

    #[test]
    fn starts_of_the_warm_up_do_not_count() {
        assert_eq!(recorded(&[0, 500, 999, 1_000, 1_010], 1_100).count, 2);
    }

    #[test]
    fn times_that_are_out_of_order_do_no_harm() {
        let report = recorded(&[2_000, 1_500, 0, u64::MAX, 3], 10);
        assert_eq!(report.count, 5);
        assert_eq!(report.first_ns, Some(2_000));
        assert_eq!(report.last_ns, Some(u64::MAX));
    }
}
