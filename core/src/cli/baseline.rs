//! What a run is held against: another state of the plugins, or another server.

use super::args::{RunArgs, ScenarioArgs};
use super::exit::ExitCode;
use super::files::load_file;
use super::machine::fit;
use super::plan::selects;
use super::screen::Screen;
use super::{measured, plugins};
use crate::host::Program;
use crate::run::{OtherProgram, Plugins};
use crate::scenario::{Loaded, Scenario};
use crate::text::path as shown;
use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The other build of a scenario.
pub(super) struct ReadyBaseline {
    pub(super) scenario: Scenario,
    pub(super) plugins: Plugins,
    /// In words.
    pub(super) what: String,
    /// Where two programs are compared: both, the baseline first.
    pub(super) programs: Option<[OtherProgram; 2]>,
}

/// Reads and checks the baseline of a scenario that is ready itself, of its file and the name in it; the inner
/// error is the code of what was wrong, told already.
pub(super) fn prepare(
    args: &RunArgs,
    (file, named): (&Path, &str),
    new: &Scenario,
    color: bool,
    err: &mut Screen,
) -> std::io::Result<Result<ReadyBaseline, ExitCode>> {
    let baseline = &args.baseline;
    if let Some(program) = &baseline.baseline {
        return Ok(match programs(args, (file, named), program) {
            Ok(programs) => Ok(ReadyBaseline {
                scenario: new.clone(),
                plugins: Plugins::default(),
                what: baseline.what(),
                programs: Some(programs),
            }),
            Err(why) => {
                writeln!(err, "error: {why}")?;
                Err(ExitCode::INCOMPARABLE)
            }
        });
    }
    let mut of_baseline: ScenarioArgs = args.scenario.clone();
    of_baseline.set.extend(baseline.baseline_server.iter().map(|set| format!("server.{set}")));
    if let Some(folder) = &baseline.baseline_plugins {
        of_baseline.plugin_dir.insert(0, folder.clone());
    }
    let mut loaded: Loaded = match load_file(file, &of_baseline)
        .and_then(|mut one| fit(&mut one, &args.filter).map(|()| one))
    {
        Ok(loaded) => loaded,
        Err(diagnostics) => {
            writeln!(err, "error: the baseline cannot be read:")?;
            err.page(&diagnostics.page(color))?;
            return Ok(Err(ExitCode::INVALID));
        }
    };
    let mut plugins = match plugins::locate(&mut loaded, &of_baseline.plugin_dir, color) {
        Ok(plugins) => plugins,
        Err(why) => {
            writeln!(err, "error: the baseline's plugins cannot be used:")?;
            err.page(&why)?;
            return Ok(Err(ExitCode::INCOMPARABLE));
        }
    };
    let mut scenario = loaded.scenario;
    scenario.cells.retain(|cell| selects(&args.filter, cell));
    if new.partition.is_some() {
        let part: HashSet<&str> = new.cells.iter().map(|cell| cell.id.as_str()).collect();
        scenario.cells.retain(|cell| part.contains(cell.id.as_str()));
        scenario.partition.clone_from(&new.partition);
    }
    measured::retain(&mut plugins, &scenario);
    let wrong = differs(&scenario, new)
        .or_else(|| missing(baseline.baseline_plugins.as_deref()?, &plugins));
    if let Some(why) = wrong {
        writeln!(err, "error: {}: the baseline cannot be compared: {why}", shown(file))?;
        return Ok(Err(ExitCode::INCOMPARABLE));
    }
    Ok(Ok(ReadyBaseline { scenario, plugins, what: baseline.what(), programs: None }))
}

/// This program and the other, as they are called. The options are those of this run; plugins are of each
/// installation, unless told otherwise.
fn programs(
    args: &RunArgs,
    (file, named): (&Path, &str),
    other: &Path,
) -> Result<[OtherProgram; 2], String> {
    let this = Program::this().map_err(|error| error.to_string())?;
    let other = other.canonicalize().map_err(|error| {
        format!(
            "the baseline {} cannot be found: {error}; name the file of a program",
            shown(other)
        )
    })?;
    let mut common: Vec<OsString> = Vec::new();
    // Another wirebench may know no profiles, and what this one says holds for both.
    let profile = args.scenario.applied.changes().map(|changes| changes.options(named));
    for set in profile.iter().flatten().chain(&args.scenario.set) {
        common.extend(["--set".into(), set.into()]);
    }
    if let Some(duration) = &args.scenario.duration {
        common.extend(["--duration".into(), duration.into()]);
    }
    let with = |folders: &mut dyn Iterator<Item = &PathBuf>| {
        let folders = folders.flat_map(|folder| ["--plugin-dir".into(), folder.into()]);
        common.iter().cloned().chain(folders).collect()
    };
    let build =
        |program: PathBuf, options| OtherProgram { program, file: file.to_owned(), options };
    Ok([
        build(other, with(&mut args.baseline.baseline_plugins.iter())),
        build(this.path().to_owned(), with(&mut args.scenario.plugin_dir.iter())),
    ])
}

/// Why cells of the two are not the same but for the build.
fn differs(baseline: &Scenario, new: &Scenario) -> Option<String> {
    let ids = |scenario: &Scenario| -> Vec<String> {
        scenario.cells.iter().map(|cell| cell.id.clone()).collect()
    };
    if ids(baseline) != ids(new) {
        return Some(
            "it has other cells; what is changed for the baseline cannot be an axis of the matrix"
                .into(),
        );
    }
    let served =
        |scenario: &Scenario| scenario.cells.iter().all(|cell| cell.settings.server.is_some());
    (served(baseline) != served(new)).then(|| "only one of both has a server of its own".into())
}

/// Which plugins the folder does not have: what was taken from elsewhere is no baseline.
fn missing(folder: &Path, plugins: &Plugins) -> Option<String> {
    let root = match folder.canonicalize() {
        Ok(root) => root,
        Err(error) => {
            return Some(format!("the folder {} cannot be found: {error}", shown(folder)));
        }
    };
    let elsewhere = |file: &&PathBuf| {
        !file.canonicalize().is_ok_and(|file| file.parent() == Some(root.as_path()))
    };
    let found = plugins.handlers.values().chain(plugins.framings.values());
    let names: Vec<String> = found.filter(elsewhere).map(shown).collect();
    (!names.is_empty()).then(|| {
        format!(
            "{} has no plugin that would take the place of {}; a plugin that the scenario names by `path` has \
             no other",
            shown(folder),
            names.join(", ")
        )
    })
}
