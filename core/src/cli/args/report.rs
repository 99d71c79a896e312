//! The arguments of `report`.

use super::{FlakyArgs, NamedArgs, PrintArgs};
use clap::Args;
use std::path::PathBuf;

/// `wirebench report`.
#[derive(Args, Clone, Debug)]
pub struct ReportArgs {
    /// Runs: of each its folder, its result.json or journal.jsonl, the folder of a scenario's runs (the
    /// latest is taken), or the events of a run
    #[arg(value_name = "RUN", required = true)]
    pub runs: Vec<PathBuf>,

    /// How it is printed and judged.
    #[command(flatten)]
    pub again: AgainArgs,
}

/// How a kept result is printed and judged again.
#[derive(Args, Clone, Debug)]
pub struct AgainArgs {
    /// Where results go.
    #[command(flatten)]
    pub print: PrintArgs,

    /// Where results go besides.
    #[command(flatten)]
    pub named: NamedArgs,

    /// Show the first N messages of each anomaly as a timeline
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub trace: u32,

    /// Fail (106) when any cell is inconclusive or saturated, not only when a gate has nothing at all
    /// to judge
    #[arg(long)]
    pub strict: bool,

    /// What flaky cells mean.
    #[command(flatten)]
    pub flaky: FlakyArgs,
}

pub(super) const REPORT_EXAMPLES: &str = "\
Examples:
  wirebench report wirebench-out/sticky
  wirebench report wirebench-out/sticky -o report.html
  wirebench report before after -o report.html --quiet
  wirebench report wirebench-out/sticky/20261120T214500Z --format markdown
  wirebench report wirebench-out/sticky/latest/journal.jsonl --json sticky.json
  wirebench report wirebench-out/sizes --sort -rate --top 10
  wirebench report wirebench-out/sizes --columns intact,p50,p99.9,cpu
  wirebench report wirebench-out/sticky --pivot framing,payload:p50
  wirebench report events.jsonl --output junit=results.xml --output openmetrics=metrics.txt

A page (-o report.html) is one file that needs no network: pictures, tables, and every cell. Two runs of the
same scenario stand side by side in it.

A run's document is read; where there is none, because the run was killed, it is made from the
journal. Exits as the run would have, and with 108 when what was kept is truncated, foreign, made by
a newer wirebench or contradicts itself.";
