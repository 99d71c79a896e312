//! Rounds on their way into a document.

use super::{against, attempts, cell_result, fill, relate, summary};
use crate::result::cell::CellData;
use crate::result::document::{
    CellResult, CellVerdict, Document, RoundSummary, SCHEMA, ScenarioInfo,
};
use crate::result::figures::{Figures, compared};
use crate::result::journal::{Archive, JournalError, Span};
use crate::result::search::{found, heard, is_over, worst};
use crate::result::stored::{CellSource, Stored, StoredError, Thinning, strip};
use crate::result::{Host, Round, Tool};
use crate::scenario::{Cell, Scenario, Search};
use std::collections::{BTreeMap, BTreeSet};
use wirebench_search::Heard;

/// Rounds on their way into a document. Those that a journal keeps are read again when their cell's
/// turn has come, so that memory holds the figures of one cell at a time. Others are pooled at once:
/// memory is bounded by the cells, not by the rounds.
#[derive(Debug)]
pub struct Pool<'a> {
    scenario: &'a Scenario,
    archive: Option<Archive>,
    /// The attempts at each cell, by their numbers.
    cells: Vec<BTreeMap<u32, CellRounds<'a>>>,
    /// The metrics of each cell that gates compare.
    compared: Vec<BTreeSet<&'a str>>,
    /// Why rounds that were kept cannot be had any more.
    lost: Option<JournalError>,
    remark: Option<&'static str>,
}

/// What is known of an attempt at a cell.
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
    fn add(&mut self, search: Option<&Search>, cell: &Cell, round: &Round) {
        self.data.add(round);
        let keeps = search.map(|search| heard(search, cell, round)).and_then(kept);
        self.summaries.push(RoundSummary { keeps, ..summary(round, &self.data) });
        self.figures.add(cell, round);
    }
}

impl<'a> Pool<'a> {
    /// No rounds yet.
    pub fn new(scenario: &'a Scenario) -> Self {
        let cells = scenario.cells.iter().map(|_| BTreeMap::new()).collect();
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

    /// Adds a round of this attempt at the cell that stands in the journal; one of a cell that the scenario
    /// does not have is left out.
    pub fn kept(&mut self, cell: usize, attempt: u32, span: Span) {
        let Some(attempts) = self.cells.get_mut(cell) else { return };
        match attempts.entry(attempt).or_insert(CellRounds::Kept(Vec::new())) {
            CellRounds::Kept(spans) => spans.push(span),
            CellRounds::Pooled(_) => match read(self.archive.as_ref(), span) {
                Ok(round) => self.add(&round),
                Err(error) => self.lost = Some(error),
            },
        }
    }

    /// Adds a round that no journal keeps; one of a cell that the scenario does not have is left
    /// out.
    pub fn add(&mut self, round: &Round) {
        let Round { cell: index, attempt, .. } = *round;
        let Some(cell) = self.scenario.cells.get(index) else { return };
        if !matches!(self.cells[index].get(&attempt), Some(CellRounds::Pooled(_))) {
            match self.pooled(index, attempt, true) {
                Ok(pooled) => {
                    self.cells[index].insert(attempt, CellRounds::Pooled(Box::new(pooled)));
                }
                Err(error) => self.lost = Some(error),
            }
        }
        if let Some(CellRounds::Pooled(pooled)) = self.cells[index].get_mut(&attempt) {
            pooled.add(self.scenario.search.as_ref(), cell, round);
        }
    }

    /// True when the cell fails by its rounds so far, whatever those of others say. An error when a round cannot
    /// be read back from the journal.
    pub fn fails(&self, cell: usize) -> Result<bool, JournalError> {
        let attempt = self.attempt_at(cell, u32::MAX);
        let Pooled { data, summaries, .. } = self.pooled(cell, attempt, false)?;
        Ok(cell_result(&self.scenario.cells[cell], &data, summaries).fails())
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
        let earlier = self.earlier(self.last_attempt())?;
        let (mut cells, figures) = self.cells_at(u32::MAX, change)?;
        against::hold(scenario, &mut cells, &figures);
        for (cell, earlier) in cells.iter_mut().zip(earlier) {
            attempts::put(cell, earlier);
        }
        let search = found(scenario, &cells);
        let mut played = self.cells.iter().map(|attempts| !attempts.is_empty());
        cells.retain(|_| played.next().unwrap_or(true) || search.is_none());
        relate(&mut cells);
        let worst = worst(cells.iter(), search.as_ref());
        Ok(Document {
            schema: SCHEMA.into(),
            tool,
            host,
            run: None,
            plugins: Vec::new(),
            files: Vec::new(),
            scenario: ScenarioInfo::of(scenario),
            parts: Vec::new(),
            floor: None,
            stopped: None,
            aborted: false,
            verdict: worst.unwrap_or(CellVerdict::Inconclusive),
            interrupted: false,
            search,
            cells,
        })
    }

    /// Every cell by its latest attempt until `attempt`, but for its gates on others, and what these compare.
    pub(super) fn cells_at(
        &self,
        attempt: u32,
        change: &mut dyn FnMut(&mut CellResult),
    ) -> Result<(Vec<CellResult>, Vec<Figures<'a>>), JournalError> {
        let mut cells = Vec::with_capacity(self.cells.len());
        let mut all_figures = Vec::with_capacity(self.cells.len());
        for (index, cell) in self.scenario.cells.iter().enumerate() {
            let attempt = self.attempt_at(index, attempt);
            let Pooled { data, summaries, mut figures } = self.pooled(index, attempt, true)?;
            figures.pool(&data);
            all_figures.push(figures);
            let mut result = cell_result(cell, &data, summaries);
            result.notes.extend(self.remark.map(String::from));
            change(&mut result);
            cells.push(result);
        }
        Ok((cells, all_figures))
    }

    /// True where nothing more is to be played of its search; without one, always.
    pub(in crate::result) fn has_found(&self) -> Result<bool, JournalError> {
        if self.scenario.search.is_none() {
            return Ok(true);
        }
        let (cells, _) = self.cells_at(u32::MAX, &mut strip)?;
        Ok(is_over(self.scenario, &cells))
    }

    pub(super) fn scenario(&self) -> &'a Scenario {
        self.scenario
    }

