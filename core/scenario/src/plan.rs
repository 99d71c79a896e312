//! What a scenario says, checked and with every default filled in. A [`Cell`]'s [`Settings`] are
//! all that a side needs to play its part; they cross to the child processes as JSON.

use super::secrets::Secrets;
use super::transports::TransportKind;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use wirebench_framings::FramingSpec;
pub use wirebench_framings::PluginName;
pub use wirebench_link::Link;
pub use wirebench_load::{PayloadAlphabet, Sizes};
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
    /// What the command line changed, as [`Overrides::told`](super::Overrides::told) says it.
    #[serde(default)]
    pub changes: Vec<String>,
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
}

/// `[server]`: a server without wirebench. There is no ledger, so the client's handler alone can
/// tell what is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Foreign {
    /// `server.command`: a program that is started for every round.
    Command(ForeignCommand),
    /// `server.address`: one that runs already, as the scenario writes it.
    Address(String),
}

/// `server.command` and its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignCommand {
    /// The program and its arguments, placeholders included. Never empty.
    pub command: Vec<String>,
    /// `stdin`.
    pub stdin: String,
    /// `env`.
    pub env: Vec<(String, String)>,
    /// `cwd`, relative to the scenario's folder; empty: that folder.
    pub cwd: String,
    /// `start-timeout`, in nanoseconds.
    pub start_timeout_ns: u64,
}

/// `handler = { plugin = "echo", path = "…", config = { … } }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandlerSpec {
    /// The plugin's short name or id.
    pub plugin: String,
    /// Which of the plugin's handlers; `None`: its only one.
    pub handler: Option<String>,
    /// An explicit shared object, relative to the scenario's folder.
    pub path: Option<String>,
    /// `config`, for the plugin.
    pub config: serde_json::Value,
}

impl HandlerSpec {
    /// The plugin, by name and file.
    pub fn brought_by(&self) -> PluginName {
        (self.plugin.clone(), self.path.clone())
    }
}

/// `transport.write`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WritePolicy {
    /// One write call per frame.
    Message,
    /// One write call per turn of the event loop.
    Batch,
    /// Two write calls per frame: header, then body.
    HeaderBody,
}

/// `transport = { … }`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Transport {
    /// Which socket.
    pub kind: TransportKind,
    /// `ipv6`: use `::1` instead of `127.0.0.1` (TCP and UDP).
    pub ipv6: bool,
    /// `port`: the server's port; 0 lets the kernel choose (TCP and UDP).
    pub port: u16,
    /// `nodelay`: TCP_NODELAY on both sides (TCP only).
    pub nodelay: bool,
    /// `send-buffer`: SO_SNDBUF in bytes.
    pub send_buffer: Option<u64>,
    /// `receive-buffer`: SO_RCVBUF in bytes.
    pub receive_buffer: Option<u64>,
    /// `read-size`: the buffer offered to each read call, in bytes.
    pub read_size: u64,
    /// `read-delay`: a side reads this long after bytes have become readable, in nanoseconds.
    pub read_delay_ns: u64,
    /// `write`.
    pub write: WritePolicy,
    /// `horizon`: a datagram that arrives later than this after it was handed over is lost, in
    /// nanoseconds (UDP only).
    #[serde(default = "default_horizon")]
    pub horizon_ns: u64,
}

/// What rounds kept before there was a horizon are read with.
fn default_horizon() -> u64 {
    1_000_000_000
}

/// `cpu.placement`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// Each side on a processor of its own.
    Split,
    /// Both sides on one processor.
    Same,
    /// Wherever the kernel puts them.
    Free,
}

/// `cpu.wait`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// Sleep in the kernel until something happens.
    Block,
    /// Ask the kernel again and again.
    Spin,
}

/// `cpu = { … }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cpu {
    /// Where the sides run.
    pub placement: Placement,
    /// What the default would have been, where this machine cannot give it.
    #[serde(default)]
    pub instead_of: Option<Placement>,
    /// How they wait.
    pub wait: Wait,
}

/// `load.session`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionPolicy {
    /// A connection serves all its exchanges.
    Keep,
    /// Every exchange opens a connection of its own; the connect time is part of it.
    PerExchange,
}

/// When a round ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Until {
    /// `duration`, in nanoseconds, counted from the end of warm-up.
    Duration(u64),
    /// `messages`: this many requests, warm-up not included.
    Messages(u64),
}

