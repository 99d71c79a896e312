//! Gates, crashes, errors, and each round by itself.

use crate::measure::{Family, LoadEnd, Series};
use crate::scenario::ProcessorList;
use serde::{Deserialize, Serialize};

/// One gate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateResult {
    /// The metric, with its direction prefix; behind it, the axes on which the cell differs that it is
    /// held against: `p50 / framing=raw`.
    pub gate: String,
    /// The limit as the scenario writes it.
    pub limit: String,
    /// The value as a number in `unit`; a share lies between 0 and 1.
    pub value: Option<f64>,
    /// What `value` is counted in: `share`, `count`, `ns`, `per-second`, `bytes`,
    /// `bytes-per-second` or `ratio`.
    pub unit: Option<String>,
    /// Which family of exit codes it belongs to.
    pub family: Family,
    /// True or false; `None` when inconclusive.
    pub pass: Option<bool>,
    /// Why it is inconclusive.
    pub why: Option<String>,
    /// True when there was nothing at all to judge: the run then fails, with or without `--strict`.
    #[serde(default)]
    pub unsampled: bool,
    /// The id of the cell that it is held against; `value` is this cell's over that one's.
    #[serde(default)]
    pub against: Option<String>,
    /// Where `value` lies, but for a chance of 5 % on each side; `None`: it is exact, or cannot be told.
    #[serde(default)]
    pub interval: Option<[f64; 2]>,
    /// Rounds that have the value in both cells; `None`: it is exact.
    #[serde(default)]
    pub rounds: Option<u32>,
    /// The line of the scenario's file that it stands on, from 1; `None`: on the command line, or not known.
    #[serde(default)]
    pub line: Option<u32>,
}

/// A side that did not survive its round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrashResult {
    /// The round, from 0.
    pub round: u32,
    /// `client` or `server`.
    pub side: String,
    /// What ended it, in words.
    pub how: String,
    /// The plugin whose code ran.
    pub plugin: String,
    /// The hook it was in, or that went wrong.
    pub hook: Option<String>,
    /// The session that hook was called for.
    pub session: Option<u32>,
    /// Of messages (in `start`, of exchanges) that it was given together: which one it was at, from 1.
    #[serde(default)]
    pub message: Option<u64>,
    /// How many these were.
    #[serde(default)]
    pub messages: Option<u64>,
    /// Hooks called before.
    pub hooks_called: u64,
    /// The beginning and the end of what it printed.
    pub stderr: String,
    /// The command of a server that is not ours; `None`: a side of ours.
    #[serde(default)]
    pub program: Option<String>,
}

/// Something that went wrong without ending a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorResult {
    /// `client` or `server`.
    pub side: String,
    /// Phase and kind.
    pub kind: String,
    /// How often, over all rounds.
    pub count: u64,
    /// The first one in full.
    pub first: String,
}

/// What a client kept on the word of a server that is not ours: in the round in which it was most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldResult {
    /// The most at one time for all sessions together.
    pub peak_bytes: u64,
    /// The most at one time for one session.
    pub session_peak_bytes: u64,
}

/// Something that a plugin logged, or that was printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogResult {
    /// The round, from 0.
    pub round: u32,
    /// `client` or `server`.
    pub side: String,
    /// `warning: …` and the like, or `output: …` for what was printed.
    pub line: String,
}

/// How a round ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoundOutcome {
    /// Both sides reported.
    Finished,
    /// A side crashed.
    Crashed,
    /// It could not be run.
    Failed,
}

/// One round by itself. Of the figures, those of its messages are `None` unless it finished.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoundSummary {
    /// Which round, from 0.
    pub round: u32,
    /// The seed of everything random in it.
    pub seed: u64,
    /// How it ended.
    pub outcome: RoundOutcome,
    /// When it began, since the run began.
    pub began_ns: u64,
    /// How long it took, processes and drain included.
    pub took_ns: u64,
    /// Processor time that quotas withheld, summed over processors.
    #[serde(default)]
    pub throttled_ns: Option<u64>,
    /// What the hypervisor took of the processor of which it took most.
    #[serde(default)]
    pub stolen_ns: Option<u64>,
    /// How long the machine slept meanwhile.
    #[serde(default)]
    pub suspended_ns: Option<u64>,
    /// By how much the clock of the sides and the kernel's went apart.
    #[serde(default)]
    pub clock_step_ns: Option<u64>,
    /// By how much the client woke later than it wanted to, at most.
    #[serde(default)]
    pub held_up_ns: Option<u64>,
    /// Where the server ran, or its program, as the kernel lists processors.
    #[serde(default)]
    pub server_processors: Option<ProcessorList>,
    /// Where the client ran.
    #[serde(default)]
    pub client_processors: Option<ProcessorList>,
    /// Whether they were threads of one core.
    #[serde(default)]
    pub share_core: Option<bool>,
    /// What ended its load.
    #[serde(default)]
    pub load_end: Option<LoadEnd>,
    /// Length of its measured window.
    #[serde(default, alias = "measured_ns")]
    pub window_ns: Option<u64>,
    /// Messages handed over, both directions.
    pub sent: Option<u64>,
    /// Intact messages, both directions.
    pub intact: Option<u64>,
    /// Done exchanges, of those that started inside the window.
    pub done: Option<u64>,
    /// Exchanges that ended done inside the window, whenever started.
    #[serde(default)]
    pub completed: Option<u64>,
    /// Sum of end minus start over the exchanges that started and ended inside the window.
    #[serde(default)]
    pub busy_ns: Option<u64>,
    /// Completed exchanges per second of the window.
    pub rate: Option<f64>,
    /// Median latency.
    pub p50_ns: Option<u64>,
    /// 99th percentile of the latency.
    pub p99_ns: Option<u64>,
    /// Of an open loop: exchanges that were to start inside the window, per second of it.
    #[serde(default)]
    pub offered: Option<f64>,
    /// Of an open loop: what was answered inside the window, over what was to start there.
    #[serde(default)]
    pub achieved_share: Option<f64>,
    /// Of an open loop: 99th percentile of the time by which exchanges started too late.
    #[serde(default)]
    pub slip_p99_ns: Option<u64>,
    /// Of an open loop: whether the generator was the limit (`yes`, `no`, `cannot-tell`).
    #[serde(default)]
    pub generator_limited: Option<String>,
    /// The window over time; `null`: it had none, or a version that did not tell.
    #[serde(default)]
    pub series: Option<Series>,
    /// Wire over payload bytes, minus one.
    #[serde(default)]
    pub overhead: Option<f64>,
    /// CPU time per message of both sides together; `None` when they spin.
    #[serde(default)]
    pub cpu_ns_per_message: Option<f64>,
    /// Of that, the server's; `None` when it spins.
    #[serde(default)]
    pub server_cpu_ns_per_message: Option<f64>,
    /// Peak resident memory of the server.
    #[serde(default)]
    pub server_peak_memory_bytes: Option<u64>,
    /// How much more the program of a server that is not ours had at the end of the measured part.
    #[serde(default)]
    pub server_memory_growth_bytes: Option<u64>,
    /// Of a search: whether this round alone keeps the limit; `None`: it cannot be told, or there is no search.
    #[serde(default)]
    pub keeps: Option<bool>,
    /// Why it could not be run.
    pub error: Option<String>,
}
