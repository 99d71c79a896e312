//! `--format json` and `--format jsonl`.

use crate::result::Document;
use serde_json::json;

/// The whole document, indented, with a final line feed.
pub fn json(document: &Document) -> String {
    crate::result::document::text(document)
}

/// One line per cell: the cell as in the document, with the scenario's name, seed and the schema
/// in front, so that lines of several runs can be thrown together.
pub fn jsonl(document: &Document) -> String {
    let mut text = String::new();
    for cell in &document.cells {
        let mut line = json!({
            "schema": document.schema,
            "scenario": document.scenario.name,
            "seed": document.scenario.seed,
        });
        if let (Some(line), Ok(serde_json::Value::Object(cell))) =
            (line.as_object_mut(), serde_json::to_value(cell))
        {
            line.extend(cell);
        }
        text.push_str(&line.to_string());
        text.push('\n');
    }
    text
}
