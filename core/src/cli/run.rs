//! `wirebench run`: measure, keep, print, judge.

use super::args::{Format, RunArgs};
use super::exit::{ExitCode, worst};
use super::files::{load_file, named_files};
use super::keeper::Keeper;
use super::machine::{cannot_run, fit, no_guard};
use super::plan::selects;
use super::plugins;
use crate::report::{Progress, json, jsonl, markdown, table, trace};
use crate::result::{Document, Ending, Host, Outcome, Pool, Round, Tool};
use crate::run::{Plugins, Runner, Watcher};
use crate::scenario::{Loaded, Scenario};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Examples kept of each anomaly when no timeline is asked for: the table shows one.
const USUAL_EXAMPLES: usize = 3;

/// A scenario that is ready to run.
struct Ready {
    file: PathBuf,
    scenario: Scenario,
    plugins: Plugins,
}

/// Runs all files, one after the other. Nothing is started unless all of them are valid.
pub(super) fn run(
    args: &RunArgs,
    color: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> std::io::Result<ExitCode> {
    let ready = match prepare(args, color, err)? {
        Ok(ready) => ready,
        Err(code) => return Ok(code),
    };
    if let Some(path) = &args.json
        && ready.len() > 1
        && path != Path::new("-")
    {
        writeln!(
            err,
            "error: --json {} takes the document of one scenario, but {} are to be run\n\
             Leave it out (every document is kept below {}), or run one file at a time.",
            path.display(),
            ready.len(),
            args.out.display()
        )?;
        return Ok(ExitCode::USAGE);
    }
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => {
            writeln!(err, "error: this program cannot find itself: {error}")?;
            return Ok(ExitCode::INTERNAL);
        }
    };
    let mut runner = match Runner::start(&program) {
        Ok(runner) => runner,
        Err(error) => {
            return no_guard(&error, err);
        }
    };
    let mut codes = Vec::new();
    for one in ready {
        let code = run_one(args, color, &mut runner, &one, out, err)?;
        codes.push(code);
        out.flush()?;
        let over = runner.stopped().is_some();
        if over || code == ExitCode::INTERRUPTED || code == ExitCode::INTERNAL {
            break;
        }
    }
    Ok(worst(&codes))
}

/// Reads and checks everything; the inner error is the code of what was wrong, told already.
fn prepare(
    args: &RunArgs,
    color: bool,
    err: &mut dyn Write,
) -> std::io::Result<Result<Vec<Ready>, ExitCode>> {
    let files = match named_files(&args.scenario.files, err)? {
        Ok(files) => files,
        Err(code) => return Ok(Err(code)),
    };
    let mut loaded: Vec<(PathBuf, Loaded)> = Vec::new();
    let mut invalid = false;
    for file in files {
        let fitted = load_file(&file, &args.scenario)
            .and_then(|mut one| fit(&mut one, &args.filter).map(|()| one));
        match fitted {
            Ok(one) => loaded.push((file, one)),
            Err(diagnostics) => {
                write!(err, "{}", diagnostics.render(color))?;
                invalid = true;
            }
        }
    }
    if invalid {
        return Ok(Err(ExitCode::INVALID));
    }
    let mut ready = Vec::new();
    for (file, one) in loaded {
        let plugins = match plugins::locate(&one, &args.scenario.plugin_dir, color) {
            Ok(plugins) => plugins,
            Err(why) => {
                write!(err, "{why}")?;
                invalid = true;
                continue;
            }
        };
        let mut scenario = one.scenario;
        scenario.cells.retain(|cell| selects(&args.filter, cell));
        if !scenario.cells.is_empty() {
            ready.push(Ready { file, scenario, plugins });
        }
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
    ready: &Ready,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> std::io::Result<ExitCode> {
    let scenario = &ready.scenario;
    let (host, tool) = (Host::read(), Tool::this());
    let mut keeper = Keeper::open(&args.out, &ready.file, scenario, &host, &tool, err)?;
    let total = scenario.cells.len() as u64 * u64::from(scenario.rounds);
    let bar = !args.quiet && std::io::stderr().is_terminal();
    let examples = (args.trace as usize).max(USUAL_EXAMPLES);
    let mut watch = Watch {
        scenario,
        progress: Progress::new(total, bar),
        keeper: &mut keeper,
        pool: Pool::new(scenario),
    };
    let ran = runner.run(scenario, &ready.plugins, examples, &mut watch);
    let Watch { progress, pool, .. } = watch;
    progress.finish();
    let ran = match ran {
        Ok(ran) => ran,
        Err(error) => return cannot_run(&error, err),
    };
    if let Some(why) = runner.stopped() {
        writeln!(err, "error: {}: the run ended early: {why}", ready.file.display())?;
    }
    let mut document = pool.document(host, tool);
    let kept_in = keeper.finish(&mut document, err)?;
    show(args, color, &document, kept_in, out)?;
    let written = match &args.json {
        Some(path) => write_json(path, &document, out, err)?,
        None => ExitCode::SUCCESS,
    };
    if ran.interrupted {
        writeln!(err, "interrupted: {} of {total} rounds are in the result", ran.rounds)?;
        return Ok(ExitCode::INTERRUPTED);
    }
    let judged = match document.ending() {
        Ending::Clean => ExitCode::SUCCESS,
        Ending::Integrity => ExitCode::INTEGRITY,
        Ending::Cost => ExitCode::COST,
        Ending::Inconclusive if args.strict => ExitCode::INCONCLUSIVE,
        Ending::Inconclusive => ExitCode::SUCCESS,
    };
    Ok(worst(&[written, judged]))
}

fn show(
    args: &RunArgs,
    color: bool,
    document: &Document,
    kept_in: Option<PathBuf>,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    if args.quiet {
        return Ok(());
    }
    let text = match args.format {
        Format::Json => json(document),
        Format::Jsonl => jsonl(document),
        Format::Markdown => markdown(document),
        Format::Table => {
            table::render(document, &table::Options { color, width: terminal_width(), kept_in })
        }
    };
    out.write_all(text.as_bytes())?;
    if args.trace > 0 && args.format == Format::Table {
        out.write_all(trace::render(document, args.trace as usize).as_bytes())?;
    }
    Ok(())
}

/// The columns of the terminal that stdout is, if it is one.
fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0))
}

fn write_json(
    path: &Path,
    document: &Document,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> std::io::Result<ExitCode> {
    let text = json(document);
    if path == Path::new("-") {
        out.write_all(text.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Err(error) = std::fs::write(path, text) {
        writeln!(
            err,
            "error: cannot write {}: {error}\nGive --json a path in a folder that you may write to.",
            path.display()
        )?;
        return Ok(ExitCode::RESULT);
    }
    Ok(ExitCode::SUCCESS)
}

struct Watch<'a> {
    scenario: &'a Scenario,
    progress: Progress,
    keeper: &'a mut Keeper,
    pool: Pool<'a>,
}

impl Watcher for Watch<'_> {
    fn begins(&mut self, cell: usize, round: u32) {
        self.progress.round_begins(&self.scenario.cells[cell].id, round);
    }

    fn ended(&mut self, round: Round) {
        self.progress.round_ended(matches!(round.outcome, Outcome::Finished { .. }));
        self.keeper.round(&round);
        self.pool.add(&round);
    }
}
