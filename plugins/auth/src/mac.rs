//! Message authentication codes under a key, and the challenges they answer.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use serde::Deserialize;
use sha2::Sha256;
use std::collections::VecDeque;
use wirebench_sdk::{Error, Result};

/// Bytes of a challenge.
pub(crate) const CHALLENGE: usize = 32;

/// Accepted answers that are remembered, to tell a replay from a wrong key.
const REMEMBERED: usize = 1_024;

/// Which code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MacKind {
    /// HMAC (RFC 2104) with SHA-256: 32 bytes.
    #[default]
    HmacSha256,
    /// HMAC with MD5: 16 bytes. Old, and what many exercises use.
    HmacMd5,
}

/// How challenges and answers stand on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// As they are.
    #[default]
    Raw,
    /// In small hexadecimal digits: for framings that carry only text.
    Hex,
}

impl Encoding {
    pub(crate) fn encode(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Raw => bytes.to_vec(),
            Self::Hex => base16ct::lower::encode_string(bytes).into_bytes(),
        }
    }

    /// `None`: not this encoding, or longer than anything that is ever encoded here.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<Vec<u8>> {
        match self {
            _ if bytes.len() > 4 * CHALLENGE => None,
            Self::Raw => Some(bytes.to_vec()),
            Self::Hex => base16ct::mixed::decode_vec(bytes).ok(),
        }
    }
}

/// A key, ready for use.
#[derive(Clone)]
pub(crate) enum Key {
    Sha256(Hmac<Sha256>),
    Md5(Hmac<Md5>),
}

impl Key {
    pub(crate) fn new(kind: MacKind, secret: &[u8]) -> Result<Self> {
        let any_length = |_| Error::new("a key may have any length");
        Ok(match kind {
            MacKind::HmacSha256 => Self::Sha256(Hmac::new_from_slice(secret).map_err(any_length)?),
            MacKind::HmacMd5 => Self::Md5(Hmac::new_from_slice(secret).map_err(any_length)?),
        })
    }

    /// The code of a challenge.
    pub(crate) fn answer(&self, challenge: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256(mac) => {
                mac.clone().chain_update(challenge).finalize().into_bytes().to_vec()
            }
            Self::Md5(mac) => mac.clone().chain_update(challenge).finalize().into_bytes().to_vec(),
        }
    }

    /// True for the right answer. Takes the same time wherever a wrong one differs.
    pub(crate) fn accepts(&self, challenge: &[u8], answer: &[u8]) -> bool {
        match self {
            Self::Sha256(mac) => mac.clone().chain_update(challenge).verify_slice(answer).is_ok(),
            Self::Md5(mac) => mac.clone().chain_update(challenge).verify_slice(answer).is_ok(),
        }
    }

    /// Bytes of an answer.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Sha256(_) => 32,
            Self::Md5(_) => 16,
        }
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

/// A challenge that was never there before: from the kernel's random numbers.
pub(crate) fn challenge() -> Result<[u8; CHALLENGE]> {
    let mut bytes = [0; CHALLENGE];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::new(format!("the kernel gives no random numbers: {error}")))?;
    Ok(bytes)
}

/// The latest accepted answers.
#[derive(Debug, Default)]
pub(crate) struct Accepted(VecDeque<Vec<u8>>);

impl Accepted {
    pub(crate) fn remember(&mut self, answer: Vec<u8>) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(answer);
    }

    /// The latest come first: that is what a replay repeats.
    pub(crate) fn knows(&self, answer: &[u8]) -> bool {
        self.0.iter().rev().any(|known| known == answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        base16ct::lower::encode_string(bytes)
    }

    /// RFC 4231, case 2, and RFC 2202, case 2: the same key and text.
    #[test]
    fn codes_are_those_of_the_standards() {
        let key = |kind| Key::new(kind, b"Jefe").unwrap();
        let text = b"what do ya want for nothing?";
        assert_eq!(
            hex(&key(MacKind::HmacSha256).answer(text)),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(hex(&key(MacKind::HmacMd5).answer(text)), "750c783e6ab0b503eaa86e310a5db738");
    }

    #[test]
    fn only_the_whole_right_answer_is_accepted() {
        for kind in [MacKind::HmacSha256, MacKind::HmacMd5] {
            let (right, wrong) = (Key::new(kind, b"key").unwrap(), Key::new(kind, b"kez").unwrap());
            let challenge = challenge().unwrap();
            let answer = right.answer(&challenge);
            assert_eq!(answer.len(), right.len());
            assert!(right.accepts(&challenge, &answer));
            assert!(!right.accepts(&challenge, &wrong.answer(&challenge)));
            assert!(!right.accepts(&super::challenge().unwrap(), &answer));
            for cut in 0..answer.len() {
                assert!(!right.accepts(&challenge, &answer[..cut]), "{cut} bytes");
                let mut changed = answer.clone();
                changed[cut] ^= 1;
                assert!(!right.accepts(&challenge, &changed), "byte {cut}");
            }
            assert!(!right.accepts(&challenge, &[answer.as_slice(), &[0]].concat()));
        }
    }

    #[test]
    fn challenges_differ() {
        let all: std::collections::HashSet<_> = (0..1_000).map(|_| challenge().unwrap()).collect();
        assert_eq!(all.len(), 1_000);
    }

    #[test]
    fn memory_of_accepted_answers_is_bounded() {
        let mut accepted = Accepted::default();
        (0..5_000_u32).for_each(|n| accepted.remember(n.to_le_bytes().to_vec()));
        assert_eq!(accepted.0.len(), REMEMBERED);
        assert!(accepted.knows(&4_999_u32.to_le_bytes()) && !accepted.knows(&1_u32.to_le_bytes()));
    }

    #[test]
    fn what_is_not_hexadecimal_is_told_from_what_is() {
        assert_eq!(Encoding::Hex.encode(&[0, 255]), b"00ff");
        assert_eq!(Encoding::Hex.decode(b"00fF"), Some(vec![0, 255]));
        for text in [b"0".as_slice(), b"0g", b"00 f", &[0xff; 64], &[b'0'; 1_000]] {
            assert_eq!(Encoding::Hex.decode(text), None);
        }
        assert_eq!(Encoding::Raw.decode(&[7; 1_000]), None, "longer than any answer");
    }
}
