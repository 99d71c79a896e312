//! A round against a server that is not ours: the client side alone, and the server's program if
//! the scenario has one. Nobody keeps a ledger; the handler's own check is the judge.

use super::policy::Policy;
use super::{POLL_MS, SLACK_NS, Supervisor, supervise};
use crate::measure::{ClientReport, LoadEnd, SideReport};
use crate::result::{How, Outcome};
use crate::run::children::Children;
use crate::run::feed::Feed;
use crate::run::foreign::{ForeignServer, Readiness};
use crate::run::outcome::{Failure, Played};
use crate::run::plan::RoundPlan;
use crate::run::shared::Shared;
use crate::scenario::Foreign;
use crate::side::spec::{Alone, Order, Part};
use nix::sys::signalfd::SignalFd;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// How long after its connections the end of a server's program may be told, in nanoseconds.
const END_OF_SERVER_NS: u64 = 200_000_000;

/// How often the supervisor looks whether the server listens, in milliseconds.
const POLL_FOR_LISTENER_MS: u16 = 3;

/// What a client alone is fed, and where it writes what it receives.
#[derive(Debug)]
pub struct Conversation {
    /// The lines it sends.
    pub feed: Feed,
    /// The side's end of the feed.
    pub input: OwnedFd,
    /// Where received messages go.
    pub output: OwnedFd,
}

/// Plays one round against `server`. An `Err` means that the supervisor itself cannot go on.
pub(in crate::run) fn drive(
    children: &mut Children,
    interrupts: &SignalFd,
    plan: &RoundPlan<'_>,
    server: &Foreign,
    alone: Alone,
    conversation: Option<Conversation>,
) -> io::Result<Played> {
    supervise(children, interrupts, plan, |supervisor| {
        let server = match ForeignServer::start(supervisor.children, supervisor.plan, server) {
            Ok(server) => server,
            Err(error) => {
                let error = format!("the server cannot be started: {error}");
                let outcome = Some(Outcome::Failed { error });
                return Ok(Played { outcome, interrupted: false });
            }
        };
        let streams = conversation.map(|conversation| {
            supervisor.feed = Some(conversation.feed);
            [conversation.input, conversation.output]
        });
        supervisor.run(&mut Drive {
            alone,
            server,
            streams,
            report: None,
            end_awaited_to: None,
            going: false,
            interrupted: false,
        })
    })
}

struct Drive<'a> {
    /// What the client may hold.
    alone: Alone,
    server: ForeignServer<'a>,
    /// What the client reads its payloads from and writes messages to, if it is fed.
    streams: Option<[OwnedFd; 2]>,
    report: Option<Box<ClientReport>>,
    /// The client has reported that it lost its server, whose end is awaited until then.
    end_awaited_to: Option<u64>,
    /// The client knows its start.
    going: bool,
    interrupted: bool,
}

impl Drive<'_> {
    fn over(&self, outcome: Outcome) -> Played {
        Played { outcome: Some(outcome), interrupted: self.interrupted }
    }

    fn start_client(&self, supervisor: &mut Supervisor<'_>, patience_ns: u64) -> io::Result<()> {
        let alone = Alone { patience_ns, script: self.streams.is_some(), ..self.alone.clone() };
        let streams: Vec<_> = self.streams.iter().flatten().map(AsFd::as_fd).collect();
        supervisor.start_side(Part::Client, &Shared::new(0)?, Some(alone), &streams)?;
        supervisor.tell(Part::Client, &Order::Connect(self.server.address.clone()));
        supervisor.expect_within(patience_ns + SLACK_NS);
        Ok(())
    }

    /// Nothing but the client's report is awaited any more.
    fn stop(&self, supervisor: &mut Supervisor<'_>) {
        if supervisor.client.is_some() {
            supervisor.tell(Part::Client, &Order::Stop);
            supervisor.expect_within(SLACK_NS);
        }
    }

    /// How its program ended, if that is known: before it listened, or after.
    fn server_crash(&mut self, listened: bool) -> Option<Played> {
        let crash = self.server.crash(listened)?;
        Some(self.fail(Failure::Crashed(crash)))
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
        let server = Box::new(SideReport { log, log_left_out, ..SideReport::default() });
        Outcome::Finished { client: report, server, crash: crash.map(Box::new) }
    }

    /// Its load did not come to its end, and the user did not ask for that.
    fn was_cut(&self, report: &ClientReport) -> bool {
        report.load_end == LoadEnd::Interrupted && !self.interrupted
    }
}

