//! A file that leaves: read in steps, chunk by chunk, as far as there is room.

use crate::config::Fault;
use crate::digest::{Algorithm, Hasher, Sum};
use crate::kinds::{Kind, Refusal};
use crate::store::Stamp;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use wirebench_sdk::SendError;

/// What one hook reads and sends at most, in bytes: other sessions want their turn.
pub(crate) const BUDGET: u64 = 4 << 20;

/// How far a step came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// There is more to do, and room for it.
    More,
    /// There is no room: `writable` will follow.
    Full,
    /// Everything is handed over.
    All,
    /// The session is gone.
    Gone,
}

/// A file that leaves.
pub(crate) struct Outgoing {
    file: File,
    stamp: Stamp,
    chunk: usize,
    hasher: Hasher,
    /// The next byte to be read.
    at: u64,
    /// The chunk that was read and not taken yet.
    buffer: Vec<u8>,
    waiting: bool,
    sent: u64,
    fault: Fault,
    flipped: bool,
    late: bool,
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Outgoing({} of {})", self.at, self.stamp.size)
    }
}

impl Outgoing {
    /// From the first byte of an open file on.
    pub(crate) fn new(
        file: File,
        chunk: usize,
        algorithm: Algorithm,
        fault: Fault,
    ) -> Result<Self, Refusal> {
        let stamp = Stamp::of(&file).map_err(|error| failed(&error))?;
        Ok(Self {
            file,
            stamp,
            chunk,
            hasher: Hasher::new(algorithm),
            at: 0,
            buffer: Vec::new(),
            waiting: false,
            sent: 0,
            fault,
            flipped: false,
            late: false,
        })
    }

    /// What the file was when it was opened.
    pub(crate) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Its size in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.stamp.size
    }

    /// Bytes handed over.
    pub(crate) fn sent(&self) -> u64 {
        self.sent
    }

    /// The digest of all that was read.
    pub(crate) fn sum(&self) -> Option<Sum> {
        self.hasher.sum()
    }

    /// Takes the digest of some more of the file; the digest once all of it is in.
    pub(crate) fn hash_some(&mut self, budget: u64) -> Result<Option<Option<Sum>>, Refusal> {
        self.buffer.resize(256 << 10, 0);
        let end = self.at.saturating_add(budget);
        while self.at < end {
            let count = self.file.read(&mut self.buffer).map_err(|error| failed(&error))?;
            if count == 0 {
                return if self.at == self.stamp.size {
                    Ok(Some(self.sum()))
                } else {
                    self.changed()
                };
            }
            self.hasher.update(&self.buffer[..count]);
            self.at += count as u64;
            if self.at > self.stamp.size {
                return self.changed();
            }
        }
        Ok(None)
    }

    /// Goes to `offset`, from where chunks are sent; no digest is taken any more.
    pub(crate) fn seek(&mut self, offset: u64) -> Result<(), Refusal> {
        if offset > self.stamp.size {
            let why = format!("{offset} lies behind the end at {}", self.stamp.size);
            return Err(Refusal::new(Kind::BadOffset, why));
        }
        self.file.seek(SeekFrom::Start(offset)).map_err(|error| failed(&error))?;
        (self.at, self.hasher) = (offset, Hasher::None);
        Ok(())
    }

    /// The last chunk goes out unlooked at, because a trailer can tell what [`check`](Self::check)
    /// finds.
    pub(crate) fn check_later(&mut self) {
        self.late = true;
    }

    /// Whether the file is still what it was when it was opened.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let now = Stamp::of(&self.file).map_err(|error| failed(&error))?;
        if now.same_content(self.stamp) { Ok(()) } else { self.changed() }
    }

    /// Hands chunks over while there is room, for about `budget` bytes.
    pub(crate) fn send_some(
        &mut self,
        budget: u64,
        mut send: impl FnMut(&[u8]) -> Result<(), SendError>,
    ) -> Result<Flow, Refusal> {
        let end = self.sent.saturating_add(budget);
        loop {
            if !self.waiting && !self.read_chunk()? {
                return Ok(Flow::All);
            }
            match send(&self.buffer) {
                Ok(()) => {}
                Err(SendError::Full) => return Ok(Flow::Full),
                Err(SendError::Closed) => return Ok(Flow::Gone),
                Err(SendError::TooLarge) => {
                    let why = format!(
                        "a chunk of {} bytes cannot travel here: choose a smaller `chunk`",
                        self.buffer.len()
                    );
                    return Err(Refusal::new(Kind::TooLarge, why));
                }
            }
            self.waiting = false;
            self.sent += self.buffer.len() as u64;
            // Whoever has all of it may answer at once, before there is a next time.
            if self.at == self.stamp.size {
                return Ok(Flow::All);
            }
            if self.sent >= end {
                return Ok(Flow::More);
            }
        }
    }

    /// Reads the next chunk; false at the end. What was changed meanwhile does not go out whole.
    fn read_chunk(&mut self) -> Result<bool, Refusal> {
        let left = self.stamp.size - self.at;
        if left == 0 {
            return Ok(false);
        }
        let len = left.min(self.chunk as u64) as usize;
        self.buffer.resize(len, 0);
        match self.file.read_exact(&mut self.buffer) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                return self.changed();
            }
            Err(error) => return Err(failed(&error)),
        }
        self.at += len as u64;
        let last = self.at == self.stamp.size;
        if last && !self.late {
            self.check()?;
        }
        self.hasher.update(&self.buffer);
        match self.fault {
            Fault::Flip if !self.flipped => {
                self.buffer[len / 2] ^= 1;
                self.flipped = true;
            }
            Fault::More if last => self.buffer.push(0),
            Fault::Fewer if last => self.buffer.clear(),
            _ => {}
        }
        self.waiting = true;
        Ok(true)
    }

    fn changed<T>(&self) -> Result<T, Refusal> {
        let why = format!("it was changed before its byte {} of {}", self.at, self.stamp.size);
        Err(Refusal::new(Kind::ChangedWhileRead, why))
    }
}

