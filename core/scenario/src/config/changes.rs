//! What a profile changes in scenarios: keys as `--set` does, and gates that are merged into theirs.

use crate::diagnostics::{Diagnostic, Sink, Source};
use crate::gates;
use crate::keys;
use crate::layered;
use crate::options::{Changes, Step};
use crate::tree::{Entry, Node, Table, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// Tables within tables of axes are followed so deep: no key lies deeper.
const DEEPEST: usize = 8;

/// What a profile, or its part for a scenario, changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// Keys by their paths, axes as `matrix.KEY`.
    pub(super) set: Vec<Entry>,
    /// The table of gates.
    pub(super) expect: Option<Arc<Node>>,
}

/// What a profile changes in scenarios, with all that it inherits.
#[derive(Clone, Debug)]
pub struct ProfileChanges(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    source: Source,
    /// The later, the stronger. With the name of a scenario where they are for that alone.
    parts: Vec<(Option<String>, Part)>,
    /// Scenarios, and whether each is left out; the last word holds.
    skips: Vec<(String, bool)>,
}

/// They are the same where they were read at once.
impl PartialEq for ProfileChanges {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for ProfileChanges {}

impl ProfileChanges {
    pub(super) fn new(
        name: String,
        source: Source,
        parts: Vec<(Option<String>, Part)>,
        skips: Vec<(String, bool)>,
    ) -> Self {
        Self(Arc::new(Inner { name, source, parts, skips }))
    }

    /// The profile's name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// True where the scenario of this name is left out.
    pub fn skips(&self, scenario: &str) -> bool {
        let said = self.0.skips.iter().rev().find(|(name, _)| name == scenario);
        said.is_some_and(|(_, skip)| *skip)
    }

    /// What it sets in the scenario of this name, for `--set` of any wirebench: `KEY=VALUE`, the value in TOML.
    /// What decides alone, and changes no round, is left out.
    pub fn options(&self, scenario: &str) -> Vec<String> {
        let set = self.set(scenario).into_iter();
        let plays =
            set.filter(|change| change.key != "baseline" && !change.key.starts_with("baseline."));
        plays.map(|change| format!("{}={}", change.key, change.node.as_toml())).collect()
    }

    /// The file's text.
    pub(crate) fn source(&self) -> Source {
        self.0.source.clone()
    }

    /// Reads all that is for the scenario of this name.
    pub(crate) fn read(&self, scenario: &str, changes: &mut Changes, sink: &mut Sink) {
        for part in self.parts(scenario) {
            let mut step = Step::default();
            part.set.iter().for_each(|one| step.add(&one.key, one.key_place, &one.node, sink));
            let expect = part.expect.as_ref().map(|node| gates::read(node, true, sink));
            changes.add_step(step, expect.unwrap_or_default());
        }
    }

    /// All that is for the scenario of this name, as `key=value`.
    pub(crate) fn told(&self, scenario: &str) -> Vec<String> {
        let set = self.set(scenario).into_iter();
        let mut told: Vec<String> =
            set.map(|one| format!("{}={}", one.key, one.node.written())).collect();
        let mut expect = Vec::new();
        for node in self.parts(scenario).filter_map(|part| part.expect.as_ref()) {
            gates::merge_raw(&mut expect, gates::read(node, true, &mut Sink::default()));
        }
        told.extend(expect.iter().map(gates::Expectation::told));
        told
    }

    fn parts<'a>(&'a self, scenario: &'a str) -> impl Iterator<Item = &'a Part> {
        let is_for = move |of: &Option<String>| of.as_ref().is_none_or(|name| name == scenario);
        self.0.parts.iter().filter(move |(of, _)| is_for(of)).map(|(_, part)| part)
    }

    /// Single keys, and of each what is said of it last.
    fn set(&self, scenario: &str) -> Vec<Entry> {
        let mut set: Vec<Entry> = Vec::new();
        for change in self.parts(scenario).flat_map(|part| &part.set).flat_map(single_keys) {
            let withdrawn = layered::rivals(&change.key);
            set.retain(|known| known.key != change.key && !withdrawn.contains(&&*known.key));
            set.push(change);
        }
        set
    }
}

/// A table of keys, key by key.
fn single_keys(change: &Entry) -> Vec<Entry> {
    match change.node.table().filter(|_| keys::is_group(&change.key)) {
        Some(table) => {
            let path = |entry: &Entry| format!("{}.{}", change.key, entry.key);
            table.iter().map(|entry| Entry { key: path(entry), ..entry.clone() }).collect()
        }
        None => vec![change.clone()],
    }
}

/// Reads a table of keys, and says what is wrong with it whatever the scenario.
pub(super) fn read_set(node: &Node, sink: &mut Sink) -> Vec<Entry> {
    let Some(table) = node.table() else {
        let message = format!(
            "`set` takes a table such as `{{ \"load.rounds\" = 10 }}`, not {}",
            node.type_name()
        );
        sink.push(Diagnostic::new(node.place, message));
        return Vec::new();
    };
    let mut set = Vec::new();
    for entry in table {
        let first = entry.key.split('.').next().unwrap_or_default();
        let refused = match (first, entry.node.table()) {
            ("schema" | "name", _) => {
                "a profile changes scenarios, and not what they are called".to_owned()
            }
            ("expect", _) => "gates stand in `expect`, beside `set`".to_owned(),
            ("override", _) => {
                "a profile changes keys of all cells: it has no overrides".to_owned()
            }
            ("matrix", Some(axes)) if first == entry.key => {
                collect("matrix", axes, &mut set);
                continue;
            }
            ("matrix", _) if first == entry.key => {
                let kind = entry.node.type_name();
                let message = format!("`matrix` takes a table of axes, not {kind}");
                sink.push(Diagnostic::new(entry.node.place, message));
                continue;
            }
            _ => {
                set.push(entry.clone());
                continue;
            }
        };
        sink.push(Diagnostic::new(entry.key_place, refused));
    }
    set
}

/// `matrix.load.payload = […]` without quotes is a table within a table: it is one path.
fn collect(prefix: &str, table: &Table, set: &mut Vec<Entry>) {
    for entry in table {
        let key = format!("{prefix}.{}", entry.key);
        match &entry.node.value {
            Value::Table(inner) if key.matches('.').count() < DEEPEST => collect(&key, inner, set),
            _ => set.push(Entry { key, ..entry.clone() }),
        }
    }
}

/// Says what is wrong with keys and gates, whatever the scenario.
pub(super) fn check(part: &Part, sink: &mut Sink) {
    let mut step = Step::default();
    part.set.iter().for_each(|one| step.add(&one.key, one.key_place, &one.node, sink));
    step.check_axes(sink);
    let mut places = HashMap::new();
    for (path, place) in step.paths() {
        if let Some(first) = places.insert(path.clone(), place) {
            let message = format!("`{path}` is set twice");
            sink.push(Diagnostic::new(place, message).related(first, "it is set here already"));
        }
    }
    if let Some(node) = &part.expect {
        gates::read(node, true, sink);
    }
}
