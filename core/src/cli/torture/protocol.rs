//! What the verb and its child process say to each other: one request, then lines of JSON.

use crate::framing::{Capabilities, FramingSpec};
use crate::torture::CheckReport;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The hidden verb: `wirebench __torture`, with a [`Request`] as JSON on its input.
pub(super) const VERB: &str = "__torture";

/// A framing to be tortured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Subject {
    /// As the command line names it, for output and for the command that repeats a finding.
    pub(super) name: String,
    pub(super) spec: FramingSpec,
    /// Where the plugin is that brings it.
    #[serde(with = "crate::text::path_json::optional")]
    pub(super) file: Option<PathBuf>,
}

/// What the child is to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) subject: Subject,
    pub(super) seed: u64,
    pub(super) quick: bool,
    /// Names of checks, in order.
    pub(super) checks: Vec<String>,
    /// Only this case, as each of the checks judges it.
    pub(super) case: Option<String>,
    /// Every case is written here before it is tried, so that the last one outlives a crash.
    #[serde(with = "crate::text::path_json::optional")]
    pub(super) trace: Option<PathBuf>,
}

/// What the child says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Line {
    /// The framing cannot be made, or the request is wrong.
    Refused(String),
    /// The framing, as it describes itself.
    Ready(Capabilities),
    /// A check begins.
    Begins(String),
    /// Still alive.
    Alive,
    /// A check is over.
    Report(Box<CheckReport>),
}
