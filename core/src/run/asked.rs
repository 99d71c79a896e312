//! One process that is asked something: under a guard of its own, so that nothing of it is left
//! whatever it does, and waited for no longer than agreed.

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

/// How much of the error output is kept, its end, in bytes.
const MAX_STDERR: usize = 4096;

/// How long what is left of it may take to die.
const DYING: Duration = Duration::from_secs(2);

/// Reads of one output in a row.
const READS: usize = 64;

/// What is asked of this very program.
pub struct Question<'a> {
    /// The program, as it is executed.
    pub program: &'a Path,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Variables of its environment besides ours.
    pub environment: Vec<(String, String)>,
    /// Its standard input.
    pub input: &'a [u8],
    /// How long it may take.
    pub patience: Patience,
}

/// How long a process may take.
#[derive(Clone, Copy, Debug)]
pub enum Patience {
    /// From its start to its end.
    Whole(Duration),
    /// From one output to the next, or to its end.
    Silence(Duration),
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with this status.
    Exit(i32),
    /// By this signal.
    Signal(i32),
    /// It was killed, because its time was over.
    Killed,
}

/// Starts a process, gives each piece of its output to `heard`, and waits for its end. Returns that,
/// and the end of its error output (at most 4 KiB). Whatever it has started is dead then.
pub fn ask(question: &Question<'_>, heard: &mut dyn FnMut(&[u8])) -> io::Result<(End, String)> {
    let mut children = Children::start(question.program)?;
    let asked = Asked::start(&mut children, question)?.wait(&mut children, heard);
    let swept = sweep(&mut children, DYING);
    let asked = asked?;
    swept?;
    Ok(asked)
}

struct Asked {
    id: u64,
    stdout: Option<OwnedFd>,
    stderr: Option<OwnedFd>,
    complaints: Vec<u8>,
    patience: Patience,
    until: Instant,
}

impl Asked {
    fn start(children: &mut Children, question: &Question<'_>) -> io::Result<Self> {
        let mut input: File = temporary_file()?;
        input.write_all(question.input)?;
        input.rewind()?;
        let (stdout, their_stdout) = pipe2(OFlag::O_CLOEXEC)?;
        let (stderr, their_stderr) = pipe2(OFlag::O_CLOEXEC)?;
        for ours in [&stdout, &stderr] {
            nix::fcntl::fcntl(ours, nix::fcntl::FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        }
        let streams = [input.into(), their_stdout, their_stderr];
        let (arguments, environment) = (question.arguments.clone(), question.environment.clone());
        let id = children.spawn_asked(arguments, environment, streams)?;
        let (Patience::Whole(limit) | Patience::Silence(limit)) = question.patience;
        Ok(Self {
            id,
            stdout: Some(stdout),
            stderr: Some(stderr),
            complaints: Vec::new(),
            patience: question.patience,
            until: Instant::now() + limit,
        })
    }

    fn wait(
        mut self,
        children: &mut Children,
        heard: &mut dyn FnMut(&[u8]),
    ) -> io::Result<(End, String)> {
        let end = loop {
            let left = self.until.saturating_duration_since(Instant::now());
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
            self.listen(heard);
            if let Some(end) = events.into_iter().find_map(|event| self.end(event)) {
                break end?;
            }
            if Instant::now() >= self.until {
                break End::Killed;
            }
        };
        let complaints = String::from_utf8_lossy(&self.complaints).trim().to_owned();
        Ok((end, complaints))
    }

    fn end(&self, event: Event) -> Option<io::Result<End>> {
        match event {
            Event::NotStarted { error, .. } => Some(Err(io::Error::other(error))),
            Event::Ended { id, status, signal } if id == self.id => Some(Ok(match signal {
                Some(signal) => End::Signal(signal),
                None => End::Exit(status.unwrap_or(-1)),
            })),
            Event::Ended { .. } | Event::Swept { .. } => None,
        }
    }

    fn listen(&mut self, heard: &mut dyn FnMut(&[u8])) {
        let mut said = false;
        drain(&mut self.stdout, &mut |bytes| {
            said = true;
            heard(bytes);
        });
        let complaints = &mut self.complaints;
        drain(&mut self.stderr, &mut |bytes| {
            complaints.extend_from_slice(bytes);
            complaints.drain(..complaints.len().saturating_sub(MAX_STDERR));
        });
        if let (Patience::Silence(limit), true) = (self.patience, said) {
            self.until = Instant::now() + limit;
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
