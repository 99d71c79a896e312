//! The asking part: starts the child, listens, and waits for no sign of life longer than agreed.

use super::protocol::{Line, Request, VERB};
use crate::framing::Capabilities;
use crate::host::Program;
use crate::run::{BoundedCommand, ProcessEnd, TimeLimit, run_bounded};
use crate::torture::CheckReport;
use nix::sys::signal::Signal;
use std::time::Duration;

/// The longest line that a child may write, in bytes.
const MAX_LINE: usize = 16 << 20;

/// What came of a child.
#[derive(Debug, Default)]
pub(super) struct Answered {
    pub(super) capabilities: Option<Capabilities>,
    pub(super) reports: Vec<CheckReport>,
    /// The check that was under way when the child said its last.
    pub(super) under_way: Option<String>,
    pub(super) refused: Option<String>,
    /// How it died, as a clause, if it did.
    pub(super) death: Option<Death>,
    /// The end of what it wrote to its error output.
    pub(super) stderr: String,
}

/// How a child died.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Death {
    /// It gave no sign of life in this time, and was killed.
    Hung(Duration),
    /// A signal ended it.
    Signal(i32),
    /// It ended by itself.
    Exit(i32),
}

impl std::fmt::Display for Death {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Hung(limit) => {
                write!(f, "it does not come back: killed after {limit:?} without a sign of life")
            }
            Self::Signal(number) => {
                let name = Signal::try_from(*number).map_or("unknown signal", Signal::as_str);
                write!(f, "it ends the process with {name} ({number})")
            }
            Self::Exit(code) => write!(f, "it ends the process with status {code}"),
        }
    }
}

/// Has a child do what `request` says. A sign of life, such as a case that is over, has to come
/// within `limit`; `begins` is told of each check. Whatever the child has started is dead in the end.
pub(super) fn ask(
    request: &Request,
    limit: Duration,
    begins: &mut dyn FnMut(&str),
) -> std::io::Result<Answered> {
    let program = Program::this()?;
    let command = BoundedCommand {
        program: program.executable(),
        arguments: vec![VERB.into()],
        // What a crash says first is what counts.
        environment: vec![("RUST_BACKTRACE".into(), "0".into())],
        input: &serde_json::to_vec(request).unwrap_or_default(),
        limit: TimeLimit::Silence(limit),
    };
    let mut answered = Answered::default();
    let mut lines = Lines::default();
    let (end, stderr) = run_bounded(&command, &mut |bytes| {
        lines.take(bytes, &mut |line| match line {
            Line::Ready(capabilities) => answered.capabilities = Some(capabilities),
            Line::Refused(text) => answered.refused = Some(text),
            Line::Alive => {}
            Line::Begins(check) => {
                begins(&check);
                answered.under_way = Some(check);
            }
            Line::Report(report) => {
                answered.under_way = None;
                answered.reports.push(*report);
            }
        });
    })?;
    answered.death = match end {
        ProcessEnd::TimedOut => Some(Death::Hung(limit)),
        ProcessEnd::Signal(signal) => Some(Death::Signal(signal)),
        ProcessEnd::Exit(0) if answered.under_way.is_none() => None,
        ProcessEnd::Exit(code) => Some(Death::Exit(code)),
    };
    answered.stderr = stderr;
    Ok(answered)
}

/// What a child writes, line by line. What is not a line of ours is not believed.
#[derive(Default)]
struct Lines {
    begun: Vec<u8>,
    /// The line that has begun is longer than any of ours.
    too_long: bool,
}

impl Lines {
    fn take(&mut self, bytes: &[u8], tell: &mut dyn FnMut(Line)) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.begun.len() + piece.len() > MAX_LINE {
                self.begun.clear();
                self.too_long = true;
            }
            if !self.too_long {
                self.begun.extend_from_slice(piece);
            }
            if piece.ends_with(b"\n") {
                if let Ok(line) = serde_json::from_slice(&self.begun) {
                    tell(line);
                }
                self.begun.clear();
                self.too_long = false;
            }
        }
    }
}
