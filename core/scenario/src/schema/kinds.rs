//! What each kind of value is in the schema.

use super::super::diagnostics::Sink;
use super::super::key::{Key, Kind};
use super::super::link::{DIRECTIONS, LINK_KEYS};
use super::super::processors;
use super::super::read::{LARGEST_FACTOR, LONGEST_LIST};
use super::super::tables::open::LARGEST_BURST;
use super::super::tree;
use super::defined;
use serde::Serialize;
use serde_json::{Map, Value, json};
use wirebench_values::{Frequency, Rate, Share, Size, Span};

/// A table of these keys, and of no others.
pub(super) fn table(about: &str, keys: &[&Key]) -> Value {
    let properties: Map<String, Value> =
        keys.iter().map(|one| (one.name().to_owned(), key(one))).collect();
    json!({
        "description": about,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

/// The value of a key, with all that is said of the key.
pub(super) fn key(key: &Key) -> Value {
    let default = tree::value(key.default, 0, 0).filter(|_| !key.default.is_empty());
    let default = default.map(|node| node.json(&mut Sink::default()));
    let range = key.range_text();
    described(kind(key.kind), key.about, key.type_text(), &range, default)
}

/// Adds what a reader of the schema is told.
pub(super) fn described(
    mut schema: Value,
    about: &str,
    kind: &str,
    range: &str,
    default: Option<Value>,
) -> Value {
    // What is referred to has a description of its own.
    if schema.get("$ref").is_none() {
        schema["description"] = format!("{about} ({kind}: {range})").into();
        if let Some(default) = default {
            schema["default"] = default;
        }
    }
    schema
}

fn kind(kind: Kind) -> Value {
    match kind {
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Integer(min, max) => integer(min, max),
        Kind::Duration(..) => json!({ "type": "string", "pattern": whole(&Span::pattern()) }),
        Kind::Size(min, max) => size(min, max),
        Kind::Word(words) => json!({ "type": "string", "enum": words }),
        Kind::Text(max) => json!({ "type": "string", "maxLength": max }),
        Kind::Name(max) => {
            let pattern = format!("^[A-Za-z0-9_-][A-Za-z0-9._-]{{0,{}}}$", max - 1);
            json!({ "type": "string", "pattern": pattern })
        }
        Kind::Sizes(min, max) => {
            let mut forms = sizes(min, max);
            for file in ["file", "lines"] {
                let path = json!({ "type": "string", "minLength": 1, "maxLength": 4_096 });
                forms.push(form([(file, path)]));
            }
            json!({ "anyOf": forms })
        }
        Kind::Framing => defined("framing"),
        Kind::Link => defined("link"),
        Kind::Config => json!({ "type": "object" }),
        Kind::Command(max) => json!({
            "type": "array", "items": { "type": "string" }, "minItems": 1, "maxItems": max,
        }),
        Kind::Strings => {
            json!({ "type": "object", "additionalProperties": { "type": "string" } })
        }
        Kind::Limits => json!({ "type": "object", "additionalProperties": {
            "type": ["string", "number"], "pattern": whole(&Share::pattern()),
            "exclusiveMinimum": 0, "maximum": 1,
        } }),
        Kind::Floors => {
            let forms = [Span::pattern(), Size::pattern()]
                .map(|form| json!({ "type": "string", "pattern": whole(&form) }));
            json!({ "type": "object", "additionalProperties": { "anyOf": [
                forms[0], forms[1], { "type": "integer", "minimum": 0 },
            ] } })
        }
        Kind::Share => json!({
            "type": ["string", "number"], "pattern": whole(&Share::pattern()),
            "minimum": 0, "maximum": 1,
        }),
        Kind::ByteRate(..) => json!({ "type": "string", "pattern": whole(&Rate::pattern()) }),
        Kind::Frequency(..) => json!({ "type": "string", "pattern": whole(&Frequency::pattern()) }),
        Kind::Arrivals => json!({ "anyOf": [
            { "enum": ["constant", "poisson"] },
            form([("burst", integer(1, LARGEST_BURST))]),
        ] }),
        Kind::Stages(max) => {
            let text = |pattern: String| json!({ "type": "string", "pattern": whole(&pattern) });
            let stage =
                form([("rate", text(Frequency::pattern())), ("duration", text(Span::pattern()))]);
            json!({ "type": "array", "items": stage, "minItems": 1, "maxItems": max })
        }
        Kind::Bound => json!({ "type": ["string", "integer"], "minimum": 1 }),
        Kind::Point => {
            let place = json!({ "type": "string", "pattern": whole(&Size::pattern()) });
            let frame = || json!({ "type": "integer", "minimum": 1 });
            json!({ "anyOf": [place, form([("inside", frame())]), form([("behind", frame())])] })
        }
        Kind::Processors => json!({
            "type": ["string", "integer"], "pattern": processors::PATTERN,
            "maxLength": processors::LONGEST, "minimum": 0, "maximum": 1_023,
        }),
        Kind::Pieces => {
            let mut forms = sizes(1, 1 << 30);
            forms.insert(0, json!({ "const": "every-cut" }));
            json!({ "anyOf": forms })
        }
    }
}

/// A whole number.
pub(super) fn integer<T: Serialize>(min: T, max: T) -> Value {
    json!({ "type": "integer", "minimum": min, "maximum": max })
}

/// A size, or a number of bytes.
pub(super) fn size(min: u64, max: u64) -> Value {
    json!({
        "type": ["string", "integer"], "pattern": whole(&Size::pattern()),
        "minimum": min, "maximum": max,
    })
}

/// A pattern for all of a text.
pub(super) fn whole(pattern: &str) -> String {
    format!(r"^\s*{pattern}\s*$")
}

/// The forms of sizes that need no file.
fn sizes(min: u64, max: u64) -> Vec<Value> {
    let size = || size(min, max);
    let list = |min: usize, max: usize| json!({ "type": "array", "items": size(), "minItems": min, "maxItems": max });
    vec![
        size(),
        list(1, LONGEST_LIST),
        form([("from", size()), ("to", size()), ("times", integer(2, LARGEST_FACTOR))]),
        form([("uniform", list(2, 2))]),
    ]
}

/// A table that has all of these, and nothing else.
fn form<const N: usize>(entries: [(&str, Value); N]) -> Value {
    let required = entries.each_ref().map(|(name, _)| (*name).to_owned());
    let properties: Map<String, Value> =
        entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    json!({
        "type": "object", "properties": properties, "required": required.as_slice(),
        "additionalProperties": false,
    })
}

/// The link, and what may be said of one of its directions alone.
pub(super) fn link_definitions() -> Map<String, Value> {
    let keys: Vec<&Key> = LINK_KEYS.iter().collect();
    let both = "what the link does to both directions, or to one of them";
    let mut link = table(both, &keys);
    for direction in DIRECTIONS {
        link["properties"][direction] = defined(DIRECTION);
    }
    let one = table("what the link does to this direction", &keys);
    [("link".to_owned(), link), (DIRECTION.to_owned(), one)].into_iter().collect()
}

/// The definition of one direction of the link.
pub(super) const DIRECTION: &str = "direction-of-the-link";
