//! The measured window of a round, and what happened inside it.
//!
//! The window is (a, b]. It begins with the end of warm-up. It ends at the planned end; where a round
//! counts messages instead, with the end of the last measured exchange that was done. What an instant
//! belongs to is decided by that instant alone: an exchange may start inside and end outside, or the
//! other way round.
//!
//! 1. [`Window::open`] when warm-up is over.
//! 2. [`Window::start`] and [`Window::end`] for each exchange. Ends come in the order of their times.
//! 3. [`Window::cut`] if the load ends before its time.
//! 4. [`Window::totals`] when the last exchange has ended.

use crate::series::{BIN_NS, Counted, Series, SeriesRecorder};
use serde::{Deserialize, Serialize};

/// What happened inside the window of a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WindowTotals {
    /// Length of the window, in nanoseconds; 0: there was none.
    pub length_ns: u64,
    /// Exchanges that started inside.
    pub started: u64,
    /// Exchanges that ended inside, whenever they started and however they ended.
    pub ended: u64,
    /// Exchanges that ended inside as done, whenever they started.
    pub completed: u64,
    /// Payload bytes that the completed ones moved, both directions: every message that the client
    /// handed over for the exchange and every intact one it received for it before it was finished.
    /// A reply to several exchanges counts for the first of them.
    pub completed_payload_bytes: u64,
    /// Exchanges that ended inside and were not given up without an answer, whenever they started.
    pub answered: u64,
    /// Sum of end minus start over the exchanges that started and ended inside, in nanoseconds.
    pub busy_ns: u64,
}

/// How an exchange ended, as far as the window is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowEnd {
    /// True when [`Window::start`] was.
    pub measured: bool,
    /// True when it ended as done.
    pub done: bool,
    /// True when it was given up without an answer.
    pub unanswered: bool,
    /// When it started, in nanoseconds.
    pub started_ns: u64,
    /// When it ended, in nanoseconds.
    pub ended_ns: u64,
    /// Payload bytes that it moved.
    pub payload_bytes: u64,
}

/// Counts what happens inside the window while a round is played.
#[derive(Clone, Debug)]
pub struct Window {
    from_ns: u64,
    to_ns: u64,
    /// The window ends with the last done exchange.
    counted: bool,
    so_far: WindowTotals,
    /// As of the last measured exchange that was done.
    at_last_done: WindowTotals,
    /// The latest end so far.
    last_end_ns: u64,
    series: SeriesRecorder,
    bin_ns: u64,
}

impl Default for Window {
    fn default() -> Self {
        Self::new()
    }
}

impl Window {
    /// A window that has not begun.
    #[inline]
    pub fn new() -> Self {
        Self {
            from_ns: u64::MAX,
            to_ns: u64::MAX,
            counted: false,
            so_far: WindowTotals::default(),
            at_last_done: WindowTotals::default(),
            last_end_ns: 0,
            series: SeriesRecorder::default(),
            bin_ns: BIN_NS,
        }
    }

    /// Warm-up was over at `from_ns`. The window ends at `to_ns`; `None`: with the last measured
    /// exchange that is done.
    #[inline]
    pub fn open(&mut self, from_ns: u64, to_ns: Option<u64>) {
        self.from_ns = from_ns;
        self.to_ns = to_ns.unwrap_or(u64::MAX).max(from_ns);
        self.counted = to_ns.is_none();
        self.series.open(from_ns, self.bin_ns);
    }

    /// The bins of its [series](Self::series) are so long, in nanoseconds. To be called before it opens.
    #[inline]
    pub fn set_bin(&mut self, ns: u64) {
        self.bin_ns = ns;
    }

    /// The load ended at `now_ns`: a window that was to end later ends then.
    #[inline]
    pub fn cut(&mut self, now_ns: u64) {
        if !self.counted && self.is_open() {
            self.to_ns = self.to_ns.min(now_ns.max(self.from_ns));
        }
    }

    /// An exchange starts; true when it starts inside, so that it is measured.
    #[inline(always)]
    pub fn start(&mut self, now_ns: u64) -> bool {
        let inside = self.holds(now_ns);
        self.so_far.started += u64::from(inside);
        inside
    }

    /// `count` exchanges start at the same time; true when they do inside.
    #[inline]
    pub fn start_all(&mut self, now_ns: u64, count: u64) -> bool {
        let inside = self.holds(now_ns);
        self.so_far.started += if inside { count } else { 0 };
        inside
    }

    /// So many exchanges that [had started](Self::start_all) inside have not.
    #[inline]
    pub fn take_starts_back(&mut self, count: u64) {
        self.so_far.started -= count;
    }

    /// An exchange of an open loop is meant to start at this time; true when that is inside, so that it is measured,
    /// whenever it starts.
    #[inline(always)]
    pub fn plan(&mut self, intended_ns: u64) -> bool {
        let inside = self.holds(intended_ns);
        if inside {
            self.series.plan(intended_ns);
        }
        inside
    }

    /// An exchange that was meant to start at this time is measured.
    #[inline(always)]
    pub fn measures(&self, intended_ns: u64) -> bool {
        self.holds(intended_ns)
    }

    /// `count` exchanges of an open loop start now, whenever they were meant to.
    #[inline(always)]
    pub fn start_planned(&mut self, now_ns: u64, count: u64) {
        if self.holds(now_ns) {
            self.so_far.started += count;
        }
    }

    /// So many exchanges that [started at this time](Self::start_planned) have not.
    #[inline]
    pub fn take_planned_back(&mut self, now_ns: u64, count: u64) {
        if self.holds(now_ns) {
            self.so_far.started -= count;
        }
    }

