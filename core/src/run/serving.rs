//! The server side alone: it serves whoever connects, until it is told to stop or has served
//! enough.

use super::children::Children;
use super::guard::Event;
use super::remove::Made;
use super::round::{ENDING_NS, LOOK, RoundPlan, SLACK_NS, bells, sweep};
use super::sider::Sider;
use crate::host::limits;
use crate::measure::SideReport;
use crate::net::region;
use crate::net::socket::Address;
use crate::result::{Crash, How};
use crate::side::spec::{Alone, Blame, Order, Part, Word};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signalfd::SignalFd;
use std::io;
use std::os::fd::AsFd;

/// What became of a server alone.
pub enum Served {
    /// It ended as it should.
    Over(Box<SideReport>),
    /// It crashed, hung or was killed.
    Crashed(Crash),
    /// It could not serve.
    Failed(String),
}

impl Served {
    /// What its plugin and its peers have said in it.
    pub fn texts_mut(&mut self) -> Vec<&mut String> {
        match self {
            Self::Over(report) => report.texts_mut().collect(),
            Self::Crashed(crash) => crash.texts_mut(),
            Self::Failed(error) => vec![error],
        }
    }
}

/// Told once, when the server listens.
pub type OnListening<'a> = dyn FnMut(&Address) -> io::Result<()> + 'a;

struct Serving<'a> {
    plan: &'a RoundPlan<'a>,
    server: Sider,
    /// Where it was told to listen.
    wanted: Option<Address>,
    /// What it has made there. The guard removes it, or we do when the guard was killed.
    socket: Option<Made>,
    /// Told to take no more sessions, or even to stop.
    draining: bool,
    stopping: bool,
    deadline: u64,
}

/// Serves. An `Err` means that the supervisor itself cannot go on.
pub(super) fn serve(
    children: &mut Children,
    interrupts: &SignalFd,
    plan: &RoundPlan<'_>,
    alone: Alone,
    on_listening: &mut OnListening<'_>,
) -> io::Result<Served> {
    let served = match Serving::start(children, plan, alone) {
        Ok(mut serving) => {
            let served = serving.play(children, interrupts, on_listening);
            let _ = serving.socket.map_or(Ok(()), |made| made.remove());
            served
        }
        Err(error) => {
            let why = limits::explained(&error);
            Ok(Served::Failed(format!("the server cannot be started: {why}")))
        }
    };
    let swept = sweep(children);
    let served = served?;
    swept?;
    Ok(served)
}

impl<'a> Serving<'a> {
    fn start(children: &mut Children, plan: &'a RoundPlan<'a>, alone: Alone) -> io::Result<Self> {
        // Nothing is written to the rings.
        let (own, other) = (region::create(0)?, region::create(0)?);
        let [to_client, to_server] = bells()?;
        let mut server = Sider::start(children, Part::Server, &own.reader)?;
        let wanted = alone.listen.clone();
        let order = Order::Begin(Box::new(plan.spec(Part::Server, Some(alone))));
        let descriptors =
            [own.owner.as_fd(), other.reader.as_fd(), to_client.as_fd(), to_server.as_fd()];
        server.control.send_with(&order, &descriptors)?;
        let deadline = plan.clock.now() + SLACK_NS;
        Ok(Self { plan, server, wanted, socket: None, draining: false, stopping: false, deadline })
    }

    fn play(
        &mut self,
        children: &mut Children,
        interrupts: &SignalFd,
        on_listening: &mut OnListening<'_>,
    ) -> io::Result<Served> {
        loop {
            if self.wait(children, interrupts)? {
                self.interrupted();
            }
            if let Some(served) = self.hear(children, on_listening)? {
                return Ok(served);
            }
            for event in children.events()? {
                let how = match event {
                    Event::NotStarted { error, .. } => return Ok(Served::Failed(error)),
                    Event::Ended { id, signal: Some(signal), .. } if id == self.server.id => {
                        How::Signal(signal)
                    }
                    Event::Ended { id, status, .. } if id == self.server.id => {
                        How::Exit(status.unwrap_or(-1))
                    }
                    Event::Ended { .. } | Event::Swept { .. } => continue,
                };
                // Its last words may still lie in the socket.
                return Ok(match self.hear(children, on_listening)? {
                    Some(served) => served,
                    None => self.crash(how),
                });
            }
            if let Some(served) = self.overdue() {
                return Ok(served);
            }
        }
    }

