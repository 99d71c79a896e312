//! A run of one scenario: every cell once, in seeded order, then again.

use super::children::Children;
use super::clock_watch::Clocks;
use super::meters::Meters;
use super::other_program::{OtherProgram, Played};
use super::outcome::RoundOutcome;
use super::output_lines::{LineListener, LineSink};
use super::paired::Which;
use super::pins::Pins;
use super::placement::{PlacementError, Processors, processors};
use super::plan::RoundPlan;
use super::remove::OwnedPath;
use super::signals::interrupts;
use super::supervisor::{drive, run_round};
use super::temporary::no_place;
use super::turns::Turns;
use crate::host::limits;
use crate::load;
use crate::net::clock::Clock;
use crate::result::document::Measured;
use crate::result::{Outcome, Placed, Round, Tool, conserve};
use crate::scenario::{HandlerSpec, PluginName, Scenario};
use crate::side::spec::{Alone, Role};
use nix::sys::signalfd::SignalFd;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Where each plugin of a scenario was found.
#[derive(Clone, Debug, Default)]
pub struct Plugins {
    /// Handler plugins, by what the scenario calls them.
    pub handlers: BTreeMap<PluginName, PathBuf>,
    /// Framing plugins.
    pub framings: BTreeMap<PluginName, PathBuf>,
    /// Handlers that must not be reached from elsewhere, as they are configured.
    pub loopback_only: Vec<HandlerSpec>,
    /// The files that must not change while they are used, these plugins and others.
    pub pins: Pins,
    /// The same files, as a result names them.
    pub measured: Measured,
}

/// What a run tells while it is under way.
pub trait Watcher {
    /// A round begins.
    fn begins(&mut self, cell: usize, round: u32);
    /// A round is over. Nobody else keeps it.
    fn ended(&mut self, round: Round);
    /// About so many rounds are still to be played. Told only where that is found out while they are.
    fn left(&mut self, _rounds: u64) {}
    /// True where nothing more is to be played. Asked after each round.
    fn is_enough(&self) -> bool {
        false
    }
    /// The cells that are to be played again, for this attempt at them, with all their rounds. Asked when all
    /// rounds are over, until there are none.
    fn again(&mut self, _attempt: u32) -> Vec<usize> {
        Vec::new()
    }
}

/// How a run has ended.
pub struct RunOutcome {
    /// How many rounds are over.
    pub rounds: u64,
    /// The user stopped it.
    pub interrupted: bool,
    /// It stopped by itself, because a file that all rounds have to share has changed. This says
    /// which, and how. The round that was under way is not among [`rounds`](Self::rounds).
    pub stopped: Option<String>,
}

/// Why a run cannot go on.
#[derive(Debug, Error)]
pub enum RunError {
    /// The machine refuses something every round needs.
    #[error("no round can be run: {0}")]
    Machine(io::Error),
    /// The machine has fewer processors for us than the round needs.
    #[error("no round can be run: {0}")]
    Processors(PlacementError),
    /// Another program that was to play rounds has left none.
    #[error("{1}")]
    Program(Which, String),
    /// What the sides have counted does not add up, or something is missing that must be there: a bug
    /// of ours, in a sentence.
    #[error("{0}")]
    Internal(String),
}

/// Runs scenarios, one after the other, under one guard.
pub struct Runner {
    // Dropped first: the guard must be gone before the directory is.
    children: Children,
    interrupts: SignalFd,
    folder: RunFolder,
    clock: Clock,
    meters: Meters,
    stopped: Option<String>,
    listener: Option<RefCell<LineListener>>,
    attach: Option<Role>,
}

impl Runner {
    /// Starts the guard. `program` executes this very program; best, as [`Program`] has it.
    ///
    /// [`Program`]: crate::host::Program
    pub fn start(program: &Path) -> io::Result<Self> {
        let no_guard = |error| limits::in_call("the guard process cannot be started", error);
        let mut children = Children::start(program).map_err(no_guard)?;
        let folder = RunFolder::create().map_err(|error| no_place(&error))?;
        children.remove_at_end(&folder.0)?;
        let interrupts = interrupts()?;
        let (clock, meters) = (Clock::calibrate(), Meters::find());
        let (stopped, listener, attach) = (None, None, None);
        Ok(Self { children, interrupts, folder, clock, meters, stopped, listener, attach })
    }

    /// Has `listener` called with each line that sides and programs write, from now on.
    pub fn listen(&mut self, listener: LineListener) {
        self.listener = Some(RefCell::new(listener));
    }

