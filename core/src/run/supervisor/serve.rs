//! The server side alone: it serves whoever connects, until it is told to stop or has served
//! enough.

use super::policy::Policy;
use super::{POLL_MS, SLACK_NS, Supervisor, supervise};
use crate::host::limits;
use crate::measure::SideReport;
use crate::result::How;
use crate::run::children::Children;
use crate::run::outcome::{Failure, ServeOutcome};
use crate::run::plan::RoundPlan;
use crate::run::remove::OwnedPath;
use crate::run::shared_ledgers::SharedLedgers;
use crate::run::side_process::SideProcess;
use crate::scenario::Address;
use crate::side::spec::{Alone, Role, SideCommand};
use nix::sys::signalfd::SignalFd;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

/// Called once, when the server listens. An error ends the supervisor.
pub type OnListening<'a> = dyn FnMut(&Address) -> io::Result<()> + 'a;

/// Runs a server alone, which shows what arrives on `display`. An error means that the supervisor itself cannot go on.
pub(in crate::run) fn serve(
    children: &mut Children,
    interrupts: &SignalFd,
    plan: &RoundPlan<'_>,
    alone: Alone,
    display: Option<OwnedFd>,
    on_listening: &mut OnListening<'_>,
) -> io::Result<ServeOutcome> {
    supervise(children, interrupts, plan, |supervisor| {
        let wanted = alone.listen.clone();
        if let Err(error) = start(supervisor, alone, display) {
            let why = limits::explained(&error);
            return Ok(ServeOutcome::Failed(format!("the server cannot be started: {why}")));
        }
        let (socket, draining, stopping) = (None, false, false);
        let mut policy = ServePolicy { on_listening, wanted, socket, draining, stopping };
        let served = supervisor.run(&mut policy);
        let _ = policy.socket.map_or(Ok(()), |socket| socket.remove());
        served
    })
}

fn start(
    supervisor: &mut Supervisor<'_>,
    alone: Alone,
    display: Option<OwnedFd>,
) -> io::Result<()> {
    let alone = Alone { show: display.is_some(), ..alone };
    let streams: Vec<_> = display.iter().map(AsFd::as_fd).collect();
    supervisor.start_side(Role::Server, &SharedLedgers::new(0)?, Some(alone), &streams)?;
    supervisor.set_deadline_in(SLACK_NS);
    Ok(())
}

/// The policy of a server alone.
struct ServePolicy<'a> {
    on_listening: &'a mut OnListening<'a>,
    /// Where it was told to listen.
    wanted: Option<Address>,
    /// The socket's file, which the server has made there. The guard removes it, or we do when the guard
    /// was killed.
    socket: Option<OwnedPath>,
    /// It was told to take no more sessions.
    draining: bool,
    /// It was told to stop.
    stopping: bool,
}

impl ServePolicy<'_> {
    /// Has the guard remove the socket's file when the run ends. One in a folder of the run's own goes
    /// with that.
    fn hand_socket_to_guard(
        &mut self,
        supervisor: &mut Supervisor<'_>,
        address: &Address,
    ) -> io::Result<()> {
        let Address::Path(path) = address else { return Ok(()) };
        // A side that is not itself any more could name any file.
        if self.wanted.as_ref() != Some(address) {
            return Ok(());
        }
        let server = supervisor.side(Role::Server);
        let Some(handle) = server.and_then(SideProcess::take_descriptor) else {
            return Ok(());
        };
        match OwnedPath::new(path, handle) {
            Ok(owned) if !owned.is_folder() => {
                supervisor.children.remove_at_end(&owned)?;
                self.socket = Some(owned);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn stop(&mut self, supervisor: &mut Supervisor<'_>) {
        if !self.stopping {
            self.stopping = true;
            supervisor.send(Role::Server, &SideCommand::Stop);
            supervisor.set_deadline_in(SLACK_NS);
        }
    }
}

impl Policy for ServePolicy<'_> {
    type Outcome = ServeOutcome;

    // There is one process: what it said came before its end.
    const CHILD_EVENTS_FIRST: bool = false;

    fn failed(&self, failure: Failure) -> ServeOutcome {
        failure.into()
    }

    fn start_error(&self, error: String) -> String {
        error
    }

    fn poll_timeout_ms(&self, supervisor: &Supervisor<'_>) -> u16 {
        let left_ms = supervisor.deadline.saturating_sub(supervisor.now()) / 1_000_000;
        u64::from(POLL_MS).min(left_ms + 1) as u16
    }

    /// The first time, sessions may end by themselves for as long as a round drains.
    fn interrupted(&mut self, supervisor: &mut Supervisor<'_>) -> Option<ServeOutcome> {
        if self.draining {
            self.stop(supervisor);
            return None;
        }
        self.draining = true;
        supervisor.send(Role::Server, &SideCommand::Drain);
        supervisor.set_deadline_in(supervisor.plan.settings.load.drain_ns);
        None
    }

    fn listening(
        &mut self,
        supervisor: &mut Supervisor<'_>,
        address: Address,
    ) -> io::Result<Option<ServeOutcome>> {
        self.hand_socket_to_guard(supervisor, &address)?;
        supervisor.deadline = u64::MAX;
        (self.on_listening)(&address)?;
        supervisor.send(Role::Server, &SideCommand::Show);
        Ok(None)
    }

    fn drained(&mut self, supervisor: &mut Supervisor<'_>) {
        self.stop(supervisor);
    }

    fn server_reported(
        &mut self,
        _: &mut Supervisor<'_>,
        report: Box<SideReport>,
    ) -> Option<ServeOutcome> {
        Some(ServeOutcome::Finished(report))
    }

    fn side_gave_up(
        &mut self,
        _: &mut Supervisor<'_>,
        _: Role,
        error: String,
    ) -> Option<ServeOutcome> {
        Some(self.failed(Failure::NotRun(error)))
    }

    fn deadline_passed(&mut self, supervisor: &mut Supervisor<'_>) -> Option<ServeOutcome> {
        if self.draining && !self.stopping {
            self.stop(supervisor);
            return None;
        }
        Some(self.failed(supervisor.crash(Role::Server, How::Silent)))
    }
}
