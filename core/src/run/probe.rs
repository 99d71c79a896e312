//! Asking a child process about a plugin.

use super::asked::{End, Patience, Question, ask};
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
    let question = Question {
        program: exe,
        arguments: vec![VERB.into(), plugin.into()],
        environment: Vec::new(),
        input: &serde_json::to_vec(requests).unwrap_or_default(),
        patience: Patience::Whole(limit),
    };
    let mut said = Vec::new();
    let asked = ask(&question, &mut |bytes| {
        let room = MAX_ANSWER.saturating_sub(said.len()).min(bytes.len());
        said.extend_from_slice(&bytes[..room]);
    });
    let (status, stderr) = match asked {
        // As the kernel writes them.
        Ok((End::Exit(code), stderr)) => (Some(ExitStatus::from_raw((code & 0xff) << 8)), stderr),
        Ok((End::Signal(signal), stderr)) => (Some(ExitStatus::from_raw(signal)), stderr),
        Ok((End::Killed, stderr)) => (None, stderr),
        Err(cause) => {
            return Err(ProbeError {
                file: plugin.to_owned(),
                fault: ProbeFault::Process(limits::explained(&cause)),
                stage: String::new(),
                stderr: String::new(),
            });
        }
    };
    answer(plugin, &said, stderr, status, limit)
}
