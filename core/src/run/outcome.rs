//! What a round or a server alone ends with, and what stands there when something has failed.

use crate::measure::SideReport;
use crate::result::{Crash, Outcome, Placed};

/// How a round has ended.
pub struct RoundOutcome {
    /// What came of it; `None`: the user stopped it before it had anything to tell.
    pub outcome: Option<Outcome>,
    /// The user wants to stop.
    pub interrupted: bool,
    /// Where its sides ran, if it came so far.
    pub placed: Placed,
}

/// How a server alone has ended.
pub enum ServeOutcome {
    /// It was told to stop or had served enough, and has reported.
    Finished(Box<SideReport>),
    /// It crashed, hung or was killed.
    Crashed(Crash),
    /// It could not serve: what happened and what to do.
    Failed(String),
}

impl ServeOutcome {
    /// What its plugin and its peers have said in it.
    pub fn texts_mut(&mut self) -> Vec<&mut String> {
        match self {
            Self::Finished(report) => report.texts_mut().collect(),
            Self::Crashed(crash) => crash.texts_mut(),
            Self::Failed(error) => vec![error],
        }
    }
}

/// Why there is no report.
pub(super) enum Failure {
    /// A side, or the program of a server that is not ours, crashed, hung or was killed.
    Crashed(Crash),
    /// It could not be run: what happened and what to do.
    NotRun(String),
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Crashed(crash) => Self::Crashed(crash),
            Failure::NotRun(error) => Self::Failed { error },
        }
    }
}

impl From<Failure> for ServeOutcome {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Crashed(crash) => Self::Crashed(crash),
            Failure::NotRun(error) => Self::Failed(error),
        }
    }
}
