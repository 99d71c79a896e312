//! The directories that a side gives to its handler.

use crate::handler::Place;
use std::path::{Path, PathBuf};

/// A scratch directory that is made when it is first asked for, and the scenario's own.
#[derive(Debug)]
pub(super) struct HandlerDirectories {
    scratch: PathBuf,
    made: Option<bool>,
    scenario: PathBuf,
}

impl HandlerDirectories {
    /// `scratch` need not exist; the supervisor removes it after the round.
    pub(super) fn new(scratch: PathBuf, scenario: PathBuf) -> Self {
        Self { scratch, made: None, scenario }
    }

    /// A directory; `None` when the scratch directory cannot be made.
    pub(super) fn get(&mut self, which: Place) -> Option<&Path> {
        match which {
            Place::Scenario => Some(&self.scenario),
            Place::Scratch => {
                let made = *self
                    .made
                    .get_or_insert_with(|| std::fs::create_dir_all(&self.scratch).is_ok());
                made.then_some(self.scratch.as_path())
            }
        }
    }
}
