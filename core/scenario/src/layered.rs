//! The values of a cell, put together from layers: defaults, file, matrix, overrides, options.

use super::assign::Assignment;
use super::diagnostics::Place;
use super::keys::{self, KEYS};
use super::tables::cpu::LISTS;
use super::tree::{Entry, Node, Value};
use std::sync::Arc;

/// One key's value in a cell, and the layer that it is from.
#[derive(Clone, Debug)]
pub(super) struct Layered {
    pub(super) node: Arc<Node>,
    pub(super) key_place: Place,
    /// 0 is the default; of several layers, the highest wins.
    pub(super) layer: u32,
}

/// The values of one cell, indexed like [`KEYS`]: of each key that of the highest layer which has one.
#[derive(Clone, Debug)]
pub(super) struct Values {
    given: Vec<Option<Layered>>,
}

impl Values {
    /// The defaults. Their places lie in `source`, the text of [`defaults_text`].
    pub(super) fn defaults(source: u32) -> Self {
        let mut offset = 0;
        let given = KEYS
            .iter()
            .map(|key| {
                let start = offset + key.path.len() + 3;
                offset = start + key.default.len() + 1;
                let node = super::tree::value(key.default, source, start)
                    .filter(|_| !key.default.is_empty())?;
                Some(Layered { key_place: node.place, node: Arc::new(node), layer: 0 })
            })
            .collect();
        Self { given }
    }

    pub(super) fn get(&self, path: &str) -> Option<&Layered> {
        self.given[keys::index(path)?].as_ref()
    }

    /// Applies one assignment on top of what is there.
    pub(super) fn apply(&mut self, assignment: &Assignment, layer: u32) {
        for rival in rivals(KEYS[assignment.key].path).iter().filter_map(|path| keys::index(path)) {
            if self.given[rival].as_ref().is_some_and(|given| given.layer < layer) {
                self.given[rival] = None;
            }
        }
        let slot = &mut self.given[assignment.key];
        let node = match (&*slot, assignment.below.as_slice()) {
            (_, []) => Arc::clone(&assignment.node),
            (given, below) => {
                let base = given.as_ref().map(|given| &*given.node);
                let mut node = set_within(base, below, assignment);
                // A default stands nowhere that anybody has written.
                if given.as_ref().is_some_and(|given| given.layer == 0) {
                    node.place = assignment.node.place;
                }
                Arc::new(node)
            }
        };
        let key_place = if assignment.below.is_empty() {
            assignment.key_place
        } else {
            slot.as_ref().map_or(assignment.key_place, |given| given.key_place)
        };
        *slot = Some(Layered { node, key_place, layer });
    }

    /// Bytes of source text that the values take: what a cell costs to keep.
    pub(super) fn weight(&self) -> usize {
        self.given.iter().flatten().map(|given| 16 + given.node.place.len()).sum()
    }
}

/// The keys that a key withdraws from below: how a round ends is one decision, and so is where sides run, each
/// written in one of two forms.
pub(super) fn rivals(path: &str) -> &'static [&'static str] {
    match path {
        "load.duration" => &["load.messages"],
        "load.messages" => &["load.duration"],
        "cpu.placement" => &LISTS,
        "cpu.server" | "cpu.client" => &["cpu.placement"],
        _ => &[],
    }
}

/// The text that the places of defaults point into.
pub(super) fn defaults_text() -> String {
    KEYS.iter().map(|key| format!("{} = {}\n", key.path, key.default)).collect()
}

/// A copy of `base` in which `path` holds the assignment's value. A framing's name becomes a table.
fn set_within(base: Option<&Node>, path: &[String], assignment: &Assignment) -> Node {
    let Some((first, rest)) = path.split_first() else {
        return (*assignment.node).clone();
    };
    let place = base.map_or(assignment.node.place, |node| node.place);
    let mut table = match base.map(|node| &node.value) {
        Some(Value::Table(table)) => table.clone(),
        Some(Value::Text(_)) => base
            .map(|node| Entry {
                key: "kind".to_owned(),
                key_place: node.place,
                node: Arc::new(node.clone()),
            })
            .into_iter()
            .collect(),
        _ => Vec::new(),
    };
    let old = table.iter().position(|entry| entry.key == *first);
    let node = set_within(old.map(|index| &*table[index].node), rest, assignment);
    let entry = Entry { key: first.clone(), key_place: assignment.key_place, node: Arc::new(node) };
    match old {
        Some(index) => table[index] = entry,
        None => table.push(entry),
    }
    Node { place, value: Value::Table(table) }
}
