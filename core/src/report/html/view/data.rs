//! What the script reads: figures of the cells, to filter, to map and to zoom into.

use crate::report::axes::{axis_titles, axis_value};
use crate::report::columns::rate;
use crate::result::Document;
use crate::result::document::{CellResult, RoundOutcome, Times};
use crate::text::clean;
use serde::Serialize;

/// Steps of the percentiles between each power of ten of the tail.
const STEPS: u32 = 8;

/// Powers of ten of the tail that are told: as far as 99.9999 %.
const TAIL: u32 = 6;

/// Rounds of a cell that are told.
const ROUNDS: usize = 200;

/// The figures of the cells so far.
pub(super) struct Data {
    /// The percentiles, as the share of samples that are longer.
    tail: Vec<f64>,
    cells: Vec<OfCell>,
}

/// Figures of one cell that only whole ones have.
struct OfCell {
    percentiles: Vec<u64>,
    /// Seconds since the run began, and the rate.
    rounds: Vec<(f64, Option<f64>)>,
}

#[derive(Serialize)]
struct All<'a> {
    axes: Vec<Axis>,
    tail: &'a [f64],
    cells: Vec<One<'a>>,
}

#[derive(Serialize)]
struct Axis {
    key: String,
    title: String,
}

#[derive(Serialize)]
struct One<'a> {
    id: String,
    at: Vec<String>,
    damaged: bool,
    figures: [Option<f64>; 5],
    percentiles: &'a [u64],
    rounds: &'a [(f64, Option<f64>)],
}

impl Data {
    /// Of a document of which no cell has come.
    pub(super) fn new(document: &Document) -> Self {
        let steps = 0..=STEPS * TAIL;
        let tail = steps.map(|step| 10_f64.powf(-f64::from(step) / f64::from(STEPS))).collect();
        Self { tail, cells: Vec::with_capacity(document.cells.len()) }
    }

    /// Cells that have come.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// The next cell, whole.
    pub(super) fn cell(&mut self, cell: &CellResult) {
        let finished = cell.rounds.iter().filter(|round| round.outcome == RoundOutcome::Finished);
        let rounds = finished
            .take(ROUNDS)
            .map(|round| (round.began_ns as f64 / 1e9, round.rate.map(f64::round)))
            .collect();
        let percentiles = percentiles(&cell.latency_ns, &self.tail);
        self.cells.push(OfCell { percentiles, rounds });
    }

    /// All of it, as the text of an element: nothing in it ends that.
    pub(super) fn json<'a>(&'a self, document: &Document) -> String {
        let (axes, titles) = (&document.scenario.axes, axis_titles(document));
        let one = |number: usize, whole: &'a OfCell| {
            let cell = document.cells.get(number)?;
            Some(One {
                id: clean(&cell.id),
                at: axes.iter().map(|axis| clean(&axis_value(cell, axis))).collect(),
                damaged: cell.is_damaged(),
                figures: figures(cell),
                percentiles: &whole.percentiles,
                rounds: &whole.rounds,
            })
        };
        let axis = |(key, title): (&String, &String)| Axis { key: clean(key), title: clean(title) };
        let all = All {
            axes: axes.iter().zip(&titles).map(axis).collect(),
            tail: &self.tail,
            cells: self.cells.iter().enumerate().filter_map(|(at, cell)| one(at, cell)).collect(),
        };
        // Cannot fail: there is no map in it.
        within_an_element(&serde_json::to_string(&all).unwrap_or_default())
    }
}

fn figures(cell: &CellResult) -> [Option<f64>; 5] {
    let (intact, sent) = cell.intact_of_sent();
    [
        rate(cell),
        cell.latency_ns.p50.map(|ns| ns as f64),
        cell.latency_ns.p99.map(|ns| ns as f64),
        cell.cpu_ns_per_message().map(|ns| ns as f64),
        (sent > 0).then(|| intact as f64 / sent as f64),
    ]
}

/// The times at these shares of all exchanges, as far as the samples reach.
fn percentiles(times: &Times, tail: &[f64]) -> Vec<u64> {
    let Some(histogram) = &times.histogram else { return Vec::new() };
    // What is not in the histogram took longer than all that is.
    let all = times.count as f64 + times.slower as f64;
    let part = all / (times.count as f64).max(1.0);
    let told = tail.iter().take_while(|longer| **longer * all >= 1.0);
    let shares = told.map(|longer| 100.0 * (1.0 - longer) * part);
    shares
        .take_while(|share| *share <= 100.0)
        .map_while(|share| histogram.percentile(share))
        .collect()
}

/// No character of it is read as markup.
fn within_an_element(json: &str) -> String {
    json.replace('<', "\\u003c")
}
