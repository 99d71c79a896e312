//! Results whose cells come one at a time.
//!
//! Of a run with thousands of cells, the histograms and examples are far more than everything else,
//! and no table needs them. So a [`Stored`] result has a document without them in memory, and
//! fetches cell by cell from where they are kept what is written out whole.

use super::document::{CellResult, CellVerdict, Document, FloorResult, Measured, RunInfo};
use super::journal::JournalError;
use crate::judge::Verdict;
use crate::scenario::without_secrets;
use std::io::Write;

/// A document without the bulk of its cells, and where that is.
pub struct Stored<'a> {
    document: Document,
    cells: Box<dyn CellSource + 'a>,
    scenario_text: Option<String>,
}

/// Where the cells of a document are kept whole.
pub trait CellSource {
    /// Hands over each cell whole, in order, one at a time. `light` are those of the document.
    fn each(
        &mut self,
        light: &[CellResult],
        to: &mut dyn FnMut(CellResult) -> std::io::Result<()>,
    ) -> Result<(), StoredError>;

    /// Hands over the text of each cell as it stands in a document.
    fn texts(
        &mut self,
        light: &[CellResult],
        to: &mut dyn FnMut(&str) -> std::io::Result<()>,
    ) -> Result<(), StoredError> {
        self.each(light, &mut |cell| to(&text_of(&cell)?))
    }
}

/// A cell as it stands in a document.
pub(super) fn text_of(cell: &CellResult) -> std::io::Result<String> {
    // Line feeds stand between tokens only.
    Ok(serde_json::to_string_pretty(cell)?.replace('\n', "\n    "))
}

/// Why whole cells could not be had or handed on.
#[derive(Debug)]
pub enum StoredError {
    /// They could not be read from where they are kept.
    Read(JournalError),
    /// They could not be written.
    Write(std::io::Error),
}

impl From<std::io::Error> for StoredError {
    fn from(error: std::io::Error) -> Self {
        Self::Write(error)
    }
}

impl From<JournalError> for StoredError {
    fn from(error: JournalError) -> Self {
        Self::Read(error)
    }
}

impl<'a> Stored<'a> {
    /// A document, which may be light, and its whole cells.
    pub(super) fn new(document: Document, cells: impl CellSource + 'a) -> Self {
        Self { document, cells: Box::new(cells), scenario_text: None }
    }

    /// What the scenario's file held, without what may be a secret; `None`: not known.
    pub fn scenario_text(&self) -> Option<&str> {
        self.scenario_text.as_deref()
    }

    /// Says what the scenario's file held; what may be a secret is left out of that.
    pub fn set_scenario_text(&mut self, text: &str) {
        self.scenario_text = Some(without_secrets(text));
    }

    /// Says what the floor of the instrument was.
    pub fn set_floor(&mut self, floor: Option<FloorResult>) {
        self.document.floor = floor;
    }

    /// The document. Its cells may be without histograms and logs, and without more than one example of each
    /// anomaly.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Says where and when the run was kept.
    pub fn set_run(&mut self, run: RunInfo) {
        self.document.run = Some(run);
    }

    /// Says which files were measured.
    pub fn measured(&mut self, measured: Measured) {
        self.document.measured(measured);
    }

    /// Says that the run ended early because a file changed.
    pub fn stop(&mut self, why: String) {
        self.document.stop(why);
    }

    /// Says that the run ended at a round after which a cell could not pass any more, and why.
    pub fn abort(&mut self, why: String) {
        self.document.abort(why);
    }

    /// Notes that the run was stopped before its last round.
    pub fn interrupt(&mut self) {
        self.document.interrupt();
    }

    /// Hands over each cell whole, in order, one at a time, beside the document.
    pub fn each(
        &mut self,
        to: &mut dyn FnMut(&Document, CellResult) -> std::io::Result<()>,
    ) -> Result<(), StoredError> {
        let Self { document, cells, .. } = self;
        cells.each(&document.cells, &mut |cell| to(document, cell))
    }

    /// Writes the whole document, as [`text`](super::document::text) has it.
    pub fn write(&mut self, out: &mut dyn Write) -> Result<(), StoredError> {
        let cells = std::mem::take(&mut self.document.cells);
        let shell = super::document::text(&self.document);
        self.document.cells = cells;
        // No text in a document can hold this: its quotes are escaped there.
        let (head, tail) = shell.split_once("\"cells\": []").unwrap_or_default();
        write!(out, "{head}\"cells\": [")?;
        let mut between = "";
        let Self { document, cells, .. } = self;
        cells.texts(&document.cells, &mut |text| {
            write!(out, "{between}\n    {text}")?;
            between = ",";
            Ok(())
        })?;
        let close = if between.is_empty() { "]" } else { "\n  ]" };
        Ok(write!(out, "{close}{tail}")?)
    }
}

impl std::fmt::Debug for Stored<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored").field("document", &self.document).finish_non_exhaustive()
    }
}

/// A document that is in memory whole.
impl From<Document> for Stored<'_> {
    fn from(document: Document) -> Self {
        Self::new(document, InMemory)
    }
}

/// The cells of the document are whole themselves.
struct InMemory;

impl CellSource for InMemory {
    fn each(
        &mut self,
        light: &[CellResult],
        to: &mut dyn FnMut(CellResult) -> std::io::Result<()>,
    ) -> Result<(), StoredError> {
        Ok(light.iter().cloned().try_for_each(to)?)
    }
}

/// Takes the bulk out of cells.
#[derive(Debug, Default)]
pub(super) struct Thinning {
    /// Verdicts of which an example was left in a cell.
    shown: Vec<Verdict>,
    /// Cells in which the log was left.
    logs: usize,
}

/// Cells whose log is left, at most: as many as are shown.
const LOGS_LEFT: usize = 20;

impl Thinning {
    /// Leaves no histogram in the cell, an example only where it is the first of its verdict in all cells, and
    /// what was said only where it may tell why the cell does not pass.
    pub(super) fn thin(&mut self, cell: &mut CellResult) {
        let mut examples = std::mem::take(&mut cell.integrity.examples);
        examples.retain(|example| {
            let first = !self.shown.contains(&example.verdict);
            if first {
                self.shown.push(example.verdict);
            }
            first
        });
        examples.shrink_to_fit();
        let passes = matches!(cell.verdict, CellVerdict::Pass | CellVerdict::Flaky);
        let mut log = std::mem::take(&mut cell.log);
        if passes || cell.conduct.is_none() || log.is_empty() || self.logs == LOGS_LEFT {
            log = Vec::new();
        } else {
            self.logs += 1;
        }
        strip(cell);
        (cell.integrity.examples, cell.log) = (examples, log);
    }
}

/// Leaves nothing of its bulk in the cell.
pub(super) fn strip(cell: &mut CellResult) {
    for times in cell.times_mut() {
        times.histogram = None;
    }
    cell.integrity.examples = Vec::new();
    cell.log = Vec::new();
}
