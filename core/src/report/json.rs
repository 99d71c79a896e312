//! `--format json` and `--format jsonl`.

use crate::result::Document;
use crate::result::document::CellResult;
use serde_json::json;

/// The whole document, indented, with a final line feed.
pub fn json(document: &Document) -> String {
    crate::result::document::text(document)
}

/// One line per cell: the cell as in the document, with the scenario's name, seed and the schema
/// in front, so that lines of several runs can be thrown together.
pub fn jsonl(document: &Document) -> String {
    document.cells.iter().map(|cell| jsonl_line(document, cell)).collect()
}

/// The line of one cell; `document` may be without cells.
pub fn jsonl_line(document: &Document, cell: &CellResult) -> String {
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
    format!("{line}\n")
}
