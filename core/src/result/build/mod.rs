//! From rounds to the document.

mod findings;
mod integrity;
mod link;
mod notes;
mod placement;
mod relative;

use super::Round;
use super::cell::CellData;
use super::document::{
    CellResult, CellVerdict, CpuCosts, Document, Ending, ErrorResult, ExchangeCounts, Integrity,
    JudgedBy, Rate, RoundOutcome, RoundSummary, SCHEMA, ScenarioInfo, Setup, Times, Tool,
    WireCounts,
};
use super::gates::{Evaluated, GateOutcome, evaluate};
use super::host::Host;
use super::metrics::value;
use crate::measure::{ErrorCount, Family, find};
use crate::scenario::{Cell, Foreign, Scenario, Settings};
use findings::{crash, gate, summary};
use integrity::{example, verdicts};
use notes::notes;
use relative::relate;

/// Rounds on their way into a document. Each is pooled as it ends and need not be kept: memory is
/// bounded by the cells, not by the rounds.
#[derive(Debug)]
pub struct Pool<'a> {
    scenario: &'a Scenario,
    cells: Vec<(CellData, Vec<RoundSummary>)>,
}

impl<'a> Pool<'a> {
    /// No rounds yet.
    pub fn new(scenario: &'a Scenario) -> Self {
        let empty = |cell| (CellData::new(cell, scenario.rounds), Vec::new());
        Self { scenario, cells: scenario.cells.iter().map(empty).collect() }
    }

    /// Adds a round; one of a cell that the scenario does not have is left out.
    pub fn add(&mut self, round: &Round) {
        if let Some((data, summaries)) = self.cells.get_mut(round.cell) {
            data.add(round);
            summaries.push(summary(round));
        }
    }

    /// Computes every figure from the rounds so far, and holds the gates against them.
    pub fn document(&self, host: Host, tool: Tool) -> Document {
        let scenario = self.scenario;
        let mut cells: Vec<CellResult> = scenario
            .cells
            .iter()
            .zip(&self.cells)
            .map(|(cell, (data, summaries))| cell_result(cell, data, summaries))
            .collect();
        relate(&mut cells);
        let worst = cells.iter().map(|cell| cell.verdict).max();
        Document {
            schema: SCHEMA.into(),
            tool,
            host,
            run: None,
            scenario: ScenarioInfo {
                name: scenario.name.clone(),
                about: scenario.about.clone(),
                source: scenario.source.clone(),
                axes: scenario.axes.clone(),
                rounds: scenario.rounds,
                seed: scenario.seed,
            },
            verdict: worst.unwrap_or(CellVerdict::Inconclusive),
            cells,
        }
    }
}

impl Document {
    /// The document of rounds that are all at hand; see [`Pool`].
    pub fn build(scenario: &Scenario, rounds: &[Round], host: Host, tool: Tool) -> Self {
        let mut pool = Pool::new(scenario);
        rounds.iter().for_each(|round| pool.add(round));
        pool.document(host, tool)
    }

    /// What the verdicts mean for the exit code.
    pub fn ending(&self) -> Ending {
        self.cells.iter().map(CellResult::ending).max().unwrap_or(Ending::Inconclusive)
    }
}

impl CellResult {
    /// What this cell means for the exit code.
    pub fn ending(&self) -> Ending {
        let failed = |family| {
            self.gates.iter().any(|gate| gate.family == family && gate.pass == Some(false))
        };
        let unrun = self.rounds.iter().any(|round| round.outcome == RoundOutcome::Failed);
        if !self.crashes.is_empty() || unrun || failed(Family::Integrity) {
            Ending::Integrity
        } else if failed(Family::Cost) {
            Ending::Cost
        } else if self.verdict == CellVerdict::Pass {
            Ending::Clean
        } else {
            Ending::Inconclusive
        }
    }
}

fn cell_result(cell: &Cell, data: &CellData, summaries: &[RoundSummary]) -> CellResult {
    let gates = evaluate(data, &cell.expect);
    let number = |name: &str| find(name).and_then(|(metric, _)| value(data, metric, None).number());
    let whole = |name: &str| number(name).map(|number| number as u64);
    CellResult {
        id: cell.id.clone(),
        axes: cell.axes.iter().map(|(axis, point)| (axis.clone(), point.clone().into())).collect(),
        setup: setup(&cell.settings),
        verdict: verdict(data, &gates),
        exchanges: ExchangeCounts {
            started: data.exchanges.started,
            done: data.exchanges.done,
            wrong: data.exchanges.wrong,
            rejected: data.exchanges.rejected,
            damaged: data.exchanges.damaged,
            unanswered: data.exchanges.unanswered,
        },
        integrity: Integrity {
            judge: if data.handler_only { JudgedBy::HandlerOnly } else { JudgedBy::Ledger },
            request: verdicts(&data.request),
            reply: verdicts(&data.reply),
            examples: data.examples.iter().map(example).collect(),
        },
        link: link::link(data),
        latency_ns: Times::of(&data.latency),
        oneway_request_ns: Times::of(&data.oneway_request),
        service_ns: Times::of(&data.service),
        oneway_reply_ns: Times::of(&data.oneway_reply),
        connect_ns: Times::of(&data.connect),
        damaged_latency_ns: Times::of(&data.damaged_latency),
        negative_samples: data.negative_samples,
        rate: Rate {
            offered: None,
            achieved: number("rate"),
            throughput_bytes: number("throughput"),
            measured_ns: data.measured_ns,
        },
        wire: WireCounts {
            payload_bytes: data.over(None, |data| data.sent.payload_bytes),
            wire_bytes: data.over(None, |data| data.sent.wire_bytes),
            segments: data
                .request
                .sent
                .segments
                .zip(data.reply.sent.segments)
                .map(|(request, reply)| request.saturating_add(reply)),
            writes: data.over(None, |data| data.sent.writes),
            reads: data.over(None, |data| data.reads),
            overhead: number("overhead"),
            segments_per_message: number("segments"),
            writes_per_message: number("writes"),
            reads_per_message: number("reads"),
            stalls: data.over(None, |data| data.sent.stalls),
            stalled_ns: data.over(None, |data| data.sent.stalled_ns),
        },
        cpu: CpuCosts {
            client_ns_per_message: whole("client-cpu"),
            server_ns_per_message: whole("server-cpu"),
            context_switches_per_message: number("context-switches"),
            client_peak_memory_bytes: whole("client-memory"),
            server_peak_memory_bytes: whole("server-memory"),
        },
        relative: None,
        notes: [placement::notes(&cell.settings.cpu), notes(data)].concat(),
        gates: gates.iter().map(gate).collect(),
        crashes: data.crashes.iter().map(crash).collect(),
        errors: counts(&data.errors),
        counts: counts(&data.counts),
        rounds: summaries.to_vec(),
    }
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

fn verdict(data: &CellData, gates: &[Evaluated]) -> CellVerdict {
    let any = |outcome| gates.iter().any(|gate| gate.outcome == outcome);
    if !data.crashes.is_empty() {
        CellVerdict::Crashed
    } else if any(GateOutcome::Fail) {
        CellVerdict::Fail
    } else if any(GateOutcome::Inconclusive)
        || data.finished == 0
        || !data.failed.is_empty()
        || !data.stalled_rounds.is_empty()
    {
        CellVerdict::Inconclusive
    } else {
        CellVerdict::Pass
    }
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
        cpu: settings.cpu,
        load: settings.load.clone(),
        link: settings.link.clone(),
    }
}