    /// How many cells there are.
    pub(super) fn cells(&self) -> usize {
        self.cells.len()
    }

    /// How many times cells were played again.
    pub(super) fn last_attempt(&self) -> u32 {
        let last = self.cells.iter().filter_map(|attempts| attempts.keys().next_back());
        last.copied().max().unwrap_or(0)
    }

    /// True where a round of this attempt at the cell is known.
    pub(super) fn has_attempt(&self, cell: usize, attempt: u32) -> bool {
        self.cells[cell].contains_key(&attempt)
    }

    /// The latest attempt at a cell that is not behind `attempt`.
    fn attempt_at(&self, cell: usize, attempt: u32) -> u32 {
        let latest = self.cells[cell].range(..=attempt).next_back();
        latest.map_or(0, |(number, _)| *number)
    }

    /// The rounds of an attempt at a cell so far, pooled; `compared`: with what gates compare of it.
    fn pooled(
        &self,
        index: usize,
        attempt: u32,
        compared: bool,
    ) -> Result<Pooled<'a>, JournalError> {
        let spans: &[Span] = match self.cells[index].get(&attempt) {
            Some(CellRounds::Pooled(pooled)) => return Ok((**pooled).clone()),
            Some(CellRounds::Kept(spans)) => spans,
            None => &[],
        };
        let (cell, search) = (&self.scenario.cells[index], self.scenario.search.as_ref());
        let figures = compared.then(|| Figures::new(&self.compared[index], cell));
        // A point is played until it is decided, and whether that was done is told of the whole search.
        let planned = if search.is_some() { 1 } else { self.scenario.rounds };
        let mut pooled = Pooled {
            data: CellData::new(cell, planned),
            summaries: Vec::with_capacity(spans.len()),
            figures: figures.unwrap_or_default(),
        };
        for span in spans {
            pooled.add(search, cell, &read(self.archive.as_ref(), *span)?);
        }
        Ok(pooled)
    }
}

impl CellSource for Pool<'_> {
    fn each(
        &mut self,
        light: &[CellResult],
        to: &mut dyn FnMut(CellResult) -> std::io::Result<()>,
    ) -> Result<(), StoredError> {
        let all = self.scenario.search.is_none();
        let played = |index: &usize| all || !self.cells[*index].is_empty();
        let shown: Vec<usize> = (0..self.cells.len()).filter(played).collect();
        for (index, light) in shown.into_iter().zip(light) {
            let mut cell = light.clone();
            let attempt = self.attempt_at(index, u32::MAX);
            fill(&mut cell, &self.pooled(index, attempt, false)?.data);
            to(cell)?;
        }
        Ok(())
    }
}

/// What is kept of what a round says.
fn kept(heard: Heard) -> Option<bool> {
    match heard {
        Heard::Holds => Some(true),
        Heard::Fails => Some(false),
        Heard::Untold => None,
    }
}

fn read(archive: Option<&Archive>, span: Span) -> Result<Round, JournalError> {
    archive.ok_or_else(JournalError::no_archive)?.round(span)
}