    /// Has this side of every round wait for a debugger, and be waited for without end.
    pub fn attach_to(&mut self, side: Role) {
        self.attach = Some(side);
    }

    /// Why no further round can be run, if so.
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// Has another program play the first cell once, to see that it can; returns what it says of itself, `None`
    /// where the user stopped it.
    pub fn try_program(
        &mut self,
        which: Which,
        program: &OtherProgram,
        scenario: &Scenario,
    ) -> Result<Option<Tool>, RunError> {
        match self.play_other(program, scenario, 0, 0)? {
            Played::Round(played) => Ok(Some(played.1)),
            Played::Interrupted => Ok(None),
            Played::Nothing(why) => {
                let program = crate::text::path(&program.program);
                Err(RunError::Program(which, format!("{program}: {why}")))
            }
        }
    }

    /// Has another program play a round, in a folder of its own.
    pub(super) fn play_other(
        &mut self,
        program: &OtherProgram,
        scenario: &Scenario,
        cell: usize,
        number: u32,
    ) -> Result<Played, RunError> {
        let folder = self.folder.0.path();
        let played = program.play(scenario, cell, number, folder, &self.interrupts);
        let _ = self.folder.0.empty();
        played.map_err(RunError::Machine)
    }

    /// Now, on the clock of its rounds.
    pub(super) fn now(&self) -> u64 {
        self.clock.now()
    }

    /// Plays all rounds of `scenario`, keeping `examples` of each anomaly, and again those of cells that the
    /// watcher names then, with the same seeds in the same order. Each round is given to
    /// the watcher as it ends, so that memory does not grow with their number. Where the machine
    /// refuses what every round needs, that round has failed and is the last: see
    /// [`stopped`](Self::stopped).
    pub fn run(
        &mut self,
        scenario: &Scenario,
        plugins: &Plugins,
        examples: usize,
        watcher: &mut dyn Watcher,
    ) -> Result<RunOutcome, RunError> {
        let run_began = self.clock.now();
        let mut rounds = 0;
        let mut pins = plugins.pins.clone();
        if let Some(why) = pins.changed() {
            return Ok(RunOutcome { rounds, interrupted: false, stopped: Some(why) });
        }
        let mut turns = Turns::all(scenario);
        let mut attempt = 0;
        loop {
            while let Some((number, cell)) = turns.next() {
                if let Some(left) = turns.left() {
                    watcher.left(left);
                }
                watcher.begins(cell, number);
                let (round, interrupted) =
                    self.run_round(scenario, cell, number, plugins, examples, run_began)?;
                let Some(round) = round else {
                    return Ok(RunOutcome { rounds, interrupted, stopped: None });
                };
                let round = Round { attempt, ..round };
                // Nobody knows which of both this round had, or the half of which.
                if let Some(why) = pins.changed() {
                    let stopped = Some(format!("{why}{}", meanwhile(&round.outcome)));
                    return Ok(RunOutcome { rounds, interrupted: false, stopped });
                }
                if let Outcome::Finished { client, server, .. } = &round.outcome {
                    let id = &scenario.cells[cell].id;
                    conserve(client, server).map_err(|what| {
                        RunError::Internal(format!("cell {id}, round {number}: {what}"))
                    })?;
                }
                turns.ended(&round);
                watcher.ended(round);
                rounds += 1;
                if interrupted || self.stopped.is_some() || watcher.is_enough() {
                    return Ok(RunOutcome { rounds, interrupted, stopped: None });
                }
            }
            attempt += 1;
            let cells: BTreeSet<usize> = watcher.again(attempt).into_iter().collect();
            if cells.is_empty() {
                break;
            }
            turns = Turns::again(scenario, cells);
        }
        let unseen =
            |why| format!("{why}; its times do not show when, so no round can be relied on");
        let stopped = pins.changed_inside().map(unseen);
        Ok(RunOutcome { rounds, interrupted: false, stopped })
    }

