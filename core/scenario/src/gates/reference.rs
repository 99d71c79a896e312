//! Gates that hold a cell against another of the same run: `"p50 / framing=len32be" = "< 1.1"`.

use super::{Expectation, no_metric};
use crate::diagnostics::{Diagnostic, Place, Sink};
use crate::matrix::{self, Axis};
use crate::overrides::{not_a_value, not_an_axis};
use crate::secrets;
use std::collections::{HashMap, HashSet};
use wirebench_measure::{METRICS, Metric, find};

/// What stands between a metric and the cell.
const BETWEEN: &str = " / ";

/// Longer names of cells are none: an axis has short ones, and there are few axes.
const LONGEST_CELL: usize = 4_000;

/// The cell that a gate is held against: the one with other values on some axes.
#[derive(Clone, Debug)]
pub(super) struct Against {
    /// What is compared, with its direction prefix.
    pub(super) metric: String,
    /// The axes and their values as they are written.
    written: String,
    /// The same, by the numbers of the axes and in their order, once these are known.
    points: Vec<(usize, Point)>,
}

/// A value of an axis.
#[derive(Clone, Debug)]
enum Point {
    /// By its number.
    Listed(usize),
    /// By its name: an option has put it aside, so no cell has it in this run.
    Aside(String),
}

impl Point {
    fn label<'a>(&'a self, axis: &'a Axis) -> &'a str {
        match self {
            Self::Listed(number) => &axis.values[*number].label,
            Self::Aside(label) => label,
        }
    }
}

impl Against {
    /// The id of the cell that the one at these coordinates is held against; `None`: it is that one
    /// itself.
    pub(super) fn cell(&self, axes: &[Axis], coordinates: &[usize]) -> Option<String> {
        let same = |(axis, point): &(usize, Point)| matches!(point, Point::Listed(value) if *value == coordinates[*axis]);
        if self.points.iter().all(same) {
            return None;
        }
        let mut points = self.points.iter().peekable();
        let labels = axes.iter().enumerate().map(|(number, axis)| {
            let other = points.next_if(|(at, _)| *at == number);
            let own = || axis.values[coordinates[number]].label.as_str();
            (axis.path.as_str(), other.map_or_else(own, |(_, point)| point.label(axis)))
        });
        Some(matrix::id(labels))
    }
}

/// The metric and the cell of a key that holds two cells against each other; `None`: it is another
/// key.
pub(super) fn split(name: &str) -> Option<(&str, &str)> {
    let (metric, cell) = name.split_once(BETWEEN)?;
    // What handlers count may be called anything.
    let counted = matches!(find(name), Some((Metric::Counted(_), _)));
    (!counted || cell.contains('=')).then_some((metric.trim(), cell.trim()))
}

/// Reads such a key; what it names on the axes is [resolved](resolve) when these are known.
pub(super) fn against(
    (metric, cell): (&str, &str),
    place: Place,
    sink: &mut Sink,
) -> Option<(Metric, Against)> {
    let Some((found, _)) = find(metric) else {
        sink.push_with(|| no_metric(metric, place));
        return None;
    };
    if !found.is_comparable() {
        sink.push_with(|| not_comparable(metric, place));
        return None;
    }
    if cell.len() > LONGEST_CELL {
        let message = format!("what stands behind `{metric}{BETWEEN}` is too long for a cell");
        sink.push(Diagnostic::new(place, message));
        return None;
    }
    let (metric, written) = (metric.to_owned(), cell.to_owned());
    Some((found, Against { metric, written, points: Vec::new() }))
}

fn not_comparable(metric: &str, place: Place) -> Diagnostic {
    let names: Vec<_> =
        METRICS.iter().filter(|metric| metric.is_comparable()).map(Metric::name).collect();
    let shown = if metric.len() > 100 { "this" } else { metric };
    let message =
        format!("`{shown}` is not held against another cell: only measured quantities are");
    Diagnostic::new(place, message)
        .help(format!("these are {}, and any percentile", names.join(", ")))
        .help(format!("gate each cell by itself: `{shown}` without `{}…`", BETWEEN.trim_start()))
}

/// A key that lacks the spaces around its slash.
pub(super) fn without_spaces(name: &str, place: Place) -> Option<Diagnostic> {
    let (metric, cell) = name.split_once('/').filter(|(_, cell)| cell.contains('='))?;
    let (metric, cell) = (metric.trim(), cell.trim());
    find(metric).filter(|_| name.len() <= 200)?;
    let message = "between a metric and another cell stands a slash with a space on both sides";
    let label = format!("did you mean `{metric}{BETWEEN}{cell}`?");
    Some(Diagnostic::new(place, message).label(label))
}

