//! All figures of a cell, under the names that they have in its document.

use crate::result::document::{CellResult, RoundOutcome};
use serde_json::{Map, Number, Value};

/// One figure. What is not known is none.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figure {
    /// The names of its fields in `result.json`, with points between them.
    pub(super) metric: String,
    /// What it is counted in: `count`, `ns`, `per-second`, `bytes`, `bytes-per-second`, `share` or `ratio`.
    pub(super) unit: String,
    /// As the document writes it.
    pub(super) value: Number,
}

/// Fields whose numbers are no figures: what was asked for, and single events.
const NO_FIGURES: [&str; 8] =
    ["id", "axes", "setup", "examples", "log", "notes", "rounds", "schedule"];

/// Figures of the cell, in the order of the document.
pub(super) fn figures(cell: &CellResult) -> Vec<Figure> {
    let mut all = Vec::new();
    // A cell is a map, and can be written: all its maps have texts for names.
    if let Ok(Value::Object(fields)) = serde_json::to_value(cell) {
        collect("", &fields, &mut all);
    }
    all
}

fn collect(path: &str, fields: &Map<String, Value>, all: &mut Vec<Figure>) {
    for (name, value) in fields {
        if NO_FIGURES.contains(&name.as_str()) {
            if path.is_empty() && name == "rounds" {
                rounds(value, all);
            }
            continue;
        }
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match value {
            Value::Number(value) => {
                let unit = unit(&path).to_owned();
                all.push(Figure { metric: path, unit, value: value.clone() });
            }
            Value::Object(fields) => collect(&path, fields, all),
            Value::Array(items) if path == "gates" => gates(items, all),
            Value::Array(items) if path == "crashes" => all.push(count(path, items.len())),
            Value::Array(items) => of_kinds(&path, items, all),
            _ => {}
        }
    }
}

/// How many rounds ended how.
fn rounds(rounds: &Value, all: &mut Vec<Figure>) {
    for outcome in [RoundOutcome::Finished, RoundOutcome::Crashed, RoundOutcome::Failed] {
        let Ok(word) = serde_json::to_value(outcome) else { continue };
        let ended = |round: &&Value| round.get("outcome") == Some(&word);
        let many = rounds.as_array().into_iter().flatten().filter(ended).count();
        all.push(count(format!("rounds.{}", word.as_str().unwrap_or_default()), many));
    }
}

/// The value of each gate, in the unit that it says.
fn gates(gates: &[Value], all: &mut Vec<Figure>) {
    for gate in gates {
        let text = |name: &str| gate.get(name).and_then(Value::as_str).unwrap_or_default();
        if let Some(Value::Number(value)) = gate.get("value") {
            let metric = format!("gates.{} {}", text("gate"), text("limit"));
            all.push(Figure { metric, unit: text("unit").to_owned(), value: value.clone() });
        }
    }
}

/// What is counted by kind, on a side or in a direction.
fn of_kinds(path: &str, items: &[Value], all: &mut Vec<Figure>) {
    for item in items.iter().filter_map(Value::as_object) {
        let kind = item.get("kind").or(item.get("check"));
        let Some(kind) = kind.and_then(Value::as_str) else { continue };
        let side = item.get("side").and_then(Value::as_str);
        let path = match side {
            Some(side) => format!("{path}.{side}.{kind}"),
            None => format!("{path}.{kind}"),
        };
        for (name, value) in item {
            if let Value::Number(value) = value {
                let metric = format!("{path}.{name}");
                all.push(Figure { metric, unit: "count".to_owned(), value: value.clone() });
            }
        }
    }
}

fn count(metric: String, count: usize) -> Figure {
    Figure { metric, unit: "count".to_owned(), value: count.into() }
}

/// What the figures of a field are counted in; its name says it.
fn unit(path: &str) -> &'static str {
    let (within, last) = path.rsplit_once('.').unwrap_or(("", path));
    match (within, last) {
        (_, "count") => "count",
        ("spread", _) | ("open", "achieved_share" | "min_achieved") => "share",
        ("relative", _) | (_, "overhead") => "ratio",
        ("rate", "throughput_bytes") => "bytes-per-second",
        ("rate", "offered" | "achieved" | "messages") => "per-second",
        _ if within.ends_with("_ns") || last.ends_with("_ns") => "ns",
        (_, "client_ns_per_message" | "server_ns_per_message") => "ns",
        _ if last.ends_with("_per_message") => "ratio",
        _ if last.ends_with("_bytes") => "bytes",
        _ => "count",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_says_what_it_is_counted_in() {
        for (path, expected) in [
            ("latency_ns.p99", "ns"),
            ("latency_ns.count", "count"),
            ("rate.achieved", "per-second"),
            ("rate.throughput_bytes", "bytes-per-second"),
            ("rate.window_ns", "ns"),
            ("wire.wire_bytes", "bytes"),
            ("wire.overhead", "ratio"),
            ("wire.segments_per_message", "ratio"),
            ("cpu.client_ns_per_message", "ns"),
            ("cpu.server_peak_memory_bytes", "bytes"),
            ("spread.p50", "share"),
            ("relative.slower", "ratio"),
            ("integrity.request.unexpected_bytes", "bytes"),
            ("integrity.request.merged", "count"),
            ("negative_samples", "count"),
        ] {
            assert_eq!(unit(path), expected, "{path}");
        }
    }
}
