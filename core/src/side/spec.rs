//! What a side is told at its start, and the words it exchanges with the supervisor after that.

pub use crate::engine::Attribution;
pub use crate::framing::Role;

use crate::engine::{Bounds, Config};
use crate::measure::{ClientReport, SideReport};
use crate::net::clock::Clock;
use crate::scenario::{Address, PluginName, ProcessorList, Settings};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Everything a side needs to know before it starts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SideSpec {
    /// The part it plays.
    pub role: Role,
    /// What both sides of the cell do.
    pub settings: Settings,
    /// The seed of everything random in this round.
    pub seed: u64,
    /// The clock both sides share.
    pub clock: Clock,
    /// The handler's shared object.
    #[serde(with = "crate::text::path_json")]
    pub plugin: PathBuf,
    /// The shared objects of plugin framings, by what the scenario calls them, in that order.
    pub framing_plugins: Vec<FramingPlugin>,
    /// The processors to run on; `None`: wherever the kernel puts it.
    pub processors: Option<ProcessorList>,
    /// The handler's scratch directory: made when it is asked for, removed after the round.
    #[serde(with = "crate::text::path_json")]
    pub scratch: PathBuf,
    /// Where the scenario's file stands.
    #[serde(with = "crate::text::path_json")]
    pub scenario_dir: PathBuf,
    /// Where a Unix socket goes.
    #[serde(with = "crate::text::path_json")]
    pub socket_path: PathBuf,
    /// How many examples of each anomaly to keep.
    pub examples: usize,
    /// Whether all that is logged is handed on, and not only the first lines.
    pub whole_log: bool,
    /// Whether it waits for a debugger before its handler is made.
    #[serde(default)]
    pub attach: bool,
    /// Set when the other side is not ours; `None` in rounds with both sides.
    pub alone: Option<Alone>,
}

impl SideSpec {
    /// What the engine is told of it.
    pub fn config(&self) -> Config {
        Config {
            role: self.role,
            settings: self.settings.clone(),
            seed: self.seed,
            examples: self.examples,
            is_simulated: false,
            one_by_one: false,
            alone: self.alone.as_ref().map(Alone::bounds),
        }
    }
}

/// A plugin that brings framings.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FramingPlugin {
    /// What the scenario calls it.
    pub name: PluginName,
    /// Its shared object.
    #[serde(with = "crate::text::path_json")]
    pub file: PathBuf,
}

/// What a side needs to know that plays alone: nobody announces sessions, and there is no ledger,
/// so that its handler's own check is the judge.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Alone {
    /// Where the server listens; `None`: where a round's server would.
    pub listen: Option<Address>,
    /// Sessions that the server keeps open at the same time at most; more are closed at once.
    pub most_sessions: u32,
    /// The server is done when it has served this many sessions; `None`: when it is told to stop.
    pub sessions: Option<u64>,
    /// What all sessions together may make this side hold, in bytes; `None`: no bound.
    #[serde(default)]
    pub most_memory: Option<u64>,
    /// What one session may, in bytes; `None`: enough for the framing's longest messages.
    #[serde(default)]
    pub most_of_session: Option<u64>,
    /// The server ends sessions in which nothing happens for so long, in nanoseconds; `None`: never.
    #[serde(default)]
    pub idle_ns: Option<u64>,
    /// How long the client goes on trying to connect, in nanoseconds; 0: a few attempts.
    pub patience_ns: u64,
    /// The client's payloads are lines that come through a descriptor, and what it receives is
    /// written to another: both follow those of the ledgers.
    pub script: bool,
    /// The server shows what arrives, through a descriptor that follows those of the ledgers and does not
    /// block.
    #[serde(default)]
    pub show: bool,
}

impl Alone {
    fn bounds(&self) -> Bounds {
        Bounds {
            most_sessions: self.most_sessions,
            sessions: self.sessions,
            most_memory: self.most_memory,
            most_of_session: self.most_of_session,
            idle_ns: self.idle_ns,
            patience_ns: self.patience_ns,
        }
    }
}

/// What the supervisor says to a side.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SideCommand {
    /// The first word, with four descriptors: the side's own ledger, the other side's ledger
    /// (read-only), the doorbell that wakes the client, and the one that wakes the server.
    Begin(Box<SideSpec>),
    /// To a server that shows what arrives: what has to stand before that was written.
    Show,
    /// To the client: open the connections.
    Connect(Address),
    /// The round starts at this time (nanoseconds on the shared clock).
    Go(u64),
    /// To a server alone: take no more sessions, and say [`SideEvent::Drained`] when the last is over.
    Drain,
    /// To the client: start nothing more, and drain.
    EndLoad,
    /// Judge what is left and report.
    Stop,
}

/// What a side says to the supervisor.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SideEvent {
    /// The server listens here. With the file of its socket, held open, if it is alone and there is
    /// one.
    Listening(Address),
    /// The client's connections are open.
    Connected,
    /// The client expects no more answers; a server alone has no session left to serve.
    Drained,
    /// The server's last word.
    Server(Box<SideReport>),
    /// The client's last word.
    Client(Box<ClientReport>),
    /// The side cannot go on.
    Failed {
        /// What it is attributed to.
        attribution: Attribution,
        /// What happened and what to do.
        error: String,
    },
}
