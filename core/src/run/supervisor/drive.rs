//! A round against a server that is not ours: the client side alone, and the server's program if
//! the scenario has one. Nobody keeps a ledger; the handler's own check is the judge.

use super::costs::{Costs, Look};
use super::policy::Policy;
use super::{POLL_MS, SLACK_NS, Supervisor, supervise};
use crate::load::Sizes;
use crate::measure::{ClientReport, LoadEnd, SideReport};
use crate::result::{How, Outcome, Placed};
use crate::run::children::Children;
use crate::run::foreign::{ForeignServer, Readiness};
use crate::run::outcome::{Failure, RoundOutcome};
use crate::run::plan::RoundPlan;
use crate::run::shared_ledgers::SharedLedgers;
use crate::run::stdin_pump::StdinPump;
use crate::scenario::{Foreign, Settings};
use crate::side::spec::{Alone, Role, SideCommand};
use nix::sys::signalfd::SignalFd;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// How much later than the end of its connections that of a server's program may be told, in
/// nanoseconds.
const SERVER_END_NS: u64 = 200_000_000;

/// How often the supervisor looks whether the server listens, in milliseconds.
const POLL_FOR_LISTENER_MS: u16 = 3;

/// Where a client alone gets the lines that it sends, and where it writes what it receives.
#[derive(Debug)]
pub struct Conversation {
    /// Brings the lines.
    pub pump: StdinPump,
    /// The client's end of the pump.
    pub input: OwnedFd,
    /// Where received messages go.
    pub output: OwnedFd,
}

/// Runs one round against `server`. An error means that the supervisor itself cannot go on.
pub(in crate::run) fn drive(
    children: &mut Children,
    interrupts: &SignalFd,
    plan: &RoundPlan<'_>,
    server: &Foreign,
    alone: Alone,
    conversation: Option<Conversation>,
) -> io::Result<RoundOutcome> {
    supervise(children, interrupts, plan, |supervisor| {
        let server = match ForeignServer::start(supervisor.children, supervisor.plan, server) {
            Ok(server) => server,
            Err(error) => {
                let error = format!("the server cannot be started: {error}");
                let outcome = Some(Outcome::Failed { error });
                let placed = Placed::default();
                return Ok(RoundOutcome { outcome, interrupted: false, placed });
            }
        };
        let streams = conversation.map(|conversation| {
            supervisor.stdin_pump = Some(conversation.pump);
            [conversation.input, conversation.output]
        });
        let judges_echoes = supervisor.plan.settings.judges_echoes();
        supervisor.run(&mut DrivePolicy {
            alone,
            server,
            judges_echoes,
            streams,
            report: None,
            costs: None,
            server_end_awaited_until: None,
            started: false,
            interrupted: false,
            placed: Placed::default(),
        })
    })
}

/// The policy of a client alone.
struct DrivePolicy<'a> {
    /// What the client is told of being alone, but for how long to try to connect.
    alone: Alone,
    server: ForeignServer<'a>,
    /// The client's judge looks answers up among the requests.
    judges_echoes: bool,
    /// Where the client reads the lines and writes messages, in a conversation.
    streams: Option<[OwnedFd; 2]>,
    report: Option<Box<ClientReport>>,
    /// What the server's program costs, if there is one.
    costs: Option<Costs>,
    /// The client has reported that it lost its server; how that ended is awaited until then, in
    /// nanoseconds on the shared clock.
    server_end_awaited_until: Option<u64>,
    /// The client knows when the round starts.
    started: bool,
    interrupted: bool,
    /// Where the client and the server's program run, once the client is connected.
    placed: Placed,
}

