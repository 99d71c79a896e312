//! The guard: a small process between the supervisor and everything it starts.
//!
//! It is the parent of both sides and the subreaper of all their descendants, and it holds a
//! socket to the supervisor. When that socket ends, for whatever reason (even SIGKILL of the
//! supervisor), it kills every descendant, however often forked, removes the run's directories
//! and ends. It starts as a program of its own, before the supervisor has any thread, and in a
//! process group of its own, so that Ctrl-C at a terminal reaches the supervisor alone.

use super::descendants::{children, kill_descendants};
use super::remove::OwnedPath;
use crate::host::{limits, program};
use crate::side::control::Control;
use crate::text::clean;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl::set_child_subreaper;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use wirebench_launch::{Ends, Process};

/// What the supervisor requests.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Start a program. With three descriptors: its standard streams.
    Spawn {
        /// The supervisor's number for it.
        id: u64,
        /// The program: ours, as it is executed.
        #[serde(with = "crate::text::path_json")]
        program: PathBuf,
        /// Its arguments.
        arguments: Vec<OsString>,
        /// Variables of its environment besides ours.
        env: Vec<(String, String)>,
        /// Its working folder; `None`: ours.
        #[serde(with = "crate::text::path_json::optional")]
        cwd: Option<PathBuf>,
    },
    /// Kill every descendant, known or not; answered by [`Event::Swept`].
    Sweep,
    /// Remove this when the run ends. With one descriptor: what stands there, open.
    RemoveAtEnd {
        /// Where it was made.
        #[serde(with = "crate::text::path_json")]
        path: PathBuf,
    },
}

/// What the guard reports.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A program was started.
    Started {
        /// Its number.
        id: u64,
        /// The process that it is.
        pid: i32,
    },
    /// A program could not be started.
    NotStarted {
        /// Its number.
        id: u64,
        /// Why.
        error: String,
    },
    /// A program has ended.
    Ended {
        /// Its number.
        id: u64,
        /// Its exit status, unless a signal ended it.
        status: Option<i32>,
        /// The signal that ended it.
        signal: Option<i32>,
    },
    /// Nothing that was started is left.
    Swept {
        /// Orphans that the guard has adopted and reaped.
        orphans: u32,
    },
}

/// Runs the guard over its standard input, until that ends. Returns the process's exit status.
pub fn guard_main() -> i32 {
    match run() {
        Ok(()) => 0,
        Err(error) => {
            // Nobody may be left to tell.
            let _ = writeln!(
                io::stderr(),
                "wirebench: the guard failed: {}",
                clean(&error.to_string())
            );
            1
        }
    }
}

struct Guard {
    control: Control,
    children: Vec<(u64, Pid)>,
    /// What is removed at the end.
    owned: Vec<OwnedPath>,
    /// Processes reaped since the last sweep that were nobody's request.
    orphans: u32,
    sweeping: bool,
}