    /// Done exchanges, of which one has ended just now, took so long each, in nanoseconds. It belongs to the series
    /// if they ended inside.
    #[inline(always)]
    pub fn time(&mut self, ended_ns: u64, ns: u64, count: u64) {
        if self.holds(ended_ns) {
            self.series.time(ns, count);
        }
    }

    /// The round over time.
    pub fn series(&self) -> Series {
        self.series.finish(self.totals().length_ns, counted(&self.so_far))
    }

    /// An exchange ended.
    #[inline(always)]
    pub fn end(&mut self, end: &WindowEnd) {
        if !self.holds(end.ended_ns) {
            return;
        }
        if self.series.is_over(end.ended_ns) {
            self.series.close(end.ended_ns, counted(&self.so_far));
        }
        let totals = &mut self.so_far;
        totals.ended += 1;
        totals.answered += u64::from(!end.unanswered);
        if end.measured {
            totals.busy_ns += end.ended_ns.saturating_sub(end.started_ns);
        }
        if end.done {
            totals.completed += 1;
            totals.completed_payload_bytes += end.payload_bytes;
        }
        if self.counted {
            self.last_end_ns = self.last_end_ns.max(end.ended_ns);
            if end.done && end.measured {
                totals.length_ns = self.last_end_ns - self.from_ns;
                self.at_last_done = *totals;
            }
        }
    }

    /// How long the window is so far if it ends with the last done exchange, in nanoseconds; 0 if it
    /// ends by time.
    #[inline]
    pub fn grown_to_ns(&self) -> u64 {
        self.at_last_done.length_ns
    }

    /// What happened inside.
    #[inline]
    pub fn totals(&self) -> WindowTotals {
        match (self.is_open(), self.counted) {
            (false, _) => WindowTotals::default(),
            (true, true) => self.at_last_done,
            (true, false) => WindowTotals { length_ns: self.to_ns - self.from_ns, ..self.so_far },
        }
    }

    fn is_open(&self) -> bool {
        self.from_ns != u64::MAX
    }

    #[inline(always)]
    fn holds(&self, time_ns: u64) -> bool {
        self.from_ns < time_ns && time_ns <= self.to_ns
    }
}

fn counted(totals: &WindowTotals) -> Counted {
    Counted { started: totals.started, completed: totals.completed, ended: totals.ended }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A done exchange of 10 B, measured if it started inside.
    fn play(window: &mut Window, started_ns: u64, ended_ns: u64) {
        let measured = window.start(started_ns);
        end(window, measured, true, started_ns, ended_ns);
    }

    fn end(window: &mut Window, measured: bool, done: bool, started_ns: u64, ended_ns: u64) {
        let unanswered = !done;
        let payload_bytes = 10;
        window.end(&WindowEnd { measured, done, unanswered, started_ns, ended_ns, payload_bytes });
    }

    #[test]
    fn what_ends_after_the_planned_end_is_not_completed() {
        let mut window = Window::new();
        window.open(100, Some(200));
        play(&mut window, 110, 150);
        play(&mut window, 160, 200);
        play(&mut window, 190, 201);
        let totals = window.totals();
        assert_eq!((totals.completed, totals.completed_payload_bytes), (2, 20));
        assert_eq!((totals.length_ns, totals.busy_ns), (100, 80));
        assert_eq!((totals.started, totals.ended), (3, 2));
    }

    #[test]
    fn what_started_in_warm_up_and_ends_inside_is_completed() {
        let mut window = Window::new();
        assert!(!window.start(90), "warm-up is not measured");
        window.open(100, Some(200));
        end(&mut window, false, true, 90, 120);
        let totals = window.totals();
        assert_eq!((totals.completed, totals.started, totals.busy_ns), (1, 0, 0));
    }

    #[test]
    fn what_ends_in_warm_up_does_not_count() {
        let mut window = Window::new();
        play(&mut window, 10, 90);
        window.open(100, Some(200));
        end(&mut window, false, true, 90, 100);
        assert_eq!(window.totals().completed, 0);
    }

    #[test]
    fn a_counted_window_ends_with_the_last_exchange_that_is_done() {
        let mut window = Window::new();
        window.open(100, None);
        play(&mut window, 110, 150);
        play(&mut window, 160, 400);
        let unanswered = window.start(410);
        end(&mut window, unanswered, false, 410, 9_000);
        let totals = window.totals();
        assert_eq!((totals.length_ns, totals.completed, totals.busy_ns), (300, 2, 280));
        assert_eq!((totals.started, totals.ended), (2, 2));
    }

    #[test]
    fn a_counted_window_without_a_done_exchange_is_none() {
        let mut window = Window::new();
        window.open(100, None);
        let unanswered = window.start(110);
        end(&mut window, unanswered, false, 110, 500);
        assert_eq!(window.totals(), WindowTotals::default());
    }

    #[test]
    fn a_load_that_ends_early_cuts_the_window() {
        let mut window = Window::new();
        window.open(100, Some(1_000));
        play(&mut window, 110, 150);
        window.cut(300);
        assert!(!window.start(301), "nothing is measured behind the end");
        end(&mut window, true, true, 200, 350);
        let totals = window.totals();
        assert_eq!((totals.length_ns, totals.completed), (200, 1));
    }

    #[test]
    fn a_round_that_ends_in_warm_up_has_no_window() {
        let mut window = Window::new();
        window.cut(50);
        assert_eq!(window.totals(), WindowTotals::default());
    }
}
