//! Texts with everything that is known of each cell. They are large: until they are written they lie in a file
//! without a name.

use super::Output;
use crate::compare::Comparison;
use crate::report::jsonl_line;
use crate::result::{Stored, StoredError};
use crate::text::Json;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write};

/// What writes the part of one result.
type OfResult = fn(&mut Stored<'_>, &mut dyn Write) -> Result<(), StoredError>;

/// Texts on their way to a file.
pub(super) struct Spool {
    /// What stands above all of them.
    head: String,
    kept: Option<File>,
    write: OfResult,
}

impl Spool {
    /// The document of one result.
    pub(super) fn documents() -> Self {
        Self::new(String::new(), |result, to| result.write(to))
    }

    /// A line for each cell of all results.
    pub(super) fn cells() -> Self {
        Self::new(String::new(), |result, to| {
            result.each(&mut |document, cell| to.write_all(jsonl_line(document, &cell).as_bytes()))
        })
    }

    /// The texts that `write` makes of results, below a head.
    pub(super) fn new(head: String, write: OfResult) -> Self {
        Self { head, kept: None, write }
    }
}

impl Output for Spool {
    fn add(
        &mut self,
        result: &mut Stored<'_>,
        _compared: Option<&Comparison>,
    ) -> Result<(), StoredError> {
        let kept = match self.kept.take() {
            Some(kept) => kept,
            None => tempfile::tempfile()?,
        };
        let mut to = Json(BufWriter::new(kept));
        (self.write)(result, &mut to)?;
        self.kept = Some(to.0.into_inner().map_err(io::IntoInnerError::into_error)?);
        Ok(())
    }

    fn write(&mut self, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(self.head.as_bytes())?;
        let Some(kept) = &mut self.kept else { return Ok(()) };
        kept.seek(SeekFrom::Start(0))?;
        let mut lines = BufReader::new(kept);
        let mut line = Vec::new();
        // Line by line, so that no character is written in two parts.
        while lines.read_until(b'\n', &mut line)? > 0 {
            to.write_all(&line)?;
            line.clear();
        }
        Ok(())
    }
}
