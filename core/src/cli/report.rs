//! `wirebench report`: kept runs again, in any format and with the exit code that they had.

use super::args::AgainArgs;
use super::choice::{AxesOf, choose};
use super::compared::beside;
use super::exit::{ExitCode, worst};
use super::outputs::Outputs;
use super::printed::Printed;
use super::scenario_text;
use super::screen::Screen;
use super::show::told;
use crate::compare::Comparison;
use crate::events::{Event, Planned, Replay, SCHEMA, replay};
use crate::report::no_more_hope;
use crate::result::document::ScenarioInfo;
use crate::result::journal::{JournalError, Opened, Rounds, open};
use crate::result::{Document, Stored};
use crate::text::path;
use std::path::{Path, PathBuf};

/// What stands in the folder of a run.
const FILES_OF_A_RUN: [&str; 4] =
    ["result.json", "journal.jsonl", "comparison.json", "scenario.toml"];

/// What was found at one of the paths.
enum Found {
    /// Results that are there.
    Results(Vec<Item<'static>>),
    /// The file of a journal, of which a result is to be made.
    Journal(PathBuf, Box<Rounds>),
}

/// A result, and what belongs to it.
struct Item<'a> {
    result: Stored<'a>,
    compared: Option<Comparison>,
    /// The folder that it is from.
    kept_in: Option<PathBuf>,
}

/// Makes the results of journals, or reads documents or events, and prints them.
pub(super) fn report(
    runs: &[PathBuf],
    args: &AgainArgs,
    color: bool,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let (mut found, mut codes) = (Vec::with_capacity(runs.len()), Vec::new());
    for run in runs {
        match find(run, &mut codes, err)? {
            Ok(one) => found.push(one),
            Err(code) => return Ok(code),
        }
    }
    let mut items: Vec<Item<'_>> = Vec::new();
    for one in &mut found {
        match one {
            Found::Results(results) => items.extend(std::mem::take(results)),
            Found::Journal(file, rounds) => match of_journal(rounds) {
                Ok(result) => items.push(item(file, result, &mut codes, err)?),
                Err(error) => return told(Err(error.into()), err),
            },
        }
    }
    codes.push(print_each(args, color, (&mut items, runs), out, err)?);
    Ok(worst(&codes))
}

/// Files that what was read stands in, or could be read from again.
fn files_of(items: &[Item<'_>], runs: &[PathBuf]) -> Vec<PathBuf> {
    let kept = items.iter().filter_map(|item| item.kept_in.as_ref());
    let of_folder = |folder: &PathBuf| FILES_OF_A_RUN.map(|name| folder.join(name));
    runs.iter().cloned().chain(kept.flat_map(of_folder)).collect()
}

/// Opens what is at a path; what may be missing in it is told, and added to the codes. The inner error is the code
/// of why there is nothing, told already.
fn find(
    run: &Path,
    codes: &mut Vec<ExitCode>,
    err: &mut Screen,
) -> std::io::Result<Result<Found, ExitCode>> {
    match replay(run) {
        Ok(None) => {}
        Ok(Some(events)) => return of_events(run, events, codes, err),
        Err(error) => return told(Err(error.into()), err).map(Err),
    }
    Ok(Ok(match open(run) {
        Ok((file, Opened::Document(result))) => {
            Found::Results(vec![item(&file, result, codes, err)?])
        }
        Ok((file, Opened::Journal(rounds))) => {
            remarks(&rounds, err)?;
            Found::Journal(file, Box::new(rounds))
        }
        Err(error) => return told(Err(error.into()), err).map(Err),
    }))
}

/// A result that stands in a file, with what belongs to it beside that.
fn item<'a>(
    file: &Path,
    mut result: Stored<'a>,
    codes: &mut Vec<ExitCode>,
    err: &mut Screen,
) -> std::io::Result<Item<'a>> {
    scenario_text::add(file, &mut result);
    let compared = match beside(file, result.document()) {
        Ok(compared) => compared,
        Err(why) => {
            writeln!(err, "error: {why}")?;
            codes.push(ExitCode::RESULT);
            None
        }
    };
    Ok(Item { result, compared, kept_in: file.parent().map(Path::to_owned) })
}