fn failed(error: &std::io::Error) -> Refusal {
    Refusal::io("reading the file", error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn outgoing(content: &[u8], fault: Fault) -> (tempfile::NamedTempFile, Outgoing) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        let open = File::open(file.path()).unwrap();
        (file, Outgoing::new(open, 4, Algorithm::Md5, fault).unwrap())
    }

    fn all(file: &mut Outgoing) -> Result<Vec<Vec<u8>>, Refusal> {
        let mut sent = Vec::new();
        loop {
            let flow = file.send_some(BUDGET, |bytes| {
                sent.push(bytes.to_vec());
                Ok(())
            })?;
            if flow == Flow::All {
                return Ok(sent);
            }
        }
    }

    #[test]
    fn chunks_go_out_in_order_and_one_that_was_not_taken_goes_again() {
        let (_keep, mut file) = outgoing(b"0123456789", Fault::None);
        assert_eq!(file.send_some(BUDGET, |_| Err(SendError::Full)), Ok(Flow::Full));
        assert_eq!(all(&mut file).unwrap(), [&b"0123"[..], b"4567", b"89"]);
        assert_eq!(file.sent(), 10);
    }

    #[test]
    fn the_chunk_that_ends_both_the_budget_and_the_file_is_the_last() {
        let (_keep, mut file) = outgoing(b"01234567", Fault::None);
        assert_eq!(file.send_some(4, |_| Ok(())), Ok(Flow::More));
        assert_eq!(file.send_some(4, |_| Ok(())), Ok(Flow::All));
    }

    #[test]
    fn an_empty_file_has_no_chunk() {
        let (_keep, mut file) = outgoing(b"", Fault::None);
        assert_eq!(file.hash_some(1).unwrap().unwrap().unwrap().hex.len(), 32);
        assert!(all(&mut file).unwrap().is_empty());
    }

    #[test]
    fn a_digest_is_taken_in_steps_and_the_sending_starts_anywhere() {
        let (_keep, mut file) = outgoing(b"0123456789", Fault::None);
        assert_eq!(file.hash_some(0), Ok(None));
        let sum = loop {
            if let Some(sum) = file.hash_some(1).unwrap() {
                break sum.unwrap();
            }
        };
        assert_eq!(sum.hex, "781e5e245d69b566979b86e28d23f2c7");
        file.seek(8).unwrap();
        assert_eq!(all(&mut file).unwrap(), [b"89"]);
        assert_eq!(file.seek(11).unwrap_err().kind, Kind::BadOffset);
    }

    #[test]
    fn a_file_that_shrinks_grows_or_is_rewritten_does_not_go_out_whole() {
        let changes: [fn(&File); 3] = [
            |file| file.set_len(6).unwrap(),
            |file| file.set_len(100).unwrap(),
            |file| file.set_modified(std::time::UNIX_EPOCH).unwrap(),
        ];
        for change in changes {
            let (keep, mut file) = outgoing(b"0123456789", Fault::None);
            let mut sent = 0;
            let outcome = file.send_some(BUDGET, |bytes| {
                change(keep.as_file());
                sent += bytes.len();
                Ok(())
            });
            assert_eq!(outcome.unwrap_err().kind, Kind::ChangedWhileRead);
            assert!(sent < 10);
        }
    }

    #[test]
    fn each_fault_is_as_it_is_called() {
        let (_keep, mut file) = outgoing(b"012345", Fault::Flip);
        assert_eq!(all(&mut file).unwrap(), [b"0133".to_vec(), b"45".to_vec()]);
        let (_keep, mut file) = outgoing(b"012345", Fault::More);
        assert_eq!(all(&mut file).unwrap(), [b"0123".to_vec(), b"45\0".to_vec()]);
        let (_keep, mut file) = outgoing(b"012345", Fault::Fewer);
        assert_eq!(all(&mut file).unwrap(), [b"0123".to_vec(), b"".to_vec()]);
    }
}
