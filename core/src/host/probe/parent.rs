//! The asking part: start the child, wait no longer than agreed, and say what became of it.

use super::{Line, ProbeReport, ProbeRequests, VERB};
use crate::host::program;
use crate::text::{in_one_line, path};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const MAX_STDOUT: u64 = 16 << 20;
const MAX_STDERR: usize = 4096;

/// A plugin that gave no answer, or a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeError {
    /// The plugin's file.
    pub file: PathBuf,
    /// What happened.
    pub fault: ProbeFault,
    /// What it was doing then, as a clause; empty when it had not begun.
    pub stage: String,
    /// The end of what it wrote to its error output (at most 4 KiB).
    pub stderr: String,
}

/// What became of the child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeFault {
    /// The plugin broke a rule: the whole error, file and remedy included.
    Refused(String),
    /// It did not answer in this time and was killed.
    Hung(Duration),
    /// A signal ended it.
    Signal(i32),
    /// It ended by itself with this status, without an answer.
    Exit(i32),
    /// It could not be started or read.
    Process(String),
}

impl std::fmt::Display for ProbeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { file, fault, stage, stderr } = self;
        let file = path(file);
        match fault {
            ProbeFault::Refused(text) => return f.write_str(text),
            ProbeFault::Hung(limit) => write!(
                f,
                "plugin {file}: it hung {stage} and was killed after {limit:?}; look for an \
                 endless loop or a wait there"
            )?,
            ProbeFault::Signal(number) => {
                let name = Signal::try_from(*number).map_or("unknown signal", Signal::as_str);
                write!(
                    f,
                    "plugin {file}: it crashed with {name} ({number}) {stage}; debug it there"
                )?;
            }
            ProbeFault::Exit(code) => write!(
                f,
                "plugin {file}: it ended the process with status {code} {stage}; a plugin may not \
                 call exit"
            )?,
            ProbeFault::Process(cause) => {
                write!(f, "plugin {file}: it could not be checked in a child process: {cause}")?;
            }
        }
        if !stderr.is_empty() {
            write!(f, "; its error output: {}", in_one_line(stderr))?;
        }
        Ok(())
    }
}

impl std::error::Error for ProbeError {}

/// Asks the child `exe __probe plugin` and waits at most `limit`. Nothing that the plugin does to
/// its process reaches ours; its whole process group is killed in the end.
pub fn probe(
    exe: &Path,
    plugin: &Path,
    requests: &ProbeRequests,
    limit: Duration,
) -> Result<ProbeReport, ProbeError> {
    let error = |fault| ProbeError {
        file: plugin.to_owned(),
        fault,
        stage: String::new(),
        stderr: String::new(),
    };
    let mut child = Command::new(exe)
        .arg0(program::NAME)
        .arg(VERB)
        .arg(plugin)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|cause| error(ProbeFault::Process(format!("{}: {cause}", path(exe)))))?;
    let requests = serde_json::to_vec(requests).unwrap_or_default();
    let mut input = child.stdin.take().expect("it is piped");
    // Threads of their own, because a child that does not read or write must not block us. They
    // end when the child's process group is gone; one that left it can only keep a thread waiting.
    std::thread::spawn(move || input.write_all(&requests));
    let stdout = collect(child.stdout.take().expect("it is piped"));
    let stderr = collect(child.stderr.take().expect("it is piped"));
    let status = wait(&mut child, limit);
    // The child's own id is its group's; gone already is fine.
    let _ = killpg(Pid::from_raw(child.id() as i32), Signal::SIGKILL);
    let status = status.map_err(|cause| error(ProbeFault::Process(cause.to_string())))?;
    if status.is_none() {
        let _ = child.wait();
    }
    let patience = Duration::from_secs(1);
    let stdout = stdout.recv_timeout(patience).unwrap_or_default();
    let stderr = stderr.recv_timeout(patience).unwrap_or_default();
    let stderr = &stderr[stderr.len().saturating_sub(MAX_STDERR)..];
    answer(plugin, &stdout, String::from_utf8_lossy(stderr).trim().to_owned(), status, limit)
}

/// What a child's output means, once it has ended with `status` (`None`: it was killed after
/// `limit`). Whatever code of the plugin's ran there may have written into it.
pub fn answer(
    plugin: &Path,
    stdout: &[u8],
    stderr: String,
    status: Option<ExitStatus>,
    limit: Duration,
) -> Result<ProbeReport, ProbeError> {
    let mut stage = String::new();
    let mut refused = None;
    for line in stdout.split(|&byte| byte == b'\n') {
        match serde_json::from_slice(line) {
            Ok(Line::Stage(text)) => stage = text,
            Ok(Line::Refused(text)) => refused = Some(text),
            // Its answer is complete, but a plugin that crashes on the way out crashes.
            Ok(Line::Report(report)) if status.is_some_and(|status| status.success()) => {
                let file = plugin.canonicalize().unwrap_or_else(|_| plugin.to_owned());
                return Ok(ProbeReport { file, ..*report });
            }
            Ok(Line::Report(_)) | Err(_) => {}
        }
    }
    let fault = match (refused, status) {
        (Some(text), _) => ProbeFault::Refused(text),
        (None, None) => ProbeFault::Hung(limit),
        (None, Some(status)) => match (status.signal(), status.code()) {
            (Some(signal), _) => ProbeFault::Signal(signal),
            (None, code) => ProbeFault::Exit(code.unwrap_or(-1)),
        },
    };
    Err(ProbeError { file: plugin.to_owned(), fault, stage, stderr })
}

/// Waits for the end; `None` when `limit` passed first.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let deadline = Instant::now() + limit;
    let mut pause = Duration::from_micros(200);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// Reads to the end in the background, and keeps the first bytes up to a bound.
fn collect(mut source: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (done, collected) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = source.by_ref().take(MAX_STDOUT).read_to_end(&mut bytes);
        // The rest is read and forgotten, so that the child does not block on a full pipe.
        let _ = std::io::copy(&mut source, &mut std::io::sink());
        let _ = done.send(bytes);
    });
    collected
}
