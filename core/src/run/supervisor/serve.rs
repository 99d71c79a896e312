//! The server side alone: it serves whoever connects, until it is told to stop or has served
//! enough.

use super::policy::Policy;
use super::{POLL_MS, SLACK_NS, Supervisor, supervise};
use crate::host::limits;
use crate::measure::SideReport;
use crate::net::socket::Address;
use crate::result::How;
use crate::run::children::Children;
use crate::run::outcome::{Failure, Served};
use crate::run::plan::RoundPlan;
use crate::run::remove::Made;
use crate::run::shared::Shared;
use crate::side::spec::{Alone, Order, Part};
use nix::sys::signalfd::SignalFd;
use std::io;

/// Told once, when the server listens.
pub type OnListening<'a> = dyn FnMut(&Address) -> io::Result<()> + 'a;

/// Serves. An `Err` means that the supervisor itself cannot go on.
pub(in crate::run) fn serve(
    children: &mut Children,
    interrupts: &SignalFd,
    plan: &RoundPlan<'_>,
    alone: Alone,
    on_listening: &mut OnListening<'_>,
) -> io::Result<Served> {
    supervise(children, interrupts, plan, |supervisor| {
        let wanted = alone.listen.clone();
        if let Err(error) = start(supervisor, alone) {
            let why = limits::explained(&error);
            return Ok(Served::Failed(format!("the server cannot be started: {why}")));
        }
        let (socket, draining, stopping) = (None, false, false);
        let mut serve = Serve { on_listening, wanted, socket, draining, stopping };
        let served = supervisor.run(&mut serve);
        let _ = serve.socket.map_or(Ok(()), |made| made.remove());
        served
    })
}

fn start(supervisor: &mut Supervisor<'_>, alone: Alone) -> io::Result<()> {
    supervisor.start_side(Part::Server, &Shared::new(0)?, Some(alone), &[])?;
    supervisor.expect_within(SLACK_NS);
    Ok(())
}

struct Serve<'a> {
    on_listening: &'a mut OnListening<'a>,
    /// Where it was told to listen.
    wanted: Option<Address>,
    /// What it has made there. The guard removes it, or we do when the guard was killed.
    socket: Option<Made>,
    /// Told to take no more sessions, or even to stop.
    draining: bool,
    stopping: bool,
}

impl Serve<'_> {
    /// The guard removes the file of the socket. In a folder of the run's own it goes with that.
    fn own_socket(&mut self, supervisor: &mut Supervisor<'_>, address: &Address) -> io::Result<()> {
        let Address::Path(path) = address else { return Ok(()) };
        // A side that is not itself any more could name any file.
        if self.wanted.as_ref() != Some(address) {
            return Ok(());
        }
        let server = supervisor.side(Part::Server);
        let Some([held]) = server.and_then(|server| server.control.descriptors()) else {
            return Ok(());
        };
        match Made::new(path, held) {
            Ok(made) if !made.is_folder() => {
                supervisor.children.own(&made)?;
                self.socket = Some(made);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn stop(&mut self, supervisor: &mut Supervisor<'_>) {
        if !self.stopping {
            self.stopping = true;
            supervisor.tell(Part::Server, &Order::Stop);
            supervisor.expect_within(SLACK_NS);
        }
    }
}

impl Policy for Serve<'_> {
    type Outcome = Served;

    // There is one process alone: its words came before its end.
    const ENDS_FIRST: bool = false;

    fn fail(&self, failure: Failure) -> Served {
        failure.into()
    }

    fn not_started(&self, error: String) -> String {
        error
    }

    fn poll_ms(&self, supervisor: &Supervisor<'_>) -> u16 {
        let left_ms = supervisor.deadline.saturating_sub(supervisor.now()) / 1_000_000;
        u64::from(POLL_MS).min(left_ms + 1) as u16
    }

    /// The first time, sessions may end by themselves for as long as a round drains.
    fn interrupted(&mut self, supervisor: &mut Supervisor<'_>) -> Option<Served> {
        if self.draining {
            self.stop(supervisor);
            return None;
        }
        self.draining = true;
        supervisor.tell(Part::Server, &Order::Drain);
        supervisor.expect_within(supervisor.plan.settings.load.drain_ns);
        None
    }

    fn listening(
        &mut self,
        supervisor: &mut Supervisor<'_>,
        address: Address,
    ) -> io::Result<Option<Served>> {
        self.own_socket(supervisor, &address)?;
        supervisor.deadline = u64::MAX;
        (self.on_listening)(&address)?;
        Ok(None)
    }

    fn drained(&mut self, supervisor: &mut Supervisor<'_>) {
        self.stop(supervisor);
    }

    fn server_reported(
        &mut self,
        _: &mut Supervisor<'_>,
        report: Box<SideReport>,
    ) -> Option<Served> {
        Some(Served::Over(report))
    }

    fn gave_up(&mut self, _: &mut Supervisor<'_>, _: Part, error: String) -> Option<Served> {
        Some(self.fail(Failure::NotPlayed(error)))
    }

    fn late(&mut self, supervisor: &mut Supervisor<'_>) -> Option<Served> {
        if self.draining && !self.stopping {
            self.stop(supervisor);
            return None;
        }
        Some(self.fail(supervisor.crash(Part::Server, How::Silent)))
    }
}
