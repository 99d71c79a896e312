//! `wirebench.toml` on the command line: where it is, and what it and its profile make of the arguments of a verb.
//! The command line is stronger than what stands in the file.

mod apply;
mod find;

pub(super) use apply::{effective, effective_run, results_folder};
use find::Found;
pub(super) use find::file as config_file;

use super::args::BaselineArgs;
use super::screen::Screen;
use crate::scenario::{Diagnostics, Loaded, Profile, ProfileChanges};
use crate::text::path as shown;
use clap::ValueEnum as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the file and the profile say that was chosen; nothing where there is no file.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    found: Option<Arc<Found>>,
    profile: Option<Arc<Profile>>,
    baseline: BaselineArgs,
    /// No scenario was named on the command line.
    all: bool,
    /// The folder below which runs are kept, where somebody says one.
    results: Option<PathBuf>,
}

impl Applied {
    /// What the profile changes in scenarios.
    pub(super) fn changes(&self) -> Option<ProfileChanges> {
        self.profile.as_ref().map(|profile| profile.changes.clone())
    }

    /// What the profile holds scenarios against.
    pub(super) fn baseline(&self) -> &BaselineArgs {
        &self.baseline
    }

    /// The profile and its file, in words.
    pub(super) fn told(&self) -> Option<String> {
        let (found, profile) = self.found.as_ref().zip(self.profile.as_ref())?;
        Some(format!("profile {} of {}", profile.name, shown(&found.file)))
    }

    /// Runs of each scenario that stay; `None`: all of them.
    pub(super) fn keep(&self) -> Option<u64> {
        self.found.as_ref()?.config.keep()
    }

    /// The folder below which runs are kept, where it is not the usual one.
    pub(super) fn results(&self) -> Option<&Path> {
        self.results.as_deref()
    }

    /// Says that the profile leaves a scenario out.
    pub(super) fn tell_skipped(&self, loaded: &Loaded, err: &mut Screen) -> std::io::Result<()> {
        let profile = self.profile.as_ref().map_or("", |profile| &profile.name);
        writeln!(err, "note: {} is left out by profile {profile}", loaded.named)
    }

    /// Profiles name scenarios that there are not: known where the scenarios are those of the file, by the names
    /// that they have.
    pub(super) fn strangers(&self, names: &[String]) -> Option<Diagnostics> {
        let found = self.found.as_ref().filter(|_| self.all)?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        found.config.strangers(&names)
    }

    /// What `check` says of the file, where its scenarios are checked.
    pub(super) fn checked(&self) -> Option<String> {
        let found = self.found.as_ref().filter(|_| self.all)?;
        let profiles: Vec<&str> = found.config.profiles().collect();
        let profiles = match profiles.as_slice() {
            [] => "no profile".to_owned(),
            [one] => format!("profile {one}"),
            several => format!("profiles {}", several.join(", ")),
        };
        Some(format!("{}: ok, {profiles}", shown(&found.file)))
    }
}

/// The names of all formats that results can be written in.
pub fn formats() -> Vec<String> {
    crate::report::Format::value_variants().iter().map(|format| format.name()).collect()
}
