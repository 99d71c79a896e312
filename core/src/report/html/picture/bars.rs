//! Pictures with a row for each cell: where the rows stand, and their names.

use super::Seen;
use super::drawing::{Drawing, Plot};
use super::groups::Chosen;

/// Units between two rows.
const ROW: f64 = 22.0;

/// Units of a title above the rows of a group.
const HEADING: f64 = 26.0;

/// Units above the first row.
const TOP: f64 = 6.0;

/// Units below the last row, for an axis and its title.
const BOTTOM: f64 = 42.0;

/// Units for the names of cells.
const NAMES: f64 = 196.0;

/// Units for a figure behind each row.
const FIGURES: f64 = 136.0;

/// Cells of such a picture at most.
pub(super) const MOST_CELLS: usize = 40;

/// A row, and where its middle is.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) cell: usize,
    pub(super) y: f64,
    /// The cell's name with that of its group.
    pub(super) name: String,
}

/// The rows of a picture.
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    headings: Vec<(f64, String)>,
    pub(super) plot: Plot,
}

impl Rows {
    pub(super) fn of(seen: &Seen<'_>, chosen: &Chosen<'_>) -> Self {
        let titled = chosen.groups.iter().any(|(group, _)| !group.title.is_empty());
        let (mut rows, mut headings, mut y) = (Vec::new(), Vec::new(), TOP);
        for (group, cells) in &chosen.groups {
            if titled {
                headings.push((y + HEADING - 8.0, group.title.clone()));
                y += HEADING;
            }
            for cell in cells {
                let name = seen.groups.full_name(group, *cell);
                rows.push(Row { cell: *cell, y: y + ROW / 2.0, name });
                y += ROW;
            }
        }
        let right = super::drawing::WIDTH - FIGURES;
        let plot = Plot { left: NAMES + 12.0, right, top: TOP, bottom: y + 4.0 };
        Self { rows, headings, plot }
    }

    /// The empty drawing for them, with an axis or without.
    pub(super) fn drawing(&self, axis: bool) -> Drawing {
        Drawing::new(self.plot.bottom + if axis { BOTTOM } else { 4.0 })
    }

    /// Writes the titles of groups and the names of cells, which lead to their details.
    pub(super) fn names(&self, seen: &Seen<'_>, drawing: &mut Drawing) {
        for (y, title) in &self.headings {
            drawing.text([0.0, *y], super::drawing::WIDTH, "heading", title);
        }
        for row in &self.rows {
            let href = seen.href(&seen.document.cells[row.cell]);
            let name = seen.groups.name(row.cell);
            drawing.linked([NAMES, row.y + 4.0], NAMES, "name end", name, Some(href));
        }
    }

    /// Writes a figure behind a row.
    pub(super) fn figure(&self, drawing: &mut Drawing, row: &Row, text: &str) {
        drawing.text([self.plot.right + 8.0, row.y + 4.0], FIGURES - 10.0, "figure", text);
    }
}
