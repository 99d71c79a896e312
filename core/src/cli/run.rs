//! `wirebench run`: measure, keep, print, judge.

use super::args::{AttachTo, LogArgs, RunArgs};
use super::baseline::{self, ReadyBaseline};
use super::choice::{AxesOf, choose};
use super::config::effective_run;
use super::exit::{ExitCode, worst};
use super::files::named_files;
use super::flaky::tell_flaky;
use super::floor;
use super::machine::{cannot_run, load_fitted, start_runner};
use super::measured;
use super::outputs::Outputs;
use super::paired;
use super::partition;
use super::plan::selects;
use super::plugins;
use super::preflight;
use super::progress::ProgressWay;
use super::result_sink::{ResultSink, ResultsFolder};
use super::runs;
use super::screen::Screen;
use super::show::{ShowOptions, complain, judged, show, told};
use super::watch::{Watch, Watched};
use crate::events::{self, Event, Planned};
use crate::framing::Role;
use crate::result::Host;
use crate::result::document::FloorResult;
use crate::run::{Plugins, Runner};
use crate::scenario::{Loaded, Scenario};
use crate::text::{path, plural};
use std::path::PathBuf;

/// Examples kept of each anomaly when no timeline is asked for: the table shows one.
pub(super) const USUAL_EXAMPLES: usize = 3;

/// A scenario that is ready to run.
pub(super) struct ReadyScenario {
    pub(super) file: PathBuf,
    /// What it is called in the file.
    pub(super) named: String,
    pub(super) text: String,
    pub(super) scenario: Scenario,
    pub(super) plugins: Plugins,
    /// What it is held against.
    pub(super) baseline: Option<ReadyBaseline>,
}

/// Runs all files, one after the other. Nothing is started unless all of them are valid. In colour or not on
/// standard output, and on standard error.
pub(super) fn run(
    args: &RunArgs,
    [color, color_of_err]: [bool; 2],
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let args = &match effective_run(args, color, err)? {
        Ok(args) => args,
        Err(code) => return Ok(code),
    };
    let ready = match prepare(args, color, err)? {
        Ok(ready) => ready,
        Err(code) => return Ok(code),
    };
    if let Some(code) = preflight::lacking(&ready, err)? {
        return Ok(code);
    }
    let mut places = match Places::open(args, &ready, color_of_err) {
        Ok(places) => places,
        Err((code, why)) => {
            writeln!(err, "error: {why}")?;
            return Ok(code);
        }
    };
    let mut runner = match start_runner(err)? {
        Ok(runner) => runner,
        Err(code) => return Ok(code),
    };
    // Which process waits is told on its standard error.
    let show_output = args.log.show_output || args.attach.is_some();
    LogArgs { show_output, ..args.log }.attach(&mut runner);
    match args.attach {
        None => {}
        Some(AttachTo::Server) => runner.attach_to(Role::Server),
        Some(AttachTo::Client) => runner.attach_to(Role::Client),
    }
    places.outputs.events.tell(Event::RunStarted {
        schema: events::SCHEMA,
        tool: &measured::tool(),
        scenarios: &ready.iter().map(planned).collect::<Vec<_>>(),
    });
    let floor = floor_of(args, &mut runner, &ready);
    let mut codes = Vec::new();
    for (at, one) in ready.iter().enumerate() {
        if at > 0 && places.outputs.are_texts() {
            writeln!(out)?;
        }
        let name = &one.scenario.name;
        places.outputs.events.tell(Event::ScenarioStarted { scenario: name });
        let code = match &one.baseline {
            None => {
                let floor = floor.clone();
                run_one(args, color, &mut runner, (at, one, floor), &mut places, out, err)?
            }
            Some(baseline) => {
                let builds = (at, one, baseline);
                paired::run(args, color, &mut runner, builds, &mut places, out, err)?
            }
        };
        codes.push(code);
        out.flush()?;
        let over = runner.stopped().is_some();
        if over || code == ExitCode::INTERRUPTED || code == ExitCode::INTERNAL {
            break;
        }
        if args.failures.abort_on_fail && (code == ExitCode::INTEGRITY || code == ExitCode::COST) {
            left_out(ready.len() - at - 1, err)?;
            break;
        }
    }
    let code = places.outputs.finish(worst(&codes), out, err)?;
    let names = ready.iter().map(|one| one.scenario.name.as_str());
    runs::prune_behind(args, &places.kept, names, err)?;
    Ok(code)
}

