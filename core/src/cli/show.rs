//! Printing a result: what `run` and `report` have in common.

use super::exit::ExitCode;
use super::screen::Screen;
use crate::report::{Choice, Format, Printing, failure, table, trace};
use crate::result::{Document, Ending, Stored, StoredError};
use std::io::{IsTerminal as _, Write};
use std::path::PathBuf;

/// Reasons that are told of a run that fails.
pub(super) const REASONS: usize = 10;

/// How to print a result.
#[derive(Debug)]
pub(super) struct ShowOptions {
    /// `--format`.
    pub(super) format: Format,
    /// `--trace`.
    pub(super) trace: u32,
    /// Whether to print in colour.
    pub(super) color: bool,
    /// The folder that it is kept in.
    pub(super) kept_in: Option<PathBuf>,
    /// What of it.
    pub(super) choice: Choice,
}

/// Prints a result, its cells one at a time; below the table a timeline of messages where that is asked
/// for.
pub(super) fn show(
    result: &mut Stored,
    how: ShowOptions,
    out: &mut Screen,
) -> Result<(), StoredError> {
    let ShowOptions { format, trace: messages, color, kept_in, choice } = how;
    match format.printing() {
        None => {}
        Some(Printing::Document) => result.write(&mut out.json())?,
        Some(Printing::Cells(of_cell)) => result.each(&mut |document, cell| {
            out.json().write_all(of_cell(document, &cell).as_bytes())
        })?,
        Some(Printing::Page(of_document)) => {
            let options = table::Options { color, width: terminal_width(), kept_in, choice };
            out.page(&of_document(result.document(), &options))?;
        }
    }
    if messages > 0 && format == Format::Table {
        result.each(&mut |_, cell| out.page(&trace::of_cell(&cell, messages as usize)))?;
    }
    Ok(())
}

/// Says why a run fails, unless a table has just said so on a terminal.
pub(super) fn complain(
    document: &Document,
    printed: Option<Format>,
    err: &mut Screen,
) -> std::io::Result<()> {
    if printed == Some(Format::Table) && std::io::stdout().is_terminal() {
        return Ok(());
    }
    let mut lines = failure(document, REASONS).into_iter();
    if let Some(first) = lines.next() {
        writeln!(err, "error: {first}")?;
    }
    lines.try_for_each(|line| writeln!(err, "{line}"))
}

/// What a document means for the exit code.
pub(super) fn judged(document: &Document, strict: bool) -> ExitCode {
    if document.interrupted && !document.aborted {
        return ExitCode::INTERRUPTED;
    }
    match document.ending() {
        Ending::Clean => ExitCode::SUCCESS,
        Ending::Integrity => ExitCode::INTEGRITY,
        Ending::Cost => ExitCode::COST,
        Ending::Unsampled => ExitCode::INCONCLUSIVE,
        Ending::Inconclusive if strict => ExitCode::INCONCLUSIVE,
        Ending::Inconclusive => ExitCode::SUCCESS,
    }
}

/// Says that a result could not be read back, which is an ending of its own; that `out` could not be
/// written to is its caller's matter.
pub(super) fn told(shown: Result<(), StoredError>, err: &mut Screen) -> std::io::Result<ExitCode> {
    match shown {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(StoredError::Write(error)) => Err(error),
        Err(StoredError::Read(error)) => {
            writeln!(err, "error: {error}")?;
            Ok(ExitCode::RESULT)
        }
    }
}

/// The columns of the terminal that stdout is, if it is one.
pub(super) fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0))
}
