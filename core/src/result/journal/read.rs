//! Reading a journal back: a torn end is told, a contradiction refused.

use super::error::JournalError;
use super::{Header, SCHEMA};
use crate::result::{Outcome, Round, conserve};
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

/// The longest line that is read, in bytes: far beyond any round with all its examples.
const LONGEST_LINE: u64 = 64 << 20;

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

/// Reads `journal.jsonl`.
///
/// A last line without its end is what a killed run leaves: it is left out, and `torn_bytes`
/// says so. Anything else that is not well-formed is [`JournalError::Unreadable`]. A round of a
/// cell the scenario does not have, a round told twice, or counts that do not add up are
/// [`JournalError::Contradictory`].
pub fn read(path: &Path) -> Result<Kept, JournalError> {
    let io = |source| JournalError::Io { doing: "read", path: path.to_owned(), source };
    let mut file = BufReader::new(File::open(path).map_err(io)?);
    let mut lines = Lines { number: 0, bytes: Vec::new() };

    let unreadable =
        |line, cause: String| JournalError::Unreadable { path: path.to_owned(), line, cause };
    lines.next(&mut file).map_err(io)?;
    if lines.is_too_long() || !lines.is_whole() {
        return Err(unreadable(1, "it has no whole first line, so it is not a journal".into()));
    }
    let schema: Schema = serde_json::from_slice(&lines.bytes)
        .map_err(|error| unreadable(1, format!("it is not a journal: {error}")))?;
    if schema.schema != SCHEMA {
        let cause = format!("its schema is `{}`, but this is for `{SCHEMA}`", schema.schema);
        return Err(unreadable(1, cause));
    }
    let header: Header = serde_json::from_slice(&lines.bytes)
        .map_err(|error| unreadable(1, format!("the header is damaged: {error}")))?;

    let mut kept = Kept { header, rounds: Vec::new(), torn_bytes: None };
    let mut told = HashSet::new();
    while lines.next(&mut file).map_err(io)? {
        if lines.is_too_long() {
            return Err(unreadable(lines.number, format!("it is over {LONGEST_LINE} bytes long")));
        }
        if !lines.is_whole() {
            kept.torn_bytes = Some(lines.bytes.len() as u64);
            break;
        }
        let round: Round = serde_json::from_slice(&lines.bytes)
            .map_err(|error| unreadable(lines.number, format!("the round is damaged: {error}")))?;
        check(&kept.header, &round, &mut told).map_err(|cause| JournalError::Contradictory {
            path: path.to_owned(),
            line: lines.number,
            cause,
        })?;
        kept.rounds.push(round);
    }
    Ok(kept)
}

#[derive(serde::Deserialize)]
struct Schema {
    schema: String,
}

/// Lines of bounded length, with their ends still on them.
struct Lines {
    number: u64,
    bytes: Vec<u8>,
}

impl Lines {
    /// Reads the next line; `false` at the end of the file.
    fn next(&mut self, file: &mut BufReader<File>) -> std::io::Result<bool> {
        self.bytes.clear();
        self.number += 1;
        Ok(file.take(LONGEST_LINE).read_until(b'\n', &mut self.bytes)? > 0)
    }

    fn is_whole(&self) -> bool {
        self.bytes.last() == Some(&b'\n')
    }

    fn is_too_long(&self) -> bool {
        self.bytes.len() as u64 == LONGEST_LINE && !self.is_whole()
    }
}

/// Whether a round can be true beside the header and the rounds before it.
fn check(header: &Header, round: &Round, told: &mut HashSet<(usize, u32)>) -> Result<(), String> {
    let (cells, rounds) = (header.scenario.cells.len(), header.scenario.rounds);
    if round.cell >= cells {
        return Err(format!("it is of cell {}, but there are only {cells}", round.cell));
    }
    if round.round >= rounds {
        return Err(format!("it is round {}, but each cell has only {rounds}", round.round));
    }
    if !told.insert((round.cell, round.round)) {
        return Err(format!("round {} of cell {} is told twice", round.round, round.cell));
    }
    match &round.outcome {
        Outcome::Finished { client, server } => conserve(client, server),
        Outcome::Crashed(_) | Outcome::Failed { .. } => Ok(()),
    }
}
