//! Where an answer ends in a stream that marks no boundaries.
//!
//! Bytes are looked at as they come, each once (of a mark of several bytes, those that could begin it
//! once more): what was found so far stands in a [`Scan`].

mod http;
mod lines;
mod resp;
mod until;
mod written;

use crate::fields::Form;
use http::Http;
use lines::Lines;
use memchr::memmem::Finder;
use regex::bytes::Regex;
use regex_automata::util::primitives::StateID;
use resp::Resp;

pub(crate) use until::Until;

/// How the end of an answer is found.
#[derive(Debug)]
pub(crate) enum Ends {
    /// The framing marks boundaries: so many messages are an answer, or all up to one that matches.
    Messages { count: usize, until: Option<Regex> },
    /// Behind these bytes.
    After(Box<Finder<'static>>),
    /// It has so many bytes.
    Bytes(usize),
    /// A number in it says how many bytes follow the first `beyond`.
    Length { form: Form, at: usize, beyond: usize },
    /// Where an expression has matched.
    Until(Box<Until>),
    /// It is an HTTP/1 response; with `head` one to a HEAD request.
    Http { head: bool },
    /// It is a value of Redis' protocol.
    Resp,
    /// It is a reply of one or more lines, as in SMTP and FTP.
    ReplyLines,
}

/// What was seen of the answer that is under way.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// Bytes that need not be looked at again.
    at: usize,
    state: State,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Start,
    Until(StateID),
    Http(Http),
    Resp(Resp),
    Lines(Lines),
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The answer is there, and has so many bytes.
    Whole(usize),
    /// More has to come. The answer has so many bytes as far as is known.
    Rest(Option<u64>),
}

impl Ends {
    /// Looks for the end of the answer that begins with `bytes`, which are those of the last call and
    /// what has come since. Fails where the bytes can be no such answer.
    pub(crate) fn find(&self, scan: &mut Scan, bytes: &[u8]) -> Result<Found, String> {
        let Scan { at, state } = scan;
        match self {
            Self::Messages { .. } => Ok(Found::Rest(None)),
            Self::Bytes(count) => Ok(counted(bytes, *count as u64)),
            Self::After(mark) => {
                if let Some(found) = mark.find(&bytes[*at..]) {
                    return Ok(Found::Whole(*at + found + mark.needle().len()));
                }
                *at = bytes.len().saturating_sub(mark.needle().len() - 1);
                Ok(Found::Rest(None))
            }
            Self::Length { form, at, beyond } => {
                let Some(length) = form.read(bytes, *at) else { return Ok(Found::Rest(None)) };
                let whole = length.saturating_add(*beyond as u64);
                if whole < (*at + form.width()) as u64 {
                    return Err(format!(
                        "a length of {length} makes the answer end, at {whole} bytes, before that \
                         length itself does"
                    ));
                }
                Ok(counted(bytes, whole))
            }
            Self::Until(until) => {
                if !matches!(state, State::Until(_)) {
                    *state = State::Until(until.begin());
                }
                let State::Until(now) = state else { return Ok(Found::Rest(None)) };
                let end = until.step(now, &bytes[*at..]).map(|end| *at + end);
                *at = bytes.len();
                Ok(end.map_or(Found::Rest(None), Found::Whole))
            }
            Self::Http { head } => {
                if !matches!(state, State::Http(_)) {
                    *state = State::Http(Http::default());
                }
                let State::Http(http) = state else { return Ok(Found::Rest(None)) };
                http.find(bytes, *head)
            }
            Self::Resp => {
                if !matches!(state, State::Resp(_)) {
                    *state = State::Resp(Resp::default());
                }
                let State::Resp(resp) = state else { return Ok(Found::Rest(None)) };
                resp.find(bytes)
            }
            Self::ReplyLines => {
                if !matches!(state, State::Lines(_)) {
                    *state = State::Lines(Lines::default());
                }
                let State::Lines(lines) = state else { return Ok(Found::Rest(None)) };
                lines.find(bytes)
            }
        }
    }
}

/// An answer of so many bytes, as far as it has come.
fn counted(bytes: &[u8], whole: u64) -> Found {
    match usize::try_from(whole) {
        Ok(whole) if whole <= bytes.len() => Found::Whole(whole),
        _ => Found::Rest(Some(whole)),
    }
}

/// A line that begins at `from` and ends in CR LF: its text, and where the next one begins. `seen` bytes
/// hold no line feed. `None`: it has not ended. Fails on a bare line feed.
fn line<'a>(
    bytes: &'a [u8],
    from: usize,
    seen: &mut usize,
) -> Result<Option<(&'a [u8], usize)>, String> {
    let begin = from.max(*seen);
    let Some(found) = memchr::memchr(b'\n', &bytes[begin..]) else {
        *seen = bytes.len();
        return Ok(None);
    };
    let end = begin + found;
    *seen = end + 1;
    match bytes[from..end].strip_suffix(b"\r") {
        Some(text) => Ok(Some((text, end + 1))),
        None => Err(format!("the line feed at byte {end} has no carriage return before it")),
    }
}

/// Decimal digits as a number; other bytes, and numbers over 2^63, are none.
fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 18 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests;
