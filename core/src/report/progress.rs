//! The progress bar on a terminal's stderr.

use super::numbers;
use crate::text::clean;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// The shortest time between two redraws: the instrument must be quiet while it measures.
const BETWEEN_REDRAWS: Duration = Duration::from_millis(500);

/// A bar that counts rounds. It has no thread of its own: it draws when it is told of a round, at
/// most twice a second, and never while one is measured.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    drawn: Option<Instant>,
    over: u64,
    /// Rounds that did not end well.
    amiss: u64,
}

impl Progress {
    /// A bar over `total_rounds`. `enabled` is for the caller to decide (a terminal on stderr, not
    /// `--quiet`); a bar that is not, and one whose stderr is no terminal, draws nothing.
    pub fn new(total_rounds: u64, enabled: bool) -> Self {
        let target =
            if enabled { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total_rounds), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:20} {pos}/{len} {wide_msg} {prefix}")
        {
            bar.set_style(style.progress_chars("█▌░"));
        }
        Self { bar, drawn: None, over: 0, amiss: 0 }
    }

    /// A round begins.
    pub fn round_begins(&mut self, cell_id: &str, round: u32) {
        let mut words = format!("{}, round {}", clean(cell_id), round + 1);
        if self.amiss > 0 {
            words.push_str(&format!(" ({} crashed or could not be run)", self.amiss));
        }
        self.draw(words);
    }

    /// A round is over; `well` when both sides reported.
    pub fn round_ended(&mut self, well: bool) {
        self.over += 1;
        self.amiss += u64::from(!well);
    }

    /// Takes the bar away.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }

    fn draw(&mut self, words: String) {
        let now = Instant::now();
        if self.drawn.is_some_and(|drawn| now.duration_since(drawn) < BETWEEN_REDRAWS) {
            return;
        }
        self.drawn = Some(now);
        // Everything in one redraw: each setter of the bar would draw by itself.
        let bar = self.bar.clone().with_position(self.over).with_message(words);
        bar.with_prefix(self.left()).tick();
    }

    /// How long the rest may take: rounds of one scenario take about as long as each other.
    fn left(&self) -> String {
        let length = self.bar.length().unwrap_or(0);
        let Some(mean) = self.bar.elapsed().as_nanos().checked_div(self.over.into()) else {
            return String::new();
        };
        let left = mean.saturating_mul(length.saturating_sub(self.over).into());
        let seconds = u64::try_from(left.div_ceil(1_000_000_000)).unwrap_or(u64::MAX);
        format!("{} left", numbers::duration(seconds))
    }
}
