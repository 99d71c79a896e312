//! How many exchanges are under way, seen on a grid of its own.

use serde::{Deserialize, Serialize};

/// A step that suits any round: less than what an exchange takes, and a prime, so that it does not fall into step with
/// gaps that are round numbers. It costs nothing to be fine: the work is that of the events, not of the points.
pub const GRID_STEP_NS: u64 = 997;

/// Is told every start and end, in order, each with how many exchanges are outstanding *before* it, by whoever keeps
/// that number. The points of a grid get the number at that instant: it is held for each point and not made of starts
/// and ends, so the two can be held against each other (Little's law).
///
/// The times are those of the exchange, the same to the nanosecond in `started` and in `ended`: reading the clock once
/// more would add that to every exchange, and fail the law for short ones.
///
/// An exchange is under way from its actual start (not from when it was due) until its end; at the instant of its start
/// it is, at that of its end it is not any more. What was started before the window counts from the window's beginning,
/// and what is under way at its end until that: ends are told after it as well, while the round drains.
#[derive(Clone, Debug)]
pub struct InFlight {
    from_ns: u64,
    until_ns: u64,
    step_ns: u64,
    next_ns: u64,
    samples: u64,
    sum: u64,
    highest: u64,
    at_begin: Option<u64>,
    at_end: Option<u64>,
    started: u64,
    ended: u64,
    residence_ns: u64,
    before_ns: u64,
    ended_after: u64,
    after_ns: u64,
}

impl InFlight {
    /// Points every `step_ns` (at least 1) from `from_ns` on, before `until_ns`: the window. Where its end is not known
    /// beforehand, `until_ns` is `u64::MAX` and [`InFlight::close`] says when it is over.
    pub fn new(from_ns: u64, until_ns: u64, step_ns: u64) -> Self {
        Self {
            from_ns,
            until_ns: until_ns.max(from_ns),
            step_ns: step_ns.max(1),
            next_ns: from_ns,
            samples: 0,
            sum: 0,
            highest: 0,
            at_begin: None,
            at_end: None,
            started: 0,
            ended: 0,
            residence_ns: 0,
            before_ns: 0,
            ended_after: 0,
            after_ns: 0,
        }
    }

    /// An exchange is started at `at_ns`; `outstanding` were under way before it.
    #[inline]
    pub fn started(&mut self, at_ns: u64, outstanding: u64) {
        self.pass(at_ns, outstanding);
        if self.is_inside(at_ns) {
            self.started += 1;
            self.highest = self.highest.max(outstanding.saturating_add(1));
        }
    }

    /// An exchange that was started at `start_ns` ends at `end_ns`; `outstanding`, itself among them, were under way
    /// before that.
    #[inline]
    pub fn ended(&mut self, start_ns: u64, end_ns: u64, outstanding: u64) {
        self.pass(end_ns, outstanding);
        if end_ns < self.from_ns {
            return;
        }
        if end_ns < self.until_ns {
            self.ended += 1;
            let residence = end_ns.saturating_sub(start_ns);
            self.residence_ns = self.residence_ns.saturating_add(residence);
            let before = self.from_ns.saturating_sub(start_ns);
            self.before_ns = self.before_ns.saturating_add(before);
        } else if start_ns < self.until_ns {
            self.ended_after += 1;
            let inside = self.until_ns - start_ns.max(self.from_ns);
            self.after_ns = self.after_ns.saturating_add(inside);
        }
    }

    /// The window is over at `until_ns`, or when it was planned to be, whichever is earlier; `outstanding` are under way.
    /// Told when it is, before the ends that come later; a window that is over already stays as it is.
    pub fn close(&mut self, until_ns: u64, outstanding: u64) {
        if self.at_end.is_none() {
            self.until_ns = self.until_ns.min(until_ns.max(self.from_ns));
            self.pass(self.until_ns, outstanding);
        }
    }

    /// The number did not change since the event before: every point up to now has it.
    #[inline]
    fn pass(&mut self, now_ns: u64, outstanding: u64) {
        if self.at_end.is_some() || now_ns < self.from_ns {
            return;
        }
        if self.at_begin.is_none() {
            self.at_begin = Some(outstanding);
            self.highest = self.highest.max(outstanding);
        }
        let now = now_ns.min(self.until_ns);
        if self.next_ns < now {
            let points = (now - self.next_ns).div_ceil(self.step_ns);
            self.samples = self.samples.saturating_add(points);
            self.sum = self.sum.saturating_add(points.saturating_mul(outstanding));
            self.next_ns = self.next_ns.saturating_add(points.saturating_mul(self.step_ns));
        }
        if now_ns >= self.until_ns {
            self.at_end = Some(outstanding);
        }
    }

