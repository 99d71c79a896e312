//! What differs between what the supervisor's loop runs.

use super::{POLL_MS, Supervisor};
use crate::measure::{ClientReport, SideReport};
use crate::result::How;
use crate::run::outcome::Failure;
use crate::scenario::Address;
use crate::side::spec::Role;
use std::io;
use std::os::fd::BorrowedFd;

/// A round, a client alone or a server alone: what follows from what the loop has seen. An outcome
/// that is returned ends the loop.
pub(super) trait Policy {
    /// What the loop ends with.
    type Outcome;

    /// Whether ends of processes are handled before what sides have said by then, or after that. Either
    /// may be the consequence of the other.
    const CHILD_EVENTS_FIRST: bool;

    /// The outcome where something has failed.
    fn failed(&self, failure: Failure) -> Self::Outcome;

    /// What is told of a process that the guard could not start because of `error`.
    fn start_error(&self, error: String) -> String;

    /// Before each wait: starts what could not be started until now, and looks at what is due.
    fn start_pending(&mut self, _: &mut Supervisor<'_>) -> Option<Self::Outcome> {
        None
    }

    /// How long the next wait takes at most, in milliseconds.
    fn poll_timeout_ms(&self, _: &Supervisor<'_>) -> u16 {
        POLL_MS
    }

    /// Until when the next wait takes at most, in nanoseconds on the shared clock, where that is to be exact.
    fn wake_at(&self) -> Option<u64> {
        None
    }

    /// The user wants to stop. Called again when the user asks again.
    fn interrupted(&mut self, supervisor: &mut Supervisor<'_>) -> Option<Self::Outcome>;

    /// The server says where it listens. An error ends the supervisor.
    fn listening(
        &mut self,
        _: &mut Supervisor<'_>,
        _: Address,
    ) -> io::Result<Option<Self::Outcome>> {
        Ok(None)
    }

    /// The client's connections are open.
    fn connected(&mut self, _: &mut Supervisor<'_>) {}

    /// The client expects no more answers, or a server alone has no session left.
    fn drained(&mut self, supervisor: &mut Supervisor<'_>);

    /// The server's last word.
    fn server_reported(
        &mut self,
        _: &mut Supervisor<'_>,
        _: Box<SideReport>,
    ) -> Option<Self::Outcome> {
        None
    }

    /// The client's last word.
    fn client_reported(&mut self, _: Box<ClientReport>) {}

    /// The last word of a side that cannot go on, where neither plugin nor ledger is at fault.
    fn side_gave_up(
        &mut self,
        supervisor: &mut Supervisor<'_>,
        role: Role,
        error: String,
    ) -> Option<Self::Outcome>;

    /// What becomes readable when the program of a server that is not ours prints something.
    fn program_output(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    /// Takes what that program has printed.
    fn read_program_output(&mut self) {}

    /// A process that is not a side has ended; `id` is the guard's name of it.
    fn program_ended(&mut self, _: &mut Supervisor<'_>, _id: u64, _: How) -> Option<Self::Outcome> {
        None
    }

    /// Once a turn, after everything was received: the outcome, if all reports are there.
    fn all_reported(&mut self, _: &mut Supervisor<'_>) -> Option<Self::Outcome> {
        None
    }

    /// What was awaited has not come in time.
    fn deadline_passed(&mut self, supervisor: &mut Supervisor<'_>) -> Option<Self::Outcome>;
}
