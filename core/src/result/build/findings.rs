//! Gates, crashes and single rounds, as the document has them.

use crate::judge::Verdict;
use crate::measure::SideReport;
use crate::measure::{P50, P99};
use crate::result::cell::{CellData, CrashedRound};
use crate::result::document::{CrashResult, GateResult, JudgedBy, RoundOutcome, RoundSummary};
use crate::result::gates::{Evaluated, GateOutcome};
use crate::result::metrics::{cpu_per_message, overhead, per_second, rate, slower};
use crate::result::{Crash, How, Outcome, Round};
use crate::scenario::Cell;

pub(super) fn gate(evaluated: &Evaluated) -> GateResult {
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
        unsampled: evaluated.is_unsampled(),
        against: None,
        interval: None,
        rounds: None,
        line: evaluated.gate.line,
    }
}

pub(super) fn crash(crashed: &CrashedRound) -> CrashResult {
    crashed.crash.result(crashed.round)
}

impl Crash {
    /// The crash as a document has it.
    pub fn result(&self, round: u32) -> CrashResult {
        let crash = self;
        CrashResult {
            round,
            side: crash.side.clone(),
            how: match &crash.how {
                How::Signal(signal) => {
                    format!("killed by {}{}", signal_name(*signal), crash.when())
                }
                How::Exit(status) if crash.program.is_some() => {
                    format!("exited with status {status}{}", crash.when())
                }
                How::Exit(status) => format!("exited with status {status} instead of reporting"),
                How::Hung => "hung: the hook did not return within `load.hook-timeout`".into(),
                How::Silent => "hung: it did not report in time, though no hook was running".into(),
                How::Error(error) => format!("stopped with an error: {error}"),
                How::Ledger(what) => format!(
                    "its ledger was overwritten, by a thread or a wild pointer in its process: {what}"
                ),
            },
            plugin: crash.plugin.clone(),
            hook: crash.hook.clone(),
            session: crash.session,
            message: crash.message.as_ref().map(|message| message.number),
            messages: crash.message.as_ref().map(|message| message.count),
            hooks_called: crash.hooks_called,
            stderr: crash.stderr.clone(),
            program: crash.program.as_ref().map(|program| program.command.clone()),
        }
    }

    /// When a program ended.
    fn when(&self) -> &'static str {
        match &self.program {
            Some(program) if program.listened => " in the middle of the round",
            Some(_) => " before it listened",
            None => "",
        }
    }
}

fn signal_name(signal: i32) -> String {
    nix::sys::signal::Signal::try_from(signal)
        .map_or_else(|_| format!("signal {signal}"), |name| format!("{name} (signal {signal})"))
}

impl RoundSummary {
    /// The figures of a round by itself.
    pub fn of(cell: &Cell, round: &Round) -> Self {
        summary(round, &CellData::new(cell, 1))
    }
}

/// `cell`: what is known of the whole cell: whether the server is ours, so that there are messages of
/// both sides, and whether the sides spin, so that their CPU time says nothing about these.
pub(super) fn summary(round: &Round, cell: &CellData) -> RoundSummary {
    let mut summary = RoundSummary {
        round: round.round,
        seed: round.seed,
        outcome: RoundOutcome::Failed,
        began_ns: round.began_ns,
        took_ns: round.took_ns,
        load_end: None,
        window_ns: None,
        throttled_ns: round.disturbed.throttled_ns,
        stolen_ns: round.disturbed.stolen_ns,
        suspended_ns: round.disturbed.suspended_ns,
        clock_step_ns: round.disturbed.clock_step_ns,
        held_up_ns: None,
        server_processors: round.placed.server.clone(),
        client_processors: round.placed.client.clone(),
        share_core: round.placed.share_core,
        sent: None,
        intact: None,
        done: None,
        completed: None,
        busy_ns: None,
        rate: None,
        p50_ns: None,
        p99_ns: None,
        offered: None,
        achieved_share: None,
        slip_p99_ns: None,
        generator_limited: None,
        series: None,
        overhead: None,
        cpu_ns_per_message: None,
        server_cpu_ns_per_message: None,
        server_peak_memory_bytes: None,
        server_memory_growth_bytes: None,
        keeps: None,
        error: None,
    };
    match &round.outcome {
        Outcome::Finished { client, server, crash } => {
            let intact = |side: &SideReport| side.received.tally.get(Verdict::Intact);
            summary.outcome = match crash {
                None => RoundOutcome::Finished,
                Some(_) => RoundOutcome::Crashed,
            };
            summary.load_end = Some(client.load_end);
            summary.window_ns = Some(client.window.length_ns);
            summary.held_up_ns = Some(client.side.held_up_ns);
            if cell.judge == JudgedBy::Echo {
                summary.sent = Some(server.sent.messages);
                summary.intact = Some(intact(&client.side));
            }
            if cell.has_our_server() {
                summary.overhead = overhead(&client.side.sent, &server.sent);
                summary.sent = Some(client.side.sent.messages.saturating_add(server.sent.messages));
                summary.intact = Some(intact(&client.side).saturating_add(intact(server)));
            }
            summary.done = Some(client.exchanges.done);
            summary.completed = Some(client.window.completed);
            summary.busy_ns = Some(client.window.busy_ns);
            summary.rate = rate(&client.window);
            let slower = slower(client);
            summary.p50_ns = P50.of_some(&client.latency, slower);
            summary.p99_ns = P99.of_some(&client.latency, slower);
            if let Some(open) = &client.open {
                summary.offered = per_second(open.planned, client.window.length_ns);
                let planned = (open.planned > 0).then_some(open.planned as f64);
                summary.achieved_share =
                    planned.map(|planned| client.window.answered as f64 / planned);
                summary.slip_p99_ns = P99.of(&open.slip);
                summary.generator_limited = cell.limited_in(round).map(String::from);
            }
            summary.series = (!client.series.is_empty()).then(|| client.series.clone());
            let of_server = cpu_per_message(&server.usage);
            if !cell.spin {
                let both = cpu_per_message(&client.side.usage).zip(of_server);
                summary.cpu_ns_per_message = both.map(|(client, server)| client + server);
            }
            // A program does not spin because our client does.
            summary.server_cpu_ns_per_message =
                of_server.filter(|_| !cell.spin || !cell.has_our_server());
            let peak = server.usage.peak_memory_bytes;
            summary.server_peak_memory_bytes = (peak > 0).then_some(peak);
            summary.server_memory_growth_bytes = server.usage.memory_growth_bytes;
        }
        Outcome::Crashed(_) => summary.outcome = RoundOutcome::Crashed,
        Outcome::Failed { error } => summary.error = Some(error.clone()),
    }
    summary
}
