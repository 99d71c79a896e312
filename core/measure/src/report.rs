//! What each side of a round tells the supervisor when the round is over.

use super::{Conduct, Connects, Histogram, Series, WindowTotals};
use serde::{Deserialize, Serialize};
use wirebench_audit::{BatchesReport, InFlightReport, StartsReport};
use wirebench_judge::{Anomaly, Tally};
use wirebench_link::{Fault, LinkReport};

/// The bytes of one write or one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Offset in the session's byte stream.
    pub at: u64,
    /// Bytes.
    pub len: u32,
    /// When the call returned, on the clock both sides share.
    pub time_ns: u64,
}

/// An anomaly with the pieces it was written and read in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// The evidence.
    pub anomaly: Anomaly,
    /// Writes of the sender that overlap the frame (empty: no longer known).
    pub written: Vec<Piece>,
    /// Reads of the receiver that overlap the frame (empty: no longer known).
    pub read: Vec<Piece>,
    /// What the link did to the frame.
    #[serde(default)]
    pub faults: Vec<Fault>,
}

/// What one side sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Messages handed over, unsendable and unjudged ones included.
    pub messages: u64,
    /// Messages the framing could not carry.
    pub unsendable: u64,
    /// Messages handed over that got no record, because the ledger had no room for one even at the
    /// end of the round: no judge can know them.
    #[serde(default)]
    pub unjudged: u64,
    /// Bytes of the messages that were sent.
    pub payload_bytes: u64,
    /// Bytes written to the sockets, control bytes of the framing included.
    pub wire_bytes: u64,
    /// Write calls that wrote something.
    pub writes: u64,
    /// TCP segments with data, as TCP_INFO counts them; `None` where the transport has none.
    pub segments: Option<u64>,
    /// Times the ledger's ring was full.
    pub stalls: u64,
    /// How long it was full, in nanoseconds.
    pub stalled_ns: u64,
}

/// What one side received, judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// The other side's messages by verdict (what it counted as unsendable or unjudged itself is in
    /// its own [`Sent`]).
    pub tally: Tally,
    /// Messages the decoder yielded.
    pub messages: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Read calls that read something.
    pub reads: u64,
    /// Datagrams that the kernel dropped on arrival because the receive buffer was full. They are
    /// among the lost.
    #[serde(default)]
    pub kernel_drops: u64,
    /// Messages with which an equal one was under way, so that it cannot be told which one arrived:
    /// no time was taken of them.
    #[serde(default)]
    pub ambiguous: u64,
    /// The first anomalies of each verdict.
    pub examples: Vec<Example>,
}

/// What a side, or the program of a server that is not ours, cost in the measured part of the round.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// CPU time, user and system, in nanoseconds.
    pub cpu_ns: u64,
    /// Messages sent and received by this side in the same time. 0: there is no CPU time for any.
    pub messages: u64,
    /// Voluntary and involuntary context switches.
    pub context_switches: u64,
    /// Peak resident memory of the whole round, in bytes; of a program with several processes the sum of
    /// their peaks until the end of the load. 0: not known.
    pub peak_memory_bytes: u64,
    /// Of a program: by how much the resident memory of its processes was more at the end of the measured
    /// part than at its beginning, in bytes; `None`: not known.
    #[serde(default)]
    pub memory_growth_bytes: Option<u64>,
}

/// The kind of [`ErrorCount`] of attempts to connect for which no port was free.
pub const NO_PORT: &str = "port";

/// The kind of [`ErrorCount`] of packets and datagrams of which a read did not take all.
pub const CUT: &str = "cut packet";

/// The kind of [`ErrorCount`] of bytes that a framing found to follow no rule.
pub const FRAMING: &str = "framing";

/// The kind of [`ErrorCount`] of calls that break a rule of the plugin interface.
pub const MISUSE: &str = "misuse";

/// The kind of [`ErrorCount`] of a plugin's own threads that went wrong.
pub const WORKER: &str = "worker";

