//! Replies of one or more lines with a code of three digits (RFC 5321, 4.2; RFC 959, 4.2).

use super::{Found, line};

/// How far a reply has come.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// Where the line under way begins.
    from: usize,
    /// So many bytes hold no further line feed.
    seen: usize,
    /// The code of a reply that has more lines.
    code: Option<[u8; 3]>,
}

impl Lines {
    pub(crate) fn find(&mut self, bytes: &[u8]) -> Result<Found, String> {
        while let Some((text, next)) = line(bytes, self.from, &mut self.seen)? {
            self.from = next;
            let (code, more) = match text {
                [a, b, c, rest @ ..] if [a, b, c].into_iter().all(u8::is_ascii_digit) => {
                    (Some([*a, *b, *c]), rest.first())
                }
                _ => (None, None),
            };
            match (self.code, code) {
                // The last line has the code of the first, and a blank or nothing behind it. What
                // stands between is free in FTP.
                (Some(open), Some(code)) if open == code && matches!(more, None | Some(b' ')) => {
                    return Ok(Found::Whole(next));
                }
                (Some(_), _) => {}
                (None, Some(code)) => match more {
                    None | Some(b' ') => return Ok(Found::Whole(next)),
                    Some(b'-') => self.code = Some(code),
                    Some(other) => {
                        let other = other.escape_ascii();
                        return Err(format!(
                            "behind the code of a reply stands `{other}`, neither a blank nor `-`"
                        ));
                    }
                },
                (None, None) => {
                    return Err("a reply begins with a code of three digits".to_owned());
                }
            }
        }
        Ok(Found::Rest(None))
    }
}
