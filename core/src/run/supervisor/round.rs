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
use crate::net::socket::Address;
use crate::result::{How, Outcome};
use crate::run::children::Children;
use crate::run::outcome::{Failure, Played};
use crate::run::plan::RoundPlan;
use crate::run::shared::Shared;
use crate::side::spec::{Order, Part};
use nix::sys::signalfd::SignalFd;
use std::io;

/// How far ahead the start is, in nanoseconds: both sides know it before it comes.
const START_AHEAD_NS: u64 = 2_000_000;

/// Plays one round. An `Err` means that the supervisor itself cannot go on (the guard is gone).
pub(in crate::run) fn run_round(
    children: &mut Children,
    interrupts: &SignalFd,
    plan: &RoundPlan<'_>,
) -> io::Result<Played> {
    supervise(children, interrupts, plan, |supervisor| {
        let mut round = Round::default();
        match start(supervisor) {
            Ok(()) => supervisor.run(&mut round),
            Err(error) => {
                let error = format!("the sides cannot be started: {}", limits::explained(&error));
                Ok(round.fail(Failure::NotPlayed(error)))
            }
        }
    })
}

fn start(supervisor: &mut Supervisor<'_>) -> io::Result<()> {
    let shared = Shared::new(supervisor.plan.settings.load.ledger_bytes as usize)?;
    supervisor.start_side(Part::Server, &shared, None, &[])?;
    supervisor.start_side(Part::Client, &shared, None, &[])?;
    supervisor.expect_within(SLACK_NS);
    Ok(())
}

#[derive(Default)]
struct Round {
    server_report: Option<Box<SideReport>>,
    client_report: Option<Box<ClientReport>>,
    /// Why the client gave up; the server is asked what it knows of it.
    given_up: Option<String>,
    /// The start is known to both sides.
    going: bool,
    interrupted: bool,
}

impl Round {
    fn over(&self, outcome: Outcome) -> Played {
        Played { outcome: Some(outcome), interrupted: self.interrupted }
    }

    /// The client gave up, and the server may know why.
    fn not_run(&self, error: &str, server: Option<&ErrorCount>) -> Played {
        let server = server.map_or_else(String::new, |one| format!("; server: {}", one.first));
        self.fail(Failure::NotPlayed(format!("client: {error}{server}")))
    }
}

impl Policy for Round {
    type Outcome = Played;

    // What a side says of a peer that has ended comes of that.
    const ENDS_FIRST: bool = true;

    fn fail(&self, failure: Failure) -> Played {
        self.over(failure.into())
    }

    fn not_started(&self, error: String) -> String {
        format!("a side cannot be started: {error}")
    }

    fn interrupted(&mut self, supervisor: &mut Supervisor<'_>) -> Option<Played> {
        // Who cannot wait asks again.
        if self.interrupted || !self.going {
            return Some(Played { outcome: None, interrupted: true });
        }
        self.interrupted = true;
        supervisor.tell(Part::Client, &Order::EndLoad);
        None
    }

    fn listening(
        &mut self,
        supervisor: &mut Supervisor<'_>,
        address: Address,
    ) -> io::Result<Option<Played>> {
        if !supervisor.plan.is_its_address(&address) {
            let error = format!("it says that it listens on {address}, which is not its place");
            return Ok(Some(self.fail(supervisor.crash(Part::Server, How::Error(error)))));
        }
        supervisor.tell(Part::Client, &Order::Connect(address));
        Ok(None)
    }

    fn connected(&mut self, supervisor: &mut Supervisor<'_>) {
        let start = supervisor.now() + START_AHEAD_NS;
        supervisor.tell(Part::Server, &Order::Go(start));
        supervisor.tell(Part::Client, &Order::Go(start));
        self.going = true;
        supervisor.deadline = start + supervisor.plan.length_ns() + SLACK_NS;
    }

    fn drained(&mut self, supervisor: &mut Supervisor<'_>) {
        supervisor.tell(Part::Server, &Order::Stop);
    }

    fn server_reported(
        &mut self,
        supervisor: &mut Supervisor<'_>,
        report: Box<SideReport>,
    ) -> Option<Played> {
        if let Some(error) = self.given_up.take() {
            return Some(self.not_run(&error, report.errors.first()));
        }
        self.server_report = Some(report);
        supervisor.tell(Part::Client, &Order::Stop);
        None
    }

    fn client_reported(&mut self, report: Box<ClientReport>) {
        self.client_report = Some(report);
    }

    fn gave_up(
        &mut self,
        supervisor: &mut Supervisor<'_>,
        part: Part,
        error: String,
    ) -> Option<Played> {
        match part {
            Part::Client => {
                self.given_up = Some(error);
                supervisor.tell(Part::Server, &Order::Stop);
                supervisor.expect_within(ENDING_NS);
                None
            }
            Part::Server => Some(self.fail(Failure::NotPlayed(format!("server: {error}")))),
        }
    }

    fn complete(&mut self, _: &mut Supervisor<'_>) -> Option<Played> {
        match (self.client_report.take(), self.server_report.take()) {
            (Some(client), Some(server)) => {
                Some(self.over(Outcome::Finished { client, server, crash: None }))
            }
            (client, server) => {
                (self.client_report, self.server_report) = (client, server);
                None
            }
        }
    }

    fn late(&mut self, supervisor: &mut Supervisor<'_>) -> Option<Played> {
        if let Some(error) = self.given_up.take() {
            return Some(self.not_run(&error, None));
        }
        let silent = if self.server_report.is_none() && self.client_report.is_none() {
            Part::Client
        } else {
            Part::Server
        };
        Some(self.fail(supervisor.crash(silent, How::Silent)))
    }
}
