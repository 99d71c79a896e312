//! What is told on standard error while rounds are played, between them.

use super::args::{ProgressChoice, RunArgs, obeys};
use super::plan::usual_ns;
use super::screen::Screen;
use super::terminal::Terminal;
use crate::report::{
    BETWEEN_LINES, BETWEEN_REDRAWS, Live, Pace, Paint, Progress, bar_line, slow_round,
};
use crate::result::document::RoundSummary;
use crate::result::{Outcome, Round};
use crate::scenario::Scenario;
use crate::text::clean;
use nix::sys::stat::{SFlag, fstat};
use std::ffi::OsStr;
use std::io::IsTerminal as _;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ProgressKind {
    /// Not at all.
    Nothing,
    /// A line for each cell, and a bar, on a terminal.
    Live,
    /// As a bar, on a terminal.
    Bar,
    /// As lines.
    Lines,
}

/// How progress is told, over all scenarios.
pub(super) struct ProgressWay {
    kind: ProgressKind,
    paint: Paint,
    /// The log folds what stands between marks.
    folds: bool,
    /// When a line was printed last.
    lines: Pace,
    /// Where a bar or cells are drawn.
    terminal: Option<Terminal>,
    /// Somebody reads standard output and may print on the same terminal at any time.
    piped: bool,
    /// A scenario has begun.
    behind_the_first: bool,
}

impl ProgressWay {
    /// As the options and the surroundings say.
    pub(super) fn choose(args: &RunArgs, color: bool) -> Self {
        // Lines of the sides would tear what is drawn.
        let says = args.log.any() || args.attach.is_some();
        let terminal = std::io::stderr().is_terminal() && obeys() && !says;
        let log = std::env::var_os("CI").is_some_and(|value| is_on(&value));
        let kind = match args.progress.progress {
            _ if args.print.quiet => ProgressKind::Nothing,
            ProgressChoice::None => ProgressKind::Nothing,
            ProgressChoice::Lines => ProgressKind::Lines,
            ProgressChoice::Auto if log => ProgressKind::Lines,
            ProgressChoice::Auto | ProgressChoice::Live if terminal => ProgressKind::Live,
            ProgressChoice::Bar if terminal => ProgressKind::Bar,
            ProgressChoice::Auto | ProgressChoice::Live | ProgressChoice::Bar => {
                ProgressKind::Nothing
            }
        };
        let of_github = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        let drawn = matches!(kind, ProgressKind::Live | ProgressKind::Bar);
        Self {
            kind,
            paint: Paint { color },
            folds: kind == ProgressKind::Lines && of_github,
            lines: Pace::default(),
            terminal: drawn.then(Terminal::new),
            piped: is_pipe(std::io::stdout()),
            behind_the_first: false,
        }
    }

    /// All rounds of a scenario are about to be played, by so many builds.
    pub(super) fn begin<'a>(
        &'a mut self,
        scenario: &Scenario,
        builds: u32,
        err: &'a mut Screen,
    ) -> Teller<'a> {
        if self.piped && std::mem::replace(&mut self.behind_the_first, true) {
            // Of what the one before came to, the reader may be printing the rest.
            self.terminal = None;
        }
        if self.folds {
            // Nothing in a scenario's name has a meaning in such a mark.
            let _ = writeln!(err, "::group::{}", scenario.name);
        }
        let rounds = scenario.usual_rounds().saturating_mul(builds.into());
        let live = || Live::new(scenario, scenario.rounds.saturating_mul(builds));
        Teller {
            name: clean(&scenario.name),
            progress: Progress::new(&scenario.name, rounds, Instant::now()),
            // Which cells a search plays is found out, so that there are no lines for them.
            live: (self.kind == ProgressKind::Live && scenario.search.is_none()).then(live),
            drawn: Pace::default(),
            way: self,
            err,
        }
    }
}

fn is_pipe(stream: impl AsFd) -> bool {
    fstat(stream).is_ok_and(|about| SFlag::S_IFMT.bits() & about.st_mode == SFlag::S_IFIFO.bits())
}

