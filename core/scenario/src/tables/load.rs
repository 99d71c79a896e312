//! `[load]`: what is sent, how much of it, and for how long.

use super::choice;
use super::open::{self, OpenLoad};
use crate::diagnostics::Sink;
use crate::key::{GIB, HOUR, KIB, Key, Kind, MS, S, fixed, key};
use crate::layered::Values;
use crate::partial::{optional, value};
use crate::read;
use serde::{Deserialize, Serialize};
use wirebench_load::{PayloadAlphabet, Sizes};

/// The keys, in the order of the reference.
pub(crate) const KEYS: &[Key] = &[
    key(
        "load.model",
        Kind::Word(&["closed", "open"]),
        r#""closed""#,
        "a closed loop starts an exchange when a slot of the window is free; an open loop at times that nothing slows down, and counts latency from them",
    ),
    key(
        "load.rate",
        Kind::Frequency(1, 100_000_000_000),
        "",
        "of an open loop: exchanges that are to start, over all connections of a cell",
    ),
    key(
        "load.arrivals",
        Kind::Arrivals,
        r#""constant""#,
        "of an open loop: at equal gaps, at random (exponential gaps), or so many at the same instant",
    ),
    key(
        "load.stage",
        Kind::Stages(256),
        "",
        "of an open loop, instead of `rate` and `duration`: rates that follow each other, each for a time; warm-up has the first",
    ),
    key(
        "load.catch-up",
        Kind::Duration(0, HOUR),
        "",
        "of an open loop: how late an exchange may start for which there was no room; one that is later is dropped, and counts as slower than all others; without it `load.timeout`",
    ),
    key(
        "load.backlog",
        Kind::Integer(1, 10_000_000),
        "100000",
        "of an open loop: exchanges that may wait for room, over all connections; one more is dropped",
    ),
    key(
        "load.min-achieved",
        Kind::Share,
        r#""99%""#,
        "of an open loop: a cell that answers less than this share of the planned exchanges within its measured window is saturated",
    ),
    key(
        "load.in-flight",
        Kind::Integer(1, 1_000_000),
        "1",
        "unanswered exchanges allowed per connection",
    ),
    key("load.connections", Kind::Integer(1, 10_000), "1", "connections at the same time"),
    key(
        "load.session",
        Kind::Word(&["keep", "per-exchange"]),
        r#""keep""#,
        "a connection serves all its exchanges, or each exchange connects anew (its time includes the connect)",
    ),
    key("load.payload", Kind::Sizes(0, GIB), r#""64 B""#, "sizes of requests"),
    key(
        "load.reply-payload",
        Kind::Sizes(0, GIB),
        "",
        "sizes of replies, for handlers that send the scenario's payload; without it the handler decides",
    ),
    key(
        "load.alphabet",
        Kind::Word(&["auto", "bytes", "text"]),
        r#""auto""#,
        "any bytes, or printable text without line feed; auto is text where any framing or handler of the matrix needs it",
    ),
    key(
        "load.timeout",
        Kind::Duration(MS, HOUR),
        r#""1s""#,
        "an exchange without an answer gives up its slot after this and counts as unanswered",
    ),
    key(
        "load.drain",
        Kind::Duration(0, 600 * S),
        "",
        "how long answers are awaited after the last request; without it 500 ms, or `load.timeout` where that is longer and the server is not ours",
    ),
    key(
        "load.round-limit",
        Kind::Duration(MS, 48 * HOUR),
        "",
        "warm-up, load and drain of a round end after this at the latest; without it after the planned time (10 min with `messages`), the drain and three time-outs",
    ),
    key(
        "load.give-up",
        Kind::Integer(0, 1_000_000_000_000),
        "",
        "the load ends when so many exchanges in a row were not answered within `load.timeout`; 0: never; without it three windows, at least 10",
    ),
    key(
        "load.hook-timeout",
        Kind::Duration(10 * MS, 600 * S),
        r#""5s""#,
        "a plugin hook that runs longer hangs, and its side is killed",
    ),
    key(
        "load.warmup",
        Kind::Duration(0, HOUR),
        r#""50ms""#,
        "this much of a round's start is judged but not measured",
    ),
    key(
        "load.duration",
        Kind::Duration(MS, 24 * HOUR),
        r#""1s""#,
        "how long a round measures, from the end of warm-up; not together with `messages`",
    ),
    key(
        "load.messages",
        Kind::Integer(1, 1_000_000_000_000),
        "",
        "instead of `duration`: how many requests a round sends after warm-up",
    ),
    fixed(key("load.rounds", Kind::Integer(1, 10_000), "3", "how often each cell is run")),
    fixed(key(
        "load.seed",
        Kind::Integer(0, u64::MAX),
        "42",
        "what everything random is derived from: the same seed sends the same bytes",
    )),
    key(
        "load.ledger",
        Kind::Size(64 * KIB, GIB),
        r#""4 MiB""#,
        "memory that records what was handed over, per direction; a message may take a quarter of it (of no weight where one side is alone: if its judge looks answers up, it has room for the longest)",
    ),
];

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
    /// The open loop; `None`: it is closed.
    #[serde(default)]
    pub open: Option<OpenLoad>,
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

/// What a scenario means that says nothing of it.
impl Default for Load {
    fn default() -> Self {
        read(&Values::defaults(0), false, &mut Sink::default()).0
    }
}

/// Reads it, and whether `alphabet` is `auto`. `alone`: the other side is not ours.
pub(crate) fn read(values: &Values, alone: bool, sink: &mut Sink) -> (Load, bool) {
    let count = |path, sink: &mut Sink| {
        // The keys' bounds are below those of the type.
        u32::try_from(value(values, path, sink, read::integer, 1)).unwrap_or(1)
    };
    let time = |path, sink: &mut Sink| value(values, path, sink, read::quantity, 1);
    // A list without sizes has no largest one that could be too large.
    let no_sizes = || Sizes::Cycle(Vec::new());
    let alphabet = value(values, "load.alphabet", sink, read::word, "auto");
    let messages = optional(values, "load.messages", sink, read::integer, 1);
    let duration = optional(values, "load.duration", sink, read::quantity, 1);
    let drain = optional(values, "load.drain", sink, read::quantity, 1);
    let round_limit = optional(values, "load.round-limit", sink, read::quantity, 1);
    let give_up = optional(values, "load.give-up", sink, read::integer, 1);
    let open = open::read(values, sink);
    let staged = open.as_ref().and_then(OpenLoad::staged_ns);
    let mut load = Load {
        in_flight: count("load.in-flight", sink),
        connections: count("load.connections", sink),
        session: choice(values, "load.session", sink, SessionPolicy::Keep),
        payload: value(values, "load.payload", sink, read::sizes, no_sizes()),
        reply_payload: optional(values, "load.reply-payload", sink, read::sizes, no_sizes()),
        alphabet: match alphabet {
            "text" => PayloadAlphabet::Text,
            _ => PayloadAlphabet::Bytes,
        },
        timeout_ns: time("load.timeout", sink),
        drain_ns: 0,
        hook_timeout_ns: time("load.hook-timeout", sink),
        warmup_ns: time("load.warmup", sink),
        until: match (messages, duration) {
            _ if staged.is_some() => Until::Duration(staged.unwrap_or(1)),
            (Some(messages), _) => Until::Messages(messages),
            (None, duration) => Until::Duration(duration.unwrap_or(1)),
        },
        open,
        ledger_bytes: value(values, "load.ledger", sink, read::quantity, u64::MAX),
        round_limit_ns: 0,
        give_up: 0,
    };
    let timeout = load.timeout_ns;
    if let Some(open) = &mut load.open {
        open.catch_up_ns =
            optional(values, "load.catch-up", sink, read::quantity, 1).unwrap_or(timeout);
    }
    load.drain_ns = drain.unwrap_or_else(|| load.usual_drain_ns(alone));
    load.round_limit_ns = round_limit.unwrap_or_else(|| load.usual_round_limit_ns());
    load.give_up = give_up.unwrap_or_else(|| load.usual_give_up());
    (load, alphabet == "auto")
}
