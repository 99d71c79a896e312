//! From tables to assignments of single keys.

use super::diagnostics::{Diagnostic, Place, Sink};
use super::keys::{self, KEYS};
use super::read;
use super::tree::{Entry, Node, Table};
use std::sync::Arc;
use wirebench_measure::find;
use wirebench_values::similar;

/// Paths into a plugin's settings are not longer than this.
const DEEPEST: usize = 16;

/// `key = value`, wherever it is written.
#[derive(Clone, Debug)]
pub(super) struct Assignment {
    /// Index in [`KEYS`].
    pub(super) key: usize,
    /// The path within the key's own table (`framing.max`): empty for the whole value.
    pub(super) below: Vec<String>,
    pub(super) key_place: Place,
    pub(super) node: Arc<Node>,
}

impl Assignment {
    /// The dotted path of what is assigned, names within the key's own table included.
    pub(super) fn path(&self) -> String {
        let mut path = KEYS[self.key].path.to_owned();
        self.below.iter().for_each(|name| path.extend([".", name]));
        path
    }
}

/// What may be assigned somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Every key.
    File,
    /// Only keys in which cells may differ; the text says who asks.
    Cell(&'static str),
}

/// Takes `path = node` apart into assignments of single keys. Unknown keys and values that cannot
/// be right are reported; what is wrong is still assigned, so that nothing seems missing.
pub(super) fn flatten(
    path: &str,
    key_place: Place,
    node: &Arc<Node>,
    scope: Scope,
    sink: &mut Sink,
) -> Vec<Assignment> {
    let mut out = Vec::new();
    walk(path, key_place, node, scope, sink, &mut out);
    out
}

fn walk(
    path: &str,
    key_place: Place,
    node: &Arc<Node>,
    scope: Scope,
    sink: &mut Sink,
    out: &mut Vec<Assignment>,
) {
    if keys::is_group(path) {
        let Some(table) = node.table() else {
            let example = keys::children(path).first().copied().unwrap_or_default();
            let message = format!(
                "`{path}` takes a table such as `{{ {example} = … }}`, not {}",
                node.type_name()
            );
            sink.push(Diagnostic::new(node.place, message));
            return;
        };
        for entry in table {
            let path = format!("{path}.{}", entry.key);
            walk(&path, entry.key_place, &entry.node, scope, sink, out);
        }
        return;
    }
    let Some((key, rest)) = keys::covering(path) else {
        sink.push_with(|| unknown(path, key_place));
        return;
    };
    if let Scope::Cell(who) = scope
        && !KEYS[key].varies
    {
        let message = format!("`{path}` holds for the whole scenario: {who} cannot change it");
        sink.push(Diagnostic::new(key_place, message));
        return;
    }
    let below: Vec<String> =
        if rest.is_empty() { Vec::new() } else { rest.split('.').map(str::to_owned).collect() };
    if below.len() > DEEPEST {
        let message = format!("a path leads at most {DEEPEST} tables deep");
        sink.push(Diagnostic::new(key_place, message));
        return;
    }
    if below.is_empty() {
        read::check(&KEYS[key], node, sink);
    }
    out.push(Assignment { key, below, key_place, node: Arc::clone(node) });
}

/// An unknown key, with what may have been meant.
pub(super) fn unknown(path: &str, place: Place) -> Diagnostic {
    let shown = if path.len() > 100 { "this" } else { path };
    let diagnostic = Diagnostic::new(place, format!("unknown key `{shown}`"));
    let (group, last) = path.rsplit_once('.').unwrap_or(("", path));
    if let Some(table) = keys::meant(path) {
        return diagnostic.label(format!("did you mean `[{table}]`?"));
    }
    if let Some(home) = home_of(group, last) {
        return diagnostic.label(home);
    }
    let siblings = keys::children(group);
    let elsewhere =
        || KEYS.iter().map(|key| key.path).find(|known| similar(path, [*known]).is_some());
    if let Some(name) = similar(last, siblings.iter().copied()).or_else(elsewhere) {
        return diagnostic.label(format!("did you mean `{name}`?"));
    }
    match (group, siblings.is_empty()) {
        ("", _) => diagnostic.help(format!("at the top level stand {}", siblings.join(", "))),
        (_, false) => diagnostic.help(format!("`{group}` has {}", siblings.join(", "))),
        _ => diagnostic,
    }
}

/// Where a name belongs that stands in the wrong table.
fn home_of(group: &str, last: &str) -> Option<String> {
    let key = KEYS.iter().map(|key| key.path).find(|path| path.rsplit('.').next() == Some(last));
    let top = keys::is_group(last) || keys::is_section(last);
    match key.and_then(|path| path.split_once('.')) {
        Some((table, _)) => Some(format!("belongs in `[{table}]`: `{table}.{last}`")),
        None if key.is_some() || top => {
            (!group.is_empty()).then(|| "belongs at the top level, above all tables".to_owned())
        }
        None => find(last).map(|_| format!("belongs in `[expect]`: `expect.{last}`")),
    }
}

/// Splits a document's table into assignments and the sections with rules of their own.
pub(super) fn document(table: &Table, sink: &mut Sink) -> (Vec<Assignment>, Vec<Entry>) {
    let mut assignments = Vec::new();
    let mut sections = Vec::new();
    for entry in table {
        if keys::is_section(&entry.key) {
            sections.push(entry.clone());
        } else {
            // A quoted key with a dot in it is not a path.
            if entry.key.contains('.') {
                sink.push_with(|| unknown(&entry.key, entry.key_place));
                continue;
            }
            let found = flatten(&entry.key, entry.key_place, &entry.node, Scope::File, sink);
            assignments.extend(found);
        }
    }
    (assignments, sections)
}
