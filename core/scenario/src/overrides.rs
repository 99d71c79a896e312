//! `[[override]]`: other keys for some cells.

use super::assign::{Assignment, Scope, flatten};
use super::diagnostics::{Diagnostic, Place, Sink};
use super::gates::{self, Expectation};
use super::keys::KEYS;
use super::matrix::Axis;
use super::tree::{Node, Table, Value};
use std::sync::Arc;
use wirebench_values::similar;

/// More are no exceptions any more.
pub(super) const MAX_OVERRIDES: usize = 1_000;

/// A suggestion is looked for among this many values of an axis.
const MAX_COMPARED: usize = 1_000;

/// One override, ready to be matched.
#[derive(Clone, Debug)]
pub(super) struct Override {
    /// Axis, and the numbers of its values that match.
    when: Vec<(usize, Vec<usize>)>,
    pub(super) assignments: Vec<Assignment>,
    pub(super) expect: Vec<Expectation>,
}

impl Override {
    /// True when it holds for the cell with these coordinates.
    pub(super) fn matches(&self, coordinates: &[usize]) -> bool {
        self.when.iter().all(|(axis, values)| values.contains(&coordinates[*axis]))
    }
}

/// Reads all overrides.
pub(super) fn read(node: &Node, axes: &[Axis], sink: &mut Sink) -> Vec<Override> {
    let Value::List(items) = &node.value else {
        let message = "overrides are written `[[override]]`, with double brackets";
        sink.push(Diagnostic::new(node.place, message));
        return Vec::new();
    };
    if items.len() > MAX_OVERRIDES {
        let message = format!("a scenario has at most {MAX_OVERRIDES} overrides");
        sink.push(Diagnostic::new(node.place, message));
        return Vec::new();
    }
    items.iter().filter_map(|item| one(item, axes, sink)).collect()
}

fn one(node: &Node, axes: &[Axis], sink: &mut Sink) -> Option<Override> {
    let Some(table) = node.table() else {
        let message = format!("an override is a table, not {}", node.type_name());
        sink.push(Diagnostic::new(node.place, message));
        return None;
    };
    let mut out = Override { when: Vec::new(), assignments: Vec::new(), expect: Vec::new() };
    let mut has_when = false;
    let mut chooses = false;
    for entry in table {
        match entry.key.as_str() {
            "when" => {
                has_when = true;
                match entry.node.table() {
                    Some(conditions) if !conditions.is_empty() => {
                        chooses = when("", conditions, axes, &mut out.when, sink);
                    }
                    _ => {
                        let message = "`when` names axes and their values: `{ framing = \"raw\" }`";
                        let help = "keys that hold for every cell stand outside `[[override]]`";
                        sink.push(Diagnostic::new(entry.node.place, message).help(help));
                    }
                }
            }
            "expect" => out.expect = gates::read(&entry.node, true, sink),
            "matrix" | "override" => {
                let message = format!("`{}` cannot stand within an override", entry.key);
                sink.push(Diagnostic::new(entry.key_place, message));
            }
            key => {
                if let Some(name) = similar(key, ["when", "expect"]) {
                    let diagnostic =
                        Diagnostic::new(entry.key_place, format!("unknown key `{key}`"));
                    sink.push(diagnostic.label(format!("did you mean `{name}`?")));
                    has_when |= name == "when";
                    continue;
                }
                let scope = Scope::Cell("an override");
                let found = flatten(key, entry.key_place, &entry.node, scope, sink);
                found.iter().for_each(|assignment| refuse_axis(assignment, axes, sink));
                out.assignments.extend(found);
            }
        }
    }
    if !has_when {
        let message =
            "an override needs `when`, the cells it is for: `when = { framing = \"raw\" }`";
        sink.push(Diagnostic::new(first_place(table, node.place), message));
    }
    // Without cells to choose it would change them all, and cause mistakes that are none.
    chooses.then_some(out)
}

/// The place to show for an override as a whole: its first entry, as its header has no span.
fn first_place(table: &Table, place: Place) -> Place {
    table.first().map_or(place, super::tree::Entry::place)
}

/// What the matrix decides stays as a cell's id says it.
fn refuse_axis(assignment: &Assignment, axes: &[Axis], sink: &mut Sink) {
    let path = KEYS[assignment.key].path;
    let within = format!("{path}.");
    let axis = axes.iter().find(|axis| axis.path == path || axis.path.starts_with(&within));
    if let Some(axis) = axis {
        let message = format!("`{path}` is decided by the matrix: an override cannot change it");
        let diagnostic = Diagnostic::new(assignment.key_place, message);
        sink.push(diagnostic.related(axis.place, "the axis"));
    }
}

/// Reads conditions; false when one names no axis.
fn when(
    prefix: &str,
    table: &Table,
    axes: &[Axis],
    out: &mut Vec<(usize, Vec<usize>)>,
    sink: &mut Sink,
) -> bool {
    let mut all = true;
    for entry in table {
        let path = format!("{prefix}{}", entry.key);
        let Some(index) = axes.iter().position(|axis| axis.path == path) else {
            // `load.payload = "64 B"` without quotes is a table within a table.
            let within = format!("{path}.");
            let inner = entry.node.table();
            match inner.filter(|_| axes.iter().any(|axis| axis.path.starts_with(&within))) {
                Some(inner) => all &= when(&within, inner, axes, out, sink),
                None => {
                    all = false;
                    sink.push_with(|| not_an_axis(&path, entry.key_place, axes));
                }
            }
            continue;
        };
        let axis = &axes[index];
        // A list that is no value itself means any of its items.
        let items: &[Arc<Node>] = match &entry.node.value {
            Value::List(items) if axis.find(&entry.node).is_none() && !items.is_empty() => items,
            _ => std::slice::from_ref(&entry.node),
        };
        let mut values = Vec::new();
        for item in items {
            match axis.find(item) {
                Some(number) => values.extend(number),
                None => sink.push_with(|| not_a_value(&item.written(), item.place, axis)),
            }
        }
        out.push((index, values));
    }
    all
}

pub(super) fn not_an_axis(path: &str, place: Place, axes: &[Axis]) -> Diagnostic {
    let shown = if path.len() > 100 { "this" } else { path };
    let names: Vec<&str> = axes.iter().map(|axis| axis.path.as_str()).collect();
    let diagnostic = Diagnostic::new(place, format!("`{shown}` is not an axis of the matrix"))
        .suggest(path, names.iter().copied());
    match names.as_slice() {
        [] => diagnostic.help("there is no matrix, so there are no cells to choose from"),
        _ => diagnostic.help(format!("the axes are {}", names.join(", "))),
    }
}

pub(super) fn not_a_value(written: &str, place: Place, axis: &Axis) -> Diagnostic {
    let message = format!("the axis `{}` has no such value", axis.path);
    let values: Vec<&str> = axis.values.iter().map(|point| point.label.as_str()).collect();
    let shown = &values[..values.len().min(20)];
    Diagnostic::new(place, message)
        .suggest(written, values.iter().copied().take(MAX_COMPARED))
        .help(format!("its values are {}", shown.join(", ")))
}
