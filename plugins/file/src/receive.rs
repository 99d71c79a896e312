//! A file that arrives: bytes, their number, their digest.

use crate::digest::{Algorithm, Hasher, Sum};
use crate::kinds::{Kind, Refusal};
use crate::store::Part;

/// A file that arrives.
pub(crate) struct Incoming {
    part: Part,
    hasher: Hasher,
    size: u64,
    got: u64,
}

impl std::fmt::Debug for Incoming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Incoming({} of {})", self.got, self.size)
    }
}

impl Incoming {
    /// A file of `size` bytes, the first of which `part` may hold already.
    pub(crate) fn new(mut part: Part, size: u64, algorithm: Algorithm) -> Result<Self, Refusal> {
        if part.kept() > size {
            part.start_over()?;
        }
        Ok(Self { part, hasher: Hasher::new(algorithm), size, got: 0 })
    }

    /// Takes the digest of some of what was kept; true once all of it is in.
    pub(crate) fn reread_some(&mut self, budget: u64) -> Result<bool, Refusal> {
        let mut buffer = vec![0; 256 << 10];
        let mut read = 0;
        while read < budget {
            if self.got >= self.part.kept() {
                return Ok(true);
            }
            match self.part.reread(&mut buffer)? {
                0 => {
                    // Somebody has cut it: begin anew.
                    self.start_over()?;
                    return Ok(true);
                }
                count => {
                    self.hasher.update(&buffer[..count]);
                    self.got += count as u64;
                    read += count as u64;
                }
            }
        }
        Ok(self.got >= self.part.kept())
    }

    /// Nothing of what was kept counts.
    pub(crate) fn start_over(&mut self) -> Result<(), Refusal> {
        self.part.start_over()?;
        self.got = 0;
        self.hasher = Hasher::new(self.hasher.algorithm());
        Ok(())
    }

    /// A message of the file's bytes.
    pub(crate) fn chunk(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        if bytes.len() as u64 > self.left() {
            self.part.discard();
            let why = format!("{} bytes more than the {} announced", self.excess(bytes), self.size);
            return Err(Refusal::new(Kind::SizeLies, why));
        }
        if bytes.is_empty() && self.left() > 0 {
            self.part.discard();
            let why = format!("it ended after {} bytes of the {} announced", self.got, self.size);
            return Err(Refusal::new(Kind::SizeLies, why));
        }
        if let Err(refusal) = self.part.write(bytes) {
            self.part.discard();
            return Err(refusal);
        }
        self.hasher.update(bytes);
        self.got += bytes.len() as u64;
        Ok(())
    }

    /// The size is known now; false when more than that is there already.
    pub(crate) fn announce(&mut self, size: u64) -> bool {
        self.size = size;
        self.got <= size
    }

    /// What is there is of no use to a later transfer.
    pub(crate) fn discard(&mut self) {
        self.part.discard();
    }

    /// The kind of digest that is taken.
    pub(crate) fn algorithm(&self) -> Algorithm {
        self.hasher.algorithm()
    }

    /// Bytes that are still to come.
    pub(crate) fn left(&self) -> u64 {
        self.size - self.got
    }

    /// Bytes that are there.
    pub(crate) fn got(&self) -> u64 {
        self.got
    }

    /// The digest of what is there.
    pub(crate) fn sum(&self) -> Option<Sum> {
        self.hasher.sum()
    }

    /// Everything has come: the file gets its name if the digest is the one expected.
    pub(crate) fn finish(mut self, expected: Option<&Sum>) -> Result<(u64, Option<Sum>), Refusal> {
        let sum = self.sum();
        if let Some(expected) = expected
            && sum.as_ref() != Some(expected)
        {
            self.part.discard();
            let got = sum.map_or_else(|| "none was taken".to_owned(), |sum| sum.to_string());
            return Err(Refusal::new(
                Kind::DigestDiffers,
                format!("announced {expected}, arrived {got}"),
            ));
        }
        self.part.commit(self.size)?;
        Ok((self.size, sum))
    }

    fn excess(&self, bytes: &[u8]) -> u64 {
        bytes.len() as u64 - self.left()
    }

    #[cfg(test)]
    pub(crate) fn fill_disk(&mut self) {
        self.part.fill_disk();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Root;

    fn incoming(size: u64) -> (tempfile::TempDir, Incoming) {
        let folder = tempfile::tempdir().unwrap();
        let part = Root::open(folder.path()).unwrap().begin("a", false).unwrap();
        (folder, Incoming::new(part, size, Algorithm::Md5).unwrap())
    }

    fn is_empty(folder: &tempfile::TempDir) -> bool {
        folder.path().read_dir().unwrap().next().is_none()
    }

    #[test]
    fn chunks_of_any_size_make_the_file() {
        let (folder, mut file) = incoming(3);
        file.chunk(b"a").unwrap();
        file.chunk(b"bc").unwrap();
        assert_eq!(file.left(), 0);
        let expected = Sum::parse("md5:900150983cd24fb0d6963f7d28e17f72", Algorithm::Md5).unwrap();
        file.finish(Some(&expected)).unwrap();
        assert_eq!(std::fs::read(folder.path().join("a")).unwrap(), b"abc");
    }

    #[test]
    fn a_size_that_lies_either_way_is_named_and_leaves_nothing() {
        for last in [&b"more"[..], b""] {
            let (folder, mut file) = incoming(3);
            file.chunk(b"ab").unwrap();
            assert_eq!(file.chunk(last).unwrap_err().kind, Kind::SizeLies);
            drop(file);
            assert!(is_empty(&folder));
        }
    }

    #[test]
    fn another_digest_is_named_and_leaves_nothing() {
        let (folder, mut file) = incoming(3);
        file.chunk(b"abd").unwrap();
        let expected = Sum::parse("md5:900150983cd24fb0d6963f7d28e17f72", Algorithm::Md5).unwrap();
        assert_eq!(file.finish(Some(&expected)).unwrap_err().kind, Kind::DigestDiffers);
        assert!(is_empty(&folder));
    }

    #[test]
    fn a_full_disk_within_a_transfer_is_named_and_leaves_nothing() {
        let (folder, mut file) = incoming(3);
        file.fill_disk();
        assert_eq!(file.chunk(b"ab").unwrap_err().kind, Kind::DiskFull);
        drop(file);
        assert!(is_empty(&folder));
    }
}
