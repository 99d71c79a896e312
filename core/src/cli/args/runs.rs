//! The arguments of `runs`.

use super::{AgainArgs, ConfigArgs};
use clap::{Args, Subcommand, ValueEnum};
use jiff::SignedDuration;
use std::path::PathBuf;

/// `wirebench runs`.
#[derive(Args, Clone, Debug)]
pub struct RunsArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub verb: RunsVerb,
}

/// What is done with kept runs.
#[derive(Clone, Debug, Subcommand)]
pub enum RunsVerb {
    /// List what is kept, the newest first
    #[command(after_help = LIST_EXAMPLES)]
    List(RunsListArgs),
    /// Print a kept run, as `report` does
    #[command(after_help = SHOW_EXAMPLES)]
    Show(Box<RunsShowArgs>),
    /// Remove older runs, and nothing else
    #[command(after_help = PRUNE_EXAMPLES)]
    Prune(RunsPruneArgs),
}

/// Where runs are kept.
#[derive(Args, Clone, Debug)]
pub struct KeptArgs {
    /// The folder below which they are kept; without it `results` of wirebench.toml, or wirebench-out
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Which wirebench.toml.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// `wirebench runs list`.
#[derive(Args, Clone, Debug)]
pub struct RunsListArgs {
    /// Only runs of these scenarios
    #[arg(value_name = "SCENARIO")]
    pub scenarios: Vec<String>,

    /// How to print them
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = RunsFormat::Table)]
    pub format: RunsFormat,

    /// Where they are.
    #[command(flatten)]
    pub kept: KeptArgs,
}

/// How runs are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RunsFormat {
    /// A table for people.
    Table,
    /// A document.
    Json,
}

/// `wirebench runs show`.
#[derive(Args, Clone, Debug)]
pub struct RunsShowArgs {
    /// `latest` for the newest of all; a scenario for its latest; `SCENARIO/RUN`, or the beginning of a
    /// run's name that no other has
    #[arg(value_name = "RUN")]
    pub run: String,

    /// How it is printed and judged.
    #[command(flatten)]
    pub again: AgainArgs,

    /// Where they are.
    #[command(flatten)]
    pub kept: KeptArgs,
}

/// `wirebench runs prune`.
#[derive(Args, Clone, Debug)]
pub struct RunsPruneArgs {
    /// Only runs of these scenarios
    #[arg(value_name = "SCENARIO")]
    pub scenarios: Vec<String>,

    /// Leave the newest N runs of each scenario; without it and --older-than, `keep` of wirebench.toml
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub keep: Option<u64>,

    /// Remove only runs that began longer ago than this: 30d, 12h, 2w
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub older_than: Option<SignedDuration>,

    /// Remove nothing, and say what would be removed
    #[arg(long)]
    pub dry_run: bool,

    /// Where they are.
    #[command(flatten)]
    pub kept: KeptArgs,
}

/// Reads an age. Days have 24 hours; a month has no length of its own.
fn age(text: &str) -> Result<SignedDuration, String> {
    let wrong = || "an age is a number and a unit: 30d, 12h, 2w".to_owned();
    let span: jiff::Span = text.parse().map_err(|_| wrong())?;
    let relative = jiff::SpanRelativeTo::days_are_24_hours();
    let age = span.to_duration(relative).map_err(|_| wrong())?;
    if age.is_negative() { Err(wrong()) } else { Ok(age) }
}

const LIST_EXAMPLES: &str = "\
Examples:
  wirebench runs list
  wirebench runs list sticky sizes
  wirebench runs list --format json

Exits with 4 when a scenario is named of which no run is kept.";

const SHOW_EXAMPLES: &str = "\
Examples:
  wirebench runs show latest
  wirebench runs show sticky
  wirebench runs show sticky/20261120T214500Z --format markdown
  wirebench runs show 20261120T2145

Exits as `report` does; with 4 when there is no such run, and 2 when several are meant.";

const PRUNE_EXAMPLES: &str = "\
Examples:
  wirebench runs prune --keep 20
  wirebench runs prune sticky --older-than 30d --dry-run
  wirebench runs prune --keep 5 --older-than 2w

With both options, a run is removed that is older and beyond those that stay. Never removed are the run
that `latest` points to, a run that is still being written, and a folder that holds anything which
wirebench has not made; what stays for that reason is told.

Exits with 0 also when nothing was to be removed, 4 when a scenario is named of which no run is kept, and
108 when something could not be removed.";

pub(super) const RUNS_EXAMPLES: &str = "\
Examples:
  wirebench runs list
  wirebench runs show sticky
  wirebench runs prune --keep 20 --dry-run";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_a_unit_and_is_not_negative() {
        for (text, hours) in
            [("30d", 720), ("12h", 12), ("2w", 336), ("0d", 0), ("1 day 2 hours", 26)]
        {
            assert_eq!(age(text), Ok(SignedDuration::from_hours(hours)), "{text}");
        }
        for text in ["30", "d", "-1d", "1 month", "1y", "", "soon", "99999999999999d"] {
            assert!(age(text).is_err(), "{text}");
        }
    }
}
