//! What cells may differ in, in the schema: axes of the matrix, and overrides.

use super::super::key::{Key, Kind};
use super::super::keys::{GROUPS, KEYS, Table};
use super::super::link::{DIRECTIONS, LINK_KEYS};
use super::super::matrix::MAX_CELLS;
use super::super::overrides::MAX_OVERRIDES;
use super::kinds::{self, DIRECTION};
use super::{defined, gates};
use serde_json::{Map, Value, json};

/// The keys within a table of the top level.
pub(super) fn keys_of(table: &str) -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(move |key| key.path.split_once('.').is_some_and(|(of, _)| of == table))
}

/// The tables in which cells may differ.
fn varying() -> impl Iterator<Item = &'static Table> {
    GROUPS.iter().filter(|table| keys_of(table.name).any(|key| key.varies))
}

/// The definition of a table as a cell may have it: without what is the same in all cells.
pub(super) fn of_a_cell(table: &str, differs: bool) -> String {
    if differs { format!("{table}-of-a-cell") } else { table.to_owned() }
}

/// A table of the top level, as a cell may have it.
fn group(table: &str) -> Value {
    let differs = keys_of(table).any(|key| !key.varies);
    defined(&of_a_cell(table, differs))
}

/// `[matrix]`: a list of values for each key. Without quotes, `load.payload` is a table within a table.
pub(super) fn matrix() -> Value {
    let mut properties = Map::new();
    for table in varying() {
        let keys = keys_of(table.name).filter(|key| key.varies);
        let mut inner = Map::new();
        let mut deeper = Map::new();
        for key in keys {
            inner.insert(key.name().to_owned(), axis_or_within(key));
            if key.is_open() {
                deeper.insert(format!(r"^{}\.", key.name()), any_axis());
            }
        }
        let keys = json!({
            "type": "object", "properties": inner, "patternProperties": deeper,
            "additionalProperties": false,
        });
        properties.insert(table.name.to_owned(), either(axis(group(table.name)), keys));
    }
    for key in KEYS.iter().filter(|key| key.varies) {
        properties.insert(key.path.to_owned(), axis_or_within(key));
    }
    for (path, value) in within_the_link() {
        properties.insert(path, either(axis(value), json!({ "type": "object" })));
    }
    json!({
        "type": "object",
        "properties": properties,
        "patternProperties": { below_open_keys(): any_axis() },
        "additionalProperties": false,
    })
}

/// `[[override]]`: keys with other values.
pub(super) fn overrides() -> Value {
    let mut properties = Map::new();
    let when = json!({
        "description": "axes and their values: the cells that it is for",
        "type": "object", "minProperties": 1,
    });
    properties.insert("when".to_owned(), when);
    properties.insert("expect".to_owned(), gates::gates(true));
    properties.extend(varying().map(|table| (table.name.to_owned(), group(table.name))));
    let keys = KEYS.iter().filter(|key| key.varies);
    properties.extend(keys.map(|key| (key.path.to_owned(), kinds::key(key))));
    properties.extend(within_the_link());
    json!({
        "type": "array",
        "maxItems": MAX_OVERRIDES,
        "items": {
            "type": "object",
            "properties": properties,
            "patternProperties": { below_open_keys(): true },
            "required": ["when"],
            "additionalProperties": false,
        },
    })
}

/// Keys with their values, as a profile sets them.
pub(super) fn changes() -> Value {
    let mut properties = Map::new();
    properties.insert("matrix".to_owned(), matrix());
    properties.extend(GROUPS.iter().map(|table| (table.name.to_owned(), defined(table.name))));
    let keys = KEYS.iter().filter(|key| !["schema", "name"].contains(&key.path));
    properties.extend(keys.map(|key| (key.path.to_owned(), kinds::key(key))));
    properties.extend(within_the_link());
    json!({
        "type": "object",
        "properties": properties,
        "patternProperties": { below_open_keys(): true, r"^matrix\.": { "type": "array" } },
        "additionalProperties": false,
    })
}

/// `link.delay`, `link.reply`: paths into the link, with what may stand there.
fn within_the_link() -> impl Iterator<Item = (String, Value)> {
    let keys = LINK_KEYS.iter().map(|key| (key.path.to_owned(), kinds::key(key)));
    keys.chain(DIRECTIONS.map(|direction| (format!("link.{direction}"), defined(DIRECTION))))
}

/// Paths below such keys, whose values nobody knows here.
fn below_open_keys() -> String {
    let paths = KEYS.iter().filter(|key| key.is_open() && key.kind != Kind::Link);
    let mut paths: Vec<String> = paths.map(|key| key.path.replace('.', r"\.")).collect();
    paths.extend(DIRECTIONS.map(|direction| format!(r"link\.{direction}")));
    format!(r"^({})\.", paths.join("|"))
}

fn axis(values: Value) -> Value {
    json!({
        "type": "array", "items": values, "minItems": 1, "maxItems": MAX_CELLS,
        "uniqueItems": true,
    })
}

fn any_axis() -> Value {
    either(axis(json!(true)), json!({ "type": "object" }))
}

/// The axis of a key, or of what lies in its own table.
fn axis_or_within(key: &Key) -> Value {
    let values = axis(kinds::key(key));
    if key.is_open() { either(values, json!({ "type": "object" })) } else { values }
}

fn either(one: Value, other: Value) -> Value {
    json!({ "anyOf": [one, other] })
}
