//! `[expect]`: from `p99 = "< 50ms"` to a gate.

mod bound;
mod limit;
mod lines;
mod ratio;
mod reference;

pub(super) use bound::bound;
pub use limit::forms;
pub(super) use limit::{LONGEST_LIMIT, split_op};
pub(super) use lines::number;
pub use ratio::ratio_limit;
pub(super) use reference::resolve;

use super::diagnostics::{Diagnostic, Place, Sink};
use super::matrix::Axis;
use super::plan::{Gate, Reference};
use super::tree::{Node, Table, Value};
use reference::Against;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use wirebench_measure::{METRICS, Metric, find};

/// One line of an `expect` table.
#[derive(Clone, Debug)]
pub(super) struct Expectation {
    /// What it is called: a metric, or `p50 / framing=raw`.
    name: String,
    pub(super) place: Place,
    /// `None` removes the gate.
    pub(super) gate: Option<Gate>,
    /// The other cell that it is held against.
    against: Option<Against>,
}

impl Expectation {
    /// What is measured, with its direction prefix.
    pub(super) fn metric(&self) -> &str {
        self.against.as_ref().map_or(&self.name, |against| &against.metric)
    }

    /// True where it holds a cell against another.
    pub(super) fn is_against(&self) -> bool {
        self.against.is_some()
    }

    /// The line as an option says it: `expect.p99=< 50ms`.
    pub(super) fn told(&self) -> String {
        let limit = self.gate.as_ref().map_or("false", |gate| &gate.text);
        format!("expect.{}={limit}", self.name)
    }

    /// The gate of the cell at these coordinates, and where it stands. `None`: it has none, because
    /// the line removes it, or because the cell would be held against itself.
    pub(super) fn of_cell(self, axes: &[Axis], coordinates: &[usize]) -> Option<(Gate, Place)> {
        let gate = self.gate?;
        let Some(against) = self.against else { return Some((gate, self.place)) };
        let reference =
            Some(Reference { cell: against.cell(axes, coordinates)?, metric: against.metric });
        Some((Gate { reference, ..gate }, self.place))
    }
}

/// Reads an `expect` table. `may_remove`: whether `false` has something to remove (in an override
/// and on the command line it has).
pub(super) fn read(node: &Arc<Node>, may_remove: bool, sink: &mut Sink) -> Vec<Expectation> {
    let Some(table) = node.table() else {
        let message = format!(
            "`expect` takes a table such as `{{ intact = \"100%\" }}`, not {}",
            node.type_name()
        );
        sink.push(Diagnostic::new(node.place, message));
        return Vec::new();
    };
    let mut out = Vec::new();
    lines("", table, may_remove, sink, &mut HashSet::new(), &mut out);
    out
}

/// `request.intact` and `p99.9` without quotes are tables within tables: read them as one name.
fn lines(
    prefix: &str,
    table: &Table,
    may_remove: bool,
    sink: &mut Sink,
    known: &mut HashSet<String>,
    out: &mut Vec<Expectation>,
) {
    for entry in table {
        let name = format!("{prefix}{}", entry.key);
        // No metric's name has more than three parts, so deeper tables are wrong anyway.
        let may_go_on = name.matches('.').count() < 3 && reference::split(&name).is_none();
        if let (Some(inner), true) = (entry.node.table(), may_go_on) {
            lines(&format!("{name}."), inner, may_remove, sink, known, out);
            continue;
        }
        let (metric, against) = match reference::split(&name) {
            Some(parts) => match reference::against(parts, entry.key_place, sink) {
                Some((metric, against)) => (metric, Some(against)),
                None => continue,
            },
            None => match metric(&name, entry.key_place, sink) {
                Some(metric) => (metric, None),
                None => continue,
            },
        };
        let place = entry.node.place;
        if !known.insert(name.clone()) {
            let message = format!("`{name}` has a gate already: a metric has one");
            sink.push(Diagnostic::new(entry.key_place, message));
            continue;
        }
        if let Value::Bool(false) = entry.node.value {
            if may_remove {
                out.push(Expectation { name, place: entry.key_place, gate: None, against });
            } else {
                let message = "`false` removes a gate in an override: here there is none to remove";
                sink.push(Diagnostic::new(place, message));
            }
            continue;
        }
        let read = if against.is_some() { ratio::gate } else { limit::gate };
        if let Some(gate) = read(&name, &metric, &entry.node, sink) {
            out.push(Expectation { name, place: entry.key_place, gate: Some(gate), against });
        }
    }
}

