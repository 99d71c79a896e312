//! The supervisor's loop: it waits for whatever can happen, receives what sides say, notes who has
//! ended and what is overdue, until the outcome is known.
//!
//! It is the same for a round of two sides, for a client against a server that is not ours, and for
//! a server alone; what differs is a [`Policy`]. It blocks on nobody: it reads only what is there,
//! what it writes has a time limit, and it sleeps in one poll call with a timeout.

mod costs;
mod drive;
mod events;
mod policy;
mod round;
mod serve;

pub use drive::Conversation;
pub(super) use drive::drive;
pub(super) use round::run_round;
pub use serve::OnListening;
pub(super) use serve::serve;

use super::children::Children;
use super::plan::RoundPlan;
use super::shared_ledgers::SharedLedgers;
use super::side_process::SideProcess;
use super::stdin_pump::StdinPump;
use super::sweep::sweep;
use crate::result::Placed;
use crate::side::spec::{Alone, Role, SideCommand};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::signalfd::SignalFd;
use policy::Policy;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

/// How often the supervisor looks whether a hook hangs, in milliseconds. In between it sleeps.
const POLL_MS: u16 = 500;

/// How long a side may take to start, to connect and to report, beyond the round itself.
const SLACK_NS: u64 = 15_000_000_000;

/// How long the end of a process may take to be told after its control socket has ended.
const ENDING_NS: u64 = 2_000_000_000;

/// How long the guard may take to end everything of a round: on a busy machine, others run meanwhile.
const SWEEP: Duration = Duration::from_secs(10);

/// The processes of one round, and until when they have to do what is awaited.
struct Supervisor<'a> {
    children: &'a mut Children,
    interrupts: &'a SignalFd,
    plan: &'a RoundPlan<'a>,
    server: Option<SideProcess>,
    client: Option<SideProcess>,
    /// Brings the client its lines while it runs.
    stdin_pump: Option<StdinPump>,
    /// In nanoseconds on the shared clock.
    deadline: u64,
    /// A side has given up: what is left has to come in time, debugger or not.
    is_giving_up: bool,
}

/// Has `play` start and supervise something, then kills whatever is left of it. An error means that
/// the supervisor itself cannot go on: the guard is gone, say.
fn supervise<T>(
    children: &mut Children,
    interrupts: &SignalFd,
    plan: &RoundPlan<'_>,
    play: impl FnOnce(&mut Supervisor<'_>) -> io::Result<T>,
) -> io::Result<T> {
    // The sides see the end of their control sockets before they are killed.
    let outcome = play(&mut Supervisor::new(children, interrupts, plan));
    let swept = sweep(children, SWEEP);
    let outcome = outcome?;
    swept?;
    Ok(outcome)
}

impl<'a> Supervisor<'a> {
    fn new(
        children: &'a mut Children,
        interrupts: &'a SignalFd,
        plan: &'a RoundPlan<'a>,
    ) -> Supervisor<'a> {
        let (server, client, stdin_pump) = (None, None, None);
        Self {
            children,
            interrupts,
            plan,
            server,
            client,
            stdin_pump,
            deadline: u64::MAX,
            is_giving_up: false,
        }
    }

    /// Starts a side and tells it its part. `streams` follow the descriptors that every side gets.
    fn start_side(
        &mut self,
        role: Role,
        shared: &SharedLedgers,
        alone: Option<Alone>,
        streams: &[BorrowedFd<'_>],
    ) -> io::Result<()> {
        let mut side = SideProcess::start(self.children, role, &shared.ledger_of(role).reader)?;
        let descriptors = [&shared.descriptors_for(role), streams].concat();
        side.begin(self.plan.spec(role, alone), &descriptors)?;
        *self.slot(role) = Some(side);
        Ok(())
    }

    /// Where the sides run. `program`: the guard's name of the server's, where that is not ours. Asked while
    /// nothing is measured.
    fn placed(&self, program: Option<u64>) -> Placed {
        let of = |side: &Option<SideProcess>| side.as_ref().map(SideProcess::id);
        let process = |id: Option<u64>| id.and_then(|id| self.children.process(id));
        let server = process(program.or(of(&self.server)));
        self.plan.processors.placed(server, process(of(&self.client)))
    }

    /// Loops until the outcome is known.
    fn run<P: Policy>(&mut self, policy: &mut P) -> io::Result<P::Outcome> {
        loop {
            if let Some(outcome) = self.turn(policy)? {
                return Ok(outcome);
            }
        }
    }

    fn turn<P: Policy>(&mut self, policy: &mut P) -> io::Result<Option<P::Outcome>> {
        if let Some(outcome) = policy.start_pending(self) {
            return Ok(Some(outcome));
        }
        let interrupted = self.wait(policy)?;
        if interrupted && let Some(outcome) = policy.interrupted(self) {
            return Ok(Some(outcome));
        }
        let steps = if P::CHILD_EVENTS_FIRST {
            [Self::handle_child_events, Self::receive_all]
        } else {
            [Self::receive_all, Self::handle_child_events]
        };
        for step in steps {
            if let Some(outcome) = step(self, policy)? {
                return Ok(Some(outcome));
            }
        }
        if let Some(outcome) = policy.all_reported(self) {
            return Ok(Some(outcome));
        }
        Ok(self.overdue(policy))
    }

    /// Sleeps until something happens, and keeps the pump going. True: the user wants to stop.
    fn wait<P: Policy>(&mut self, policy: &P) -> io::Result<bool> {
        let readable = |fd| PollFd::new(fd, PollFlags::POLLIN);
        let mut waiting = vec![readable(self.interrupts.as_fd())];
        waiting.extend(self.children.descriptor().map(readable));
        let sides = self.server.iter().chain(&self.client);
        waiting.extend(sides.flat_map(SideProcess::descriptors).map(readable));
        waiting.extend(policy.program_output().map(readable));
        let pump = self.stdin_pump.as_ref().and_then(StdinPump::poll_fd);
        let pumps = pump.is_some();
        waiting.extend(pump);
        let mut timeout = Duration::from_millis(policy.poll_timeout_ms(self).into());
        if let Some(wake_at) = policy.wake_at() {
            timeout = timeout.min(Duration::from_nanos(wake_at.saturating_sub(self.now())));
        }
        match ppoll(&mut waiting, Some(timeout.into()), None) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        let can_pump = pumps && waiting.last().and_then(PollFd::any).unwrap_or(false);
        if can_pump && let Some(pump) = &mut self.stdin_pump {
            pump.pump();
        }
        Ok(self.interrupts.read_signal()?.is_some())
    }

    /// Sends an order to a side, if there is one.
    fn send(&mut self, role: Role, command: &SideCommand) {
        if let Some(side) = self.side(role) {
            side.send(command);
        }
    }

    /// Nanoseconds on the shared clock.
    fn now(&self) -> u64 {
        self.plan.clock.now()
    }

    /// What is awaited now has to come within `limit_ns` nanoseconds.
    fn set_deadline_in(&mut self, limit_ns: u64) {
        self.deadline = self.now().saturating_add(limit_ns);
    }

    fn side(&mut self, role: Role) -> Option<&mut SideProcess> {
        self.slot(role).as_mut()
    }

    fn slot(&mut self, role: Role) -> &mut Option<SideProcess> {
        match role {
            Role::Server => &mut self.server,
            Role::Client => &mut self.client,
        }
    }
}
