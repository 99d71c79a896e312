//! How far a run is: counted, and as a line for a terminal or a log.

use super::numbers;
use super::text::{columns, cut};
use crate::text::clean;
use std::time::{Duration, Instant};

/// The shortest time between two redraws: the instrument must be quiet while it measures.
pub const BETWEEN_REDRAWS: Duration = Duration::from_millis(500);

/// The shortest time between two lines: a log is read when all is over.
pub const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// Columns of a bar.
const BAR: usize = 20;

/// What a round has of a line at least; where it has not, the rest goes.
const WORDS: usize = 16;

/// When something was shown last.
#[derive(Debug, Default)]
pub struct Pace {
    last: Option<Instant>,
}

impl Pace {
    /// Whether so much time has passed; then it begins again.
    pub fn is_due(&mut self, now: Instant, between: Duration) -> bool {
        let due = self.last.is_none_or(|last| now.saturating_duration_since(last) >= between);
        if due {
            self.last = Some(now);
        }
        due
    }

    /// Something was shown now.
    pub fn begin_again(&mut self, now: Instant) {
        self.last = Some(now);
    }
}

/// Counts the rounds of a scenario.
#[derive(Debug)]
pub struct Progress {
    scenario: String,
    began: Instant,
    over: u64,
    total: Option<u64>,
    /// When the rest is over at the latest, where nobody knows how many rounds that are.
    until: Option<Instant>,
    /// Rounds that did not end well.
    amiss: u64,
}

impl Progress {
    /// So many rounds of a scenario are to be played from now on.
    pub fn new(scenario: &str, total_rounds: u64, now: Instant) -> Self {
        Self {
            scenario: clean(scenario),
            began: now,
            over: 0,
            total: Some(total_rounds),
            until: None,
            amiss: 0,
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
    }

    /// About so many rounds are left, as far as is known now.
    pub fn about(&mut self, left: u64) {
        self.total = Some(self.over.saturating_add(left));
    }

    /// More rounds are to be played, nobody knows how many: for about so long at most, or without it for half
    /// as long as it took so far.
    pub fn open_end(&mut self, budget: Option<Duration>, now: Instant) {
        self.total = None;
        self.until = now.checked_add(budget.unwrap_or((now - self.began) / 2));
    }

    /// For a log, that a round of this cell begins, from 0.
    pub fn line(&self, cell: &str, round: u32, now: Instant) -> String {
        let left = self.left(now).map(|left| format!(", {left}")).unwrap_or_default();
        format!("{}{left}, {}", self.counted(), self.words(cell, round))
    }

    /// For a log, that all is over.
    pub fn last_line(&self, now: Instant) -> String {
        let took = numbers::duration((now - self.began).as_secs());
        format!("{} in {took}{}", self.counted(), self.amiss())
    }

    /// For a terminal with so many columns, that a round of this cell begins, from 0: a bar, the rounds that are
    /// over, how long the rest may take, and the round that begins. What has no room is left out, and nothing is
    /// filled up with blanks: a terminal that becomes a little narrower shall not have to break the line.
    pub fn bar(&self, cell: &str, round: u32, most: usize, now: Instant) -> String {
        let counts = match self.total {
            Some(total) => format!("{}/{total}  ", self.over),
            None => format!("{}  ", self.over),
        };
        let bar = self.total.map(|total| filled(self.over, total) + " ").unwrap_or_default();
        let left = self.left(now).map(|left| format!("{left}  ")).unwrap_or_default();
        let words = self.words(cell, round);
        for head in [format!("{bar}{counts}{left}"), format!("{bar}{counts}")] {
            if columns(&head) + WORDS <= most {
                return cut(&(head + &words), most);
            }
        }
        cut(&(counts + &words), most)
    }

    fn words(&self, cell: &str, round: u32) -> String {
        format!("{}, round {}{}", clean(cell), round.saturating_add(1), self.amiss())
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

/// A bar, filled by the share of the rounds that are over.
fn filled(over: u64, total: u64) -> String {
    let halves = (2 * BAR as u128 * u128::from(over)).checked_div(total.into()).unwrap_or(0);
    let halves = (halves as usize).min(2 * BAR);
    let half = if halves % 2 == 1 { "▌" } else { "" };
    let (full, rest) = (halves / 2, BAR - halves.div_ceil(2));
    format!("{}{half}{}", "█".repeat(full), "░".repeat(rest))
}

/// Nanoseconds as seconds, rounded up.
fn seconds(ns: u128) -> u64 {
    u64::try_from(ns.div_ceil(1_000_000_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_line_counts_the_rounds_and_names_the_one_that_begins() {
        let began = Instant::now();
        let mut progress = Progress::new("sticky\r", 144, began);
        let first = progress.line("framing=line\u{1b}[2J", 2, began);
        let expected = "progress: sticky\\r: 0 of 144 rounds, framing=line\\u{1b}[2J, round 3";
        assert_eq!(first, expected);
        progress.round_ended(false);
        progress.more(3);
        let last = progress.last_line(began + 2 * SECOND);
        let expected =
            "progress: sticky\\r: 1 of 147 rounds in 2 s (1 crashed or could not be run)";
        assert_eq!(last, expected);
    }

    #[test]
    fn lines_keep_their_distance() {
        let mut pace = Pace::default();
        let first = Instant::now();
        let at = |seconds| first + Duration::from_secs(seconds);
        let due = [0, 1, 9, 10, 15, 20].map(|after| pace.is_due(at(after), BETWEEN_LINES));
        assert_eq!(due, [true, false, false, true, false, true]);
    }

    #[test]
    fn where_nobody_knows_how_many_rounds_come_none_are_promised() {
        let began = Instant::now();
        let mut progress = Progress::new("paired", 8, began);
        progress.open_end(Some(Duration::from_secs(3_600)), began);
        progress.round_ended(true);
        let line = progress.line("all", 0, began + SECOND);
        assert!(line.starts_with("progress: paired: 1 rounds, at most about 59 min"), "{line}");
        let bar = progress.bar("all", 0, 79, began + SECOND);
        assert!(bar == "1  at most about 59 min 59 s left  all, round 1", "{bar}");
    }

    #[test]
    fn a_bar_has_all_that_there_is_room_for_and_never_more() {
        let began = Instant::now();
        let mut progress = Progress::new("sticky", 8, began);
        (0..3).for_each(|_| progress.round_ended(true));
        let at = began + 30 * SECOND;
        let bar = |most| progress.bar("framing=line,load.payload=漢字", 0, most, at);
        let whole = "███████▌░░░░░░░░░░░░ 3/8  50 s left  framing=line,load.payload=漢字, round 1";
        assert_eq!((bar(76), bar(200)), (whole.into(), whole.into()));
        assert_eq!(bar(53), "███████▌░░░░░░░░░░░░ 3/8  50 s left  framing=line,lo…");
        assert_eq!(bar(44), "███████▌░░░░░░░░░░░░ 3/8  framing=line,load…");
        assert_eq!(bar(24), "3/8  framing=line,load.…");
        for most in 0..120 {
            assert!(columns(&bar(most)) <= most, "{most}");
        }
        assert_eq!((filled(0, 0), filled(9, 8)), ("░".repeat(BAR), "█".repeat(BAR)));
    }
}
