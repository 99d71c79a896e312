//! Profiles as they are written, and what one comes to with all that it inherits.

use super::changes::{Part, ProfileChanges};
use crate::diagnostics::{Place, Source};

/// A profile as the file has it.
#[derive(Clone, Debug, Default)]
pub(super) struct Written {
    pub(super) name: String,
    pub(super) inherits: Option<(String, Place)>,
    pub(super) changes: Part,
    /// Formats and files; without a file, what is inherited is not written.
    pub(super) outputs: Vec<(String, Option<String>)>,
    pub(super) strict: Option<bool>,
    pub(super) retries: Option<u64>,
    pub(super) flaky: Option<String>,
    pub(super) abort_on_fail: Option<bool>,
    pub(super) trace: Option<u64>,
    pub(super) budget: Option<String>,
    pub(super) baseline: Option<ProfileBaseline>,
    pub(super) scenarios: Vec<OfScenario>,
}

/// What it says of one scenario.
#[derive(Clone, Debug)]
pub(super) struct OfScenario {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) changes: Part,
    pub(super) skip: Option<bool>,
}

/// A profile with all that it inherits. Paths are as they are written.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Formats, and the files that results are written to.
    pub outputs: Vec<(String, String)>,
    /// `strict`.
    pub strict: Option<bool>,
    /// `retries`: 0 to 10.
    pub retries: Option<u64>,
    /// `flaky`: `fail` or `pass`.
    pub flaky: Option<String>,
    /// `abort-on-fail`.
    pub abort_on_fail: Option<bool>,
    /// `trace`: messages of each anomaly, 0 to 1,000.
    pub trace: Option<u64>,
    /// `budget`, as it is written: a time.
    pub budget: Option<String>,
    /// What scenarios are held against.
    pub baseline: Option<ProfileBaseline>,
    /// What it changes in scenarios.
    pub changes: ProfileChanges,
}

/// Another build, as far as a profile names it. Without any of them there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileBaseline {
    /// The file of another wirebench.
    pub program: Option<String>,
    /// A folder of plugins.
    pub plugins: Option<String>,
    /// Keys of `[server]` but for `cwd`: `KEY=VALUE`, the value in TOML.
    pub server: Vec<String>,
    /// `cwd` of that server.
    pub cwd: Option<String>,
}

/// The profile `name`, and all above it, which are followed as far as they are there.
pub(super) fn resolve(name: &str, profiles: &[Written], source: &Source) -> Option<Profile> {
    let mut chain = lineage(name, profiles);
    // The eldest first: what comes later is stronger.
    chain.reverse();
    let last = chain.last()?;
    let mut outputs: Vec<(String, String)> = Vec::new();
    for (format, file) in chain.iter().flat_map(|one| &one.outputs) {
        outputs.retain(|(known, _)| known != format);
        outputs.extend(file.iter().map(|file| (format.clone(), file.clone())));
    }
    let of_profiles = chain.iter().map(|one| (None, one.changes.clone()));
    let scenarios = || chain.iter().flat_map(|one| &one.scenarios);
    let of_scenarios = scenarios().map(|one| (Some(one.name.clone()), one.changes.clone()));
    let skips = scenarios().filter_map(|one| Some((one.name.clone(), one.skip?)));
    Some(Profile {
        name: last.name.clone(),
        outputs,
        strict: chain.iter().rev().find_map(|one| one.strict),
        retries: chain.iter().rev().find_map(|one| one.retries),
        flaky: chain.iter().rev().find_map(|one| one.flaky.clone()),
        abort_on_fail: chain.iter().rev().find_map(|one| one.abort_on_fail),
        trace: chain.iter().rev().find_map(|one| one.trace),
        budget: chain.iter().rev().find_map(|one| one.budget.clone()),
        baseline: chain.iter().rev().find_map(|one| one.baseline.clone()),
        changes: ProfileChanges::new(
            last.name.clone(),
            source.clone(),
            of_profiles.chain(of_scenarios).collect(),
            skips.collect(),
        ),
    })
}

/// The profile `name`, what it inherits, what that inherits, and so on; each once.
pub(super) fn lineage<'a>(name: &str, profiles: &'a [Written]) -> Vec<&'a Written> {
    let find = |name: &str| profiles.iter().position(|profile| profile.name == name);
    let mut seen = vec![false; profiles.len()];
    let mut chain: Vec<&Written> = Vec::new();
    let mut next = find(name);
    while let Some(at) = next.filter(|at| !std::mem::replace(&mut seen[*at], true)) {
        chain.push(&profiles[at]);
        next = profiles[at].inherits.as_ref().and_then(|(name, _)| find(name));
    }
    chain
}
