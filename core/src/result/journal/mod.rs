//! What is kept of a run on disk, while it lasts and afterwards.
//!
//! ```text
//! wirebench-out/
//!   .gitignore                  ignores the folder
//!   sticky/                     the scenario's name, as a folder may be called
//!     latest -> 20261120T214500Z
//!     20261120T214500Z/         one run, by the time it began (UTC)
//!       scenario.toml           a copy
//!       journal.jsonl           a header, then one line per round as it ends
//!       result.json             the document, once the run is over
//! ```
//!
//! A line of the journal is on the disk before the next round begins, so a killed run loses at
//! most the round under way.

mod archive;
mod error;
mod lock;
mod open;
mod read;
mod told;
mod whole;
mod write;

pub use archive::{Archive, Span};
pub use error::JournalError;
pub use lock::RunLock;
pub use open::{Opened, Rounds, Visited, find, open, open_document, regular_file, visit};
pub use read::{Kept, Reader, read};
pub use whole::{MODE, replace, try_folder};
pub use write::{Journal, keep_whole};
pub(in crate::result) use write::{SAME_SECOND, folder_name};

use super::Tool;
use super::document::{Measured, RunInfo};
use super::host::Host;
use crate::scenario::Scenario;
use serde::{Deserialize, Serialize};

/// The schema of `journal.jsonl`.
pub const SCHEMA: &str = "wirebench.journal/2";

/// The first line of a journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    /// [`SCHEMA`].
    pub schema: String,
    /// The run's name and time.
    pub run: RunInfo,
    /// The program.
    pub tool: Tool,
    /// The machine.
    pub host: Host,
    /// The files that the rounds use.
    #[serde(default)]
    pub measured: Measured,
    /// What was asked of the run as a whole.
    #[serde(default, skip_serializing_if = "RunOptions::is_usual")]
    pub options: RunOptions,
    /// The plan, without the handlers' configurations: they may hold secrets.
    pub scenario: Scenario,
}

/// What is asked of a run besides its scenario, as far as its result depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunOptions {
    /// How many times cells that fail are played again.
    pub retries: u32,
    /// The run ends at the first round after which a cell cannot pass any more.
    pub abort_on_fail: bool,
}

impl RunOptions {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}
