//! How the axes of a scenario are called, and the points on them.

use super::numbers;
use crate::result::Document;
use crate::result::document::CellResult;
use std::collections::HashMap;

/// Titles of the axes: the last part of each key, or the whole key where that is not unique.
pub(super) fn axis_titles(document: &Document) -> Vec<String> {
    fn last(axis: &str) -> &str {
        axis.rsplit('.').next().unwrap_or(axis)
    }
    let axes = &document.scenario.axes;
    let mut axes_with: HashMap<&str, usize> = HashMap::new();
    axes.iter().for_each(|axis| *axes_with.entry(last(axis)).or_default() += 1);
    let title = |axis: &String| match axes_with.get(last(axis)) {
        Some(1) => last(axis).to_owned(),
        _ => axis.clone(),
    };
    axes.iter().map(title).collect()
}

/// The point of a cell on one axis.
pub(super) fn axis_value(cell: &CellResult, axis: &str) -> String {
    match cell.axes.get(axis) {
        Some(serde_json::Value::String(value)) => value.clone(),
        Some(value) => value.to_string(),
        None => numbers::NOTHING.into(),
    }
}

/// The axes that tell groups of rows from each other. The points of a search stand below each other.
pub(super) fn in_titles<'a>(document: &Document, cell: &'a CellResult) -> Vec<&'a str> {
    match &document.search {
        None => cell.dividing_axes(),
        Some(search) => {
            cell.axes.keys().map(String::as_str).filter(|axis| *axis != search.vary).collect()
        }
    }
}

/// What the cells of a group have in common: `payload 64 B, connections 4`; empty when nothing
/// divides.
pub(super) fn section_title(document: &Document, cell: &CellResult) -> String {
    let dividing = in_titles(document, cell);
    let titles = axis_titles(document);
    let axes = document.scenario.axes.iter().zip(titles);
    let named: Vec<String> = axes
        .filter(|(axis, _)| dividing.contains(&axis.as_str()))
        .map(|(axis, title)| format!("{title} {}", axis_value(cell, axis)))
        .collect();
    named.join(", ")
}
