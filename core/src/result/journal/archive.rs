//! Rounds of a journal, read again one at a time.

use super::error::JournalError;
use crate::result::{Round, old};
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// A journal from which single rounds are read.
#[derive(Debug)]
pub struct Archive {
    path: PathBuf,
    file: File,
    schema: u32,
}

/// Where a round's line stands in its journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Bytes before it.
    pub(super) at: u64,
    /// Its length in bytes, with its end.
    pub(super) len: u32,
}

impl Archive {
    /// Reads lines of this schema from `file`, which errors call `path`.
    pub(super) fn new(path: &Path, file: File, schema: u32) -> Self {
        Self { path: path.to_owned(), file, schema }
    }

    /// The round that stands there. Whoever wrote it, or read it before, has checked it: an error
    /// means that the file was changed since.
    pub fn round(&self, span: Span) -> Result<Round, JournalError> {
        let io = |source| JournalError::Io {
            doing: "read a round again from",
            path: self.path.clone(),
            source,
        };
        let mut line = vec![0; span.len as usize];
        self.file.read_exact_at(&mut line, span.at).map_err(io)?;
        round(self.schema, &line).map_err(|error| JournalError::Changed {
            path: self.path.clone(),
            cause: error.to_string(),
        })
    }
}

/// The round of a line.
pub(super) fn round(schema: u32, line: &[u8]) -> serde_json::Result<Round> {
    if schema == 1 { old::round(line) } else { serde_json::from_slice(line) }
}
