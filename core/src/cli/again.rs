//! `run --watch`: plays again whenever a file has changed that the run is made of.
//!
//! Each time it is another process, so that a run leaves nothing behind for the next, whatever became of it.
//! In between, this one looks at the files a few times a second: while a round is measured it sleeps.

use super::args::RunArgs;
use super::config::{config_file, effective_run};
use super::exit::ExitCode;
use super::files::{load_file, scenario_files};
use super::measured;
use super::screen::Screen;
use crate::host::{Program, SearchPath, program};
use crate::run::{continuations, interrupts};
use crate::scenario::{Foreign, Loaded, Scenario};
use crate::text::{path as shown, plural};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::sys::signalfd::SignalFd;
use nix::unistd::Pid;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;
use wirebench_launch::{Ends, Process};

/// How often the files are looked at, in milliseconds; a change has to be as old before it counts, so that a
/// file is not taken while it is written.
const LOOK_MS: u16 = 200;

/// Each so many looks it is looked for files that are new.
const LOOKS_FOR_NEW: u64 = 5;

/// The option that is not handed on.
const OPTION: &str = "--watch";

/// What a file looks like from outside; `None`: there is none.
type State = Option<(u64, u64, i64, i64)>;

/// The files that a run is made of, as they were.
#[derive(Debug, Default, PartialEq, Eq)]
struct Files(BTreeMap<PathBuf, State>);

/// Plays until the user has enough. Returns the code of the last run.
pub(super) fn keep_running(args: &RunArgs, err: &mut Screen) -> io::Result<ExitCode> {
    let interrupts = interrupts()?;
    // Where something is wrong less is found: what was found before is watched on.
    let mut ever = BTreeSet::new();
    // What a server writes itself is among the words of its command, too: that shows in each of its runs.
    let mut written = BTreeSet::new();
    loop {
        ever.extend(files_of(args));
        let mut known = Files::of(&ever);
        let (code, enough) = play(&interrupts)?;
        if enough {
            return Ok(code);
        }
        let written_again = known.changed_among(named_to_servers(args));
        known.look_again_at(written_again.intersection(&written));
        written = written_again;
        let count = known.0.len();
        let noun = plural(count as u64, "file");
        writeln!(err, "watching {count} {noun}; what changes is run again, Ctrl-C ends")?;
        err.flush()?;
        let Some(changed) = wait(args, &known, &interrupts)? else { return Ok(code) };
        writeln!(err)?;
        writeln!(err, "{} has changed: running again", shown(&changed))?;
        err.flush()?;
    }
}

/// Runs this program with the same arguments, once. True: the user has ended it.
fn play(interrupts: &SignalFd) -> io::Result<(ExitCode, bool)> {
    // Behind `--` stand files.
    let mut is_option = true;
    let is_handed_on = |argument: &OsString| {
        is_option &= argument != "--";
        !(is_option && argument == OPTION)
    };
    let arguments: Vec<OsString> = std::env::args_os().skip(1).filter(is_handed_on).collect();
    let mut command = Command::new(Program::this()?.executable());
    command.arg0(program::NAME).args(arguments);
    // In a process group of its own: a terminal's Ctrl-C comes to this process, which hands it on, and so
    // it does with what ends Ctrl-Z.
    let continued = continuations()?;
    let mut child = Process::start(command, Ends::WithItsStarter)?;
    let mut ended = false;
    loop {
        let asked = {
            let readable = |fd| PollFd::new(fd, PollFlags::POLLIN);
            let mut ready = [
                readable(interrupts.as_fd()),
                readable(continued.as_fd()),
                readable(child.handle()?),
            ];
            match poll(&mut ready, PollTimeout::NONE) {
                Ok(_) | Err(Errno::EINTR) => {
                    [interrupts.read_signal()?, continued.read_signal()?].map(|one| one.is_some())
                }
                Err(error) => return Err(error.into()),
            }
        };
        for (asked, signal) in asked.into_iter().zip([Signal::SIGINT, Signal::SIGCONT]) {
            if asked && let Ok(process) = i32::try_from(child.id()) {
                // It may have ended meanwhile; until it is reaped, the number is its own.
                let _ = kill(Pid::from_raw(process), signal);
                ended |= signal == Signal::SIGINT;
            }
        }
        if let Some(status) = child.wait(Duration::ZERO)? {
            return Ok((code_of(status), ended));
        }
    }
}

/// A run that a signal has ended has failed.
fn code_of(status: ExitStatus) -> ExitCode {
    match (status.code(), status.signal()) {
        (Some(code), _) => ExitCode::of_a_program(u8::try_from(code).unwrap_or(1)),
        _ => ExitCode::INTERNAL,
    }
}

