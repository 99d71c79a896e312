//! Every metric that a gate may name: what it is called, its unit, and who can tell its value.
//! Scenarios are checked against it before anything runs; results compute the values.

use super::connects::Unconnected;
use super::definition::{Direction, Family, Source, Unit};
use super::percentile::{P50, P90, P99, P99_9, P99_99, Percentile};
use std::borrow::Cow;
use wirebench_judge::Verdict;

/// One metric.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(strum::EnumCount))]
pub enum Metric {
    /// Messages of this verdict.
    Verdict(Verdict),
    /// Messages that are not intact.
    Damaged,
    /// Bytes that were never sent.
    UnexpectedBytes,
    /// Received messages that hold nothing of any message sent.
    UnexpectedMessages,
    /// Datagrams for which the receive buffer had no room.
    KernelDrops,
    /// Damaged messages that the link explains.
    Explained,
    /// Damaged messages that it does not explain.
    Unexplained,
    /// Wrong bytes, or too few, that no decoder noticed.
    Undetected,
    /// What the link did.
    Faults,
    /// What it did without a trace.
    Untraced,
    /// Pieces that the next one did not wait for.
    Unconfirmed,
    /// Exchanges that ended as they should.
    Done,
    /// Exchanges with a wrong answer.
    Wrong,
    /// Exchanges that the server refused.
    Rejected,
    /// Exchanges without an answer in time.
    Unanswered,
    /// Attempts to connect that ended like this.
    Unconnected(Unconnected),
    /// Answers too many, of a server that is not ours.
    Surplus,
    /// Rounds in which a side did not survive.
    Crashed,
    /// What went wrong in plugins without ending a round.
    Errors,
    /// What the handler counted of this kind.
    Counted(String),
    /// Shortest latency.
    Min,
    /// Mean latency.
    Mean,
    /// A percentile of the latency.
    Latency(Percentile),
    /// Longest latency.
    Max,
    /// A percentile of the server's time from read to reply.
    ServiceTime(Percentile),
    /// A percentile of the time to connect.
    ConnectTime(Percentile),
    /// Connections per second while those are opened that a round begins with.
    ConnectRate,
    /// Answered exchanges of those that an open loop had planned.
    Achieved,
    /// Exchanges of an open loop that were never started.
    Dropped,
    /// A percentile of the time by which exchanges of an open loop start too late.
    Slip(Percentile),
    /// A percentile of the latency from the actual start.
    Uncorrected(Percentile),
    /// Exchanges per second.
    Rate,
    /// Their payload bytes per second.
    Throughput,
    /// Wire bytes over payload bytes, minus one.
    Overhead,
    /// Segments per message.
    Segments,
    /// Write calls per message.
    Writes,
    /// Read calls per message.
    Reads,
    /// Context switches per message.
    ContextSwitches,
    /// CPU time of the client per message.
    ClientCpu,
    /// CPU time of the server per message.
    ServerCpu,
    /// Peak memory of the client.
    ClientMemory,
    /// Peak memory of the server.
    ServerMemory,
    /// What the memory of a server's program has grown by.
    ServerMemoryGrowth,
}

/// Any percentile, in the names of metrics.
const PERCENTILE: &str = "pN";

/// What a handler counts, in the names of metrics.
const KIND: &str = "KIND";

/// Before a kind that the handler itself counts.
pub const COUNT_PREFIX: &str = "count.";

/// Every metric, in the order of the reference; of percentiles those that documents hold, of what
/// handlers count none.
pub const METRICS: &[Metric] = &[
    Metric::Verdict(Verdict::Intact),
    Metric::Damaged,
    Metric::Verdict(Verdict::Merged),
    Metric::Verdict(Verdict::Split),
    Metric::Verdict(Verdict::Straddled),
    Metric::Verdict(Verdict::Truncated),
    Metric::Verdict(Verdict::Corrupted),
    Metric::Verdict(Verdict::Lost),
    Metric::Verdict(Verdict::Duplicated),
    Metric::Verdict(Verdict::Reordered),
    Metric::Verdict(Verdict::Unsendable),
    Metric::Verdict(Verdict::Unjudged),
    Metric::UnexpectedBytes,
    Metric::UnexpectedMessages,
    Metric::KernelDrops,
    Metric::Explained,
    Metric::Unexplained,
    Metric::Undetected,
    Metric::Faults,
    Metric::Untraced,
    Metric::Unconfirmed,
    Metric::Done,
    Metric::Wrong,
    Metric::Rejected,
    Metric::Unanswered,
    Metric::Unconnected(Unconnected::Refused),
    Metric::Unconnected(Unconnected::NoSuchPath),
    Metric::Unconnected(Unconnected::BacklogFull),
    Metric::Unconnected(Unconnected::TimedOut),
    Metric::Unconnected(Unconnected::Failed),
    Metric::Surplus,
    Metric::Crashed,
    Metric::Errors,
    Metric::Min,
    Metric::Mean,
    Metric::Latency(P50),
    Metric::Latency(P90),
    Metric::Latency(P99),
    Metric::Latency(P99_9),
    Metric::Latency(P99_99),
    Metric::Max,
    Metric::ServiceTime(P99),
    Metric::ConnectTime(P99),
    Metric::ConnectRate,
    Metric::Achieved,
    Metric::Dropped,
    Metric::Slip(P99),
    Metric::Uncorrected(P99),
    Metric::Rate,
    Metric::Throughput,
    Metric::Overhead,
    Metric::Segments,
    Metric::Writes,
    Metric::Reads,
    Metric::ContextSwitches,
    Metric::ClientCpu,
    Metric::ServerCpu,
    Metric::ClientMemory,
    Metric::ServerMemory,
    Metric::ServerMemoryGrowth,
];

