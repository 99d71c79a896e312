//! Asking a child process about a plugin.

use super::bounded_process::{BoundedCommand, ProcessEnd, TimeLimit, run_bounded};
use crate::host::limits;
use crate::host::probe::{ProbeError, ProbeFault, ProbeReport, ProbeRequests, VERB, answer};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

/// The longest answer that is read, in bytes.
const MAX_ANSWER: usize = 16 << 20;

/// Asks `exe __probe plugin` and waits at most `limit`. Nothing that the plugin does to its process
/// reaches ours, and nothing that it starts outlives the answer.
pub fn probe(
    exe: &Path,
    plugin: &Path,
    requests: &ProbeRequests,
    limit: Duration,
) -> Result<ProbeReport, ProbeError> {
    let command = BoundedCommand {
        program: exe,
        arguments: vec![VERB.into(), plugin.into()],
        environment: Vec::new(),
        input: &serde_json::to_vec(requests).unwrap_or_default(),
        limit: TimeLimit::Total(limit),
    };
    let mut answered = Vec::new();
    let ended = run_bounded(&command, &mut |bytes| {
        let room = MAX_ANSWER.saturating_sub(answered.len()).min(bytes.len());
        answered.extend_from_slice(&bytes[..room]);
    });
    let (status, stderr) = match ended {
        // As the kernel writes them.
        Ok((ProcessEnd::Exit(code), stderr)) => {
            (Some(ExitStatus::from_raw((code & 0xff) << 8)), stderr)
        }
        Ok((ProcessEnd::Signal(signal), stderr)) => (Some(ExitStatus::from_raw(signal)), stderr),
        Ok((ProcessEnd::TimedOut, stderr)) => (None, stderr),
        Err(cause) => {
            return Err(ProbeError {
                file: plugin.to_owned(),
                fault: ProbeFault::Process(limits::explained(&cause)),
                stage: String::new(),
                stderr: String::new(),
            });
        }
    };
    answer(plugin, &answered, stderr, status, limit)
}