/// Later expectations replace earlier ones of the same metric, or remove them. There may be thousands,
/// and cells as many, so the work is linear.
pub(super) fn merge(base: &mut Vec<Expectation>, later: &[Expectation]) {
    if later.is_empty() {
        return;
    }
    let mut lines: HashMap<&str, &Expectation> =
        later.iter().map(|line| (line.name.as_str(), line)).collect();
    base.retain_mut(|known| match lines.remove(known.name.as_str()) {
        Some(line) => {
            *known = line.clone();
            line.gate.is_some()
        }
        None => true,
    });
    let fresh = later.iter().filter(|line| line.gate.is_some());
    base.extend(fresh.filter_map(|line| lines.remove(line.name.as_str())).cloned());
}

/// Bytes that these gates take: what a cell costs to keep. `id`: how long the ids of cells are.
pub(super) fn weight(expect: &[Expectation], id: usize) -> usize {
    let of_line = |line: &Expectation| {
        let gate = line.gate.as_ref()?;
        let reference = line.against.as_ref().map_or(0, |against| against.metric.len() + id);
        Some(size_of::<Gate>() + gate.metric.len() + gate.text.len() + reference)
    };
    expect.iter().filter_map(of_line).sum()
}

/// Collects the expectations of several options; removals are kept for what they are merged into.
pub(super) fn merge_raw(list: &mut Vec<Expectation>, later: Vec<Expectation>) {
    for line in later {
        list.retain(|known| known.name != line.name);
        list.push(line);
    }
}

fn metric(name: &str, place: Place, sink: &mut Sink) -> Option<Metric> {
    if let Some((metric, _)) = find(name) {
        return Some(metric);
    }
    sink.push_with(|| no_metric(name, place));
    None
}

fn no_metric(name: &str, place: Place) -> Diagnostic {
    if let Some(diagnostic) = reference::without_spaces(name, place) {
        return diagnostic;
    }
    let bare = name.strip_prefix("request.").or_else(|| name.strip_prefix("reply."));
    match bare.and_then(find) {
        Some((metric, None)) => Diagnostic::new(
            place,
            format!("`{}` is measured for both directions together", metric.name()),
        )
        .label(format!("did you mean `{}`?", metric.name())),
        _ => {
            let shown = if name.len() > 100 { "this" } else { name };
            let diagnostic = Diagnostic::new(place, format!("there is no metric `{shown}`"));
            let names: Vec<String> = METRICS
                .iter()
                .flat_map(|metric| {
                    let directed = ["request.", "reply."]
                        .into_iter()
                        .filter(|_| metric.definition().directional)
                        .map(|prefix| format!("{prefix}{}", metric.name()));
                    std::iter::once(metric.name().into_owned()).chain(directed)
                })
                .collect();
            if bare
                .unwrap_or(name)
                .trim_start_matches("p")
                .starts_with(|c: char| c.is_ascii_digit())
            {
                return diagnostic.help(
                    "a percentile is over 0 and below 100, with three decimals at most: `p95`, \
                     `p99.9`; the ends are `min` and `max`",
                );
            }
            let known: Vec<_> = METRICS.iter().map(Metric::name).collect();
            let help = format!("the metrics are {}, and any percentile", known.join(", "));
            diagnostic.suggest(name, names.iter().map(String::as_str)).help(help)
        }
    }
}
