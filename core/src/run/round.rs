//! One round: two fresh sides, told what to do and watched until both have reported.
//!
//! 1. Both sides start; the server says where it listens, the client connects.
//! 2. Both get the same start time. Until the client has drained, nobody talks.
//! 3. The server is stopped and reports, then the client: its last look at the server's ledger
//!    must come after the server's last word in it.
//! 4. Whatever is still alive is killed.

use super::children::Children;
use super::guard::Event;
use super::machine::Processors;
use super::said::Hearing;
use super::sider::Sider;
use crate::host::limits;
use crate::measure::{ClientReport, ErrorCount, SideReport};
use crate::net::clock::Clock;
use crate::net::region;
use crate::net::socket::Address;
use crate::result::{How, Outcome};
use crate::scenario::{PluginName, Settings};
use crate::side::spec::{Alone, Blame, FramingPlugin, Order, Part, SideSpec, Word};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::signalfd::SignalFd;
use std::collections::BTreeMap;
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How often the supervisor looks whether a hook hangs, in milliseconds. In between it sleeps.
pub(super) const LOOK: u16 = 500;

/// How long a side may take to start, to connect and to report, beyond the round itself.
pub(super) const SLACK_NS: u64 = 15_000_000_000;

/// How long the end of a process may take to be told after its control socket has ended.
pub(super) const ENDING_NS: u64 = 2_000_000_000;

/// What one round needs to know.
pub struct RoundPlan<'a> {
    /// What the sides do.
    pub settings: &'a Settings,
    /// The seed of everything random.
    pub seed: u64,
    /// The clock both sides share.
    pub clock: Clock,
    /// The handler's shared object.
    pub plugin: &'a Path,
    /// The shared objects of plugin framings.
    pub framing_plugins: &'a BTreeMap<PluginName, PathBuf>,
    /// Where the sides run.
    pub processors: Processors,
    /// A directory for Unix sockets and scratch files.
    pub directory: &'a Path,
    /// Where the scenario's file stands.
    pub scenario_dir: &'a Path,
    /// Examples to keep of each anomaly.
    pub examples: usize,
    /// Where what the sides say goes.
    pub hearing: Hearing<'a>,
}

/// What has become of a round.
pub struct Played {
    /// How it ended; `None`: the user stopped it before it had anything to tell.
    pub outcome: Option<Outcome>,
    /// The user wants to stop.
    pub interrupted: bool,
}

impl Played {
    /// It is over.
    pub(super) fn over(outcome: Outcome) -> Self {
        Self { outcome: Some(outcome), interrupted: false }
    }
}

struct Round<'a> {
    plan: &'a RoundPlan<'a>,
    server: Sider,
    client: Sider,
    /// Who has been told to stop, and since when nothing but its report is awaited.
    server_report: Option<Box<SideReport>>,
    client_report: Option<Box<ClientReport>>,
    /// Why the client gave up; the server is asked what it knows of it.
    given_up: Option<String>,
    deadline: u64,
    /// The start is known to both sides.
    going: bool,
    interrupted: bool,
}

/// Plays one round. An `Err` means that the supervisor itself cannot go on (the guard is gone).
pub fn run_round(
    children: &mut Children,
    interrupts: &SignalFd,
    plan: &RoundPlan<'_>,
) -> io::Result<Played> {
    let outcome = match Round::start(children, plan) {
        Ok(mut round) => round.play(children, interrupts),
        Err(error) => Ok(Played::over(Outcome::Failed {
            error: format!("the sides cannot be started: {}", limits::explained(&error)),
        })),
    };
    let swept = sweep(children);
    let outcome = outcome?;
    swept?;
    Ok(outcome)
}

impl<'a> Round<'a> {
    fn start(children: &mut Children, plan: &'a RoundPlan<'a>) -> io::Result<Self> {
        let ring = plan.settings.load.ledger_bytes as usize;
        let (requests, replies) = (region::create(ring)?, region::create(ring)?);
        let bells = bells()?;
        let mut sider = |part, own: &region::RegionFds, other: &region::RegionFds| {
            let mut sider = Sider::start(children, part, &own.reader)?;
            let order = Order::Begin(Box::new(plan.spec(part, None)));
            let [client, server] = &bells;
            let descriptors =
                [own.owner.as_fd(), other.reader.as_fd(), client.as_fd(), server.as_fd()];
            sider.control.send_with(&order, &descriptors)?;
            Ok::<_, io::Error>(sider)
        };
        let server = sider(Part::Server, &replies, &requests)?;
        let client = sider(Part::Client, &requests, &replies)?;
        let deadline = plan.clock.now() + SLACK_NS;
        Ok(Self {
            plan,
            server,
            client,
            server_report: None,
            client_report: None,
            given_up: None,
            deadline,
            going: false,
            interrupted: false,
        })
    }

