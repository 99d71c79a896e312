//! `wirebench merge`: the parts of a run, put together and judged as a whole.

use super::args::MergeArgs;
use super::choice::{AxesOf, choose};
use super::compared::{beside, keep};
use super::exit::{ExitCode, worst};
use super::measured;
use super::outputs::Outputs;
use super::printed::Printed;
use super::report::{info, planned};
use super::scenario_text;
use super::screen::Screen;
use super::show::told;
use crate::compare::{Comparison, merged};
use crate::events::{Event, Planned, SCHEMA};
use crate::result::document::ScenarioInfo;
use crate::result::journal::{JournalError, find, keep_whole, visit};
use crate::result::{Bulk, Merge, Stored, Unmergeable};
use crate::text::path;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The most parts and scenarios that one folder is looked through for.
const MOST_FOLDERS: usize = 10_000;

/// The whole of a scenario.
struct Whole {
    result: Stored<'static>,
    comparison: Option<Comparison>,
    /// The copy of the scenario's file beside the first part.
    text: Option<String>,
}

/// Why nothing is merged.
struct Refusal(ExitCode, String);

impl From<JournalError> for Refusal {
    fn from(error: JournalError) -> Self {
        Self(ExitCode::RESULT, error.to_string())
    }
}

impl From<Unmergeable> for Refusal {
    fn from(error: Unmergeable) -> Self {
        match error {
            Unmergeable::Different(why) => Self(ExitCode::INCOMPARABLE, why),
            Unmergeable::Incomplete(why) => Self(ExitCode::RESULT, why),
        }
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self(ExitCode::RESULT, format!("the cells cannot be kept: {error}"))
    }
}

/// Reads all parts, puts them together, keeps and prints the whole.
pub(super) fn merge(
    args: &MergeArgs,
    color: bool,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let read = files(&args.parts).and_then(|files| Ok((scenarios(&files)?, files)));
    let (mut wholes, files) = match read {
        Ok(read) => read,
        Err(Refusal(code, why)) => {
            writeln!(err, "error: the parts cannot be merged: {why}")?;
            return Ok(code);
        }
    };
    let infos: Vec<(ScenarioInfo, usize)> =
        wholes.iter().map(|whole| info(&whole.result)).collect();
    let scenarios: Vec<Planned> = infos.iter().map(planned).collect();
    let axes = infos.iter().map(|(info, _)| AxesOf { scenario: &info.name, axes: &info.axes });
    let chosen = choose(&args.print.table, axes);
    let opened = chosen.and_then(|choice| Outputs::open(&args.print, &scenarios, choice, &files));
    let mut outputs = match opened {
        Ok(outputs) => outputs,
        Err((code, why)) => {
            writeln!(err, "error: {why}")?;
            return Ok(code);
        }
    };
    let tool = &measured::tool();
    outputs.events.tell(Event::RunStarted { schema: SCHEMA, tool, scenarios: &scenarios });
    let MergeArgs { strict, flaky, .. } = *args;
    let mut printed = Printed { outputs, strict, flaky, trace: 0, color };
    let mut codes = Vec::new();
    for (at, whole) in wholes.iter_mut().enumerate() {
        let folder = match kept(whole, &args.out) {
            Ok(folder) => folder,
            Err(error) => return told(Err(error.into()), err),
        };
        let Whole { result, comparison, text } = whole;
        if let Some(text) = text {
            result.set_scenario_text(text);
        }
        if let Some(compared) = comparison {
            codes.push(keep(compared, Some(&folder), err)?);
        }
        let result = (result, comparison.as_ref());
        codes.push(printed.result(at, result, Some(folder), out, err)?);
    }
    printed.outputs.finish(worst(&codes), out, err)
}

/// The files of results that the arguments mean.
fn files(given: &[PathBuf]) -> Result<Vec<PathBuf>, Refusal> {
    let mut files = Vec::new();
    for one in given {
        match find(one) {
            Ok(file) => files.push(file),
            Err(error) => {
                let below = scenario_folders(one);
                if below.is_empty() {
                    return Err(error.into());
                }
                files.extend(below);
            }
        }
    }
    Ok(files)
}