/// The result of a journal's rounds.
fn of_journal(rounds: &Rounds) -> Result<Stored<'_>, JournalError> {
    let mut result = rounds.result()?;
    if let Some((round, found)) = rounds.aborted_by()? {
        let id = &rounds.header().scenario.cells[round.cell].id;
        result.abort(no_more_hope(id, round.round, &found));
    }
    Ok(result)
}

/// What is missing of a run that was killed.
fn remarks(rounds: &Rounds, err: &mut Screen) -> std::io::Result<()> {
    if let Some(bytes) = rounds.torn_bytes() {
        writeln!(
            err,
            "note: the last line of the journal has no end; its {bytes} bytes are left out"
        )?;
    }
    let (there, planned) = (rounds.count(), rounds.planned());
    if there < planned {
        writeln!(err, "note: {there} of {planned} rounds are in the journal")?;
    }
    Ok(())
}

/// All results of a run's events.
fn of_events(
    run: &Path,
    events: Replay,
    codes: &mut Vec<ExitCode>,
    err: &mut Screen,
) -> std::io::Result<Result<Found, ExitCode>> {
    if events.results.is_empty() {
        writeln!(
            err,
            "error: {}: no scenario had ended when these events did; give the run's folder, whose journal has its \
             rounds so far",
            path(run)
        )?;
        return Ok(Err(ExitCode::RESULT));
    }
    if !events.ended {
        writeln!(
            err,
            "error: the run had not ended when these events did: results may be missing"
        )?;
        codes.push(ExitCode::RESULT);
    }
    let items = events.results.into_iter().map(|one| Item {
        result: one.result,
        compared: one.comparison,
        kept_in: None,
    });
    Ok(Ok(Found::Results(items.collect())))
}

/// Prints results, one after the other.
fn print_each(
    args: &AgainArgs,
    color: bool,
    (items, runs): (&mut [Item<'_>], &[PathBuf]),
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let infos: Vec<_> = items.iter().map(|item| info(&item.result)).collect();
    let scenarios: Vec<Planned> = infos.iter().map(planned).collect();
    let axes = infos.iter().map(|(info, _)| AxesOf { scenario: &info.name, axes: &info.axes });
    let chosen = choose(&args.print.table, axes);
    let (print, files) = (args.named.with(&args.print), files_of(items, runs));
    let opened = chosen.and_then(|choice| Outputs::open(&print, &scenarios, choice, &files));
    let mut outputs = match opened {
        Ok(outputs) => outputs,
        Err((code, why)) => {
            writeln!(err, "error: {why}")?;
            return Ok(code);
        }
    };
    let tool = &items[0].result.document().tool.clone();
    outputs.events.tell(Event::RunStarted { schema: SCHEMA, tool, scenarios: &scenarios });
    let AgainArgs { strict, flaky, trace, .. } = *args;
    let mut printed = Printed { outputs, strict, flaky, trace, color };
    let mut codes = Vec::new();
    for (at, item) in items.iter_mut().enumerate() {
        let Item { result, compared, kept_in } = item;
        let result = (result, compared.as_ref());
        codes.push(printed.result(at, result, kept_in.take(), out, err)?);
    }
    printed.outputs.finish(worst(&codes), out, err)
}

/// What a result says of its scenario, and how many cells it has.
pub(super) fn info(result: &Stored<'_>) -> (ScenarioInfo, usize) {
    let Document { scenario, cells, .. } = result.document();
    (scenario.clone(), cells.len())
}

/// The same for whom events are told.
pub(super) fn planned((scenario, cells): &(ScenarioInfo, usize)) -> Planned<'_> {
    let ScenarioInfo { name, source, rounds, .. } = scenario;
    Planned { name, source, cells: *cells, rounds: *rounds }
}