    fn play(&mut self, children: &mut Children, interrupts: &SignalFd) -> io::Result<Played> {
        loop {
            if self.wait(children, interrupts)? {
                // Who cannot wait asks again.
                if self.interrupted || !self.going {
                    return Ok(Played { outcome: None, interrupted: true });
                }
                self.interrupted = true;
                self.client.tell(&Order::EndLoad);
            }
            for event in children.events()? {
                if let Some(outcome) = self.child_event(event) {
                    return Ok(self.played(outcome));
                }
            }
            for part in [Part::Server, Part::Client] {
                let hearing = self.plan.hearing;
                self.sider(part).read_output(hearing);
                while let Some(word) = self.sider(part).hear() {
                    if let Some(outcome) = self.obey(part, word) {
                        return Ok(self.played(outcome));
                    }
                }
            }
            if let (Some(_), Some(_)) = (&self.server_report, &self.client_report) {
                let (Some(client), Some(server)) =
                    (self.client_report.take(), self.server_report.take())
                else {
                    continue;
                };
                return Ok(self.played(Outcome::Finished { client, server, crash: None }));
            }
            if let Some(outcome) = self.overdue() {
                return Ok(self.played(outcome));
            }
        }
    }

    fn played(&self, outcome: Outcome) -> Played {
        Played { outcome: Some(outcome), interrupted: self.interrupted }
    }

