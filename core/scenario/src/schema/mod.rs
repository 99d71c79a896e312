//! What a scenario may be, as a JSON Schema: for editors, which complete keys and mark mistakes while
//! a file is written. It follows from the declarations of the keys, settings and metrics.
//!
//! A schema knows less than [`load`](super::load): bounds of what is written with a unit stand in its
//! descriptions, and what goes together is not in it. It refuses nothing that `load` takes.
//!
//! It is of draft 7, which taplo, the JSON Schema of most TOML editors, knows whole. There, what stands
//! beside a `$ref` is ignored, so descriptions stand in what is referred to, and all else is written out.

mod cells;
mod config;
mod framings;
mod gates;
mod kinds;
mod open;

pub use config::config_schema;

use super::key::Key;
use super::keys::{GROUPS, KEYS, SECTIONS};
use super::transports::TransportKind;
use serde_json::{Map, Value, json};

/// The schema of a scenario's file.
pub fn schema() -> Value {
    let mut properties = Map::new();
    for key in KEYS.iter().filter(|key| !key.path.contains('.')) {
        properties.insert(key.path.to_owned(), kinds::key(key));
    }
    for table in GROUPS {
        properties.insert(table.name.to_owned(), defined(table.name));
    }
    let sections =
        SECTIONS.iter().map(|table| (table.name.to_owned(), section(table.name, table.about)));
    properties.extend(sections);
    open::say_what_is_open(json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Scenario of wirebench",
        "description": "What is sent, over what, in which framing, and what is expected of it",
        "type": "object",
        "properties": properties,
        "required": required(|key| !key.varies),
        "additionalProperties": false,
        // An axis may give what a file without a matrix has to say itself.
        "if": { "required": ["matrix"] },
        "else": without_matrix(),
        "definitions": definitions(),
    }))
}

/// Something of `definitions`.
fn defined(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

fn definitions() -> Map<String, Value> {
    let mut all = framings::definitions();
    all.extend(kinds::link_definitions());
    for table in GROUPS {
        let every: Vec<&Key> = cells::keys_of(table.name).collect();
        let varying: Vec<&Key> = every.iter().copied().filter(|key| key.varies).collect();
        if varying.len() < every.len() && !varying.is_empty() {
            let name = cells::of_a_cell(table.name, true);
            all.insert(name, kinds::table(table.about, &varying));
        }
        all.insert(table.name.to_owned(), kinds::table(table.about, &every));
    }
    all
}

fn section(name: &str, about: &str) -> Value {
    let mut schema = match name {
        "matrix" => cells::matrix(),
        "override" => cells::overrides(),
        _ => gates::gates(false),
    };
    schema["description"] = about.into();
    schema
}

/// The names at the top level of the required keys that are so.
fn required(so: impl Fn(&Key) -> bool) -> Vec<&'static str> {
    let keys = KEYS.iter().filter(|key| key.required && so(key));
    keys.map(|key| key.path.split('.').next().unwrap_or(key.path)).collect()
}

/// What a single cell has to have. Over datagrams, a framing is not necessary.
fn without_matrix() -> Value {
    let mut properties = Map::new();
    for key in KEYS.iter().filter(|key| key.required && key.varies) {
        if let Some((table, name)) = key.path.split_once('.') {
            properties.insert(table.to_owned(), json!({ "required": [name] }));
        }
    }
    let datagrams: Vec<&str> = TransportKind::ALL
        .into_iter()
        .filter(|kind| kind.has_datagrams())
        .map(TransportKind::name)
        .collect();
    json!({
        "required": required(|key| key.varies),
        "properties": properties,
        "if": {
            "properties": {
                "transport": { "properties": { "kind": { "enum": datagrams } }, "required": ["kind"] },
            },
            "required": ["transport"],
        },
        "else": { "required": ["framing"] },
    })
}