/// `[load]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Load {
    /// `in-flight`: unanswered exchanges allowed per connection.
    pub in_flight: u32,
    /// `connections`.
    pub connections: u32,
    /// `session`.
    pub session: SessionPolicy,
    /// `payload`.
    pub payload: Sizes,
    /// `reply-payload`; `None`: the handler decides.
    pub reply_payload: Option<Sizes>,
    /// `alphabet`.
    pub alphabet: PayloadAlphabet,
    /// `timeout`: an exchange without an answer gives up its slot after this, in nanoseconds.
    pub timeout_ns: u64,
    /// `drain`: how long answers are awaited after the last request, in nanoseconds.
    pub drain_ns: u64,
    /// `hook-timeout`: a plugin hook that runs longer hangs, in nanoseconds.
    pub hook_timeout_ns: u64,
    /// `warmup`: this much of the start is not measured, in nanoseconds.
    pub warmup_ns: u64,
    /// `duration` or `messages`.
    pub until: Until,
    /// `ledger`: bytes of each direction's ring.
    pub ledger_bytes: u64,
    /// `round-limit`: warm-up, load and drain of a round end after this, in nanoseconds.
    #[serde(default = "unlimited")]
    pub round_limit_ns: u64,
    /// `give-up`: the load ends when so many exchanges in a row were not answered in time; 0:
    /// it never does.
    #[serde(default)]
    pub give_up: u64,
}

/// What scenarios said that were kept before there was a limit.
fn unlimited() -> u64 {
    u64::MAX
}

/// What a round that counts messages is thought to take, in nanoseconds, where nothing else is said:
/// ten minutes.
const COUNTED_ROUND_NS: u64 = 600_000_000_000;

/// How long a round drains where nothing is said, in nanoseconds.
const USUAL_DRAIN_NS: u64 = 500_000_000;

/// Time-outs that a round may wait for beyond its planned time.
const TIMEOUTS_BEYOND: u64 = 3;

/// Windows of unanswered exchanges after which a round is given up.
const WINDOWS_IN_VAIN: u64 = 3;

/// Unanswered exchanges in a row after which a round is given up, however small its window.
const LEAST_IN_VAIN: u64 = 10;

impl Load {
    /// Exchanges that may be under way at the same time.
    pub fn slots(&self) -> u64 {
        u64::from(self.connections) * u64::from(self.in_flight)
    }

    /// `drain` where the file says nothing. Who measures a server that is not ours sets the time-out
    /// to what it may take: then the last exchanges have as long as all others. Where both sides are
    /// ours, what is not answered soon was lost on purpose.
    pub fn usual_drain_ns(&self, alone: bool) -> u64 {
        if alone { self.timeout_ns.max(USUAL_DRAIN_NS) } else { USUAL_DRAIN_NS }
    }

    /// Connections that are open at the same time.
    pub fn target_connections(&self) -> u32 {
        match self.session {
            SessionPolicy::Keep => self.connections,
            // A connection carries one exchange at a time, so the window is connections.
            SessionPolicy::PerExchange => self.connections.saturating_mul(self.in_flight),
        }
    }

    /// `round-limit` where the file says nothing: the planned time, the drain, and a few time-outs.
    pub fn usual_round_limit_ns(&self) -> u64 {
        let planned = match self.until {
            Until::Duration(ns) => ns,
            Until::Messages(_) => COUNTED_ROUND_NS,
        };
        let waits = self.timeout_ns.saturating_mul(TIMEOUTS_BEYOND);
        [self.warmup_ns, planned, self.drain_ns, waits].into_iter().fold(0, u64::saturating_add)
    }

    /// `give-up` where the file says nothing: a few windows full.
    pub fn usual_give_up(&self) -> u64 {
        self.slots().saturating_mul(WINDOWS_IN_VAIN).max(LEAST_IN_VAIN)
    }

    /// The longest that warm-up, load and drain of a round take, in nanoseconds.
    pub fn longest_ns(&self) -> u64 {
        let planned = match self.until {
            Until::Duration(ns) => self.warmup_ns.saturating_add(ns).saturating_add(self.drain_ns),
            Until::Messages(_) => u64::MAX,
        };
        planned.min(self.round_limit_ns)
    }
}

impl Load {
    /// The files whose content is sent (absolute paths).
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let sizes = [Some(&self.payload), self.reply_payload.as_ref()].into_iter().flatten();
        sizes.filter_map(|sizes| match sizes {
            Sizes::File(path) | Sizes::Lines(path) => Some(path.as_str()),
            _ => None,
        })
    }
}

/// One limit of `[expect]`: `metric op limit`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// The key as written, with its direction prefix: `request.intact`, `p99`.
    pub metric: String,
    /// The comparison.
    pub op: Op,
    /// The limit in the metric's own unit.
    pub limit: Limit,
    /// The limit as the file writes it: `< 50ms`.
    pub text: String,
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
