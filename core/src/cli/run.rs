//! `wirebench run`: measure, keep, print, judge.

use super::args::{RunArgs, obeys};
use super::baseline::{self, ReadyBaseline};
use super::config::effective_run;
use super::event_streams::EventStreams;
use super::exit::{ExitCode, worst};
use super::files::named_files;
use super::machine::{cannot_run, load_fitted, start_runner};
use super::measured;
use super::outputs::Outputs;
use super::paired;
use super::plan::selects;
use super::plugins;
use super::result_sink::{ResultSink, ResultsFolder};
use super::runs;
use super::screen::Screen;
use super::show::{ShowOptions, complain, judged, show, told};
use crate::events::{self, Event, Planned};
use crate::report::Progress;
use crate::result::{Host, Outcome, Pool, Round};
use crate::run::{Plugins, Runner, Watcher};
use crate::scenario::{Loaded, Scenario};
use crate::text::path;
use std::io::IsTerminal;
use std::path::PathBuf;

/// Examples kept of each anomaly when no timeline is asked for: the table shows one.
pub(super) const USUAL_EXAMPLES: usize = 3;

/// A scenario that is ready to run.
pub(super) struct ReadyScenario {
    pub(super) file: PathBuf,
    pub(super) text: String,
    pub(super) scenario: Scenario,
    pub(super) plugins: Plugins,
    /// What it is held against.
    pub(super) baseline: Option<ReadyBaseline>,
}

/// Runs all files, one after the other. Nothing is started unless all of them are valid.
pub(super) fn run(
    args: &RunArgs,
    color: bool,
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
    let mut places = match Places::open(args, &ready) {
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
    args.log.attach(&mut runner);
    places.outputs.events.tell(Event::RunStarted {
        schema: events::SCHEMA,
        tool: &measured::tool(),
        scenarios: &ready.iter().map(planned).collect::<Vec<_>>(),
    });
    let mut codes = Vec::new();
    for (at, one) in ready.iter().enumerate() {
        if at > 0 && places.outputs.are_texts() {
            writeln!(out)?;
        }
        let name = &one.scenario.name;
        places.outputs.events.tell(Event::ScenarioStarted { scenario: name });
        let code = match &one.baseline {
            None => run_one(args, color, &mut runner, (at, one), &mut places, out, err)?,
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
    }
    let code = places.outputs.finish(worst(&codes), out, err)?;
    let names = ready.iter().map(|one| one.scenario.name.as_str());
    runs::prune_behind(args, &places.kept, names, err)?;
    Ok(code)
}

fn planned(one: &ReadyScenario) -> Planned<'_> {
    let Scenario { name, source, cells, rounds, .. } = &one.scenario;
    Planned { name, source, cells: cells.len(), rounds: *rounds }
}

/// Where results go.
pub(super) struct Places {
    /// What is printed and written.
    pub(super) outputs: Outputs,
    /// What is kept.
    pub(super) kept: ResultsFolder,
}

impl Places {
    /// The error is a code and why.
    fn open(args: &RunArgs, ready: &[ReadyScenario]) -> Result<Self, (ExitCode, String)> {
        let names: Vec<&str> = ready.iter().map(|one| one.scenario.name.as_str()).collect();
        let outputs = Outputs::open(&args.print, &names)?;
        let kept = ResultsFolder::choose(args.out.as_deref());
        Ok(Self { outputs, kept: kept.map_err(|why| (ExitCode::RESULT, why))? })
    }
}

/// Reads and checks everything; the inner error is the code of what was wrong, told already.
fn prepare(
    args: &RunArgs,
    color: bool,
    err: &mut Screen,
) -> std::io::Result<Result<Vec<ReadyScenario>, ExitCode>> {
    if let Err(why) = paired::budget(args) {
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
        let mut plugins = match plugins::locate(&mut one, &args.scenario.plugin_dir, color) {
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
        measured::retain(&mut plugins, &scenario);
        if scenario.cells.is_empty() {
            continue;
        }
        let mut held_against = None;
        if args.baseline.is_there() {
            match baseline::prepare(args, (&file, &named), &scenario, color, err)? {
                Ok(baseline) => held_against = Some(baseline),
                Err(code) => return Ok(Err(code)),
            }
        }
        ready.push(ReadyScenario { file, text, scenario, plugins, baseline: held_against });
    }
    if invalid {
        return Ok(Err(ExitCode::INVALID));
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
    (at, ready): (usize, &ReadyScenario),
    places: &mut Places,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    // What is told and kept of it.
    let scenario = &ready.scenario.secrets.without(&ready.scenario);
    let (host, tool) = (Host::read(), measured::tool());
    let (kept, measured) = ((scenario, ready.text.as_str()), &ready.plugins.measured);
    let sink = ResultSink::open(&places.kept, kept, measured, &host, &tool, err)?;
    let mut sink = match sink {
        Ok(sink) => sink,
        Err(code) => return Ok(code),
    };
    let total = scenario.cells.len() as u64 * u64::from(scenario.rounds);
    let examples = (args.traced() as usize).max(USUAL_EXAMPLES);
    let mut pool = Pool::new(scenario);
    if let Some(archive) = sink.archive() {
        pool.set_archive(archive);
    }
    let (progress, events) = (progress(args, total), &mut places.outputs.events);
    let mut watch = Watch { scenario, progress, events, sink: &mut sink, pool };
    let ran = runner.run(&ready.scenario, &ready.plugins, examples, &mut watch);
    let Watch { progress, pool, .. } = watch;
    progress.finish();
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
    match &ran.stopped {
        Some(why) => result.stop(why.clone()),
        None if ran.interrupted => result.interrupt(),
        None => {}
    }
    let (kept_in, kept) = sink.finish(&mut result, err)?;
    let mut codes = vec![judged(result.document(), args.strict), kept];
    if let Some(format) = places.outputs.printed {
        let shown = ShowOptions { format, trace: args.traced(), color, kept_in };
        codes.push(told(show(&mut result, shown, out), err)?);
    }
    complain(result.document(), places.outputs.printed, err)?;
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
    }
    Ok(worst(&codes))
}

/// A bar over so many rounds, where there is a terminal for it.
pub(super) fn progress(args: &RunArgs, total: u64) -> Progress {
    // Lines would tear it.
    let terminal = std::io::stderr().is_terminal() && obeys();
    Progress::new(total, !args.print.quiet && !args.log.any() && terminal)
}

struct Watch<'a, 'k> {
    scenario: &'a Scenario,
    progress: Progress,
    events: &'k mut EventStreams,
    sink: &'k mut ResultSink,
    pool: Pool<'a>,
}

impl Watcher for Watch<'_, '_> {
    fn begins(&mut self, cell: usize, round: u32) {
        self.progress.round_begins(&self.scenario.cells[cell].id, round);
        self.events.round_starts(self.scenario, cell, round, None);
    }

    fn ended(&mut self, round: Round) {
        self.progress.round_ended(matches!(round.outcome, Outcome::Finished { .. }));
        self.events.round_ended(self.scenario, &round, None);
        match self.sink.round(&round) {
            Some(span) => self.pool.kept(round.cell, span),
            None => self.pool.add(&round),
        }
    }
}
