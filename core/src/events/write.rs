//! The lines, and how they are written.

use crate::compare::Comparison;
use crate::result::document::{CellResult, RoundSummary};
use crate::result::{Document, Stored, StoredError, Tool, is_first};
use serde::Serialize;
use std::io::Write;

/// One line.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event<'a> {
    /// The first line.
    RunStarted {
        /// [`SCHEMA`](super::SCHEMA).
        schema: &'a str,
        /// The program.
        tool: &'a Tool,
        /// What will be played, in this order.
        scenarios: &'a [Planned<'a>],
    },
    /// The first round of a scenario is about to begin.
    ScenarioStarted {
        /// Its name.
        scenario: &'a str,
    },
    /// A round begins.
    RoundStarted {
        /// What it is of.
        #[serde(flatten)]
        of: Of<'a>,
        /// Its number, from 0.
        round: u32,
    },
    /// A round is over.
    RoundEnded {
        /// What it was of.
        #[serde(flatten)]
        of: Of<'a>,
        /// How it ended, and its figures.
        #[serde(flatten)]
        summary: &'a RoundSummary,
    },
    /// All rounds of a scenario are over: its document, but for the cells, which follow.
    Result {
        /// The document.
        result: &'a Document,
    },
    /// A cell of it, whole.
    Cell {
        /// The cell.
        cell: &'a CellResult,
    },
    /// What the cells were held against.
    Comparison {
        /// The document of that.
        comparison: &'a Comparison,
    },
    /// Nothing more comes of this scenario.
    ScenarioEnded {
        /// Its name.
        scenario: &'a str,
    },
    /// The last line.
    RunEnded {
        /// What the program exits with.
        exit_code: u8,
    },
}

/// A scenario that will be played.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Planned<'a> {
    /// Its name.
    pub name: &'a str,
    /// The file it was read from.
    pub source: &'a str,
    /// How many cells it has.
    pub cells: usize,
    /// Rounds of each.
    pub rounds: u32,
}

/// What a round is of.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Of<'a> {
    /// The scenario's name.
    pub scenario: &'a str,
    /// The cell's id.
    pub cell: &'a str,
    /// In a paired run, which build plays it: `new` or `baseline`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build: Option<&'a str>,
    /// Which attempt at the cell, from 0; left out of the first.
    #[serde(skip_serializing_if = "is_first")]
    pub attempt: u32,
}

/// Writes a line.
pub fn write(event: Event<'_>, to: &mut dyn Write) -> std::io::Result<()> {
    serde_json::to_writer(&mut *to, &event)?;
    to.write_all(b"\n")
}

/// Writes all that is known of a scenario that is over.
pub fn write_result(
    result: &mut Stored<'_>,
    compared: Option<&Comparison>,
    to: &mut dyn Write,
) -> Result<(), StoredError> {
    let shell = Document { cells: Vec::new(), ..result.document().clone() };
    write(Event::Result { result: &shell }, to)?;
    result.each(&mut |_, cell| write(Event::Cell { cell: &cell }, to))?;
    if let Some(comparison) = compared {
        write(Event::Comparison { comparison }, to)?;
    }
    Ok(write(Event::ScenarioEnded { scenario: &shell.scenario.name }, to)?)
}