impl Policy for Drive<'_> {
    type Outcome = Played;

    // An order to stop, which the end of the server brings, must not overtake the one to go.
    const ENDS_FIRST: bool = false;

    fn fail(&self, failure: Failure) -> Played {
        self.over(failure.into())
    }

    fn not_started(&self, error: String) -> String {
        format!("it cannot be started: {error}")
    }

    /// Starts the client once the server listens.
    fn advance(&mut self, supervisor: &mut Supervisor<'_>) -> Option<Played> {
        if supervisor.client.is_some() {
            return None;
        }
        let datagrams = supervisor.plan.settings.transport.kind.is_datagram();
        let patience_ns = match self.server.readiness(supervisor.now(), datagrams) {
            Readiness::NotYet => return None,
            Readiness::Never(error) => return Some(self.fail(Failure::NotPlayed(error))),
            Readiness::Ended => return self.server_crash(false),
            Readiness::Ready => 0,
            Readiness::Unknown(patience_ns) => patience_ns,
        };
        let error = self.start_client(supervisor, patience_ns).err()?;
        let error = format!("the client cannot be started: {error}");
        Some(self.fail(Failure::NotPlayed(error)))
    }

    fn poll_ms(&self, supervisor: &Supervisor<'_>) -> u16 {
        let soon = supervisor.client.is_none() || self.end_awaited_to.is_some();
        if soon { POLL_FOR_LISTENER_MS } else { POLL_MS }
    }

    fn interrupted(&mut self, supervisor: &mut Supervisor<'_>) -> Option<Played> {
        // There is nothing to wait for, or the user has asked before.
        if self.interrupted || !self.going {
            return Some(Played { outcome: None, interrupted: true });
        }
        self.interrupted = true;
        supervisor.tell(Part::Client, &Order::EndLoad);
        supervisor.expect_within(2 * supervisor.plan.settings.load.drain_ns + SLACK_NS);
        None
    }

    fn connected(&mut self, supervisor: &mut Supervisor<'_>) {
        // Nobody else has to know it, and without warm-up everything is to be measured.
        let start = supervisor.now();
        supervisor.tell(Part::Client, &Order::Go(start));
        self.going = true;
        supervisor.deadline = match self.streams {
            // It ends with its input, whenever that is.
            Some(_) => u64::MAX,
            None => start + supervisor.plan.length_ns() + SLACK_NS,
        };
    }

    fn drained(&mut self, supervisor: &mut Supervisor<'_>) {
        self.stop(supervisor);
    }

    fn client_reported(&mut self, report: Box<ClientReport>) {
        self.report = Some(report);
    }

    /// The client could not play; where the server's program has ended, that is why.
    fn gave_up(&mut self, _: &mut Supervisor<'_>, part: Part, error: String) -> Option<Played> {
        self.server_crash(true).or_else(|| {
            let error = format!("{}: {error}", part.word());
            Some(self.fail(Failure::NotPlayed(error)))
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
    ) -> Option<Played> {
        if !self.server.is(id) {
            return None;
        }
        let failed = how != How::Exit(0);
        self.server.ended(how);
        // One that ends well may have left a descendant that serves. One that fails leaves
        // nothing to wait for: what the client has is in its sockets.
        if failed && supervisor.client.is_none() {
            return self.server_crash(false);
        }
        if failed && self.report.is_none() {
            self.stop(supervisor);
        }
        None
    }

    /// The client's report, once nothing more is to be known of the server. The end of a program is told
    /// a little later than that of its connections: where they were lost, that is waited for.
    fn complete(&mut self, supervisor: &mut Supervisor<'_>) -> Option<Played> {
        let report = self.report.as_ref()?;
        if self.server.is_running() && lost_connections(report) {
            let now = supervisor.now();
            let until = *self.end_awaited_to.get_or_insert(now.saturating_add(END_OF_SERVER_NS));
            if now < until {
                return None;
            }
        }
        let report = self.report.take()?;
        let outcome = self.outcome(report);
        Some(self.over(outcome))
    }

    fn late(&mut self, supervisor: &mut Supervisor<'_>) -> Option<Played> {
        Some(self.fail(supervisor.crash(Part::Client, How::Silent)))
    }
}

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
