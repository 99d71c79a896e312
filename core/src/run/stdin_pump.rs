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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::{Read as _, Seek as _, Write as _};

    /// A pump whose source holds `text`, and the side's end.
    fn pump_of(text: &[u8]) -> (StdinPump, File) {
        let mut source = tempfile::tempfile().expect("a temporary file");
        source.write_all(text).expect("it can be written");
        source.rewind().expect("it is a file");
        let (pump, input) = StdinPump::new(source.into()).expect("a pipe");
        (pump, input.into())
    }

    #[test]
    fn everything_arrives_and_then_the_end() {
        // More than a pipe holds.
        let text: Vec<u8> = (0..300_000_u32).map(|at| (at % 251) as u8).collect();
        let (mut pump, mut input) = pump_of(&text);
        let mut arrived = Vec::new();
        while pump.poll_fd().is_some() {
            pump.pump();
            // A pipe that is empty and open is an error here: it does not block.
            let _ = (&mut input).take(1_000).read_to_end(&mut arrived);
        }
        input.read_to_end(&mut arrived).expect("the pump has closed its end");
        assert!(arrived == text, "{} of {} bytes", arrived.len(), text.len());
    }

    #[test]
    fn a_side_that_reads_nothing_is_waited_for_with_bounded_memory() {
        let (mut pump, _input) = pump_of(&[b'x'; 1_000_000]);
        for _ in 0..1_000 {
            pump.pump();
        }
        assert!((1..=CAPACITY).contains(&pump.pending.len()), "{}", pump.pending.len());
        assert!(pump.poll_fd().is_some(), "the rest is still to be written");
    }

    #[test]
    fn nothing_is_read_for_a_side_that_is_gone() {
        let (mut pump, input) = pump_of(b"a line\n");
        drop(input);
        pump.pump();
        assert!(pump.poll_fd().is_none());
    }
}
