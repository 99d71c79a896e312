//! What a side is told, and what it tells.

use crate::config::Attribution;
use crate::handler::HookError;
use wirebench_measure::{ClientReport, SideReport};

/// Why a side stops before its round is over.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Failure {
    /// What it is attributed to.
    pub attribution: Attribution,
    /// What happened, and what to do.
    pub error: String,
}

impl From<String> for Failure {
    fn from(error: String) -> Self {
        Self { attribution: Attribution::Machine, error }
    }
}

impl From<HookError> for Failure {
    fn from(error: HookError) -> Self {
        Self { attribution: Attribution::Plugin, error: error.to_string() }
    }
}

/// What a side tells whoever directs the round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The client's connections are open.
    Connected,
    /// The client expects no more answers; a server alone has no session left to serve.
    Drained,
}

/// What has been announced of an endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// There may be something to read, or an end or an error to be found by reading.
    pub readable: bool,
    /// There may be room to write, or a connect call has come to its end.
    pub writable: bool,
    /// The peer sends no more.
    pub read_closed: bool,
    /// The peer reads no more either.
    pub write_closed: bool,
}

/// A side's last word.
pub enum Report {
    /// The server's.
    Server(Box<SideReport>),
    /// The client's.
    Client(Box<ClientReport>),
}
