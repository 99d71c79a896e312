//! Reading a journal back: a torn end is told, a contradiction refused.

use super::error::JournalError;
use super::told::Told;
use super::{Archive, Header, Span, archive};
use crate::result::Round;
use crate::result::schema::{JOURNAL, MAX_CELLS};
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

/// The longest line that is read, in bytes: far beyond any round with all its examples.
const LONGEST_LINE: u64 = 64 << 20;

/// The longest first line, in bytes: far beyond the plan of as many cells as there can be.
const LONGEST_HEADER: u64 = 512 << 20;

/// What a journal holds.
#[derive(Debug)]
pub struct Kept {
    /// Its first line.
    pub header: Header,
    /// The rounds that were over, in the order they ended.
    pub rounds: Vec<Round>,
    /// Bytes of a last line that was not finished; it is left out.
    pub torn_bytes: Option<u64>,
}

/// Reads `journal.jsonl` as a whole; see [`Reader`], which holds one round at a time.
pub fn read(path: &Path) -> Result<Kept, JournalError> {
    let mut reader = Reader::open(path)?;
    let mut rounds = Vec::new();
    while let Some(round) = reader.next_round()? {
        rounds.push(round);
    }
    let torn_bytes = reader.torn_bytes();
    Ok(Kept { header: reader.header, rounds, torn_bytes })
}

/// Reads `journal.jsonl` round by round, so that a long one can be pooled in little memory.
///
/// A last line without its end is what a killed run leaves: it is left out, and
/// [`torn_bytes`](Self::torn_bytes) says so. Anything else that is not well-formed is
/// [`JournalError::Unreadable`]. A round of a cell the scenario does not have, a round told twice,
/// or counts that do not add up are [`JournalError::Contradictory`].
#[derive(Debug)]
pub struct Reader<S = BufReader<File>> {
    path: PathBuf,
    lines: Lines<S>,
    header: Header,
    schema: u32,
    told: Box<Told>,
    torn_bytes: Option<u64>,
}

impl Reader {
    /// Opens a journal and reads its header.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let file = File::open(path).map_err(|source| cannot_read(path, source))?;
        Self::new(path, BufReader::new(file))
    }

    /// The rounds again, one at a time; see [`span`](Self::span).
    pub fn archive(&self) -> Result<Archive, JournalError> {
        let file = self.lines.source.get_ref().try_clone();
        let file = file.map_err(|source| cannot_read(&self.path, source))?;
        Ok(Archive::new(&self.path, file, self.schema))
    }
}

impl<S: BufRead> Reader<S> {
    /// Reads the header from `source`, which errors call `path`.
    pub fn new(path: &Path, source: S) -> Result<Self, JournalError> {
        let mut lines =
            Lines { source, number: 0, read: 0, longest: LONGEST_HEADER, bytes: Vec::new() };
        lines.next().map_err(|source| cannot_read(path, source))?;
        let (schema, header) = header(&lines).map_err(|cause| JournalError::Unreadable {
            path: path.to_owned(),
            line: 1,
            cause,
        })?;
        // The memory of so long a line is not needed again.
        (lines.bytes, lines.longest) = (Vec::new(), LONGEST_LINE);
        let (path, told) = (path.to_owned(), Box::<Told>::default());
        Ok(Self { path, lines, header, schema, told, torn_bytes: None })
    }

    /// The first line.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The next round; `None` at the end, torn or not.
    pub fn next_round(&mut self) -> Result<Option<Round>, JournalError> {
        let more = self.lines.next().map_err(|source| cannot_read(&self.path, source))?;
        if !more || self.torn_bytes.is_some() {
            return Ok(None);
        }
        let (path, line) = (self.path.clone(), self.lines.number);
        if self.lines.is_too_long() {
            let cause = format!("it is over {LONGEST_LINE} bytes long");
            return Err(JournalError::Unreadable { path, line, cause });
        }
        if !self.lines.is_whole() {
            self.torn_bytes = Some(self.lines.bytes.len() as u64);
            return Ok(None);
        }
        let round = match archive::round(self.schema, &self.lines.bytes) {
            Ok(round) => round,
            Err(error) => {
                let cause = format!("the round is damaged: {error}");
                return Err(JournalError::Unreadable { path, line, cause });
            }
        };
        match self.told.add(&self.header, &round) {
            Ok(()) => Ok(Some(round)),
            Err(cause) => Err(JournalError::Contradictory { path, line, cause }),
        }
    }

    /// Where the last round stands.
    pub fn span(&self) -> Span {
        let len = self.lines.bytes.len() as u32;
        Span { at: self.lines.read - u64::from(len), len }
    }

    /// The number of its schema.
    pub fn schema(&self) -> u32 {
        self.schema
    }

    /// How many rounds were read.
    pub fn rounds(&self) -> usize {
        self.told.count()
    }

    /// Bytes of a last line that was not finished, once the end is reached.
    pub fn torn_bytes(&self) -> Option<u64> {
        self.torn_bytes
    }
}

fn cannot_read(path: &Path, source: std::io::Error) -> JournalError {
    JournalError::Io { doing: "read", path: path.to_owned(), source }
}

/// The header, from the first line, and the number of its schema. `Err` says in words why it is
/// none.
fn header<S: BufRead>(first: &Lines<S>) -> Result<(u32, Header), String> {
    if first.is_too_long() || !first.is_whole() {
        return Err("it has no whole first line, so it is not a journal".into());
    }
    let schema: Schema = serde_json::from_slice(&first.bytes)
        .map_err(|error| format!("it is not a journal: {error}"))?;
    let schema = JOURNAL.version(&schema.schema)?;
    let header: Header = serde_json::from_slice(&first.bytes)
        .map_err(|error| format!("the header is damaged: {error}"))?;
    let cells = &header.scenario.cells;
    if cells.len() > MAX_CELLS {
        return Err(format!("it is of {} cells, but a run has at most {MAX_CELLS}", cells.len()));
    }
    let mut ids = HashSet::new();
    match cells.iter().find(|cell| !ids.insert(&cell.id)) {
        Some(twice) => Err(format!("the plan has two cells called {:?}", twice.id)),
        None => Ok((schema, header)),
    }
}

#[derive(serde::Deserialize)]
struct Schema {
    schema: String,
}

/// Lines of bounded length, with their ends still on them.
#[derive(Debug)]
struct Lines<S> {
    source: S,
    number: u64,
    /// Bytes of all lines so far.
    read: u64,
    longest: u64,
    bytes: Vec<u8>,
}

impl<S: BufRead> Lines<S> {
    /// Reads the next line; `false` at the end of the file.
    fn next(&mut self) -> std::io::Result<bool> {
        self.bytes.clear();
        self.number += 1;
        let read = (&mut self.source).take(self.longest).read_until(b'\n', &mut self.bytes)?;
        self.read += read as u64;
        Ok(read > 0)
    }

    fn is_whole(&self) -> bool {
        self.bytes.last() == Some(&b'\n')
    }

    fn is_too_long(&self) -> bool {
        self.bytes.len() as u64 == self.longest && !self.is_whole()
    }
}
