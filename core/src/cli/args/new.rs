//! The arguments of `new`.

use crate::scenario::TransportKind;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `wirebench new`.
#[derive(Args, Clone, Debug)]
pub struct NewArgs {
    /// What to make.
    #[command(subcommand)]
    pub what: NewVerb,
}

/// What can be made.
#[derive(Clone, Debug, Subcommand)]
pub enum NewVerb {
    /// A scenario, each of its lines explained: NAME.toml
    #[command(after_help = SCENARIO_EXAMPLES)]
    Scenario(NewScenarioArgs),
    /// A handler of your own, with its tests and a scenario: the folder NAME
    #[command(after_help = PLUGIN_EXAMPLES)]
    Plugin(NewPluginArgs),
    /// A framing of your own, with its tests and a scenario: the folder NAME
    #[command(after_help = FRAMING_EXAMPLES)]
    Framing(NewPluginArgs),
}

/// `wirebench new scenario`.
#[derive(Args, Clone, Debug)]
pub struct NewScenarioArgs {
    /// What it is called: letters, digits, `.`, `_` and `-`
    #[arg(value_name = "NAME")]
    pub name: String,

    /// The plugin whose handler plays (`handler.plugin`), one that ships or another; without it, the one
    /// that sends every message back
    #[arg(long, value_name = "PLUGIN")]
    pub handler: Option<String>,

    /// The framing of both directions, one that is built in
    #[arg(long, value_name = "FRAMING", default_value = "len32be")]
    pub framing: String,

    /// The socket between the two sides (`transport.kind`)
    #[arg(long, value_name = "KIND", default_value = TransportKind::default().name())]
    pub transport: String,

    /// The file to make; without it NAME.toml in the working folder
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `wirebench new plugin` and `wirebench new framing`.
#[derive(Args, Clone, Debug)]
pub struct NewPluginArgs {
    /// What it is called, in scenarios and on the disk: small letters, digits, `-` and `_`, a letter first
    #[arg(value_name = "NAME")]
    pub name: String,

    /// In C (C11) instead of Rust
    #[arg(long, conflicts_with = "cpp")]
    pub c: bool,

    /// In C++ (C++17) instead of Rust
    #[arg(long)]
    pub cpp: bool,

    /// Where the sources of `wirebench-sdk` are; without it those that this program was built or installed
    /// with, else the crate of the registry
    #[arg(long, value_name = "DIR", conflicts_with_all = ["c", "cpp"])]
    pub sdk: Option<PathBuf>,

    /// The folder to make; without it NAME in the working folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

pub(super) const NEW_EXAMPLES: &str = "\
Examples:
  wirebench new scenario mine                   mine.toml: a scenario that runs as it stands
  wirebench new plugin reverse                  reverse/: a handler in Rust, with tests
  wirebench new plugin reverse --c              the same in C
  wirebench new framing sealed                  sealed/: a framing in Rust, with tests and torture
  wirebench new framing sealed --cpp            the same in C++

Nothing that is there is changed, and what is made is made whole or not at all. Exit codes: 0 it is
made, 2 wrong usage, 104 the scenario would not be valid, 108 it could not be written.";

const SCENARIO_EXAMPLES: &str = "\
Examples:
  wirebench new scenario mine
  wirebench new scenario talk --handler chat --framing line --transport unix
  wirebench new scenario my-server --handler request --out scenarios/my-server.toml

`wirebench list` names the handlers and the framings.";

const PLUGIN_EXAMPLES: &str = "\
Examples:
  wirebench new plugin reverse
  wirebench new plugin reverse --cpp
  wirebench new plugin reverse --sdk ../wirebench/plugins/sdk --out plugins/reverse";

const FRAMING_EXAMPLES: &str = "\
Examples:
  wirebench new framing sealed
  wirebench new framing sealed --c
  wirebench new framing sealed --sdk ../wirebench/plugins/sdk --out framings/sealed";
