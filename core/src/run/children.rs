//! The supervisor's end of the guard: starts processes, tells how they end, and clears them away.

use super::descendants::{kill_orphans, register_guard, unregister_guard};
use super::guard::{Event, Request};
use super::remove::OwnedPath;
use crate::host::{limits, program};
use crate::scenario::ProcessorList;
use crate::side::control::Control;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use wirebench_launch::{Ends, Process};

/// How long the guard may take to clear everything away, before it is killed itself.
const EXIT_LIMIT: Duration = Duration::from_secs(15);

/// The guard and all processes that it has started for us. Dropped, all of them are killed.
#[derive(Debug)]
pub struct Children {
    program: PathBuf,
    guard: Process,
    control: Option<Control>,
    next_id: u64,
    /// The processes that were started and have not ended, by our numbers for them.
    processes: BTreeMap<u64, Pid>,
}

impl Children {
    /// Starts the guard: `program` executes this very program, here and in processes that inherit
    /// our descriptors. Call it before any thread exists.
    pub fn start(program: &Path) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        let mut guard = Command::new(program);
        guard
            .arg0(program::NAME)
            .arg("__guard")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null());
        // When we are killed it has everything to clear away.
        let guard = Process::start(guard, Ends::ByItself)?;
        register_guard(Pid::from_raw(guard.id() as i32));
        Ok(Self {
            program: program.to_owned(),
            guard,
            control: Some(Control::bounded(ours)?),
            next_id: 1,
            processes: BTreeMap::new(),
        })
    }

    /// Has the guard remove this when the run ends, however it ends. An error: the guard is gone.
    pub fn remove_at_end(&mut self, owned: &OwnedPath) -> io::Result<()> {
        self.request(&Request::RemoveAtEnd { path: owned.path().to_owned() }, &[owned.handle()])
    }

    /// Starts this program as a side. `input` becomes its standard input, `output` both its
    /// standard output and error. Whether that worked shows in later events.
    pub fn spawn_side(&mut self, input: OwnedFd, output: OwnedFd) -> io::Result<u64> {
        let streams = [input.as_fd(), output.as_fd(), output.as_fd()];
        self.spawn(vec!["__side".into()], Vec::new(), None, streams)
    }

    /// Starts this program with these arguments, variables and standard streams.
    pub fn spawn_self(
        &mut self,
        arguments: Vec<OsString>,
        env: Vec<(String, String)>,
        streams: [OwnedFd; 3],
    ) -> io::Result<u64> {
        self.spawn(arguments, env, None, streams.each_ref().map(AsFd::as_fd))
    }

    /// Starts a program that is not ours, in the working folder `cwd`, on `processors` if there are
    /// some. Everything else is as with [`spawn_side`](Self::spawn_side).
    pub fn spawn_foreign(
        &mut self,
        command: &[String],
        env: Vec<(String, String)>,
        cwd: PathBuf,
        processors: Option<&ProcessorList>,
        input: OwnedFd,
        output: OwnedFd,
    ) -> io::Result<u64> {
        let processors = processors.map_or_else(|| "any".to_owned(), ToString::to_string);
        let files = limits::files_at_start();
        let files = files.map_or_else(|| "same".to_owned(), |soft| soft.to_string());
        let arguments = ["__foreign", &processors, &files].into_iter().map(OsString::from);
        let arguments = arguments.chain(command.iter().map(OsString::from)).collect();
        let streams = [input.as_fd(), output.as_fd(), output.as_fd()];
        self.spawn(arguments, env, Some(cwd), streams)
    }

    fn spawn(
        &mut self,
        arguments: Vec<OsString>,
        env: Vec<(String, String)>,
        cwd: Option<PathBuf>,
        streams: [BorrowedFd<'_>; 3],
    ) -> io::Result<u64> {
        let id = self.next_id;
        self.next_id += 1;
        let request = Request::Spawn { id, program: self.program.clone(), arguments, env, cwd };
        self.request(&request, &streams)?;
        Ok(id)
    }

    /// Kills whatever is left of a round; [`Event::Swept`] follows.
    pub fn sweep(&mut self) -> io::Result<()> {
        self.request(&Request::Sweep, &[])
    }

    /// The descriptor to wait on for events.
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.control.as_ref().map(Control::descriptor)
    }

    /// What has happened since the last call, without waiting. An error says that the guard is
    /// gone.
    pub fn events(&mut self) -> io::Result<Vec<Event>> {
        let control = self.control.as_mut().ok_or_else(guard_is_gone)?;
        control.fill()?;
        let mut events = Vec::new();
        while let Some(event) = control.next()? {
            match event {
                Event::Started { id, pid } => drop(self.processes.insert(id, Pid::from_raw(pid))),
                Event::Ended { id, .. } => drop(self.processes.remove(&id)),
                _ => {}
            }
            events.push(event);
        }
        if events.is_empty() && control.ended() {
            return Err(guard_is_gone());
        }
        Ok(events)
    }

    /// The guard, which everything descends from that was started.
    pub(super) fn guard(&self) -> Pid {
        Pid::from_raw(self.guard.id() as i32)
    }

    /// The process of this number, while it runs.
    pub(super) fn process(&self, id: u64) -> Option<Pid> {
        self.processes.get(&id).copied()
    }

    fn request(&mut self, request: &Request, descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
        let control = self.control.as_mut().ok_or_else(guard_is_gone)?;
        let sent = if descriptors.is_empty() {
            control.send(request)
        } else {
            control.send_with(request, descriptors)
        };
        sent.map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => guard_is_gone(),
            _ => error,
        })
    }
}

/// However that was noticed.
fn guard_is_gone() -> io::Error {
    io::Error::other("the guard process is gone; the run cannot go on without it")
}

impl Children {
    /// Kills a guard that does not answer, and what it should have killed. Returns the error that tells.
    pub(super) fn kill_guard(&mut self) -> io::Error {
        self.control = None;
        let _ = self.guard.kill();
        kill_orphans();
        io::Error::other("the guard process does not answer; the run cannot go on without it")
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        // The end of the socket tells the guard to clean up; waiting makes sure that it has. A plugin
        // may have stopped it.
        self.control = None;
        let pid = Pid::from_raw(self.guard.id() as i32);
        if !self.guard.is_reaped() {
            let _ = kill(pid, Signal::SIGCONT);
        }
        let ended = self.guard.wait(EXIT_LIMIT);
        if !ended.is_ok_and(|status| status.is_some_and(|status| status.success())) {
            let _ = self.guard.kill();
            kill_orphans();
        }
        unregister_guard(pid);
    }
}
