//! A run of two builds: both are measured in turn, kept, compared and judged.

mod side;
mod watch;

use super::args::RunArgs;
use super::baseline::ReadyBaseline;
use super::compared::{keep, print_below, tell, verdict};
use super::exit::{ExitCode, worst};
use super::machine::{cannot_run, gave_up};
use super::measured;
use super::result_sink::ResultsFolder;
use super::run::{Places, ReadyScenario, USUAL_EXAMPLES};
use super::screen::Screen;
use super::show::{ShowOptions, complain, judged, show, told};
use crate::compare::{Comparison, Lost, PairedRounds};
use crate::result::{Host, Tool};
use crate::run::{Build, Builds, RunError, Runner, Which};
use crate::text::path;
use side::{About, Finished, Side};
use std::path::Path;
use std::time::Duration;
use watch::Watch;
use wirebench_values::{Span, Written};

/// The folder, below the run's own, in which the baseline's result is kept.
const BASELINE_FOLDER: &str = "baseline";

/// Reads `--budget`.
pub(super) fn budget(args: &RunArgs) -> Result<Option<Duration>, String> {
    let read = |text: &str| Span::read(&Written::Text(text)).map(Span::duration);
    let given = args.baseline.budget.as_deref().map(read).transpose();
    given.map_err(|wrong| format!("--budget {wrong}"))
}

/// Runs both, and prints what is said of the new build and of the two beside each other.
pub(super) fn run(
    args: &RunArgs,
    color: bool,
    runner: &mut Runner,
    (at, new, baseline): (usize, &ReadyScenario, &ReadyBaseline),
    places: &mut Places,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let Ok(budget) = budget(args) else { return Ok(ExitCode::USAGE) };
    let (host, tool) = (Host::read(), measured::tool());
    let tool_of_baseline = match tried(runner, (new, baseline), &tool) {
        Ok(Some(tool)) => tool,
        Ok(None) => {
            writeln!(err, "interrupted before the first round")?;
            return Ok(ExitCode::INTERRUPTED);
        }
        Err(error) => return cannot_run(&error, err),
    };
    // What is told and kept of them.
    let scenario = &new.scenario.secrets.without(&new.scenario);
    let of_baseline = &baseline.scenario.secrets.without(&baseline.scenario);
    let about = About {
        scenario,
        text: &new.text,
        measured: &new.plugins.measured,
        tool: tool.clone(),
        what: "this run".into(),
    };
    let new_side = match Side::open(about, Some(&places.kept), &host, err)? {
        Ok(side) => side,
        Err(code) => return Ok(code),
    };
    let below = |folder: &Path| ResultsFolder::below(&folder.join(BASELINE_FOLDER));
    let folder = new_side.folder().map(below);
    let about = About {
        scenario: of_baseline,
        text: &new.text,
        measured: &baseline.plugins.measured,
        tool: tool_of_baseline,
        what: baseline.what.clone(),
    };
    let baseline_side = match Side::open(about, folder.as_ref(), &host, err)? {
        Ok(side) => side,
        Err(code) => return Ok(code),
    };
    let mut watch = Watch {
        scenario,
        teller: places.progress.begin(scenario, 2, err),
        budget,
        baseline: baseline_side,
        new: new_side,
        rounds: PairedRounds::new(scenario),
        events: &mut places.outputs.events,
    };
    let examples = (args.traced() as usize).max(USUAL_EXAMPLES);
    let ran = runner.run_paired(builds(new, baseline), examples, budget, &mut watch);
    let Watch { teller, baseline, new: side, rounds, .. } = watch;
    teller.finish();
    let ran = match ran {
        Ok(ran) => ran,
        Err(error) => return cannot_run(&error, err),
    };
    let (baseline, side) =
        match (baseline.finish(&host, &ran, err)?, side.finish(&host, &ran, err)?) {
            (Ok(baseline), Ok(new)) => (baseline, new),
            (Err(code), _) | (_, Err(code)) => return Ok(code),
        };
    let lost = rounds.lost();
    let run = side.result.document().run.clone();
    let early = ran.interrupted || ran.stopped.is_some();
    let subjects = [baseline.subject, side.subject.clone()];
    let compared = rounds.finish(host, tool, run, subjects, early);
    let told = print(args, color, (at, side), (&compared, lost), places, out, err)?;
    if let Some(why) = ran.stopped {
        writeln!(err, "error: {}: {why}. The run ends here.", path(&new.file))?;
    } else if ran.interrupted {
        writeln!(err, "interrupted: the comparison is of the rounds so far")?;
    }
    match ran.gave_up {
        // Its rounds so far are kept, and judge nothing.
        Some(which) => Ok(gave_up(which)),
        None => Ok(worst(&[told, baseline.kept])),
    }
}

/// How the two are played.
fn builds<'a>(new: &'a ReadyScenario, baseline: &'a ReadyBaseline) -> Builds<'a> {
    match &baseline.programs {
        Some(programs) => Builds::Programs(&new.scenario, programs),
        None => Builds::Here([
            Build { scenario: &baseline.scenario, plugins: &baseline.plugins },
            Build { scenario: &new.scenario, plugins: &new.plugins },
        ]),
    }
}

/// Keeps the comparison, and prints what is said of the new build; returns what all of it means.
fn print(
    args: &RunArgs,
    color: bool,
    (at, new): (usize, Finished<'_>),
    (compared, lost): (&Comparison, Lost),
    places: &mut Places,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let Finished { mut result, folder, kept, .. } = new;
    let mut codes = vec![judged(result.document(), args.strict), kept];
    codes.push(verdict(compared, lost.baseline, args.strict));
    // A fresh round is of no result, so nobody else tells.
    codes.extend(lost.new.then_some(ExitCode::INTEGRITY));
    codes.push(keep(compared, folder.as_deref(), err)?);
    if let Some(format) = places.outputs.printed {
        let choice = places.outputs.choice.clone();
        let shown = ShowOptions { format, trace: args.traced(), color, kept_in: folder, choice };
        codes.push(told(show(&mut result, shown, out), err)?);
        print_below(compared, format, color, out)?;
    }
    complain(result.document(), places.outputs.printed, err)?;
    codes.push(places.outputs.add(at, &mut result, Some(compared), out, err)?);
    tell(compared, lost.baseline, err)?;
    Ok(worst(&codes))
}

/// Has both programs play once, where there are two: what cannot be compared is told before anything is kept.
/// Returns what the baseline's says of itself; `None`: the user stopped it.
fn tried(
    runner: &mut Runner,
    (new, baseline): (&ReadyScenario, &ReadyBaseline),
    tool: &Tool,
) -> Result<Option<Tool>, RunError> {
    let Some([other, this]) = &baseline.programs else { return Ok(Some(tool.clone())) };
    let tool = runner.try_program(Which::Baseline, other, &new.scenario)?;
    match runner.try_program(Which::New, this, &new.scenario)? {
        Some(_) => Ok(tool),
        None => Ok(None),
    }
}
