//! `csv` and `csv-rounds`: tables for whatever reads tables.

use super::figures::{Figure, figures};
use super::spool::Spool;
use crate::result::document::{CellResult, CellVerdict, RoundSummary};
use crate::result::{Document, Stored, StoredError};
use crate::text::cleaned;
use serde_json::Value;
use std::io::{self, Write};

/// The columns of `csv`: a row is one figure of one cell.
const OF_CELLS: [&str; 7] = ["scenario", "cell", "axes", "verdict", "metric", "unit", "value"];

/// The columns of `csv-rounds` before those of the round itself.
const OF_EVERY_ROUND: [&str; 3] = ["scenario", "cell", "axes"];

/// The columns of a round, as its fields are named in `result.json`.
pub(super) const OF_ROUNDS: [&str; 34] = [
    "round",
    "seed",
    "outcome",
    "began_ns",
    "took_ns",
    "throttled_ns",
    "stolen_ns",
    "suspended_ns",
    "clock_step_ns",
    "held_up_ns",
    "server_processors",
    "client_processors",
    "share_core",
    "load_end",
    "window_ns",
    "sent",
    "intact",
    "done",
    "completed",
    "busy_ns",
    "rate",
    "p50_ns",
    "p99_ns",
    "offered",
    "achieved_share",
    "slip_p99_ns",
    "generator_limited",
    "overhead",
    "cpu_ns_per_message",
    "server_cpu_ns_per_message",
    "server_peak_memory_bytes",
    "server_memory_growth_bytes",
    "keeps",
    "error",
];

/// A row for each figure of each cell.
pub(super) fn cells() -> Spool {
    Spool::new(line(&OF_CELLS), |result, to| {
        of_each_cell(result, to, |document, cell| {
            let axes = axes(cell);
            let verdict = word(&cell.verdict);
            let row = |Figure { metric, unit, value }: Figure| {
                let value = value.to_string();
                let name = &document.scenario.name;
                line(&[name, &cell.id, &axes, &verdict, &metric, &unit, &value])
            };
            figures(cell).into_iter().map(row).collect()
        })
    })
}

/// A row for each round of each cell.
pub(super) fn rounds() -> Spool {
    let head: Vec<&str> = OF_EVERY_ROUND.into_iter().chain(OF_ROUNDS).collect();
    Spool::new(line(&head), |result, to| {
        of_each_cell(result, to, |document, cell| {
            let axes = axes(cell);
            let row = |round: &RoundSummary| {
                let mut fields =
                    vec![document.scenario.name.clone(), cell.id.clone(), axes.clone()];
                let known = serde_json::to_value(round).unwrap_or_default();
                fields.extend(
                    OF_ROUNDS.map(|column| known.get(column).map_or_else(String::new, plain)),
                );
                line(&fields)
            };
            cell.rounds.iter().map(row).collect()
        })
    })
}

/// Writes the lines of each cell.
fn of_each_cell(
    result: &Stored<'_>,
    to: &mut dyn Write,
    lines: impl Fn(&Document, &CellResult) -> String,
) -> Result<(), StoredError> {
    let document = &*cleaned(result.document());
    for cell in &document.cells {
        to.write_all(lines(document, cell).as_bytes())?;
    }
    Ok(())
}

/// One line, fields quoted where that is needed.
fn line<T: AsRef<[u8]>>(fields: &[T]) -> String {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    // Memory takes everything, and what is made of texts is one.
    let written = writer.write_record(fields).map_err(io::Error::other);
    let bytes = written.and_then(|()| writer.into_inner().map_err(|error| error.into_error()));
    bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// `framing=line;load.payload=64 B`, with `\` before a `;`, `=` or `\` of a name or value.
fn axes(cell: &CellResult) -> String {
    let escaped = |text: &str| {
        let mut escaped = String::with_capacity(text.len());
        for character in text.chars() {
            if matches!(character, ';' | '=' | '\\') {
                escaped.push('\\');
            }
            escaped.push(character);
        }
        escaped
    };
    let axes = cell.axes.iter();
    let pairs = axes.map(|(axis, value)| format!("{}={}", escaped(axis), escaped(&plain(value))));
    pairs.collect::<Vec<_>>().join(";")
}

/// A value without quotes; nothing where it is not known.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// As the document writes a verdict.
fn word(verdict: &CellVerdict) -> String {
    plain(&serde_json::to_value(verdict).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_quoted_where_it_must_be() {
        assert_eq!(line(&["a,b", "c\"d", "", "é;="]), "\"a,b\",\"c\"\"d\",,é;=\n");
    }
}
