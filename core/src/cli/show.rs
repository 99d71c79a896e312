//! Printing a result and writing its document: what `run` and `report` have in common.

use super::exit::ExitCode;
use super::screen::Screen;
use super::target::Target;
use crate::report::{jsonl_line, markdown, table, trace};
use crate::result::{Document, Ending, Stored, StoredError};
use clap::ValueEnum;
use std::io::Write;
use std::path::PathBuf;

/// `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people.
    Table,
    /// The result document.
    Json,
    /// One line of JSON per cell.
    Jsonl,
    /// A table for Markdown.
    Markdown,
}

impl Format {
    /// As it is written on the command line.
    pub(super) fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// True for text, which needs an empty line before the next.
    pub(super) fn is_text(self) -> bool {
        match self {
            Self::Table | Self::Markdown => true,
            Self::Json | Self::Jsonl => false,
        }
    }
}

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
}

/// Prints a result, its cells one at a time.
pub(super) fn show(
    result: &mut Stored,
    how: ShowOptions,
    out: &mut Screen,
) -> Result<(), StoredError> {
    match how.format {
        Format::Json => result.write(&mut out.json()),
        Format::Jsonl => result.each(&mut |document, cell| {
            out.json().write_all(jsonl_line(document, &cell).as_bytes())
        }),
        Format::Markdown => Ok(out.page(&markdown(result.document()))?),
        Format::Table => show_table(result, how, out),
    }
}

/// The table, and a timeline of messages below it where that is asked for.
fn show_table(result: &mut Stored, how: ShowOptions, out: &mut Screen) -> Result<(), StoredError> {
    let ShowOptions { color, kept_in, .. } = how;
    let options = table::Options { color, width: terminal_width(), kept_in };
    out.page(&table::render(result.document(), &options))?;
    if how.trace > 0 {
        result.each(&mut |_, cell| out.page(&trace::of_cell(&cell, how.trace as usize)))?;
    }
    Ok(())
}

/// What a document means for the exit code.
pub(super) fn judged(document: &Document, strict: bool) -> ExitCode {
    if document.interrupted {
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

/// Writes the whole document where it is to be.
pub(super) fn write_json(
    target: &mut Target,
    result: &mut Stored,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    match target.write(|file| result.write(file), out, err) {
        Err(StoredError::Write(error)) => {
            writeln!(err, "error: {}", target.cannot(&error))?;
            Ok(ExitCode::RESULT)
        }
        written => told(written, err),
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
fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0))
}
