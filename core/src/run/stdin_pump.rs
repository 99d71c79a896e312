//! Moving lines from our standard input, or from a file, to a side. The side cannot read a terminal
//! itself: it is in another process group.

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags};
use nix::unistd::{pipe2, read, write};
use std::io;
use std::os::fd::{AsFd, OwnedFd};

/// Bytes that are read and not yet written at most.
const CAPACITY: usize = 16 << 10;

/// Moves bytes from a source into a pipe, no faster than the side reads that.
#[derive(Debug)]
pub struct StdinPump {
    /// `None`: it has ended.
    source: Option<OwnedFd>,
    /// `None`: everything is written, or the side reads no more.
    pipe: Option<OwnedFd>,
    /// Read and not yet written.
    pending: Vec<u8>,
}

impl StdinPump {
    /// Pumps from `source`, which may block. Returns the side's end of the pipe too, which does not.
    /// An error: there can be no more descriptors.
    pub fn new(source: OwnedFd) -> io::Result<(Self, OwnedFd)> {
        let (theirs, ours) = pipe2(OFlag::O_CLOEXEC)?;
        for end in [&theirs, &ours] {
            fcntl(end, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        }
        Ok((Self { source: Some(source), pipe: Some(ours), pending: Vec::new() }, theirs))
    }

    /// What to wait on before [`pump`](Self::pump): the source when there is nothing to write, else the
    /// pipe; `None`: nothing is left to do.
    pub(super) fn poll_fd(&self) -> Option<PollFd<'_>> {
        if self.pending.is_empty() {
            let source = self.source.as_ref().filter(|_| self.pipe.is_some())?;
            return Some(PollFd::new(source.as_fd(), PollFlags::POLLIN));
        }
        Some(PollFd::new(self.pipe.as_ref()?.as_fd(), PollFlags::POLLOUT))
    }

    /// Moves some bytes on. It does not block when [`poll_fd`](Self::poll_fd) is ready.
    pub(super) fn pump(&mut self) {
        if self.pending.is_empty() {
            self.read_source();
        }
        let (Some(pipe), false) = (&self.pipe, self.pending.is_empty()) else { return };
        match write(pipe, &self.pending) {
            Ok(count) => drop(self.pending.drain(..count)),
            Err(Errno::EAGAIN | Errno::EINTR) => {}
            // The side is gone, or reads no more.
            Err(_) => self.pipe = None,
        }
        self.close_when_done();
    }

    fn read_source(&mut self) {
        let Some(source) = &self.source else { return };
        let mut chunk = [0; CAPACITY];
        match read(source, &mut chunk) {
            Ok(count) if count > 0 => self.pending.extend_from_slice(&chunk[..count]),
            Err(Errno::EINTR | Errno::EAGAIN) => {}
            Ok(_) | Err(_) => self.source = None,
        }
        self.close_when_done();
    }

    /// The end of the pipe tells the side that nothing more comes.
    fn close_when_done(&mut self) {
        if self.source.is_none() && self.pending.is_empty() {
            self.pipe = None;
        }
    }
}