    /// Sleeps until something happens; true: the user wants to stop.
    fn wait(&mut self, children: &Children, interrupts: &SignalFd) -> io::Result<bool> {
        let left = self.deadline.saturating_sub(self.plan.clock.now()) / 1_000_000;
        let look = u64::from(LOOK).min(left + 1) as u16;
        let mut waiting = vec![PollFd::new(interrupts.as_fd(), PollFlags::POLLIN)];
        let others = children.descriptor().into_iter().chain(self.server.descriptors());
        waiting.extend(others.map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
        match poll(&mut waiting, PollTimeout::from(look)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(interrupts.read_signal()?.is_some())
    }

    fn hear(
        &mut self,
        children: &mut Children,
        on_listening: &mut OnListening<'_>,
    ) -> io::Result<Option<Served>> {
        self.server.read_output(self.plan.hearing);
        while let Some(word) = self.server.hear() {
            match word {
                Word::Listening(address) => {
                    self.own_socket(children, &address)?;
                    self.deadline = u64::MAX;
                    on_listening(&address)?;
                }
                Word::Drained => self.stop(),
                Word::Server(mut report) => {
                    self.server.add_log(&mut report, self.plan.hearing);
                    return Ok(Some(Served::Over(report)));
                }
                Word::Failed { blame: Blame::Machine, error } => {
                    return Ok(Some(Served::Failed(error)));
                }
                Word::Failed { blame: Blame::Plugin, error } => {
                    return Ok(Some(self.crash(How::Error(error))));
                }
                // There is no other side.
                Word::Failed { blame: Blame::OwnLedger | Blame::PeersLedger, error } => {
                    return Ok(Some(self.crash(How::Ledger(error))));
                }
                Word::Connected | Word::Client(_) => {}
            }
        }
        Ok(None)
    }

    /// The guard removes the file of the socket. In a folder of the run's own it goes with that.
    fn own_socket(&mut self, children: &mut Children, address: &Address) -> io::Result<()> {
        let Address::Path(path) = address else { return Ok(()) };
        // A side that is not itself any more could name any file.
        if self.wanted.as_ref() != Some(address) {
            return Ok(());
        }
        let Some([held]) = self.server.control.descriptors() else { return Ok(()) };
        match Made::new(path, held) {
            Ok(made) if !made.is_folder() => {
                children.own(&made)?;
                self.socket = Some(made);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The first time, sessions may end by themselves for as long as a round drains.
    fn interrupted(&mut self) {
        if self.draining {
            self.stop();
            return;
        }
        self.draining = true;
        self.server.tell(&Order::Drain);
        self.deadline = self.plan.clock.now() + self.plan.settings.load.drain_ns;
    }

    fn stop(&mut self) {
        if !self.stopping {
            self.stopping = true;
            self.server.tell(&Order::Stop);
            self.deadline = self.plan.clock.now() + SLACK_NS;
        }
    }

    /// A hook that hangs, a server that says nothing.
    fn overdue(&mut self) -> Option<Served> {
        let now = self.plan.clock.now();
        if self.server.hook_hangs(now, self.plan.settings.load.hook_timeout_ns) {
            return Some(self.crash(How::Hung));
        }
        if self.server.is_gone(now, ENDING_NS) {
            return Some(self.crash(How::Silent));
        }
        if now < self.deadline {
            return None;
        }
        if self.draining && !self.stopping {
            self.stop();
            return None;
        }
        Some(self.crash(How::Silent))
    }

    fn crash(&mut self, how: How) -> Served {
        let plan = self.plan;
        Served::Crashed(self.server.crash(plan, how))
    }
}
