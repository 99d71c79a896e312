//! The answer that many cells give together: what each axis of the matrix does by itself.
//!
//! A place is what cells share that differ in nothing but one axis. In each, the cells are held against each other as
//! the table does it, so nobody wins within the noise, and places that the rounds do not tell are counted as
//! such. Cells that are damaged, crashed or not done cost what they cost because they do not work: they are in no place,
//! and how many keep every message whole is said first. Work is in proportion to the cells, for each axis.

mod chance;
mod places;
mod words;

use super::axes::{axis_titles, axis_value};
use crate::result::Document;
use crate::result::document::JudgedBy;
use std::collections::HashMap;

pub(crate) use words::{ABOUT, Entry, entries};

/// With no more cells, and no more axes, a table says it all.
const CELLS_OF_A_SMALL_TABLE: usize = 18;
const AXES_OF_A_SMALL_TABLE: usize = 2;

/// What a result says of its axes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// All cells.
    pub(crate) cells: usize,
    /// Those that keep every message whole (or answer every exchange, where only the handler judges) and did not
    /// crash: the ones whose cost can be compared.
    pub(crate) whole: usize,
    /// True where a judge of ours looked at the messages of all cells; else only handlers have looked at some, and
    /// nobody knows whether their messages are whole.
    pub(crate) judged: bool,
    /// Axes with more than one value, in the order of the matrix.
    pub(crate) axes: Vec<AxisAnswer>,
}

/// What one axis does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AxisAnswer {
    /// Its key.
    pub(crate) axis: String,
    /// The same, as short as it is unique.
    pub(crate) title: String,
    /// Its values, in the order of the matrix.
    pub(crate) values: Vec<ValueAnswer>,
    /// What its values cost, by rate, by p99 and by processor time a message.
    pub(crate) measures: Vec<MeasureAnswer>,
}

/// What becomes of messages under one value of an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ValueAnswer {
    /// As the table shows it.
    pub(crate) value: String,
    /// Cells with it.
    pub(crate) cells: usize,
    /// Those of them that are whole, as in [`Answer::whole`].
    pub(crate) whole: usize,
}

/// What one axis does to one figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MeasureAnswer {
    /// The column that has the figure, as it is called in the table.
    pub(crate) column: &'static str,
    /// Places in which two values or more have the figure.
    pub(crate) places: usize,
    /// Those of them in which the rounds tell any value apart from the best.
    pub(crate) told_apart: usize,
    /// Rounds that the figure was taken in, in the cell that has most.
    pub(crate) rounds: usize,
    /// How each value stands, in the order of [`AxisAnswer::values`].
    pub(crate) standings: Vec<Standing>,
}

/// How one value of an axis stands to the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// As the table shows it.
    pub(crate) value: String,
    /// Places in which it has the figure and somebody to be held against.
    pub(crate) places: usize,
    /// Those of them that the rounds tell apart.
    pub(crate) told_apart: usize,
    /// Those in which it is the best, or not told apart from it.
    pub(crate) best: usize,
    /// Those in which it is the best by itself: all others are told apart from it.
    pub(crate) alone: usize,
    /// Those in which it is the worst, or not told apart from it.
    pub(crate) worst: usize,
}

impl MeasureAnswer {
    /// True where noise alone tells so many places apart in one of twenty runs or more: then nobody of it has won.
    pub(crate) fn may_be_chance(&self) -> bool {
        chance::of_so_many(self.told_apart, self.places) > chance::LEVEL + chance::ROUNDING
    }
}

impl Answer {
    /// Counts what the cells say. A document of which nothing was cleaned gives values as they are.
    pub(crate) fn of(document: &Document) -> Self {
        let axes = document.scenario.axes.iter().zip(axis_titles(document));
        Self {
            cells: document.cells.len(),
            whole: document.cells.iter().filter(|cell| cell.is_comparable()).count(),
            judged: document.cells.iter().all(|cell| cell.integrity.judge != JudgedBy::HandlerOnly),
            axes: axes.filter_map(|(axis, title)| of_axis(document, axis, title)).collect(),
        }
    }

    /// True where there is more to say than the rows of a small table do.
    pub(crate) fn is_worth_a_word(&self) -> bool {
        let many = self.cells > CELLS_OF_A_SMALL_TABLE || self.axes.len() > AXES_OF_A_SMALL_TABLE;
        many && !self.axes.is_empty()
    }
}

/// `None`: the axis has one value only.
fn of_axis(document: &Document, axis: &str, title: String) -> Option<AxisAnswer> {
    let mut values: Vec<ValueAnswer> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    // The value of each cell, by number.
    let mut points: Vec<Option<usize>> = Vec::with_capacity(document.cells.len());
    for cell in &document.cells {
        let Some(value) = cell.axes.get(axis) else {
            points.push(None);
            continue;
        };
        let at = *known.entry(value.to_string()).or_insert(values.len());
        if at == values.len() {
            values.push(ValueAnswer { value: axis_value(cell, axis), cells: 0, whole: 0 });
        }
        values[at].cells += 1;
        values[at].whole += usize::from(cell.is_comparable());
        points.push(Some(at));
    }
    (values.len() > 1).then(|| AxisAnswer {
        axis: axis.to_owned(),
        title,
        measures: places::measures(&document.cells, axis, &values, &points),
        values,
    })
}
