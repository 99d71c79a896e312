//! What the command line changes: `--set key=value` and its short forms.

use super::assign::{Assignment, Scope, flatten};
use super::diagnostics::{Diagnostic, Place, Sink, Source};
use super::gates::{self, Expectation};
use super::matrix::{self, Axis};
use super::secrets;
use super::tree::{self, Entry, Node, Value};
use std::sync::Arc;

/// Changes to a scenario that do not stand in its file. They win over everything in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--set KEY=VALUE`, in order. The value is read as TOML, else as a string. A key that is an
    /// axis of the matrix leaves only that value of the axis; `matrix.KEY=[…]` replaces an axis or
    /// adds one, `expect.METRIC=…` a gate (`false` removes it).
    pub set: Vec<String>,
    /// `--seed N`: `load.seed`.
    pub seed: Option<u64>,
    /// `--rounds N`: `load.rounds`.
    pub rounds: Option<u32>,
    /// `--duration TIME`: `load.duration`; also where the scenario counts messages.
    pub duration: Option<String>,
    /// One side is played alone, whatever the scenario says of a server: there is no ledger that its
    /// messages would have to fit into.
    pub one_side: bool,
}

/// The changes, read.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) assignments: Vec<Assignment>,
    pub(super) expect: Vec<Expectation>,
    axes: Vec<Entry>,
    keys: Vec<Change>,
}

/// A key, or a table of keys, and what it comes down to.
#[derive(Debug)]
struct Change {
    path: String,
    node: Arc<Node>,
    assignments: Vec<Assignment>,
}

/// Reads all options. Each becomes a source of its own, to be shown in errors.
pub(super) fn read(overrides: &Overrides, sources: &mut Vec<Source>, sink: &mut Sink) -> Changes {
    let mut changes = Changes::default();
    for set in &overrides.set {
        one("--set ", "", set, sources, &mut changes, sink);
    }
    let short = [
        ("--seed ", "load.seed", overrides.seed.map(|seed| seed.to_string())),
        ("--rounds ", "load.rounds", overrides.rounds.map(|rounds| rounds.to_string())),
        ("--duration ", "load.duration", overrides.duration.clone()),
    ];
    for (option, key, value) in short {
        if let Some(value) = value {
            one(option, key, &value, sources, &mut changes, sink);
        }
    }
    changes
}

/// How errors call the place of an option.
const NAME: &str = "command line";

/// What TOML has for white space. What else is blank belongs to the value.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// Reads `option` with its argument: a value for `key`, or `key=value` when `key` is empty.
fn one(
    option: &str,
    key: &str,
    argument: &str,
    sources: &mut Vec<Source>,
    changes: &mut Changes,
    sink: &mut Sink,
) {
    let source = sources.len() as u32;
    let text = format!("{option}{argument}");
    let start = option.len();
    let whole = Place::new(source, 0, text.len());
    let (key, key_place, value_at) = if !key.is_empty() {
        (key.to_owned(), whole, start)
    } else if let Some(equals) = equals_sign(argument) {
        let key = argument[..equals].trim();
        let key_place = Place::new(source, start, start + equals);
        if hides_a_dot(key) {
            let value = Place::new(source, start + equals + 1, text.len());
            let secrets = secrets::of_unread_option(&key.replace('"', ""), value);
            sources.push(Source { secrets, ..Source::new(NAME, &text) });
            sink.push(
                Diagnostic::new(key_place, "`--set` reaches no name that has a dot in it").help(
                    "set the table that it stands in as a whole: `--set 'handler.config={ … }'`",
                ),
            );
            return;
        }
        (key.replace('"', ""), key_place, start + equals + 1)
    } else {
        sources.push(Source::new(NAME, &text));
        sink.push(
            Diagnostic::new(whole, "`--set` takes KEY=VALUE")
                .help("for example `--set load.in-flight=8`"),
        );
        return;
    };
    let value = text[value_at..].trim_start_matches(BLANKS);
    let value_at = text.len() - value.len();
    let raw = value.trim_end_matches(BLANKS);
    if let Some(why) = tree::broken(raw) {
        let place = Place::new(source, value_at, value_at + raw.len());
        let secrets = secrets::of_unread_option(&key, place);
        sources.push(Source { secrets, ..Source::new(NAME, &text) });
        sink.push(
            Diagnostic::new(place, format!("this begins like TOML and is none: {why}"))
                .help("text that begins with a quote, a bracket or a brace is written in quotes"),
        );
        return;
    }
    let node = tree::value(raw, source, value_at).unwrap_or_else(|| Node {
        place: Place::new(source, value_at, value_at + raw.len()),
        value: Value::Text(raw.to_owned()),
    });
    let node = Arc::new(node);
    let secrets = secrets::of_option(&key, &node);
    sources.push(Source { secrets, ..Source::new(NAME, &text) });
    if let Some(metric) = key.strip_prefix("expect.") {
        let entry = Entry { key: metric.to_owned(), key_place, node };
        let table = Node { place: whole, value: Value::Table(vec![entry]) };
        gates::merge_raw(&mut changes.expect, gates::read(&Arc::new(table), true, sink));
    } else if let Some(axis) = key.strip_prefix("matrix.") {
        changes.axes.push(Entry { key: axis.to_owned(), key_place, node });
    } else if ["expect", "matrix", "override"].contains(&key.as_str()) {
        let message = format!("`--set` changes single keys, not `{key}` as a whole");
        sink.push(Diagnostic::new(key_place, message));
    } else {
        let assignments = flatten(&key, key_place, &node, Scope::File, sink);
        changes.keys.push(Change { path: key, node, assignments });
    }
}

