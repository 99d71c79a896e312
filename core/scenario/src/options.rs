//! What the command line changes: `--set key=value` and its short forms.

use super::assign::{Assignment, Scope, flatten};
use super::config::ProfileChanges;
use super::diagnostics::{Diagnostic, Place, Sink, Source};
use super::gates::{self, Expectation};
use super::layered::rivals;
use super::load::{LAYER_OPTION, LAYER_PROFILE};
use super::matrix::{self, Axis};
use super::secrets;
use super::tree::{self, Entry, Node, Value};
use std::sync::Arc;

/// Changes to a scenario that do not stand in its file. They win over everything in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// What a profile of `wirebench.toml` changes. All that follows wins over it.
    pub profile: Option<ProfileChanges>,
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
    pub(super) assignments: Vec<Changed>,
    /// Gates of the command line: the last word.
    pub(super) expect: Vec<Expectation>,
    /// Gates of the profile: they are merged into those of the file.
    pub(super) of_profile: Vec<Expectation>,
    /// The later, the stronger.
    steps: Vec<Step>,
}

/// An assignment to every cell, and how strong it is.
#[derive(Debug)]
pub(super) struct Changed {
    pub(super) assignment: Assignment,
    pub(super) layer: u32,
}

/// Changes that are equally strong.
#[derive(Debug, Default)]
pub(super) struct Step {
    layer: u32,
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

impl Step {
    /// Adds a change of a key, or of an axis as `matrix.KEY`. What can be told to be wrong already is reported.
    pub(super) fn add(&mut self, key: &str, key_place: Place, node: &Arc<Node>, sink: &mut Sink) {
        if let Some(axis) = key.strip_prefix("matrix.") {
            let (key, node) = (axis.to_owned(), Arc::clone(node));
            self.axes.push(Entry { key, key_place, node });
        } else {
            let assignments = flatten(key, key_place, node, Scope::File, sink);
            let (path, node) = (key.to_owned(), Arc::clone(node));
            self.keys.push(Change { path, node, assignments });
        }
    }

    /// The single keys that are changed, each with the place of its name.
    pub(super) fn paths(&self) -> impl Iterator<Item = (String, Place)> {
        let axes = self.axes.iter().map(|axis| (format!("matrix.{}", axis.key), axis.key_place));
        let keys = self.keys.iter().flat_map(|change| &change.assignments);
        axes.chain(keys.map(|assignment| (assignment.path(), assignment.key_place)))
    }

    /// Reports what is wrong with the axes, whatever the scenario.
    pub(super) fn check_axes(&self, sink: &mut Sink) {
        for entry in &self.axes {
            matrix::add(&mut Vec::new(), &entry.key, entry.key_place, &entry.node, sink);
        }
    }
}

/// Reads what a profile changes in the scenario `name`, and all options. Each of these becomes a source of its
/// own, to be shown in errors.
pub(super) fn read(
    overrides: &Overrides,
    name: &str,
    sources: &mut Vec<Source>,
    sink: &mut Sink,
) -> Changes {
    let mut changes = Changes::default();
    if let Some(profile) = &overrides.profile {
        profile.read(name, &mut changes, sink);
    }
    changes.steps.push(Step { layer: LAYER_OPTION, ..Step::default() });
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
    } else if ["expect", "matrix", "override"].contains(&key.as_str()) {
        let message = format!("`--set` changes single keys, not `{key}` as a whole");
        sink.push(Diagnostic::new(key_place, message));
    } else if let Some(step) = changes.steps.last_mut() {
        step.add(&key, key_place, &node, sink);
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
    /// Adds gates and keys of a profile, which are stronger than those before.
    pub(super) fn add_step(&mut self, step: Step, expect: Vec<Expectation>) {
        let layer = LAYER_PROFILE + self.steps.len() as u32;
        self.steps.push(Step { layer, ..step });
        gates::merge_raw(&mut self.of_profile, expect);
    }

    /// Replaces, adds and collapses axes; what is left are assignments to every cell.
    pub(super) fn apply_to_axes(&mut self, axes: &mut Vec<Axis>, sink: &mut Sink) {
        for step in std::mem::take(&mut self.steps) {
            self.apply_step(step, axes, sink);
        }
    }

    fn apply_step(&mut self, step: Step, axes: &mut Vec<Axis>, sink: &mut Sink) {
        for entry in step.axes {
            let known = axes.iter().position(|axis| axis.path == entry.key);
            let mut fresh = Vec::new();
            matrix::add(&mut fresh, &entry.key, entry.key_place, &entry.node, sink);
            let Some(mut axis) = fresh.pop() else { continue };
            // What weaker changes say of it holds for no cell any more.
            self.assignments.retain(|one| !lies_within(&one.assignment.path(), &axis.path));
            match known {
                Some(index) => {
                    std::mem::swap(&mut axes[index], &mut axis);
                    axes[index].remember(axis);
                }
                None => axes.push(axis),
            }
        }
        let layer = step.layer;
        for change in step.keys {
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
                // What withdraws the value of an axis contradicts it as well.
                let is_rival = |axis: &Axis| {
                    rivals(&path).iter().any(|rival| axis.path == *rival || axis.says(rival))
                };
                if let Some(axis) = axes.iter().find(|axis| axis.says(&path) || is_rival(axis)) {
                    sink.push(contradicts(&path, &assignment, axis));
                    continue;
                }
                self.assignments.push(Changed { assignment, layer });
            }
        }
    }
}

/// True for the path of an axis, and for one within it.
fn lies_within(path: &str, axis: &str) -> bool {
    path.strip_prefix(axis).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
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