/// The kind of answers that the handler found wrong to exchanges that are not measured: those of the warm-up.
pub const WRONG_UNMEASURED: &str = "wrong answer in warm-up";

/// Before the reason, in the kind of [`ErrorCount`] of messages that the framing cannot carry.
const UNSENDABLE: &str = "unsendable ";

/// The kind of [`ErrorCount`] of messages that the framing cannot carry for this reason, a word.
#[inline]
pub fn of_unsendable(reason: &str) -> String {
    format!("{UNSENDABLE}{reason}")
}

/// True for kinds that [`of_unsendable`] makes.
#[inline]
pub fn is_unsendable(kind: &str) -> bool {
    kind.starts_with(UNSENDABLE)
}

/// Before the hook's name, in the kind of [`ErrorCount`] of errors that a handler's hook answered.
const HOOK: &str = "hook ";

/// The kind of [`ErrorCount`] of errors that this hook of a handler answered.
#[inline]
pub fn of_hook(hook: &str) -> String {
    format!("{HOOK}{hook}")
}

/// True for kinds that [`of_hook`] makes, and for the one that stood for all of them once.
#[inline]
pub fn is_of_hook(kind: &str) -> bool {
    kind.starts_with(HOOK) || kind == "handler"
}

/// True for kinds of which plugins or framings are the origin: what the metric `errors` counts.
#[inline]
pub fn is_of_plugin(kind: &str) -> bool {
    is_of_hook(kind) || [FRAMING, MISUSE, WORKER].contains(&kind)
}

/// Something that went wrong without ending the round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorCount {
    /// In which phase, or of which hook: `read`, `framing`, `hook message`.
    pub kind: String,
    /// How often.
    pub count: u64,
    /// The first one in full.
    pub first: String,
}

/// What a side kept on its peers' word: capacities of buffers and queues, with their overhead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The most at one time for all sessions together, in bytes.
    pub peak: u64,
    /// The most at one time for one session, in bytes.
    pub session_peak: u64,
}

/// The part of a report that both sides have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SideReport {
    /// Sessions it had.
    #[serde(default)]
    pub sessions: u64,
    /// What it sent.
    pub sent: Sent,
    /// What it received.
    pub received: Received,
    /// What it cost.
    pub usage: Usage,
    /// By how much it woke later than it wanted to, at most, in nanoseconds.
    #[serde(default)]
    pub held_up_ns: u64,
    /// What went wrong.
    pub errors: Vec<ErrorCount>,
    /// From handing over a message that belongs to no exchange until the read that completed it
    /// returned; intact messages of the measured part, received by this side.
    #[serde(default)]
    pub unsolicited: Histogram,
    /// What its link did; `None`: there was nothing for it to do.
    #[serde(default)]
    pub link: Option<LinkReport>,
    /// What its handler counted, by kind.
    #[serde(default)]
    pub counts: Vec<ErrorCount>,
    /// What it held for peers that are not ours; `None` where both sides are.
    #[serde(default)]
    pub held: Option<Held>,
    /// What its plugins logged and what was printed, each line after its level or `output`: the first
    /// 100.
    pub log: Vec<String>,
    /// How many lines there were besides.
    #[serde(default)]
    pub log_left_out: u64,
}

impl SideReport {
    /// What plugins and peers have said in it.
    #[inline]
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let counted = self.errors.iter_mut().chain(&mut self.counts).map(|one| &mut one.first);
        counted.chain(&mut self.log)
    }
}

/// Exchanges of the measured part of the round; the parts add up to `started`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchanges {
    /// Started.
    pub started: u64,
    /// Answered by intact messages, and the handler was content.
    pub done: u64,
    /// The handler found the answer wrong.
    pub wrong: u64,
    /// The handler says the server refused.
    pub rejected: u64,
    /// A request or reply of it was damaged.
    pub damaged: u64,
    /// No answer within `load.timeout`, or before the end of the drain.
    pub unanswered: u64,
}

