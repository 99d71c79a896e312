//! What a process prints, read through a pipe: the beginning and the end of it are kept for reports.
//! A crash tells its cause first; what comes behind may be a backtrace of any length.

use super::output_lines::{FirstLines, LineSink, LineSplitter};
use nix::fcntl::OFlag;
use nix::unistd::{pipe2, read};
use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// How much of the beginning is kept, in bytes.
const HEAD: usize = 3 << 10;

/// How much of the end is kept, in bytes.
const TAIL: usize = 1 << 10;

/// The reading end of a process's output.
#[derive(Debug)]
pub(super) struct OutputPipe {
    /// `None`: it has ended.
    pipe: Option<OwnedFd>,
    printed: HeadAndTail,
    splitter: LineSplitter,
    log: FirstLines,
}

impl OutputPipe {
    /// A pipe; the process gets the other end, whose writes may block.
    pub(super) fn new() -> io::Result<(Self, OwnedFd)> {
        let (ours, theirs) = pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)?;
        nix::fcntl::fcntl(&theirs, nix::fcntl::FcntlArg::F_SETFL(OFlag::empty()))?;
        let (printed, splitter, log) =
            (HeadAndTail::default(), LineSplitter::default(), FirstLines::default());
        Ok((Self { pipe: Some(ours), printed, splitter, log }, theirs))
    }

    /// What to wait on.
    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    /// Takes what `source` has written, 256 KiB at most, and hands each line to `lines`.
    pub(super) fn read(&mut self, source: &str, lines: LineSink<'_>) {
        let Self { pipe, printed, splitter, log } = self;
        let Some(open) = &*pipe else { return };
        let mut each = |line| {
            log.add(&line);
            lines.put(source, &line);
        };
        let mut chunk = [0; 4 << 10];
        // A process that prints without end must not keep the supervisor here.
        for _ in 0..64 {
            match read(open, &mut chunk) {
                Ok(0) => {
                    splitter.end(&mut each);
                    *pipe = None;
                    return;
                }
                Ok(count) => {
                    splitter.add(&chunk[..count], &mut |bytes| printed.add(bytes), &mut each);
                }
                Err(_) => return,
            }
        }
    }

    /// The first lines that were written, and how many there were besides.
    pub(super) fn take_log(&mut self) -> (Vec<String>, u64) {
        self.log.take()
    }

    /// The beginning and the end of what was printed, without what was logged.
    pub(super) fn text(&self) -> String {
        self.printed.text()
    }
}

/// The beginning and the end of a text of any length.
#[derive(Debug, Default)]
struct HeadAndTail {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    left_out: u64,
}

impl HeadAndTail {
    fn add(&mut self, bytes: &[u8]) {
        let room = (HEAD - self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..room]);
        self.tail.extend(&bytes[room..]);
        let excess = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..excess);
        self.left_out += excess as u64;
    }

    fn text(&self) -> String {
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        let whole = match self.left_out {
            0 => String::from_utf8_lossy(&[&self.head[..], &tail].concat()).into_owned(),
            count => format!(
                "{}\n… {count} bytes left out …\n{}",
                String::from_utf8_lossy(&self.head),
                String::from_utf8_lossy(&tail)
            ),
        };
        whole.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_output_the_beginning_and_the_end_are_kept() {
        let mut kept = HeadAndTail::default();
        for line in 0..10_000 {
            kept.add(format!("line {line}\n").as_bytes());
        }
        let text = kept.text();
        assert!(text.starts_with("line 0\nline 1\n"), "{text}");
        assert!(text.ends_with("line 9998\nline 9999"), "{text}");
        let said = 98_890 - HEAD - TAIL;
        assert!(text.contains(&format!("\n… {said} bytes left out …\n")), "{text}");
    }

    #[test]
    fn a_short_output_is_kept_whole_however_it_came() {
        let mut kept = HeadAndTail::default();
        let whole = "ä".repeat(2_000);
        whole.as_bytes().iter().for_each(|byte| kept.add(&[*byte]));
        assert_eq!(kept.text(), whole);
    }
}
