//! The parent's part of a probe: what the child's answer means, or what became of the child.

use super::{Line, ProbeReport};
use crate::text::{in_one_line, path};
use nix::sys::signal::Signal;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

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
    let fault = if stage.is_empty() { not_begun(fault) } else { fault };
    Err(ProbeError { file: plugin.to_owned(), fault, stage, stderr })
}

/// What became of a child that did not come as far as the plugin, which did nothing wrong.
fn not_begun(fault: ProbeFault) -> ProbeFault {
    let how = match fault {
        ProbeFault::Exit(code) => format!("it ended with status {code}"),
        ProbeFault::Signal(number) => format!("it was ended by signal {number}"),
        ProbeFault::Hung(limit) => format!("it said nothing for {limit:?}"),
        ProbeFault::Refused(_) | ProbeFault::Process(_) => return fault,
    };
    ProbeFault::Process(format!("{how} before the plugin was loaded"))
}
