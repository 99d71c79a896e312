//! `framing`: a name, a table, or one per direction.

use super::diagnostics::{Diagnostic, Place, Sink};
use super::key::{Key, Kind, key};
use super::read::{self, is_name};
use super::tree::Node;
use wirebench_framings::{Capabilities, FramingSpec};
use wirebench_values::similar;

/// The longest name of a framing or a plugin.
const LONGEST_NAME: usize = 128;

/// What a framing's table says besides its settings.
pub(super) const KIND: Key =
    key("framing.kind", Kind::Name(LONGEST_NAME), "", "the framing's name in its plugin");
pub(super) const PLUGIN: Key = key(
    "framing.plugin",
    Kind::Name(LONGEST_NAME),
    "",
    "the plugin that brings the framing, by its short name or its id",
);
pub(super) const PATH: Key = key(
    "framing.path",
    Kind::Text(4_096),
    "",
    "the plugin's shared object, relative to the scenario's folder; without it the plugin is searched for",
);

/// One direction's framing, and where it is named.
#[derive(Clone, Debug)]
pub(super) struct ChosenFraming {
    pub(super) spec: FramingSpec,
    /// `None` for a plugin's framing: only the plugin knows.
    pub(super) capabilities: Option<Capabilities>,
    pub(super) place: Place,
}

/// Both directions.
#[derive(Clone, Debug)]
pub(super) struct FramingPair {
    pub(super) request: ChosenFraming,
    pub(super) reply: ChosenFraming,
}

impl FramingPair {
    /// In place of a framing that cannot be read: nothing is known of it.
    pub(super) fn stand_in() -> Self {
        let settings = serde_json::Map::new();
        let spec = FramingSpec { kind: String::new(), plugin: None, path: None, settings };
        let chosen = ChosenFraming { spec, capabilities: None, place: Place::start_of(0) };
        Self { request: chosen.clone(), reply: chosen }
    }
}

/// Reads any of the forms.
pub(super) fn read(node: &Node, sink: &mut Sink) -> Option<FramingPair> {
    let directions = ["request", "reply"];
    let per_direction = node
        .table()
        .is_some_and(|table| table.iter().any(|entry| directions.contains(&entry.key.as_str())));
    if !per_direction {
        let both = one(node, sink)?;
        return Some(FramingPair { request: both.clone(), reply: both });
    }
    for entry in node.table()? {
        if !directions.contains(&entry.key.as_str()) {
            let message =
                format!("a framing per direction has `request` and `reply`, not `{}`", entry.key);
            sink.push(Diagnostic::new(entry.key_place, message).suggest(&entry.key, directions));
        }
    }
    let mut side = |name: &str| match node.entry(name) {
        Some(entry) => one(&entry.node, sink),
        None => {
            let message = format!("`framing` names only one direction: `{name}` is missing");
            sink.push(Diagnostic::new(node.place, message));
            None
        }
    };
    let (request, reply) = (side("request"), side("reply"));
    Some(FramingPair { request: request?, reply: reply? })
}

fn one(node: &Node, sink: &mut Sink) -> Option<ChosenFraming> {
    if let Some(kind) = node.text() {
        return built_in(kind, node, node.place, sink);
    }
    if node.table().is_none() {
        let message = format!(
            "`framing` takes a name, a table such as `{{ kind = \"len32le\", max = \"1 MiB\" }}` or \
             `{{ request = …, reply = … }}`, not {}",
            node.type_name()
        );
        sink.push(Diagnostic::new(node.place, message));
        return None;
    }
    let Some(entry) = node.entry("kind") else {
        let message = "a framing as a table needs `kind`, its name";
        let near = node.table()?.iter().find_map(|e| {
            similar(&e.key, ["kind", "request", "reply"]).map(|name| (e.key_place, name))
        });
        sink.push(match near {
            Some((place, name)) => {
                Diagnostic::new(place, message).label(format!("did you mean `{name}`?"))
            }
            None => Diagnostic::new(node.place, message),
        });
        return None;
    };
    let Some(kind) = entry.node.text() else {
        let message = format!("`kind` is a framing's name, not {}", entry.node.type_name());
        sink.push(Diagnostic::new(entry.node.place, message));
        return None;
    };
    match (node.entry("plugin"), node.entry("path")) {
        (Some(plugin), _) => from_plugin(kind, entry.node.place, &plugin.node, node, sink),
        (None, Some(path)) => {
            let message = "`path` is the file of a plugin, and `plugin` does not name it";
            let help = "write `{ kind = \"…\", plugin = \"…\", path = \"…\" }`";
            sink.push(Diagnostic::new(path.key_place, message).help(help));
            None
        }
        (None, None) => built_in(kind, node, entry.node.place, sink),
    }
}

