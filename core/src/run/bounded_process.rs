//! One process with a time limit: under a guard of its own, so that nothing of it is left whatever
//! it does.

use super::children::Children;
use super::guard::Event;
use super::sweep::sweep;
use super::temporary::temporary_file;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{pipe2, read};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};

/// How much of the end of the error output is kept, in bytes.
const MAX_STDERR: usize = 4096;

/// How long what is left of it may take to die.
const SWEEP_LIMIT: Duration = Duration::from_secs(2);

/// Reads of one output in a row at most: it may be written without end.
const READS: usize = 64;

/// How this very program is to be started.
pub struct BoundedCommand<'a> {
    /// The program, as it is executed.
    pub program: &'a Path,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Variables of its environment besides ours.
    pub environment: Vec<(String, String)>,
    /// Its standard input.
    pub input: &'a [u8],
    /// How long it may take.
    pub limit: TimeLimit,
}

/// How long a process may take.
#[derive(Clone, Copy, Debug)]
pub enum TimeLimit {
    /// From its start to its end.
    Total(Duration),
    /// From one output to the next, or to its end.
    Silence(Duration),
}

/// How a process with a time limit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessEnd {
    /// By itself, with this status.
    Exit(i32),
    /// By this signal.
    Signal(i32),
    /// It was killed, because its time was over.
    TimedOut,
}

/// Starts a process, gives each piece of its output to `on_output`, and waits for its end. Returns that,
/// and the end of its error output (at most 4 KiB). Whatever it has started is dead then. An error: it
/// could not be started, or its guard is gone.
pub fn run_bounded(
    command: &BoundedCommand<'_>,
    on_output: &mut dyn FnMut(&[u8]),
) -> io::Result<(ProcessEnd, String)> {
    let mut children = Children::start(command.program)?;
    let ended = Running::start(&mut children, command)?.wait(&mut children, on_output);
    let swept = sweep(&mut children, SWEEP_LIMIT);
    let ended = ended?;
    swept?;
    Ok(ended)
}

struct Running {
    id: u64,
    stdout: Option<OwnedFd>,
    stderr: Option<OwnedFd>,
    /// The end of its error output.
    stderr_tail: Vec<u8>,
    limit: TimeLimit,
    deadline: Instant,
}

impl Running {
    fn start(children: &mut Children, command: &BoundedCommand<'_>) -> io::Result<Self> {
        let mut input: File = temporary_file()?;
        input.write_all(command.input)?;
        input.rewind()?;
        let (stdout, their_stdout) = pipe2(OFlag::O_CLOEXEC)?;
        let (stderr, their_stderr) = pipe2(OFlag::O_CLOEXEC)?;
        for ours in [&stdout, &stderr] {
            nix::fcntl::fcntl(ours, nix::fcntl::FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        }
        let streams = [input.into(), their_stdout, their_stderr];
        let (arguments, environment) = (command.arguments.clone(), command.environment.clone());
        let id = children.spawn_self(arguments, environment, streams)?;
        let (TimeLimit::Total(limit) | TimeLimit::Silence(limit)) = command.limit;
        Ok(Self {
            id,
            stdout: Some(stdout),
            stderr: Some(stderr),
            stderr_tail: Vec::new(),
            limit: command.limit,
            deadline: Instant::now() + limit,
        })
    }

    fn wait(
        mut self,
        children: &mut Children,
        on_output: &mut dyn FnMut(&[u8]),
    ) -> io::Result<(ProcessEnd, String)> {
        let end = loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            let millis = u16::try_from(left.as_millis() + 1).unwrap_or(u16::MAX);
            let sources = [children.descriptor(), self.stdout.as_ref().map(AsFd::as_fd)];
            let sources = sources.into_iter().chain([self.stderr.as_ref().map(AsFd::as_fd)]);
            let mut waiting: Vec<_> =
                sources.flatten().map(|fd| PollFd::new(fd, PollFlags::POLLIN)).collect();
            match poll(&mut waiting, PollTimeout::from(millis)) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
            // First what has ended, then what it said before that.
            let events = children.events()?;
            self.read_output(on_output);
            if let Some(end) = events.into_iter().find_map(|event| self.end(event)) {
                break end?;
            }
            if Instant::now() >= self.deadline {
                break ProcessEnd::TimedOut;
            }
        };
        let stderr = String::from_utf8_lossy(&self.stderr_tail).trim().to_owned();
        Ok((end, stderr))
    }

    fn end(&self, event: Event) -> Option<io::Result<ProcessEnd>> {
        match event {
            Event::NotStarted { error, .. } => Some(Err(io::Error::other(error))),
            Event::Ended { id, status, signal } if id == self.id => Some(Ok(match signal {
                Some(signal) => ProcessEnd::Signal(signal),
                None => ProcessEnd::Exit(status.unwrap_or(-1)),
            })),
            Event::Started { .. } | Event::Ended { .. } | Event::Swept { .. } => None,
        }
    }

    fn read_output(&mut self, on_output: &mut dyn FnMut(&[u8])) {
        let mut has_output = false;
        drain(&mut self.stdout, &mut |bytes| {
            has_output = true;
            on_output(bytes);
        });
        let tail = &mut self.stderr_tail;
        drain(&mut self.stderr, &mut |bytes| {
            tail.extend_from_slice(bytes);
            tail.drain(..tail.len().saturating_sub(MAX_STDERR));
        });
        if let (TimeLimit::Silence(limit), true) = (self.limit, has_output) {
            self.deadline = Instant::now() + limit;
        }
    }
}

/// Takes what a pipe holds, but not from one that is filled without end.
fn drain(pipe: &mut Option<OwnedFd>, take: &mut dyn FnMut(&[u8])) {
    let mut chunk = [0; 16 << 10];
    for _ in 0..READS {
        let Some(open) = pipe else { return };
        match read(&*open, &mut chunk) {
            Ok(count @ 1..) => take(&chunk[..count]),
            Err(Errno::EINTR) => {}
            Err(Errno::EAGAIN) => return,
            Ok(0) | Err(_) => *pipe = None,
        }
    }
}