/// The file that has changed first, once it is whole; `None`: the user has enough.
fn wait(args: &RunArgs, known: &Files, interrupts: &SignalFd) -> io::Result<Option<PathBuf>> {
    let mut before = Files::default();
    let mut watched: BTreeSet<PathBuf> = known.0.keys().cloned().collect();
    for look in 1.. {
        // A plugin may be built for the first time, a scenario put into its folder.
        if look % LOOKS_FOR_NEW == 0 {
            watched.extend(files_of(args));
        }
        let now = Files::of(&watched);
        if let Some(changed) = now.change_since(known)
            && now == before
        {
            return Ok(Some(changed));
        }
        before = now;
        if is_interrupted(interrupts)? {
            break;
        }
    }
    Ok(None)
}

/// Sleeps for a moment. True: the user wants to end.
fn is_interrupted(interrupts: &SignalFd) -> io::Result<bool> {
    let mut ready = [PollFd::new(interrupts.as_fd(), PollFlags::POLLIN)];
    match poll(&mut ready, PollTimeout::from(LOOK_MS)) {
        Ok(_) | Err(Errno::EINTR) => Ok(interrupts.read_signal()?.is_some()),
        Err(error) => Err(error.into()),
    }
}

impl Files {
    fn of(files: &BTreeSet<PathBuf>) -> Self {
        Self(files.iter().map(|path| (path.clone(), state(path))).collect())
    }

    /// Of these only what comes from now on is a change.
    fn look_again_at<'a>(&mut self, files: impl Iterator<Item = &'a PathBuf>) {
        for path in files {
            self.0.insert(path.clone(), state(path));
        }
    }

    /// Those of `files` that have changed.
    fn changed_among(&self, files: BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
        let is_another =
            |path: &PathBuf| self.0.get(path).is_some_and(|known| *known != state(path));
        files.into_iter().filter(is_another).collect()
    }

    /// The first file that is another one. One that is gone will come back: it is being written anew.
    fn change_since(&self, known: &Self) -> Option<PathBuf> {
        let changed = self.0.iter().find(|(path, state)| {
            state.is_some() && known.0.get(*path).is_none_or(|known| known != *state)
        });
        changed.map(|(path, _)| path.clone())
    }
}

fn state(path: &Path) -> State {
    let about = std::fs::metadata(path).ok()?;
    Some((about.ino(), about.len(), about.mtime(), about.mtime_nsec()))
}

/// Everything that a run of these arguments is made of, as far as it can be told: where something is wrong, the
/// run says so.
fn files_of(args: &RunArgs) -> BTreeSet<PathBuf> {
    let args = effective(args);
    let mut files: BTreeSet<PathBuf> = config_file(&args.scenario.config).into_iter().collect();
    for (file, loaded) in scenarios(&args) {
        if let Some(loaded) = loaded {
            files.extend(measured::others(&loaded.scenario).into_iter().map(|(_, path)| path));
            files.extend(words(&loaded.scenario));
        }
        files.insert(file);
    }
    files.extend(SearchPath::of_process(&args.scenario.plugin_dir).candidates());
    files
}

/// The files that are named to servers, which may write to them.
fn named_to_servers(args: &RunArgs) -> BTreeSet<PathBuf> {
    let all = scenarios(&effective(args)).into_iter().filter_map(|(_, loaded)| loaded);
    all.flat_map(|loaded| words(&loaded.scenario)).collect()
}

fn effective(args: &RunArgs) -> RunArgs {
    match effective_run(args, false, &mut Screen::nowhere()) {
        Ok(Ok(args)) => args,
        _ => args.clone(),
    }
}

/// The scenarios that are named, those that can be read with what they say. Copies that runs have kept are none.
fn scenarios(args: &RunArgs) -> Vec<(PathBuf, Option<Loaded>)> {
    let files = scenario_files(&args.scenario.files, args.scenario.applied.results())
        .unwrap_or_else(|_| args.scenario.files.clone());
    let is_kept = |file: &PathBuf| args.out.as_ref().is_some_and(|out| file.starts_with(out));
    let files = files.into_iter().filter(|file| !is_kept(file));
    files.map(|file| (file.clone(), load_file(&file, &args.scenario).ok())).collect()
}

/// The files among the words of servers' commands: `server.py` of `python3 server.py`.
fn words(scenario: &Scenario) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    for settings in scenario.cells.iter().map(|cell| &cell.settings) {
        if let Some(Foreign::Command(server)) = &settings.server {
            let folder = scenario.folder.join(&server.cwd);
            let named = server.command.iter().skip(1).map(|word| folder.join(word));
            files.extend(named.filter(|path| path.is_file()));
        }
    }
    files
}