impl Metric {
    /// Its name in scenarios and documents.
    #[inline]
    pub fn name(&self) -> Cow<'static, str> {
        let name = self.definition().name;
        match self {
            Self::Latency(rank)
            | Self::ServiceTime(rank)
            | Self::ConnectTime(rank)
            | Self::Slip(rank)
            | Self::Uncorrected(rank) => name.replace(PERCENTILE, &rank.to_string()).into(),
            Self::Counted(kind) => name.replace(KIND, kind).into(),
            _ => name.into(),
        }
    }

    /// The metric of a name without direction.
    fn named(name: &str) -> Option<Self> {
        if let Some(kind) = name.strip_prefix(COUNT_PREFIX).filter(|kind| !kind.is_empty()) {
            return Some(Self::Counted(kind.to_owned()));
        }
        let percentile =
            |before: &str| name.strip_prefix(before)?.strip_prefix('p').and_then(Percentile::parse);
        percentile("")
            .map(Self::Latency)
            .or_else(|| percentile("service-").map(Self::ServiceTime))
            .or_else(|| percentile("connect-").map(Self::ConnectTime))
            .or_else(|| percentile("slip-").map(Self::Slip))
            .or_else(|| percentile("uncorrected-").map(Self::Uncorrected))
            .or_else(|| METRICS.iter().find(|metric| metric.name() == name).cloned())
    }

    /// True when more of it is better: whoever says `true` means all.
    #[inline]
    pub fn is_welcome(&self) -> bool {
        matches!(self, Self::Verdict(Verdict::Intact) | Self::Done | Self::Achieved)
    }

    /// True when the value follows from what the judge said of messages, so that it stays open where
    /// some could not be judged.
    #[inline]
    pub fn is_of_verdicts(&self) -> bool {
        self.definition().source == Source::Judge
    }

    /// True when the value is a time, or counted over one: then it depends on how much of the processors
    /// a round was given. Bytes, calls and memory were what they were counted to be.
    #[inline]
    pub fn is_of_time(&self) -> bool {
        matches!(self.definition().unit, Unit::Nanos | Unit::PerSecond | Unit::BytesPerSecond)
            || matches!(self, Self::Achieved | Self::Dropped)
    }

    /// True when there is none in a closed loop.
    #[inline]
    pub fn needs_open_loop(&self) -> bool {
        matches!(self, Self::Achieved | Self::Dropped | Self::Slip(_) | Self::Uncorrected(_))
    }

    /// True when it is a plain measured quantity, so that one cell's can be held against another's. A growth
    /// is none: of nothing, which is what it should be, there is no share.
    #[inline]
    pub fn is_comparable(&self) -> bool {
        let is_share = matches!(self, Self::Achieved | Self::Dropped);
        self.definition().family == Family::Cost && *self != Self::ServerMemoryGrowth && !is_share
    }

    /// True when it is counted and does not depend on time, so that all rounds have the same: whether
    /// two cells differ in it is no matter of statistics.
    #[inline]
    pub fn is_exact(&self) -> bool {
        matches!(self, Self::Overhead | Self::Segments | Self::Writes | Self::Reads)
    }

    /// True when more of it is faster.
    #[inline]
    pub fn is_of_speed(&self) -> bool {
        matches!(self.definition().unit, Unit::PerSecond | Unit::BytesPerSecond)
    }

    /// True when it is told only where the server is not ours: by a client alone, where a ledger's verdicts
    /// would say more, or of the server's program.
    #[inline]
    pub fn needs_foreign_server(&self) -> bool {
        matches!(self.definition().source, Source::ClientAlone | Source::Program)
    }

    /// True when it is told of processes that the server is, so that it takes one that we have started.
    #[inline]
    pub fn needs_servers_processes(&self) -> bool {
        matches!(self.definition().source, Source::ServersProcesses | Source::Program)
    }

    /// True when a client can tell the value by looking every answer up among its requests: what became of
    /// answers. Without a direction, that is all there is to tell.
    #[inline]
    pub fn is_told_by_echoes(&self, direction: Option<Direction>) -> bool {
        let of_answers = direction != Some(Direction::Request);
        match self {
            Self::Verdict(_) | Self::Damaged | Self::UnexpectedBytes | Self::UnexpectedMessages => {
                of_answers
            }
            _ => false,
        }
    }

    /// True when the value, in this direction or in both, takes what only a server of ours can
    /// tell.
    #[inline]
    pub fn needs_our_server(&self, direction: Option<Direction>) -> bool {
        self.definition().source.needs_our_server(direction)
    }
}

/// Finds a metric by the name a gate uses, direction prefix included.
#[inline]
pub fn find(name: &str) -> Option<(Metric, Option<Direction>)> {
    let (direction, bare) = if let Some(rest) = name.strip_prefix("request.") {
        (Some(Direction::Request), rest)
    } else if let Some(rest) = name.strip_prefix("reply.") {
        (Some(Direction::Reply), rest)
    } else {
        (None, name)
    };
    let metric = Metric::named(bare)?;
    (direction.is_none() || metric.definition().directional).then_some((metric, direction))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::mem::discriminant;
    use strum::EnumCount;

    #[test]
    fn every_metric_stands_in_the_list() {
        let listed: HashSet<_> = METRICS.iter().map(discriminant).collect();
        // All but what handlers count, which has no name of its own.
        assert_eq!(listed.len(), Metric::COUNT - 1);
        for why in Unconnected::ALL {
            assert!(METRICS.contains(&Metric::Unconnected(why)), "{why:?}");
        }
        for verdict in Verdict::ALL {
            assert!(METRICS.contains(&Metric::Verdict(verdict)), "{}", verdict.word());
        }
    }
}
