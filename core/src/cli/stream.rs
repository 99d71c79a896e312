//! Standard output and error. What cannot be printed ends the printing, and nothing else.

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd;
use std::io::{self, BufWriter, LineWriter, Write};
use std::os::fd::AsFd;

/// A standard stream that never fails: after its first error it swallows what it is given, and the
/// error can be asked for when everything else is done.
#[derive(Debug)]
pub(super) struct Stream<T> {
    descriptor: T,
    error: Option<Errno>,
}

/// A standard stream with a buffer before it.
pub(super) trait Standard: Write {
    /// What ended the printing; `None` too when the reader (`| head`) has seen enough.
    fn error(&self) -> Option<io::Error>;
}

impl Standard for io::Sink {
    fn error(&self) -> Option<io::Error> {
        None
    }
}

impl<T: AsFd> Standard for BufWriter<Stream<T>> {
    fn error(&self) -> Option<io::Error> {
        self.get_ref().error()
    }
}

impl<T: AsFd> Standard for LineWriter<Stream<T>> {
    fn error(&self) -> Option<io::Error> {
        self.get_ref().error()
    }
}

impl<T: AsFd> Stream<T> {
    pub(super) fn new(descriptor: T) -> Self {
        Self { descriptor, error: None }
    }

    fn error(&self) -> Option<io::Error> {
        self.error.filter(|error| *error != Errno::EPIPE).map(Into::into)
    }

    /// Someone who shares the stream may have made it one that does not block.
    fn wait(&self) -> nix::Result<()> {
        let mut waiting = [PollFd::new(self.descriptor.as_fd(), PollFlags::POLLOUT)];
        poll(&mut waiting, PollTimeout::NONE).map(drop)
    }
}

impl<T: AsFd> Write for Stream<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        while self.error.is_none() {
            // Not through the standard library, which takes a descriptor that is not open for
            // writing for one that takes everything.
            match unistd::write(&self.descriptor, bytes) {
                Ok(count) => return Ok(count),
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => match self.wait() {
                    Ok(()) | Err(Errno::EINTR) => {}
                    Err(error) => self.error = Some(error),
                },
                Err(error) => self.error = Some(error),
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::fcntl::{FcntlArg, OFlag, fcntl};
    use std::fs::{File, OpenOptions};
    use std::io::{PipeReader, PipeWriter, Read, pipe};

    #[test]
    fn a_full_stream_takes_everything_and_says_why_at_the_end() {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let mut stream = Stream::new(full);
        for _ in 0..2 {
            assert!(stream.write_all(b"words").is_ok());
        }
        assert_eq!(stream.error().map(|error| error.kind()), Some(io::ErrorKind::StorageFull));
    }

    #[test]
    fn a_reader_that_has_seen_enough_is_no_error() {
        let (reader, writer) = pipe().expect("a pipe");
        drop(reader);
        let mut stream = Stream::new(writer);
        assert!(stream.write_all(b"words").is_ok());
        assert!(stream.error().is_none() && stream.error == Some(Errno::EPIPE));
    }

    #[test]
    fn a_stream_that_is_only_read_from_is_an_error() {
        let mut stream = Stream::new(File::open("/dev/null").expect("Linux has it"));
        assert!(stream.write_all(b"words").is_ok());
        assert!(stream.error().is_some());
    }

    #[test]
    fn a_stream_that_does_not_block_is_waited_for() {
        let (mut reader, writer): (PipeReader, PipeWriter) = pipe().expect("a pipe");
        fcntl(&writer, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).expect("a pipe can be so");
        let words = vec![b'x'; 1 << 20];
        let reading = std::thread::spawn(move || {
            let mut read = Vec::new();
            reader.read_to_end(&mut read).map(|_| read)
        });
        let mut stream = Stream::new(writer);
        assert!(stream.write_all(&words).is_ok() && stream.error().is_none());
        drop(stream);
        let read = reading.join().expect("the thread ends").expect("a pipe can be read");
        assert!(read == words, "{} bytes", read.len());
    }
}
