//! What a comparison needs of one result that was kept: its figures, and what it is of.

use super::figures::{COUNTED, ServerIs, count, figure_by};
use crate::measure::Compared;
use crate::result::KeptFigures;
use crate::result::document::{CellResult, Document, JudgedBy, RoundOutcome};
use crate::scenario::{Cpu, Load, Transport, WritePolicy};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Sentences on lost rounds of one cell of one result.
const MOST_LOST: usize = 4;

/// A result on its way into a comparison: its cells are looked at one by one, and only figures are kept.
#[derive(Clone, Debug)]
pub struct KeptResult {
    /// How its file is called.
    pub(super) name: String,
    /// What it is of; its cells are left out.
    pub(super) document: Document,
    pub(super) cells: Vec<KeptCell>,
    /// The same number for a copy of it.
    pub(super) mark: u64,
}

/// The cells of a result, until its document is there.
#[derive(Debug)]
pub struct Reading<'a> {
    metrics: &'a [Compared],
    cells: Vec<KeptCell>,
    mark: DefaultHasher,
}

/// The figures of one cell.
#[derive(Clone, Debug)]
pub(super) struct KeptCell {
    pub(super) id: String,
    /// The point of the matrix: axis and value.
    pub(super) axes: Vec<(String, String)>,
    pub(super) cpu: Cpu,
    pub(super) server: ServerIs,
    /// No message of it ever waits for another.
    pub(super) alone: bool,
    /// Of each metric its figure, or why there is none.
    pub(super) figures: Vec<Result<f64, String>>,
    pub(super) counts: [Option<f64>; COUNTED.len()],
    /// Why rounds are missing.
    pub(super) lost: Vec<String>,
}

impl<'a> Reading<'a> {
    /// No cells yet; `metrics`: those whose figures are wanted.
    pub fn new(metrics: &'a [Compared]) -> Self {
        Self { metrics, cells: Vec::new(), mark: DefaultHasher::new() }
    }

    /// Takes the figures of a whole cell.
    pub fn add(&mut self, cell: &CellResult) {
        let kept = KeptCell::of(cell, self.metrics);
        kept.id.hash(&mut self.mark);
        for round in &cell.rounds {
            (round.round, round.seed, round.began_ns, round.took_ns).hash(&mut self.mark);
        }
        let bits = |figure: f64| figure.to_bits();
        let figures = kept.figures.iter().map(|figure| figure.as_ref().ok().copied().map(bits));
        figures
            .chain(kept.counts.map(|count| count.map(bits)))
            .for_each(|bits| bits.hash(&mut self.mark));
        self.cells.push(kept);
    }

    /// All cells were added. `document` is what they are of, `name` how its file is called.
    pub fn finish(self, name: String, document: Document) -> KeptResult {
        let mark = self.mark.finish();
        KeptResult {
            name,
            document: Document { cells: Vec::new(), ..document },
            cells: self.cells,
            mark,
        }
    }
}

impl KeptCell {
    fn of(cell: &CellResult, metrics: &[Compared]) -> Self {
        let kept = KeptFigures::of(cell);
        let point = |value: &serde_json::Value| match value.as_str() {
            Some(text) => text.to_owned(),
            None => value.to_string(),
        };
        Self {
            id: cell.id.clone(),
            axes: cell.axes.iter().map(|(axis, value)| (axis.clone(), point(value))).collect(),
            cpu: cell.setup.cpu.clone(),
            server: whose(cell),
            alone: stand_alone(&cell.setup.load, &cell.setup.transport),
            figures: metrics
                .iter()
                .map(|metric| figure_by(metric, |metric, way| kept.value(metric, way)))
                .collect(),
            counts: COUNTED.map(|metric| count(&metric, &kept.value(&metric, None))),
            lost: lost(cell),
        }
    }
}

/// A document does not say whether a server that is not ours was started; what is known of its memory does.
fn whose(cell: &CellResult) -> ServerIs {
    match (cell.integrity.judge, cell.cpu.server_peak_memory_bytes) {
        (JudgedBy::Ledger, _) => ServerIs::Ours,
        (JudgedBy::Echo | JudgedBy::HandlerOnly, Some(_)) => ServerIs::Started,
        (JudgedBy::Echo | JudgedBy::HandlerOnly, None) => ServerIs::Elsewhere,
    }
}

/// One message at a time, each in a write of its own: then calls and segments do not depend on time.
fn stand_alone(load: &Load, transport: &Transport) -> bool {
    load.in_flight == 1 && load.connections == 1 && transport.write == WritePolicy::Message
}

fn lost(cell: &CellResult) -> Vec<String> {
    let crashed = cell.crashes.iter().map(|crash| {
        format!("the {} was lost in round {}: {}", crash.side, crash.round, crash.how)
    });
    let failed =
        cell.rounds.iter().filter(|round| round.outcome == RoundOutcome::Failed).map(|round| {
            let error = round.error.as_deref().unwrap_or("it is not known why");
            format!("round {} could not be run: {error}", round.round)
        });
    crashed.chain(failed).take(MOST_LOST).collect()
}
