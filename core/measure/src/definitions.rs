//! What is fixed about each metric.

use super::definition::{
    Definition, Family, Source, Unit, cost, count, exchanges, latency, messages, of_direction,
};
use super::metrics::Metric;
use super::percentile::{P50, P90, P99, P99_9, P99_99};
use wirebench_judge::Verdict;

impl Metric {
    /// What is fixed about it.
    pub fn definition(&self) -> Definition {
        use Source::{
            BothSides, Client, ClientAlone, EitherSide, Judge, Program, Reader, ServersProcesses,
        };
        match self {
            Self::Verdict(verdict) => of_verdict(*verdict),
            Self::Damaged => messages("damaged", "messages sent that are not intact"),
            Self::UnexpectedBytes => Definition {
                unit: Unit::Bytes,
                ..of_direction("unexpected-bytes", Judge, "received bytes that were never sent")
            },
            Self::UnexpectedMessages => of_direction(
                "unexpected-messages",
                Judge,
                "received messages that hold nothing of any message sent",
            ),
            Self::KernelDrops => of_direction(
                "kernel-drops",
                Reader,
                "datagrams that the kernel dropped because the receive buffer was full; they are among the lost",
            ),
            Self::Explained => {
                messages("explained", "messages that are not intact because of what the link did")
            }
            Self::Unexplained => messages(
                "unexplained",
                "messages that are not intact, and that nothing the link did explains",
            ),
            Self::Undetected => messages(
                "undetected",
                "messages delivered with other bytes than were sent, or without their end, and no decoder noticed",
            ),
            Self::Faults => of_direction("faults", EitherSide, "what the link did"),
            Self::Untraced => of_direction(
                "untraced",
                Judge,
                "of that, what left no trace: no message of either direction is damaged by it, and no session was over before its time",
            ),
            Self::Unconfirmed => of_direction(
                "unconfirmed",
                BothSides,
                "pieces that the reader had not consumed in time, so that the next one did not wait for it",
            ),
            Self::Done => exchanges(
                "done",
                "measured exchanges answered by intact messages to the handler's content",
            ),
            Self::Wrong => {
                exchanges("wrong", "measured exchanges whose answer the handler found wrong")
            }
            Self::Rejected => exchanges("rejected", "measured exchanges that the server refused"),
            Self::Unanswered => {
                exchanges("unanswered", "measured exchanges without an answer in time")
            }
            Self::Unconnected(why) => why.definition(),
            Self::Surplus => count(
                "surplus",
                ClientAlone,
                "messages of a server that is not ours for which no exchange was under way any more: answers too many",
            ),
            Self::Crashed => {
                count("crashed", Client, "rounds in which a side crashed, hung or was killed")
            }
            Self::Errors => count(
                "errors",
                Client,
                "errors that hooks of the handler and the framings answered, threads of plugins that panicked, and misuse of the plugin interface",
            ),
            Self::Counted(_) => count(
                "count.KIND",
                Client,
                "what the handler counted of a kind, on both sides; `list` names the kinds",
            ),
            Self::Min => latency("min", "shortest latency of done exchanges"),
            Self::Mean => latency("mean", "mean latency of done exchanges"),
            Self::Latency(P50) => latency("pN", "median latency of done exchanges"),
            Self::Latency(P90) => latency("pN", "90th percentile of the latency"),
            Self::Latency(P99) => latency("pN", "99th percentile of the latency"),
            Self::Latency(P99_9) => latency("pN", "99.9th percentile of the latency"),
            Self::Latency(P99_99) => latency("pN", "99.99th percentile of the latency"),
            Self::Latency(_) => latency("pN", "any percentile of the latency"),
            Self::Max => latency("max", "longest latency of done exchanges"),
            Self::ServiceTime(P99) => cost(
                "service-pN",
                Unit::Nanos,
                BothSides,
                "99th percentile of the server's time from read to reply",
            ),
            Self::ServiceTime(_) => cost(
                "service-pN",
                Unit::Nanos,
                BothSides,
                "any percentile of the server's time from read to reply",
            ),
            Self::ConnectTime(P99) => {
                cost("connect-pN", Unit::Nanos, Client, "99th percentile of the time to connect")
            }
            Self::ConnectTime(_) => {
                cost("connect-pN", Unit::Nanos, Client, "any percentile of the time to connect")
            }
            Self::ConnectRate => cost(
                "connect-rate",
                Unit::PerSecond,
                Client,
                "connections that stood per second, from the order to connect until all stand that a round begins with",
            ),
            Self::Achieved => Definition {
                family: Family::Cost,
                ..exchanges(
                    "achieved",
                    "of the exchanges that an open loop had planned: answered within the measured window",
                )
            },
            Self::Dropped => Definition {
                family: Family::Cost,
                ..exchanges(
                    "dropped",
                    "exchanges that an open loop had planned and never started: there was no room in time",
                )
            },
            Self::Slip(P99) => cost(
                "slip-pN",
                Unit::Nanos,
                Client,
                "99th percentile of the time by which exchanges of an open loop started too late",
            ),
            Self::Slip(_) => cost(
                "slip-pN",
                Unit::Nanos,
                Client,
                "any percentile of the time by which exchanges of an open loop started too late",
            ),
            Self::Uncorrected(P99) => cost(
                "uncorrected-pN",
                Unit::Nanos,
                Client,
                "99th percentile of the latency from the actual start, as a closed loop would tell it",
            ),
            Self::Uncorrected(_) => cost(
                "uncorrected-pN",
                Unit::Nanos,
                Client,
                "any percentile of the latency from the actual start, as a closed loop would tell it",
            ),
            Self::Rate => cost(
                "rate",
                Unit::PerSecond,
                Client,
                "exchanges that ended done inside the measured window, per second of it",
            ),
            Self::Throughput => cost(
                "throughput",
                Unit::BytesPerSecond,
                Client,
                "payload bytes of those exchanges, per second of the window",
            ),
            Self::Overhead => cost(
                "overhead",
                Unit::Ratio,
                BothSides,
                "wire bytes over payload bytes, minus one, both directions",
            ),
            Self::Segments => {
                cost("segments", Unit::Ratio, BothSides, "TCP segments with data per message sent")
            }
            Self::Writes => cost("writes", Unit::Ratio, BothSides, "write calls per message sent"),
            Self::Reads => cost("reads", Unit::Ratio, BothSides, "read calls per message sent"),
            Self::ContextSwitches => cost(
                "context-switches",
                Unit::Ratio,
                BothSides,
                "context switches of both sides per message",
            ),
            Self::ClientCpu => cost(
                "client-cpu",
                Unit::Nanos,
                Client,
                "CPU time of the client side per message it sent or received",
            ),
            Self::ServerCpu => cost(
                "server-cpu",
                Unit::Nanos,
                ServersProcesses,
                "CPU time of the server side per message it sent or received; of a `server.command`, of its processes per message that the client sent or received",
            ),
            Self::ClientMemory => cost(
                "client-memory",
                Unit::Bytes,
                Client,
                "peak resident memory of the client side",
            ),
            Self::ServerMemory => cost(
                "server-memory",
                Unit::Bytes,
                ServersProcesses,
                "peak resident memory of the server side; of a `server.command`, the sum of the peaks of its processes, until the end of the load",
            ),
            Self::ServerMemoryGrowth => cost(
                "server-memory-growth",
                Unit::Bytes,
                Program,
                "how much more resident memory the processes of a `server.command` have at the end of the measured part of a round than at its beginning; the most of all rounds",
            ),
        }
    }
}

fn of_verdict(verdict: Verdict) -> Definition {
    let about = match verdict {
        Verdict::Intact => "messages that arrived alone, whole and unchanged; a share is over sent",
        Verdict::Merged => "messages received whole, together with others",
        Verdict::Split => "messages received in several pieces, each with nothing else",
        Verdict::Straddled => "messages received in pieces together with pieces of others",
        Verdict::Truncated => "messages of which only the beginning arrived",
        Verdict::Corrupted => "messages that arrived with other bytes",
        Verdict::Lost => "messages of which nothing arrived",
        Verdict::Duplicated => "messages that arrived more than once",
        Verdict::Reordered => "messages that arrived after one that was sent later",
        Verdict::Unsendable => "messages that the framing cannot carry",
        Verdict::Unjudged => "messages that the judge could not decide on",
    };
    let source = match verdict {
        Verdict::Unsendable => Source::Sender,
        Verdict::Unjudged => Source::BothSides,
        _ => Source::Judge,
    };
    Definition { source, ..messages(verdict.word(), about) }
}