/// The settings of a framing table: everything but its name and where it comes from.
fn settings(node: &Node, sink: &mut Sink) -> serde_json::Map<String, serde_json::Value> {
    let table = node.table().into_iter().flatten();
    table
        .filter(|entry| !["kind", "plugin", "path"].contains(&entry.key.as_str()))
        .map(|entry| (entry.key.clone(), entry.node.json(sink)))
        .collect()
}

fn built_in(kind: &str, node: &Node, kind_place: Place, sink: &mut Sink) -> Option<ChosenFraming> {
    if !wirebench_framings::names().contains(&kind) {
        let names = wirebench_framings::names();
        let mut diagnostic = Diagnostic::new(kind_place, "there is no framing of this name");
        diagnostic = match similar(kind, names.iter().copied()) {
            Some(name) => diagnostic.label(format!("did you mean `{name}`?")),
            None => diagnostic,
        };
        let help = format!(
            "built in are {}; a plugin's framing is written `{{ kind = \"…\", plugin = \"…\" }}`",
            names.join(", ")
        );
        sink.push(diagnostic.help(help));
        return None;
    }
    let spec = match FramingSpec::parse(kind, settings(node, sink)) {
        Ok(spec) => spec,
        Err(errors) => {
            for error in errors {
                let place =
                    if error.pointer.is_empty() { kind_place } else { node.locate(&error.pointer) };
                let mut diagnostic = Diagnostic::new(place, error.message);
                if let Some(name) = error.suggestion {
                    diagnostic = diagnostic.label(format!("did you mean `{name}`?"));
                }
                sink.push(diagnostic);
            }
            return None;
        }
    };
    match spec.capabilities() {
        Ok(capabilities) => {
            Some(ChosenFraming { spec, capabilities: Some(capabilities), place: kind_place })
        }
        Err(error) => {
            sink.push(Diagnostic::new(node.locate(&error.pointer), error.message));
            None
        }
    }
}

fn from_plugin(
    kind: &str,
    kind_place: Place,
    plugin: &Node,
    node: &Node,
    sink: &mut Sink,
) -> Option<ChosenFraming> {
    let name = plugin.text().filter(|name| is_name(name, LONGEST_NAME));
    if name.is_none() {
        let message = "`plugin` is the name of the plugin that brings the framing: 1 to 128 of \
                       letters, digits, `.`, `_`, `-`";
        sink.push(Diagnostic::new(plugin.place, message));
    }
    let named = is_name(kind, LONGEST_NAME);
    if !named {
        let message = "`kind` is the framing's name in its plugin: 1 to 128 of letters, digits, \
                       `.`, `_`, `-`";
        sink.push(Diagnostic::new(kind_place, message));
    }
    let path = match node.entry("path") {
        Some(path) => read::text(&PATH, &path.node, sink).map(Some),
        None => Some(None),
    };
    let settings = settings(node, sink);
    let plugin = Some(name.filter(|_| named)?.to_owned());
    let spec = FramingSpec { kind: kind.to_owned(), plugin, path: path?, settings };
    Some(ChosenFraming { spec, capabilities: None, place: kind_place })
}
