//! Tables of figures and of rounds, as Python's own reader of CSV has them.

use crate::documents::{
    HOSTILE, all, broken, failing, hostile, many, one, passing, without_samples,
};
use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Stdio};
use wirebench::report::Format;
use wirebench::result::Document;
use wirebench::text::clean;

/// The rows, each a map of columns.
fn rows(text: &str) -> Vec<Value> {
    let read = "import csv, json, sys; sys.stdin.reconfigure(encoding='utf-8', newline='');\
        print(json.dumps(list(csv.DictReader(sys.stdin, strict=True))))";
    let mut python = Command::new("python3")
        .args(["-c", read])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is there");
    let text = text.to_owned();
    let mut stdin = python.stdin.take().expect("a pipe");
    let writing = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = python.wait_with_output().expect("it ends");
    writing.join().expect("the thread ends").expect("it reads");
    assert!(output.status.success());
    let rows: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    rows.as_array().expect("rows").clone()
}

/// The value of a metric in the first cell.
fn value(rows: &[Value], metric: &str) -> Option<(f64, String)> {
    let row = rows.iter().find(|row| row["metric"] == metric)?;
    let number = row["value"].as_str()?.parse().ok()?;
    Some((number, row["unit"].as_str()?.to_owned()))
}

/// The figures of a document, by the names that its fields have in JSON.
fn number(document: &Document, pointer: &str) -> f64 {
    let cell = serde_json::to_value(&document.cells[0]).expect("JSON");
    let number = cell.pointer(pointer).and_then(Value::as_f64);
    number.unwrap_or_else(|| panic!("no number at {pointer}"))
}

#[test]
fn each_figure_is_a_row_under_its_name_in_the_document() {
    let document = passing();
    let rows = rows(&one(Format::Csv, document.clone()));
    for (metric, unit) in [
        ("exchanges.done", "count"),
        ("integrity.request.sent", "count"),
        ("integrity.reply.intact", "count"),
        ("latency_ns.p99", "ns"),
        ("latency_ns.count", "count"),
        ("rate.achieved", "per-second"),
        ("rate.throughput_bytes", "bytes-per-second"),
        ("wire.wire_bytes", "bytes"),
        ("wire.overhead", "ratio"),
        ("cpu.client_ns_per_message", "ns"),
        ("spread.rate", "share"),
    ] {
        let expected =
            (number(&document, &format!("/{}", metric.replace('.', "/"))), unit.to_owned());
        assert_eq!(value(&rows, metric), Some(expected), "{metric}");
    }
    assert_eq!(value(&rows, "rounds.finished"), Some((2.0, "count".to_owned())));
    assert_eq!(value(&rows, "gates.intact 100%"), Some((1.0, "share".to_owned())));
    assert_eq!(rows[0]["axes"], "framing=line;load.payload=64 B");
    assert_eq!(rows[0]["verdict"], "pass");
}

#[test]
fn no_figure_of_a_document_is_left_out() {
    /// Numbers of a value, but for those of single events and of what was asked for.
    fn count(value: &Value) -> usize {
        match value {
            Value::Number(_) => 1,
            Value::Array(all) => all.iter().map(count).sum(),
            Value::Object(all) => {
                let events = ["setup", "examples", "log", "rounds", "gates", "crashes"];
                let inner = all.iter().filter(|(name, _)| !events.contains(&name.as_str()));
                inner.map(|(_, value)| count(value)).sum()
            }
            _ => 0,
        }
    }
    for document in [passing(), failing(), crate::documents::full()] {
        let rows = rows(&one(Format::Csv, document.clone()));
        for cell in &document.cells {
            let of_cell = rows.iter().filter(|row| row["cell"] == cell.id.as_str());
            let metrics: Vec<&str> = of_cell.filter_map(|row| row["metric"].as_str()).collect();
            let own = |metric: &&&str| {
                !["gates.", "rounds.", "crashes"].iter().any(|start| metric.starts_with(start))
            };
            let figures = count(&serde_json::to_value(cell).expect("JSON"));
            assert_eq!(metrics.iter().filter(own).count(), figures, "{metrics:?}");
            let mut once = metrics.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), metrics.len(), "a metric is told twice: {metrics:?}");
        }
    }
}