/// The floor of the instrument, measured once before the first scenario. Who waits for a debugger has none.
fn floor_of(args: &RunArgs, runner: &mut Runner, ready: &[ReadyScenario]) -> Option<FloorResult> {
    let first = ready.iter().find(|one| one.baseline.is_none())?;
    if args.attach.is_some() {
        return None;
    }
    floor::measure(runner, &first.scenario, &args.scenario.plugin_dir)
}

fn planned(one: &ReadyScenario) -> Planned<'_> {
    let Scenario { name, source, cells, rounds, .. } = &one.scenario;
    Planned { name, source, cells: cells.len(), rounds: *rounds }
}

/// Says how many scenarios are not played because one before has failed.
fn left_out(scenarios: usize, err: &mut Screen) -> std::io::Result<()> {
    if scenarios == 0 {
        return Ok(());
    }
    let noun = plural(scenarios as u64, "scenario");
    let were = if scenarios == 1 { "was" } else { "were" };
    writeln!(err, "error: {scenarios} {noun} behind it {were} not played (--abort-on-fail)")
}

/// Where results go.
pub(super) struct Places {
    /// What is printed and written.
    pub(super) outputs: Outputs,
    /// What is kept.
    pub(super) kept: ResultsFolder,
    /// How progress is told.
    pub(super) progress: ProgressWay,
}

impl Places {
    /// The error is a code and why.
    fn open(
        args: &RunArgs,
        ready: &[ReadyScenario],
        color_of_err: bool,
    ) -> Result<Self, (ExitCode, String)> {
        let scenarios: Vec<Planned> = ready.iter().map(planned).collect();
        let axes = ready
            .iter()
            .map(|one| AxesOf { scenario: &one.scenario.name, axes: &one.scenario.axes });
        let choice = choose(&args.print.table, axes)?;
        let files: Vec<PathBuf> = ready.iter().map(|one| one.file.clone()).collect();
        let outputs = Outputs::open(&args.named.with(&args.print), &scenarios, choice, &files)?;
        let kept = ResultsFolder::choose(args.out.as_deref());
        let kept = kept.map_err(|why| (ExitCode::RESULT, why))?;
        Ok(Self { outputs, kept, progress: ProgressWay::choose(args, color_of_err) })
    }
}

/// Reads and checks everything; the inner error is the code of what was wrong, told already.
fn prepare(
    args: &RunArgs,
    color: bool,
    err: &mut Screen,
) -> std::io::Result<Result<Vec<ReadyScenario>, ExitCode>> {
    let budget = paired::budget(args).map(|_| ());
    if let Err(why) = budget.and_then(|()| args.failures.fit(&args.baseline)) {
        writeln!(err, "error: {why}")?;
        return Ok(Err(ExitCode::USAGE));
    }
    let files = match named_files(&args.scenario, err)? {
        Ok(files) => files,
        Err(code) => return Ok(Err(code)),
    };
    let mut loaded: Vec<(PathBuf, Loaded)> = Vec::new();
    let (mut invalid, mut names) = (false, Vec::new());
    for file in files {
        match load_fitted(&file, &args.scenario, &args.filter) {
            Ok(one) => {
                names.push(one.named.clone());
                match one.skipped {
                    true => args.scenario.applied.tell_skipped(&one, err)?,
                    false => loaded.push((file, one)),
                }
            }
            Err(diagnostics) => {
                err.page(&diagnostics.page(color))?;
                invalid = true;
            }
        }
    }
    if let Some(wrong) = args.scenario.applied.strangers(&names).filter(|_| !invalid) {
        err.page(&wrong.page(color))?;
        invalid = true;
    }
    if invalid {
        return Ok(Err(ExitCode::INVALID));
    }
    let mut ready = Vec::new();
    for (file, mut one) in loaded {
        let plugins = match plugins::locate(&mut one, &args.scenario.plugin_dir, color) {
            Ok(plugins) => plugins,
            Err(why) => {
                err.page(&why)?;
                invalid = true;
                continue;
            }
        };
        let (text, named) = (one.places.text().to_owned(), one.named);
        let mut scenario = one.scenario;
        scenario.cells.retain(|cell| selects(&args.filter, cell));
        ready.push(ReadyScenario { file, named, text, scenario, plugins, baseline: None });
    }
    if invalid {
        return Ok(Err(ExitCode::INVALID));
    }
    if let Some(partition) = args.partition {
        partition::leave(partition, ready.iter_mut().map(|one| &mut one.scenario).collect());
    }
    ready.retain(|one| !one.scenario.cells.is_empty());
    for one in &mut ready {
        measured::retain(&mut one.plugins, &one.scenario);
        if args.baseline.is_there() && one.scenario.search.is_some() {
            writeln!(
                err,
                "error: {}: a search plays other points for each build, so it is not held against a baseline; \
                 run it for both, and compare what is found",
                path(&one.file)
            )?;
            return Ok(Err(ExitCode::USAGE));
        }
        if args.baseline.is_there() {
            match baseline::prepare(args, (&one.file, &one.named), &one.scenario, color, err)? {
                Ok(baseline) => one.baseline = Some(baseline),
                Err(code) => return Ok(Err(code)),
            }
        }
    }
    if let (true, Some(partition)) = (ready.is_empty(), args.partition) {
        let (part, of) = (partition.part(), partition.of());
        writeln!(
            err,
            "error: part {part} of {of} has no cells: use fewer parts (`wirebench plan` shows the cells of each)"
        )?;
        return Ok(Err(ExitCode::NOTHING));
    }
    if ready.is_empty() {
        writeln!(err, "error: no cell matches; `wirebench plan` shows the cells of a scenario")?;
        return Ok(Err(ExitCode::NOTHING));
    }
    Ok(Ok(ready))
}