/// Finds the cells that these lines name, and calls them as the axes do: then two spellings of one gate
/// are the same gate. `once`: it may stand there only once.
pub(crate) fn resolve(lines: &mut Vec<Expectation>, axes: &[Axis], once: bool, sink: &mut Sink) {
    if lines.iter().all(|line| line.against.is_none()) {
        return;
    }
    let known: Vec<Labels> = axes.iter().map(Labels::of).collect();
    let mut names = HashSet::new();
    lines.retain_mut(|line| {
        let Some(against) = &mut line.against else { return true };
        let Some(points) = points(&against.written, line.place, axes, &known, sink) else {
            return false;
        };
        let labels = points.iter().map(|(number, point)| {
            let axis = &axes[*number];
            (axis.path.as_str(), point.label(axis))
        });
        line.name = format!("{}{BETWEEN}{}", against.metric, matrix::id(labels));
        against.points = points;
        if let Some(gate) = &mut line.gate {
            gate.metric.clone_from(&line.name);
        }
        let fresh = !once || names.insert(line.name.clone());
        if !fresh {
            let message = format!("`{}` has a gate already: there is one for two cells", line.name);
            sink.push(Diagnostic::new(line.place, message));
        }
        fresh
    });
}

/// The values of an axis by their names.
struct Labels<'a> {
    of: HashMap<&'a str, Point>,
}

impl<'a> Labels<'a> {
    fn of(axis: &'a Axis) -> Self {
        let aside = axis.aside.iter().map(|label| (label.as_str(), Point::Aside(label.clone())));
        let mut of: HashMap<&str, Point> = aside.collect();
        let listed = axis.values.iter().enumerate();
        of.extend(listed.map(|(number, value)| (value.label.as_str(), Point::Listed(number))));
        Self { of }
    }

    fn find(&self, written: &str) -> Option<&Point> {
        self.of.get(written).or_else(|| self.of.get(secrets::marked(written)?.as_str()))
    }
}

/// Reads `framing=len32be,load.payload=64 B`. A value may have commas of its own, so it is the longest
/// that the axis has.
fn points(
    written: &str,
    place: Place,
    axes: &[Axis],
    known: &[Labels<'_>],
    sink: &mut Sink,
) -> Option<Vec<(usize, Point)>> {
    let mut points: Vec<(usize, Point)> = Vec::new();
    let mut rest = Some(written);
    while let Some(text) = rest {
        let Some((path, values)) = text.split_once('=') else {
            sink.push_with(|| no_cell(text, axes, place));
            return None;
        };
        let path = path.trim();
        let Some(number) = axes.iter().position(|axis| axis.path == path) else {
            sink.push_with(|| not_an_axis(path, place, axes));
            return None;
        };
        if points.iter().any(|(other, _)| *other == number) {
            let message = format!("the other cell has two values of the axis `{path}`");
            sink.push(Diagnostic::new(place, message));
            return None;
        }
        let found = ends(values).find_map(|end| {
            let point = known[number].find(values[..end].trim())?;
            Some((point.clone(), values.get(end + 1..)))
        });
        let Some((point, left)) = found else {
            sink.push_with(|| not_a_value(first_value(values, axes), place, &axes[number]));
            return None;
        };
        points.push((number, point));
        rest = left;
    }
    points.sort_by_key(|(number, _)| *number);
    Some(points)
}

/// Where a value may end, the longest first.
fn ends(values: &str) -> impl Iterator<Item = usize> {
    std::iter::once(values.len()).chain(values.rmatch_indices(',').map(|(at, _)| at))
}

/// What was probably meant for the value: all that stands before the next axis.
fn first_value<'a>(values: &'a str, axes: &[Axis]) -> &'a str {
    let next = |(at, _): &(usize, &str)| {
        let path = values[at + 1..].split('=').next().unwrap_or_default().trim();
        axes.iter().any(|axis| axis.path == path)
    };
    let end = values.match_indices(',').find(next).map_or(values.len(), |(at, _)| at);
    values[..end].trim()
}

fn no_cell(text: &str, axes: &[Axis], place: Place) -> Diagnostic {
    let shown = if text.len() > 100 { "this" } else { text };
    let message = format!("`{shown}` names no other cell");
    match axes.first().zip(axes.first().and_then(|axis| axis.values.first())) {
        None => Diagnostic::new(place, message)
            .help("there is no matrix, so there are no cells to choose from"),
        Some((axis, value)) => Diagnostic::new(place, message).help(format!(
            "write an axis and its value: `{}={}`; several are separated by commas; all other axes \
             stay as the cell has them",
            axis.path, value.label
        )),
    }
}
