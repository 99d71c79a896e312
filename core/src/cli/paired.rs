//! A run of two builds: both are measured in turn, kept, compared and judged.

use super::args::RunArgs;
use super::baseline::ReadyBaseline;
use super::compared::{COMPARISON_FILE, print_below, tell, verdict};
use super::exit::{ExitCode, worst};
use super::machine::cannot_run;
use super::measured;
use super::outputs::Outputs;
use super::result_sink::{ResultSink, ResultsFolder};
use super::run::{ReadyScenario, USUAL_EXAMPLES, progress};
use super::screen::Screen;
use super::show::{ShowOptions, judged, show, told, write_json};
use crate::compare::{Comparison, PairedRounds, Played, Stage, Subject};
use crate::report::Progress;
use crate::result::document::Measured;
use crate::result::journal::replace;
use crate::result::{Host, Outcome, Pool, Round, Tool};
use crate::run::{Build, Builds, PairOfRounds, PairedWatcher, RunError, Runner, Which};
use crate::scenario::Scenario;
use crate::text::{Json, path};
use std::path::Path;
use std::time::Duration;
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
    (new, baseline): (&ReadyScenario, &ReadyBaseline),
    outputs: &mut Outputs,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let (host, tool) = (Host::read(), measured::tool());
    let tool_of_baseline = match tried(runner, (new, baseline), &tool) {
        Ok(Some(tool)) => tool,
        Ok(None) => {
            writeln!(err, "interrupted before the first round")?;
            return Ok(ExitCode::INTERRUPTED);
        }
        Err(error) => return cannot_run(&error, err),
    };
    let scenario = &new.scenario.secrets.without(&new.scenario);
    let of_baseline = &baseline.scenario.secrets.without(&baseline.scenario);
    let kept = (scenario, new.text.as_str());
    let mut sink =
        match ResultSink::open(&outputs.out, kept, &new.plugins.measured, &host, &tool, err)? {
            Ok(sink) => sink,
            Err(code) => return Ok(code),
        };
    let folder = sink.folder().map(|folder| ResultsFolder::below(&folder.join(BASELINE_FOLDER)));
    let mut baseline_sink = match &folder {
        Some(folder) => {
            let kept = (of_baseline, new.text.as_str());
            let measured = &baseline.plugins.measured;
            match ResultSink::open(folder, kept, measured, &host, &tool_of_baseline, err)? {
                Ok(sink) => sink,
                Err(code) => return Ok(code),
            }
        }
        None => ResultSink::nowhere(),
    };
    let total = 2 * scenario.cells.len() as u64 * u64::from(scenario.rounds);
    let mut watch = Watch {
        scenario,
        progress: progress(args, total),
        sides: [pool(of_baseline, &mut baseline_sink), pool(scenario, &mut sink)],
        rounds: PairedRounds::new(scenario),
    };
    let builds = match &baseline.programs {
        Some(programs) => Builds::Programs(&new.scenario, programs),
        None => Builds::Here([
            Build { scenario: &baseline.scenario, plugins: &baseline.plugins },
            Build { scenario: &new.scenario, plugins: &new.plugins },
        ]),
    };
    let examples = (args.trace as usize).max(USUAL_EXAMPLES);
    let Ok(budget) = budget(args) else { return Ok(ExitCode::USAGE) };
    let ran = runner.run_paired(builds, examples, budget, &mut watch);
    let Watch { progress, sides: [baseline_side, side], rounds, .. } = watch;
    progress.finish();
    let ran = match ran {
        Ok(ran) => ran,
        Err(error) => return cannot_run(&error, err),
    };
    let (baseline_pool, pool) = (baseline_side.pool, side.pool);
    let finished = baseline_pool
        .finish(host.clone(), tool_of_baseline.clone())
        .and_then(|baseline| Ok((baseline, pool.finish(host.clone(), tool.clone())?)));
    let (mut baseline_result, mut result) = match finished {
        Ok(results) => results,
        Err(error) => return told(Err(error.into()), err),
    };
    for (result, measured) in
        [(&mut baseline_result, &baseline.plugins.measured), (&mut result, &new.plugins.measured)]
    {
        result.measured(measured.clone());
        match &ran.stopped {
            Some(why) => result.stop(why.clone()),
            None if ran.interrupted => result.interrupt(),
            None => {}
        }
    }
    let (baseline_in, baseline_kept) = baseline_sink.finish(&mut baseline_result, err)?;
    let (kept_in, kept) = sink.finish(&mut result, err)?;
    let lost_the_baseline = rounds.lost_the_baseline();
    let subject = |what: String, tool: &Tool, measured: &Measured, folder: Option<&Path>| {
        let results = folder.map(|folder| path(folder.join("result.json"))).into_iter().collect();
        Subject { results, ..Subject::new(what, tool.clone(), measured.clone()) }
    };
    let subjects = [
        subject(
            baseline.what.clone(),
            &tool_of_baseline,
            &baseline.plugins.measured,
            baseline_in.as_deref(),
        ),
        subject("this run".into(), &tool, &new.plugins.measured, kept_in.as_deref()),
    ];
    let run = result.document().run.clone();
    let early = ran.interrupted || ran.stopped.is_some();
    let compared = rounds.finish(host, tool.clone(), run, subjects, early);
    let mut codes = vec![judged(result.document(), args.strict), kept, baseline_kept];
    codes.push(verdict(&compared, lost_the_baseline, args.strict));
    codes.push(keep(&compared, kept_in.as_deref(), err)?);
    if let Some(format) = outputs.printed {
        let shown = ShowOptions { format, trace: args.trace, color, kept_in };
        codes.push(told(show(&mut result, shown, out), err)?);
        print_below(&compared, format, color, out)?;
    }
    if let Some(target) = &mut outputs.json {
        codes.push(write_json(target, &mut result, out, err)?);
    }
    tell(&compared, lost_the_baseline, err)?;
    if let Some(why) = ran.stopped {
        writeln!(err, "error: {}: {why}. The run ends here.", path(&new.file))?;
    } else if ran.interrupted {
        writeln!(err, "interrupted: the comparison is of the rounds so far")?;
    }
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

