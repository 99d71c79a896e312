//! Results of a whole run in one file, for other programs.
//!
//! An output hears of every scenario's result as it ends, and is written when nothing more comes: many formats
//! have a head, or keep together what comes apart. It is pure: whoever writes it says where.

mod pages;
mod spool;

use super::Format;
use crate::compare::Comparison;
use crate::result::{Stored, StoredError};
use std::io::{self, Write};

/// The results of a run in one format.
pub trait Output {
    /// Takes the result of a scenario, and what it was held against. The error is of reading the result, or of
    /// keeping it for later.
    fn add(
        &mut self,
        result: &mut Stored<'_>,
        compared: Option<&Comparison>,
    ) -> Result<(), StoredError>;

    /// Writes what was added, the whole file.
    fn write(&mut self, to: &mut dyn Write) -> io::Result<()>;
}

/// Nothing added yet; `None`: it is written while things happen, not when they are over.
pub fn output(format: Format) -> Option<Box<dyn Output>> {
    Some(match format {
        Format::Table => Box::new(pages::Pages::tables()),
        Format::Markdown => Box::new(pages::Pages::markdown()),
        Format::Json => Box::new(spool::Spool::documents()),
        Format::Jsonl => Box::new(spool::Spool::cells()),
        Format::Events => return None,
    })
}
