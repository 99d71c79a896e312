//! One command: both pipes drained together, bounded in time and output.

use crate::commands::Plan;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{MemfdFlags, memfd_create};
use rustix::io::Errno;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};
use wirebench_launch::{Killer, Process, Program};

/// What holds for every command.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) folder: PathBuf,
    pub(crate) environment: Vec<(OsString, OsString)>,
    /// How long a command may run.
    pub(crate) timeout: Duration,
    /// Bytes that it may write, both pipes together.
    pub(crate) max_output: usize,
}

/// Why a command's output ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// The command has ended by itself, or was killed with its session.
    None,
    /// It ran too long.
    Time,
    /// It wrote too much; what is kept ends at the limit.
    Output,
}

/// A command that is over.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) bound: Bound,
    pub(crate) status: ExitStatus,
    /// From before it was started until it was reaped.
    pub(crate) took: Duration,
}

impl Ran {
    /// `exit 3` or `signal 9`.
    pub(crate) fn ending(&self) -> String {
        match (self.status.code(), self.status.signal()) {
            (Some(code), _) => format!("exit {code}"),
            (None, Some(signal)) => format!("signal {signal}"),
            (None, None) => "exit unknown".into(),
        }
    }
}

/// A command that runs.
#[derive(Debug)]
pub(crate) struct Child {
    process: Process,
    begun: Instant,
}

impl Child {
    /// The thread that calls this must not end before the command does.
    pub(crate) fn start(setup: &Setup, plan: &Plan) -> io::Result<Self> {
        let begun = Instant::now();
        let program = Program {
            path: &plan.program,
            arguments: &plan.arguments,
            environment: &setup.environment,
            folder: &setup.folder,
        };
        let stdin = match &plan.stdin {
            Some(bytes) => input(bytes)?,
            None => Stdio::null(),
        };
        let streams = [stdin, Stdio::piped(), Stdio::piped()];
        Ok(Self { process: Process::start_foreign(&program, streams)?, begun })
    }

    /// What ends the command. Only for use while it is not reaped.
    pub(crate) fn killer(&self) -> Killer {
        self.process.killer()
    }

    /// Reads both pipes until the command has ended or passed a bound. Then calls `kill`, which
    /// must kill the command unless somebody has, takes what the pipes still hold, and reaps it.
    /// `buffer` takes each read.
    ///
    /// What the command has left behind in its group does not keep its answer waiting.
    pub(crate) fn finish(
        mut self,
        setup: &Setup,
        buffer: &mut [u8],
        kill: impl FnOnce(),
    ) -> io::Result<Ran> {
        let mut output = Output {
            pipes: [
                self.process.take_stdout().map(OwnedFd::from),
                self.process.take_stderr().map(OwnedFd::from),
            ],
            kept: [Vec::new(), Vec::new()],
            left: setup.max_output,
            buffer,
        };
        let bound = output.drain(self.process.handle()?, self.begun, setup.timeout);
        kill();
        let bound = match bound {
            Ok(Bound::None) => output.rest(),
            other => other,
        };
        let status = self.process.kill()?;
        let [stdout, stderr] = output.kept;
        Ok(Ran { stdout, stderr, bound: bound?, status, took: self.begun.elapsed() })
    }
}

/// Bytes as somebody's standard input. In memory, so that nobody has to write while the command
/// runs.
fn input(bytes: &[u8]) -> io::Result<Stdio> {
    let mut file = File::from(memfd_create("stdin", MemfdFlags::CLOEXEC)?);
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(Stdio::from(file))
}

/// A command that has written so much goes on writing. It is left to fill its pipe before that is
/// read again: a switch for every few bytes is dearer than the reading (benches/exec.rs, 256 KiB: a
/// third of the processor time).
const STREAM: usize = 8 << 10;

/// Both pipes, and what has been read from them.
struct Output<'a> {
    pipes: [Option<OwnedFd>; 2],
    kept: [Vec<u8>; 2],
    /// Bytes that may still come.
    left: usize,
    buffer: &'a mut [u8],
}

impl Output<'_> {
    /// Reads until the command ends or passes a bound.
    fn drain(
        &mut self,
        ended: BorrowedFd<'_>,
        begun: Instant,
        timeout: Duration,
    ) -> io::Result<Bound> {
        loop {
            let Some(time) = timeout.checked_sub(begun.elapsed()) else { return Ok(Bound::Time) };
            let [stdout, stderr, over] = self.wait(Some(ended), time)?;
            if !over && self.kept.iter().any(|kept| kept.len() >= STREAM) {
                std::thread::yield_now();
            }
            for (which, readable) in [stdout, stderr].into_iter().enumerate() {
                if readable && !self.read(which)? {
                    return Ok(Bound::Output);
                }
            }
            if over {
                return Ok(Bound::None);
            }
        }
    }

    /// Takes what the pipes hold; does not wait for more.
    fn rest(&mut self) -> io::Result<Bound> {
        while self.pipes.iter().any(Option::is_some) {
            let [stdout, stderr, _] = self.wait(None, Duration::ZERO)?;
            if !stdout && !stderr {
                break;
            }
            for (which, readable) in [stdout, stderr].into_iter().enumerate() {
                if readable && !self.read(which)? {
                    return Ok(Bound::Output);
                }
            }
        }
        Ok(Bound::None)
    }

    /// Which of both pipes can be read, and whether the command has ended.
    fn wait(&self, ended: Option<BorrowedFd<'_>>, time: Duration) -> io::Result<[bool; 3]> {
        let [stdout, stderr] = &self.pipes;
        let sources = [stdout.as_ref().map(AsFd::as_fd), stderr.as_ref().map(AsFd::as_fd), ended];
        let mut places = [None; 3];
        let mut waiting = Vec::with_capacity(sources.len());
        for (place, source) in places.iter_mut().zip(sources) {
            if let Some(source) = source {
                *place = Some(waiting.len());
                waiting.push(PollFd::from_borrowed_fd(source, PollFlags::IN));
            }
        }
        let time = Timespec::try_from(time).ok();
        match poll(&mut waiting, time.as_ref()) {
            Ok(_) => {}
            Err(Errno::INTR) => return Ok([false; 3]),
            Err(error) => return Err(error.into()),
        }
        // A pipe whose writers have gone is readable too: its end is.
        Ok(places.map(|place| place.is_some_and(|at| !waiting[at].revents().is_empty())))
    }

    /// Reads a pipe once; false when it holds more than may be kept.
    fn read(&mut self, which: usize) -> io::Result<bool> {
        let Some(pipe) = &self.pipes[which] else { return Ok(true) };
        match rustix::io::read(pipe, &mut *self.buffer) {
            Ok(0) => self.pipes[which] = None,
            Ok(count) => {
                let fits = count.min(self.left);
                self.kept[which].extend_from_slice(&self.buffer[..fits]);
                self.left -= fits;
                return Ok(fits == count);
            }
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(true)
    }
}
