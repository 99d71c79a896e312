//! What a run is held against: another state of the plugins, or another server.

use super::args::{RunArgs, ScenarioArgs};
use super::exit::ExitCode;
use super::files::load_file;
use super::machine::fit;
use super::plan::selects;
use super::screen::Screen;
use super::{measured, plugins};
use crate::run::Plugins;
use crate::scenario::{Loaded, Scenario};
use crate::text::path as shown;
use std::path::{Path, PathBuf};

/// The other build of a scenario.
pub(super) struct ReadyBaseline {
    pub(super) scenario: Scenario,
    pub(super) plugins: Plugins,
    /// In words.
    pub(super) what: String,
}

/// Reads and checks the baseline of a scenario that is ready itself; the inner error is the code of what was
/// wrong, told already.
pub(super) fn prepare(
    args: &RunArgs,
    file: &Path,
    new: &Scenario,
    color: bool,
    err: &mut Screen,
) -> std::io::Result<Result<ReadyBaseline, ExitCode>> {
    let baseline = &args.baseline;
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
    measured::retain(&mut plugins, &scenario);
    let wrong = differs(&scenario, new)
        .or_else(|| missing(baseline.baseline_plugins.as_deref()?, &plugins));
    if let Some(why) = wrong {
        writeln!(err, "error: {}: the baseline cannot be compared: {why}", shown(file))?;
        return Ok(Err(ExitCode::INCOMPARABLE));
    }
    Ok(Ok(ReadyBaseline { scenario, plugins, what: baseline.what() }))
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
    let root = folder.canonicalize().ok()?;
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
