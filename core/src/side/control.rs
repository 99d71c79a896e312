//! The line between the supervisor and a side: one JSON document a line over a Unix stream
//! socket. Descriptors travel with the first line.

#![allow(unsafe_code)] // Received descriptors have to be adopted.

use nix::errno::Errno;
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, UnixAddr, recvmsg, sendmsg};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::VecDeque;
use std::io::{self, IoSlice, IoSliceMut, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// The longest line taken: a report with all its histograms and examples has well under 1 MiB.
const LONGEST_LINE: usize = 64 << 20;

/// Descriptors that travel with one line at most.
const MAX_DESCRIPTORS: usize = 8;

/// Descriptors that wait to be taken at most; the other end is closed for those above.
const MAX_WAITING: usize = 64;

/// Reads in a row: whoever writes without end must not keep us here.
const READS: usize = 64;

/// How long a line may take to be taken by the other end, where that is bounded.
const TAKEN: Duration = Duration::from_secs(5);

/// One end of the line.
#[derive(Debug)]
pub struct Control {
    stream: UnixStream,
    buffer: Vec<u8>,
    scanned: usize,
    descriptors: VecDeque<OwnedFd>,
    ended: bool,
    /// The other end does not take what it is sent: nothing more is sent.
    stuck: bool,
}

impl Control {
    /// Speaks over `stream`.
    pub fn new(stream: UnixStream) -> Self {
        let descriptors = VecDeque::new();
        Self { stream, buffer: Vec::new(), scanned: 0, descriptors, ended: false, stuck: false }
    }

    /// Speaks over `stream` to somebody who may be stopped: a line that is not taken within some
    /// seconds is an error, and so is every one behind it.
    pub fn bounded(stream: UnixStream) -> io::Result<Self> {
        stream.set_write_timeout(Some(TAKEN))?;
        Ok(Self::new(stream))
    }

    /// The descriptor to wait on for readability.
    pub fn descriptor(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }

    /// Sends one document; waits until all of it is written.
    pub fn send<T: Serialize>(&mut self, document: &T) -> io::Result<()> {
        let bytes = line(document)?;
        self.write(&bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.stuck {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let written = self.stream.write_all(bytes);
        self.stuck = written.is_err();
        written
    }

    /// Sends one document with descriptors.
    pub fn send_with<T: Serialize>(
        &mut self,
        document: &T,
        descriptors: &[BorrowedFd<'_>],
    ) -> io::Result<()> {
        if self.stuck {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let bytes = line(document)?;
        let raw: Vec<RawFd> = descriptors.iter().map(AsRawFd::as_raw_fd).collect();
        let sent = sendmsg::<UnixAddr>(
            self.stream.as_raw_fd(),
            &[IoSlice::new(&bytes)],
            &[ControlMessage::ScmRights(&raw)],
            MsgFlags::MSG_NOSIGNAL,
            None,
        )?;
        self.write(&bytes[sent..])
    }

    /// Waits for one document; `None` at the end.
    pub fn receive<T: DeserializeOwned>(&mut self) -> io::Result<Option<T>> {
        loop {
            if let Some(document) = self.next()? {
                return Ok(Some(document));
            }
            if self.ended {
                return Ok(None);
            }
            self.read(MsgFlags::empty())?;
        }
    }

    /// Takes what has arrived without waiting, some MiB at most. Documents come from
    /// [`next`](Self::next).
    pub fn fill(&mut self) -> io::Result<()> {
        for _ in 0..READS {
            if self.ended || !self.read(MsgFlags::MSG_DONTWAIT)? {
                break;
            }
        }
        Ok(())
    }

    /// One read; false when nothing is there now.
    fn read(&mut self, flags: MsgFlags) -> io::Result<bool> {
        let mut chunk = [0; 64 << 10];
        let mut space = nix::cmsg_space!([RawFd; MAX_DESCRIPTORS]);
        let mut slices = [IoSliceMut::new(&mut chunk)];
        let received = recvmsg::<UnixAddr>(
            self.stream.as_raw_fd(),
            &mut slices,
            Some(&mut space),
            flags | MsgFlags::MSG_CMSG_CLOEXEC,
        );
        let received = match received {
            Ok(received) => received,
            Err(Errno::EAGAIN) => return Ok(false),
            Err(Errno::EINTR) => return Ok(true),
            Err(Errno::ECONNRESET) => {
                self.ended = true;
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        };
        for message in received.cmsgs()? {
            if let ControlMessageOwned::ScmRights(raw) = message {
                for raw in raw {
                    // SAFETY: the kernel has just made this descriptor for us; nobody else knows
                    // it.
                    let descriptor = unsafe { OwnedFd::from_raw_fd(raw) };
                    if self.descriptors.len() < MAX_WAITING {
                        self.descriptors.push_back(descriptor);
                    }
                }
            }
        }
        let count = received.bytes;
        self.ended = count == 0;
        self.buffer.extend_from_slice(&chunk[..count]);
        if self.buffer.len() > LONGEST_LINE {
            return Err(io::Error::other("a line without end on the control socket"));
        }
        Ok(count > 0)
    }

    /// The oldest `COUNT` descriptors that have arrived. They arrive no later than the document
    /// they were sent with, in the order of the documents; `None` when there are fewer.
    pub fn descriptors<const COUNT: usize>(&mut self) -> Option<[OwnedFd; COUNT]> {
        if self.descriptors.len() < COUNT {
            return None;
        }
        self.descriptors.drain(..COUNT).collect::<Vec<_>>().try_into().ok()
    }

    /// The next document that has arrived whole.
    #[expect(clippy::should_implement_trait, reason = "it fails and is typed per call")]
    pub fn next<T: DeserializeOwned>(&mut self) -> io::Result<Option<T>> {
        let Some(end) = memchr::memchr(b'\n', &self.buffer[self.scanned..]) else {
            self.scanned = self.buffer.len();
            return Ok(None);
        };
        let end = self.scanned + end;
        let document = serde_json::from_slice(&self.buffer[..end]).map_err(io::Error::other)?;
        self.buffer.drain(..=end);
        self.scanned = 0;
        Ok(Some(document))
    }

    /// True when the other end is gone and every document has been taken.
    pub fn ended(&self) -> bool {
        self.ended
    }
}

fn line<T: Serialize>(document: &T) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(document)?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    fn pair() -> (Control, Control) {
        let (a, b) = UnixStream::pair().unwrap();
        (Control::new(a), Control::new(b))
    }

    #[test]
    fn a_document_and_its_descriptors_arrive_together() {
        let (mut a, mut b) = pair();
        let file = tempfile::tempfile().unwrap();
        (&file).write_all(b"through the socket").unwrap();
        a.send_with(&"hello", &[file.as_fd()]).unwrap();
        assert_eq!(b.receive::<String>().unwrap().unwrap(), "hello");
        let [received] = b.descriptors().unwrap();
        assert_eq!(File::from(received).metadata().unwrap().len(), 18);
    }

    #[test]
    fn descriptors_stay_in_order_when_documents_are_read_together() {
        let (mut a, mut b) = pair();
        let file = tempfile::tempfile().unwrap();
        a.send(&1).unwrap();
        a.send_with(&2, &[file.as_fd()]).unwrap();
        a.send(&3).unwrap();
        drop(a);
        b.fill().unwrap();
        let taken: Vec<u32> = std::iter::from_fn(|| b.next().unwrap()).collect();
        assert_eq!(taken, [1, 2, 3]);
        assert!(b.descriptors::<1>().is_some());
        assert!(b.descriptors::<1>().is_none());
    }

    #[test]
    fn several_documents_in_one_read_are_taken_one_by_one() {
        let (mut a, mut b) = pair();
        for number in 0..3 {
            a.send(&number).unwrap();
        }
        drop(a);
        b.fill().unwrap();
        assert!(b.ended());
        let taken: Vec<u32> = std::iter::from_fn(|| b.next().unwrap()).collect();
        assert_eq!(taken, [0, 1, 2]);
    }
}
