//! What `wirebench.toml` may be, as a JSON Schema. It follows from the declarations of its keys.

use super::open::say_what_is_open;
use super::{cells, defined, definitions, gates, kinds};
use crate::config::{
    ConfigKey, ConfigTable, LONGEST_PATH, MAX_PATHS, Takes, as_of_a_scenario, keys_of,
};
use crate::key::Kind;
use serde_json::{Map, Value, json};

/// The schema of `wirebench.toml`; `formats` are the names of those that results can be written in.
pub fn config_schema(formats: &[&str]) -> Value {
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "wirebench.toml",
        "description": "What holds for all scenarios of a repository, and profiles that change them",
        "required": ["schema"],
    });
    let file = table(ConfigTable::File, formats);
    let mut definitions = definitions();
    definitions.insert(CHANGES.to_owned(), cells::changes());
    definitions.insert(GATES.to_owned(), gates::gates(true));
    if let (Some(schema), Value::Object(file)) = (schema.as_object_mut(), file) {
        schema.extend(file);
        schema.insert("definitions".to_owned(), definitions.into());
    }
    say_what_is_open(schema)
}

/// Definitions of what a profile changes.
const CHANGES: &str = "changes";
const GATES: &str = "gates";

fn table(table: ConfigTable, formats: &[&str]) -> Value {
    let properties: Map<String, Value> =
        keys_of(table).map(|key| (key.name.to_owned(), value(key, formats))).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn value(key: &ConfigKey, formats: &[&str]) -> Value {
    let path = || json!({ "type": "string", "minLength": 1, "maxLength": LONGEST_PATH });
    let mut schema = match key.takes {
        Takes::Value(kind) => return kinds::key(&as_of_a_scenario(key, kind)),
        Takes::Limits => return kinds::key(&as_of_a_scenario(key, Kind::Limits)),
        Takes::Floors => return kinds::key(&as_of_a_scenario(key, Kind::Floors)),
        // What is referred to has no description of its own, and nothing may stand beside it.
        Takes::Changes => return json!({ "allOf": [defined(CHANGES)], "description": key.about }),
        Takes::Gates => return json!({ "allOf": [defined(GATES)], "description": key.about }),
        Takes::Server => return json!({ "allOf": [defined("server")], "description": key.about }),
        Takes::Path => path(),
        Takes::Paths => {
            json!({ "type": "array", "items": path(), "minItems": 1, "maxItems": MAX_PATHS })
        }
        Takes::ProfileName => json!({ "type": "string" }),
        Takes::Outputs => {
            let file = json!({
                "type": ["string", "boolean"], "minLength": 1, "maxLength": LONGEST_PATH,
                "not": { "const": true },
            });
            let formats: Map<String, Value> =
                formats.iter().map(|format| ((*format).to_owned(), file.clone())).collect();
            json!({ "type": "object", "properties": formats, "additionalProperties": false })
        }
        Takes::Table(inner) => table(inner, formats),
        Takes::Tables(inner) => {
            json!({ "type": "object", "additionalProperties": table(inner, formats) })
        }
    };
    schema["description"] = key.about.into();
    schema
}
