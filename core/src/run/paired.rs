//! A run of two builds: every round is played by both, one behind the other.
//!
//! What slows a round down then slows both, and cancels out in their ratio. Which is first changes from round
//! to round, half of them each way, because being second may cost something itself. In some rounds the
//! baseline plays twice: what it shows against itself is what this machine shows of builds that are equal.

use super::other_program::{OtherProgram, Played};
use super::pins::Pins;
use super::runner::{Plugins, RunError, Runner, meanwhile};
use crate::load;
use crate::result::{Outcome, Round, conserve};
use crate::scenario::Scenario;
use std::time::{Duration, Instant};

/// One pair in so many has a control, where there are enough of them.
const CONTROL_EVERY: usize = 5;

/// Controls of a run, where it has as many pairs.
const FEWEST_CONTROLS: usize = 6;

/// Fresh pairs of one cell at most, and how many it has whatever they take, unless a budget was given: two in
/// each order.
const MOST_FRESH: u32 = 40;
const FEWEST_FRESH: u32 = 4;

/// What plays a build.
#[derive(Clone, Copy, Debug)]
pub struct Build<'a> {
    /// What it plays. Both builds have the same cells.
    pub scenario: &'a Scenario,
    /// With which plugins.
    pub plugins: &'a Plugins,
}

/// Both builds, the baseline first.
#[derive(Clone, Copy, Debug)]
pub enum Builds<'a> {
    /// Of this program, with other plugins or another server.
    Here([Build<'a>; 2]),
    /// Two programs, which play the cells of this scenario.
    Programs(&'a Scenario, &'a [OtherProgram; 2]),
}

impl<'a> Builds<'a> {
    /// Its cells, rounds and seed are those of both.
    fn scenario(self) -> &'a Scenario {
        match self {
            Self::Here([_, new]) => new.scenario,
            Self::Programs(scenario, _) => scenario,
        }
    }
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// What the other is held against.
    Baseline,
    /// What may have become worse.
    New,
}

/// Both rounds of a pair.
#[derive(Debug)]
pub struct PairOfRounds {
    /// The baseline's; of a control its first.
    pub baseline: Round,
    /// That of the new build; of a control the baseline's second.
    pub new: Round,
    /// Which was first.
    pub baseline_first: bool,
}

/// Who hears of a paired run, and decides how long it goes on.
pub trait PairedWatcher {
    /// A round begins.
    fn begins(&mut self, which: Which, cell: usize, round: u32);
    /// A round that every cell has is over for both.
    fn screened(&mut self, pair: PairOfRounds);
    /// The baseline has played a round twice.
    fn controlled(&mut self, pair: PairOfRounds);
    /// The cells that need fresh rounds. Asked once, when every cell has its rounds.
    fn flagged(&mut self) -> Vec<usize>;
    /// A fresh round of such a cell is over.
    fn confirmed(&mut self, pair: PairOfRounds);
    /// True where the fresh rounds of a cell are enough.
    fn is_told(&mut self, cell: usize) -> bool;
}

/// How a paired run has ended.
#[derive(Debug, Default)]
pub struct PairedOutcome {
    /// The user stopped it.
    pub interrupted: bool,
    /// It stopped by itself, and why.
    pub stopped: Option<String>,
    /// It stopped because the program of this build played a round no further.
    pub gave_up: Option<Which>,
}

/// What ends a run before its time.
enum Early {
    Ended(PairedOutcome),
    Failed(RunError),
}

impl From<RunError> for Early {
    fn from(error: RunError) -> Self {
        Self::Failed(error)
    }
}

impl Runner {
    /// Plays all rounds of both builds, then fresh ones of the flagged cells, until these are told or
    /// `budget` is spent; without one, half of what the rounds before took, but a few for each at least.
    pub fn run_paired(
        &mut self,
        builds: Builds<'_>,
        examples: usize,
        budget: Option<Duration>,
        watcher: &mut dyn PairedWatcher,
    ) -> Result<PairedOutcome, RunError> {
        let began_ns = self.now();
        let pins = match builds {
            Builds::Here(builds) => builds.map(|build| build.plugins.pins.clone()),
            Builds::Programs(..) => Default::default(),
        };
        let mut run = PairedRun { runner: self, builds, pins, examples, began_ns, watcher };
        match run.play(budget) {
            Ok(()) => {
                let stopped = run.pins.iter_mut().find_map(Pins::changed_inside);
                Ok(PairedOutcome { stopped, ..PairedOutcome::default() })
            }
            Err(Early::Ended(outcome)) => Ok(outcome),
            Err(Early::Failed(error)) => Err(error),
        }
    }
}

struct PairedRun<'a, 'b> {
    runner: &'a mut Runner,
    builds: Builds<'b>,
    pins: [Pins; 2],
    examples: usize,
    began_ns: u64,
    watcher: &'a mut dyn PairedWatcher,
}

impl PairedRun<'_, '_> {
    fn play(&mut self, budget: Option<Duration>) -> Result<(), Early> {
        let scenario = self.builds.scenario();
        let (cells, rounds) = (scenario.cells.len(), scenario.rounds);
        let every = control_every(cells * rounds as usize);
        let began = Instant::now();
        let mut played = 0;
        for number in 0..rounds {
            for cell in load::order(scenario.seed, number, cells) {
                let first = baseline_is_first(cell, number);
                if has_control(played, every) {
                    let (control, pair) = self.control_and_pair(cell, number, first)?;
                    self.watcher.controlled(control);
                    self.watcher.screened(pair);
                } else {
                    let pair = self.pair(cell, number, first)?;
                    self.watcher.screened(pair);
                }
                played += 1;
            }
        }
        let fewest = if budget.is_none() { FEWEST_FRESH } else { 0 };
        self.confirm(fewest, budget.unwrap_or(began.elapsed() / 2))
    }