fn run() -> io::Result<()> {
    set_child_subreaper(true)?;
    let mut signals = SigSet::empty();
    for signal in [Signal::SIGCHLD, Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        signals.add(signal);
    }
    signals.thread_block()?;
    let signals = SignalFd::with_flags(&signals, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?;
    let stream = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut guard = Guard {
        control: Control::new(stream),
        children: Vec::new(),
        owned: Vec::new(),
        orphans: 0,
        sweeping: false,
    };
    let outcome = guard.serve(&signals);
    guard.hear_out();
    kill_descendants(&|_| false);
    for owned in &guard.owned {
        // Nobody may be left to tell.
        let _ = owned.remove();
    }
    outcome
}

impl Guard {
    fn serve(&mut self, signals: &SignalFd) -> io::Result<()> {
        loop {
            let mut waiting = [
                PollFd::new(self.control.descriptor(), PollFlags::POLLIN),
                PollFd::new(signals.as_fd(), PollFlags::POLLIN),
            ];
            match poll(&mut waiting, PollTimeout::NONE) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
            while let Some(signal) = signals.read_signal()? {
                if signal.ssi_signo != Signal::SIGCHLD as u32 {
                    return Ok(());
                }
            }
            self.reap()?;
            self.control.fill()?;
            while let Some(request) = self.control.next()? {
                self.handle(request)?;
            }
            if self.control.ended() {
                return Ok(());
            }
        }
    }

    fn handle(&mut self, request: Request) -> io::Result<()> {
        match request {
            Request::Spawn { id, program, arguments, env, cwd } => {
                let descriptors = self.control.descriptors();
                let mut command = Command::new(program);
                command.arg0(program::NAME).args(&arguments).envs(env);
                if let Some(cwd) = cwd {
                    command.current_dir(cwd);
                }
                match spawn(command, descriptors) {
                    Ok(pid) => {
                        self.children.push((id, pid));
                        self.control.send(&Event::Started { id, pid: pid.as_raw() })?;
                    }
                    Err(error) => {
                        let error = format!("{}: {}", program::NAME, limits::explained(&error));
                        self.control.send(&Event::NotStarted { id, error })?;
                    }
                }
            }
            Request::Sweep => {
                self.sweeping = true;
                self.sweep_on()?;
            }
            Request::RemoveAtEnd { path } => self.remove_at_end(&path),
        }
        Ok(())
    }

    fn remove_at_end(&mut self, path: &Path) {
        let descriptor = self.control.descriptors();
        let owned = descriptor.map(|[handle]| OwnedPath::new(path, handle));
        // What is neither a folder nor a socket is nothing of a run's.
        self.owned.extend(owned.and_then(Result::ok));
    }

    /// Learns what else is to be removed. A supervisor that is killed may have said so right before, when
    /// telling it who has ended fails already.
    fn hear_out(&mut self) {
        let _ = self.control.fill();
        while let Ok(Some(request)) = self.control.next() {
            match request {
                Request::RemoveAtEnd { path } => self.remove_at_end(&path),
                // Its descriptors come before those of what follows.
                Request::Spawn { .. } => drop(self.control.descriptors::<3>()),
                Request::Sweep => {}
            }
        }
    }

    /// Reaps everyone who has died, children and adopted orphans.
    fn reap(&mut self) -> io::Result<()> {
        loop {
            let (pid, status, signal) = match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, status)) => (pid, Some(status), None),
                Ok(WaitStatus::Signaled(pid, signal, _)) => (pid, None, Some(signal as i32)),
                Ok(WaitStatus::StillAlive) | Err(Errno::ECHILD) => break,
                Ok(_) | Err(Errno::EINTR) => continue,
                Err(error) => return Err(error.into()),
            };
            match self.children.iter().position(|(_, child)| *child == pid) {
                Some(index) => {
                    let (id, _) = self.children.swap_remove(index);
                    self.control.send(&Event::Ended { id, status, signal })?;
                }
                None => self.orphans += 1,
            }
        }
        self.sweep_on()
    }

    /// While a sweep is under way: kills whoever is left, and tells when nobody is.
    fn sweep_on(&mut self) -> io::Result<()> {
        if !self.sweeping {
            return Ok(());
        }
        let left = children();
        for pid in &left {
            let _ = kill(*pid, Signal::SIGKILL);
        }
        if left.is_empty() {
            self.sweeping = false;
            let orphans = std::mem::take(&mut self.orphans);
            self.control.send(&Event::Swept { orphans })?;
        }
        Ok(())
    }
}

fn spawn(mut command: Command, descriptors: Option<[OwnedFd; 3]>) -> io::Result<Pid> {
    let [input, output, errors] =
        descriptors.ok_or_else(|| io::Error::other("three descriptors are needed"))?;
    command.stdin(Stdio::from(input)).stdout(Stdio::from(output)).stderr(Stdio::from(errors));
    let process = Process::start(command, Ends::WithItsStarter)?;
    let pid = Pid::from_raw(process.id() as i32);
    // It is reaped with all others.
    process.leave();
    Ok(pid)
}
