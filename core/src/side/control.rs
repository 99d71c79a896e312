//! The line between the supervisor and a side: one JSON document a line over a Unix stream
//! socket. Descriptors travel with the first line.

#![allow(unsafe_code)] // Received descriptors have to be adopted.

use nix::sys::socket::{
    ControlMessage, ControlMessageOwned, MsgFlags, UnixAddr, recvmsg, sendmsg,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

/// The longest line taken: a report with all its histograms and examples has well under 1 MiB.
const LONGEST_LINE: usize = 64 << 20;

/// Descriptors that travel with one line at most.
const MOST_DESCRIPTORS: usize = 8;

/// One end of the line.
#[derive(Debug)]
pub struct Control {
    stream: UnixStream,
    buffer: Vec<u8>,
    scanned: usize,
    ended: bool,
}

impl Control {
    /// Speaks over `stream`.
    pub fn new(stream: UnixStream) -> Self {
        Self { stream, buffer: Vec::new(), scanned: 0, ended: false }
    }

    /// The descriptor to wait on for readability.
    pub fn descriptor(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }

    /// Sends one document; waits until all of it is written.
    pub fn send<T: Serialize>(&mut self, document: &T) -> io::Result<()> {
        self.stream.set_nonblocking(false)?;
        self.stream.write_all(&line(document)?)
    }

    /// Sends one document with descriptors.
    pub fn send_with<T: Serialize>(
        &mut self,
        document: &T,
        descriptors: &[BorrowedFd<'_>],
    ) -> io::Result<()> {
        self.stream.set_nonblocking(false)?;
        let bytes = line(document)?;
        let raw: Vec<RawFd> = descriptors.iter().map(AsRawFd::as_raw_fd).collect();
        let sent = sendmsg::<UnixAddr>(
            self.stream.as_raw_fd(),
            &[IoSlice::new(&bytes)],
            &[ControlMessage::ScmRights(&raw)],
            MsgFlags::MSG_NOSIGNAL,
            None,
        )?;
        self.stream.write_all(&bytes[sent..])
    }

    /// Waits for one document and the descriptors that came with it. `None` at the end.
    pub fn receive_with<T: DeserializeOwned>(&mut self) -> io::Result<Option<(T, Vec<OwnedFd>)>> {
        self.stream.set_nonblocking(false)?;
        let mut descriptors = Vec::new();
        loop {
            if let Some(document) = self.next()? {
                return Ok(Some((document, descriptors)));
            }
            let mut chunk = [0; 16 << 10];
            let mut space = nix::cmsg_space!([RawFd; MOST_DESCRIPTORS]);
            let mut slices = [IoSliceMut::new(&mut chunk)];
            let received = recvmsg::<UnixAddr>(
                self.stream.as_raw_fd(),
                &mut slices,
                Some(&mut space),
                MsgFlags::MSG_CMSG_CLOEXEC,
            )?;
            for message in received.cmsgs()? {
                if let ControlMessageOwned::ScmRights(raw) = message {
                    // SAFETY: the kernel has just made these descriptors for us; nobody else
                    // knows them.
                    descriptors
                        .extend(raw.into_iter().map(|raw| unsafe { OwnedFd::from_raw_fd(raw) }));
                }
            }
            let count = received.bytes;
            if count == 0 {
                return Ok(None);
            }
            self.buffer.extend_from_slice(&chunk[..count]);
        }
    }

    /// Takes what has arrived without waiting. Documents come from [`next`](Self::next).
    pub fn fill(&mut self) -> io::Result<()> {
        self.stream.set_nonblocking(true)?;
        let mut chunk = [0; 64 << 10];
        loop {
            match self.stream.read(&mut chunk) {
                Ok(0) => {
                    self.ended = true;
                    return Ok(());
                }
                Ok(count) => self.buffer.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                    self.ended = true;
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
            if self.buffer.len() > LONGEST_LINE {
                return Err(io::Error::other("a line without end on the control socket"));
            }
        }
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
        let (text, fds) = b.receive_with::<String>().unwrap().unwrap();
        assert_eq!(text, "hello");
        assert_eq!(File::from(fds.into_iter().next().unwrap()).metadata().unwrap().len(), 18);
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
