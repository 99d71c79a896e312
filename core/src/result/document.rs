//! The shape of `result.json`, schema `wirebench.result/1`. `docs/results.md` explains every field;
//! a test holds the two together.

use super::gates::GateOutcome;
use super::host::Host;
use super::times::{P50, P90, P99, P99_9, P99_99};
use crate::framing::FramingSpec;
use crate::judge::Verdict;
use crate::measure::{Direction, Family, Histogram};
use crate::scenario::{Cpu, Load, Transport};
use serde::{Deserialize, Serialize};

/// The schema that this program writes.
pub const SCHEMA: &str = "wirebench.result/1";

/// Everything that is known of a run when it is over.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Document {
    /// [`SCHEMA`].
    pub schema: String,
    /// The program.
    pub tool: Tool,
    /// The machine.
    pub host: Host,
    /// The run's name and time; `None` when its results were not kept.
    pub run: Option<RunInfo>,
    /// What was asked for.
    pub scenario: ScenarioInfo,
    /// The worst verdict of all cells.
    pub verdict: CellVerdict,
    /// One per point of the matrix, in the scenario's order.
    pub cells: Vec<CellResult>,
}

impl Document {
    /// Reads `result.json`. An unknown schema, a damaged document and figures that contradict each
    /// other are errors, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        super::check::read(text)
    }
}

/// The document as it is written: indented JSON with a final line feed.
pub fn text(document: &Document) -> String {
    // Cannot fail: every map of the document has strings for keys.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

/// The program that measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// `wirebench`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// True when it was built without optimisation: its figures say nothing about cost.
    pub debug_build: bool,
}

impl Tool {
    /// This program.
    pub fn this() -> Self {
        Self {
            name: "wirebench".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            debug_build: cfg!(debug_assertions),
        }
    }
}

/// Where and when a run was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunInfo {
    /// The name of its folder.
    pub id: String,
    /// When it began, UTC, RFC 3339.
    pub started: String,
}

/// What the scenario says of the whole run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioInfo {
    /// `name`.
    pub name: String,
    /// `about`, or empty.
    pub about: String,
    /// The file it was read from.
    pub source: String,
    /// The matrix keys, in file order.
    pub axes: Vec<String>,
    /// Rounds of every cell.
    pub rounds: u32,
    /// What everything random was derived from.
    pub seed: u64,
}

/// What a run says of a cell. In this order, a later one is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellVerdict {
    /// Every gate holds.
    Pass,
    /// A gate cannot be told, or the measurement was disturbed.
    Inconclusive,
    /// The offered rate was not kept.
    Saturated,
    /// A gate does not hold.
    Fail,
    /// A side crashed, hung or was killed.
    Crashed,
}

/// What a run's verdicts mean for the exit code; a later one takes precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Every gate of every cell holds.
    Clean,
    /// Something is inconclusive or saturated, and nothing is worse.
    Inconclusive,
    /// A latency, rate or cost gate failed.
    Cost,
    /// An integrity or handler gate failed, a side crashed, or a round could not be run.
    Integrity,
}

/// One cell.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellResult {
    /// `framing=len32be,load.payload=64 B`.
    pub id: String,
    /// Axis and value, in the order of the matrix.
    pub axes: serde_json::Map<String, serde_json::Value>,
    /// What the sides did.
    pub setup: Setup,
    /// What the run says of it.
    pub verdict: CellVerdict,
    /// Measured exchanges.
    pub exchanges: ExchangeCounts,
    /// What became of the messages.
    pub integrity: Integrity,
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
    /// One-way samples that would have been negative.
    pub negative_samples: u64,
    /// Exchanges per second.
    pub rate: Rate,
    /// Bytes and calls, whole rounds, warm-up included.
    pub wire: WireCounts,
    /// What the sides cost in the measured part.
    pub cpu: CpuCosts,
    /// The cell beside the fastest intact one it may be compared with.
    pub relative: Option<Relative>,
    /// The gates.
    pub gates: Vec<GateResult>,
    /// Sides that did not survive their round.
    pub crashes: Vec<CrashResult>,
    /// What went wrong without ending a round.
    pub errors: Vec<ErrorResult>,
    /// What a reader should know before using the figures.
    pub notes: Vec<String>,
    /// Each round by itself.
    pub rounds: Vec<RoundSummary>,
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
    /// The socket.
    pub transport: Transport,
    /// Placement and wait.
    pub cpu: Cpu,
    /// What was sent, and when.
    pub load: Load,
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
}

/// What became of the messages of a cell.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Integrity {
    /// Client to server.
    pub request: Verdicts,
    /// Server to client.
    pub reply: Verdicts,
    /// The first examples of each anomaly.
    pub examples: Vec<ExampleResult>,
}

