//! What a side cannot go on without. Each of these ends it before its round is over.

use crate::engine::{Attribution, Failure};
use crate::host::{ConfigError, LoadError, limits};
use crate::scenario::Address;
use nix::errno::Errno;
use std::io;
use thiserror::Error;

/// Why a side cannot begin, or go on.
#[derive(Debug, Error)]
pub(super) enum SideError {
    /// The supervisor has closed the control socket.
    #[error("the supervisor is gone")]
    SupervisorGone,
    /// An event could not be sent to the supervisor.
    #[error("the supervisor is gone: {0}")]
    Unsent(io::Error),
    /// The report could not be sent to the supervisor.
    #[error("the report is lost: {0}")]
    ReportLost(io::Error),
    /// What the supervisor sent is no command.
    #[error("the supervisor cannot be understood: {0}")]
    Unintelligible(io::Error),
    /// The descriptors of the ledgers and of the doorbells did not come.
    #[error("the supervisor did not send the ledgers")]
    NoLedgers,
    /// The descriptors of the user's input did not come.
    #[error("the supervisor sent no input")]
    NoInput,
    /// The descriptor of what shows what arrives did not come.
    #[error("the supervisor sent no output")]
    NoOutput,
    /// The system refuses something; the text names the limit that it may be about.
    #[error("{what}: {}", limits::explained(.cause))]
    Refused {
        /// What cannot be had, as a clause.
        what: &'static str,
        /// Why.
        cause: io::Error,
    },
    /// There is no timer.
    #[error("no timer: {0}")]
    NoTimer(Errno),
    /// Waiting for events failed.
    #[error("the event queue failed: {0}")]
    Poll(io::Error),
    /// The kernel does not let this process run on the processors that it was given.
    #[error("cannot run on {processors}: {cause}")]
    Processors {
        /// Which, in words.
        processors: String,
        /// Why.
        cause: Errno,
    },
    /// The file of payloads cannot be read.
    #[error("`{path}` cannot be read: {cause}")]
    Payloads {
        /// The file.
        path: String,
        /// Why.
        cause: io::Error,
    },
    /// Nobody can connect to the address.
    #[error("the server cannot listen on {address}: {why}")]
    Listen {
        /// The address.
        address: Address,
        /// Why, and what to do.
        why: String,
    },
    /// The listening socket cannot be added to the event queue.
    #[error("the listening socket cannot be watched: {0}")]
    UnwatchedListener(io::Error),
    /// How much a socket can send at a time is not known.
    #[error("a socket's buffer cannot be told: {0}")]
    SocketBuffer(io::Error),
    /// The plugin of a framing cannot be loaded.
    #[error("{0}")]
    FramingPlugin(LoadError),
    /// The handler's plugin cannot be loaded.
    #[error("{0}")]
    HandlerPlugin(LoadError),
    /// The handler refuses its configuration.
    #[error("{0}")]
    Handler(ConfigError),
}

impl SideError {
    /// [`Refused`](Self::Refused) of `what`, to be used with `map_err`.
    pub(super) fn refused(what: &'static str) -> impl Fn(io::Error) -> Self {
        move |cause| Self::Refused { what, cause }
    }
}

impl From<SideError> for Failure {
    fn from(error: SideError) -> Self {
        let attribution = match error {
            SideError::HandlerPlugin(_) | SideError::Handler(_) => Attribution::Plugin,
            _ => Attribution::Machine,
        };
        Self { attribution, error: error.to_string() }
    }
}
