//! What the supervisor knows of one round when it is over: one line of the journal.

use crate::measure::{ClientReport, SideReport};
use crate::scenario::ProcessorList;
use serde::{Deserialize, Serialize};

/// The most times that a cell is played again.
pub const MOST_RETRIES: u32 = 10;

/// One run of one cell in fresh processes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Round {
    /// Index of the cell in the scenario.
    pub cell: usize,
    /// Which round of that cell, from 0.
    pub round: u32,
    /// Which attempt at the cell, from 0: cells that fail may be played again, with all of their rounds.
    #[serde(default, skip_serializing_if = "is_first")]
    pub attempt: u32,
    /// The seed of everything random in it.
    pub seed: u64,
    /// When it began, in nanoseconds since the run began.
    pub began_ns: u64,
    /// How long it took, processes and drain included, in nanoseconds.
    pub took_ns: u64,
    /// What the machine took from it.
    #[serde(default)]
    pub disturbed: Disturbed,
    /// Where its sides ran.
    #[serde(default)]
    pub placed: Placed,
    /// How it ended.
    pub outcome: Outcome,
}

/// Of what was never played again nothing is said.
pub(crate) fn is_first(attempt: &u32) -> bool {
    *attempt == 0
}

/// Where the sides of a round ran, as the kernel said just before it began; `None`: it did not say, or nobody
/// asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Placed {
    /// The processors of the server, or of the program of one that is not ours.
    pub server: Option<ProcessorList>,
    /// Those of the client.
    pub client: Option<ProcessorList>,
    /// Whether a processor of one side and another one of the other are threads of one core; `None` also
    /// where a side may run anywhere.
    pub share_core: Option<bool>,
}

impl Placed {
    /// With what a later look has seen besides.
    pub(crate) fn or(self, later: Self) -> Self {
        Self {
            server: self.server.or(later.server),
            client: self.client.or(later.client),
            share_core: self.share_core.or(later.share_core),
        }
    }
}

/// What the machine took from a round that others would have had; `None`: it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Disturbed {
    /// Processor time that quotas of control groups withheld, in nanoseconds, summed over
    /// processors.
    pub throttled_ns: Option<u64>,
    /// Time in which the hypervisor ran others, in nanoseconds: of the one processor, among those that
    /// the sides may run on, of which most was taken.
    pub stolen_ns: Option<u64>,
    /// How long the machine slept, in nanoseconds.
    pub suspended_ns: Option<u64>,
    /// By how much the clock of the sides and the kernel's went apart, in nanoseconds.
    pub clock_step_ns: Option<u64>,
}

/// How a round ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Both sides played their part and reported.
    Finished {
        /// The client's report.
        client: Box<ClientReport>,
        /// The server's report.
        server: Box<SideReport>,
        /// The server is not ours, and its program ended before its time: what the client had until
        /// then is its report.
        #[serde(default)]
        crash: Option<Box<Crash>>,
    },
    /// A side crashed, hung or was killed.
    Crashed(Crash),
    /// The round could not be run (an address in use, a plugin that refuses its configuration).
    Failed {
        /// What happened and what to do.
        error: String,
    },
}

impl Outcome {
    /// What plugins, peers and programs have said in it.
    pub fn texts_mut(&mut self) -> Vec<&mut String> {
        match self {
            Self::Finished { client, server, crash } => {
                let crash = crash.iter_mut().flat_map(|crash| crash.texts_mut());
                client.side.texts_mut().chain(server.texts_mut()).chain(crash).collect()
            }
            Self::Crashed(crash) => crash.texts_mut(),
            Self::Failed { error } => vec![error],
        }
    }
}

impl Crash {
    /// What the side has said.
    pub fn texts_mut(&mut self) -> Vec<&mut String> {
        let error = match &mut self.how {
            How::Error(error) => Some(error),
            _ => None,
        };
        let command = self.program.as_mut().map(|program| &mut program.command);
        let printed = [&mut self.stderr].into_iter().chain(&mut self.log);
        error.into_iter().chain(command).chain(printed).collect()
    }
}

/// A side that did not survive its round.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Crash {
    /// `client` or `server`.
    pub side: String,
    /// What ended it.
    pub how: How,
    /// The plugin whose code ran: of the handler, or of a framing.
    pub plugin: String,
    /// The hook it was in (`message`, `start`, …), or that went wrong, if there is one.
    pub hook: Option<String>,
    /// The session that hook was called for.
    pub session: Option<u32>,
    /// Which message it was at, or which exchange in `start`; `None`: it was given one at most.
    #[serde(default)]
    pub message: Option<Box<OfSeveral>>,
    /// How many hooks had been called before.
    pub hooks_called: u64,
    /// The beginning and the end of what it printed.
    pub stderr: String,
    /// What it said, as in a [`SideReport`].
    #[serde(default)]
    pub log: Vec<String>,
    /// How many lines there were besides.
    #[serde(default)]
    pub log_left_out: u64,
    /// The program of a server that is not ours; `None`: a side of ours.
    #[serde(default)]
    pub program: Option<EndedProgram>,
}

/// One of several messages, or exchanges, that a hook was given together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfSeveral {
    /// Which one, from 1.
    pub number: u64,
    /// How many they were.
    pub count: u64,
}

/// A server's program that has ended before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedProgram {
    /// The command that started it.
    pub command: String,
    /// It had listened, so the round had begun.
    pub listened: bool,
}

/// What ended a side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// A signal that nobody of ours sent.
    Signal(i32),
    /// It exited with this status instead of reporting.
    Exit(i32),
    /// A hook did not return within `load.hook-timeout`; we killed it.
    Hung,
    /// It did not report in time although no hook was running; we killed it.
    Silent,
    /// It reported an error of its plugin or of its own and stopped.
    Error(String),
    /// Its shared memory was overwritten, by something in its process.
    Ledger(String),
}
