//! One round: two fresh sides, told what to do and watched until both have reported.
//!
//! 1. Both sides start; the server says where it listens, the client connects.
//! 2. Both get the same start time. Until the client has drained, nobody talks.
//! 3. The server is stopped and reports, then the client: its last look at the server's ledger
//!    must come after the server's last word in it.
//! 4. Whatever is still alive is killed.

use super::policy::Policy;
use super::{ENDING_NS, SLACK_NS, Supervisor, supervise};
use crate::host::limits;
use crate::measure::{ClientReport, ErrorCount, SideReport};
use crate::result::{How, Outcome, Placed};
use crate::run::children::Children;
use crate::run::outcome::{Failure, RoundOutcome};
use crate::run::plan::RoundPlan;
use crate::run::shared_ledgers::SharedLedgers;
use crate::scenario::Address;
use crate::side::spec::{Role, SideCommand};
use nix::sys::signalfd::SignalFd;
use std::io;

/// How far ahead the start is, in nanoseconds: both sides know it before it comes.
const START_AHEAD_NS: u64 = 2_000_000;

/// Runs one round. An error means that the supervisor itself cannot go on (the guard is gone).
pub(in crate::run) fn run_round(
    children: &mut Children,
    interrupts: &SignalFd,
    plan: &RoundPlan<'_>,
) -> io::Result<RoundOutcome> {
    supervise(children, interrupts, plan, |supervisor| {
        let mut policy = RoundPolicy::default();
        match start(supervisor) {
            Ok(()) => supervisor.run(&mut policy),
            Err(error) => {
                let error = format!("the sides cannot be started: {}", limits::explained(&error));
                Ok(policy.failed(Failure::NotRun(error)))
            }
        }
    })
}

fn start(supervisor: &mut Supervisor<'_>) -> io::Result<()> {
    let shared = SharedLedgers::new(supervisor.plan.settings.load.ledger_bytes as usize)?;
    supervisor.start_side(Role::Server, &shared, None, &[])?;
    supervisor.start_side(Role::Client, &shared, None, &[])?;
    supervisor.set_deadline_in(SLACK_NS);
    Ok(())
}

/// The policy of a round.
#[derive(Default)]
struct RoundPolicy {
    server_report: Option<Box<SideReport>>,
    client_report: Option<Box<ClientReport>>,
    /// Why the client gave up. The server's report, which may tell more, is awaited.
    client_error: Option<String>,
    /// Both sides know when the round starts.
    started: bool,
    interrupted: bool,
    /// Where the sides run, once they have started.
    placed: Placed,
}

impl RoundPolicy {
    fn ended(&self, outcome: Outcome) -> RoundOutcome {
        let placed = self.placed.clone();
        RoundOutcome { outcome: Some(outcome), interrupted: self.interrupted, placed }
    }

    /// The client gave up because of `error`; `server` is the first error that the server has counted.
    fn client_gave_up(&self, error: &str, server: Option<&ErrorCount>) -> RoundOutcome {
        let server = server.map_or_else(String::new, |one| format!("; server: {}", one.first));
        self.failed(Failure::NotRun(format!("client: {error}{server}")))
    }
}

impl Policy for RoundPolicy {
    type Outcome = RoundOutcome;

    // What a side says of a peer that has ended is a consequence of that end.
    const CHILD_EVENTS_FIRST: bool = true;

    fn failed(&self, failure: Failure) -> RoundOutcome {
        self.ended(failure.into())
    }

    fn start_error(&self, error: String) -> String {
        format!("a side cannot be started: {error}")
    }

    fn interrupted(&mut self, supervisor: &mut Supervisor<'_>) -> Option<RoundOutcome> {
        // The user who cannot wait for the report asks again.
        if self.interrupted || !self.started {
            let placed = Placed::default();
            return Some(RoundOutcome { outcome: None, interrupted: true, placed });
        }
        self.interrupted = true;
        supervisor.send(Role::Client, &SideCommand::EndLoad);
        None
    }

    fn listening(
        &mut self,
        supervisor: &mut Supervisor<'_>,
        address: Address,
    ) -> io::Result<Option<RoundOutcome>> {
        if !supervisor.plan.may_listen_on(&address) {
            let error = format!("it says that it listens on {address}, which is not its place");
            return Ok(Some(self.failed(supervisor.crash(Role::Server, How::Error(error)))));
        }
        supervisor.send(Role::Client, &SideCommand::Connect(address));
        Ok(None)
    }

    fn connected(&mut self, supervisor: &mut Supervisor<'_>) {
        self.placed = supervisor.placed(None);
        let start = supervisor.now() + START_AHEAD_NS;
        supervisor.send(Role::Server, &SideCommand::Go(start));
        supervisor.send(Role::Client, &SideCommand::Go(start));
        self.started = true;
        supervisor.deadline = start + supervisor.plan.length_ns() + SLACK_NS;
    }

    fn drained(&mut self, supervisor: &mut Supervisor<'_>) {
        // The guard may have told of a side that it runs after the side itself has spoken.
        self.placed = std::mem::take(&mut self.placed).or(supervisor.placed(None));
        supervisor.send(Role::Server, &SideCommand::Stop);
    }

    fn server_reported(
        &mut self,
        supervisor: &mut Supervisor<'_>,
        report: Box<SideReport>,
    ) -> Option<RoundOutcome> {
        if let Some(error) = self.client_error.take() {
            return Some(self.client_gave_up(&error, report.errors.first()));
        }
        self.server_report = Some(report);
        supervisor.send(Role::Client, &SideCommand::Stop);
        None
    }

    fn client_reported(&mut self, report: Box<ClientReport>) {
        self.client_report = Some(report);
    }

    fn side_gave_up(
        &mut self,
        supervisor: &mut Supervisor<'_>,
        role: Role,
        error: String,
    ) -> Option<RoundOutcome> {
        match role {
            Role::Client => {
                self.client_error = Some(error);
                supervisor.send(Role::Server, &SideCommand::Stop);
                supervisor.set_deadline_in(ENDING_NS);
                supervisor.is_giving_up = true;
                None
            }
            Role::Server => Some(self.failed(Failure::NotRun(format!("server: {error}")))),
        }
    }

    fn all_reported(&mut self, _: &mut Supervisor<'_>) -> Option<RoundOutcome> {
        match (self.client_report.take(), self.server_report.take()) {
            (Some(client), Some(server)) => {
                Some(self.ended(Outcome::Finished { client, server, crash: None }))
            }
            (client, server) => {
                (self.client_report, self.server_report) = (client, server);
                None
            }
        }
    }

    fn deadline_passed(&mut self, supervisor: &mut Supervisor<'_>) -> Option<RoundOutcome> {
        if let Some(error) = self.client_error.take() {
            return Some(self.client_gave_up(&error, None));
        }
        let late = if self.server_report.is_none() && self.client_report.is_none() {
            Role::Client
        } else {
            Role::Server
        };
        Some(self.failed(supervisor.crash(late, How::Silent)))
    }
}
