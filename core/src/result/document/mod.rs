//! The shape of `result.json`, schema `wirebench.result/2`. `docs/results.md` explains every field;
//! a test holds the two together.

mod attempt;
mod cell;
mod costs;
mod findings;
mod integrity;
mod link;
mod measured;
mod open;
mod search;

pub use attempt::AttemptResult;
pub use cell::{CellResult, ExchangeCounts, Setup};
pub use costs::{CpuCosts, Rate, Relative, Spread, Times, WireCounts};
pub use findings::{
    CrashResult, ErrorResult, GateResult, HeldResult, LogResult, RoundOutcome, RoundSummary,
};
pub use integrity::{ExampleResult, Integrity, JudgedBy, PieceResult, Verdicts};
pub use link::{Attribution, FaultCount, FaultResult, LinkDirection, LinkResult};

pub use open::{AuditResult, FloorResult, OpenResult};
pub use search::{SearchGroup, SearchPoint, SearchResult};

pub use measured::{FileResult, Measured, PluginResult};

use super::host::Host;
use crate::scenario::{PartitionInfo, Scenario};
use serde::{Deserialize, Serialize};

/// The schema that this program writes.
pub const SCHEMA: &str = "wirebench.result/2";

/// Everything that is known of a run when it is over.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Document {
    /// [`SCHEMA`].
    pub schema: String,
    /// The program.
    pub tool: Tool,
    /// The machine.
    pub host: Host,
    /// The run's name and time; `None` when its results were not kept.
    pub run: Option<RunInfo>,
    /// The plugins that were measured; empty in results of versions that did not tell.
    #[serde(default)]
    pub plugins: Vec<PluginResult>,
    /// Other files that rounds used, as far as they could be read.
    #[serde(default)]
    pub files: Vec<FileResult>,
    /// What was asked for.
    pub scenario: ScenarioInfo,
    /// The parts that it was put together of; empty: it was measured in one run.
    #[serde(default)]
    pub parts: Vec<PartResult>,
    /// What an exchange takes of which a server does nothing but copy, measured before the first round; `None`: it was
    /// not measured.
    #[serde(default)]
    pub floor: Option<FloorResult>,
    /// Why the run ended before its last round, unless the user ended it: a file that was measured
    /// has changed, or a cell could not pass any more.
    #[serde(default)]
    pub stopped: Option<String>,
    /// True when it ended because a cell could not pass any more, as it was told to.
    #[serde(default)]
    pub aborted: bool,
    /// The worst verdict of all cells; of an interrupted run never `pass`.
    pub verdict: CellVerdict,
    /// True when the user stopped the run before its last round, or something killed it: the figures
    /// are those of the rounds so far.
    #[serde(default)]
    pub interrupted: bool,
    /// What a search has found; `None`: there was none.
    #[serde(default)]
    pub search: Option<SearchResult>,
    /// One per point of the matrix, in the scenario's order; of a search, those that were played.
    pub cells: Vec<CellResult>,
}

impl Document {
    /// Notes that the run was stopped before its last round.
    pub fn interrupt(&mut self) {
        self.interrupted = true;
        self.verdict = self.verdict.max(CellVerdict::Inconclusive);
    }

    /// Reads `result.json`, of this schema or the first. Another one, a damaged document and figures
    /// that contradict each other are errors, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        super::read::whole(text)
    }

    /// The same without its cells.
    pub fn without_cells(&self) -> Self {
        // Field by field, so that no cell is copied only to be dropped.
        Self {
            schema: self.schema.clone(),
            tool: self.tool.clone(),
            host: self.host.clone(),
            run: self.run.clone(),
            plugins: self.plugins.clone(),
            files: self.files.clone(),
            scenario: self.scenario.clone(),
            parts: self.parts.clone(),
            floor: self.floor.clone(),
            stopped: self.stopped.clone(),
            aborted: self.aborted,
            verdict: self.verdict,
            interrupted: self.interrupted,
            search: self.search.clone(),
            cells: Vec::new(),
        }
    }

    /// Says which files were measured.
    pub fn measured(&mut self, measured: Measured) {
        self.plugins = measured.plugins;
        self.files = measured.files;
    }

    /// Says that the run ended early, and why. It has not passed then.
    pub fn stop(&mut self, why: String) {
        self.stopped = Some(why);
        self.interrupt();
    }

    /// Says that the run ended at a round after which a cell could not pass any more, and why.
    pub fn abort(&mut self, why: String) {
        self.aborted = true;
        self.stop(why);
    }

    /// What was measured and is a debug build, whose figures say nothing about cost: this program,
    /// and plugins by their ids.
    pub fn debug_builds(&self) -> Vec<String> {
        let tool = self.tool.debug_build.then(|| self.tool.name.clone());
        let plugins = self.plugins.iter().filter(|plugin| plugin.debug_build == Some(true));
        tool.into_iter().chain(plugins.map(|plugin| format!("plugin {}", plugin.id))).collect()
    }
}

