//! From rounds to the document.

mod against;
mod attempts;
mod certain;
mod delayed_ack;
mod findings;
mod integrity;
mod link;
mod notes;
mod placement;
mod pool;
mod relative;

pub use certain::certain_failure;
pub use pool::Pool;

use super::Round;
use super::audit::word;
use super::cell::CellData;
use super::document::{
    CellResult, CellVerdict, CpuCosts, Document, Ending, ErrorResult, ExchangeCounts, HeldResult,
    Integrity, JudgedBy, OpenResult, Rate, RoundOutcome, RoundSummary, SearchResult, Setup, Times,
    Tool, WireCounts,
};
use super::gates::{Evaluated, GateOutcome, evaluate, is_of_answers};
use super::host::Host;
use super::metrics::{per_second, value};
use crate::measure::{ErrorCount, Family, LoadEnd, Metric, WRONG_UNMEASURED, find};
use crate::scenario::{Cell, Foreign, Scenario, Settings, Until};
use findings::{crash, gate, summary};
use integrity::{example, verdicts};
use notes::notes;
pub(crate) use relative::{complete, contest, groups};
use relative::{relate, spread};

impl Document {
    /// The document of rounds that are all at hand; see [`Pool`].
    pub fn build(scenario: &Scenario, rounds: &[Round], host: Host, tool: Tool) -> Self {
        let mut pool = Pool::new(scenario);
        rounds.iter().for_each(|round| pool.add(round));
        pool.whole(host, tool).expect("only what stands in a file can be lost")
    }

    /// What the verdicts mean for the exit code.
    pub fn ending(&self) -> Ending {
        // That a point of a search is more than can be kept is what was looked for.
        let looked_for = |cell: &&CellResult| {
            let full = cell.verdict == CellVerdict::Saturated;
            self.search.is_some() && full && cell.ending() == Ending::Inconclusive
        };
        let all = self.cells.iter();
        let worst =
            all.map(|cell| if looked_for(&cell) { Ending::Clean } else { cell.ending() }).max();
        let gate = match self.search.as_ref().and_then(SearchResult::pass) {
            Some(Some(false)) => Some(Ending::Cost),
            Some(None) => Some(Ending::Inconclusive),
            Some(Some(true)) | None => None,
        };
        worst.unwrap_or(Ending::Inconclusive).max(gate.unwrap_or(Ending::Clean))
    }
}

impl CellResult {
    /// What this cell means for the exit code. Once it has failed, only an attempt that passes mends that.
    pub fn ending(&self) -> Ending {
        match self.ending_of_last() {
            Ending::Clean => Ending::Clean,
            last => last.max(self.failed_before().unwrap_or(last)),
        }
    }

    fn ending_of_last(&self) -> Ending {
        let failed = |family| {
            self.gates.iter().any(|gate| gate.family == family && gate.pass == Some(false))
        };
        let unrun = self.rounds.iter().any(|round| round.outcome == RoundOutcome::Failed);
        if !self.crashes.is_empty() || unrun || failed(Family::Integrity) {
            Ending::Integrity
        } else if failed(Family::Cost) {
            Ending::Cost
        } else if self.gates.iter().any(|gate| gate.unsampled)
            || self.is_silent()
            || self.has_surplus()
        {
            Ending::Unsampled
        } else if matches!(self.verdict, CellVerdict::Pass | CellVerdict::Flaky) {
            Ending::Clean
        } else {
            Ending::Inconclusive
        }
    }
}

impl CellResult {
    /// True when nobody answered anything in any round, and no gate says that this is as expected.
    fn is_silent(&self) -> bool {
        let ends = &self.exchanges;
        let replied = self.integrity.reply.as_ref().is_none_or(|replies| replies.sent > 0);
        let damaged = if replied { 0 } else { ends.damaged };
        let silent = ends.started == ends.unanswered.saturating_add(damaged);
        ends.started > 0 && silent && self.verdict == CellVerdict::Inconclusive
    }

    /// True when messages came that no exchange waited for, and no gate says what is expected of them.
    fn has_surplus(&self) -> bool {
        let came = self.conduct.as_ref().is_some_and(|conduct| conduct.surplus.count > 0);
        came && !self.gates.iter().any(|gate| is_of_surplus(&gate.gate))
    }
}