    /// Runs one round of one cell, and tells what disturbed it. `run_began`: the start of the run on our
    /// clock. Returns `None` where the user stopped the round before it had anything to tell, and whether
    /// the user wants to stop.
    pub(super) fn run_round(
        &mut self,
        scenario: &Scenario,
        cell: usize,
        number: u32,
        plugins: &Plugins,
        examples: usize,
        run_began: u64,
    ) -> Result<(Option<Round>, bool), RunError> {
        let before = self.meters.read();
        let clocks = Clocks::read(&self.clock);
        let began = self.clock.now();
        let seed = round_seed(scenario.seed, number);
        let (outcome, interrupted, placed) =
            match self.play(scenario, cell, seed, plugins, examples) {
                Ok(RoundOutcome { outcome, interrupted, placed }) => (outcome, interrupted, placed),
                // There may be more of them again in the next round.
                Err(RunError::Processors(error)) => {
                    (Some(Outcome::Failed { error: error.to_string() }), false, Placed::default())
                }
                Err(RunError::Machine(error)) => {
                    let error = error.to_string();
                    self.stopped = Some(error.clone());
                    (Some(Outcome::Failed { error }), false, Placed::default())
                }
                Err(error) => return Err(error),
            };
        let Some(mut outcome) = outcome else { return Ok((None, interrupted)) };
        let took_ns = self.clock.now() - began;
        scenario.secrets.redact_all(outcome.texts_mut());
        let ours = processors(&scenario.cells[cell].settings.cpu).unwrap_or_default();
        let mut disturbed = before.until(&self.meters.read(), |one| ours.include(one));
        clocks.until(&Clocks::read(&self.clock), &mut disturbed);
        let began_ns = began - run_began;
        let attempt = 0;
        let round = Round {
            cell,
            round: number,
            attempt,
            seed,
            began_ns,
            took_ns,
            disturbed,
            placed,
            outcome,
        };
        Ok((Some(round), interrupted))
    }

    fn play(
        &mut self,
        scenario: &Scenario,
        cell: usize,
        seed: u64,
        plugins: &Plugins,
        examples: usize,
    ) -> Result<RoundOutcome, RunError> {
        let server = &scenario.cells[cell].settings.server;
        let play =
            |children: &mut Children, interrupts: &SignalFd, plan: &RoundPlan<'_>| match server {
                None => run_round(children, interrupts, plan),
                Some(server) => drive(children, interrupts, plan, server, Alone::default(), None),
            };
        self.with_plan(scenario, cell, seed, plugins, examples, play)
    }

    /// Plays something with the plan of one cell, and leaves no file of it behind.
    pub(super) fn with_plan<T>(
        &mut self,
        scenario: &Scenario,
        cell: usize,
        seed: u64,
        plugins: &Plugins,
        examples: usize,
        play: impl FnOnce(&mut Children, &SignalFd, &RoundPlan<'_>) -> io::Result<T>,
    ) -> Result<T, RunError> {
        let settings = &scenario.cells[cell].settings;
        let handler = &settings.handler;
        let Some(plugin) = plugins.handlers.get(&handler.brought_by()) else {
            return Err(RunError::Internal(format!("plugin `{}` was not located", handler.plugin)));
        };
        let processors: Processors = processors(&settings.cpu).map_err(RunError::Processors)?;
        let directory = self.folder.0.path();
        let scenario_dir = std::path::absolute(scenario.folder.join(".")).unwrap_or_default();
        let plan = RoundPlan {
            settings,
            seed,
            clock: self.clock,
            plugin,
            framing_plugins: &plugins.framings,
            processors,
            directory,
            scenario_dir: &scenario_dir,
            examples,
            attach: self.attach,
            lines: LineSink {
                listener: self.listener.as_ref(),
                secrets: &scenario.secrets,
                plugin: &handler.plugin,
            },
        };
        let played = play(&mut self.children, &self.interrupts, &plan).map_err(RunError::Machine);
        // The next round begins with nothing; what is left all the same it meets there.
        let _ = self.folder.0.empty();
        played
    }
}

/// The run's own folder. Dropped, it is removed: the guard has done that, if it was not killed.
struct RunFolder(OwnedPath);

impl RunFolder {
    fn create() -> io::Result<Self> {
        let mode = std::fs::Permissions::from_mode(0o700);
        let made = tempfile::Builder::new().prefix("wirebench-").permissions(mode).tempdir()?;
        let folder = OwnedPath::open(&std::path::absolute(made.path())?)?;
        let _ = made.keep();
        Ok(Self(folder))
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        let _ = self.0.remove();
    }
}

/// How a round ended in which a file has changed, if that may come of it.
pub(super) fn meanwhile(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Finished { .. } => String::new(),
        Outcome::Crashed(crash) => format!(
            "; meanwhile the {} was lost, which may come of that: {}",
            crash.side,
            crash.result(0).how
        ),
        Outcome::Failed { error } => {
            format!("; meanwhile a round could not be run, which may come of that: {error}")
        }
    }
}

/// All cells of a round get the same seed, so that they send the same bytes; rounds differ.
fn round_seed(seed: u64, round: u32) -> u64 {
    load::rng::SplitMix64::stream(seed, u64::from(round)).next_u64()
}
