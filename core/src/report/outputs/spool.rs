//! Documents with everything that is known of each cell. They are large: until they are written they lie in a
//! file without a name.

use super::Output;
use crate::compare::Comparison;
use crate::report::jsonl_line;
use crate::result::{Stored, StoredError};
use crate::text::Json;
use std::fs::File;
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write};

/// Documents on their way to a file.
pub(super) struct Spool {
    kept: Option<File>,
    write: fn(&mut Stored<'_>, &mut dyn Write) -> Result<(), StoredError>,
}

impl Spool {
    /// The document of one result.
    pub(super) fn documents() -> Self {
        Self { kept: None, write: |result, to| result.write(to) }
    }

    /// A line for each cell of all results.
    pub(super) fn cells() -> Self {
        let write = |result: &mut Stored<'_>, to: &mut dyn Write| {
            result.each(&mut |document, cell| to.write_all(jsonl_line(document, &cell).as_bytes()))
        };
        Self { kept: None, write }
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
        let Some(kept) = &mut self.kept else { return Ok(()) };
        kept.seek(SeekFrom::Start(0))?;
        io::copy(kept, to).map(|_| ())
    }
}
