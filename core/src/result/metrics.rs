//! The value of every metric, computed from the pooled rounds of a cell.

use super::cell::{CellData, DirectionData};
use crate::judge::Verdict;
use crate::measure::{
    ClientReport, Direction, Exchanges, Histogram, Metric, Percentile, Sent, Usage, WindowTotals,
};

/// A metric's value, in its own unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// So many of so many messages or exchanges; `of` is never 0.
    Share {
        /// How many.
        count: u64,
        /// Of how many.
        of: u64,
    },
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
    /// There is nothing to take a value from, and this is why. Never taken for 0.
    Missing(String),
    /// There are samples, but they do not say what the value is, and this is why.
    Unclear(String),
}

impl Value {
    /// The value as one number (a share as a share, times in nanoseconds); `None` when there is
    /// none.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Share { count, of } => Some(*count as f64 / *of as f64),
            Self::Count(count) | Self::Nanos(count) | Self::Bytes(count) => Some(*count as f64),
            Self::PerSecond(number) | Self::BytesPerSecond(number) | Self::Ratio(number) => {
                Some(*number)
            }
            Self::Missing(_) | Self::Unclear(_) => None,
        }
    }
}

/// The value of `metric` in a cell: over both directions, or in one.
///
/// A metric without samples is [`Value::Missing`]: no finished round, no message sent, or something
/// the transport does not count. A percentile of too few samples is [`Value::Unclear`]. Latency is
/// that of the done exchanges; gates ask [`latency_or_loss`] for what the others may hide.
pub fn value(cell: &CellData, metric: &Metric, direction: Option<Direction>) -> Value {
    if *metric == Metric::Crashed {
        return Value::Count(cell.crashes.len() as u64);
    }
    if cell.finished == 0 {
        return missing("no round finished");
    }
    if cell.cannot_tell(metric, direction) {
        return missing("no ledger: the server is not ours");
    }
    let direction = cell.told(metric, direction);
    let count = |of: fn(&DirectionData) -> u64| cell.over(direction, of);
    match metric {
        Metric::Verdict(verdict) => {
            messages(cell.verdict(*verdict, direction), cell.sent(direction))
        }
        Metric::Damaged => {
            let sent = cell.sent(direction);
            messages(sent.saturating_sub(cell.verdict(Verdict::Intact, direction)), sent)
        }
        Metric::UnexpectedBytes => Value::Bytes(count(|data| data.tally.unexpected_bytes)),
        Metric::UnexpectedMessages => Value::Count(count(|data| data.tally.unexpected_messages)),
        Metric::KernelDrops => Value::Count(count(|data| data.kernel_drops)),
        Metric::Explained => {
            messages(count(|data| data.link.explained.total()), cell.sent(direction))
        }
        Metric::Unexplained => messages(count(DirectionData::unexplained), cell.sent(direction)),
        Metric::Undetected => messages(count(DirectionData::undetected), cell.sent(direction)),
        Metric::Faults => Value::Count(count(|data| data.link.injected())),
        Metric::Untraced => untraced(cell, direction),
        Metric::Unconfirmed => Value::Count(count(|data| data.link.unconfirmed)),
        Metric::Done => exchanges(cell, cell.exchanges.done),
        Metric::Wrong => exchanges(cell, cell.exchanges.wrong),
        Metric::Rejected => exchanges(cell, cell.exchanges.rejected),
        Metric::Unanswered => exchanges(cell, cell.exchanges.unanswered),
        Metric::Unconnected(why) => attempts(cell, cell.connects.of(*why)),
        Metric::Surplus if cell.has_our_server() => {
            missing("the server is ours: the ledger knows its messages")
        }
        Metric::Surplus => Value::Count(cell.conduct.surplus.count),
        Metric::Crashed => Value::Count(cell.crashes.len() as u64),
        Metric::Errors => Value::Count(cell.errors_of_plugins()),
        Metric::Counted(kind) => Value::Count(cell.count(kind)),
        Metric::Achieved => match &cell.open {
            Some(open) if open.planned > 0 => {
                Value::Share { count: cell.window.answered, of: open.planned }
            }
            Some(_) => missing("nothing was planned"),
            None => missing(CLOSED),
        },
        Metric::Dropped => match &cell.open {
            Some(open) if open.planned > 0 => {
                Value::Share { count: open.dropped, of: open.planned }
            }
            Some(_) => missing("nothing was planned"),
            None => missing(CLOSED),
        },
        Metric::Slip(rank) => match &cell.open {
            Some(open) => percentile(&open.slip, *rank),
            None => missing(CLOSED),
        },
        Metric::Uncorrected(rank) => match &cell.open {
            Some(open) => percentile(&open.uncorrected, *rank),
            None => missing(CLOSED),
        },
        Metric::Mean | Metric::Max | Metric::Latency(_)
            if direction.is_none() && cell.open.is_some() && cell.slower() > 0 =>
        {
            let told = latency_or_loss(cell, metric, direction);
            told.unwrap_or_else(|| missing("there are no samples"))
        }
        Metric::Min => nanos(latency(cell, direction).min()),
        Metric::Mean => nanos(latency(cell, direction).mean().map(|mean| mean.round() as u64)),
        Metric::Max => nanos(latency(cell, direction).max()),
        Metric::Latency(rank) => percentile(latency(cell, direction), *rank),
        Metric::ServiceTime(rank) => percentile(&cell.service, *rank),
        Metric::ConnectTime(rank) => percentile(&cell.connect, *rank),
        Metric::ConnectRate => cell
            .connects
            .opening_rate()
            .map_or_else(|| missing("no round begins with connections"), Value::PerSecond),
        Metric::Rate => {
            rate(&cell.window).map_or_else(|| missing(NONE_COMPLETED), Value::PerSecond)
        }
        Metric::Throughput => rate(&cell.window)
            .and_then(|_| per_second(cell.window.completed_payload_bytes, cell.window.length_ns))
            .map_or_else(|| missing(NONE_COMPLETED), Value::BytesPerSecond),
        Metric::Overhead => overhead(&cell.request.sent, &cell.reply.sent)
            .map_or_else(|| missing("no payload was sent"), Value::Ratio),
        Metric::Segments => match (cell.request.sent.segments, cell.reply.sent.segments) {
            (Some(request), Some(reply)) => per_message(cell, request.saturating_add(reply)),
            _ => missing("the transport has no segments"),
        },
        Metric::Writes => per_message(cell, cell.over(None, |data| data.sent.writes)),
        Metric::Reads => per_message(cell, cell.over(None, |data| data.reads)),
        Metric::ContextSwitches => context_switches(cell),
        Metric::ClientCpu => cpu(cell, &cell.client),
        // A program does not spin because our sides do.
        Metric::ServerCpu if !cell.has_our_server() => match cpu_per_message(&cell.server) {
            Some(ns) => Value::Nanos(ns.round() as u64),
            None => missing(NO_CPU_OF_PROGRAM),
        },
        Metric::ServerCpu => cpu(cell, &cell.server),
        Metric::ClientMemory => memory(&cell.client),
        Metric::ServerMemory => memory(&cell.server),
        Metric::ServerMemoryGrowth if cell.has_our_server() => {
            missing("the server is ours: `server-memory` tells its peak")
        }
        Metric::ServerMemoryGrowth => {
            cell.server.memory_growth_bytes.map_or_else(|| missing(NO_GROWTH), Value::Bytes)
        }
    }
}

