//! When exchanges are meant to start in an open loop: intended times that nothing slows down.
//!
//! A [`Schedule`] follows from its plan and a seed alone. What a peer, the network or the generator does to the
//! starts is measured against it, and never moves it (Schroeder, Wierman, Harchol-Balter: *Open Versus
//! Closed*, NSDI 2006; Tene: *How Not to Measure Latency*, on coordinated omission).

use crate::rng::SplitMix64;
use serde::{Deserialize, Serialize};

/// A number of arrivals a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArrivalRate {
    /// Thousandths of an arrival a second.
    per_kilosecond: u64,
}

impl ArrivalRate {
    /// So many thousandths of an arrival a second; none is taken for one.
    #[inline]
    pub fn from_thousandths(thousandths: u64) -> Self {
        Self { per_kilosecond: thousandths.max(1) }
    }

    /// Arrivals a second.
    #[inline]
    pub fn per_second(self) -> f64 {
        self.per_kilosecond as f64 / 1e3
    }

    /// The mean time between two, in nanoseconds.
    #[inline]
    pub fn gap_ns(self) -> f64 {
        1e12 / self.per_kilosecond as f64
    }

    /// Arrivals in so many nanoseconds, rounded down.
    #[inline]
    pub fn within(self, ns: u64) -> u64 {
        let arrivals = u128::from(ns) * u128::from(self.per_kilosecond) / 1_000_000_000_000;
        u64::try_from(arrivals).unwrap_or(u64::MAX)
    }

    /// When so many arrivals are due, in nanoseconds from the beginning, rounded up: so many lie
    /// [within](Self::within) that, and not within less.
    #[inline]
    fn due_ns(self, arrivals: u64) -> u64 {
        let per = u128::from(self.per_kilosecond.max(1));
        let ns = (u128::from(arrivals) * 1_000_000_000_000).div_ceil(per);
        u64::try_from(ns).unwrap_or(u64::MAX)
    }
}

/// How arrivals follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arrivals {
    /// `"constant"`: all gaps are equal.
    #[default]
    Constant,
    /// `"poisson"`: gaps are exponential, as those of many clients that know nothing of each other.
    Poisson,
    /// `{ burst = 32 }`: so many at the same instant, at equal gaps between the bursts.
    Burst(u32),
}

/// A part of the load with a rate of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Arrivals a second.
    pub rate: ArrivalRate,
    /// How long it lasts, in nanoseconds; [`u64::MAX`]: to the end.
    pub duration_ns: u64,
}

/// The intended times of a round, in their order.
///
/// The instant at which a stage begins belongs to what was before, that at which it ends to the stage.
#[derive(Clone, Debug)]
pub struct Schedule {
    arrivals: Arrivals,
    /// Those to come, the next one last.
    stages: Vec<Stage>,
    random: SplitMix64,
    /// The stage under way, and when it began, in nanoseconds.
    stage: Stage,
    began_ns: u64,
    /// Arrivals of the stage so far.
    count: u64,
    /// Where the last of them stands in the stage, in nanoseconds: of exponential gaps.
    at_ns: f64,
    /// The next intended time; `None`: there are no more.
    next: Option<u64>,
}

impl Schedule {
    /// Begins at `from_ns`. Without a stage there is no arrival.
    pub fn new(arrivals: Arrivals, stages: &[Stage], from_ns: u64, seed: u64) -> Self {
        /// `arrival` in ASCII, so that no other purpose has the same sequence.
        const PURPOSE: u64 = 0x6172_7269_7661_6c00;
        let nothing = Stage { rate: ArrivalRate::from_thousandths(1), duration_ns: 0 };
        let mut schedule = Self {
            arrivals,
            stages: stages.iter().rev().copied().collect(),
            random: SplitMix64::stream(seed, PURPOSE),
            stage: nothing,
            began_ns: from_ns,
            count: 0,
            at_ns: 0.0,
            next: None,
        };
        schedule.advance();
        schedule
    }

    /// The next intended time, in nanoseconds; `None`: there are no more.
    #[inline(always)]
    pub fn peek(&self) -> Option<u64> {
        self.next
    }

    /// Takes the next intended time out, if it is not after `now_ns`.
    #[inline]
    pub fn take_due(&mut self, now_ns: u64) -> Option<u64> {
        let due = self.next.filter(|due| *due <= now_ns)?;
        self.advance();
        Some(due)
    }

    /// The mean gap of the stage under way, in nanoseconds.
    #[inline]
    pub fn gap_ns(&self) -> f64 {
        self.stage.rate.gap_ns()
    }

    #[inline]
    fn advance(&mut self) {
        loop {
            let offset = self.offset();
            if offset <= self.stage.duration_ns && self.stage.duration_ns > 0 {
                self.count += 1;
                self.next = Some(self.began_ns.saturating_add(offset));
                return;
            }
            let Some(stage) = self.stages.pop() else {
                self.next = None;
                self.stage.duration_ns = 0;
                return;
            };
            self.began_ns = self.began_ns.saturating_add(self.stage.duration_ns);
            (self.stage, self.count, self.at_ns) = (stage, 0, 0.0);
        }
    }

