//! A round against a server that is not ours: the client side alone, and the server's program if
//! the scenario has one. Nobody keeps a ledger; the handler's own check is the judge.

use super::children::Children;
use super::feed::Feed;
use super::foreign::{ForeignServer, Readiness};
use super::guard::Event;
use super::round::{ENDING_NS, LOOK, Played, RoundPlan, SLACK_NS, bells, sweep};
use super::sider::Sider;
use crate::measure::{ClientReport, LoadEnd, SideReport};
use crate::net::region;
use crate::result::{How, Outcome};
use crate::scenario::Foreign;
use crate::side::spec::{Alone, Blame, Order, Part, Word};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signalfd::SignalFd;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

/// How long after its connections the end of a server's program may be told, in nanoseconds.
const END_OF_SERVER_NS: u64 = 200_000_000;

/// How often the supervisor looks whether the server listens, in milliseconds.
const LOOK_FOR_LISTENER: u16 = 3;

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

struct Driving<'a> {
    /// What the client may hold.
    alone: Alone,
    plan: &'a RoundPlan<'a>,
    server: ForeignServer<'a>,
    client: Option<Sider>,
    /// Its payloads come in while it plays.
    conversation: Option<Conversation>,
    report: Option<Box<ClientReport>>,
    deadline: u64,
    /// The client has reported that it lost its server, whose end is awaited until then.
    end_awaited_to: Option<u64>,
    /// The client knows its start.
    going: bool,
    interrupted: bool,
}

/// Plays one round against `server`. An `Err` means that the supervisor itself cannot go on.
pub(super) fn drive(
    children: &mut Children,
    interrupts: &SignalFd,
    plan: &RoundPlan<'_>,
    server: &Foreign,
    alone: Alone,
    conversation: Option<Conversation>,
) -> io::Result<Played> {
    let played = match ForeignServer::start(children, plan, server) {
        Ok(server) => {
            let mut driving = Driving {
                plan,
                alone,
                server,
                client: None,
                conversation,
                report: None,
                deadline: u64::MAX,
                end_awaited_to: None,
                going: false,
                interrupted: false,
            };
            driving.play(children, interrupts)
        }
        Err(error) => {
            let error = format!("the server cannot be started: {error}");
            Ok(Played::over(Outcome::Failed { error }))
        }
    };
    let swept = sweep(children);
    let played = played?;
    swept?;
    Ok(played)
}