/// Why there is nothing to say of an open loop.
const CLOSED: &str = "the loop is closed: nothing is planned that could be late or dropped";

/// Why there is no CPU time of a server that is not ours.
const NO_CPU_OF_PROGRAM: &str = "of the server's processes no CPU time is known: it is read when the measured part begins and ends, of a \
     program that was started for the round, that runs until the load ends, and that waits for its children";

/// Why it is not known by how much its memory has grown.
const NO_GROWTH: &str = "of the server's processes no growth is known: their memory is read when the measured part begins and \
     ends, of a program that was started for the round and runs until the load ends";

fn missing(why: &str) -> Value {
    Value::Missing(why.into())
}

fn messages(count: u64, of: u64) -> Value {
    if of == 0 { missing("no message was sent") } else { Value::Share { count, of } }
}

/// Where a link was asked for and did nothing, there is nothing that could have left a trace.
fn untraced(cell: &CellData, direction: Option<Direction>) -> Value {
    if cell.linked && cell.over(direction, |data| data.link.injected()) == 0 {
        return missing("the link did nothing");
    }
    Value::Count(cell.over(direction, |data| data.link.untraced()))
}

fn exchanges(cell: &CellData, count: u64) -> Value {
    match cell.exchanges.started {
        0 => missing("no exchange was measured"),
        of => Value::Share { count, of },
    }
}

fn attempts(cell: &CellData, count: u64) -> Value {
    match cell.connects.begun {
        0 => missing("no connection was tried"),
        of => Value::Share { count, of },
    }
}

/// Exchange latency, or the one-way latency of one direction.
fn latency(cell: &CellData, direction: Option<Direction>) -> &Histogram {
    match direction {
        None => &cell.latency,
        Some(Direction::Request) => &cell.oneway_request,
        Some(Direction::Reply) => &cell.oneway_reply,
    }
}

fn nanos(ns: Option<u64>) -> Value {
    ns.map_or_else(|| missing("there are no samples"), Value::Nanos)
}

fn percentile(histogram: &Histogram, percentile: Percentile) -> Value {
    match percentile.of(histogram) {
        Some(ns) => Value::Nanos(ns),
        None if histogram.count() == 0 => missing("there are no samples"),
        None => too_few(histogram.count(), percentile),
    }
}

fn too_few(samples: u64, percentile: Percentile) -> Value {
    Value::Unclear(format!("{samples} samples are too few: it needs {}", percentile.needs()))
}