    /// Fresh rounds of flagged cells, in turns.
    fn confirm(&mut self, fewest: u32, budget: Duration) -> Result<(), Early> {
        let began = Instant::now();
        let mut untold = self.watcher.flagged();
        let rounds = self.builds.scenario().rounds;
        for number in (rounds..).take(MOST_FRESH as usize) {
            // Both orders equally often.
            if (number - rounds).is_multiple_of(2) {
                untold.retain(|cell| !self.watcher.is_told(*cell));
            }
            for cell in &untold {
                if number - rounds >= fewest && began.elapsed() >= budget {
                    return Ok(());
                }
                let pair = self.pair(*cell, number, baseline_is_first(*cell, number))?;
                self.watcher.confirmed(pair);
            }
            if untold.is_empty() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn pair(
        &mut self,
        cell: usize,
        number: u32,
        baseline_first: bool,
    ) -> Result<PairOfRounds, Early> {
        use Which::{Baseline, New};
        let order = if baseline_first { [Baseline, New] } else { [New, Baseline] };
        let [first, second] = order.map(|which| self.round(which, cell, number));
        Ok(in_order(first?, second?, baseline_first))
    }

    /// The baseline's two rounds stand beside each other, and one of them beside that of the new build.
    fn control_and_pair(
        &mut self,
        cell: usize,
        number: u32,
        baseline_first: bool,
    ) -> Result<(PairOfRounds, PairOfRounds), Early> {
        if baseline_first {
            let again = self.round(Which::Baseline, cell, number)?;
            let pair = self.pair(cell, number, true)?;
            let control = in_order(again, pair.baseline.clone(), false);
            Ok((control, pair))
        } else {
            let pair = self.pair(cell, number, false)?;
            let again = self.round(Which::Baseline, cell, number)?;
            let control = in_order(pair.baseline.clone(), again, true);
            Ok((control, pair))
        }
    }

    fn round(&mut self, which: Which, cell: usize, number: u32) -> Result<Round, Early> {
        self.watcher.begins(which, cell, number);
        let scenario = self.builds.scenario();
        let (round, interrupted) = match self.builds {
            Builds::Here(builds) => {
                let Build { scenario, plugins } = builds[which as usize];
                let (examples, began_ns) = (self.examples, self.began_ns);
                self.runner.run_round(scenario, cell, number, plugins, examples, began_ns)?
            }
            Builds::Programs(scenario, programs) => {
                let program = &programs[which as usize];
                match self.runner.play_other(program, scenario, cell, number)? {
                    Played::Round(played) => (Some(played.0), false),
                    Played::Interrupted => (None, true),
                    Played::Nothing(why) => {
                        let program = crate::text::path(&program.program);
                        let why = RunError::Program(which, format!("{program}: {why}"));
                        return Err(Early::Ended(PairedOutcome {
                            stopped: Some(why.to_string()),
                            gave_up: Some(which),
                            ..PairedOutcome::default()
                        }));
                    }
                }
            }
        };
        let ended = |interrupted, stopped| {
            Early::Ended(PairedOutcome { interrupted, stopped, gave_up: None })
        };
        let Some(round) = round.filter(|_| !interrupted) else {
            return Err(ended(interrupted, None));
        };
        if let Some(why) = self.pins.iter_mut().find_map(Pins::changed) {
            return Err(ended(false, Some(format!("{why}{}", meanwhile(&round.outcome)))));
        }
        if let Outcome::Finished { client, server, .. } = &round.outcome {
            let id = &scenario.cells[cell].id;
            conserve(client, server)
                .map_err(|what| RunError::Internal(format!("cell {id}, round {number}: {what}")))?;
        }
        match self.runner.stopped() {
            Some(why) => Err(ended(false, Some(why.to_owned()))),
            None => Ok(round),
        }
    }
}

/// Rounds that both builds of a scenario play together before any is fresh: two for each pair, and one more for
/// each control.
pub fn paired_rounds(scenario: &Scenario) -> u64 {
    let pairs = scenario.cells.len() * scenario.rounds as usize;
    let every = control_every(pairs);
    let controls = (0..pairs).filter(|played| has_control(*played, every)).count();
    (2 * pairs + controls) as u64
}

/// One pair in how many has a control.
fn control_every(pairs: usize) -> usize {
    (pairs / FEWEST_CONTROLS).clamp(1, CONTROL_EVERY)
}

fn has_control(played: usize, every: usize) -> bool {
    played % every == every / 2
}

/// Half of a cell's rounds each way, and half of a round's cells.
fn baseline_is_first(cell: usize, number: u32) -> bool {
    (cell + number as usize).is_multiple_of(2)
}

/// `first`, `second`: as they were played.
fn in_order(first: Round, second: Round, baseline_first: bool) -> PairOfRounds {
    let (baseline, new) = if baseline_first { (first, second) } else { (second, first) };
    PairOfRounds { baseline, new, baseline_first }
}
