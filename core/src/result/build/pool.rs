//! Rounds on their way into a document.

use super::{against, cell_result, fill, relate, summary};
use crate::result::cell::CellData;
use crate::result::document::{
    CellResult, CellVerdict, Document, RoundSummary, SCHEMA, ScenarioInfo,
};
use crate::result::figures::{Figures, compared};
use crate::result::journal::{Archive, JournalError, Span};
use crate::result::stored::{CellSource, Stored, StoredError, Thinning};
use crate::result::{Host, Round, Tool};
use crate::scenario::{Cell, Scenario};
use std::collections::BTreeSet;

/// Rounds on their way into a document. Those that a journal keeps are read again when their cell's
/// turn has come, so that memory holds the figures of one cell at a time. Others are pooled at once:
/// memory is bounded by the cells, not by the rounds.
#[derive(Debug)]
pub struct Pool<'a> {
    scenario: &'a Scenario,
    archive: Option<Archive>,
    cells: Vec<CellRounds<'a>>,
    /// The metrics of each cell that gates compare.
    compared: Vec<BTreeSet<&'a str>>,
    /// Why rounds that were kept cannot be had any more.
    lost: Option<JournalError>,
    remark: Option<&'static str>,
}

/// What is known of a cell.
#[derive(Debug)]
enum CellRounds<'a> {
    /// Where its rounds stand in the journal.
    Kept(Vec<Span>),
    /// Its rounds, pooled.
    Pooled(Box<Pooled<'a>>),
}

/// The rounds of a cell, pooled, and what is left of each by itself.
#[derive(Clone, Debug)]
struct Pooled<'a> {
    data: CellData,
    summaries: Vec<RoundSummary>,
    figures: Figures<'a>,
}

impl Pooled<'_> {
    fn add(&mut self, cell: &Cell, round: &Round) {
        self.data.add(round);
        self.summaries.push(summary(round, &self.data));
        self.figures.add(cell, round);
    }
}

impl<'a> Pool<'a> {
    /// No rounds yet.
    pub fn new(scenario: &'a Scenario) -> Self {
        let cells = scenario.cells.iter().map(|_| CellRounds::Kept(Vec::new())).collect();
        let compared = compared(scenario);
        Self { scenario, archive: None, cells, compared, lost: None, remark: None }
    }

    /// Where the journal is whose rounds are [`kept`](Self::kept).
    pub fn set_archive(&mut self, archive: Archive) {
        self.archive = Some(archive);
    }

    /// What every cell of the document has to say besides.
    pub(in crate::result) fn set_remark(&mut self, remark: &'static str) {
        self.remark = Some(remark);
    }

    /// Adds a round that stands in the journal; one of a cell that the scenario does not have is
    /// left out.
    pub fn kept(&mut self, cell: usize, span: Span) {
        match self.cells.get_mut(cell) {
            Some(CellRounds::Kept(spans)) => spans.push(span),
            Some(CellRounds::Pooled(_)) => match read(self.archive.as_ref(), span) {
                Ok(round) => self.add(&round),
                Err(error) => self.lost = Some(error),
            },
            None => {}
        }
    }

    /// Adds a round that no journal keeps; one of a cell that the scenario does not have is left
    /// out.
    pub fn add(&mut self, round: &Round) {
        if let Some(CellRounds::Kept(_)) = self.cells.get(round.cell) {
            match self.pooled(round.cell, true) {
                Ok(pooled) => self.cells[round.cell] = CellRounds::Pooled(Box::new(pooled)),
                Err(error) => self.lost = Some(error),
            }
        }
        if let Some(CellRounds::Pooled(pooled)) = self.cells.get_mut(round.cell) {
            pooled.add(&self.scenario.cells[round.cell], round);
        }
    }

    /// Computes every figure from the rounds so far, and holds the gates against them. An error
    /// when a round cannot be read back from the journal.
    pub fn finish(mut self, host: Host, tool: Tool) -> Result<Stored<'a>, JournalError> {
        let mut thinning = Thinning::default();
        let document = self.document(host, tool, &mut |cell| thinning.thin(cell))?;
        Ok(Stored::new(document, self))
    }

    /// The document with every cell whole.
    pub(super) fn whole(mut self, host: Host, tool: Tool) -> Result<Document, JournalError> {
        self.document(host, tool, &mut |_| {})
    }

    fn document(
        &mut self,
        host: Host,
        tool: Tool,
        change: &mut dyn FnMut(&mut CellResult),
    ) -> Result<Document, JournalError> {
        if let Some(error) = self.lost.take() {
            return Err(error);
        }
        let scenario = self.scenario;
        let mut cells = Vec::with_capacity(scenario.cells.len());
        let mut all_figures = Vec::with_capacity(scenario.cells.len());
        for (index, cell) in scenario.cells.iter().enumerate() {
            let Pooled { data, summaries, mut figures } = self.pooled(index, true)?;
            figures.pool(&data);
            all_figures.push(figures);
            let mut result = cell_result(cell, &data, summaries);
            result.notes.extend(self.remark.map(String::from));
            change(&mut result);
            cells.push(result);
        }
        against::hold(scenario, &mut cells, &all_figures);
        relate(&mut cells);
        let worst = cells.iter().map(|cell| cell.verdict).max();
        Ok(Document {
            schema: SCHEMA.into(),
            tool,
            host,
            run: None,
            plugins: Vec::new(),
            files: Vec::new(),
            scenario: ScenarioInfo::of(scenario),
            parts: Vec::new(),
            stopped: None,
            verdict: worst.unwrap_or(CellVerdict::Inconclusive),
            interrupted: false,
            cells,
        })
    }

    /// The rounds of a cell so far, pooled; `compared`: with what gates compare of it.
    fn pooled(&self, index: usize, compared: bool) -> Result<Pooled<'a>, JournalError> {
        match &self.cells[index] {
            CellRounds::Pooled(pooled) => Ok((**pooled).clone()),
            CellRounds::Kept(spans) => {
                let cell = &self.scenario.cells[index];
                let figures = compared.then(|| Figures::new(&self.compared[index], cell));
                let mut pooled = Pooled {
                    data: CellData::new(cell, self.scenario.rounds),
                    summaries: Vec::with_capacity(spans.len()),
                    figures: figures.unwrap_or_default(),
                };
                for span in spans {
                    pooled.add(cell, &read(self.archive.as_ref(), *span)?);
                }
                Ok(pooled)
            }
        }
    }
}

impl CellSource for Pool<'_> {
    fn each(
        &mut self,
        light: &[CellResult],
        to: &mut dyn FnMut(CellResult) -> std::io::Result<()>,
    ) -> Result<(), StoredError> {
        for (index, light) in light.iter().enumerate() {
            let mut cell = light.clone();
            fill(&mut cell, &self.pooled(index, false)?.data);
            to(cell)?;
        }
        Ok(())
    }
}

fn read(archive: Option<&Archive>, span: Span) -> Result<Round, JournalError> {
    archive.ok_or_else(JournalError::no_archive)?.round(span)
}