/// Where the key of `key=value` ends. A quoted one may have the sign itself: it names another cell.
pub(super) fn equals_sign(argument: &str) -> Option<usize> {
    let mut quoted = false;
    let outside = argument.char_indices().find(|(_, character)| {
        quoted ^= *character == '"';
        *character == '=' && !quoted
    });
    outside.map(|(at, _)| at).or_else(|| argument.find('='))
}

/// True when a part of a path has a dot of its own within quotes: what its quotes hold together would
/// be taken apart. The names of axes and of metrics are paths themselves, and so is a key that is
/// quoted as a whole.
fn hides_a_dot(key: &str) -> bool {
    let is_path = key.starts_with("expect.") || key.starts_with("matrix.") || key.starts_with('"');
    !is_path && key.split('"').skip(1).step_by(2).any(|quoted| quoted.contains('.'))
}

impl Changes {
    /// Replaces, adds and collapses axes; what is left are assignments to every cell.
    pub(super) fn apply_to_axes(&mut self, axes: &mut Vec<Axis>, sink: &mut Sink) {
        for entry in std::mem::take(&mut self.axes) {
            let known = axes.iter().position(|axis| axis.path == entry.key);
            let mut fresh = Vec::new();
            matrix::add(&mut fresh, &entry.key, entry.key_place, &entry.node, sink);
            match (fresh.pop(), known) {
                (Some(mut axis), Some(index)) => {
                    std::mem::swap(&mut axes[index], &mut axis);
                    axes[index].remember(axis);
                }
                (Some(axis), None) => axes.push(axis),
                (None, _) => {}
            }
        }
        for change in std::mem::take(&mut self.keys) {
            // A table of keys may be an axis as a whole, and so may be a setting of the handler.
            if let Some(axis) = axes.iter_mut().find(|axis| axis.path == change.path) {
                axis.collapse(&change.node, change.assignments);
                continue;
            }
            for assignment in change.assignments {
                let path = assignment.path();
                if let Some(axis) = axes.iter_mut().find(|axis| axis.path == path) {
                    let node = Arc::clone(&assignment.node);
                    axis.collapse(&node, vec![assignment]);
                    continue;
                }
                if let Some(axis) = axes.iter().find(|axis| axis.says(&path)) {
                    sink.push(contradicts(&path, &assignment, axis));
                    continue;
                }
                self.assignments.push(assignment);
            }
        }
    }
}

/// A cell's id would say one thing, and the cell do another.
fn contradicts(path: &str, assignment: &Assignment, axis: &Axis) -> Diagnostic {
    let shown = &axis.path;
    let message =
        format!("`{path}` is decided by the matrix: the axis `{shown}` has values for it");
    Diagnostic::new(assignment.key_place, message).related(axis.place, "the axis").help(format!(
        "`--set '{shown}=…'` leaves one value of it, `--set 'matrix.{shown}=[…]'` gives it others"
    ))
}
