//! What a scenario says, checked and with every default filled in. A [`Cell`]'s [`Settings`] are
//! all that a side needs to play its part; they cross to the child processes as JSON.

use super::partition::PartitionInfo;
use super::secrets::Secrets;
pub use super::tables::{
    Baseline, Cpu, Foreign, ForeignCommand, HandlerSpec, Load, OpenLoad, Placement, SessionPolicy,
    Transport, Unreachable, Until, Wait, WritePolicy,
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use wirebench_framings::FramingSpec;
pub use wirebench_framings::PluginName;
pub use wirebench_link::Link;
pub use wirebench_load::{ArrivalRate, Arrivals, PayloadAlphabet, Sizes, Stage};
use wirebench_measure::COUNT_PREFIX;

/// A checked scenario.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Scenario {
    /// `name`.
    pub name: String,
    /// `about`, or empty.
    pub about: String,
    /// The file it was read from, to be shown.
    pub source: String,
    /// The folder from which the files that it names are looked for; empty: where we are. Not kept: a
    /// result is of no folder.
    #[serde(skip)]
    pub folder: PathBuf,
    /// The matrix keys, in file order: `["framing", "load.payload"]`.
    pub axes: Vec<String>,
    /// Every point of the matrix, in file order (last axis fastest).
    pub cells: Vec<Cell>,
    /// How many times every cell is run.
    pub rounds: u32,
    /// What everything random is derived from.
    pub seed: u64,
    /// The SHA-256 of the file's text in hexadecimal; `None` where there is no file.
    #[serde(default)]
    pub text_sha256: Option<String>,
    /// The profile of `wirebench.toml` that it was read with.
    #[serde(default)]
    pub profile: Option<String>,
    /// What the profile and the command line changed, as [`Overrides::told`](super::Overrides::told) says it.
    #[serde(default)]
    pub changes: Vec<String>,
    /// What the whole is of which these cells are a part; `None`: they are the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<PartitionInfo>,
    /// What is not to be shown of it. It stays in this process.
    #[serde(skip)]
    pub secrets: Secrets,
}

/// One point of the matrix.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cell {
    /// `framing=len32be,load.payload=64 B`; `all` when there is no matrix.
    pub id: String,
    /// The point: axis and value as the file writes it, without secrets.
    pub axes: Vec<(String, String)>,
    /// What the sides do.
    pub settings: Settings,
    /// The gates of this cell.
    pub expect: Vec<Gate>,
    /// What decides when it is compared with that of another build.
    #[serde(default)]
    pub baseline: Baseline,
}

/// What both sides of a cell do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// The plugin and its configuration.
    pub handler: HandlerSpec,
    /// Client to server.
    pub request_framing: FramingSpec,
    /// Server to client.
    pub reply_framing: FramingSpec,
    /// The socket.
    pub transport: Transport,
    /// Where the sides run and how they wait.
    pub cpu: Cpu,
    /// What is sent, and when.
    pub load: Load,
    /// `[link]`: what is done to what the sides send.
    #[serde(default)]
    pub link: Link,
    /// `[server]`: a server that is not the handler's; `None`: the handler plays both sides.
    #[serde(default)]
    pub server: Option<Foreign>,
    /// Before a server that is not ours: every message is to come back as it was, so that the client's judge
    /// can say what became of it.
    #[serde(default)]
    pub echoes: bool,
    /// What stands in place of the server, where none is to be reached.
    #[serde(default)]
    pub unreachable: Unreachable,
}

impl Settings {
    /// The client's judge looks every answer up among its requests.
    pub fn judges_echoes(&self) -> bool {
        self.server.is_some() && self.echoes
    }
}

/// One limit of `[expect]`: `metric op limit`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// The key, with its direction prefix and what it is held against: `request.intact`, `p99`,
    /// `p50 / framing=raw`.
    pub metric: String,
    /// The comparison.
    pub op: Op,
    /// The limit in the metric's own unit.
    pub limit: Limit,
    /// The limit as the file writes it: `< 50ms`.
    pub text: String,
    /// The other cell that it is held against; `None`: the limit is of the value itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// The line of the scenario's file that it stands on, from 1; `None`: on the command line, or not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// What a cell is held against: the same metric of another cell of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The metric alone, with its direction prefix.
    pub metric: String,
    /// The id of the other cell, which may not be among those that are run.
    pub cell: String,
}

impl Gate {
    /// The kind, when it limits what the handler itself counts.
    pub fn counted_kind(&self) -> Option<&str> {
        self.metric.strip_prefix(COUNT_PREFIX)
    }
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// `<`
    #[serde(rename = "<")]
    Less,
    /// `<=`
    #[serde(rename = "<=")]
    AtMost,
    /// `=` (also what a bare value means)
    #[serde(rename = "=")]
    Equal,
    /// `>=`
    #[serde(rename = ">=")]
    AtLeast,
    /// `>`
    #[serde(rename = ">")]
    More,
}

/// A limit with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// A share of the messages sent, from 0 to 1.
    Share(f64),
    /// A plain count.
    Count(u64),
    /// Nanoseconds.
    Nanos(u64),
    /// Events per second.
    PerSecond(f64),
    /// Bytes.
    Bytes(u64),
    /// Bytes per second.
    BytesPerSecond(f64),
    /// A plain number.
    Ratio(f64),
}
