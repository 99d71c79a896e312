//! A pivot: the figures of one column as a table of two axes. All other axes divide it into sections, so that one cell
//! stands at each place.

mod marks;
mod words;

use super::asked;
use super::axes::{axis_titles, axis_value};
use super::choice::PivotNames;
use super::columns::Column;
use super::numbers::NOTHING;
use crate::result::Document;
use crate::result::document::CellResult;
use std::collections::{HashMap, HashSet};

pub(super) use words::TOO_SPARSE;

/// A section has at most so many places for each of its cells, and some more where it is small. What somebody else has
/// written may have as many values of both axes as cells, and a table of these would be its square.
const PLACES_A_CELL: usize = 16;
const PLACES_OF_ANY: usize = 256;

/// Figures by two axes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pivot {
    /// The axis whose values are rows, as short as it is unique.
    pub(crate) row_title: String,
    /// The axis whose values are columns, likewise.
    pub(crate) column_title: String,
    /// The column of the table that the figures are of.
    pub(crate) metric: &'static str,
    /// In the order of the matrix.
    pub(crate) sections: Vec<PivotSection>,
}

/// The cells that share all other axes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PivotSection {
    /// `connections 4, write batch`; empty where there are no other axes.
    pub(crate) title: String,
    /// Values of the column axis.
    pub(crate) columns: Vec<String>,
    /// A row for each value of the row axis; none where [`too_sparse`](Self::too_sparse).
    pub(crate) rows: Vec<PivotRow>,
    /// True where nearly all places would be empty, so that no table is made.
    pub(crate) too_sparse: bool,
    /// Cells that are not shown because another one stands at their place.
    pub(crate) hidden: usize,
}

/// A value of the row axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PivotRow {
    /// As the table shows it.
    pub(crate) name: String,
    /// One for each column.
    pub(crate) places: Vec<PivotPlace>,
}

/// What stands at one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PivotPlace {
    /// The figure as the table writes it; a dash where there is none.
    pub(crate) text: String,
    /// The figure is of a cell that is damaged, crashed or not done: it cannot be compared.
    pub(crate) not_comparable: bool,
    /// The best of its column, or not told apart from it.
    pub(crate) best_of_column: bool,
    /// The best of its row, or not told apart from it.
    pub(crate) best_of_row: bool,
}

/// What stands where.
struct Section {
    title: String,
    rows: Values,
    columns: Values,
    /// Row and column of each cell that has a place, by the number of the cell.
    cells: Vec<(usize, usize, usize)>,
    taken: HashSet<(usize, usize)>,
    hidden: usize,
}

/// Values of an axis, in the order in which they come.
#[derive(Default)]
struct Values {
    names: Vec<String>,
    known: HashMap<String, usize>,
}

impl Values {
    fn number(&mut self, cell: &CellResult, axis: &str) -> usize {
        let key = cell.axes.get(axis).map(ToString::to_string).unwrap_or_default();
        let at = *self.known.entry(key).or_insert(self.names.len());
        if at == self.names.len() {
            self.names.push(axis_value(cell, axis));
        }
        at
    }
}

impl Pivot {
    /// The error says which name the document does not know.
    pub(crate) fn of(document: &Document, names: &PivotNames) -> Result<Self, String> {
        let axes = &document.scenario.axes;
        let (row, column) = (asked::axis(&names.row, axes)?, asked::axis(&names.column, axes)?);
        let metric = asked::column(&names.metric)?;
        let titles = axis_titles(document);
        let sections = sections(document, [row, column], &titles);
        let shown = sections.into_iter().map(|section| {
            section.shown(&document.cells, metric, [axes[row].as_str(), axes[column].as_str()])
        });
        Ok(Self {
            row_title: titles[row].clone(),
            column_title: titles[column].clone(),
            metric: metric.terminal.as_ref().map_or(metric.key, |terminal| terminal.name),
            sections: shown.collect(),
        })
    }

    /// All places.
    pub(super) fn places(&self) -> impl Iterator<Item = &PivotPlace> {
        self.sections.iter().flat_map(|section| &section.rows).flat_map(|row| &row.places)
    }
}

fn sections(document: &Document, [row, column]: [usize; 2], titles: &[String]) -> Vec<Section> {
    let axes = &document.scenario.axes;
    let others: Vec<usize> = (0..axes.len()).filter(|at| *at != row && *at != column).collect();
    let mut sections: Vec<Section> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (at, cell) in document.cells.iter().enumerate() {
        let named =
            |other: &usize| format!("{} {}", titles[*other], axis_value(cell, &axes[*other]));
        let title = others.iter().map(named).collect::<Vec<_>>().join(", ");
        let number = *known.entry(title.clone()).or_insert(sections.len());
        if number == sections.len() {
            sections.push(Section {
                title,
                rows: Values::default(),
                columns: Values::default(),
                cells: Vec::new(),
                taken: HashSet::new(),
                hidden: 0,
            });
        }
        sections[number].add(at, cell, [&axes[row], &axes[column]]);
    }
    sections
}

impl Section {
    fn add(&mut self, at: usize, cell: &CellResult, [row, column]: [&str; 2]) {
        let place = (self.rows.number(cell, row), self.columns.number(cell, column));
        if self.taken.insert(place) {
            self.cells.push((place.0, place.1, at));
        } else {
            self.hidden += 1;
        }
    }

    fn shown(self, cells: &[CellResult], metric: &Column, axes: [&str; 2]) -> PivotSection {
        let (title, columns, hidden) = (self.title, self.columns.names, self.hidden);
        let places = self.rows.names.len().saturating_mul(columns.len());
        if places > (self.cells.len() * PLACES_A_CELL).max(PLACES_OF_ANY) {
            return PivotSection { title, columns, rows: Vec::new(), too_sparse: true, hidden };
        }
        let empty = PivotPlace { text: NOTHING.into(), ..PivotPlace::default() };
        let row = |name: String| PivotRow { name, places: vec![empty.clone(); columns.len()] };
        let mut rows: Vec<PivotRow> = self.rows.names.into_iter().map(row).collect();
        for (row, column, at) in &self.cells {
            let text = metric.shows.text(&cells[*at]);
            if text.is_empty() || text == NOTHING {
                continue;
            }
            let not_comparable = !cells[*at].is_comparable() && !metric.is_of_integrity();
            rows[*row].places[*column] =
                PivotPlace { text, not_comparable, ..PivotPlace::default() };
        }
        marks::mark_best(&mut rows, &self.cells, cells, metric, axes);
        PivotSection { title, columns, rows, too_sparse: false, hidden }
    }
}