fn cell_result(cell: &Cell, data: &CellData, summaries: Vec<RoundSummary>) -> CellResult {
    let gates = evaluate(data, &cell.expect);
    let number = |metric: Metric| value(data, &metric, None).number();
    let whole = |metric: Metric| number(metric).map(|number| number as u64);
    // A sum over both sides is no sum where one of them is not ours.
    let both = |count: u64| data.has_our_server().then_some(count);
    let mut result = CellResult {
        id: cell.id.clone(),
        part: None,
        axes: cell.axes.iter().map(|(axis, point)| (axis.clone(), point.clone().into())).collect(),
        setup: setup(&cell.settings),
        verdict: verdict(data, &gates),
        attempts: Vec::new(),
        exchanges: ExchangeCounts {
            started: data.exchanges.started,
            done: data.exchanges.done,
            wrong: data.exchanges.wrong,
            rejected: data.exchanges.rejected,
            damaged: data.exchanges.damaged,
            unanswered: data.exchanges.unanswered,
            completed: data.window.completed,
        },
        integrity: Integrity {
            judge: data.judge,
            request: verdicts(&data.request, data.has_our_server()),
            reply: (data.judge != JudgedBy::HandlerOnly).then(|| verdicts(&data.reply, true)),
            examples: Vec::new(),
        },
        link: link::link(data),
        open: data.open.as_ref().map(|open| OpenResult {
            planned: open.planned,
            dropped: open.dropped,
            waited: open.waited,
            backlog_peak: open.backlog_peak,
            answered: data.window.answered,
            achieved_share: data.achieved_share(),
            min_achieved: data.min_achieved,
            generator_limited: data.audit.limited().map(|limited| word(limited).into()),
            limited_why: data.audit.limited().map(|limited| limited.sentence().into()),
            ..OpenResult::default()
        }),
        audit: data.audit.results(),
        latency_ns: Times::default(),
        oneway_request_ns: Times::default(),
        service_ns: Times::default(),
        oneway_reply_ns: Times::default(),
        connect_ns: Times::default(),
        damaged_latency_ns: Times::default(),
        negative_samples: both(data.negative_samples),
        rate: Rate {
            offered: data
                .open
                .as_ref()
                .and_then(|open| per_second(open.planned, data.window.length_ns)),
            achieved: number(Metric::Rate),
            throughput_bytes: number(Metric::Throughput),
            messages: moved(cell, data),
            window_ns: data.window.length_ns,
            busy_ns: data.window.busy_ns,
        },
        wire: WireCounts {
            payload_bytes: both(data.over(None, |data| data.sent.payload_bytes)),
            wire_bytes: both(data.over(None, |data| data.sent.wire_bytes)),
            segments: data
                .request
                .sent
                .segments
                .zip(data.reply.sent.segments)
                .map(|(request, reply)| request.saturating_add(reply)),
            writes: both(data.over(None, |data| data.sent.writes)),
            reads: both(data.over(None, |data| data.reads)),
            overhead: number(Metric::Overhead),
            segments_per_message: number(Metric::Segments),
            writes_per_message: number(Metric::Writes),
            reads_per_message: number(Metric::Reads),
            stalls: both(data.over(None, |data| data.sent.stalls)),
            stalled_ns: both(data.over(None, |data| data.sent.stalled_ns)),
        },
        cpu: CpuCosts {
            client_ns_per_message: whole(Metric::ClientCpu),
            server_ns_per_message: whole(Metric::ServerCpu),
            context_switches_per_message: number(Metric::ContextSwitches),
            client_peak_memory_bytes: whole(Metric::ClientMemory),
            server_peak_memory_bytes: whole(Metric::ServerMemory),
            server_memory_growth_bytes: whole(Metric::ServerMemoryGrowth),
        },
        spread: spread(&summaries),
        relative: None,
        notes: [
            placement::notes(&cell.settings.cpu, &summaries),
            notes(data),
            delayed_ack::notes(&cell.settings, data),
        ]
        .concat(),
        gates: gates.iter().map(gate).collect(),
        crashes: data.crashes.iter().map(crash).collect(),
        errors: counts(&data.errors),
        connects: Some(data.connects),
        conduct: (!data.has_our_server()).then(|| data.conduct.clone()),
        held: data.held.map(|held| HeldResult {
            peak_bytes: held.peak,
            session_peak_bytes: held.session_peak,
        }),
        counts: counts(&data.counts),
        log: Vec::new(),
        log_left_out: data.log_left_out,
        rounds: summaries,
    };
    fill(&mut result, data);
    result
}

