//! `[matrix]`: axes, and every point of them.

use super::assign::{Assignment, Scope, flatten};
use super::diagnostics::{Diagnostic, Place, Sink};
use super::key::grouped;
use super::secrets;
use super::tree::{Node, Table, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// More cells than this are no comparison any more.
pub(super) const MAX_CELLS: usize = 10_000;

const MAX_AXES: usize = 16;

/// Longer values are cut in a cell's id, and told apart by their number.
const LONGEST_LABEL: usize = 80;

/// One key with the values it takes in turn.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub(super) path: String,
    pub(super) place: Place,
    /// The values that cells are made of.
    pub(super) values: Vec<AxisValue>,
    /// What overrides may name: values in canonical form, with their number. `None`: the file lists
    /// it, but an option has put it aside.
    pub(super) known: HashMap<String, Option<usize>>,
    /// How the values are called that an option has put aside.
    pub(super) aside: Vec<String>,
}

/// One value of an axis.
#[derive(Clone, Debug)]
pub(super) struct AxisValue {
    /// The value as the file writes it, on one line and without secrets.
    pub(super) label: String,
    pub(super) assignments: Vec<Assignment>,
}

/// Reads the section.
pub(super) fn read(node: &Node, sink: &mut Sink) -> Vec<Axis> {
    let mut axes = Vec::new();
    match node.table() {
        Some(table) => collect("", table, &mut axes, sink),
        None => {
            let message = format!(
                "`matrix` takes a table such as `framing = [\"raw\", \"len32be\"]`, not {}",
                node.type_name()
            );
            sink.push(Diagnostic::new(node.place, message));
        }
    }
    axes
}

/// `load.payload = […]` without quotes is a table within a table: read it as one path.
fn collect(prefix: &str, table: &Table, axes: &mut Vec<Axis>, sink: &mut Sink) {
    for entry in table {
        let path = format!("{prefix}{}", entry.key);
        match &entry.node.value {
            Value::Table(inner) if path.matches('.').count() < 8 => {
                collect(&format!("{path}."), inner, axes, sink);
            }
            _ => add(axes, &path, entry.key_place, &entry.node, sink),
        }
    }
}

/// Adds the axis `path` with the list `node`.
pub(super) fn add(
    axes: &mut Vec<Axis>,
    path: &str,
    place: Place,
    node: &Arc<Node>,
    sink: &mut Sink,
) {
    let Value::List(items) = &node.value else {
        let message = format!("an axis takes a list of values, not {}", node.type_name());
        let help = "a key that is the same in every cell stands outside `[matrix]`";
        sink.push(Diagnostic::new(node.place, message).help(help));
        return;
    };
    if items.is_empty() || items.len() > MAX_CELLS {
        let message = format!("an axis has 1 to {} values", grouped(MAX_CELLS as u64));
        sink.push(Diagnostic::new(node.place, message));
        return;
    }
    if axes.iter().any(|axis| axis.path == path) {
        sink.push(Diagnostic::new(place, format!("`{path}` is an axis already")));
        return;
    }
    if axes.len() >= MAX_AXES {
        sink.push(Diagnostic::new(place, format!("a matrix has at most {MAX_AXES} axes")));
        return;
    }
    let mut known = HashMap::new();
    let mut values = Vec::new();
    let nodes: Vec<&Node> = items.iter().map(|item| &**item).collect();
    for ((index, item), written) in items.iter().enumerate().zip(secrets::labels(path, &nodes)) {
        let label = label(&written, index);
        if known.insert(item.canonical(), Some(values.len())).is_some() {
            let message = format!("`{label}` stands twice in this axis");
            sink.push(Diagnostic::new(item.place, message));
            continue;
        }
        let mut assignments = flatten(path, place, item, Scope::Cell("the matrix"), sink);
        // Within a table, what is wrong with one value is no matter of the whole axis.
        assignments
            .iter_mut()
            .filter(|one| !one.below.is_empty())
            .for_each(|one| one.key_place = item.place);
        values.push(AxisValue { label, assignments });
    }
    axes.push(Axis { path: path.to_owned(), place, values, known, aside: Vec::new() });
}

