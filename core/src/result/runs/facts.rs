//! What a list says of a run, from as little of its files as says it.
//!
//! The figures are not looked at, so nothing here is checked but that it can be read; who prints a run checks.

use super::KeptRun;
use crate::result::document::CellVerdict;
use crate::result::journal::{RunLock, regular_file};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, SeqAccess, Visitor};
use std::fs::File;
use std::io::{BufReader, Read as _};

/// Bytes of a file that are read at most: far beyond any result.
const LONGEST: u64 = 1 << 30;

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// To its end.
    Ended(CellVerdict),
    /// The user, or a file that changed, ended it before.
    Interrupted(CellVerdict),
    /// It is being written.
    Running,
    /// It was killed: there is a journal, and no result.
    Killed,
    /// What is kept of it cannot be read.
    Unreadable,
}

/// What a list says of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// How far it has come.
    pub state: RunState,
    /// Cells that it is of; `None`: that cannot be read.
    pub cells: Option<u64>,
    /// The profile that its scenario was read with.
    pub profile: Option<String>,
}

impl KeptRun {
    /// Reads what is known of it.
    pub fn facts(&self) -> Facts {
        let file = |name| regular_file(&self.path().join(name)).ok();
        if let Some(result) = file("result.json") {
            let read: Option<OfResult> = first_value(result);
            return read.map_or(UNREADABLE, |read| Facts {
                state: match read.interrupted {
                    true => RunState::Interrupted(read.verdict),
                    false => RunState::Ended(read.verdict),
                },
                cells: Some(read.cells.0),
                profile: read.scenario.profile,
            });
        }
        let Some(journal) = file("journal.jsonl") else { return UNREADABLE };
        let state = match RunLock::of(&journal) {
            None => RunState::Running,
            Some(_) => RunState::Killed,
        };
        let read: Option<OfJournal> = first_value(journal);
        read.map_or(UNREADABLE, |read| Facts {
            state,
            cells: Some(read.scenario.cells.0),
            profile: read.scenario.profile,
        })
    }
}

const UNREADABLE: Facts = Facts { state: RunState::Unreadable, cells: None, profile: None };

/// The first value in a file of JSON.
fn first_value<T: DeserializeOwned>(file: File) -> Option<T> {
    let mut read = serde_json::Deserializer::from_reader(BufReader::new(file.take(LONGEST)));
    T::deserialize(&mut read).ok()
}

#[derive(Deserialize)]
struct OfResult {
    scenario: Named,
    verdict: CellVerdict,
    #[serde(default)]
    interrupted: bool,
    cells: Count,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    profile: Option<String>,
}

#[derive(Deserialize)]
struct OfJournal {
    scenario: Plan,
}

#[derive(Deserialize)]
struct Plan {
    cells: Count,
    #[serde(default)]
    profile: Option<String>,
}

/// The length of a list, of which nothing is kept.
struct Count(u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items;
        impl<'de> Visitor<'de> for Items {
            type Value = Count;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Count, A::Error> {
                let mut count = 0;
                while items.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(Count(count))
            }
        }
        deserializer.deserialize_seq(Items)
    }
}
