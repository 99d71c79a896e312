//! The head of an HTTP/1.1 message, as the opening handshake of `websocket` reads it: a first line,
//! field lines and an empty line, each ended by CRLF (RFC 9112, section 2.1).
//!
//! A head is read line by line, however its bytes are cut, and no line twice. Nothing of it is kept
//! but what its reader takes from a line. What is wrong with a line is told when the whole head has
//! come, so that its sender has written all of it and reads the refusal; what leaves no head to wait
//! for is told at once.

use super::DecodeError;
use super::field::{name_and_value, without_cr};
use memchr::memchr;
use wirebench_framing::misfit::{BEGINNING, CALLER, beginning, hex};

/// The most bytes of a head, its empty line included.
pub(super) const HEAD_MAX: usize = 16 << 10;

/// Bytes of a line that an error shows.
const SHOWN: usize = 32;

/// Why a head is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// Where, relative to the bytes that were given.
    pub(super) at: usize,
    /// What an answer says of it: `400 Bad Request`.
    pub(super) status: &'static str,
    /// What was read and what it could mean.
    pub(super) text: String,
}

/// The status of most refusals.
pub(super) const BAD_REQUEST: &str = "400 Bad Request";

impl Refused {
    #[cold]
    pub(super) fn new(at: usize, text: String) -> Self {
        Self { at, status: BAD_REQUEST, text }
    }

    /// A line that says the wrong thing, and how it begins.
    #[cold]
    pub(super) fn line(at: usize, line: &[u8], problem: &str) -> Self {
        Self::new(at, format!("{problem} (read {})", hex(&line[..line.len().min(SHOWN)])))
    }
}

impl From<DecodeError> for Refused {
    #[cold]
    fn from(DecodeError { at, text }: DecodeError) -> Self {
        Self::new(at, text)
    }
}

/// Who reads the lines of a head.
pub(super) trait Lines {
    /// What every such head begins with: [`CALLER`] bytes.
    const BEGIN: &'static [u8; CALLER];

    /// What bytes are that begin otherwise.
    fn no_head(&self, bytes: &[u8]) -> String;

    /// The first line, without its CRLF, which stands at `at`.
    fn first(&mut self, line: &[u8], at: usize) -> Result<(), Refused>;

    /// A field: its name in whatever case, and its value without the blanks around it. `line` is all
    /// of it, at `at`.
    fn field(&mut self, field: Field<'_>) -> Result<(), Refused>;

    /// The head is complete; its empty line stands at `at`.
    fn complete(&mut self, at: usize) -> Result<(), Refused>;
}

/// A field line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
    line: &'a [u8],
    at: usize,
}

impl Field<'_> {
    /// True for the field of that name, which is compared without regard to case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// True when the value is a list that holds `word`, in whatever case.
    pub(super) fn lists(&self, word: &str) -> bool {
        self.words().any(|one| one.eq_ignore_ascii_case(word.as_bytes()))
    }

    /// The elements of a value that is a list (RFC 9110, section 5.6.1).
    pub(super) fn words(&self) -> impl Iterator<Item = &[u8]> {
        self.value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii)
    }

    /// What the field says is wrong.
    #[cold]
    pub(super) fn wrong(&self, problem: &str) -> Refused {
        Refused::line(self.at, self.line, problem)
    }
}

/// How far a head has come. Its bytes stay with the caller until it is complete.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// Where the next line begins.
    line: usize,
    /// Bytes that were looked at for the end of a line.
    scanned: usize,
    /// What was wrong first.
    refused: Option<Refused>,
}

impl Head {
    /// Bytes that were looked at so far.
    pub(super) fn scanned(&self) -> usize {
        self.scanned
    }

    /// Has `reader` read the lines that have come of the head at the start of `bytes`. Where the head
    /// ends, if it has come whole.
    pub(super) fn read<L: Lines>(
        &mut self,
        bytes: &[u8],
        reader: &mut L,
    ) -> Result<Option<usize>, Refused> {
        if self.scanned < CALLER {
            let Some(begin) = bytes.first_chunk::<CALLER>() else { return Ok(None) };
            if begin != L::BEGIN {
                return Err(Refused::new(0, reader.no_head(begin)));
            }
        }
        loop {
            let hit = memchr(b'\n', &bytes[self.scanned..]);
            let end = hit.map(|hit| self.scanned + hit + 1);
            self.scanned = end.unwrap_or(bytes.len());
            if self.scanned > HEAD_MAX {
                return Err(endless(bytes));
            }
            let Some(end) = end else { return Ok(None) };
            let line = without_cr(&bytes[self.line..end - 1], self.line)?;
            let at = std::mem::replace(&mut self.line, end);
            let read = match line {
                b"" => {
                    let found = match self.refused.take() {
                        Some(refused) => Err(refused),
                        None => reader.complete(at),
                    };
                    return found.map(|()| Some(end));
                }
                _ if at == 0 => reader.first(line, at),
                _ => name_and_value(line, at)
                    .map_err(Refused::from)
                    .and_then(|(name, _, value)| reader.field(Field { name, value, line, at })),
            };
            if let Err(refused) = read {
                self.refused.get_or_insert(refused);
            }
        }
    }
}

#[cold]
fn endless(bytes: &[u8]) -> Refused {
    let text = format!(
        "the head goes on after {HEAD_MAX} bytes: it never ends, or this is no head (read {})",
        beginning(&bytes[..BEGINNING])
    );
    Refused { status: "431 Request Header Fields Too Large", ..Refused::new(HEAD_MAX, text) }
}