/// Puts the times, with their histograms, the examples and the log into a cell: its bulk.
fn fill(cell: &mut CellResult, data: &CellData) {
    let slower = if data.open.is_some() { data.slower() } else { 0 };
    cell.latency_ns = Times::of_some(&data.latency, slower);
    if let (Some(result), Some(open)) = (&mut cell.open, &data.open) {
        result.slip_ns = Times::of(&open.slip);
        result.lateness_ns = Times::of(&open.lateness);
        result.uncorrected_ns = Times::of(&open.uncorrected);
    }
    cell.oneway_request_ns = Times::of(&data.oneway_request);
    cell.service_ns = Times::of(&data.service);
    cell.oneway_reply_ns = Times::of(&data.oneway_reply);
    cell.connect_ns = Times::of(&data.connect);
    cell.damaged_latency_ns = Times::of(&data.damaged_latency);
    cell.integrity.examples = data.examples.iter().map(example).collect();
    cell.log.clone_from(&data.log);
}

fn counts(counts: &[(&str, ErrorCount)]) -> Vec<ErrorResult> {
    let result = |(side, error): &(&str, ErrorCount)| ErrorResult {
        side: (*side).into(),
        kind: error.kind.clone(),
        count: error.count,
        first: error.first.clone(),
    };
    counts.iter().map(result).collect()
}

/// Where a round counts messages, the window ends with the last exchange that was done: of what moved
/// until then nobody knows.
fn moved(cell: &Cell, data: &CellData) -> Option<f64> {
    match cell.settings.load.until {
        Until::Duration(_) => per_second(data.client.messages, data.window.length_ns),
        Until::Messages(_) => None,
    }
}

fn verdict(data: &CellData, gates: &[Evaluated]) -> CellVerdict {
    let any = |outcome| gates.iter().any(|gate| gate.outcome == outcome);
    if !data.crashes.is_empty() {
        CellVerdict::Crashed
    } else if any(GateOutcome::Fail) {
        CellVerdict::Fail
    } else if data.is_saturated() {
        CellVerdict::Saturated
    } else if any(GateOutcome::Inconclusive)
        || data.disturbances.is_invalid()
        || data.rounds_over() < u64::from(data.planned)
        || has_silence(data, gates)
        || !data.failed.is_empty()
        || !data.stalled_rounds.is_empty()
        || cut_short(data, gates)
        || has_surplus(data, gates)
        || is_wrong_in_warm_up_alone(data)
    {
        CellVerdict::Inconclusive
    } else {
        CellVerdict::Pass
    }
}

/// True when there are rounds in which nothing was answered. Only where that holds of every round can
/// it be what was asked for, and then a gate says so.
fn has_silence(data: &CellData, gates: &[Evaluated]) -> bool {
    let silent = data.silent_rounds.len() as u64;
    let everywhere = silent == u64::from(data.finished);
    let asked_for = everywhere && gates.iter().any(|gate| is_of_answers(&gate.gate));
    silent > 0 && !asked_for
}

/// True when messages came that no exchange waited for, and no gate says what is expected of them.
/// Some servers speak unasked; of one that answers twice, every figure may be of the wrong answer.
fn has_surplus(data: &CellData, gates: &[Evaluated]) -> bool {
    data.conduct.surplus.count > 0 && !gates.iter().any(|gate| is_of_surplus(&gate.gate.metric))
}

/// True when the handler found answers wrong before the measured part and none in it: what began so is not
/// called right.
fn is_wrong_in_warm_up_alone(data: &CellData) -> bool {
    let in_warm_up = data.errors.iter().any(|(_, error)| error.kind == WRONG_UNMEASURED);
    in_warm_up && data.exchanges.wrong == 0
}

fn is_of_surplus(metric: &str) -> bool {
    matches!(find(metric), Some((Metric::Surplus, _)))
}

/// True when a round did not come to its planned end, and no gate says what is expected of exchanges
/// that nobody answers.
fn cut_short(data: &CellData, gates: &[Evaluated]) -> bool {
    let interrupted = |(_, end): &(u32, LoadEnd)| *end == LoadEnd::Interrupted;
    data.cut_rounds.iter().any(interrupted)
        || !data.cut_rounds.is_empty() && !gates.iter().any(|gate| is_of_answers(&gate.gate))
}

fn setup(settings: &Settings) -> Setup {
    Setup {
        handler: settings.handler.plugin.clone(),
        request_framing: settings.request_framing.clone(),
        reply_framing: settings.reply_framing.clone(),
        server: settings.server.as_ref().map(|server| match server {
            Foreign::Command(server) => server.command.join(" "),
            Foreign::Address(address) => format!("at {address}"),
        }),
        transport: settings.transport.clone(),
        cpu: settings.cpu.clone(),
        load: settings.load.clone(),
        link: settings.link.clone(),
    }
}