/// Keeps the comparison beside the result.
fn keep(
    compared: &Comparison,
    folder: Option<&Path>,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let Some(folder) = folder else { return Ok(ExitCode::SUCCESS) };
    let file = folder.join(COMPARISON_FILE);
    let kept = replace(&file, |to| compared.write(&mut Json(to)));
    match kept {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            writeln!(err, "error: the comparison cannot be kept in {}: {error}", path(&file))?;
            Ok(ExitCode::RESULT)
        }
    }
}

/// One build's rounds, kept and pooled.
struct OneSide<'a, 'k> {
    sink: &'k mut ResultSink,
    pool: Pool<'a>,
}

fn pool<'a, 'k>(scenario: &'a Scenario, sink: &'k mut ResultSink) -> OneSide<'a, 'k> {
    let mut pool = Pool::new(scenario);
    if let Some(archive) = sink.archive() {
        pool.set_archive(archive);
    }
    OneSide { sink, pool }
}

impl OneSide<'_, '_> {
    fn add(&mut self, round: &Round) {
        match self.sink.round(round) {
            Some(span) => self.pool.kept(round.cell, span),
            None => self.pool.add(round),
        }
    }
}

struct Watch<'a, 'k> {
    scenario: &'a Scenario,
    progress: Progress,
    /// The baseline's, and that of the new build.
    sides: [OneSide<'a, 'k>; 2],
    rounds: PairedRounds<'a>,
}

fn played(pair: &PairOfRounds) -> Played<'_> {
    let PairOfRounds { baseline, new, baseline_first } = pair;
    Played { baseline, new, baseline_first: *baseline_first }
}

impl Watch<'_, '_> {
    fn ended(&mut self, pair: &PairOfRounds) {
        for round in [&pair.baseline, &pair.new] {
            self.progress.round_ended(matches!(round.outcome, Outcome::Finished { .. }));
        }
    }
}

impl PairedWatcher for Watch<'_, '_> {
    fn begins(&mut self, which: Which, cell: usize, round: u32) {
        let of = if which == Which::Baseline { " of the baseline" } else { "" };
        self.progress.round_begins(&format!("{}{of}", self.scenario.cells[cell].id), round);
    }

    fn screened(&mut self, pair: PairOfRounds) {
        self.ended(&pair);
        self.rounds.add(Stage::Screen, played(&pair));
        self.sides[0].add(&pair.baseline);
        self.sides[1].add(&pair.new);
    }

    fn controlled(&mut self, pair: PairOfRounds) {
        self.rounds.control(played(&pair));
    }

    fn flagged(&mut self) -> Vec<usize> {
        self.rounds.flagged()
    }

    fn confirmed(&mut self, pair: PairOfRounds) {
        self.rounds.add(Stage::Fresh, played(&pair));
    }

    fn is_told(&mut self, cell: usize) -> bool {
        self.rounds.is_told(cell)
    }
}