/// Messages of one direction by verdict; the eleven verdicts add up to `sent`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are the verdicts, and `Verdict` explains them")]
pub struct Verdicts {
    /// Messages handed over.
    pub sent: u64,
    pub intact: u64,
    pub merged: u64,
    pub split: u64,
    pub straddled: u64,
    pub truncated: u64,
    pub corrupted: u64,
    pub lost: u64,
    pub duplicated: u64,
    pub reordered: u64,
    pub unsendable: u64,
    pub unjudged: u64,
    /// Extra arrivals.
    pub copies: u64,
    /// Datagrams past their horizon.
    pub late: u64,
    /// Received bytes that were never sent.
    pub unexpected_bytes: u64,
}

impl Verdicts {
    /// The count of one verdict.
    pub fn get(&self, verdict: Verdict) -> u64 {
        match verdict {
            Verdict::Intact => self.intact,
            Verdict::Merged => self.merged,
            Verdict::Split => self.split,
            Verdict::Straddled => self.straddled,
            Verdict::Truncated => self.truncated,
            Verdict::Corrupted => self.corrupted,
            Verdict::Lost => self.lost,
            Verdict::Duplicated => self.duplicated,
            Verdict::Reordered => self.reordered,
            Verdict::Unsendable => self.unsendable,
            Verdict::Unjudged => self.unjudged,
        }
    }
}

/// One anomaly with its evidence. Times are on the clock that both sides share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExampleResult {
    /// The direction of the message.
    pub direction: Direction,
    /// The round, from 0.
    pub round: u32,
    /// What happened.
    pub verdict: Verdict,
    /// The connection.
    pub session: u32,
    /// Its place among the messages of its session and direction, from 0.
    pub seq: u64,
    /// The first exchange it belongs to (0: unsolicited).
    pub exchange: u64,
    /// False in warm-up.
    pub measured: bool,
    /// Length of the message in bytes.
    pub len: u64,
    /// Where its frame starts in the session's sent bytes.
    pub wire_offset: u64,
    /// Length of its frame in bytes.
    pub wire_len: u64,
    /// When the handler handed it over.
    pub handed_over_ns: u64,
    /// The first byte of the message that differs or is missing.
    pub offset: u64,
    /// Bytes as handed over, around `offset`, in hexadecimal.
    pub expected: String,
    /// Bytes as received, around the same place, in hexadecimal.
    pub received: String,
    /// Length of the received message the verdict fell on.
    pub received_len: u64,
    /// When that message was read.
    pub received_ns: u64,
    /// Writes that overlap the frame.
    pub written: Vec<PieceResult>,
    /// Reads that overlap the frame.
    pub read: Vec<PieceResult>,
}

/// The bytes of one write or one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceResult {
    /// Offset in the session's byte stream.
    pub at: u64,
    /// Bytes.
    pub len: u64,
    /// When the call returned.
    pub time_ns: u64,
}

/// A histogram and what is read from it. A percentile needs 1 / (1 - p) samples, otherwise it is
/// `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// Samples.
    pub count: u64,
    /// Shortest.
    pub min: Option<u64>,
    /// Mean, rounded.
    pub mean: Option<u64>,
    /// Median.
    pub p50: Option<u64>,
    /// 90th percentile.
    pub p90: Option<u64>,
    /// 99th percentile.
    pub p99: Option<u64>,
    /// 99.9th percentile.
    pub p99_9: Option<u64>,
    /// 99.99th percentile.
    pub p99_99: Option<u64>,
    /// Longest.
    pub max: Option<u64>,
    /// HdrHistogram V2 in base64; `None` without samples.
    pub histogram: Option<Histogram>,
}

impl Times {
    /// Reads everything from a histogram.
    pub fn of(histogram: &Histogram) -> Self {
        Self {
            count: histogram.count(),
            min: histogram.min(),
            mean: histogram.mean().map(|mean| mean.round() as u64),
            p50: P50.of(histogram),
            p90: P90.of(histogram),
            p99: P99.of(histogram),
            p99_9: P99_9.of(histogram),
            p99_99: P99_99.of(histogram),
            max: histogram.max(),
            histogram: (histogram.count() > 0).then(|| histogram.clone()),
        }
    }
}

/// Exchanges and payload per second of measured time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Exchanges per second that the scenario asked for; `None` in a closed loop.
    pub offered: Option<f64>,
    /// Done exchanges per second.
    pub achieved: Option<f64>,
    /// Payload bytes of done exchanges per second, both directions.
    pub throughput_bytes: Option<f64>,
    /// The measured time of all rounds.
    pub measured_ns: u64,
}

