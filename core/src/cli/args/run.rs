//! The arguments of `run`, and what all verbs that start sides share.

use super::{
    BaselineArgs, FailureArgs, FlakyArgs, NamedArgs, PrintArgs, ProgressArgs, ScenarioArgs,
};
use crate::scenario::Partition;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `wirebench run`.
#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    /// What to run.
    #[command(flatten)]
    pub scenario: ScenarioArgs,

    /// Run only cells that match: `KEY=VALUE` for a value of an axis, else a part of the cell's id.
    /// Repeatable; a cell must match all
    #[arg(long, value_name = "EXPR")]
    pub filter: Vec<String>,

    /// Where results go.
    #[command(flatten)]
    pub print: PrintArgs,

    /// Where results go besides.
    #[command(flatten)]
    pub named: NamedArgs,

    /// Play one of so many parts, for as many machines: `2/5`; `wirebench merge` puts them together
    #[arg(long, value_name = "PART/PARTS", env = "WIREBENCH_PARTITION", value_parser = Partition::read)]
    pub partition: Option<Partition>,

    /// Keep results below this folder, or fail; without it below wirebench-out, if that can be
    /// written to
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Show the first N messages of each anomaly as a timeline below the table; documents hold as
    /// many as examples
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub trace: Option<u32>,

    /// Fail (106) when any cell is inconclusive or saturated, not only when a gate has nothing at all
    /// to judge
    #[arg(long)]
    pub strict: bool,

    /// What becomes of cells that fail.
    #[command(flatten)]
    pub failures: FailureArgs,

    /// What flaky cells mean.
    #[command(flatten)]
    pub flaky: FlakyArgs,

    /// Run again whenever a scenario, a plugin, a payload, wirebench.toml or the program of a server has
    /// changed, until Ctrl-C
    #[arg(long)]
    pub watch: bool,

    /// Have this side of every round wait for a debugger, with its plugin loaded, and tell its process;
    /// nothing but `load.timeout` hurries it then. Best with `--rounds 1` and a `--filter`
    #[arg(long, value_enum, value_name = "SIDE", conflicts_with = "watch")]
    pub attach: Option<AttachTo>,

    /// What is shown meanwhile.
    #[command(flatten)]
    pub progress: ProgressArgs,

    /// What it is held against.
    #[command(flatten)]
    pub baseline: BaselineArgs,

    /// What to show of what is said.
    #[command(flatten)]
    pub log: LogArgs,
}

impl RunArgs {
    /// Messages of each anomaly that are shown as a timeline.
    pub fn traced(&self) -> u32 {
        self.trace.unwrap_or_default()
    }
}

/// `--attach`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AttachTo {
    /// The side that accepts.
    Server,
    /// The side that connects.
    Client,
}

/// What sides say while they run, on standard error.
#[derive(Args, Clone, Copy, Debug)]
pub struct LogArgs {
    /// Show what plugins, and servers of your own, print while they run
    #[arg(long)]
    pub show_output: bool,

    /// Show what plugins log while they run: lines of this level, and of more serious ones
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub log_level: Option<LogLevel>,
}

/// `--log-level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// Something failed.
    Error = 1,
    /// Something is odd.
    Warning,
    /// Worth knowing.
    Info,
    /// For whoever looks for a fault.
    Debug,
}

pub(super) const RUN_EXAMPLES: &str = "\
Examples:
  wirebench run scenarios/sticky.toml
  wirebench run scenarios/sticky.toml --filter framing=raw --trace 3
  wirebench run scenarios/sizes.toml --set load.in-flight=8 --rounds 5
  wirebench run scenarios/sizes.toml --format markdown --json sizes.json
  wirebench run scenarios/sizes.toml --sort p99 --top 10
  wirebench run scenarios/sticky.toml --pivot framing,payload:rate
  wirebench run scenarios --output junit=results.xml --output 'json={scenario}.json'
  wirebench run scenarios --output markdown=summary.md --output events=events.jsonl --format github
  wirebench run scenarios/sizes.toml --rounds 10 --format go-bench
  wirebench run scenarios/sizes.toml --output csv=figures.csv --output hgrm=percentiles
  wirebench run scenarios/ci.toml --baseline-plugins ../main/target/release
  wirebench run scenarios --retries 2 --flaky fail
  wirebench run scenarios --abort-on-fail --progress lines
  wirebench run my.toml --plugin-dir target/release --watch
  wirebench run my.toml --plugin-dir target/debug --attach server --rounds 1 --set load.timeout=60min --set load.drain=60min
  wirebench run --profile ci                 what wirebench.toml says, with its profile `ci`

Results are kept in wirebench-out/<scenario>/<run>/; `latest` points to the newest, and
`wirebench runs` lists and removes them.";
