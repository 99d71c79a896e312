//! `wirebench schema`: what a scenario may be, for editors.

use super::exit::ExitCode;
use super::screen::Screen;
use std::io::{self, Write as _};

/// Prints the schema.
pub(super) fn schema(out: &mut Screen) -> io::Result<ExitCode> {
    let text = serde_json::to_string_pretty(&crate::scenario::schema())?;
    out.json().write_all(text.as_bytes())?;
    writeln!(out)?;
    Ok(ExitCode::SUCCESS)
}