impl Driving<'_> {
    fn play(&mut self, children: &mut Children, interrupts: &SignalFd) -> io::Result<Played> {
        loop {
            if let Some(outcome) = self.begin(children)? {
                return Ok(self.played(outcome));
            }
            if self.wait(children, interrupts)? && !self.interrupt() {
                return Ok(Played { outcome: None, interrupted: true });
            }
            self.server.read_output();
            if let Some(outcome) = self.hear() {
                return Ok(self.played(outcome));
            }
            for event in children.events()? {
                if let Some(outcome) = self.child_event(event) {
                    return Ok(self.played(outcome));
                }
            }
            if let Some(report) = self.take_report() {
                let outcome = self.outcome(report);
                return Ok(self.played(outcome));
            }
            if let Some(outcome) = self.overdue() {
                return Ok(self.played(outcome));
            }
        }
    }

    /// The client's report, once nothing more is to be known of the server. The end of a program is told
    /// a little later than that of its connections: where they were lost, that is waited for.
    fn take_report(&mut self) -> Option<Box<ClientReport>> {
        let report = self.report.as_ref()?;
        if self.server.is_running() && lost_connections(report) {
            let now = self.plan.clock.now();
            let until = *self.end_awaited_to.get_or_insert(now.saturating_add(END_OF_SERVER_NS));
            if now < until {
                return None;
            }
        }
        self.report.take()
    }

    fn played(&self, outcome: Outcome) -> Played {
        Played { outcome: Some(outcome), interrupted: self.interrupted }
    }

    /// The user wants to stop; false: there is nothing to wait for, or the user has asked before.
    fn interrupt(&mut self) -> bool {
        let Some(client) = self.client.as_mut().filter(|_| self.going && !self.interrupted) else {
            return false;
        };
        client.tell(&Order::EndLoad);
        self.interrupted = true;
        self.deadline = self.plan.clock.now() + 2 * self.plan.settings.load.drain_ns + SLACK_NS;
        true
    }

    /// Starts the client once the server listens.
    fn begin(&mut self, children: &mut Children) -> io::Result<Option<Outcome>> {
        if self.client.is_some() {
            return Ok(None);
        }
        let datagrams = self.plan.settings.transport.kind.is_datagram();
        let patience_ns = match self.server.readiness(self.plan.clock.now(), datagrams) {
            Readiness::NotYet => return Ok(None),
            Readiness::Never(error) => return Ok(Some(Outcome::Failed { error })),
            Readiness::Ended => return Ok(self.server.crash(false).map(Outcome::Crashed)),
            Readiness::Ready => 0,
            Readiness::Unknown(patience_ns) => patience_ns,
        };
        match self.start_client(children, patience_ns) {
            Ok(()) => Ok(None),
            Err(error) => {
                let error = format!("the client cannot be started: {error}");
                Ok(Some(Outcome::Failed { error }))
            }
        }
    }

    fn start_client(&mut self, children: &mut Children, patience_ns: u64) -> io::Result<()> {
        // Nothing is written to the rings.
        let (own, other) = (region::create(0)?, region::create(0)?);
        let bells = bells()?;
        let mut client = Sider::start(children, Part::Client, &own.reader)?;
        let conversation = self.conversation.as_ref();
        let script = conversation.is_some();
        let alone = Alone { patience_ns, script, ..self.alone.clone() };
        let spec = self.plan.spec(Part::Client, Some(alone));
        let mut descriptors = vec![own.owner.as_fd(), other.reader.as_fd()];
        descriptors.extend(bells.iter().map(AsFd::as_fd));
        if let Some(conversation) = conversation {
            descriptors.extend([conversation.input.as_fd(), conversation.output.as_fd()]);
        }
        client.control.send_with(&Order::Begin(Box::new(spec)), &descriptors)?;
        client.tell(&Order::Connect(self.server.address.clone()));
        self.deadline = self.plan.clock.now() + patience_ns + SLACK_NS;
        self.client = Some(client);
        Ok(())
    }

    /// Sleeps until something happens; true: the user wants to stop.
    fn wait(&mut self, children: &Children, interrupts: &SignalFd) -> io::Result<bool> {
        let soon = self.client.is_none() || self.end_awaited_to.is_some();
        let look = if soon { LOOK_FOR_LISTENER } else { LOOK };
        let mut waiting = vec![PollFd::new(interrupts.as_fd(), PollFlags::POLLIN)];
        let client = self.client.iter().flat_map(Sider::descriptors);
        let others = children.descriptor().into_iter().chain(self.server.descriptor());
        waiting.extend(client.chain(others).map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
        let feed = self.conversation.as_ref().and_then(|one| one.feed.waits_for());
        let feeds = feed.is_some();
        waiting.extend(feed);
        match poll(&mut waiting, PollTimeout::from(look)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        let fed = waiting.last().and_then(PollFd::any).unwrap_or(false);
        if feeds
            && fed
            && let Some(conversation) = &mut self.conversation
        {
            conversation.feed.step();
        }
        Ok(interrupts.read_signal()?.is_some())
    }

    fn hear(&mut self) -> Option<Outcome> {
        loop {
            let client = self.client.as_mut()?;
            client.read_output(self.plan.hearing);
            let word = client.hear()?;
            let now = self.plan.clock.now();
            match word {
                Word::Connected => {
                    // Nobody else has to know it, and without warm-up everything is to be measured.
                    let start = now;
                    client.tell(&Order::Go(start));
                    self.going = true;
                    self.deadline = match self.conversation {
                        // It ends with its input, whenever that is.
                        Some(_) => u64::MAX,
                        None => start + self.plan.length_ns() + SLACK_NS,
                    };
                }
                Word::Drained => self.stop(),
                Word::Client(mut report) => {
                    client.add_log(&mut report.side, self.plan.hearing);
                    self.report = Some(report);
                }
                Word::Failed { blame: Blame::Machine, error } => {
                    return Some(self.failed(&format!("client: {error}")));
                }
                Word::Failed { blame: Blame::Plugin, error } => {
                    return Some(self.crash(How::Error(error)));
                }
                // There is no other side.
                Word::Failed { blame: Blame::OwnLedger | Blame::PeersLedger, error } => {
                    return Some(self.crash(How::Ledger(error)));
                }
                Word::Listening(_) | Word::Server(_) => {}
            }
        }
    }

    /// Nothing but the client's report is awaited any more.
    fn stop(&mut self) {
        if let Some(client) = &mut self.client {
            client.tell(&Order::Stop);
            self.deadline = self.plan.clock.now() + SLACK_NS;
        }
    }

    fn child_event(&mut self, event: Event) -> Option<Outcome> {
        let (id, how) = match event {
            Event::NotStarted { error, .. } => {
                return Some(Outcome::Failed { error: format!("it cannot be started: {error}") });
            }
            Event::Ended { id, signal: Some(signal), .. } => (id, How::Signal(signal)),
            Event::Ended { id, status, .. } => (id, How::Exit(status.unwrap_or(-1))),
            Event::Swept { .. } => return None,
        };
        if self.server.is(id) {
            let failed = how != How::Exit(0);
            self.server.ended(how);
            // One that ends well may have left a descendant that serves. One that fails leaves
            // nothing to wait for: what the client has is in its sockets.
            if failed && self.client.is_none() {
                return self.server.crash(false).map(Outcome::Crashed);
            }
            if failed && self.report.is_none() {
                self.stop();
            }
            return None;
        }
        if self.client.as_ref().is_none_or(|client| client.id != id) {
            return None;
        }
        // Its last words may still lie in the socket.
        if let Some(outcome) = self.hear() {
            return Some(outcome);
        }
        self.report.is_none().then(|| self.crash(how))
    }

    /// A hook that hangs, a client that says nothing.
    fn overdue(&mut self) -> Option<Outcome> {
        let now = self.plan.clock.now();
        let limit = self.plan.settings.load.hook_timeout_ns;
        let client = self.client.as_mut()?;
        if client.hook_hangs(now, limit) {
            return Some(self.crash(How::Hung));
        }
        if client.is_gone(now, ENDING_NS) || now >= self.deadline {
            return Some(self.crash(How::Silent));
        }
        None
    }

    fn crash(&mut self, how: How) -> Outcome {
        let plan = self.plan;
        match &mut self.client {
            Some(client) => Outcome::Crashed(client.crash(plan, how)),
            None => Outcome::Failed { error: "the client is not there".to_owned() },
        }
    }

    /// The client could not play; where the server's program has ended, that is why.
    fn failed(&mut self, error: &str) -> Outcome {
        match self.server.crash(true) {
            Some(crash) => Outcome::Crashed(crash),
            None => Outcome::Failed { error: error.to_owned() },
        }
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
