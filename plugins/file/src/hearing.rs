//! Plain words of a peer, which may come in pieces where no framing keeps them together.

use crate::digest::{Algorithm, Sum};
use crate::kinds::Kind;
use crate::name::shown;

/// The longest text that is heard.
pub(crate) const LONGEST: usize = 4 << 10;

/// What may stand around a word: a program that prints lines ends it with one.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// What the peer says instead: its kind, if it names one of ours, and the text.
pub(crate) type Instead = (Option<Kind>, String);

/// A word under way.
#[derive(Debug, Default)]
pub(crate) struct Hearing {
    got: Vec<u8>,
}

impl Hearing {
    /// More of a word. `None`: it is not whole yet; `Ok`: which of the awaited ones it is; `Err`: it is
    /// none of them. A message without bytes is a word of its own, and none of those awaited.
    pub(crate) fn word(
        &mut self,
        bytes: &[u8],
        awaited: &[&str],
    ) -> Option<Result<usize, Instead>> {
        self.take(bytes);
        let text = String::from_utf8_lossy(&self.got).into_owned();
        let text = text.trim_matches(BLANKS);
        if text.is_empty() && !bytes.is_empty() {
            self.got.clear();
            return None;
        }
        let heard = match awaited.iter().position(|word| word.trim_matches(BLANKS) == text) {
            Some(index) => Ok(index),
            None => match refusal(text) {
                Some(refusal) => Err(refusal),
                None if begins_one(text, awaited, bytes.len()) => return None,
                None => Err((None, shown(text))),
            },
        };
        self.got.clear();
        Some(heard)
    }

    /// More of a digest of this kind, in hex digits alone. `None`: it is not whole yet; `Err`: it is none.
    pub(crate) fn digest(
        &mut self,
        bytes: &[u8],
        algorithm: Algorithm,
    ) -> Option<Result<Sum, Instead>> {
        self.take(bytes);
        let text = String::from_utf8_lossy(&self.got).into_owned();
        let text = text.trim_matches(BLANKS);
        if text.is_empty() && !bytes.is_empty() {
            self.got.clear();
            return None;
        }
        let is_hex = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        // As many digits as a digest of another kind has, at once, are one of that kind.
        let other = Algorithm::Md5.digits();
        let is_other = text.len() == other && algorithm.digits() != other && bytes.len() >= other;
        if is_hex && text.len() < algorithm.digits() && !is_other {
            return None;
        }
        let heard = if is_hex && text.len() == algorithm.digits() {
            Ok(Sum { algorithm, hex: text.to_ascii_lowercase() })
        } else {
            Err(refusal(text).unwrap_or_else(|| (None, shown(text))))
        };
        self.got.clear();
        Some(heard)
    }

    /// A word that more may follow at once. `true`: the rest is to be [taken](Self::rest).
    pub(crate) fn begins_with(&mut self, bytes: &[u8], word: &str) -> bool {
        self.take(bytes);
        let begins = self.got.starts_with(word.as_bytes());
        if begins {
            self.got.drain(..word.len());
        }
        begins
    }

    /// What was heard and belongs to no word yet.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.got)
    }

    fn take(&mut self, bytes: &[u8]) {
        let room = LONGEST - self.got.len().min(LONGEST);
        self.got.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

/// An error as this handler writes it: `KIND: text`.
fn refusal(text: &str) -> Option<Instead> {
    let (word, why) = text.split_once(':')?;
    let kind = Kind::ALL.iter().find(|kind| kind.word() == word)?;
    Some((Some(*kind), why.trim_start().to_owned()))
}

/// Whether it is the beginning of an awaited word, or of an error that comes byte by byte: longer pieces
/// are whole, since `no` is somebody's word and the beginning of `not-found` as well.
fn begins_one(text: &str, awaited: &[&str], came: usize) -> bool {
    let begins = |word: &str| !text.is_empty() && word.starts_with(text);
    awaited.iter().any(|word| begins(word))
        || came == 1 && Kind::ALL.iter().any(|kind| begins(kind.word()))
}

/// True where nothing but blanks has come.
pub(crate) fn is_blank(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| BLANKS.contains(&char::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is heard of `pieces`, one after the other.
    fn heard(pieces: &[&str]) -> Vec<Option<Result<usize, Instead>>> {
        let mut hearing = Hearing::default();
        pieces.iter().map(|piece| hearing.word(piece.as_bytes(), &["ok", "bad word"])).collect()
    }

    #[test]
    fn a_word_is_heard_in_one_piece_or_in_many_and_with_a_line_end() {
        assert_eq!(heard(&["ok"]), [Some(Ok(0))]);
        assert_eq!(heard(&["ok\r\n"]), [Some(Ok(0))]);
        assert_eq!(heard(&["o", "k", "\n", "ok"]), [None, Some(Ok(0)), None, Some(Ok(0))]);
        assert_eq!(heard(&["bad", " ", "word"]), [None, None, Some(Ok(1))]);
    }

    #[test]
    fn what_is_none_of_them_is_told_as_it_came() {
        assert_eq!(heard(&["no"]), [Some(Err((None, "`no`".to_owned())))]);
        assert_eq!(heard(&["okay"]), [Some(Err((None, "`okay`".to_owned())))]);
        assert_eq!(heard(&[""]), [Some(Err((None, "``".to_owned())))]);
    }

    #[test]
    fn an_error_of_ours_is_heard_as_one() {
        let text = "disk-full: no room";
        let full = Some(Err((Some(Kind::DiskFull), "no room".to_owned())));
        assert_eq!(heard(&[text]), [full]);
        let pieces: Vec<&str> = text[..10].split_inclusive(|_| true).collect();
        let last = heard(&pieces).pop().unwrap();
        assert_eq!(last, Some(Err((Some(Kind::DiskFull), String::new()))));
    }

    #[test]
    fn a_digest_is_heard_by_its_number_of_digits() {
        let md5 = "0123456789abcdef0123456789ABCDEF";
        let read = |pieces: &[&str], algorithm| {
            let mut hearing = Hearing::default();
            let heard = pieces.iter().map(|piece| hearing.digest(piece.as_bytes(), algorithm));
            heard.last().unwrap().map(|heard| heard.map(|sum| sum.hex))
        };
        let right = Some(Ok(md5.to_ascii_lowercase()));
        assert_eq!(read(&[md5], Algorithm::Md5), right);
        assert_eq!(read(&[&md5[..1], &md5[1..20], &md5[20..]], Algorithm::Md5), right);
        assert_eq!(read(&["\n", &format!("{md5}\r\n")], Algorithm::Md5), right);
        assert_eq!(read(&[&md5[..31]], Algorithm::Md5), None);
        let wrong = |text: &str| Some(Err((None, format!("`{text}`"))));
        assert_eq!(read(&["error"], Algorithm::Md5), wrong("error"));
        assert_eq!(read(&[md5], Algorithm::Sha256), wrong(md5));
    }

    #[test]
    fn what_follows_a_word_at_once_is_kept() {
        let mut hearing = Hearing::default();
        assert!(!hearing.begins_with(b"o", "ok"));
        assert!(hearing.begins_with(b"kok", "ok"));
        assert_eq!(hearing.rest(), b"ok");
    }
}
