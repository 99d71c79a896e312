//! `wirebench.toml`: what holds for all scenarios of a repository, and profiles, which change scenarios for an
//! occasion without a change in their files.
//!
//! It is read by itself, with the same diagnostics as a scenario, and everything that can be told to be wrong
//! without a scenario is told then. What a [`Profile`] changes is read once more with each scenario, by the
//! readers of options, and its values keep the places that they have in the file: so what does not go together
//! with a scenario is shown at its line, too.

mod changes;
mod keys;
mod profile;
mod read;

pub use changes::ProfileChanges;
pub use keys::{CONFIG_KEYS, ConfigKey, ConfigTable};
pub(crate) use keys::{LONGEST_PATH, MAX_PATHS, Takes, as_of_a_scenario, keys_of};
pub use profile::{Profile, ProfileBaseline};

use super::diagnostics::{Diagnostic, Diagnostics, Sink, Source};
use profile::Written;
use std::sync::Arc;

/// How the file is called.
pub const CONFIG_FILE: &str = "wirebench.toml";

/// `wirebench.toml`, read and checked. Paths in it are as they are written: relative to its folder.
#[derive(Clone, Debug)]
pub struct Config {
    source: Source,
    scenarios: Vec<String>,
    plugins: Vec<String>,
    results: Option<String>,
    keep: Option<u64>,
    profiles: Vec<Written>,
}

impl Config {
    /// Reads the text of a file that errors call `name`; `formats` are the names of those that results can be
    /// written in. Every mistake is in the error, each with its line.
    pub fn read(name: &str, text: &str, formats: &[&str]) -> Result<Self, Diagnostics> {
        read::config(name, text, formats)
    }

    /// `scenarios`.
    pub fn scenarios(&self) -> &[String] {
        &self.scenarios
    }

    /// `plugins`.
    pub fn plugins(&self) -> &[String] {
        &self.plugins
    }

    /// `results`.
    pub fn results(&self) -> Option<&str> {
        self.results.as_deref()
    }

    /// `keep`; `None`: all runs stay.
    pub fn keep(&self) -> Option<u64> {
        self.keep
    }

    /// The names of its profiles, in file order.
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        self.profiles.iter().map(|profile| profile.name.as_str())
    }

    /// The profile of this name, with all that it inherits.
    pub fn profile(&self, name: &str) -> Option<Profile> {
        profile::resolve(name, &self.profiles, &self.source)
    }

    /// What profiles say of scenarios that have none of these names: where all of them are known, that is a
    /// mistake.
    pub fn strangers(&self, known: &[&str]) -> Option<Diagnostics> {
        let mut sink = Sink::default();
        for scenario in self.profiles.iter().flat_map(|profile| &profile.scenarios) {
            if !known.contains(&scenario.name.as_str()) {
                let message = format!("there is no scenario called `{}`", scenario.name);
                let diagnostic = Diagnostic::new(scenario.place, message)
                    .suggest(&scenario.name, known.iter().copied())
                    .help("these are the names that scenarios have for `name`, not those of their files");
                sink.push(diagnostic);
            }
        }
        (!sink.is_empty()).then(|| sink.finish(sources(self.source.clone())))
    }
}

/// The texts that places in the file point into: beside a scenario's it has the same number.
fn sources(source: Source) -> Arc<Vec<Source>> {
    let none = || Source::new("", "");
    Arc::new(vec![none(), none(), source])
}
