//! What a process prints, read through a pipe: the last of it is kept for reports.

use nix::fcntl::OFlag;
use nix::unistd::{pipe2, read};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// How much of the last output is kept, in bytes.
const KEPT: usize = 4 << 10;

/// The reading end of a process's output.
#[derive(Debug)]
pub(super) struct Output {
    pipe: Option<OwnedFd>,
    kept: Vec<u8>,
}

impl Output {
    /// A pipe; the process gets the other end, whose writes may block.
    pub(super) fn new() -> io::Result<(Self, OwnedFd)> {
        let (ours, theirs) = pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)?;
        nix::fcntl::fcntl(&theirs, nix::fcntl::FcntlArg::F_SETFL(OFlag::empty()))?;
        Ok((Self { pipe: Some(ours), kept: Vec::new() }, theirs))
    }

    /// What to wait on.
    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    /// Takes what has been printed.
    pub(super) fn read(&mut self) {
        let Some(pipe) = &self.pipe else { return };
        let mut chunk = [0; KEPT];
        // A process that prints without end must not keep the supervisor here.
        for _ in 0..64 {
            match read(pipe, &mut chunk) {
                Ok(0) => {
                    self.pipe = None;
                    return;
                }
                Ok(count) => {
                    self.kept.extend_from_slice(&chunk[..count]);
                    let excess = self.kept.len().saturating_sub(KEPT);
                    self.kept.drain(..excess);
                }
                Err(_) => return,
            }
        }
    }

    /// The last of it.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.kept).trim().to_owned()
    }
}
