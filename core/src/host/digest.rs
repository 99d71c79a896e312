//! The digest of a file: what identifies its content.

use base16ct::lower::encode_string;
use sha2::{Digest as _, Sha256};
use std::io::{self, Read};

/// How much of a file is read at once, in bytes.
const PIECE: usize = 64 << 10;

/// Size and hash of a file's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// How many bytes it has.
    pub bytes: u64,
    /// Their SHA-256 in hexadecimal, as `sha256sum` prints it.
    pub sha256: String,
}

impl Digest {
    /// Reads `source` to its end.
    pub fn of(source: &mut dyn Read) -> io::Result<Self> {
        let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; PIECE]);
        loop {
            match source.read(&mut piece) {
                Ok(0) => break,
                Ok(count) => {
                    hash.update(&piece[..count]);
                    bytes += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let sha256 = encode_string(&hash.finalize());
        Ok(Self { bytes, sha256 })
    }

    /// The hash, shortened to what tells files apart for people.
    pub fn short(&self) -> &str {
        &self.sha256[..12]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_what_sha256sum_prints() {
        let digest = Digest::of(&mut &b"abc"[..]).expect("memory is readable");
        assert_eq!(digest.bytes, 3);
        assert_eq!(
            digest.sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
