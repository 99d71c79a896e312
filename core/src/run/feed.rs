//! What a side is told through a pipe while it plays: the lines of a file, or of our own standard
//! input. The side cannot read a terminal itself: it is in another process group.

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags};
use nix::unistd::{pipe2, read, write};
use std::io;
use std::os::fd::{AsFd, OwnedFd};

/// Bytes on their way at most.
const MOST: usize = 16 << 10;

/// From a source to a side, no faster than the side takes it.
#[derive(Debug)]
pub struct Feed {
    source: Option<OwnedFd>,
    pipe: Option<OwnedFd>,
    bytes: Vec<u8>,
}

impl Feed {
    /// Feeds from `source`, which may block; returns the side's end too, which does not.
    pub fn new(source: OwnedFd) -> io::Result<(Self, OwnedFd)> {
        let (theirs, ours) = pipe2(OFlag::O_CLOEXEC)?;
        for end in [&theirs, &ours] {
            fcntl(end, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        }
        Ok((Self { source: Some(source), pipe: Some(ours), bytes: Vec::new() }, theirs))
    }

    /// What to wait on: either end, as there is something to read or to write.
    pub(super) fn waits_for(&self) -> Option<PollFd<'_>> {
        if self.bytes.is_empty() {
            let source = self.source.as_ref().filter(|_| self.pipe.is_some())?;
            return Some(PollFd::new(source.as_fd(), PollFlags::POLLIN));
        }
        Some(PollFd::new(self.pipe.as_ref()?.as_fd(), PollFlags::POLLOUT))
    }

    /// What was waited for has happened: moves some bytes on.
    pub(super) fn step(&mut self) {
        if self.bytes.is_empty() {
            self.fetch();
        }
        let (Some(pipe), false) = (&self.pipe, self.bytes.is_empty()) else { return };
        match write(pipe, &self.bytes) {
            Ok(count) => drop(self.bytes.drain(..count)),
            Err(Errno::EAGAIN | Errno::EINTR) => {}
            // The side is gone, or takes no more.
            Err(_) => self.pipe = None,
        }
        self.end_with_source();
    }

    fn fetch(&mut self) {
        let Some(source) = &self.source else { return };
        let mut chunk = [0; MOST];
        match read(source, &mut chunk) {
            Ok(count) if count > 0 => self.bytes.extend_from_slice(&chunk[..count]),
            Err(Errno::EINTR | Errno::EAGAIN) => {}
            Ok(_) | Err(_) => self.source = None,
        }
        self.end_with_source();
    }

    /// The end of the pipe tells the side that nothing more comes.
    fn end_with_source(&mut self) {
        if self.source.is_none() && self.bytes.is_empty() {
            self.pipe = None;
        }
    }
}
