//! Objects that may hold more than a part of the schema names say so.

use serde_json::{Map, Value};

/// Parts of a schema that are one schema.
const ONE: [&str; 7] = ["items", "if", "then", "else", "not", "contains", "additionalProperties"];

/// Those that are a list of schemas.
const SEVERAL: [&str; 3] = ["anyOf", "allOf", "oneOf"];

/// Those that are schemas by names of their own.
const NAMED: [&str; 3] = ["properties", "patternProperties", "definitions"];

/// Says of every object of which nothing else is said that it may hold anything besides. That is what saying
/// nothing means; but tombi, unless it is told otherwise, takes silence for a no.
pub(super) fn say_what_is_open(mut schema: Value) -> Value {
    if let Value::Object(schema) = &mut schema {
        open(schema);
    }
    schema
}

fn open(schema: &mut Map<String, Value>) {
    let names = ["properties", "patternProperties", "required", "minProperties", "maxProperties"];
    let is_object = schema.get("type").is_some_and(|kind| kind == "object")
        || names.iter().any(|name| schema.contains_key(*name));
    if is_object && !schema.contains_key("additionalProperties") {
        schema.insert("additionalProperties".to_owned(), true.into());
    }
    for (name, part) in schema {
        let name = name.as_str();
        match part {
            Value::Object(part) if ONE.contains(&name) => open(part),
            Value::Object(parts) if NAMED.contains(&name) => {
                parts.values_mut().filter_map(Value::as_object_mut).for_each(open);
            }
            Value::Array(parts) if SEVERAL.contains(&name) || name == "items" => {
                parts.iter_mut().filter_map(Value::as_object_mut).for_each(open);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_says_nothing_is_opened_and_a_property_may_be_called_like_a_keyword() {
        let schema = json!({
            "type": "object",
            "properties": { "required": { "type": "string" }, "items": { "type": "object" } },
            "additionalProperties": false,
            "if": { "required": ["items"] },
        });
        let expected = json!({
            "type": "object",
            "properties": {
                "required": { "type": "string" },
                "items": { "type": "object", "additionalProperties": true },
            },
            "additionalProperties": false,
            "if": { "required": ["items"], "additionalProperties": true },
        });
        assert_eq!(say_what_is_open(schema), expected);
    }
}
