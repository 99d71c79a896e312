//! Asking a child process about a plugin.
//!
//! Loading a shared object runs its constructors, and making an instance runs its code; either may
//! crash or hang. So whoever must survive that asks a child: `run` starts this same program with the
//! hidden verb [`VERB`], which calls [`probe_child`].

mod child;
mod parent;

pub use child::probe_child;
pub use parent::{ProbeError, ProbeFault, answer};

use super::{About, ConfigError};
use crate::framing::Capabilities;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The hidden verb: `wirebench __probe FILE`, with the requests as JSON on its input.
pub const VERB: &str = "__probe";

/// What is asked besides the plugin's description.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProbeRequests {
    /// Configurations of handlers: both sides are made and freed again.
    pub handlers: Vec<ProbeHandler>,
    /// Configurations of framings: both ends are made and freed again.
    pub framings: Vec<ProbeFraming>,
}

/// One handler configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeHandler {
    /// Which handler; `None`: the plugin's only one.
    pub handler: Option<String>,
    /// Its configuration.
    pub config: serde_json::Value,
    /// The sides that are made of it.
    #[serde(default)]
    pub sides: ProbeSides,
}

/// Which sides of a handler are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeSides {
    /// Both, as a round needs them.
    #[default]
    Both,
    /// The server's alone.
    Server,
    /// The client's alone.
    Client,
}

/// One framing configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeFraming {
    /// Which framing.
    pub framing: String,
    /// Its settings.
    pub config: serde_json::Value,
}

/// What a plugin is, and what it says to the requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeReport {
    /// The file. Whoever asks knows it, and it need not be UTF-8 as everything that is answered.
    #[serde(skip)]
    pub file: PathBuf,
    /// The plugin's id.
    pub id: String,
    /// The plugin's own version.
    pub version: String,
    /// What it says it was built with.
    pub sdk: String,
    /// Major and minor of its interface.
    pub abi: (u16, u16),
    /// Whether it is a debug build; `None`: it does not say.
    #[serde(default)]
    pub debug_build: Option<bool>,
    /// Its handlers.
    pub handlers: Vec<About>,
    /// Its framings.
    pub framings: Vec<About>,
    /// Answers to [`ProbeRequests::handlers`], in order: what is wrong with the configuration.
    pub handler_answers: Vec<Option<ConfigError>>,
    /// The kinds of counts that each of them declared, in order.
    #[serde(default)]
    pub handler_counts: Vec<Vec<String>>,
    /// Answers to [`ProbeRequests::framings`], in order.
    pub framing_answers: Vec<Result<Capabilities, ConfigError>>,
}

/// A line that the child writes: what it is about to do, and at last what came of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    Stage(String),
    Refused(String),
    Report(Box<ProbeReport>),
}
