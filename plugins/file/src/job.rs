//! What a session is busy with: one transfer at a time, driven by messages and steps.

use crate::kinds::{FILES, Kind, Refusal};
use crate::send::{Flow, Outgoing};
use crate::shared::Shared;
use wirebench_sdk::{Backlog, Cx, Token};

/// The id of the timer that makes the next step.
pub(crate) const STEP: u64 = 1;

/// How far a job has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It waits for the peer, or for room.
    Going,
    /// It wants another step soon.
    Again,
    /// It looks again a little later.
    Later,
    /// It is over.
    End {
        /// What the client says of the exchange.
        outcome: Outcome,
        /// Both sides know where they are: the session can be used on.
        goes_on: bool,
    },
}

/// How an exchange ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// As it should.
    Done,
    /// The file is not what it should be.
    Wrong(String),
    /// One side refused.
    Rejected(String),
}

impl Outcome {
    /// What an error that the peer or this side named makes of the exchange.
    pub(crate) fn of(kind: &str, text: &str) -> Self {
        let spoilt =
            [Kind::DigestDiffers, Kind::SizeLies, Kind::WrongAnswer, Kind::ChangedWhileRead];
        let why = format!("{kind}: {text}");
        if spoilt.iter().any(|one| one.word() == kind) {
            Self::Wrong(why)
        } else {
            Self::Rejected(why)
        }
    }
}

impl From<&Refusal> for Outcome {
    fn from(refusal: &Refusal) -> Self {
        Self::of(refusal.kind.word(), &refusal.text)
    }
}

/// The end of a job that leaves the session usable.
pub(crate) fn end(outcome: Outcome) -> Progress {
    Progress::End { outcome, goes_on: true }
}

/// The end of a job and of its session.
pub(crate) fn end_session(outcome: Outcome) -> Progress {
    Progress::End { outcome, goes_on: false }
}

/// A transfer. An `Err` is counted and ends the session.
pub(crate) trait Job: Send {
    /// A message arrived.
    fn message(
        &mut self,
        shared: &mut Shared,
        out: &mut Out<'_, '_>,
        bytes: &[u8],
    ) -> Result<Progress, Refusal>;

    /// There is room, or the step asked for is due.
    fn step(&mut self, shared: &mut Shared, out: &mut Out<'_, '_>) -> Result<Progress, Refusal>;

    /// Whether a message that arrives now is for this job, and not the next request.
    fn listens(&self) -> bool;

    /// The session is over: what that broke off, if anything.
    fn broken(&self) -> Option<Refusal>;
}

/// The way out for a job.
pub(crate) struct Out<'a, 'c> {
    /// The host.
    pub cx: &'a mut Cx<'c>,
    /// Control messages that wait for room.
    pub backlog: &'a mut Backlog,
    /// The exchange of the transfer.
    pub token: Token,
}

impl Out<'_, '_> {
    /// Sends a control message, now or when there is room.
    pub(crate) fn tell(&mut self, message: &[u8]) -> Result<(), Refusal> {
        let told = self.backlog.send(self.cx, self.token, message);
        told.map_err(|error| Refusal::new(Kind::TooLarge, error.to_string()))
    }

    /// Counts an error of this side's finding.
    pub(crate) fn count(&mut self, refusal: &Refusal) {
        self.cx.count(refusal.kind.word(), 1, &refusal.text);
    }

    /// Counts a file that has arrived.
    pub(crate) fn count_file(&mut self, name: &str) {
        self.cx.count(FILES, 1, name);
    }

    /// Sends chunks while there is room.
    pub(crate) fn send_some(&mut self, file: &mut Outgoing, budget: u64) -> Result<Flow, Refusal> {
        if !self.backlog.is_empty() {
            return Ok(Flow::Full);
        }
        file.send_some(budget, |chunk| self.cx.send(self.token, chunk))
    }
}
