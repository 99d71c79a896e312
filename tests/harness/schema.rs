//! The JSON Schema of scenarios, asked what it says of a text.

use jsonschema::Validator;
use std::sync::LazyLock;

static VALIDATOR: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::draft7::new(&wirebench::scenario::schema()).expect("a schema"));

/// Where it refuses the text, which is TOML, and why, a line for each; none: it takes it.
pub(crate) fn refusals(text: &str) -> Vec<String> {
    let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
    let value = serde_json::to_value(table).expect("TOML without dates is JSON");
    let told = VALIDATOR.iter_errors(&value);
    told.map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// It must take what is a valid scenario.
#[track_caller]
pub(crate) fn takes(text: &str) {
    let refusals = refusals(text);
    assert!(refusals.is_empty(), "the schema refuses\n{text}\nfor\n{}", refusals.join("\n"));
}
