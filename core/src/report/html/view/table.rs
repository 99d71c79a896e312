//! The table of cells, to be sorted and filtered.

use super::answer::tone_of;
use crate::report::axes::{axis_titles, axis_value};
use crate::report::columns::{COLUMNS, Column, NOT_TOLD, slower};
use crate::report::html::anchors::{CellAnchors, href};
use crate::report::numbers;
use crate::report::table::{best_of_groups, mark};
use crate::result::Document;
use crate::result::document::CellResult;
use serde::Serialize;

/// Rows and what stands at their heads.
#[derive(Serialize)]
pub(super) struct TableView {
    /// Titles of the axes, or of the id where there is none.
    axes: Vec<String>,
    columns: Vec<ColumnView>,
    rows: Vec<Row>,
    /// A figure is marked.
    marks: bool,
    /// One is not told apart from the fastest.
    not_told: bool,
}

#[derive(Serialize)]
struct ColumnView {
    title: &'static str,
    /// Sorted by number.
    number: bool,
}

#[derive(Serialize)]
struct Row {
    id: String,
    href: String,
    names: Vec<String>,
    figures: Vec<FigureView>,
    verdict: &'static str,
    tone: &'static str,
}

#[derive(Serialize)]
struct FigureView {
    text: String,
    /// What it is sorted by; none: behind all others.
    value: Option<f64>,
    best: bool,
}

impl TableView {
    pub(super) fn of(document: &Document, anchors: &[CellAnchors]) -> Self {
        let cells = &document.cells;
        let titled = COLUMNS.iter().filter_map(|column| Some((title(column)?, column)));
        let shown: Vec<(&'static str, &Column)> = titled
            .filter(|(_, column)| cells.iter().any(|cell| !is_nothing(&column.shows.text(cell))))
            .collect();
        let columns: Vec<&Column> = shown.iter().map(|(_, column)| *column).collect();
        let best = best_of_groups(document, &columns);
        let row = |(at, cell): (usize, &CellResult)| Row {
            id: cell.id.clone(),
            href: anchors.get(at).map(|anchors| href(&anchors.own)).unwrap_or_default(),
            names: names(document, cell),
            figures: columns
                .iter()
                .enumerate()
                .map(|(at_column, column)| FigureView {
                    text: column.shows.text(cell),
                    value: column.shows.figure(cell).filter(|value| value.is_finite()),
                    best: best.contains(&(at_column, at)),
                })
                .collect(),
            verdict: mark(cell.verdict),
            tone: tone_of(cell.verdict),
        };
        let axes = axis_titles(document);
        Self {
            axes: if axes.is_empty() { vec!["cell".into()] } else { axes },
            columns: shown
                .iter()
                .map(|(title, column)| ColumnView {
                    title,
                    number: cells.iter().any(|cell| column.shows.figure(cell).is_some()),
                })
                .collect(),
            rows: cells.iter().enumerate().map(row).collect(),
            marks: !best.is_empty(),
            not_told: cells.iter().any(|cell| slower(cell) == NOT_TOLD),
        }
    }
}

/// What it is called in a terminal, or else in Markdown; the verdict has its own place.
fn title(column: &Column) -> Option<&'static str> {
    let markdown = column.markdown.filter(|title| *title == "what went wrong");
    column.terminal.as_ref().map(|terminal| terminal.name).or(markdown)
}

fn is_nothing(text: &str) -> bool {
    text.is_empty() || text == numbers::NOTHING
}

fn names(document: &Document, cell: &CellResult) -> Vec<String> {
    let axes = &document.scenario.axes;
    if axes.is_empty() {
        return vec![cell.id.clone()];
    }
    axes.iter().map(|axis| axis_value(cell, axis)).collect()
}