    /// Sleeps until something happens; true: the user wants to stop.
    fn wait(&mut self, children: &Children, interrupts: &SignalFd) -> io::Result<bool> {
        let mut waiting = vec![PollFd::new(interrupts.as_fd(), PollFlags::POLLIN)];
        waiting.extend(children.descriptor().map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
        for sider in [&self.server, &self.client] {
            waiting.extend(sider.descriptors().map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
        }
        match poll(&mut waiting, PollTimeout::from(LOOK)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(interrupts.read_signal()?.is_some())
    }

    fn obey(&mut self, part: Part, word: Word) -> Option<Outcome> {
        let now = self.plan.clock.now();
        match word {
            Word::Listening(address) if !self.plan.is_its_address(&address) => {
                let error = format!("it says that it listens on {address}, which is not its place");
                return Some(self.crash(part, How::Error(error)));
            }
            Word::Listening(address) => self.client.tell(&Order::Connect(address)),
            Word::Connected => {
                // A moment ahead, so that both sides know it before it comes.
                let start = now + 2_000_000;
                self.server.tell(&Order::Go(start));
                self.client.tell(&Order::Go(start));
                self.going = true;
                self.deadline = start + self.plan.length_ns() + SLACK_NS;
            }
            Word::Drained => self.server.tell(&Order::Stop),
            Word::Server(mut report) => {
                self.server.add_log(&mut report, self.plan.hearing);
                if let Some(error) = self.given_up.take() {
                    return Some(not_run(&error, report.errors.first()));
                }
                self.server_report = Some(report);
                self.client.tell(&Order::Stop);
            }
            Word::Client(mut report) => {
                self.client.add_log(&mut report.side, self.plan.hearing);
                self.client_report = Some(report);
            }
            Word::Failed { blame: Blame::Plugin, error } => {
                return Some(self.crash(part, How::Error(error)));
            }
            Word::Failed { blame: Blame::OwnLedger, error } => {
                return Some(self.crash(part, How::Ledger(error)));
            }
            Word::Failed { blame: Blame::PeersLedger, error } => {
                return Some(self.crash(part.other(), How::Ledger(error)));
            }
            Word::Failed { blame: Blame::Machine, error } if part == Part::Client => {
                self.given_up = Some(error);
                self.server.tell(&Order::Stop);
                self.deadline = now + ENDING_NS;
            }
            Word::Failed { blame: Blame::Machine, error } => {
                return Some(Outcome::Failed { error: format!("{}: {error}", part.word()) });
            }
        }
        None
    }

    fn child_event(&mut self, event: Event) -> Option<Outcome> {
        let (id, how) = match event {
            Event::NotStarted { error, .. } => {
                return Some(Outcome::Failed {
                    error: format!("a side cannot be started: {error}"),
                });
            }
            Event::Ended { id, signal: Some(signal), .. } => (id, How::Signal(signal)),
            Event::Ended { id, status, .. } => (id, How::Exit(status.unwrap_or(-1))),
            Event::Swept { .. } => return None,
        };
        let part = match id {
            id if id == self.server.id => Part::Server,
            id if id == self.client.id => Part::Client,
            _ => return None,
        };
        // Its last words may still lie in the socket.
        let hearing = self.plan.hearing;
        self.sider(part).read_output(hearing);
        while let Some(word) = self.sider(part).hear() {
            if let Some(outcome) = self.obey(part, word) {
                return Some(outcome);
            }
        }
        let reported = self.has_reported(part);
        (!reported).then(|| self.crash(part, how))
    }

    /// A hook that hangs, a side that says nothing.
    fn overdue(&mut self) -> Option<Outcome> {
        let now = self.plan.clock.now();
        let limit = self.plan.settings.load.hook_timeout_ns;
        for part in [Part::Server, Part::Client] {
            let sider = self.sider(part);
            if sider.hook_hangs(now, limit) {
                return Some(self.crash(part, How::Hung));
            }
            if sider.is_gone(now, ENDING_NS) && !self.has_reported(part) {
                return Some(self.crash(part, How::Silent));
            }
        }
        if now < self.deadline {
            return None;
        }
        if let Some(error) = self.given_up.take() {
            return Some(not_run(&error, None));
        }
        let silent = if self.server_report.is_none() && self.client_report.is_none() {
            Part::Client
        } else {
            Part::Server
        };
        Some(self.crash(silent, How::Silent))
    }

    /// True when the side has said its last word.
    fn has_reported(&self, part: Part) -> bool {
        match part {
            Part::Server => self.server_report.is_some(),
            Part::Client => self.client_report.is_some() || self.given_up.is_some(),
        }
    }

    fn crash(&mut self, part: Part, how: How) -> Outcome {
        let plan = self.plan;
        Outcome::Crashed(self.sider(part).crash(plan, how))
    }

    fn sider(&mut self, part: Part) -> &mut Sider {
        match part {
            Part::Server => &mut self.server,
            Part::Client => &mut self.client,
        }
    }
}

/// The client gave up, and the server may know why.
fn not_run(error: &str, server: Option<&ErrorCount>) -> Outcome {
    let server = server.map_or_else(String::new, |one| format!("; server: {}", one.first));
    Outcome::Failed { error: format!("client: {error}{server}") }
}

impl RoundPlan<'_> {
    /// What a side is told at its start.
    pub(super) fn spec(&self, part: Part, alone: Option<Alone>) -> SideSpec {
        SideSpec {
            part,
            settings: self.settings.clone(),
            seed: self.seed,
            clock: self.clock,
            plugin: self.plugin.to_owned(),
            framing_plugins: self
                .framing_plugins
                .iter()
                .map(|(name, file)| FramingPlugin { name: name.clone(), file: file.clone() })
                .collect(),
            processor: match part {
                Part::Server => self.processors.server,
                Part::Client => self.processors.client,
            },
            scratch: self.directory.join(part.word()),
            scenario_dir: self.scenario_dir.to_owned(),
            socket_path: self.directory.join("server.sock"),
            examples: self.examples,
            whole_log: self.hearing.all(),
            alone,
        }
    }

    /// The name of a plugin that a side has, by the number that it has there: 0 for the handler's, then
    /// those of framings in the order of their names. A number from a side is not to be trusted.
    pub(super) fn plugin_name(&self, number: u16) -> &str {
        let framing = usize::from(number).checked_sub(1);
        let framing = framing.and_then(|index| self.framing_plugins.keys().nth(index));
        framing.map_or(&self.settings.handler.plugin, |(name, _)| name)
    }

    /// True where the server of a round may listen: on this machine alone.
    fn is_its_address(&self, address: &Address) -> bool {
        match address {
            Address::Ip(address) => address.ip().is_loopback(),
            Address::Path(path) => *path == self.directory.join("server.sock"),
        }
    }

    /// From the start to the client's report, if all goes well.
    pub(super) fn length_ns(&self) -> u64 {
        let load = &self.settings.load;
        // Closing takes as long as draining at most.
        load.longest_ns().saturating_add(load.drain_ns)
    }
}

/// What wakes the client, and what wakes the server.
pub(super) fn bells() -> io::Result<[EventFd; 2]> {
    let bell = || EventFd::from_flags(EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC);
    Ok([bell()?, bell()?])
}

/// Kills what is left of a round, and waits until nothing is.
pub(super) fn sweep(children: &mut Children) -> io::Result<()> {
    sweep_within(children, Duration::from_nanos(ENDING_NS))
}

/// The same, for whatever else was started.
pub(super) fn sweep_within(children: &mut Children, limit: Duration) -> io::Result<()> {
    children.sweep()?;
    let until = Instant::now() + limit;
    while Instant::now() < until {
        if let Some(descriptor) = children.descriptor() {
            let mut waiting = [PollFd::new(descriptor, PollFlags::POLLIN)];
            match poll(&mut waiting, PollTimeout::from(LOOK)) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let swept = |event: &Event| matches!(event, Event::Swept { .. });
        if children.events()?.iter().any(swept) {
            return Ok(());
        }
    }
    // Stopped, or with something below it that hangs in the kernel.
    Err(children.give_up())
}
