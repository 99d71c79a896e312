//! The asking part: starts the child, listens, and waits for no sign of life longer than agreed.

use super::protocol::{Line, Request, VERB};
use crate::framing::Nature;
use crate::host::{Program, program};
use crate::torture::CheckReport;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// The longest line that a child may write, and how much of its error output is kept, in bytes.
const MAX_LINE: u64 = 16 << 20;
const MAX_STDERR: usize = 4096;

/// What came of a child.
#[derive(Debug, Default)]
pub(super) struct Answered {
    pub(super) nature: Option<Nature>,
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
/// within `limit`; `begins` is told of each check. The child's whole process group is killed in the
/// end.
pub(super) fn ask(
    request: &Request,
    limit: Duration,
    begins: &mut dyn FnMut(&str),
) -> std::io::Result<Answered> {
    let mut child = Command::new(Program::this()?.executable())
        .arg0(program::NAME)
        .arg(VERB)
        // What a crash says first is what counts.
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()?;
    let text = serde_json::to_vec(request).unwrap_or_default();
    let mut input = child.stdin.take().expect("it is piped");
    // Threads of their own, because a child that does not read or write must not block us. They
    // end when the child's process group is gone.
    std::thread::spawn(move || input.write_all(&text));
    let lines = listen(child.stdout.take().expect("it is piped"));
    let stderr = collect(child.stderr.take().expect("it is piped"));
    let mut answered = Answered::default();
    let hung = loop {
        match lines.recv_timeout(limit) {
            Ok(Line::Ready(nature)) => answered.nature = Some(nature),
            Ok(Line::Refused(text)) => answered.refused = Some(text),
            Ok(Line::Alive) => {}
            Ok(Line::Begins(check)) => {
                begins(&check);
                answered.under_way = Some(check);
            }
            Ok(Line::Report(report)) => {
                answered.under_way = None;
                answered.reports.push(*report);
            }
            Err(RecvTimeoutError::Timeout) => break true,
            Err(RecvTimeoutError::Disconnected) => break false,
        }
    };
    let status = end(&mut child, hung)?;
    answered.death = match (hung, status.signal(), status.code()) {
        (true, ..) => Some(Death::Hung(limit)),
        (_, Some(signal), _) => Some(Death::Signal(signal)),
        (_, None, Some(0)) if answered.under_way.is_none() => None,
        (_, None, code) => Some(Death::Exit(code.unwrap_or(-1))),
    };
    answered.stderr = stderr.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
    Ok(answered)
}

/// Waits for a child that closed its output, or kills it; then whatever it left behind.
fn end(child: &mut Child, kill: bool) -> std::io::Result<ExitStatus> {
    // The child's own id is its group's; gone already is fine.
    let group = Pid::from_raw(child.id() as i32);
    if kill {
        let _ = killpg(group, Signal::SIGKILL);
    }
    let status = child.wait();
    let _ = killpg(group, Signal::SIGKILL);
    status
}

fn listen(source: impl Read + Send + 'static) -> Receiver<Line> {
    let (tell, lines) = channel();
    std::thread::spawn(move || {
        let mut source = BufReader::new(source);
        let mut text = String::new();
        loop {
            text.clear();
            let read = source.by_ref().take(MAX_LINE).read_line(&mut text);
            // What is not a line of ours is not believed: the child ends as far as we are concerned.
            match (read, serde_json::from_str(&text)) {
                (Ok(1..), Ok(line)) => {
                    if tell.send(line).is_err() {
                        return;
                    }
                }
                _ => return,
            }
        }
    });
    lines
}

/// Reads to the end in the background, and keeps the last bytes.
fn collect(mut source: impl Read + Send + 'static) -> Receiver<String> {
    let (done, collected) = channel();
    std::thread::spawn(move || {
        let (mut kept, mut piece) = (Vec::new(), [0; 4096]);
        while let Ok(count @ 1..) = source.read(&mut piece) {
            kept.extend_from_slice(&piece[..count]);
            kept.drain(..kept.len().saturating_sub(MAX_STDERR));
        }
        let _ = done.send(String::from_utf8_lossy(&kept).trim().to_owned());
    });
    collected
}