/// The latest results of the scenarios in a results folder, by name.
fn scenario_folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().take(MOST_FOLDERS);
    let mut folders: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|one| one.is_dir())
        .collect();
    folders.sort();
    folders.iter().filter_map(|folder| find(folder).ok()).collect()
}

/// The parts of a scenario.
struct Parts {
    name: String,
    merge: Merge,
    comparisons: Vec<Comparison>,
    without_comparison: Option<String>,
    text: Option<String>,
}

/// The whole of each scenario that the files are parts of, in the order in which they come.
fn scenarios(files: &[PathBuf]) -> Result<Vec<Whole>, Refusal> {
    let mut bulk = Bulk::new()?;
    let mut all: Vec<Parts> = Vec::new();
    for file in files {
        let (mut cells, mut failed) = (Vec::new(), None);
        let visited = visit(file, &mut |cell, text| match bulk.keep(cell, text) {
            Ok(cell) => cells.push(cell),
            Err(error) => failed = Some(error),
        })?;
        if let Some(error) = failed {
            return Err(error.into());
        }
        if visited.torn_bytes.is_some() {
            let why = format!("{}: the last line of the journal has no end", path(file));
            return Err(Refusal(ExitCode::RESULT, why));
        }
        let compared = beside(file, &visited.document);
        let compared = compared.map_err(|why| Refusal(ExitCode::RESULT, why))?;
        let name = visited.document.scenario.name.clone();
        let at = all.iter().position(|parts| parts.name == name).unwrap_or_else(|| {
            all.push(Parts {
                name,
                merge: Merge::default(),
                comparisons: Vec::new(),
                without_comparison: None,
                text: scenario_text::beside(file),
            });
            all.len() - 1
        });
        let parts = &mut all[at];
        parts.merge.part(path(file), visited.document, cells)?;
        match compared {
            Some(compared) => parts.comparisons.push(compared),
            None => parts.without_comparison = Some(path(file)),
        }
    }
    let is_there = |name: &&String| all.iter().any(|parts| parts.name == **name);
    let mut of_run = all.iter().flat_map(|parts| parts.merge.scenarios());
    if let Some(missing) = of_run.find(|name| !is_there(name)) {
        let why = format!("no part of scenario {missing} is among them");
        return Err(Refusal(ExitCode::RESULT, why));
    }
    let bulk = bulk.finish()?;
    all.into_iter().map(|parts| parts.whole(&bulk)).collect()
}

impl Parts {
    fn whole(self, bulk: &Rc<File>) -> Result<Whole, Refusal> {
        let Self { name, merge, comparisons, without_comparison, text } = self;
        let result = merge.finish(bulk).map_err(|error| {
            let Refusal(code, why) = error.into();
            Refusal(code, format!("{name}: {why}"))
        })?;
        if comparisons.is_empty() {
            return Ok(Whole { result, comparison: None, text });
        }
        if let Some(without) = without_comparison {
            let why = format!("{name}: {without} was held against nothing, other parts were");
            return Err(Refusal(ExitCode::INCOMPARABLE, why));
        }
        let ids: Vec<&str> = result.document().cells.iter().map(|cell| cell.id.as_str()).collect();
        let comparison = merged(comparisons, &ids)
            .map_err(|why| Refusal(ExitCode::INCOMPARABLE, format!("{name}: {why}")))?;
        Ok(Whole { result, comparison: Some(comparison), text })
    }
}

/// Keeps the whole below `out`, and says where.
fn kept(whole: &mut Whole, out: &Path) -> Result<PathBuf, JournalError> {
    let Whole { result, comparison, text } = whole;
    let name = result.document().scenario.name.clone();
    let (folder, run) = keep_whole(out, &name, text.as_deref(), result)?;
    if let Some(comparison) = comparison {
        comparison.run = Some(run);
    }
    Ok(folder)
}
