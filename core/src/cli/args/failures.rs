//! What becomes of cells that fail.

use super::BaselineArgs;
use crate::result::MOST_RETRIES;
use crate::result::journal::RunOptions;
use clap::{Args, ValueEnum};

/// Whether cells that fail are played again, or end the run.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct FailureArgs {
    /// Play cells that fail again when all rounds of a scenario are over, all their rounds with the same seeds, up
    /// to N times, until they pass: they are `flaky` then
    #[arg(long, value_name = "N", help_heading = "Cells that fail", value_parser = clap::value_parser!(u32).range(0..=i64::from(MOST_RETRIES)))]
    pub retries: Option<u32>,

    /// End the run at the first round after which a cell cannot pass any more, and play no other scenario
    #[arg(long, help_heading = "Cells that fail")]
    pub abort_on_fail: bool,
}

impl FailureArgs {
    /// As far as a result depends on them.
    pub fn options(self) -> RunOptions {
        RunOptions { retries: self.retries.unwrap_or_default(), abort_on_fail: self.abort_on_fail }
    }

    /// Whether they go together with this baseline; the error says why not.
    pub fn fit(self, baseline: &BaselineArgs) -> Result<(), String> {
        if !baseline.is_there() {
            return Ok(());
        }
        if self.retries.is_some_and(|retries| retries > 0) {
            return Err(
                "--retries is not for paired runs: cells beyond a limit are played again there \
                        anyway. Leave it out"
                    .into(),
            );
        }
        if self.abort_on_fail {
            return Err(
                "--abort-on-fail is not for paired runs: two builds are compared by all of \
                        their rounds. Leave it out, or the baseline"
                    .into(),
            );
        }
        Ok(())
    }
}

/// What flaky cells mean for the exit code.
#[derive(Args, Clone, Copy, Debug)]
pub struct FlakyArgs {
    /// What cells mean that failed and then passed; `pass` unless told otherwise: `fail` ends with the code that their failure had (99 or 100)
    #[arg(long, value_enum, value_name = "MEANS", help_heading = "Cells that fail")]
    pub flaky: Option<Flaky>,
}

/// `--flaky`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Flaky {
    /// They fail the run.
    Fail,
    /// They are told, and fail nothing.
    Pass,
}