/// Bytes and calls of both directions and all rounds, warm-up included.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WireCounts {
    /// Bytes of the messages sent.
    pub payload_bytes: u64,
    /// Bytes written, control bytes of the framing included.
    pub wire_bytes: u64,
    /// TCP segments with data; `None` where the transport has none.
    pub segments: Option<u64>,
    /// Write calls.
    pub writes: u64,
    /// Read calls.
    pub reads: u64,
    /// Wire over payload bytes, minus one.
    pub overhead: Option<f64>,
    /// Segments per message sent.
    pub segments_per_message: Option<f64>,
    /// Write calls per message sent.
    pub writes_per_message: Option<f64>,
    /// Read calls per message sent.
    pub reads_per_message: Option<f64>,
    /// Times the ledger's ring was full.
    pub stalls: u64,
    /// How long it was full.
    pub stalled_ns: u64,
}

/// What the sides cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CpuCosts {
    /// CPU time of the client side per message; `None` when it spins.
    pub client_ns_per_message: Option<u64>,
    /// CPU time of the server side per message; `None` when it spins.
    pub server_ns_per_message: Option<u64>,
    /// Context switches of both sides per message.
    pub context_switches_per_message: Option<f64>,
    /// Peak resident memory of the client side.
    pub client_peak_memory_bytes: Option<u64>,
    /// Peak resident memory of the server side.
    pub server_peak_memory_bytes: Option<u64>,
}

/// A cell beside the fastest intact cell of its group: those with the same point on every axis
/// but the framing, the same placement and the same way to wait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Relative {
    /// That cell's id.
    pub against: String,
    /// Its rate over this cell's: how many times slower this one is.
    pub slower: Option<f64>,
    /// CPU time per message of both sides, over that cell's.
    pub cpu: Option<f64>,
}

/// One gate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateResult {
    /// The metric, with its direction prefix.
    pub gate: String,
    /// The limit as the scenario writes it.
    pub limit: String,
    /// The value as a number in `unit`; a share lies between 0 and 1.
    pub value: Option<f64>,
    /// What `value` is counted in: `share`, `count`, `ns`, `per-second`, `bytes`,
    /// `bytes-per-second` or `ratio`.
    pub unit: Option<String>,
    /// Which family of exit codes it belongs to.
    pub family: Family,
    /// True or false; `None` when inconclusive.
    pub pass: Option<bool>,
    /// Why it is inconclusive.
    pub why: Option<String>,
}

impl GateResult {
    /// The outcome as one word.
    pub fn outcome(&self) -> GateOutcome {
        match self.pass {
            Some(true) => GateOutcome::Pass,
            Some(false) => GateOutcome::Fail,
            None => GateOutcome::Inconclusive,
        }
    }
}

/// A side that did not survive its round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrashResult {
    /// The round, from 0.
    pub round: u32,
    /// `client` or `server`.
    pub side: String,
    /// What ended it, in words.
    pub how: String,
    /// The plugin it ran.
    pub plugin: String,
    /// The hook it was in.
    pub hook: Option<String>,
    /// The session that hook was called for.
    pub session: Option<u32>,
    /// Hooks called before.
    pub hooks_called: u64,
    /// The last of what it wrote to stderr.
    pub stderr: String,
}

/// Something that went wrong without ending a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorResult {
    /// `client` or `server`.
    pub side: String,
    /// Phase and kind.
    pub kind: String,
    /// How often, over all rounds.
    pub count: u64,
    /// The first one in full.
    pub first: String,
}

/// How a round ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoundOutcome {
    /// Both sides reported.
    Finished,
    /// A side crashed.
    Crashed,
    /// It could not be run.
    Failed,
}

/// One round by itself. All but the first five are `None` unless it finished.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoundSummary {
    /// Which round, from 0.
    pub round: u32,
    /// The seed of everything random in it.
    pub seed: u64,
    /// How it ended.
    pub outcome: RoundOutcome,
    /// When it began, since the run began.
    pub began_ns: u64,
    /// How long it took, processes and drain included.
    pub took_ns: u64,
    /// Its measured part.
    pub measured_ns: Option<u64>,
    /// Messages handed over, both directions.
    pub sent: Option<u64>,
    /// Intact messages, both directions.
    pub intact: Option<u64>,
    /// Done exchanges.
    pub done: Option<u64>,
    /// Done exchanges per second.
    pub rate: Option<f64>,
    /// Median latency.
    pub p50_ns: Option<u64>,
    /// 99th percentile of the latency.
    pub p99_ns: Option<u64>,
    /// Why it could not be run.
    pub error: Option<String>,
}
