//! From rounds to the document.

use super::cell::{CellData, CrashedRound, DirectionData, PooledExample};
use super::document::{
    CellResult, CellVerdict, CpuCosts, CrashResult, Document, Ending, ErrorResult, ExampleResult,
    ExchangeCounts, GateResult, Integrity, PieceResult, Rate, Relative, RoundOutcome, RoundSummary,
    SCHEMA, ScenarioInfo, Setup, Times, Tool, Verdicts, WireCounts,
};
use super::gates::{Evaluated, GateOutcome, evaluate};
use super::host::Host;
use super::metrics::{per_second, value};
use super::times::{P50, P99};
use super::{How, Outcome, Round};
use crate::judge::Verdict;
use crate::measure::{Family, Piece, find};
use crate::scenario::{Cell, Scenario, Settings};
use std::collections::HashMap;

impl Document {
    /// Pools the rounds of each cell, computes its figures and holds its gates against them.
    /// Rounds of cells that the scenario does not have are left out.
    pub fn build(scenario: &Scenario, rounds: &[Round], host: Host, tool: Tool) -> Self {
        let mut cells: Vec<CellResult> = scenario
            .cells
            .iter()
            .enumerate()
            .map(|(index, cell)| cell_result(cell, index, scenario.rounds, rounds))
            .collect();
        relate(&mut cells);
        let worst = cells.iter().map(|cell| cell.verdict).max();
        Self {
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

    /// True when every message sent is intact, and exchanges were done.
    pub fn is_intact(&self) -> bool {
        let whole = |verdicts: &Verdicts| verdicts.sent == verdicts.intact;
        let sent = self.integrity.request.sent > 0 || self.integrity.reply.sent > 0;
        sent && whole(&self.integrity.request)
            && whole(&self.integrity.reply)
            && self.exchanges.done > 0
    }

    /// CPU time per message of both sides together; `None` unless both are known.
    pub fn cpu_ns_per_message(&self) -> Option<u64> {
        self.cpu.client_ns_per_message?.checked_add(self.cpu.server_ns_per_message?)
    }

    /// What two cells must share to be compared: every axis but the framing (all, when nothing but
    /// other axes is multiplied), the placement, and the way to wait.
    pub fn group(&self) -> String {
        let compares_framings = self.axes.keys().any(|axis| is_framing(axis));
        let mut key = format!("{:?} {:?}", self.setup.cpu.placement, self.setup.cpu.wait);
        if compares_framings {
            for (axis, value) in self.axes.iter().filter(|(axis, _)| !is_framing(axis)) {
                key.push_str(&format!("\n{axis}={value}"));
            }
        }
        key
    }
}

fn is_framing(axis: &str) -> bool {
    axis == "framing" || axis.starts_with("framing.")
}

fn cell_result(cell: &Cell, index: usize, planned: u32, rounds: &[Round]) -> CellResult {
    let data = CellData::pool(cell, index, planned, rounds);
    let gates = evaluate(&data, &cell.expect);
    let number =
        |name: &str| find(name).and_then(|(metric, _)| value(&data, metric, None).number());
    let whole = |name: &str| number(name).map(|number| number as u64);
    CellResult {
        id: cell.id.clone(),
        axes: cell.axes.iter().map(|(axis, point)| (axis.clone(), point.clone().into())).collect(),
        setup: setup(&cell.settings),
        verdict: verdict(&data, &gates),
        exchanges: ExchangeCounts {
            started: data.exchanges.started,
            done: data.exchanges.done,
            wrong: data.exchanges.wrong,
            rejected: data.exchanges.rejected,
            damaged: data.exchanges.damaged,
            unanswered: data.exchanges.unanswered,
        },
        integrity: Integrity {
            request: verdicts(&data.request),
            reply: verdicts(&data.reply),
            examples: data.examples.iter().map(example).collect(),
        },
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
        notes: notes(&data),
        gates: gates.iter().map(gate).collect(),
        crashes: data.crashes.iter().map(crash).collect(),
        errors: data
            .errors
            .iter()
            .map(|(side, error)| ErrorResult {
                side: (*side).into(),
                kind: error.kind.clone(),
                count: error.count,
                first: error.first.clone(),
            })
            .collect(),
        rounds: rounds.iter().filter(|round| round.cell == index).map(summary).collect(),
    }
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

fn notes(data: &CellData) -> Vec<String> {
    let mut notes = Vec::new();
    for (round, error) in &data.failed {
        notes.push(format!("round {round} could not be run: {error}"));
    }
    let ran = u64::from(data.finished) + (data.crashes.len() + data.failed.len()) as u64;
    if ran < u64::from(data.planned) {
        let (lacking, planned) = (u64::from(data.planned) - ran, data.planned);
        notes.push(format!("{lacking} of {planned} rounds were not run"));
    }
    if !data.stalled_rounds.is_empty() {
        let rounds: Vec<String> = data.stalled_rounds.iter().map(u32::to_string).collect();
        notes.push(format!(
            "the ledger was full for more than 0.1 % of the measured time (round {}): the bench \
             itself slowed the sender; enlarge `load.ledger` or send less at a time",
            rounds.join(", ")
        ));
    }
    let samples = data.latency.count();
    if data.finished > 0 && samples < P99.needs {
        notes.push(if samples == 0 {
            "no exchange was done: there is no latency".into()
        } else {
            format!(
                "{samples} done exchanges are too few for p99, which needs {}; measure longer",
                P99.needs
            )
        });
    }
    if data.negative_samples > 0 {
        notes.push(format!(
            "{} one-way times would have been negative: the two clocks disagree, so one-way \
             times are not to be trusted",
            data.negative_samples
        ));
    }
    notes
}

fn setup(settings: &Settings) -> Setup {
    Setup {
        handler: settings.handler.plugin.clone(),
        request_framing: settings.request_framing.clone(),
        reply_framing: settings.reply_framing.clone(),
        transport: settings.transport.clone(),
        cpu: settings.cpu,
        load: settings.load.clone(),
    }
}

fn verdicts(data: &DirectionData) -> Verdicts {
    let get = |verdict| data.tally.get(verdict);
    Verdicts {
        sent: data.sent.messages,
        intact: get(Verdict::Intact),
        merged: get(Verdict::Merged),
        split: get(Verdict::Split),
        straddled: get(Verdict::Straddled),
        truncated: get(Verdict::Truncated),
        corrupted: get(Verdict::Corrupted),
        lost: get(Verdict::Lost),
        duplicated: get(Verdict::Duplicated),
        reordered: get(Verdict::Reordered),
        unsendable: get(Verdict::Unsendable),
        unjudged: get(Verdict::Unjudged),
        copies: data.tally.copies,
        late: data.tally.late,
        unexpected_bytes: data.tally.unexpected_bytes,
    }
}

fn example(pooled: &PooledExample) -> ExampleResult {
    let anomaly = &pooled.example.anomaly;
    let head = &anomaly.head;
    ExampleResult {
        direction: pooled.direction,
        round: pooled.round,
        verdict: anomaly.verdict,
        session: head.session,
        seq: head.seq,
        exchange: head.exchange,
        measured: head.measured,
        len: head.len.into(),
        wire_offset: head.wire_offset,
        wire_len: head.wire_len.into(),
        handed_over_ns: head.handed_over_ns,
        offset: anomaly.offset,
        expected: hex(&anomaly.expected),
        received: hex(&anomaly.received),
        received_len: anomaly.received_len,
        received_ns: anomaly.received_ns,
        written: pooled.example.written.iter().map(piece).collect(),
        read: pooled.example.read.iter().map(piece).collect(),
    }
}

fn piece(piece: &Piece) -> PieceResult {
    PieceResult { at: piece.at, len: piece.len.into(), time_ns: piece.time_ns }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn gate(evaluated: &Evaluated) -> GateResult {
    GateResult {
        gate: evaluated.gate.metric.clone(),
        limit: evaluated.gate.text.clone(),
        value: evaluated.figure().map(|(number, _)| number),
        unit: evaluated.figure().map(|(_, unit)| unit.into()),
        family: evaluated.family,
        pass: match evaluated.outcome {
            GateOutcome::Pass => Some(true),
            GateOutcome::Fail => Some(false),
            GateOutcome::Inconclusive => None,
        },
        why: evaluated.why.clone(),
    }
}

fn crash(crashed: &CrashedRound) -> CrashResult {
    let crash = &crashed.crash;
    CrashResult {
        round: crashed.round,
        side: crash.side.clone(),
        how: match &crash.how {
            How::Signal(signal) => format!("killed by {}", signal_name(*signal)),
            How::Exit(status) => format!("exited with status {status} instead of reporting"),
            How::Hung => "hung: the hook did not return within `load.hook-timeout`".into(),
            How::Silent => "hung: it did not report in time, though no hook was running".into(),
            How::Error(error) => format!("stopped with an error: {error}"),
        },
        plugin: crash.plugin.clone(),
        hook: crash.hook.clone(),
        session: crash.session,
        hooks_called: crash.hooks_called,
        stderr: crash.stderr.clone(),
    }
}

fn signal_name(signal: i32) -> String {
    nix::sys::signal::Signal::try_from(signal)
        .map_or_else(|_| format!("signal {signal}"), |name| format!("{name} (signal {signal})"))
}

fn summary(round: &Round) -> RoundSummary {
    let mut summary = RoundSummary {
        round: round.round,
        seed: round.seed,
        outcome: RoundOutcome::Failed,
        began_ns: round.began_ns,
        took_ns: round.took_ns,
        measured_ns: None,
        sent: None,
        intact: None,
        done: None,
        rate: None,
        p50_ns: None,
        p99_ns: None,
        error: None,
    };
    match &round.outcome {
        Outcome::Finished { client, server } => {
            let intact =
                |side: &crate::measure::SideReport| side.received.tally.get(Verdict::Intact);
            summary.outcome = RoundOutcome::Finished;
            summary.measured_ns = Some(client.measured_ns);
            summary.sent = Some(client.side.sent.messages.saturating_add(server.sent.messages));
            summary.intact = Some(intact(&client.side).saturating_add(intact(server)));
            summary.done = Some(client.exchanges.done);
            summary.rate = per_second(client.exchanges.done as f64, client.measured_ns);
            summary.p50_ns = P50.of(&client.latency);
            summary.p99_ns = P99.of(&client.latency);
        }
        Outcome::Crashed(_) => summary.outcome = RoundOutcome::Crashed,
        Outcome::Failed { error } => summary.error = Some(error.clone()),
    }
    summary
}

/// Sets every cell beside the fastest intact one of its group.
fn relate(cells: &mut [CellResult]) {
    let mut best: HashMap<String, (String, f64, Option<u64>)> = HashMap::new();
    for cell in cells.iter().filter(|cell| cell.is_intact()) {
        let Some(rate) = cell.rate.achieved else { continue };
        let known = best.get(&cell.group()).map(|(_, rate, _)| *rate);
        if known.is_none_or(|known| rate > known) {
            best.insert(cell.group(), (cell.id.clone(), rate, cell.cpu_ns_per_message()));
        }
    }
    for cell in cells {
        let Some((against, rate, cpu)) = best.get(&cell.group()) else { continue };
        let mine = cell.rate.achieved.filter(|rate| *rate > 0.0);
        let ratio = |mine: u64, theirs: u64| (theirs > 0).then(|| mine as f64 / theirs as f64);
        cell.relative = Some(Relative {
            against: against.clone(),
            slower: mine.map(|mine| rate / mine),
            cpu: cell.cpu_ns_per_message().zip(*cpu).and_then(|(mine, theirs)| ratio(mine, theirs)),
        });
    }
}
