//! The shape of `comparison.json`.

use crate::result::document::{FileResult, PluginResult, RunInfo, ScenarioInfo};
use crate::result::{Host, Tool};
use serde::{Deserialize, Serialize};
use wirebench_verdict::Verdict;

/// The schema that this program writes.
pub const SCHEMA: &str = "wirebench.comparison/1";

/// Two builds side by side.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Comparison {
    /// [`SCHEMA`].
    pub schema: String,
    /// Where the figures are from.
    pub how: How,
    /// The program that compared.
    pub tool: Tool,
    /// The machine that it ran on.
    pub host: Host,
    /// The run's name and time; `None` when its results were not kept, and for stored results.
    pub run: Option<RunInfo>,
    /// What was asked for.
    pub scenario: ScenarioInfo,
    /// What the other is held against.
    pub baseline: Subject,
    /// What may have become worse.
    pub new: Subject,
    /// What is said of all cells together.
    pub standing: Standing,
    /// Why nothing can be said, whatever the cells show.
    pub unfit: Option<String>,
    /// The run was stopped before its end.
    pub interrupted: bool,
    /// What a reader should know.
    pub notes: Vec<String>,
    /// The baseline against itself, in the same run.
    pub controls: Vec<Control>,
    /// Each cell, in the scenario's order.
    pub cells: Vec<CellComparison>,
}

impl Comparison {
    /// Writes it as indented JSON with a final line feed.
    pub fn write(&self, to: &mut dyn std::io::Write) -> std::io::Result<()> {
        serde_json::to_writer_pretty(&mut *to, self)?;
        to.write_all(b"\n")
    }
}

/// Where the figures of a comparison are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Both builds played every round, one behind the other.
    Paired,
    /// Results that were kept, each of them one sample.
    Stored,
}

/// What a comparison comes to. In this order, a later one is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Something is better, and nothing worse.
    Improved,
    /// Everything that decides is within its limit.
    Same,
    /// Some of what decides cannot be told, and what can is not worse.
    PartlyTold,
    /// Nothing can be told.
    Inconclusive,
    /// Something is worse.
    Regressed,
}

/// One of the two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// What makes it that one: `plugins in ../main/plugins`, `server.cwd=../main`, `this run`.
    pub what: String,
    /// The program.
    pub tool: Tool,
    /// The plugins.
    pub plugins: Vec<PluginResult>,
    /// Other files.
    pub files: Vec<FileResult>,
    /// The results that its figures are from.
    pub results: Vec<String>,
}

/// A metric of the baseline against itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Control {
    /// The metric.
    pub metric: String,
    /// Second over first.
    pub ratio: f64,
    /// It lies between these but for a chance of 5 % on each side.
    pub low: f64,
    /// See `low`.
    pub high: f64,
    /// True where they came out different.
    pub differs: bool,
    /// Each by itself; `new` is the second time.
    pub pairs: Vec<PairResult>,
}

/// One cell of both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellComparison {
    /// Its id, that of the new one.
    pub id: String,
    /// The worst of what decides.
    pub verdict: Verdict,
    /// Why rounds of it are missing.
    pub lost: Vec<String>,
    /// Each metric.
    pub rows: Vec<Row>,
}

impl CellComparison {
    /// The worst of what decides is what is said of the cell.
    pub(super) fn judge(&mut self) {
        let deciding = self.rows.iter().filter(|row| row.decides).map(|row| row.verdict);
        self.verdict = deciding.max().unwrap_or(Verdict::Inconclusive);
    }
}

/// One metric of one cell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its name.
    pub metric: String,
    /// What its figures are counted in: `ns`, `per-second`, `bytes`, `bytes-per-second` or `ratio`.
    pub unit: String,
    /// True where it decides on the verdict of its cell; others are shown.
    pub decides: bool,
    /// What is said of it.
    pub verdict: Verdict,
    /// Why it is inconclusive, where that is not the width of the interval.
    pub why: Option<String>,
    /// True for a count that is compared exactly.
    pub exact: bool,
    /// The geometric mean of the baseline's rounds; of a count the middle one.
    pub baseline: Option<f64>,
    /// The same of the new one's.
    pub new: Option<f64>,
    /// New over baseline, by the mean of the logarithms of all rounds that decide.
    pub ratio: Option<f64>,
    /// It lies between this…
    pub low: Option<f64>,
    /// …and this, but for a chance of 5 % on each side.
    pub high: Option<f64>,
    /// A change to this ratio would have been found in four of five runs; a smaller one less often.
    pub visible: Option<f64>,
    /// By which share it may be worse.
    pub limit: Option<f64>,
    /// Changes smaller than this do not matter, in `unit`.
    pub floor: Option<f64>,
    /// The rounds that every cell has.
    pub pairs: Vec<PairResult>,
    /// Fresh rounds, played because those lay beyond the limit. Where there are any, they alone decide.
    pub fresh: Vec<PairResult>,
}

/// One round of both.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairResult {
    /// Which one.
    pub round: u32,
    /// The baseline's figure.
    pub baseline: f64,
    /// That of the new one.
    pub new: f64,
    /// The baseline was played first.
    pub baseline_first: bool,
}
