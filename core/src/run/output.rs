//! What a process prints, read through a pipe: the beginning and the end of it are kept for reports.
//! A crash tells its cause first; what comes behind may be a backtrace of any length.

use super::said::{Hearing, Lines, Log};
use nix::fcntl::OFlag;
use nix::unistd::{pipe2, read};
use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// How much of the beginning is kept, in bytes.
const FIRST: usize = 3 << 10;

/// How much of the end is kept, in bytes.
const LAST: usize = 1 << 10;

/// The reading end of a process's output.
#[derive(Debug)]
pub(super) struct Output {
    pipe: Option<OwnedFd>,
    kept: Kept,
    lines: Lines,
    log: Log,
}

impl Output {
    /// A pipe; the process gets the other end, whose writes may block.
    pub(super) fn new() -> io::Result<(Self, OwnedFd)> {
        let (ours, theirs) = pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)?;
        nix::fcntl::fcntl(&theirs, nix::fcntl::FcntlArg::F_SETFL(OFlag::empty()))?;
        let (kept, lines, log) = (Kept::default(), Lines::default(), Log::default());
        Ok((Self { pipe: Some(ours), kept, lines, log }, theirs))
    }

    /// What to wait on.
    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    /// Takes what has been printed, by `who`.
    pub(super) fn read(&mut self, who: &str, hearing: Hearing<'_>) {
        let Self { pipe, kept, lines, log } = self;
        let Some(open) = &*pipe else { return };
        let mut each = |line| {
            log.add(&line);
            hearing.tell(who, &line);
        };
        let mut chunk = [0; 4 << 10];
        // A process that prints without end must not keep the supervisor here.
        for _ in 0..64 {
            match read(open, &mut chunk) {
                Ok(0) => {
                    lines.end(&mut each);
                    *pipe = None;
                    return;
                }
                Ok(count) => {
                    lines.add(&chunk[..count], &mut |bytes| kept.add(bytes), &mut each);
                }
                Err(_) => return,
            }
        }
    }

    /// The first lines of what was said, and how many there were besides.
    pub(super) fn take_log(&mut self) -> (Vec<String>, u64) {
        self.log.take()
    }

    /// What is kept of it, without what was logged.
    pub(super) fn text(&self) -> String {
        self.kept.text()
    }
}

/// The beginning and the end of a text of any length.
#[derive(Debug, Default)]
struct Kept {
    first: Vec<u8>,
    last: VecDeque<u8>,
    left_out: u64,
}

impl Kept {
    fn add(&mut self, bytes: &[u8]) {
        let room = (FIRST - self.first.len()).min(bytes.len());
        self.first.extend_from_slice(&bytes[..room]);
        self.last.extend(&bytes[room..]);
        let excess = self.last.len().saturating_sub(LAST);
        self.last.drain(..excess);
        self.left_out += excess as u64;
    }

    fn text(&self) -> String {
        let last: Vec<u8> = self.last.iter().copied().collect();
        let whole = match self.left_out {
            0 => String::from_utf8_lossy(&[&self.first[..], &last].concat()).into_owned(),
            count => format!(
                "{}\n… {count} bytes left out …\n{}",
                String::from_utf8_lossy(&self.first),
                String::from_utf8_lossy(&last)
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
        let mut kept = Kept::default();
        for line in 0..10_000 {
            kept.add(format!("line {line}\n").as_bytes());
        }
        let text = kept.text();
        assert!(text.starts_with("line 0\nline 1\n"), "{text}");
        assert!(text.ends_with("line 9998\nline 9999"), "{text}");
        let said = 98_890 - FIRST - LAST;
        assert!(text.contains(&format!("\n… {said} bytes left out …\n")), "{text}");
    }

    #[test]
    fn a_short_output_is_kept_whole_however_it_came() {
        let mut kept = Kept::default();
        let whole = "ä".repeat(2_000);
        whole.as_bytes().iter().for_each(|byte| kept.add(&[*byte]));
        assert_eq!(kept.text(), whole);
    }
}