    /// Where the next arrival stands in its stage, in nanoseconds.
    #[inline]
    fn offset(&mut self) -> u64 {
        let rate = self.stage.rate;
        match self.arrivals {
            Arrivals::Constant => rate.due_ns(self.count + 1),
            Arrivals::Burst(size) => {
                let size = u64::from(size.max(1));
                rate.due_ns((self.count / size + 1).saturating_mul(size))
            }
            Arrivals::Poisson => {
                // 53 bits, never 0: its logarithm is finite.
                let uniform = ((self.random.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64;
                self.at_ns -= uniform.ln() * rate.gap_ns();
                self.at_ns.ceil() as u64
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn rate(per_second: u64) -> ArrivalRate {
        ArrivalRate::from_thousandths(per_second * 1_000)
    }

    fn stage(per_second: u64, seconds: u64) -> Stage {
        Stage { rate: rate(per_second), duration_ns: seconds * SECOND }
    }

    fn times(arrivals: Arrivals, stages: &[Stage], seed: u64) -> Vec<u64> {
        let mut schedule = Schedule::new(arrivals, stages, 0, seed);
        std::iter::from_fn(|| schedule.take_due(u64::MAX)).collect()
    }

    #[test]
    fn a_constant_rate_has_exactly_as_many_arrivals_as_it_says_over_six_decades() {
        for per_second in [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 3, 7_777] {
            let times = times(Arrivals::Constant, &[stage(per_second, 1)], 1);
            assert_eq!(times.len() as u64, per_second);
            assert_eq!(*times.last().unwrap(), SECOND, "the last is due at the end");
            let gap = SECOND as f64 / per_second as f64;
            for (index, time) in times.iter().enumerate() {
                let exact = gap * (index + 1) as f64;
                assert!((*time as f64 - exact).abs() <= 1.0, "{time} is not {exact}");
            }
        }
    }

    #[test]
    fn a_rate_below_one_a_second_has_its_arrivals_too() {
        let tenth = Stage { rate: ArrivalRate::from_thousandths(100), duration_ns: 30 * SECOND };
        assert_eq!(times(Arrivals::Constant, &[tenth], 1), [10 * SECOND, 20 * SECOND, 30 * SECOND]);
    }

    #[test]
    fn bursts_come_together_and_keep_the_rate() {
        let times = times(Arrivals::Burst(32), &[stage(320, 1)], 1);
        assert_eq!(times.len(), 320);
        for burst in times.chunks(32) {
            assert!(burst.iter().all(|time| *time == burst[0]));
        }
        assert_eq!((times[0], times[32]), (SECOND / 10, SECOND / 5));
    }

    #[test]
    fn poisson_arrivals_have_the_rate_and_the_scatter_of_their_kind() {
        for seed in 1..=20 {
            let times = times(Arrivals::Poisson, &[stage(10_000, 1)], seed);
            let count = times.len() as f64;
            // Four standard deviations of a Poisson number.
            assert!((count - 10_000.0).abs() < 400.0, "seed {seed}: {count} arrivals");
            assert!(times.is_sorted(), "seed {seed}");
        }
    }

    #[test]
    fn the_same_seed_has_the_same_times_and_another_has_others() {
        let of = |seed| times(Arrivals::Poisson, &[stage(1_000, 1)], seed);
        assert_eq!(of(5), of(5));
        assert_ne!(of(5), of(6));
    }

    #[test]
    fn stages_follow_each_other_at_their_own_rates() {
        let stages = [stage(10, 1), stage(1_000, 1), stage(2, 1)];
        for arrivals in [Arrivals::Constant, Arrivals::Burst(2)] {
            let times = times(arrivals, &stages, 1);
            let within = |from: u64, to: u64| {
                let inside = |time: &&u64| (from + 1..=to).contains(*time);
                times.iter().filter(inside).count()
            };
            assert_eq!(within(0, SECOND), 10);
            assert_eq!(within(SECOND, 2 * SECOND), 1_000);
            assert_eq!(within(2 * SECOND, 3 * SECOND), 2);
        }
    }

    #[test]
    fn what_is_not_due_stays() {
        let mut schedule = Schedule::new(Arrivals::Constant, &[stage(10, 1)], 500, 1);
        assert_eq!(schedule.peek(), Some(100_000_500));
        assert_eq!(schedule.take_due(100_000_499), None);
        assert_eq!(schedule.take_due(100_000_500), Some(100_000_500));
        assert_eq!(schedule.peek(), Some(200_000_500));
    }

    #[test]
    fn nothing_is_planned_without_a_stage_and_times_beyond_all_clocks_end() {
        assert_eq!(Schedule::new(Arrivals::Constant, &[], 0, 1).peek(), None);
        let slow = Stage { rate: ArrivalRate::from_thousandths(1), duration_ns: u64::MAX };
        let schedule = Schedule::new(Arrivals::Constant, &[slow], u64::MAX - 5, 1);
        assert_eq!(schedule.peek(), Some(u64::MAX));
    }
}