impl DrivePolicy<'_> {
    fn ended(&self, outcome: Outcome) -> RoundOutcome {
        let placed = self.placed.clone();
        RoundOutcome { outcome: Some(outcome), interrupted: self.interrupted, placed }
    }

    fn start_client(&self, supervisor: &mut Supervisor<'_>, patience_ns: u64) -> io::Result<()> {
        let alone = Alone { patience_ns, script: self.streams.is_some(), ..self.alone.clone() };
        let streams: Vec<_> = self.streams.iter().flatten().map(AsFd::as_fd).collect();
        let ring = if self.judges_echoes { ring_for_echoes(supervisor.plan.settings) } else { 0 };
        supervisor.start_side(Role::Client, &SharedLedgers::new(ring)?, Some(alone), &streams)?;
        supervisor.send(Role::Client, &SideCommand::Connect(self.server.address().clone()));
        supervisor.set_deadline_in(patience_ns + SLACK_NS);
        Ok(())
    }

    /// The load is over, as far as the server's program is concerned.
    fn end_costs(&mut self, supervisor: &Supervisor<'_>) {
        if let Some(costs) = &mut self.costs {
            costs.end(supervisor, self.server.is_running());
        }
    }

    /// Nothing but the client's report is awaited any more.
    fn stop(&self, supervisor: &mut Supervisor<'_>) {
        if supervisor.client.is_some() {
            supervisor.send(Role::Client, &SideCommand::Stop);
            supervisor.set_deadline_in(SLACK_NS);
        }
    }

    /// How the server's program ended, if it did; `listened`: the client was started before that.
    fn server_crash(&mut self, listened: bool) -> Option<RoundOutcome> {
        let crash = self.server.crash(listened)?;
        Some(self.failed(Failure::Crashed(crash)))
    }

    /// A server that ends when it has served its client is fine; one that a signal kills, or that
    /// leaves its client without answers, has crashed.
    fn outcome(&mut self, mut report: Box<ClientReport>) -> Outcome {
        let complete = !self.was_cut(&report) && !lost_its_server(&report);
        let crash = self.server.crash(true);
        let crash = crash.filter(|crash| !complete || matches!(crash.how, How::Signal(_)));
        if crash.is_some() && self.was_cut(&report) {
            report.load_end = LoadEnd::ServerGone;
        }
        let (log, log_left_out) = self.server.take_log();
        let usage = self.costs.as_ref().map(|costs| costs.usage(report.side.usage.messages));
        let usage = usage.unwrap_or_default();
        let mut server = Box::new(SideReport { usage, log, log_left_out, ..SideReport::default() });
        if self.judges_echoes {
            // Every request that was sent is to come back.
            server.sent.messages = report.side.sent.unjudged;
        }
        Outcome::Finished { client: report, server, crash: crash.map(Box::new) }
    }

    /// Its load did not come to its end, and the user did not ask for that.
    fn was_cut(&self, report: &ClientReport) -> bool {
        report.load_end == LoadEnd::Interrupted && !self.interrupted
    }
}