fn label(written: &str, index: usize) -> String {
    if written.chars().count() <= LONGEST_LABEL {
        return written.to_owned();
    }
    let start: String = written.chars().take(LONGEST_LABEL).collect();
    format!("{start}…#{index}")
}

/// True when the table `node` has something at `path`; a framing's name is its `kind`.
fn holds(node: &Node, path: &str) -> bool {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    match node.entry(first) {
        Some(_) if rest.is_empty() => true,
        Some(entry) => holds(&entry.node, rest),
        None => node.text().is_some() && path == "kind",
    }
}

impl Axis {
    /// Leaves only the value of an option, which comes down to these assignments.
    pub(super) fn collapse(&mut self, node: &Node, assignments: Vec<Assignment>) {
        let label = label(&secrets::labels(&self.path, &[node]).concat(), 0);
        let former = std::mem::replace(&mut self.values, vec![AxisValue { label, assignments }]);
        self.aside.extend(former.into_iter().map(|value| value.label));
        self.known.values_mut().for_each(|number| *number = None);
        self.known.insert(node.canonical(), Some(0));
    }

    /// True when a value of this axis says what stands at `path`, so that a cell's id says it too.
    pub(super) fn says(&self, path: &str) -> bool {
        let says = |assignment: &Assignment| match path.strip_prefix(&assignment.path()) {
            Some("") => true,
            Some(rest) => rest.strip_prefix('.').is_some_and(|rest| holds(&assignment.node, rest)),
            None => false,
        };
        let lies_within = path.strip_prefix(&self.path).is_some_and(|rest| rest.starts_with('.'));
        lies_within && self.values.iter().flat_map(|point| &point.assignments).any(says)
    }

    /// Lets overrides name the values of `former`, which this axis replaces.
    pub(super) fn remember(&mut self, former: Self) {
        for value in former.known.into_keys() {
            self.known.entry(value).or_insert(None);
        }
        self.aside.extend(former.aside);
        self.aside.extend(former.values.into_iter().map(|value| value.label));
    }

    /// The number of the value `wanted`: `None` when it is no value of the axis, `Some(None)` when an
    /// option has put it aside.
    pub(super) fn find(&self, wanted: &Node) -> Option<Option<usize>> {
        self.known.get(&wanted.canonical()).copied()
    }
}

/// How a cell is called that has these values: axis and label.
pub(super) fn id<'a>(points: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut id = String::new();
    for (axis, label) in points {
        if !id.is_empty() {
            id.push(',');
        }
        id.extend([axis, "=", label]);
    }
    id
}

/// How many cells the axes make; too many are reported.
pub(super) fn count(axes: &[Axis], sink: &mut Sink) -> Option<usize> {
    let cells = axes.iter().fold(1usize, |cells, axis| cells.saturating_mul(axis.values.len()));
    if cells <= MAX_CELLS {
        return Some(cells);
    }
    let product: Vec<String> = axes.iter().map(|axis| axis.values.len().to_string()).collect();
    let message = format!(
        "the matrix has {} = {} cells; at most {} are allowed",
        product.join(" × "),
        grouped(cells as u64),
        grouped(MAX_CELLS as u64)
    );
    let help = "list fewer values, or split the scenario into several files";
    let place = axes.first().map_or(Place::start_of(0), |axis| axis.place);
    sink.push(Diagnostic::new(place, message).help(help));
    None
}

/// The numbers of the values that cell `index` has on each axis; the last axis is the fastest.
pub(super) fn coordinates(axes: &[Axis], index: usize) -> Vec<usize> {
    let mut rest = index;
    let mut out = vec![0; axes.len()];
    for (at, axis) in axes.iter().enumerate().rev() {
        out[at] = rest % axis.values.len();
        rest /= axis.values.len();
    }
    out
}
