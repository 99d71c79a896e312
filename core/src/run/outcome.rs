//! What becomes of a round, of a server alone, and of either when something fails.

use crate::measure::SideReport;
use crate::result::{Crash, Outcome};

/// What has become of a round.
pub struct Played {
    /// How it ended; `None`: the user stopped it before it had anything to tell.
    pub outcome: Option<Outcome>,
    /// The user wants to stop.
    pub interrupted: bool,
}

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

/// Why there is no report.
pub(super) enum Failure {
    /// A side, or a server that is not ours, crashed, hung or was killed.
    Crashed(Crash),
    /// It could not be played: what happened and what to do.
    NotPlayed(String),
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Crashed(crash) => Self::Crashed(crash),
            Failure::NotPlayed(error) => Self::Failed { error },
        }
    }
}

impl From<Failure> for Served {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Crashed(crash) => Self::Crashed(crash),
            Failure::NotPlayed(error) => Self::Failed(error),
        }
    }
}
