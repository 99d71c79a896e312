//! Digests of files, and how they are written.

use crate::kinds::{Kind, Refusal};
use crate::name::shown;
use sha2::Digest as _;

/// A digest algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// No digest: only the number of bytes is checked.
    None,
    /// BLAKE3, 32 bytes.
    Blake3,
    /// SHA-256, 32 bytes.
    Sha256,
    /// MD5, 16 bytes: broken against a forger, good against accidents.
    Md5,
}

impl Algorithm {
    /// Its name on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Blake3 => "blake3",
            Self::Sha256 => "sha256",
            Self::Md5 => "md5",
        }
    }

    /// Hex digits of a digest.
    pub(crate) fn digits(self) -> usize {
        match self {
            Self::None => 0,
            Self::Blake3 | Self::Sha256 => 64,
            Self::Md5 => 32,
        }
    }
}

/// A digest: its algorithm, and its bytes as small hex digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sum {
    /// How it was taken.
    pub algorithm: Algorithm,
    /// Hex digits.
    pub hex: String,
}

impl Sum {
    /// Reads `blake3:…`, or hex digits alone, which are of `usual` or, when they are 32, an MD5.
    pub(crate) fn parse(text: &str, usual: Algorithm) -> Result<Self, Refusal> {
        let known = [Algorithm::Blake3, Algorithm::Sha256, Algorithm::Md5];
        let (algorithm, hex) = match text.split_once(':') {
            Some((word, hex)) => (known.into_iter().find(|one| one.word() == word), hex),
            None if text.len() == Algorithm::Md5.digits() => (Some(Algorithm::Md5), text),
            None => (known.into_iter().find(|one| *one == usual), text),
        };
        let good = |algorithm: &Algorithm| {
            hex.len() == algorithm.digits() && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        match algorithm.filter(good) {
            Some(algorithm) => Ok(Self { algorithm, hex: hex.to_ascii_lowercase() }),
            None => Err(Refusal::new(
                Kind::BadHeader,
                format!("{} is no digest: write it like `sha256:` and hex digits", shown(text)),
            )),
        }
    }
}

impl std::fmt::Display for Sum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.algorithm.word(), self.hex)
    }
}

/// A digest being taken.
#[derive(Clone)]
pub(crate) enum Hasher {
    /// Of nothing.
    None,
    /// BLAKE3, whose state is large.
    Blake3(Box<blake3::Hasher>),
    /// SHA-256.
    Sha256(sha2::Sha256),
    /// MD5.
    Md5(md5::Md5),
}

impl Hasher {
    /// Of no bytes yet.
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::None => Self::None,
            Algorithm::Blake3 => Self::Blake3(Box::default()),
            Algorithm::Sha256 => Self::Sha256(sha2::Sha256::new()),
            Algorithm::Md5 => Self::Md5(md5::Md5::new()),
        }
    }

    /// How the digest is taken.
    pub(crate) fn algorithm(&self) -> Algorithm {
        match self {
            Self::None => Algorithm::None,
            Self::Blake3(_) => Algorithm::Blake3,
            Self::Sha256(_) => Algorithm::Sha256,
            Self::Md5(_) => Algorithm::Md5,
        }
    }

    /// More bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::None => {}
            Self::Blake3(state) => {
                state.update(bytes);
            }
            Self::Sha256(state) => state.update(bytes),
            Self::Md5(state) => state.update(bytes),
        }
    }

    /// The digest; `None` where none is taken.
    pub(crate) fn sum(&self) -> Option<Sum> {
        match self {
            Self::None => None,
            Self::Blake3(state) => Some(sum(Algorithm::Blake3, state.finalize().as_bytes())),
            Self::Sha256(state) => Some(sum(Algorithm::Sha256, &state.clone().finalize())),
            Self::Md5(state) => Some(sum(Algorithm::Md5, &state.clone().finalize())),
        }
    }
}

fn sum(algorithm: Algorithm, bytes: &[u8]) -> Sum {
    Sum { algorithm, hex: base16ct::lower::encode_string(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(algorithm: Algorithm, expected: &str) {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(b"a");
        hasher.update(b"bc");
        assert_eq!(hasher.sum().map(|sum| sum.to_string()).as_deref(), Some(expected));
    }

    #[test]
    fn the_digests_of_abc_are_those_of_their_standards() {
        // FIPS 180-4 and RFC 1321; BLAKE3's from its own reference program.
        is(
            Algorithm::Sha256,
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        );
        is(Algorithm::Md5, "md5:900150983cd24fb0d6963f7d28e17f72");
        is(
            Algorithm::Blake3,
            "blake3:6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
        );
    }

    #[test]
    fn a_digest_without_its_name_is_known_by_its_length_and_the_usual_one() {
        let read = |text: &str| Sum::parse(text, Algorithm::Sha256);
        assert_eq!(read(&"AB".repeat(16)).unwrap().algorithm, Algorithm::Md5);
        assert_eq!(read(&"ab".repeat(32)).unwrap().algorithm, Algorithm::Sha256);
        assert_eq!(read(&format!("blake3:{}", "ab".repeat(32))).unwrap().hex, "ab".repeat(32));
        for wrong in ["", "md5:", "none:", "md5:zz", "crc32:00000000", &"é".repeat(32), "ab"] {
            assert_eq!(read(wrong).map_err(|error| error.kind), Err(Kind::BadHeader), "{wrong}");
        }
        assert!(Sum::parse(&"ab".repeat(32), Algorithm::None).is_err());
    }
}
