//! The catalogue of metrics: every name that a gate or a table column may use, with its unit.
//! Scenarios are checked against it before anything runs; results compute its values.

use super::percentile::{P50, P90, P99, P99_9, P99_99, Percentile};
use serde::{Deserialize, Serialize};

/// What a metric's value is counted in, and so what a limit on it may look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Messages or exchanges; a limit may be a count (`"> 0"`) or a share (`"100%"`).
    CountOrShare,
    /// A plain count.
    Count,
    /// Nanoseconds; written with a unit (`"< 50ms"`).
    Nanos,
    /// Events per second (`"> 20k/s"`).
    PerSecond,
    /// Bytes (`"< 64 MiB"`).
    Bytes,
    /// Bytes per second (`"> 1 GiB/s"`).
    BytesPerSecond,
    /// A plain number (`"< 1.5"`).
    Ratio,
}

/// Which exit code a failing gate on this metric leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Integrity or handler: 100.
    Integrity,
    /// Latency, rate or cost: 99.
    Cost,
}

/// One metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// The name in scenarios and documents.
    pub name: &'static str,
    /// Its unit.
    pub unit: Unit,
    /// Its family.
    pub family: Family,
    /// True when `request.NAME` and `reply.NAME` exist (for integrity: that direction alone; for
    /// times: the one-way latency of that direction).
    pub directional: bool,
    /// Which percentile it is, if it is one.
    pub percentile: Option<Percentile>,
    /// One line for the reference.
    pub about: &'static str,
}

const fn integrity(name: &'static str, about: &'static str) -> Metric {
    Metric {
        name,
        unit: Unit::CountOrShare,
        family: Family::Integrity,
        directional: true,
        percentile: None,
        about,
    }
}

const fn exchange(name: &'static str, about: &'static str) -> Metric {
    Metric {
        name,
        unit: Unit::CountOrShare,
        family: Family::Integrity,
        directional: false,
        percentile: None,
        about,
    }
}

const fn time(name: &'static str, about: &'static str) -> Metric {
    Metric {
        name,
        unit: Unit::Nanos,
        family: Family::Cost,
        directional: true,
        percentile: None,
        about,
    }
}

const fn rank(metric: Metric, percentile: Percentile) -> Metric {
    Metric { percentile: Some(percentile), ..metric }
}

const fn cost(name: &'static str, unit: Unit, about: &'static str) -> Metric {
    Metric { name, unit, family: Family::Cost, directional: false, percentile: None, about }
}

/// Every metric, in the order of the reference.
pub const METRICS: &[Metric] = &[
    integrity("intact", "messages that arrived alone, whole and unchanged; a share is over sent"),
    integrity("damaged", "messages sent that are not intact"),
    integrity("merged", "messages received whole, together with others"),
    integrity("split", "messages received in several pieces, each with nothing else"),
    integrity("straddled", "messages received in pieces together with pieces of others"),
    integrity("truncated", "messages of which only the beginning arrived"),
    integrity("corrupted", "messages that arrived with other bytes"),
    integrity("lost", "messages of which nothing arrived"),
    integrity("duplicated", "messages that arrived more than once"),
    integrity("reordered", "messages that arrived after one that was sent later"),
    integrity("unsendable", "messages that the framing cannot carry"),
    integrity("unjudged", "messages that the judge could not decide on"),
    Metric {
        name: "unexpected-bytes",
        unit: Unit::Bytes,
        family: Family::Integrity,
        directional: true,
        percentile: None,
        about: "received bytes that were never sent",
    },
    Metric {
        name: "unexpected-messages",
        unit: Unit::Count,
        family: Family::Integrity,
        directional: true,
        percentile: None,
        about: "received messages that hold nothing of any message sent",
    },
    Metric {
        name: "kernel-drops",
        unit: Unit::Count,
        family: Family::Integrity,
        directional: true,
        percentile: None,
        about: "datagrams that the kernel dropped because the receive buffer was full; they are among the lost",
    },
    integrity("explained", "messages that are not intact because of what the link did"),
    integrity(
        "unexplained",
        "messages that are not intact, and that nothing the link did explains",
    ),
    integrity(
        "undetected",
        "messages delivered with other bytes than were sent, or without their end, and no decoder noticed",
    ),
    Metric {
        name: "faults",
        unit: Unit::Count,
        family: Family::Integrity,
        directional: true,
        percentile: None,
        about: "what the link did",
    },
    Metric {
        name: "untraced",
        unit: Unit::Count,
        family: Family::Integrity,
        directional: true,
        percentile: None,
        about: "of that, what left no trace: no message of either direction is damaged by it, and no session was over before its time",
    },
    Metric {
        name: "unconfirmed",
        unit: Unit::Count,
        family: Family::Integrity,
        directional: true,
        percentile: None,
        about: "pieces that the reader had not consumed in time, so that the next one did not wait for it",
    },
    exchange("done", "measured exchanges answered by intact messages to the handler's content"),
    exchange("wrong", "measured exchanges whose answer the handler found wrong"),
    exchange("rejected", "measured exchanges that the server refused"),
    exchange("unanswered", "measured exchanges without an answer in time"),
    Metric {
        name: "surplus",
        unit: Unit::Count,
        family: Family::Integrity,
        directional: false,
        percentile: None,
        about: "messages of a server that is not ours for which no exchange was under way any more: answers too many",
    },
    Metric {
        name: "crashed",
        unit: Unit::Count,
        family: Family::Integrity,
        directional: false,
        percentile: None,
        about: "rounds in which a side crashed, hung or was killed",
    },
    Metric {
        name: "errors",
        unit: Unit::Count,
        family: Family::Integrity,
        directional: false,
        percentile: None,
        about: "errors that hooks of the handler and the framings answered, threads of plugins that panicked, and misuse of the plugin interface",
    },
    time("min", "shortest latency of done exchanges"),
    time("mean", "mean latency of done exchanges"),
    rank(time("p50", "median latency of done exchanges"), P50),
    rank(time("p90", "90th percentile of the latency"), P90),
    rank(time("p99", "99th percentile of the latency"), P99),
    rank(time("p99.9", "99.9th percentile of the latency"), P99_9),
    rank(time("p99.99", "99.99th percentile of the latency"), P99_99),
    time("max", "longest latency of done exchanges"),
    rank(
        cost("service-p99", Unit::Nanos, "99th percentile of the server's time from read to reply"),
        P99,
    ),
    rank(cost("connect-p99", Unit::Nanos, "99th percentile of the time to connect"), P99),
    cost(
        "rate",
        Unit::PerSecond,
        "exchanges that ended done inside the measured window, per second of it",
    ),
    cost(
        "throughput",
        Unit::BytesPerSecond,
        "payload bytes of those exchanges, per second of the window",
    ),
    cost("overhead", Unit::Ratio, "wire bytes over payload bytes, minus one, both directions"),
    cost("segments", Unit::Ratio, "TCP segments with data per message sent"),
    cost("writes", Unit::Ratio, "write calls per message sent"),
    cost("reads", Unit::Ratio, "read calls per message sent"),
    cost("context-switches", Unit::Ratio, "context switches of both sides per message"),
    cost("client-cpu", Unit::Nanos, "CPU time of the client side per message it sent or received"),
    cost("server-cpu", Unit::Nanos, "CPU time of the server side per message it sent or received"),
    cost("client-memory", Unit::Bytes, "peak resident memory of the client side"),
    cost("server-memory", Unit::Bytes, "peak resident memory of the server side"),
];

