//! Byte stuffing: two bytes may not stand in a frame, the one that ends it and the one that
//! escapes; each is replaced by the escape and a code.
//!
//! Bytes between two of them are moved as a run, not one by one.

use super::ended::Found;
use memchr::{memchr, memchr2_iter};

/// The two bytes that may not stand in a frame, and their codes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stuffing {
    /// Ends a frame.
    pub(super) end: u8,
    /// Escapes.
    pub(super) escape: u8,
    /// Stands for `end` behind the escape.
    pub(super) end_code: u8,
    /// Stands for `escape` behind the escape.
    pub(super) escape_code: u8,
}

/// An escape with nothing behind it or with what is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadEscape {
    /// Where the escape stands in the body.
    pub(super) at: usize,
    /// The byte behind it, if there is one.
    pub(super) code: Option<u8>,
}

impl Stuffing {
    /// Appends `bytes`, stuffed.
    #[inline]
    pub(super) fn stuff(&self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut start = 0;
        for hit in memchr2_iter(self.end, self.escape, bytes) {
            out.extend_from_slice(&bytes[start..hit]);
            let code = if bytes[hit] == self.end { self.end_code } else { self.escape_code };
            out.extend_from_slice(&[self.escape, code]);
            start = hit + 1;
        }
        out.extend_from_slice(&bytes[start..]);
    }

    /// What `body` was before it was stuffed. `decode` says what a code behind an escape stands
    /// for.
    #[inline]
    pub(super) fn unstuff(
        &self,
        body: &[u8],
        scratch: &mut Vec<u8>,
        decode: impl Fn(u8) -> Option<u8>,
    ) -> Result<Found, BadEscape> {
        let Some(mut hit) = memchr(self.escape, body) else {
            return Ok(Found::InPlace { at: 0, len: body.len() });
        };
        let at = scratch.len();
        let mut start = 0;
        loop {
            scratch.extend_from_slice(&body[start..hit]);
            let code = body.get(hit + 1).copied();
            let Some(byte) = code.and_then(&decode) else {
                return Err(BadEscape { at: hit, code });
            };
            scratch.push(byte);
            start = hit + 2;
            match memchr(self.escape, &body[start..]) {
                Some(next) => hit = start + next,
                None => break,
            }
        }
        scratch.extend_from_slice(&body[start..]);
        Ok(Found::InScratch { at, len: scratch.len() - at })
    }

    /// The byte that `code` stands for, if it is one of the two.
    #[inline]
    pub(super) fn strict(&self, code: u8) -> Option<u8> {
        match code {
            _ if code == self.end_code => Some(self.end),
            _ if code == self.escape_code => Some(self.escape),
            _ => None,
        }
    }
}

impl BadEscape {
    /// What is wrong, for a person.
    #[cold]
    pub(super) fn text(&self, stuffing: &Stuffing) -> String {
        let (escape, at) = (stuffing.escape, self.at);
        match self.code {
            Some(code) => format!(
                "the escape {escape:02x} at byte {at} of a frame is followed by {code:02x}, but only \
                 {:02x} and {:02x} may follow: a byte was changed or lost, or the peer uses another \
                 framing",
                stuffing.end_code, stuffing.escape_code
            ),
            None => format!(
                "the escape {escape:02x} at byte {at} of a frame stands right before its end: a byte \
                 was changed or lost"
            ),
        }
    }
}
