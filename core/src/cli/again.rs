//! `run --watch`: plays again whenever a file has changed that the run is made of.
//!
//! Each time it is another process, so that a run leaves nothing behind for the next, whatever became of it.
//! In between, this one looks at the files a few times a second: while a round is measured it sleeps.

use super::args::RunArgs;
use super::config::effective_run;
use super::exit::ExitCode;
use super::files::{load_file, scenario_files};
use super::measured;
use super::screen::Screen;
use crate::host::{Program, SearchPath, program};
use crate::run::interrupts;
use crate::scenario::Foreign;
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
    loop {
        let known = Files::of(files_of(args));
        let (code, enough) = play(&interrupts)?;
        if enough {
            return Ok(code);
        }
        let count = known.0.len();
        let noun = plural(count as u64, "file");
        writeln!(err, "watching {count} {noun}; what changes is run again, Ctrl-C ends")?;
        err.flush()?;
        let Some(changed) = wait(&known, &interrupts)? else { return Ok(code) };
        writeln!(err, "\n{} has changed: running again", shown(&changed))?;
        err.flush()?;
    }
}

/// Runs this program with the same arguments, once. True: the user has ended it.
fn play(interrupts: &SignalFd) -> io::Result<(ExitCode, bool)> {
    let arguments: Vec<OsString> =
        std::env::args_os().skip(1).filter(|argument| argument != OPTION).collect();
    let mut command = Command::new(Program::this()?.executable());
    command.arg0(program::NAME).args(arguments);
    // In a process group of its own: a terminal's Ctrl-C comes to this process, which hands it on.
    let mut child = Process::start(command, Ends::WithItsStarter)?;
    let mut ended = false;
    loop {
        let asked = {
            let readable = |fd| PollFd::new(fd, PollFlags::POLLIN);
            let mut ready = [readable(interrupts.as_fd()), readable(child.handle()?)];
            match poll(&mut ready, PollTimeout::NONE) {
                Ok(_) | Err(Errno::EINTR) => interrupts.read_signal()?.is_some(),
                Err(error) => return Err(error.into()),
            }
        };
        if asked && let Ok(process) = i32::try_from(child.id()) {
            // It may have ended meanwhile; until it is reaped, the number is its own.
            let _ = kill(Pid::from_raw(process), Signal::SIGINT);
            ended = true;
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
fn wait(known: &Files, interrupts: &SignalFd) -> io::Result<Option<PathBuf>> {
    let mut before = Files::default();
    loop {
        let now = Files::of(known.0.keys().cloned().collect());
        if let Some(changed) = now.change_since(known)
            && now == before
        {
            return Ok(Some(changed));
        }
        before = now;
        if is_interrupted(interrupts)? {
            return Ok(None);
        }
    }
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
    fn of(files: BTreeSet<PathBuf>) -> Self {
        let state = |path: &Path| {
            let about = std::fs::metadata(path).ok()?;
            Some((about.ino(), about.len(), about.mtime(), about.mtime_nsec()))
        };
        Self(files.into_iter().map(|path| (path.clone(), state(&path))).collect())
    }

    /// The first file that is another one. One that is gone will come back: it is being written anew.
    fn change_since(&self, known: &Self) -> Option<PathBuf> {
        let changed = self.0.iter().find(|(path, state)| {
            state.is_some() && known.0.get(*path).is_none_or(|known| known != *state)
        });
        changed.map(|(path, _)| path.clone())
    }
}

/// Everything that a run of these arguments is made of, as far as it can be told: where something is wrong, the
/// run says so.
fn files_of(args: &RunArgs) -> BTreeSet<PathBuf> {
    let (mut nobody, mut files) = (Screen::nowhere(), BTreeSet::new());
    let args = match effective_run(args, false, &mut nobody) {
        Ok(Ok(args)) => args,
        _ => args.clone(),
    };
    files.extend(args.scenario.applied.file().map(Path::to_owned));
    let scenarios = scenario_files(&args.scenario.files, args.scenario.applied.results())
        .unwrap_or_else(|_| args.scenario.files.clone());
    for file in scenarios {
        if let Ok(loaded) = load_file(&file, &args.scenario) {
            let scenario = &loaded.scenario;
            files.extend(measured::others(scenario).into_iter().map(|(_, path)| path));
            for settings in scenario.cells.iter().map(|cell| &cell.settings) {
                if let Some(Foreign::Command(server)) = &settings.server {
                    files.extend(words(&server.command, &scenario.folder.join(&server.cwd)));
                }
            }
        }
        files.insert(file);
    }
    files.extend(SearchPath::of_process(&args.scenario.plugin_dir).candidates());
    files
}

/// The files among the words of a command: `server.py` of `python3 server.py`.
fn words(command: &[String], folder: &Path) -> Vec<PathBuf> {
    let named = command.iter().skip(1).map(|word| folder.join(word));
    named.filter(|path| path.is_file()).collect()
}