/// The document as it is written: indented JSON with a final line feed.
pub fn text(document: &Document) -> String {
    // Cannot fail: every map of the document has strings for keys.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

/// A part of a run, measured by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartResult {
    /// Which one, from 1.
    pub part: u32,
    /// Its run.
    pub run: Option<RunInfo>,
    /// The machine that it ran on.
    pub host: Host,
}

/// The program that measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// `wirebench`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// True when it was built without optimisation: its figures say nothing about cost.
    pub debug_build: bool,
    /// Where its file was when the run began; `None`: not known.
    #[serde(default)]
    pub path: Option<String>,
    /// The size of the file that ran.
    #[serde(default)]
    pub size_bytes: Option<u64>,
    /// The SHA-256 of the file that ran, in hexadecimal.
    #[serde(default)]
    pub sha256: Option<String>,
}

impl Tool {
    /// This program, without its file: whoever opened that fills it in.
    pub fn this() -> Self {
        Self {
            name: "wirebench".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            debug_build: cfg!(debug_assertions),
            path: None,
            size_bytes: None,
            sha256: None,
        }
    }
}

/// Where and when a run was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunInfo {
    /// The name of its folder.
    pub id: String,
    /// When it began, UTC, RFC 3339.
    pub started: String,
}

/// What the scenario says of the whole run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioInfo {
    /// `name`.
    pub name: String,
    /// `about`, or empty.
    pub about: String,
    /// The file it was read from.
    pub source: String,
    /// The matrix keys, in file order.
    pub axes: Vec<String>,
    /// Rounds of every cell.
    pub rounds: u32,
    /// What everything random was derived from.
    pub seed: u64,
    /// The SHA-256 of the file's text, in hexadecimal; `None`: not known.
    #[serde(default)]
    pub text_sha256: Option<String>,
    /// The profile of `wirebench.toml` that it was read with.
    #[serde(default)]
    pub profile: Option<String>,
    /// What the profile and the command line changed, as `key=value`; a value that may be a secret is `…`.
    #[serde(default)]
    pub changes: Vec<String>,
    /// What the whole is of which this is a part; `None`: it is the whole.
    #[serde(default)]
    pub partition: Option<PartitionInfo>,
}

impl ScenarioInfo {
    /// What is kept of a scenario.
    pub fn of(scenario: &Scenario) -> Self {
        Self {
            name: scenario.name.clone(),
            about: scenario.about.clone(),
            source: scenario.source.clone(),
            axes: scenario.axes.clone(),
            rounds: scenario.rounds,
            seed: scenario.seed,
            text_sha256: scenario.text_sha256.clone(),
            profile: scenario.profile.clone(),
            changes: scenario.changes.clone(),
            partition: scenario.partition.clone(),
        }
    }
}

/// What a run says of a cell. In this order, a later one is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellVerdict {
    /// Every gate holds.
    Pass,
    /// Every gate holds, but did not when the cell was played before.
    Flaky,
    /// A gate cannot be told, or the measurement was disturbed.
    Inconclusive,
    /// The offered rate was not kept.
    Saturated,
    /// A gate does not hold.
    Fail,
    /// A side crashed, hung or was killed.
    Crashed,
}

/// What a run's verdicts mean for the exit code; a later one takes precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Every gate of every cell holds.
    Clean,
    /// Something is inconclusive or saturated, and nothing is worse.
    Inconclusive,
    /// A gate had nothing at all to judge.
    Unsampled,
    /// A latency, rate or cost gate failed.
    Cost,
    /// An integrity or handler gate failed, a side crashed, or a round could not be run.
    Integrity,
}