    #[inline]
    fn is_inside(&self, at_ns: u64) -> bool {
        (self.from_ns..self.until_ns).contains(&at_ns)
    }

    /// What is known; `None` while the window is not over: nothing happened after its end, and nobody has closed it.
    pub fn report(&self) -> Option<InFlightReport> {
        let at_end = self.at_end?;
        Some(InFlightReport {
            from_ns: self.from_ns,
            until_ns: self.until_ns,
            step_ns: self.step_ns,
            samples: self.samples,
            sum: self.sum,
            highest: self.highest,
            at_begin: self.at_begin.unwrap_or(0),
            at_end,
            started: self.started,
            ended: self.ended,
            residence_ns: self.residence_ns,
            before_ns: self.before_ns,
            ended_after: self.ended_after,
            after_ns: self.after_ns,
        })
    }
}

/// What [`InFlight`] was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InFlightReport {
    /// When the window began.
    pub from_ns: u64,
    /// When it ended.
    pub until_ns: u64,
    /// From one point of the grid to the next.
    pub step_ns: u64,
    /// Points of the grid.
    pub samples: u64,
    /// The numbers outstanding at all of them, together.
    pub sum: u64,
    /// The most that were outstanding in the window.
    pub highest: u64,
    /// Outstanding when it began.
    pub at_begin: u64,
    /// Outstanding when it ended.
    pub at_end: u64,
    /// Exchanges started in the window.
    pub started: u64,
    /// Exchanges ended in the window.
    pub ended: u64,
    /// How long those were under way, from start to end, together.
    pub residence_ns: u64,
    /// How much of that was before the window.
    pub before_ns: u64,
    /// Exchanges under way when the window ended, whose end came later.
    pub ended_after: u64,
    /// How long those were under way inside the window, together.
    pub after_ns: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_gets_the_number_at_that_instant() {
        let mut recorder = InFlight::new(100, 200, 10);
        recorder.started(90, 0);
        recorder.started(110, 1); // at 100: 1; from 110 on: 2
        recorder.ended(90, 135, 2); // at 110, 120, 130: 2
        recorder.ended(110, 170, 1); // at 140, 150, 160: 1
        recorder.started(185, 0); // at 170, 180: 0
        recorder.close(200, 1); // at 190: 1
        recorder.ended(185, 220, 1);
        let report = recorder.report().expect("it is closed");
        assert_eq!((report.samples, report.sum), (10, 1 + 6 + 3 + 1));
        assert_eq!((report.started, report.ended, report.highest), (2, 2, 2));
        assert_eq!((report.residence_ns, report.before_ns), (45 + 60, 10));
        assert_eq!((report.ended_after, report.after_ns), (1, 15));
        assert_eq!((report.at_begin, report.at_end), (1, 1));
    }

    #[test]
    fn the_first_event_after_the_window_ends_it_too() {
        let mut recorder = InFlight::new(0, 100, 50);
        recorder.started(10, 0);
        assert_eq!(recorder.report(), None);
        recorder.ended(10, 150, 1);
        let report = recorder.report().expect("the window is over");
        assert_eq!((report.samples, report.sum, report.after_ns), (2, 1, 90));
    }

    #[test]
    fn a_window_may_end_before_it_was_planned_to() {
        let mut recorder = InFlight::new(0, u64::MAX, 1);
        recorder.started(0, 0);
        recorder.close(40, 1);
        recorder.close(90, 7);
        let report = recorder.report().expect("it is closed");
        assert_eq!((report.until_ns, report.samples, report.sum, report.at_end), (40, 40, 40, 1));
    }

    #[test]
    fn times_that_are_out_of_order_do_no_harm() {
        let mut recorder = InFlight::new(10, u64::MAX, u64::MAX);
        recorder.ended(u64::MAX, 20, u64::MAX);
        recorder.started(u64::MAX, u64::MAX);
        recorder.ended(0, 5, 0);
        assert!(recorder.report().is_some());
    }
}
