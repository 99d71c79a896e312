//! `wirebench report`: a kept run again, in any format and with the exit code it had.

use super::args::AgainArgs;
use super::choice::{AxesOf, choose};
use super::compared::beside;
use super::exit::{ExitCode, worst};
use super::outputs::Outputs;
use super::printed::Printed;
use super::screen::Screen;
use super::show::told;
use crate::compare::Comparison;
use crate::events::{Event, Planned, Replay, SCHEMA, replay};
use crate::report::no_more_hope;
use crate::result::document::ScenarioInfo;
use crate::result::journal::{Opened, Rounds, open};
use crate::result::{Document, Stored};
use crate::text::path;
use std::path::Path;

/// Makes the result of a journal, or reads a document, and prints it.
pub(super) fn report(
    run: &Path,
    args: &AgainArgs,
    color: bool,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    match replay(run) {
        Ok(None) => {}
        Ok(Some(events)) => return print_events(args, color, (run, events), out, err),
        Err(error) => return told(Err(error.into()), err),
    }
    let (file, opened) = match open(run) {
        Ok(found) => found,
        Err(error) => return told(Err(error.into()), err),
    };
    let rounds = match opened {
        Opened::Document(mut result) => return print(args, color, &file, &mut result, out, err),
        Opened::Journal(rounds) => rounds,
    };
    remarks(&rounds, err)?;
    match rounds.result() {
        Ok(mut result) => match rounds.aborted_by() {
            Ok(found) => {
                if let Some((round, found)) = found {
                    let id = &rounds.header().scenario.cells[round.cell].id;
                    result.abort(no_more_hope(id, round.round, &found));
                }
                print(args, color, &file, &mut result, out, err)
            }
            Err(error) => told(Err(error.into()), err),
        },
        Err(error) => told(Err(error.into()), err),
    }
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

/// Prints a result that stands in `file`, and the comparison beside it.
fn print(
    args: &AgainArgs,
    color: bool,
    file: &Path,
    result: &mut Stored,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let compared = match beside(file, result.document()) {
        Ok(compared) => compared,
        Err(why) => {
            writeln!(err, "error: {why}")?;
            let code = print_each(args, color, &mut [(result, None)], file.parent(), out, err)?;
            return Ok(worst(&[code, ExitCode::RESULT]));
        }
    };
    print_each(args, color, &mut [(result, compared)], file.parent(), out, err)
}

/// Prints all results of a run's events.
fn print_events(
    args: &AgainArgs,
    color: bool,
    (run, mut events): (&Path, Replay),
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    if events.results.is_empty() {
        writeln!(
            err,
            "error: {}: no scenario had ended when these events did; give the run's folder, whose journal has its \
             rounds so far",
            path(run)
        )?;
        return Ok(ExitCode::RESULT);
    }
    let mut results: Vec<(&mut Stored, Option<Comparison>)> =
        events.results.iter_mut().map(|one| (&mut one.result, one.comparison.take())).collect();
    let code = print_each(args, color, &mut results, None, out, err)?;
    if events.ended {
        return Ok(code);
    }
    writeln!(err, "error: the run had not ended when these events did: results may be missing")?;
    Ok(worst(&[code, ExitCode::RESULT]))
}

/// Prints results, one after the other; `kept_in`: the folder that they are from.
fn print_each(
    args: &AgainArgs,
    color: bool,
    results: &mut [(&mut Stored, Option<Comparison>)],
    kept_in: Option<&Path>,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let infos: Vec<_> = results.iter().map(|(result, _)| info(result)).collect();
    let scenarios: Vec<Planned> = infos.iter().map(planned).collect();
    let axes = infos.iter().map(|(info, _)| AxesOf { scenario: &info.name, axes: &info.axes });
    let chosen = choose(&args.print.table, axes);
    let opened = chosen.and_then(|choice| Outputs::open(&args.print, &scenarios, choice));
    let mut outputs = match opened {
        Ok(outputs) => outputs,
        Err((code, why)) => {
            writeln!(err, "error: {why}")?;
            return Ok(code);
        }
    };
    let tool = &results[0].0.document().tool;
    outputs.events.tell(Event::RunStarted { schema: SCHEMA, tool, scenarios: &scenarios });
    let AgainArgs { strict, flaky, trace, .. } = *args;
    let mut printed = Printed { outputs, strict, flaky, trace, color };
    let mut codes = Vec::new();
    for (at, (result, compared)) in results.iter_mut().enumerate() {
        let result = (&mut **result, compared.as_ref());
        codes.push(printed.result(at, result, kept_in.map(Path::to_owned), out, err)?);
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
