//! The fields of a document, held against the tables that explain them.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Field and type, by section.
type Sections = BTreeMap<String, BTreeMap<String, String>>;

/// Every field of `value`, which has something in every list and in every object that may be null, is in a
/// table of `docs/<file>`, beginning with `section`, and every field there is in the value.
#[track_caller]
pub(crate) fn agree(file: &str, section: &str, value: &Value) {
    let reference = reference(file);
    let mut seen = BTreeSet::new();
    walk(value, section, &reference, &mut seen);
    let documented: BTreeSet<(String, String)> = reference
        .iter()
        .filter(|(section, _)| !section.is_empty())
        .flat_map(|(section, fields)| {
            fields.keys().map(move |field| (section.clone(), field.clone()))
        })
        .collect();
    let missing: Vec<_> = documented.difference(&seen).collect();
    assert!(missing.is_empty(), "documented in {file}, but not in the document: {missing:?}");
}

/// Sections of the reference: field and type, by section.
fn reference(file: &str) -> Sections {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(file);
    let text = std::fs::read_to_string(path).expect("the reference is there");
    let mut sections = Sections::new();
    let mut section = String::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title.into();
        }
        let Some(row) = line.strip_prefix("| `") else { continue };
        let columns: Vec<&str> = row.split(" | ").collect();
        let [field, kind, _] = columns[..] else { continue };
        let field = field.trim_end_matches('`').to_owned();
        sections.entry(section.clone()).or_default().insert(field, kind.into());
    }
    sections
}

/// The section a type refers to: `object [times](#times) or null` to `times`.
fn referred(kind: &str) -> Option<&str> {
    let (_, anchor) = kind.split_once("](#")?;
    Some(anchor.split_once(')')?.0)
}

/// Walks a value with its section, notes the fields seen and complains of what does not fit.
fn walk(value: &Value, section: &str, reference: &Sections, seen: &mut BTreeSet<(String, String)>) {
    let fields = reference.get(section).unwrap_or_else(|| panic!("there is no section {section}"));
    for (field, value) in value.as_object().unwrap_or_else(|| panic!("{section} is no object")) {
        let kind = fields
            .get(field)
            .unwrap_or_else(|| panic!("the reference lacks `{field}` of {section}"));
        seen.insert((section.into(), field.clone()));
        assert!(fits(value, kind), "{section}.{field} is documented as {kind}, but is {value}");
        match (referred(kind), value) {
            (Some(to), Value::Array(items)) => {
                items.iter().for_each(|item| walk(item, to, reference, seen));
            }
            (Some(to), Value::Object(_)) => walk(value, to, reference, seen),
            _ => {}
        }
    }
}

/// Whether a value is of the documented type.
fn fits(value: &Value, kind: &str) -> bool {
    let base = kind.strip_suffix(" or null");
    if value.is_null() {
        return base.is_some();
    }
    match base.unwrap_or(kind) {
        "text" => value.is_string(),
        "hexadecimal" => {
            value.as_str().is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))
        }
        "bool" => value.is_boolean(),
        "count" | "ns" | "bytes" => value.is_u64(),
        "number" | "ratio" | "share" | "per second" | "bytes per second" => value.is_number(),
        "list of count" => value.as_array().is_some_and(|all| all.iter().all(Value::is_u64)),
        "list of times or nulls" => {
            let fits = |one: &Value| one.is_null() || one.is_u64();
            value.as_array().is_some_and(|all| all.iter().all(fits))
        }
        "list of number" => value.as_array().is_some_and(|all| all.iter().all(Value::is_number)),
        "list of text" => value.as_array().is_some_and(|all| all.iter().all(Value::is_string)),
        "map of text" => value.as_object().is_some_and(|all| all.values().all(Value::is_string)),
        "map" => value.is_object(),
        link if link.starts_with("object [") => value.is_object(),
        link if link.starts_with("list of [") => value.is_array(),
        other => panic!("the reference has a type that this test does not know: {other}"),
    }
}
