//! Temporary files, and where they were to go when there can be none.

use crate::host::limits;
use crate::text::path as shown;
use std::fs::File;
use std::io;
use std::path::Path;

/// An empty file without a name.
pub fn temporary_file() -> io::Result<File> {
    tempfile::tempfile().map_err(|error| no_place(&error))
}

/// The error of something temporary that could not be made, with the variable that says where.
pub(super) fn no_place(error: &io::Error) -> io::Error {
    let why = limits::explained(error);
    io::Error::other(match std::env::var_os("TMPDIR") {
        Some(folder) => format!(
            "TMPDIR is `{}`, and nothing can be made in it: {why}; set it to a folder that may be \
             written to",
            shown(Path::new(&folder))
        ),
        None => format!(
            "nothing can be made in {}: {why}; set TMPDIR to a folder that may be written to",
            shown(std::env::temp_dir())
        ),
    })
}