/// What any other percentile is.
const OTHERS: [Metric; 3] = [
    time("pN", "any percentile of the latency"),
    cost("service-pN", Unit::Nanos, "any percentile of the server's time from read to reply"),
    cost("connect-pN", Unit::Nanos, "any percentile of the time to connect"),
];

/// What a name that begins with [`COUNT_PREFIX`] stands for: what the handler itself counts.
const COUNT: Metric = Metric {
    name: "count.KIND",
    unit: Unit::Count,
    family: Family::Integrity,
    directional: false,
    percentile: None,
    about: "what the handler counted of a kind, on both sides; `list` names the kinds",
};

/// Before the kind, in the names of gates on what a handler counts.
pub const COUNT_PREFIX: &str = "count.";

/// The direction a gate or column is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Client to server.
    Request,
    /// Server to client.
    Reply,
}

impl Metric {
    /// Its name, with the percentile that it is.
    pub fn label(&self) -> String {
        match (self.percentile, self.name.strip_suffix("pN")) {
            (Some(percentile), Some(of)) => format!("{of}{percentile}"),
            _ => self.name.to_owned(),
        }
    }

    /// True when the value follows from what the judge said of messages, so that it stays open where
    /// some could not be judged. The others of its family are counted by who sends or reads.
    pub fn is_of_verdicts(&self) -> bool {
        let counted = ["kernel-drops", "faults", "unconfirmed", "unsendable", "unjudged"];
        self.family == Family::Integrity && self.directional && !counted.contains(&self.name)
    }

    /// True when only a client alone counts it: where there is a ledger, verdicts say more.
    pub fn needs_foreign_server(&self) -> bool {
        self.name == "surplus"
    }

    /// True when the value, in this direction or in both, takes what only a server of ours can
    /// tell: verdicts, times of one direction, and what the server's side counts or costs. What our
    /// client alone counts needs none.
    pub fn needs_our_server(&self, direction: Option<Direction>) -> bool {
        match (self.name, direction) {
            // Whatever is done to either direction, our side does it.
            ("faults", _)
            | ("unsendable", Some(Direction::Request))
            | ("kernel-drops", Some(Direction::Reply)) => return false,
            _ => {}
        }
        let of_both_sides = [
            "kernel-drops",
            "unconfirmed",
            "unsendable",
            "unjudged",
            "service-p99",
            "service-pN",
            "overhead",
            "segments",
            "writes",
            "reads",
            "context-switches",
            "server-cpu",
            "server-memory",
        ];
        self.is_of_verdicts() || direction.is_some() || of_both_sides.contains(&self.name)
    }
}

/// Finds a metric by the name a gate uses, direction prefix included.
pub fn find(name: &str) -> Option<(Metric, Option<Direction>)> {
    if name.strip_prefix(COUNT_PREFIX).is_some_and(|kind| !kind.is_empty()) {
        return Some((COUNT, None));
    }
    let (direction, bare) = if let Some(rest) = name.strip_prefix("request.") {
        (Some(Direction::Request), rest)
    } else if let Some(rest) = name.strip_prefix("reply.") {
        (Some(Direction::Reply), rest)
    } else {
        (None, name)
    };
    let listed = METRICS.iter().find(|metric| metric.name == bare).copied();
    let metric = listed.or_else(|| percentile(bare))?;
    (direction.is_none() || metric.directional).then_some((metric, direction))
}

/// `p95`, `service-p75` and all that the catalogue does not list.
fn percentile(name: &str) -> Option<Metric> {
    OTHERS.into_iter().find_map(|metric| {
        let text = name.strip_prefix(metric.name.strip_suffix('N')?)?;
        Some(rank(metric, Percentile::parse(text)?))
    })
}
