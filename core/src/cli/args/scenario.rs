//! The arguments of the verbs that read scenarios and run nothing, `check` and `plan`, and what `run`
//! shares with them.

use super::ConfigArgs;
use crate::cli::config::Applied;
use crate::scenario::{Overrides, Partition};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What `run`, `check` and `plan` read.
#[derive(Args, Clone, Debug)]
pub struct ScenarioArgs {
    /// Scenarios: TOML files, or folders whose *.toml files are taken, those of subfolders too, or names of
    /// scenarios that ship, as `sticky` (`wirebench list scenarios`); without any, `scenarios` of wirebench.toml
    #[arg(value_name = "FILES")]
    pub files: Vec<PathBuf>,

    /// Change a key: `load.in-flight=8`, `expect.p99="< 5ms"`, `matrix.framing=["raw"]`.
    /// The value is read as TOML, else as a string. Wins over the file and its overrides; for an
    /// axis of the matrix, only this value is left. Repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,

    /// Derive everything random from this number (`load.seed`)
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Run each cell this often (`load.rounds`)
    #[arg(long, value_name = "N")]
    pub rounds: Option<u32>,

    /// Measure each round for this long, such as 300ms (`load.duration`)
    #[arg(long, value_name = "TIME")]
    pub duration: Option<String>,

    /// Look for plugins in this folder first. Repeatable
    #[arg(long, value_name = "DIR")]
    pub plugin_dir: Vec<PathBuf>,

    /// Use this profile of wirebench.toml, or the one that WIREBENCH_PROFILE names; without either,
    /// `default`, if there is one
    #[arg(long, value_name = "NAME", help_heading = "Configuration", conflicts_with = "no_config")]
    pub profile: Option<String>,

    /// Which wirebench.toml.
    #[command(flatten)]
    pub config: ConfigArgs,

    /// What it says, once it is read.
    #[arg(skip)]
    pub applied: Applied,
}

impl ScenarioArgs {
    /// What the options change in every scenario.
    pub fn overrides(&self) -> Overrides {
        Overrides {
            profile: self.applied.changes(),
            set: self.set.clone(),
            seed: self.seed,
            rounds: self.rounds,
            duration: self.duration.clone(),
            one_side: false,
        }
    }
}

/// `wirebench schema`.
#[derive(Args, Clone, Copy, Debug)]
pub struct SchemaArgs {
    /// Of which files
    #[arg(value_enum, value_name = "WHAT", default_value_t = SchemaOf::Scenario)]
    pub of: SchemaOf,
}

/// What `schema` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// Scenarios.
    Scenario,
    /// `wirebench.toml`.
    Config,
    /// `result.json`.
    Result,
}

/// `wirebench check`.
#[derive(Args, Clone, Debug)]
pub struct CheckArgs {
    /// What to check.
    #[command(flatten)]
    pub scenario: ScenarioArgs,

    /// Print nothing for valid files
    #[arg(long, short)]
    pub quiet: bool,
}

/// `wirebench plan`.
#[derive(Args, Clone, Debug)]
pub struct PlanArgs {
    /// What to plan.
    #[command(flatten)]
    pub scenario: ScenarioArgs,

    /// Show only cells that match: `KEY=VALUE` for a value of an axis, else a part of the cell's id.
    /// Repeatable; a cell must match all
    #[arg(long, value_name = "EXPR")]
    pub filter: Vec<String>,

    /// Show what this part of the run would play: `2/5`
    #[arg(long, value_name = "PART/PARTS", env = "WIREBENCH_PARTITION", value_parser = Partition::read)]
    pub partition: Option<Partition>,
}

pub(super) const CHECK_EXAMPLES: &str = "\
Examples:
  wirebench check scenarios/sticky.toml
  wirebench check sticky                     one that ships, by its name, from any folder
  wirebench check scenarios --set load.connections=100
  wirebench check --profile ci

All mistakes of a file are told at once, each with its line. Exits with 104 if there is any.";

pub(super) const PLAN_EXAMPLES: &str = "\
Examples:
  wirebench plan scenarios/sticky.toml
  wirebench plan scenarios/sticky.toml --filter load.payload='1 KiB' --rounds 10
  wirebench plan --profile ci

The time of all scenarios together stands at the end, with that of the baseline, where the profile has one.";

pub(super) const SCHEMA_EXAMPLES: &str = "\
Examples:
  wirebench schema > wirebench.schema.json
  wirebench schema config > wirebench-config.schema.json
  wirebench schema result > wirebench-result.schema.json

An editor that knows taplo or tombi completes and checks a scenario whose first line is
  #:schema ./wirebench.schema.json

What goes together, and how large a value with a unit may be, only `wirebench check` knows.";