#[test]
fn what_is_not_known_has_no_row() {
    for document in [broken(), without_samples()] {
        let rows = rows(&one(Format::Csv, document));
        for metric in ["latency_ns.p50", "rate.achieved", "spread.rate"] {
            assert_eq!(value(&rows, metric), None, "{metric}");
        }
        assert!(value(&rows, "exchanges.done").is_some_and(|(number, _)| number == 0.0));
    }
}

#[test]
fn the_head_stands_once_above_all_scenarios() {
    for format in [Format::Csv, Format::CsvRounds] {
        let text = all(format, &[(passing(), None), (failing(), None), (broken(), None)]);
        assert_eq!(text.matches("scenario,cell,axes,").count(), 1, "{text}");
        let rows = rows(&text);
        for name in ["sticky", "broken"] {
            assert!(rows.iter().any(|row| row["scenario"] == name), "{name}: {text}");
        }
    }
    assert!(all(Format::Csv, &[]).starts_with("scenario,"));
}

#[test]
fn each_round_is_a_row_with_all_fields_of_the_document() {
    let document = passing();
    let rows = rows(&one(Format::CsvRounds, document.clone()));
    assert_eq!(rows.len(), 4);
    let rounds = document.cells.iter().flat_map(|cell| &cell.rounds);
    for (row, round) in rows.iter().zip(rounds) {
        let round = serde_json::to_value(round).expect("JSON");
        let fields = round.as_object().expect("fields");
        let columns: Vec<&str> =
            row.as_object().expect("columns").keys().map(String::as_str).collect();
        // A series is no figure, but many.
        let names = fields.keys().map(String::as_str).filter(|name| *name != "series");
        let names: Vec<&str> = names.collect();
        let expected = [&["scenario", "cell", "axes"][..], &names].concat();
        assert_eq!(columns, expected, "add what is new to OF_ROUNDS of csv.rs");
        for (name, value) in fields.iter().filter(|(name, _)| *name != "series") {
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(row[name], text, "{name}");
        }
    }
}

#[test]
fn a_round_without_figures_has_empty_fields() {
    let rows = rows(&one(Format::CsvRounds, broken()));
    let outcomes: Vec<_> = rows.iter().map(|row| row["outcome"].as_str()).collect();
    assert_eq!(outcomes, [Some("crashed"), Some("failed")]);
    for row in &rows {
        for column in ["sent", "rate", "p50_ns", "p99_ns", "window_ns"] {
            assert_eq!(row[column], "", "{column}");
        }
    }
    assert_eq!(rows[1]["error"], "port 7 is in use: choose another `transport.port`");
}

#[test]
fn hostile_text_is_one_field() {
    let shown = clean(HOSTILE);
    for format in [Format::Csv, Format::CsvRounds] {
        for row in rows(&one(format, hostile())) {
            assert_eq!(row["scenario"], shown.as_str());
            let cell = row["cell"].as_str().expect("a cell");
            assert!(cell.starts_with(&shown), "{cell}");
            let axes = row["axes"].as_str().expect("axes");
            let pairs = parts(axes, ';');
            assert_eq!(pairs.len(), 2, "{axes}");
            assert_eq!(
                parts(&pairs[0], '=')[0],
                shown.replace('\\', "\\\\").replace(';', "\\;").replace('=', "\\=")
            );
        }
    }
}

/// Parts between a mark that has no `\` before it.
fn parts(text: &str, mark: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for character in text.chars() {
        if character == mark && !escaped {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(character);
        }
        escaped = character == '\\' && !escaped;
    }
    parts
}

#[test]
fn characters_of_several_bytes_survive_wherever_they_stand() {
    let mut document = many(500);
    document.scenario.name = "é".repeat(333);
    for format in [Format::Csv, Format::CsvRounds] {
        let rows = rows(&one(format, document.clone()));
        assert!(rows.iter().all(|row| row["scenario"] == "é".repeat(333)));
    }
}