fn run_one(
    args: &RunArgs,
    color: bool,
    runner: &mut Runner,
    (at, ready, floor): (usize, &ReadyScenario, Option<FloorResult>),
    places: &mut Places,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    // What is told and kept of it.
    let scenario = &ready.scenario.secrets.without(&ready.scenario);
    let (host, tool) = (Host::read(), measured::tool());
    let (kept, measured) = ((scenario, ready.text.as_str()), &ready.plugins.measured);
    let options = args.failures.options();
    let sink = ResultSink::open(&places.kept, kept, (measured, options), &host, &tool, err)?;
    let mut sink = match sink {
        Ok(sink) => sink,
        Err(code) => return Ok(code),
    };
    let examples = (args.traced() as usize).max(USUAL_EXAMPLES);
    let events = &mut places.outputs.events;
    let teller = places.progress.begin(scenario, 1, err);
    let mut watch = Watch::new(scenario, options, teller, events, &mut sink);
    let ran = runner.run(&ready.scenario, &ready.plugins, examples, &mut watch);
    let Watched { pool, planned: total, aborted } = watch.finish();
    let ran = match ran {
        Ok(ran) => ran,
        Err(error) => return cannot_run(&error, err),
    };
    if let Some(why) = runner.stopped() {
        writeln!(err, "error: {}: the run ended early: {why}", path(&ready.file))?;
    }
    let mut result = match pool.finish(host, tool) {
        Ok(result) => result,
        Err(error) => return told(Err(error.into()), err),
    };
    result.measured(measured.clone());
    result.set_scenario_text(&ready.text);
    result.set_floor(floor);
    match &ran.stopped {
        Some(why) => result.stop(why.clone()),
        None if ran.interrupted => result.interrupt(),
        None => {
            if let Some(why) = &aborted {
                result.abort(why.clone());
            }
        }
    }
    let (kept_in, kept) = sink.finish(&mut result, err)?;
    let mut codes = vec![judged(result.document(), args.strict), kept];
    if let Some(format) = places.outputs.printed {
        let choice = places.outputs.choice.clone();
        let shown = ShowOptions { format, trace: args.traced(), color, kept_in, choice };
        codes.push(told(show(&mut result, shown, out), err)?);
    }
    complain(result.document(), places.outputs.printed, err)?;
    codes.push(tell_flaky(result.document(), args.flaky, err)?);
    codes.push(places.outputs.add(at, &mut result, None, out, err)?);
    if let Some(why) = ran.stopped {
        writeln!(
            err,
            "error: {}: {why}. The run ends here, because later rounds would not measure the same: \
             {} of {total} rounds are in the result. Measure again when nothing changes these files.",
            path(&ready.file),
            ran.rounds
        )?;
    } else if ran.interrupted {
        writeln!(err, "interrupted: {} of {total} rounds are in the result", ran.rounds)?;
    } else if let Some(why) = aborted {
        writeln!(
            err,
            "error: {}: {why}. The run ends here (--abort-on-fail): {} of its {total} rounds were not played",
            path(&ready.file),
            total.saturating_sub(ran.rounds)
        )?;
    }
    Ok(worst(&codes))
}