/// What exchanges without an answer leave of a metric of latency, when each of them counts as one
/// that took longer than any that was done; `None` for other metrics.
///
/// The done exchanges alone are the survivors: a server that answers every fifth request at once
/// and the others never has a p50 of any quality over them. An unanswered exchange took at least
/// until it was given up, so percentiles below the unanswered are known, and so is the shortest
/// latency; the mean and the longest are not. Damaged, wrong and refused exchanges did not end
/// because of the time they took, and say nothing about it.
pub fn latency_or_loss(
    cell: &CellData,
    metric: &Metric,
    direction: Option<Direction>,
) -> Option<Value> {
    let unanswered = cell.slower();
    let (histogram, percentile) = match metric {
        Metric::Mean | Metric::Max => {
            let is_clear = latency(cell, direction).count() == 0 || unanswered == 0;
            return (!is_clear).then(|| Value::Unclear(among_unanswered(cell, metric)));
        }
        Metric::Latency(percentile) => (latency(cell, direction), percentile),
        Metric::ServiceTime(percentile) => (&cell.service, percentile),
        // An exchange whose connection failed has no time to connect that would be longer.
        _ => return None,
    };
    let known = histogram.count();
    if known == 0 || unanswered == 0 {
        return None;
    }
    let all = known.saturating_add(unanswered);
    if all < percentile.needs() {
        return Some(too_few(all, *percentile));
    }
    Some(match percentile.of_longer(histogram, unanswered) {
        Some(ns) => Value::Nanos(ns),
        None => Value::Unclear(among_unanswered(cell, metric)),
    })
}

fn among_unanswered(cell: &CellData, metric: &Metric) -> String {
    let Exchanges { started, unanswered, .. } = cell.exchanges;
    if let Some(open) = cell.open.as_ref().filter(|open| open.dropped > 0) {
        let (planned, dropped) = (open.planned, open.dropped);
        return format!(
            "of {planned} exchanges, {dropped} were dropped and {unanswered} had no answer in time, and {} \
             depends on how long they would have taken",
            metric.name()
        );
    }
    format!(
        "{unanswered} of {started} exchanges had no answer in time, and {} depends on how \
         long they would have taken; gate `done` or `unanswered` as well to judge the latency of \
         the done ones alone",
        metric.name()
    )
}

/// Exchanges that took longer than any that was done: of an open loop those without an answer and those that were
/// dropped. In a closed loop each gives its slot to another, and gates alone ask for them.
pub fn slower(client: &ClientReport) -> u64 {
    let of_open = |dropped: u64| dropped.saturating_add(client.exchanges.unanswered);
    client.open.as_ref().map_or(0, |open| of_open(open.dropped))
}

/// Why there is no rate.
const NONE_COMPLETED: &str = "no exchange was done inside the measured window";

/// `None` without events, or without a window for them.
pub fn per_second(events: u64, window_ns: u64) -> Option<f64> {
    (events > 0 && window_ns > 0).then(|| events as f64 / (window_ns as f64 / 1e9))
}

/// Exchanges that ended done inside the measured window, per second of it; `None`: there were none.
pub(super) fn rate(window: &WindowTotals) -> Option<f64> {
    per_second(window.completed, window.length_ns)
}

/// Wire bytes over payload bytes, minus one, of both directions; `None` without payload.
pub(super) fn overhead(request: &Sent, reply: &Sent) -> Option<f64> {
    let wire = request.wire_bytes.saturating_add(reply.wire_bytes);
    let payload = request.payload_bytes.saturating_add(reply.payload_bytes);
    (payload > 0).then(|| wire as f64 / payload as f64 - 1.0)
}

/// CPU time of a side per message that it sent or received, in nanoseconds; `None` without messages.
pub(super) fn cpu_per_message(usage: &Usage) -> Option<f64> {
    (usage.messages > 0).then(|| usage.cpu_ns as f64 / usage.messages as f64)
}

fn quotient(of: f64, by: u64, why: &str) -> Value {
    if by == 0 { missing(why) } else { Value::Ratio(of / by as f64) }
}

fn per_message(cell: &CellData, count: u64) -> Value {
    let carried = cell.request.carried().saturating_add(cell.reply.carried());
    quotient(count as f64, carried, "no message was sent")
}

/// Each side counts the messages it sends and receives, so together they count each one twice.
fn context_switches(cell: &CellData) -> Value {
    let switches = cell.client.context_switches as f64 + cell.server.context_switches as f64;
    let handled = cell.client.messages.saturating_add(cell.server.messages);
    quotient(2.0 * switches, handled, "no message was measured")
}

fn cpu(cell: &CellData, usage: &Usage) -> Value {
    if cell.spin {
        return missing("the sides spin: their CPU time does not depend on the messages");
    }
    cpu_per_message(usage)
        .map_or_else(|| missing("no message was measured"), |ns| Value::Nanos(ns.round() as u64))
}

fn memory(usage: &Usage) -> Value {
    match usage.peak_memory_bytes {
        0 => missing("the peak memory is unknown"),
        bytes => Value::Bytes(bytes),
    }
}
