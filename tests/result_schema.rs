//! The JSON Schema of result documents: it follows from the tables of `docs/results.md`, takes what this
//! program writes, and refuses what it does not.

#[path = "report/sample.rs"]
mod sample;

use jsonschema::Validator;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Set to `1`, it has the schema written instead of compared.
const WRITE: &str = "WIREBENCH_WRITE_DOCS";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The schema of one type of the tables; one that ends with `or null` may be null.
fn of_type(kind: &str) -> Value {
    let Some(base) = kind.strip_suffix(" or null") else { return of_base(kind) };
    let base = of_base(base);
    match base.get("type").and_then(Value::as_str) {
        Some(one) => {
            let mut base = base.clone();
            base["type"] = json!([one, "null"]);
            base
        }
        None => json!({ "anyOf": [base, { "type": "null" }] }),
    }
}

fn of_base(kind: &str) -> Value {
    match kind {
        "text" => json!({ "type": "string" }),
        "hexadecimal" => json!({ "type": "string", "pattern": "^[0-9a-fA-F]*$" }),
        "bool" => json!({ "type": "boolean" }),
        "count" | "ns" | "bytes" => json!({ "type": "integer", "minimum": 0 }),
        "number" | "ratio" | "share" | "per second" | "bytes per second" => {
            json!({ "type": "number" })
        }
        "list of count" => {
            json!({ "type": "array", "items": { "type": "integer", "minimum": 0 } })
        }
        "list of times or nulls" => {
            json!({ "type": "array", "items": { "type": ["integer", "null"], "minimum": 0 } })
        }
        "list of number" => json!({ "type": "array", "items": { "type": "number" } }),
        "list of text" => json!({ "type": "array", "items": { "type": "string" } }),
        "map of text" => {
            json!({ "type": "object", "additionalProperties": { "type": "string" } })
        }
        "map" => json!({ "type": "object" }),
        _ => {
            let section = kind.split_once("](#").and_then(|(_, anchor)| anchor.split_once(')'));
            let (section, _) = section.unwrap_or_else(|| panic!("no type is called {kind}"));
            let there = json!({ "$ref": format!("#/definitions/{section}") });
            match kind.starts_with("list of [") {
                true => json!({ "type": "array", "items": there }),
                false => there,
            }
        }
    }
}

/// The links of a text in Markdown without where they lead, and no marks.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        plain.push_str(before);
        match link.split_once("](") {
            Some((name, after)) if !name.contains('[') => {
                plain.push_str(name);
                rest = after.split_once(')').map_or("", |(_, rest)| rest);
            }
            _ => {
                plain.push('[');
                rest = link;
            }
        }
    }
    (plain + rest).replace('`', "").trim_end_matches(" |").to_owned()
}

/// The schema that the tables make.
fn expected() -> Value {
    let text = std::fs::read_to_string(repository().join("docs/results.md")).expect("the page");
    let mut sections: Map<String, Value> = Map::new();
    let mut section = String::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title.into();
        }
        let Some(row) = line.strip_prefix("| `") else { continue };
        let columns: Vec<&str> = row.splitn(3, " | ").collect();
        let [field, kind, meaning] = columns[..] else { continue };
        let field = field.trim_end_matches('`');
        let entry = sections
            .entry(section.clone())
            .or_insert_with(|| json!({ "type": "object", "properties": {}, "required": [] }));
        let mut property = of_type(kind);
        if property.get("$ref").is_some() {
            // Beside a reference nothing is read.
            property = json!({ "allOf": [property] });
        }
        property["description"] = plain(meaning).into();
        entry["properties"][field] = property;
        entry["required"].as_array_mut().expect("a list").push(field.into());
    }
    let mut document = sections.remove("document").expect("the document has a table");
    document["properties"]["schema"] = json!({
        "const": "wirebench.result/2",
        "description": "the schema of this document, with its number",
    });
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A result of wirebench",
        "description": "What `wirebench run` measured, as this version writes it: docs/results.md explains each \
                        field. Documents of earlier versions may lack some.",
        "type": "object",
        "properties": document["properties"],
        "required": document["required"],
        "definitions": sections,
    })
}

/// What `wirebench schema result` prints.
fn printed() -> Value {
    let program = env!("CARGO_BIN_EXE_wirebench");
    let ran = std::process::Command::new(program).args(["schema", "result"]).output();
    serde_json::from_slice(&ran.expect("it runs").stdout).expect("it prints JSON")
}

fn validator() -> Validator {
    jsonschema::draft7::new(&printed()).expect("a schema")
}

fn document() -> Value {
    let (scenario, rounds) = sample::everything();
    let mut document = sample::document(&scenario, &rounds);
    document.measured(sample::measured());
    serde_json::to_value(document).expect("it is JSON")
}

#[test]
fn it_says_what_the_page_says() {
    let file = repository().join("core/src/result/document/schema.json");
    let expected = serde_json::to_string_pretty(&expected()).expect("it is JSON") + "\n";
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    if text != expected && std::env::var_os(WRITE).is_some_and(|value| value == "1") {
        std::fs::write(&file, expected).expect("it can be written");
        return;
    }
    assert!(text == expected, "run this test with {WRITE}=1, and schema.json follows the page");
    assert_eq!(printed(), serde_json::from_str::<Value>(&text).expect("it is JSON"));
}

#[test]
fn it_takes_what_is_written() {
    let (document, validator) = (document(), validator());
    let told: Vec<String> = validator
        .iter_errors(&document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn it_refuses_what_is_not_written() {
    let validator = validator();
    let broken = |pointer: &str, value: Value| {
        let mut document = document();
        *document.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
        assert!(!validator.is_valid(&document), "{pointer}");
    };
    assert!(validator.is_valid(&document()));
    broken("/schema", "wirebench.result/3".into());
    broken("/cells", json!({}));
    broken("/cells/0/exchanges/done", json!(-1));
    broken("/cells/0/exchanges/done", json!("4"));
    broken("/cells/0/latency_ns/p50", json!(true));
    broken("/cells/0/integrity", json!(null));
    let mut document = document();
    document["cells"][0].as_object_mut().expect("a cell").remove("verdict");
    assert!(!validator.is_valid(&document));
}
