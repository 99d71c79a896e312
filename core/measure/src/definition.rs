//! What can be said of a metric besides its value: its unit, its family, and who can tell it.

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

/// The direction a gate or column is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Client to server.
    Request,
    /// Server to client.
    Reply,
}

/// Who can tell a metric's value: where one side is not ours, some cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The judge, from the ledger: open where some messages could not be judged.
    Judge,
    /// Our client, of what goes both ways; for one direction alone it takes both sides.
    Client,
    /// Both sides together, or the server's.
    BothSides,
    /// The sender of a direction.
    Sender,
    /// The reader of a direction.
    Reader,
    /// Our side, whichever direction it is about.
    EitherSide,
    /// A client of ours before a server that is not.
    ClientAlone,
    /// The processes of the server that we have started: a side of ours, or a program.
    ServersProcesses,
    /// The same of a program alone.
    Program,
}

impl Source {
    /// True when the value, in this direction or in both, takes what only a server of ours can tell.
    #[inline]
    pub fn needs_our_server(self, direction: Option<Direction>) -> bool {
        match self {
            Self::Judge | Self::BothSides => true,
            Self::Client => direction.is_some(),
            Self::Sender => direction != Some(Direction::Request),
            Self::Reader => direction != Some(Direction::Reply),
            Self::EitherSide | Self::ClientAlone | Self::ServersProcesses | Self::Program => false,
        }
    }
}

/// What is fixed about a metric.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// The name in scenarios and documents, with `pN` for any percentile and `KIND` for what a
    /// handler counts.
    pub(super) name: &'static str,
    /// What its value is counted in.
    pub unit: Unit,
    /// Which exit code it leads to.
    pub family: Family,
    /// True when `request.NAME` and `reply.NAME` exist (for integrity: that direction alone; for
    /// times: the one-way latency of that direction).
    pub directional: bool,
    /// Who can tell its value.
    pub source: Source,
    /// One line for the reference.
    pub about: &'static str,
}

/// Messages that the judge has counted.
pub(super) const fn messages(name: &'static str, about: &'static str) -> Definition {
    Definition { unit: Unit::CountOrShare, ..of_direction(name, Source::Judge, about) }
}

/// Exchanges that ended in one way.
pub(super) const fn exchanges(name: &'static str, about: &'static str) -> Definition {
    Definition { unit: Unit::CountOrShare, ..count(name, Source::Client, about) }
}

/// A count of integrity that each direction has.
pub(super) const fn of_direction(
    name: &'static str,
    source: Source,
    about: &'static str,
) -> Definition {
    Definition { directional: true, ..count(name, source, about) }
}

/// A count of integrity.
pub(super) const fn count(name: &'static str, source: Source, about: &'static str) -> Definition {
    let (unit, family) = (Unit::Count, Family::Integrity);
    Definition { name, unit, family, directional: false, source, about }
}

/// Exchange latency, or the one-way latency of a direction.
pub(super) const fn latency(name: &'static str, about: &'static str) -> Definition {
    Definition { directional: true, ..cost(name, Unit::Nanos, Source::Client, about) }
}

/// What it cost.
pub(super) const fn cost(
    name: &'static str,
    unit: Unit,
    source: Source,
    about: &'static str,
) -> Definition {
    Definition { name, unit, family: Family::Cost, directional: false, source, about }
}
