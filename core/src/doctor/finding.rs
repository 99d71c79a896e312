//! What one look at the machine has found.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What it means for measuring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nothing stands in the way.
    Fine,
    /// The machine does not tell.
    NotKnown,
    /// It decides what figures mean, and need not be changed.
    WorthKnowing,
    /// Figures are worse than they have to be.
    ChangeThis,
}

impl State {
    /// As it is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::NotKnown => "not known",
            Self::WorthKnowing => "worth knowing",
            Self::ChangeThis => "change this",
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What was looked at: `clock.source`. It keeps its name.
    pub key: &'static str,
    /// What that means.
    pub state: State,
    /// What was found, in words.
    pub found: String,
    /// What to do, in words; `None`: nothing.
    pub advice: Option<String>,
    /// The numbers that it was found from; times in nanoseconds, sizes in bytes.
    pub figures: Map<String, Value>,
}

impl Finding {
    /// Nothing stands in the way.
    pub(crate) fn fine(key: &'static str, found: impl Into<String>) -> Self {
        Self::new(key, State::Fine, found.into(), None)
    }

    /// It cannot be told: `what` is no word of the machine's, but one of ours.
    pub(crate) fn unknown(key: &'static str, what: &str) -> Self {
        Self::new(key, State::NotKnown, what.to_owned(), None)
    }

    /// It need not be changed.
    pub(crate) fn worth(
        key: &'static str,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::new(key, State::WorthKnowing, found.into(), Some(advice.into()))
    }

    /// It should be changed.
    pub(crate) fn change(
        key: &'static str,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::new(key, State::ChangeThis, found.into(), Some(advice.into()))
    }

    /// With one more number; none where it is not known.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.figures.insert(name.to_owned(), value.into());
        self
    }

    fn new(key: &'static str, state: State, found: String, advice: Option<String>) -> Self {
        Self { key, state, found, advice, figures: Map::new() }
    }

    /// The part of its key that others share: `clock`.
    pub fn section(&self) -> &'static str {
        self.key.split('.').next().unwrap_or(self.key)
    }
}
