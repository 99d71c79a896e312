//! How far a run is: a bar on a terminal's stderr, or lines for a log.

use super::numbers;
use crate::text::clean;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// The shortest time between two redraws: the instrument must be quiet while it measures.
const BETWEEN_REDRAWS: Duration = Duration::from_millis(500);

/// The shortest time between two lines: a log is read when all is over.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgressKind {
    /// Not at all.
    Nothing,
    /// As a bar, where stderr is a terminal.
    Bar,
    /// As lines, which whoever is handed them prints.
    Lines,
}

/// When something was shown last.
#[derive(Debug, Default)]
pub struct Pace {
    last: Option<Instant>,
}

impl Pace {
    /// Whether so much time has passed; then it begins again.
    fn is_due(&mut self, now: Instant, between: Duration) -> bool {
        let due = self.last.is_none_or(|last| now.saturating_duration_since(last) >= between);
        if due {
            self.last = Some(now);
        }
        due
    }
}

/// Counts the rounds of a scenario. It has no thread of its own: it shows something when it is told of a round,
/// a bar at most twice a second and a line at most every ten seconds, and never while one is measured.
#[derive(Debug)]
pub struct Progress {
    kind: ProgressKind,
    scenario: String,
    bar: ProgressBar,
    drawn: Pace,
    began: Instant,
    over: u64,
    total: Option<u64>,
    /// When the rest is over at the latest, where nobody knows how many rounds that are.
    until: Option<Instant>,
    /// Rounds that did not end well.
    amiss: u64,
}

impl Progress {
    /// So many rounds of a scenario are to be played.
    pub fn new(scenario: &str, total_rounds: u64, kind: ProgressKind) -> Self {
        let target = match kind {
            ProgressKind::Bar => ProgressDrawTarget::stderr(),
            ProgressKind::Nothing | ProgressKind::Lines => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(total_rounds), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:20} {pos}/{len} {wide_msg} {prefix}")
        {
            bar.set_style(style.progress_chars("█▌░"));
        }
        Self {
            kind,
            scenario: clean(scenario),
            bar,
            drawn: Pace::default(),
            began: Instant::now(),
            over: 0,
            total: Some(total_rounds),
            until: None,
            amiss: 0,
        }
    }

    /// A round begins, from 0. Returns the line to print, if one is due; `pace` is that of all scenarios.
    pub fn round_begins(&mut self, cell: &str, round: u32, pace: &mut Pace) -> Option<String> {
        let now = Instant::now();
        let words = format!("{}, round {}", clean(cell), round.saturating_add(1));
        match self.kind {
            ProgressKind::Nothing => None,
            ProgressKind::Bar => {
                if self.drawn.is_due(now, BETWEEN_REDRAWS) {
                    self.draw(words + &self.amiss(), now);
                }
                None
            }
            ProgressKind::Lines => pace.is_due(now, BETWEEN_LINES).then(|| {
                let left = self.left(now).map(|left| format!(", {left}")).unwrap_or_default();
                format!("{}{left}, {words}{}", self.counted(), self.amiss())
            }),
        }
    }

    /// A round is over; `well` when both sides reported.
    pub fn round_ended(&mut self, well: bool) {
        self.over += 1;
        self.amiss += u64::from(!well);
    }

    /// So many more rounds are to be played.
    pub fn more(&mut self, rounds: u64) {
        self.total = self.total.map(|total| total.saturating_add(rounds));
        self.bar.inc_length(rounds);
    }

    /// More rounds are to be played, nobody knows how many: for about so long at most, or without it for half
    /// as long as it took so far.
    pub fn open_end(&mut self, budget: Option<Duration>) {
        let now = Instant::now();
        self.total = None;
        self.until = now.checked_add(budget.unwrap_or((now - self.began) / 2));
    }

    /// Says something above the bar, which would be torn otherwise.
    pub fn beside(&self, say: impl FnOnce()) {
        self.bar.suspend(say);
    }

    /// All is over: takes the bar away, or returns the last line.
    pub fn finish(self, pace: &mut Pace) -> Option<String> {
        self.bar.finish_and_clear();
        (self.kind == ProgressKind::Lines).then(|| {
            pace.last = Some(Instant::now());
            let took = numbers::duration(self.began.elapsed().as_secs());
            format!("{} in {took}{}", self.counted(), self.amiss())
        })
    }

    fn draw(&self, words: String, now: Instant) {
        // Everything in one redraw: each setter of the bar would draw by itself.
        let bar = self.bar.clone().with_position(self.over).with_message(words);
        bar.with_prefix(self.left(now).unwrap_or_default()).tick();
    }

    fn amiss(&self) -> String {
        match self.amiss {
            0 => String::new(),
            amiss => format!(" ({amiss} crashed or could not be run)"),
        }
    }

    /// `progress: sticky: 34 of 144 rounds`.
    fn counted(&self) -> String {
        let of = self.total.map(|total| format!(" of {total}")).unwrap_or_default();
        format!("progress: {}: {}{of} rounds", self.scenario, self.over)
    }

    /// How long the rest may take: rounds of one scenario take about as long as each other.
    fn left(&self, now: Instant) -> Option<String> {
        let Some(total) = self.total else {
            let left = self.until?.saturating_duration_since(now);
            return Some(format!(
                "at most about {} left",
                numbers::duration(seconds(left.as_nanos()))
            ));
        };
        let mean = (now - self.began).as_nanos().checked_div(self.over.into())?;
        let left = mean.saturating_mul(total.saturating_sub(self.over).into());
        Some(format!("{} left", numbers::duration(seconds(left))))
    }
}

/// Nanoseconds as seconds, rounded up.
fn seconds(ns: u128) -> u64 {
    u64::try_from(ns.div_ceil(1_000_000_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_counts_the_rounds_and_names_the_one_that_begins() {
        let mut pace = Pace::default();
        let mut progress = Progress::new("sticky\r", 144, ProgressKind::Lines);
        let first = progress.round_begins("framing=line\u{1b}[2J", 2, &mut pace);
        let expected = "progress: sticky\\r: 0 of 144 rounds, framing=line\\u{1b}[2J, round 3";
        assert_eq!(first.as_deref(), Some(expected));
        progress.round_ended(false);
        progress.more(3);
        let last = progress.finish(&mut pace).expect("the last line is always due");
        assert!(last.starts_with("progress: sticky\\r: 1 of 147 rounds in "), "{last}");
        assert!(last.ends_with(" (1 crashed or could not be run)"), "{last}");
    }

    #[test]
    fn lines_keep_their_distance_over_all_scenarios() {
        let mut pace = Pace::default();
        let first = Instant::now();
        let at = |seconds| first + Duration::from_secs(seconds);
        let due = [0, 1, 9, 10, 15, 20].map(|after| pace.is_due(at(after), BETWEEN_LINES));
        assert_eq!(due, [true, false, false, true, false, true]);
    }

    #[test]
    fn where_nobody_knows_how_many_rounds_come_none_are_promised() {
        let mut progress = Progress::new("paired", 8, ProgressKind::Lines);
        progress.open_end(Some(Duration::from_secs(3_600)));
        progress.round_ended(true);
        let line = progress.round_begins("all", 0, &mut Pace::default()).expect("it is the first");
        assert!(line.starts_with("progress: paired: 1 rounds, at most about "), "{line}");
    }

    #[test]
    fn who_wants_nothing_is_told_nothing() {
        let mut progress = Progress::new("quiet", 1, ProgressKind::Nothing);
        assert_eq!(progress.round_begins("all", 0, &mut Pace::default()), None);
        assert_eq!(progress.finish(&mut Pace::default()), None);
    }
}