/// What only an open loop has. Exchanges are those whose intended time lies in the measured window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OpenReport {
    /// Exchanges that were to start: those that did, and those that were dropped.
    pub planned: u64,
    /// Never started: there was no room before `load.catch-up` was over or the round ended, or in the
    /// backlog.
    pub dropped: u64,
    /// Found no room when they were due, so that they waited in the backlog.
    pub waited: u64,
    /// The most exchanges that waited at a time, warm-up included.
    pub backlog_peak: u64,
    /// From the intended start of an exchange until it was started, in nanoseconds; waiting for room included.
    pub slip: Histogram,
    /// From the intended start of an exchange until the generator took it up, in nanoseconds: what of the slip is
    /// its own.
    pub lateness: Histogram,
    /// From the actual start of an exchange until its handler finished it, in nanoseconds; done exchanges only.
    /// What a tool says that does not know when it is late.
    pub uncorrected: Histogram,
    /// What it really did, to be held against the plan; `None`: nothing was started.
    #[serde(default)]
    pub audit: Option<OpenAudit>,
}

/// What an open loop did, from its raw starts and ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenAudit {
    /// When measured exchanges were started.
    pub starts: StartsReport,
    /// How many were under way; `None`: the window never ended.
    pub in_flight: Option<InFlightReport>,
    /// How latencies followed each other.
    pub batches: BatchesReport,
}

/// What ended the load of a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoadEnd {
    /// `duration` or `messages`.
    #[default]
    Planned,
    /// `load.round-limit`.
    RoundLimit,
    /// `load.give-up`: so many exchanges in a row were not answered in time.
    GaveUp,
    /// The server, which is not ours, had ended, or ended and refused so many connections in a row
    /// without an answer that none was to be expected.
    ServerGone,
    /// The user.
    Interrupted,
}

impl LoadEnd {
    /// How the load of a round ended, in words that follow its name.
    pub fn words(self) -> &'static str {
        match self {
            Self::Planned => "ended as planned",
            Self::RoundLimit => {
                "reached `load.round-limit`: what it had until then counts; raise the limit, or let \
                 it send less"
            }
            Self::GaveUp => {
                "was given up, because `load.give-up` exchanges in a row were not answered within \
                 `load.timeout`: what it had until then counts"
            }
            Self::ServerGone => {
                "ended with its server, which had ended, or ended and refused one connection after \
                 the other without an answer: what it had until then counts"
            }
            Self::Interrupted => "was interrupted: what it had until then counts",
        }
    }
}

/// What the client side reports.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClientReport {
    /// The common part.
    pub side: SideReport,
    /// How the measured exchanges ended.
    pub exchanges: Exchanges,
    /// What happened inside the measured window.
    #[serde(default)]
    pub window: WindowTotals,
    /// The window over time.
    #[serde(default)]
    pub series: Series,
    /// The open loop; `None`: it is closed.
    #[serde(default)]
    pub open: Option<Box<OpenReport>>,
    /// Exchanges that may be under way at the same time: connections times `in-flight`.
    #[serde(default)]
    pub slots: u64,
    /// What ended the load.
    #[serde(default)]
    pub load_end: LoadEnd,
    /// From the intended start of an exchange until its handler finished it; done exchanges only.
    pub latency: Histogram,
    /// The same for exchanges with a damaged message (until the slot was freed).
    pub damaged_latency: Histogram,
    /// From handing over a request until the read that completed it returned; done exchanges only.
    pub oneway_request: Histogram,
    /// From that read until the reply was handed over; done exchanges only.
    pub service: Histogram,
    /// From handing over a reply until the read that completed it returned; done exchanges only.
    pub oneway_reply: Histogram,
    /// From the connect call until the connection was writable.
    pub connect: Histogram,
    /// What came of the attempts to connect.
    #[serde(default)]
    pub connects: Connects,
    /// What a server that is not ours did besides answering.
    #[serde(default)]
    pub conduct: Conduct,
    /// Measured exchanges, among the unanswered, that the end of the drain has cut off before they
    /// had had their `load.timeout`.
    #[serde(default)]
    pub undrained: u64,
    /// One-way samples that would have been negative (the two clocks disagree).
    pub negative_samples: u64,
}
