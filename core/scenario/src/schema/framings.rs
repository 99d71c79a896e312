//! Framings in the schema: each that is built in with its settings, and what a plugin brings.

use super::super::framings::{KIND, PATH, PLUGIN};
use super::defined;
use super::kinds::{self, described, integer, size, whole};
use serde_json::{Map, Value, json};
use wirebench_framings::{Setting, SettingKind, describe, names};
use wirebench_values::Span;

/// The definition of a framing that is not one per direction.
const OF_BOTH: &str = "framing-of-a-direction";

/// `framing`, and what stands in it for one direction.
pub(super) fn definitions() -> Map<String, Value> {
    let directions = json!({
        "type": "object",
        "properties": { "request": defined(OF_BOTH), "reply": defined(OF_BOTH) },
        "required": ["request", "reply"],
        "additionalProperties": false,
    });
    let either = json!({
        "description": "how messages are told apart on the wire: a name, a table, or one per direction",
        "anyOf": [defined(OF_BOTH), directions],
    });
    let mut forms = vec![json!({ "type": "string", "enum": names() })];
    forms.extend(built_in());
    forms.push(of_a_plugin());
    let one = json!({ "description": "a framing's name, or a table", "anyOf": forms });
    [("framing".to_owned(), either), (OF_BOTH.to_owned(), one)].into_iter().collect()
}

/// The tables of all that are built in; those with the same settings share one.
fn built_in() -> Vec<Value> {
    let mut groups: Vec<(Vec<&str>, &[Setting])> = Vec::new();
    for framing in names().into_iter().filter_map(describe) {
        match groups.iter_mut().find(|(_, settings)| *settings == framing.settings) {
            Some((names, _)) => names.push(framing.name),
            None => groups.push((vec![framing.name], framing.settings)),
        }
    }
    groups.into_iter().map(|(names, settings)| table(&names, settings)).collect()
}

fn table(names: &[&str], settings: &[Setting]) -> Value {
    let mut properties = Map::new();
    let kind = json!({ "type": "string", "enum": names, "description": "the framing's name" });
    properties.insert(KIND.name().to_owned(), kind);
    for one in settings {
        properties.insert(one.name.to_owned(), setting(one));
    }
    json!({
        "type": "object",
        "properties": properties,
        "required": [KIND.name()],
        "additionalProperties": false,
    })
}

fn setting(setting: &Setting) -> Value {
    let (kind, range) = (setting.kind.type_text(), setting.kind.range_text());
    let schema = match setting.kind {
        SettingKind::Size { min, max } => size(min, max),
        SettingKind::Duration { min, max } => json!({
            "type": ["string", "integer"], "pattern": whole(&Span::pattern()),
            "minimum": min, "maximum": max,
        }),
        SettingKind::Integer { min, max } => integer(min, max),
        SettingKind::OneOf(numbers) => json!({ "enum": numbers }),
        SettingKind::Flag => json!({ "type": "boolean" }),
        SettingKind::Choice(words) => json!({ "type": "string", "enum": words }),
        SettingKind::Text { max } => json!({ "type": "string", "minLength": 1, "maxLength": max }),
    };
    described(schema, setting.about, kind, &range, setting.default.value())
}

/// Its settings are the plugin's to check.
fn of_a_plugin() -> Value {
    let keys = [KIND, PLUGIN, PATH];
    let properties: Map<String, Value> =
        keys.iter().map(|key| (key.name().to_owned(), kinds::key(key))).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": [KIND.name(), PLUGIN.name()],
    })
}
