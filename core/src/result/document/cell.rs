//! One cell of the document.

use super::{
    AttemptResult, AuditResult, CellVerdict, CpuCosts, CrashResult, ErrorResult, GateResult,
    HeldResult, Integrity, LinkResult, LogResult, OpenResult, Rate, Relative, RoundSummary, Spread,
    Times, WireCounts,
};
use crate::framing::FramingSpec;
use crate::link::Link;
use crate::measure::{Conduct, Connects};
use crate::scenario::{Cpu, Load, Transport};
use serde::{Deserialize, Serialize};

/// One cell.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellResult {
    /// `framing=len32be,load.payload=64 B`.
    pub id: String,
    /// The part of the run that measured it, from 1; `None`: there was one only. Figures of different parts are
    /// not beside each other: they are of different times, and perhaps of different machines.
    #[serde(default)]
    pub part: Option<u32>,
    /// Axis and value, in the order of the matrix.
    pub axes: serde_json::Map<String, serde_json::Value>,
    /// What the sides did.
    pub setup: Setup,
    /// What the run says of it.
    pub verdict: CellVerdict,
    /// What it came to before, where it was played again; its figures are those of the last time.
    #[serde(default)]
    pub attempts: Vec<AttemptResult>,
    /// Measured exchanges.
    pub exchanges: ExchangeCounts,
    /// What became of the messages.
    pub integrity: Integrity,
    /// What the link did; `null`: nothing was asked of it.
    #[serde(default)]
    pub link: Option<LinkResult>,
    /// The open loop; `null`: it is closed.
    #[serde(default)]
    pub open: Option<OpenResult>,
    /// Whether the load was what was planned, and steady.
    #[serde(default)]
    pub audit: Vec<AuditResult>,
    /// Done exchanges: from the intended start until the handler finished it.
    pub latency_ns: Times,
    /// From handing over a request until the read that completed it.
    pub oneway_request_ns: Times,
    /// From that read until the reply was handed over.
    pub service_ns: Times,
    /// From handing over a reply until the read that completed it.
    pub oneway_reply_ns: Times,
    /// From the connect call until the connection was writable.
    pub connect_ns: Times,
    /// Like `latency_ns`, for exchanges with a damaged message.
    pub damaged_latency_ns: Times,
    /// One-way samples that would have been negative; `None` where one-way times are not taken.
    pub negative_samples: Option<u64>,
    /// Exchanges per second.
    pub rate: Rate,
    /// Bytes and calls, whole rounds, warm-up included.
    pub wire: WireCounts,
    /// What the sides cost in the measured part.
    pub cpu: CpuCosts,
    /// What may be off in them, as far as the rounds can tell.
    #[serde(default)]
    pub spread: Spread,
    /// The cell beside the fastest one it may be compared with; `None`: with none.
    pub relative: Option<Relative>,
    /// The gates.
    pub gates: Vec<GateResult>,
    /// Sides that did not survive their round.
    pub crashes: Vec<CrashResult>,
    /// What went wrong without ending a round.
    pub errors: Vec<ErrorResult>,
    /// What came of the attempts to connect; `None`: a document of before they were counted.
    #[serde(default)]
    pub connects: Option<Connects>,
    /// What a server that is not ours did besides answering; `None`: the server is the handler's.
    #[serde(default)]
    pub conduct: Option<Conduct>,
    /// What a server that is not ours made the client hold; `None`: the server is the handler's.
    #[serde(default)]
    pub held: Option<HeldResult>,
    /// What the handler counted itself, by kind.
    #[serde(default)]
    pub counts: Vec<ErrorResult>,
    /// What plugins logged and what was printed: the first 100 lines of all rounds.
    #[serde(default)]
    pub log: Vec<LogResult>,
    /// How many lines there were besides.
    #[serde(default)]
    pub log_left_out: u64,
    /// What a reader should know before using the figures.
    pub notes: Vec<String>,
    /// Each round by itself.
    pub rounds: Vec<RoundSummary>,
}

impl CellResult {
    /// All its times, by the name of their field.
    pub fn times(&self) -> Vec<(&'static str, &Times)> {
        let of_open = self.open.iter().flat_map(|open| {
            [
                ("slip_ns", &open.slip_ns),
                ("lateness_ns", &open.lateness_ns),
                ("uncorrected_ns", &open.uncorrected_ns),
            ]
        });
        let of_all = [
            ("latency_ns", &self.latency_ns),
            ("oneway_request_ns", &self.oneway_request_ns),
            ("service_ns", &self.service_ns),
            ("oneway_reply_ns", &self.oneway_reply_ns),
            ("connect_ns", &self.connect_ns),
            ("damaged_latency_ns", &self.damaged_latency_ns),
        ];
        of_all.into_iter().chain(of_open).collect()
    }

    /// An open loop that achieved less than was asked for, whatever else became of it.
    pub fn is_saturated(&self) -> bool {
        self.verdict == CellVerdict::Saturated
            || self.open.as_ref().is_some_and(OpenResult::is_saturated)
    }

    pub(in crate::result) fn times_mut(&mut self) -> Vec<&mut Times> {
        let of_open = self
            .open
            .iter_mut()
            .flat_map(|open| [&mut open.slip_ns, &mut open.lateness_ns, &mut open.uncorrected_ns]);
        let of_all = [
            &mut self.latency_ns,
            &mut self.oneway_request_ns,
            &mut self.service_ns,
            &mut self.oneway_reply_ns,
            &mut self.connect_ns,
            &mut self.damaged_latency_ns,
        ];
        of_all.into_iter().chain(of_open).collect()
    }
}

/// What the sides of a cell did. The handler's configuration is left out: it may hold secrets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Setup {
    /// The plugin.
    pub handler: String,
    /// Client to server.
    pub request_framing: FramingSpec,
    /// Server to client.
    pub reply_framing: FramingSpec,
    /// The server that is not ours: its command, or where it runs; `None`: the handler's.
    #[serde(default)]
    pub server: Option<String>,
    /// The socket.
    pub transport: Transport,
    /// Placement and wait.
    pub cpu: Cpu,
    /// What was sent, and when.
    pub load: Load,
    /// What was done to it.
    #[serde(default)]
    pub link: Link,
}

/// How measured exchanges ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeCounts {
    /// Started.
    pub started: u64,
    /// Answered by intact messages, to the handler's content.
    pub done: u64,
    /// The handler found the answer wrong.
    pub wrong: u64,
    /// The server refused.
    pub rejected: u64,
    /// A message of it was damaged.
    pub damaged: u64,
    /// No answer in time.
    pub unanswered: u64,
    /// Ended done inside the measured windows, whenever started: what rates are made of. (The others
    /// tell how those ended that started inside.)
    #[serde(default)]
    pub completed: u64,
}
