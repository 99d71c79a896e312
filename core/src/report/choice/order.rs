//! The rows that are shown, in their order.

use super::{Choice, Sort};
use crate::report::asked::{self, Asked};
use crate::report::columns::Column;
use crate::result::Document;
use crate::result::document::CellResult;
use crate::text::clean;
use std::cmp::Ordering;
use std::collections::HashMap;

/// Rows of a document.
pub(in crate::report) struct Chosen {
    /// Numbers of cells, in the order in which they are shown.
    pub(in crate::report) rows: Vec<usize>,
    /// True where they are in an order of their own, so that they stand in one list and not place by place.
    pub(in crate::report) sorted: bool,
    /// What is said of the order, and of the rows that are left out; empty where there is nothing to say.
    pub(in crate::report) words: String,
}

/// Where a cell stands before its figure counts; in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    /// It has a figure that can be held against those of others.
    Figure,
    /// It has one, but is damaged, crashed or not done.
    NotComparable,
    /// It has none.
    Nothing,
}

impl Choice {
    /// The rows of a document: without `--sort` in the order of the scenario.
    pub(in crate::report) fn rows(&self, document: &Document) -> Chosen {
        let all = document.cells.len();
        let mut rows: Vec<usize> = (0..all).collect();
        let mut said: Vec<String> = Vec::new();
        let asked = self
            .sort
            .as_ref()
            .and_then(|sort| Some((sort, asked::find(&sort.name, &document.scenario.axes).ok()?)));
        if let Some((sort, asked)) = &asked {
            let keys = keys(document, *asked);
            rows.sort_by(|a, b| compare(keys[*a], keys[*b], sort.descending));
            said.push(order_in_words(document, sort, *asked, &keys));
        }
        if self.top > 0 && self.top < all {
            rows.truncate(self.top);
            said.insert(0, format!("{} of {all} rows: `--top 0` shows all", self.top));
            if asked.is_none() {
                said.push("the first of the scenario, since no `--sort` was asked for".into());
            }
        }
        Chosen { rows, sorted: asked.is_some(), words: said.join("; ") }
    }
}

fn compare(a: (Class, f64), b: (Class, f64), descending: bool) -> Ordering {
    let figures = a.1.total_cmp(&b.1);
    a.0.cmp(&b.0).then(if descending { figures.reverse() } else { figures })
}

/// Where each cell stands.
fn keys(document: &Document, asked: Asked) -> Vec<(Class, f64)> {
    match asked {
        Asked::Column(column) => document.cells.iter().map(|cell| key(cell, column)).collect(),
        Asked::Axis(axis) => points(document, &document.scenario.axes[axis]),
    }
}

fn key(cell: &CellResult, column: &Column) -> (Class, f64) {
    match column.shows.figure(cell).filter(|figure| figure.is_finite()) {
        None => (Class::Nothing, 0.0),
        Some(figure) if cell.is_comparable() || column.is_of_integrity() => (Class::Figure, figure),
        Some(figure) => (Class::NotComparable, figure),
    }
}

/// Values of an axis, in the order of the matrix.
fn points(document: &Document, axis: &str) -> Vec<(Class, f64)> {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut point = |cell: &CellResult| {
        let next = known.len();
        let at = *known.entry(cell.axes.get(axis)?.to_string()).or_insert(next);
        Some((Class::Figure, at as f64))
    };
    document.cells.iter().map(|cell| point(cell).unwrap_or((Class::Nothing, 0.0))).collect()
}

fn order_in_words(document: &Document, sort: &Sort, asked: Asked, keys: &[(Class, f64)]) -> String {
    match asked {
        Asked::Axis(axis) => {
            let end = if sort.descending { "last" } else { "first" };
            format!("by {}, its {end} value first", clean(&document.scenario.axes[axis]))
        }
        Asked::Column(column) => {
            let end = if sort.descending { "highest" } else { "lowest" };
            let damaged = keys.iter().any(|(class, _)| *class == Class::NotComparable);
            let damaged = if damaged {
                ", then cells that are damaged, crashed or not done, whose figures cannot be compared"
            } else {
                ""
            };
            format!("by {}, the {end} first{damaged}", column.key)
        }
    }
}
