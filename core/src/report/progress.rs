//! The progress bar on a terminal's stderr.

use super::numbers;
use super::text::clean;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::Write as _;

/// Redraws in a second, at most: the instrument must be quiet while it measures.
const REDRAWS_PER_SECOND: u8 = 2;

/// A bar that counts rounds. Disabled, or where stderr is no terminal, it draws nothing, and
/// [`println`](Self::println) writes plain lines. It has no thread of its own: it draws when it is called, between rounds.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar over `total_rounds`. `enabled` is for the caller to decide (a terminal on stderr, not
    /// `--quiet`).
    pub fn new(total_rounds: u64, enabled: bool) -> Self {
        let target = if enabled {
            ProgressDrawTarget::stderr_with_hz(REDRAWS_PER_SECOND)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(total_rounds), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:20} {pos}/{len} {wide_msg} {eta}") {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// A round begins.
    pub fn round_begins(&self, cell_id: &str, round: u32) {
        self.bar.set_message(format!("{} (round {})", clean(cell_id), round + 1));
    }

    /// A round is over; `what` is a word on how it ended (`ok`, `crashed`).
    pub fn round_ended(&self, cell_id: &str, round: u32, what: &str, took_ns: u64) {
        self.bar.set_message(format!(
            "{} (round {}) {what}, {}",
            clean(cell_id),
            round + 1,
            numbers::time(took_ns)
        ));
        self.bar.inc(1);
    }

    /// A line on stderr that the bar does not run over. It comes with and without a bar.
    pub fn println(&self, line: &str) {
        if self.bar.is_hidden() {
            // Nobody can be told that stderr is gone.
            let _ = writeln!(std::io::stderr(), "{line}");
        } else {
            self.bar.println(line);
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