/// Whether a variable that says yes or no says yes.
fn is_on(value: &OsStr) -> bool {
    let no = |word: &&str| value.eq_ignore_ascii_case(word);
    !["", "0", "false"].iter().any(no)
}

/// What is shown of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// Its figures are among those of its cell.
    Figures,
    /// It counts, and so does what went wrong in it.
    Count,
}

/// Tells how far a scenario is. Who does not read it does not want it.
///
/// It has no thread and no timer: it shows something when it is told of a round that begins, and so never while one
/// is measured.
pub(super) struct Teller<'a> {
    /// The scenario's, cleaned.
    name: String,
    progress: Progress,
    live: Option<Live>,
    /// When something was drawn last.
    drawn: Pace,
    way: &'a mut ProgressWay,
    err: &'a mut Screen,
}

impl Teller<'_> {
    /// A round of a cell begins; `words` is how both are called.
    pub(super) fn begins(&mut self, cell: usize, words: &str, round: u32) {
        if let Some(live) = &mut self.live {
            live.begins(cell);
        }
        let now = Instant::now();
        let Self { name, progress, live, drawn, way, err } = self;
        if way.kind == ProgressKind::Lines && way.lines.is_due(now, BETWEEN_LINES) {
            let _ = writeln!(err, "{}", progress.line(words, round, now));
        }
        let Some(terminal) = &mut way.terminal else { return };
        if !drawn.is_due(now, BETWEEN_REDRAWS) {
            return;
        }
        let paint = way.paint;
        terminal.draw(
            |(columns, rows)| {
                let bar = progress.bar(words, round, columns, now);
                match live {
                    Some(live) => live.lines(name, bar, (columns, rows), paint),
                    None => bar_line(bar, rows),
                }
            },
            err,
        );
    }

    /// A round is over.
    pub(super) fn ended(&mut self, scenario: &Scenario, round: &Round, shown: Shown) {
        self.progress.round_ended(matches!(round.outcome, Outcome::Finished { .. }));
        if let Some(live) = &mut self.live {
            let summary = RoundSummary::of(&scenario.cells[round.cell], round);
            live.ended(round.cell, &summary, shown == Shown::Figures);
        }
        self.slow(scenario, round);
    }

    /// Says so where a round took much longer than planned.
    pub(super) fn slow(&mut self, scenario: &Scenario, round: &Round) {
        let cell = &scenario.cells[round.cell];
        let planned_ns = usual_ns(&cell.settings.load);
        if let Some(words) = slow_round(&cell.id, round.round, round.took_ns, planned_ns) {
            self.clear();
            let _ = writeln!(self.err, "warning: {}: {words}", scenario.name);
        }
    }

    /// These cells are played again, for this attempt at them: so many more rounds.
    pub(super) fn again(&mut self, cells: &[usize], attempt: u32, rounds: u64) {
        self.progress.more(rounds);
        if let Some(live) = &mut self.live {
            live.again(cells, attempt);
        }
    }

    /// About so many rounds are left, as far as is known now.
    pub(super) fn about(&mut self, left: u64) {
        self.progress.about(left);
    }

    /// More rounds of these cells are to be played, nobody knows how many; see [`Progress::open_end`].
    pub(super) fn open_end(&mut self, cells: &[usize], budget: Option<Duration>) {
        self.progress.open_end(budget, Instant::now());
        if let Some(live) = &mut self.live {
            live.open_end(cells);
        }
    }

    /// No more rounds of this cell are played.
    pub(super) fn is_enough(&mut self, cell: usize) {
        if let Some(live) = &mut self.live {
            live.is_enough(cell);
        }
    }

    /// No more rounds are played.
    pub(super) fn finish(mut self) {
        self.clear();
        let Self { progress, way, err, .. } = self;
        if way.kind == ProgressKind::Lines {
            let now = Instant::now();
            way.lines.begin_again(now);
            let _ = writeln!(err, "{}", progress.last_line(now));
        }
        if way.folds {
            let _ = writeln!(err, "::endgroup::");
        }
    }

    /// Takes away what is drawn; it comes back with the next round.
    fn clear(&mut self) {
        if let Some(terminal) = &mut self.way.terminal {
            terminal.clear(self.err);
            self.drawn = Pace::default();
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
