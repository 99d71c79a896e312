//! What a search has found.

use serde::{Deserialize, Serialize};

/// A search for the highest value of a key that keeps a limit. Values are told as the scenario writes them, and as
/// numbers: a second of rates, plain numbers, bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchResult {
    /// The limit: `p99 < 1ms`.
    pub metric: String,
    /// The key that varies.
    pub vary: String,
    /// The least value.
    pub from: String,
    /// The highest value.
    pub to: String,
    /// How far the values lie apart, as a share of the lower one.
    pub resolution: f64,
    /// By how many rounds one side leads at a point that is decided.
    pub rounds: u32,
    /// The gate on what is found; `null`: there is none.
    #[serde(default)]
    pub expect: Option<String>,
    /// What was found for each group of cells that differ in nothing else.
    pub groups: Vec<SearchGroup>,
}

/// What was found for one group of cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchGroup {
    /// The other axes: `framing=len32be`; `all`: there are none.
    pub group: String,
    /// In a sentence.
    pub answer: String,
    /// The highest value that keeps the limit; `null`: none does for sure.
    pub holds: Option<SearchPoint>,
    /// The lowest value above that which does not; `null`: none fails for sure.
    pub fails: Option<SearchPoint>,
    /// Values between these two that were played, and of which the rounds do not tell.
    pub undecided: Vec<SearchPoint>,
    /// Values below the highest that keeps the limit, which do not keep it.
    pub fails_below: Vec<SearchPoint>,
    /// Values lie between `holds` and `fails` that were not looked at, because the run was ended.
    pub unfinished: bool,
    /// Values that were played.
    pub points: u64,
    /// Rounds at all of them.
    pub rounds: u64,
    /// What the gate says; `null`: there is none, or it cannot be told.
    pub pass: Option<bool>,
}

/// A value of the key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchPoint {
    /// As the scenario writes it.
    pub value: String,
    /// As a number.
    pub number: f64,
    /// The cell that was played with it.
    pub cell: String,
}

impl SearchResult {
    /// What the gate on what is found says of all groups: `Some(Some(false))` where it fails for any, `Some(None)` where it
    /// cannot be told for one and fails for none; `None`: there is no gate.
    pub fn pass(&self) -> Option<Option<bool>> {
        self.expect.as_ref()?;
        let any = |pass| self.groups.iter().any(|group| group.pass == pass);
        Some(if any(Some(false)) {
            Some(false)
        } else if any(None) {
            None
        } else {
            Some(true)
        })
    }

    /// The value of a cell on the axis that varies, where it is a point of this search.
    pub fn is_axis(&self, axis: &str) -> bool {
        self.vary == axis
    }
}
