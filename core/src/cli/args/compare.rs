//! The arguments of `compare`.

use crate::report::Format;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `wirebench compare`.
#[derive(Args, Clone, Debug)]
#[command(override_usage = "wirebench compare [OPTIONS] BASE… -- NEW…")]
pub struct CompareArgs {
    /// Results to hold the new ones against: of each a result.json, a journal.jsonl, a run's folder, or the
    /// folder of a scenario's runs (the latest is taken)
    #[arg(value_name = "BASE")]
    pub baseline: Vec<PathBuf>,

    /// Results that may be worse, likewise
    #[arg(value_name = "NEW", last = true)]
    pub new: Vec<PathBuf>,

    /// A metric that decides, and by how much it may be worse: `p50=10%`. Repeatable; without it
    /// `cpu=5%` and `p50=5%`
    #[arg(long, value_name = "METRIC=SHARE")]
    pub limit: Vec<String>,

    /// What is called otherwise in the new results: `AXIS=BASE:NEW` for a value, `BASE:NEW` for an axis.
    /// Repeatable
    #[arg(long, value_name = "[AXIS=]BASE:NEW")]
    pub map: Vec<String>,

    /// Compare results of debug builds too, whose times and costs say nothing of others
    #[arg(long)]
    pub allow_debug: bool,

    /// How to print the comparison; a table unless told otherwise
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<CompareFormat>,

    /// Write the comparison to this file as well (`-` for stdout, in place of the table)
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Fail (106) when anything that decides is inconclusive, not only when nothing could be told
    #[arg(long)]
    pub strict: bool,

    /// Print no table, only errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// How a comparison is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    /// A table for people.
    Table,
    /// A table for Markdown.
    Markdown,
    /// The comparison as a document.
    Json,
}

impl From<CompareFormat> for Format {
    fn from(format: CompareFormat) -> Self {
        match format {
            CompareFormat::Table => Self::Table,
            CompareFormat::Markdown => Self::Markdown,
            CompareFormat::Json => Self::Json,
        }
    }
}

/// What is shown to whoever has left out a side.
pub(in crate::cli) const COMPARE_EXAMPLE: &str =
    "wirebench compare main/1 main/2 main/3 -- new/1 new/2 new/3";

pub(super) const COMPARE_EXAMPLES: &str = "\
Examples:
  wirebench compare main/1 main/2 main/3 -- new/1 new/2 new/3
  wirebench compare main/*/result.json -- new/*/result.json --limit p50=10% --limit p99=20%
  wirebench compare old.json -- wirebench-out/sticky --map framing=len4:len32be
  wirebench compare main/1 -- new/1 --format markdown --json comparison.json

A whole result is one sample: with three or more of each side, times and costs are decided by how much
results of the same side differ. With fewer, only what is counted is decided (bytes on the wire; segments
and writes where messages stand alone), and the exit code is 106 unless that is worse. Better than any
comparison of results is a paired run: `wirebench run … --baseline-plugins DIR`.

Exits with 103 when something that decides is worse, 106 when nothing that decides could be told (with
--strict, when anything could not), 107 when the results cannot be compared, and 108 when one of them is
truncated, foreign, made by a newer wirebench or contradicts itself.";