impl Policy for DrivePolicy<'_> {
    type Outcome = RoundOutcome;

    // The order to stop, which follows the server's end, must not overtake the one to go.
    const CHILD_EVENTS_FIRST: bool = false;

    fn failed(&self, failure: Failure) -> RoundOutcome {
        self.ended(failure.into())
    }

    fn start_error(&self, error: String) -> String {
        format!("it cannot be started: {error}")
    }

    /// Starts the client once the server listens; then looks what the server costs.
    fn start_pending(&mut self, supervisor: &mut Supervisor<'_>) -> Option<RoundOutcome> {
        if supervisor.client.is_some() {
            if let Some(costs) = &mut self.costs {
                costs.look_if_due(supervisor, self.server.is_running());
            }
            return None;
        }
        let patience_ns = match self.server.readiness(supervisor.now()) {
            Readiness::NotYet => return None,
            Readiness::Never(error) => return Some(self.failed(Failure::NotRun(error))),
            Readiness::Ended => return self.server_crash(false),
            Readiness::Ready => 0,
            Readiness::Unknown(patience_ns) => patience_ns,
        };
        let error = self.start_client(supervisor, patience_ns).err()?;
        let error = format!("the client cannot be started: {error}");
        Some(self.failed(Failure::NotRun(error)))
    }

    fn poll_timeout_ms(&self, supervisor: &Supervisor<'_>) -> u16 {
        let soon = supervisor.client.is_none() || self.server_end_awaited_until.is_some();
        if soon { POLL_FOR_LISTENER_MS } else { POLL_MS }
    }

    fn wake_at(&self) -> Option<u64> {
        self.costs.as_ref().and_then(Costs::due)
    }

    fn interrupted(&mut self, supervisor: &mut Supervisor<'_>) -> Option<RoundOutcome> {
        // There is nothing to wait for, or the user has asked before.
        if self.interrupted || !self.started {
            let placed = Placed::default();
            return Some(RoundOutcome { outcome: None, interrupted: true, placed });
        }
        self.interrupted = true;
        supervisor.send(Role::Client, &SideCommand::EndLoad);
        supervisor.set_deadline_in(2 * supervisor.plan.settings.load.drain_ns + SLACK_NS);
        None
    }

    fn connected(&mut self, supervisor: &mut Supervisor<'_>) {
        self.placed = supervisor.placed(self.server.id());
        let runs = self.server.is_running();
        let first =
            if self.server.was_started() { Look::before_start(supervisor, runs) } else { None };
        // Nobody else has to know it, and without warm-up everything is to be measured.
        let start = supervisor.now();
        if self.server.was_started() {
            self.costs = Some(Costs::new(start, &supervisor.plan.settings.load, first));
        }
        supervisor.send(Role::Client, &SideCommand::Go(start));
        self.started = true;
        supervisor.deadline = match self.streams {
            // It ends with its input, whenever that is.
            Some(_) => u64::MAX,
            None => start + supervisor.plan.length_ns() + SLACK_NS,
        };
    }

    fn drained(&mut self, supervisor: &mut Supervisor<'_>) {
        self.end_costs(supervisor);
        // The guard may have told of a side that it runs after the side itself has spoken.
        self.placed = std::mem::take(&mut self.placed).or(supervisor.placed(self.server.id()));
        self.stop(supervisor);
    }

    fn client_reported(&mut self, report: Box<ClientReport>) {
        self.report = Some(report);
    }

    /// The client could not play; where the server's program has ended, that is why.
    fn side_gave_up(
        &mut self,
        _: &mut Supervisor<'_>,
        role: Role,
        error: String,
    ) -> Option<RoundOutcome> {
        self.server_crash(true).or_else(|| {
            let error = format!("{}: {error}", role.word());
            Some(self.failed(Failure::NotRun(error)))
        })
    }

    fn program_output(&self) -> Option<BorrowedFd<'_>> {
        self.server.descriptor()
    }

    fn read_program_output(&mut self) {
        self.server.read_output();
    }

    fn program_ended(
        &mut self,
        supervisor: &mut Supervisor<'_>,
        id: u64,
        how: How,
    ) -> Option<RoundOutcome> {
        if !self.server.has_id(id) {
            return None;
        }
        let failed = how != How::Exit(0);
        self.server.note_end(how);
        // One that ends well may have left a descendant that serves. One that fails leaves
        // nothing to wait for: what the client has is in its sockets.
        if failed && supervisor.client.is_none() {
            return self.server_crash(false);
        }
        if failed && self.report.is_none() {
            self.end_costs(supervisor);
            self.stop(supervisor);
        }
        None
    }

    /// The client's report, once nothing more is to be known of the server. The end of a program is told
    /// a little later than that of its connections: where they were lost, that is waited for.
    fn all_reported(&mut self, supervisor: &mut Supervisor<'_>) -> Option<RoundOutcome> {
        let report = self.report.as_ref()?;
        if self.server.is_running() && lost_connections(report) {
            let now = supervisor.now();
            let until =
                *self.server_end_awaited_until.get_or_insert(now.saturating_add(SERVER_END_NS));
            if now < until {
                return None;
            }
        }
        let report = self.report.take()?;
        let outcome = self.outcome(report);
        Some(self.ended(outcome))
    }

    fn deadline_passed(&mut self, supervisor: &mut Supervisor<'_>) -> Option<RoundOutcome> {
        Some(self.failed(supervisor.crash(Role::Client, How::Silent)))
    }
}

/// Bytes of the ring in which a client records requests to look answers up among them: what the load asks
/// for, and enough for its longest message, which may take a quarter.
fn ring_for_echoes(settings: &Settings) -> usize {
    let load = &settings.load;
    let longest = match &load.payload {
        Sizes::File(path) | Sizes::Lines(path) => {
            std::fs::metadata(path).map_or(0, |file| file.len())
        }
        seeded => seeded.longest_seeded().unwrap_or(0),
    };
    let wanted =
        longest.saturating_mul(4).clamp(load.ledger_bytes, MOST_OF_RING.max(load.ledger_bytes));
    usize::try_from(wanted).unwrap_or(usize::MAX)
}

/// A ring has as many bytes at most, whatever a message takes.
const MOST_OF_RING: u64 = 1 << 30;

/// True when the server has left exchanges without an answer, or connections to it were lost.
fn lost_its_server(report: &ClientReport) -> bool {
    report.exchanges.unanswered > 0 || lost_connections(report)
}

/// True when connections to the server were refused, or over before their time.
fn lost_connections(report: &ClientReport) -> bool {
    let lost = |kind: &str| ["connect", "read", "write"].contains(&kind);
    let conduct = &report.conduct;
    conduct.closed.sessions > 0
        || conduct.reset.sessions > 0
        || report.side.errors.iter().any(|error| lost(&error.kind))
}
