//! What differs between the shapes that the supervisor's loop plays.

use super::{POLL_MS, Supervisor};
use crate::measure::{ClientReport, SideReport};
use crate::net::socket::Address;
use crate::result::How;
use crate::run::outcome::Failure;
use crate::side::spec::Part;
use std::io;
use std::os::fd::BorrowedFd;

/// One shape: a round, a client alone, a server alone. It decides what follows from what the loop has
/// seen. Whatever returns an outcome ends the loop with it.
pub(super) trait Policy {
    /// What the loop ends with.
    type Outcome;

    /// What is judged first where a process has ended and words have come: the end, or the words. The
    /// other may be its consequence.
    const ENDS_FIRST: bool;

    /// The outcome when something has failed.
    fn fail(&self, failure: Failure) -> Self::Outcome;

    /// The words for a process that could not be started because of `error`.
    fn not_started(&self, error: String) -> String;

    /// Before the loop waits: starts what could not be started before.
    fn advance(&mut self, _: &mut Supervisor<'_>) -> Option<Self::Outcome> {
        None
    }

    /// How long the loop waits at most, in milliseconds.
    fn poll_ms(&self, _: &Supervisor<'_>) -> u16 {
        POLL_MS
    }

    /// The user wants to stop, the first time or again.
    fn interrupted(&mut self, supervisor: &mut Supervisor<'_>) -> Option<Self::Outcome>;

    /// The server says that it listens here. An error ends the supervisor.
    fn listening(
        &mut self,
        _: &mut Supervisor<'_>,
        _: Address,
    ) -> io::Result<Option<Self::Outcome>> {
        Ok(None)
    }

    /// The client's connections are open.
    fn connected(&mut self, _: &mut Supervisor<'_>) {}

    /// The side that ends the load has no more to do.
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

    /// The last word of a side that cannot go on, and no plugin is to blame.
    fn gave_up(
        &mut self,
        supervisor: &mut Supervisor<'_>,
        part: Part,
        error: String,
    ) -> Option<Self::Outcome>;

    /// What to wait on for what the program of a server that is not ours prints.
    fn program_output(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    /// Takes what that program has printed.
    fn read_program_output(&mut self) {}

    /// A process that is no side has ended.
    fn program_ended(&mut self, _: &mut Supervisor<'_>, _: u64, _: How) -> Option<Self::Outcome> {
        None
    }

    /// After everything that has happened was heard: the outcome, if all reports are there.
    fn complete(&mut self, _: &mut Supervisor<'_>) -> Option<Self::Outcome> {
        None
    }

    /// The deadline is over.
    fn late(&mut self, supervisor: &mut Supervisor<'_>) -> Option<Self::Outcome>;
}
