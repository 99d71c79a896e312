//! Which messages answer a request: a pure function of what a command wrote.

use serde::Deserialize;
use std::time::Duration;

/// How output becomes messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reply {
    /// One message: standard output, then standard error.
    Both,
    /// One message: standard error if there is any, else standard output.
    StderrOrStdout,
    /// One message: standard output if there is any, else standard error.
    StdoutOrStderr,
    /// Two messages: standard error, then standard output.
    Two,
}

/// Every error of the handler's own begins with this, on a line of its own at the end of an answer.
pub(crate) const ERROR: &str = "exec: ";

/// What is to be told, in the wire's encoding.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    /// The handler's own error; the answer ends with it.
    pub(crate) error: Option<Vec<u8>>,
    /// What became of the command.
    pub(crate) status: Option<Vec<u8>>,
}

/// The messages of an answer: one, or two for [`Reply::Two`].
pub(crate) fn messages(reply: Reply, told: Told) -> (Vec<u8>, Option<Vec<u8>>) {
    let Told { stdout, stderr, error, status } = told;
    let (mut first, mut second) = match reply {
        Reply::Two => (stderr, Some(stdout)),
        Reply::Both if stdout.is_empty() => (stderr, None),
        Reply::Both if stderr.is_empty() => (stdout, None),
        Reply::Both if error.is_some() => {
            let mut both = stdout;
            add_line(&mut both, &stderr);
            (both, None)
        }
        Reply::Both => ([stdout, stderr].concat(), None),
        Reply::StdoutOrStderr if stdout.is_empty() => (stderr, None),
        Reply::StdoutOrStderr => (stdout, None),
        Reply::StderrOrStdout if stderr.is_empty() => (stdout, None),
        Reply::StderrOrStdout => (stderr, None),
    };
    // The handler's own error is never hidden behind output, nor the output behind it.
    if let Some(error) = error {
        add_line(&mut first, &error);
    }
    if let Some(status) = status {
        add_line(second.as_mut().unwrap_or(&mut first), &status);
    }
    (first, second)
}

/// How a command ended: `exit 0 after 1.2 ms`.
pub(crate) fn ending(end: &str, took: Duration) -> String {
    format!("{end} after {:.1} ms", took.as_secs_f64() * 1e3)
}

/// The status line: `[exit 0 after 1.2 ms]`.
pub(crate) fn status_line(end: &str, took: Duration) -> String {
    format!("[{}]", ending(end, took))
}

/// Splits an answer into its text and its status line, if it has one.
pub(crate) fn split_status(text: &str) -> Option<(&str, &str)> {
    let (before, line) = text.rsplit_once('\n').unwrap_or(("", text));
    let inner = line.strip_prefix('[')?.strip_suffix(" ms]")?;
    let (end, took) = inner.split_once(" after ")?;
    took.parse::<f64>().ok()?;
    Some((before, end))
}

/// The handler's own error at the end of an answer, if there is one.
pub(crate) fn error_of(text: &str) -> Option<&str> {
    text.rsplit('\n').next().filter(|line| line.starts_with(ERROR))
}

fn add_line(text: &mut Vec<u8>, line: &[u8]) {
    if !text.is_empty() && text.last() != Some(&b'\n') {
        text.push(b'\n');
    }
    text.extend_from_slice(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(stdout: &str, stderr: &str) -> Told {
        Told { stdout: stdout.into(), stderr: stderr.into(), ..Told::default() }
    }

    fn text(reply: Reply, told: Told) -> Vec<String> {
        let (first, second) = messages(reply, told);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        [Some(first), second].into_iter().flatten().map(text).collect()
    }

    #[test]
    fn each_way_takes_what_it_says() {
        let cases = [("out", "err"), ("out", ""), ("", "err"), ("", "")];
        let answers = |reply| cases.map(|(out, err)| text(reply, told(out, err)).join("|"));
        assert_eq!(answers(Reply::Both), ["outerr", "out", "err", ""]);
        assert_eq!(answers(Reply::StderrOrStdout), ["err", "out", "err", ""]);
        assert_eq!(answers(Reply::StdoutOrStderr), ["out", "out", "err", ""]);
        assert_eq!(answers(Reply::Two), ["err|out", "|out", "err|", "|"]);
    }

    #[test]
    fn an_error_of_the_handler_ends_the_answer_in_every_way() {
        for reply in [Reply::Both, Reply::StderrOrStdout, Reply::StdoutOrStderr, Reply::Two] {
            let error = Some(b"exec: timed out".to_vec());
            let answer = text(reply, Told { error, ..told("some output", "some error") });
            assert_eq!(error_of(&answer[0]), Some("exec: timed out"), "{reply:?}: {answer:?}");
            let error = Some(b"exec: timed out".to_vec());
            let answer = text(reply, Told { error, ..told("some output", "") });
            assert!(answer.concat().contains("some output"), "{reply:?}: {answer:?}");
        }
        assert_eq!(error_of("exec: said by the command\n"), None);
    }

    #[test]
    fn a_status_stands_on_a_line_of_its_own_at_the_very_end() {
        let line = status_line("exit 3", Duration::from_millis(12));
        for (reply, out) in [(Reply::Both, "a"), (Reply::Both, "a\n"), (Reply::Two, "")] {
            let status = Some(line.clone().into_bytes());
            let answer = text(reply, Told { status, ..told(out, "") });
            let last = answer.last().unwrap();
            assert_eq!(split_status(last), Some((out.trim_end(), "exit 3")), "{answer:?}");
        }
        for none in ["", "[exit 3 after x ms]", "exit 3 after 1 ms", "[exit 3 after 1 ms]\n"] {
            assert_eq!(split_status(none), None, "{none:?}");
        }
    }
}
