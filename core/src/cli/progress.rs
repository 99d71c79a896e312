//! What is told on standard error while rounds are played, between them.

use super::args::{ProgressChoice, RunArgs, obeys};
use super::plan::usual_ns;
use super::screen::Screen;
use crate::report::{Pace, Progress, ProgressKind, slow_round};
use crate::result::{Outcome, Round};
use crate::scenario::Scenario;
use std::ffi::OsStr;
use std::io::IsTerminal as _;
use std::time::Duration;

/// How progress is told, over all scenarios.
pub(super) struct ProgressWay {
    kind: ProgressKind,
    /// The log folds what stands between marks.
    folds: bool,
    pace: Pace,
}

impl ProgressWay {
    /// As the options and the surroundings say.
    pub(super) fn choose(args: &RunArgs) -> Self {
        // Lines of the sides would tear a bar.
        let terminal = std::io::stderr().is_terminal() && obeys() && !args.log.any();
        let log = std::env::var_os("CI").is_some_and(|value| is_on(&value));
        let kind = match args.progress.progress {
            _ if args.print.quiet => ProgressKind::Nothing,
            ProgressChoice::None => ProgressKind::Nothing,
            ProgressChoice::Lines => ProgressKind::Lines,
            ProgressChoice::Auto | ProgressChoice::Bar if terminal => ProgressKind::Bar,
            ProgressChoice::Auto if log => ProgressKind::Lines,
            ProgressChoice::Auto | ProgressChoice::Bar => ProgressKind::Nothing,
        };
        let of_github = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        let folds = kind == ProgressKind::Lines && of_github;
        Self { kind, folds, pace: Pace::default() }
    }

    /// So many rounds of a scenario are about to be played.
    pub(super) fn begin<'a>(
        &'a mut self,
        scenario: &str,
        rounds: u64,
        err: &'a mut Screen,
    ) -> Teller<'a> {
        if self.folds {
            // Nothing in a scenario's name has a meaning in such a mark.
            let _ = writeln!(err, "::group::{scenario}");
        }
        Teller { progress: Progress::new(scenario, rounds, self.kind), way: self, err }
    }
}

/// Whether a variable that says yes or no says yes.
fn is_on(value: &OsStr) -> bool {
    let no = |word: &&str| value.eq_ignore_ascii_case(word);
    !["", "0", "false"].iter().any(no)
}

/// Tells how far a scenario is. Who does not read it does not want it.
pub(super) struct Teller<'a> {
    progress: Progress,
    way: &'a mut ProgressWay,
    err: &'a mut Screen,
}

impl Teller<'_> {
    /// A round begins; `cell` is how it is called.
    pub(super) fn begins(&mut self, cell: &str, round: u32) {
        if let Some(line) = self.progress.round_begins(cell, round, &mut self.way.pace) {
            let _ = writeln!(self.err, "{line}");
        }
    }

    /// A round is over.
    pub(super) fn ended(&mut self, scenario: &Scenario, round: &Round) {
        self.progress.round_ended(matches!(round.outcome, Outcome::Finished { .. }));
        self.slow(scenario, round);
    }

    /// Says so where a round took much longer than planned.
    pub(super) fn slow(&mut self, scenario: &Scenario, round: &Round) {
        let cell = &scenario.cells[round.cell];
        let planned_ns = usual_ns(&cell.settings.load);
        if let Some(words) = slow_round(&cell.id, round.round, round.took_ns, planned_ns) {
            let Self { progress, err, .. } = self;
            progress.beside(|| {
                let _ = writeln!(err, "warning: {}: {words}", scenario.name);
            });
        }
    }

    /// So many more rounds are to be played.
    pub(super) fn more(&mut self, rounds: u64) {
        self.progress.more(rounds);
    }

    /// More rounds are to be played, nobody knows how many; see [`Progress::open_end`].
    pub(super) fn open_end(&mut self, budget: Option<Duration>) {
        self.progress.open_end(budget);
    }

    /// No more rounds are played.
    pub(super) fn finish(self) {
        let Self { progress, way, err } = self;
        if let Some(line) = progress.finish(&mut way.pace) {
            let _ = writeln!(err, "{line}");
        }
        if way.folds {
            let _ = writeln!(err, "::endgroup::");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_says_no_is_as_good_as_none() {
        for (value, on) in [("true", true), ("1", true), ("yes", true), ("woodpecker", true)]
            .into_iter()
            .chain([("", false), ("0", false), ("false", false), ("False", false)])
        {
            assert_eq!(is_on(OsStr::new(value)), on, "{value:?}");
        }
    }
}
