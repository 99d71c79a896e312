//! The lines of a run's events, made into results again.

use super::SCHEMA;
use crate::compare::{self, Comparison};
use crate::result::Stored;
use crate::result::journal::{JournalError, open_document, regular_file};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Seek as _, Write as _};
use std::path::Path;

/// What every file of events has in its first line.
const MARK: &[u8] = b"\"wirebench.events/";

/// How far into a file that is looked for, in bytes.
const LOOKED_AT: u64 = 256;

/// The most bytes of a line: what a comparison may have, which is on one, and all others are shorter.
const LONGEST_LINE: u64 = compare::LONGEST;

/// The most results in one file.
const MOST_RESULTS: usize = 1000;

/// A scenario's result that was read from events.
#[derive(Debug)]
pub struct Replayed {
    /// The result.
    pub result: Stored<'static>,
    /// What it was held against.
    pub comparison: Option<Comparison>,
}

impl Replayed {
    fn is_of_one_run(&self) -> bool {
        let run = &self.result.document().run;
        self.comparison.as_ref().is_none_or(|comparison| comparison.run == *run)
    }
}

/// What a file of events holds.
#[derive(Debug)]
pub struct Replay {
    /// The results of scenarios that were over.
    pub results: Vec<Replayed>,
    /// True when its last line says that the run had ended.
    pub ended: bool,
}

#[derive(Deserialize)]
struct Line<'a> {
    event: String,
    schema: Option<String>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    cell: Option<&'a RawValue>,
    #[serde(borrow)]
    comparison: Option<&'a RawValue>,
}

/// A result that is being put together.
struct Building {
    text: File,
    /// What stands behind the cells.
    tail: String,
    cells: usize,
    comparison: Option<Comparison>,
}

/// Reads the events at `path`; `None`: the file holds something else. Documents are checked as those in files of
/// their own.
pub fn replay(path: &Path) -> Result<Option<Replay>, JournalError> {
    if path.is_dir() {
        return Ok(None);
    }
    let io = |source| JournalError::Io { doing: "read", path: path.to_owned(), source };
    let mut file = regular_file(path)?;
    let mut start = Vec::new();
    (&file).take(LOOKED_AT).read_to_end(&mut start).map_err(io)?;
    if !start.windows(MARK.len()).any(|words| words == MARK) {
        return Ok(None);
    }
    file.rewind().map_err(io)?;
    read(path, file).map(Some)
}

fn read(path: &Path, file: File) -> Result<Replay, JournalError> {
    let mut lines = BufReader::new(file);
    let mut replay = Replay { results: Vec::new(), ended: false };
    let mut building: Option<Building> = None;
    for number in 1.. {
        let wrong =
            |cause: String| JournalError::Unreadable { path: path.to_owned(), line: number, cause };
        let io = |source| JournalError::Io { doing: "read", path: path.to_owned(), source };
        let mut text = Vec::new();
        let read = lines.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text).map_err(io)?;
        // The last line of a run that was killed has no end.
        if read == 0 || !text.ends_with(b"\n") {
            if read as u64 == LONGEST_LINE {
                return Err(wrong("it is longer than any line of events".into()));
            }
            break;
        }
        let line: Line = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
        if number == 1 {
            match line.schema.as_deref() {
                Some(SCHEMA) => {}
                Some(other) => {
                    let cause = format!("its schema is {other}, and this program reads {SCHEMA}");
                    return Err(wrong(cause));
                }
                None => return Err(wrong("it does not say its schema".into())),
            }
        }
        match (line.event.as_str(), &mut building) {
            ("result", None) => {
                let shell = line.result.ok_or_else(|| wrong("it has no `result`".into()))?;
                building = Some(Building::begin(shell.get()).map_err(&wrong)?);
            }
            ("cell", Some(building)) => {
                let cell = line.cell.ok_or_else(|| wrong("it has no `cell`".into()))?;
                building.cell(cell.get()).map_err(|source| {
                    let path = path.to_owned();
                    JournalError::Io { doing: "keep a cell of", path, source }
                })?;
            }
            ("comparison", Some(building)) => {
                let text = line.comparison.ok_or_else(|| wrong("it has no `comparison`".into()))?;
                let read = compare::read(text.get().as_bytes()).map_err(&wrong)?;
                building.comparison = Some(read);
            }
            ("scenario-ended", open) => {
                let building =
                    open.take().ok_or_else(|| wrong("no result stands before it".into()))?;
                if replay.results.len() == MOST_RESULTS {
                    return Err(wrong(format!("there are more than {MOST_RESULTS} results")));
                }
                let replayed = building.finish(path)?;
                if !replayed.is_of_one_run() {
                    return Err(wrong("the comparison before it is of another run".into()));
                }
                replay.results.push(replayed);
            }
            ("cell" | "comparison", None) => {
                return Err(wrong(format!("no `result` stands before this `{}`", line.event)));
            }
            ("result", Some(_)) => {
                return Err(wrong("the result before it has not ended".into()));
            }
            ("run-ended", _) => replay.ended = true,
            // Of rounds: the cells say the same. Of a later version: nothing that this one needs.
            _ => {}
        }
    }
    Ok(replay)
}

impl Building {
    fn begin(shell: &str) -> Result<Self, String> {
        let (head, tail) =
            shell.rsplit_once("\"cells\":[]").ok_or("its `result` has no empty `cells`")?;
        let mut text = tempfile::tempfile().map_err(|error| error.to_string())?;
        write!(text, "{head}\"cells\":[").map_err(|error| error.to_string())?;
        Ok(Self { text, tail: format!("]{tail}"), cells: 0, comparison: None })
    }

    fn cell(&mut self, cell: &str) -> std::io::Result<()> {
        let between = if self.cells == 0 { "" } else { "," };
        self.cells += 1;
        write!(self.text, "{between}{cell}")
    }

    fn finish(self, path: &Path) -> Result<Replayed, JournalError> {
        let Self { mut text, tail, comparison, .. } = self;
        let io = |source| JournalError::Io { doing: "read", path: path.to_owned(), source };
        text.write_all(tail.as_bytes()).and_then(|()| text.rewind()).map_err(io)?;
        Ok(Replayed { result: open_document(path, text)?, comparison })
    }
}
