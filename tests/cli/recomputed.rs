//! Every figure that is printed follows from the document that is kept: computed here once more, by
//! other code, from its counts, its rounds and its histograms.

use crate::harness::{Bench, scenario};
use base64::Engine as _;
use hdrhistogram::serialization::Deserializer;
use serde_json::Value;

/// The count at a JSON pointer.
fn at(cell: &Value, pointer: &str) -> f64 {
    let number = cell.pointer(pointer).and_then(Value::as_f64);
    number.unwrap_or_else(|| panic!("no number at {pointer} of {}", cell["id"]))
}

/// A count of both directions together.
fn both(cell: &Value, what: &str) -> f64 {
    ["request", "reply"].iter().map(|way| at(cell, &format!("/integrity/{way}/{what}"))).sum()
}

/// A percentile of the latency, by another implementation's reading of the histogram.
fn percentile(cell: &Value, percentile: f64) -> f64 {
    let text = cell["latency_ns"]["histogram"].as_str().expect("a histogram");
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).expect("base64");
    let histogram: hdrhistogram::Histogram<u64> =
        Deserializer::new().deserialize(&mut bytes.as_slice()).expect("HdrHistogram V2, deflated");
    histogram.value_at_percentile(percentile) as f64
}

/// The printed figures of a cell with what they must be.
fn figures(cell: &Value) -> Vec<(&'static str, f64)> {
    let sent = both(cell, "sent");
    let carried = sent - both(cell, "unsendable") - both(cell, "unjudged");
    let rounds = cell["rounds"].as_array().expect("rounds");
    let of_rounds =
        |name: &str| rounds.iter().filter_map(|round| round[name].as_f64()).sum::<f64>();
    let payload = at(cell, "/wire/payload_bytes");
    vec![
        ("intact", both(cell, "intact") / sent),
        ("p50", percentile(cell, 50.0)),
        ("p99", percentile(cell, 99.0)),
        ("rate", of_rounds("completed") / (of_rounds("window_ns") / 1e9)),
        ("wire bytes", at(cell, "/wire/wire_bytes") / payload - 1.0),
        ("segments/msg", at(cell, "/wire/segments") / carried),
        ("writes/msg", at(cell, "/wire/writes") / carried),
        ("client ns/msg", at(cell, "/cpu/client_ns_per_message")),
        ("server ns/msg", at(cell, "/cpu/server_ns_per_message")),
    ]
}

/// What a printed figure means, in nanoseconds, events per second or as a plain number.
fn meaning(text: &str) -> f64 {
    let text = text.replace(',', "");
    let end = text.find(|c: char| !c.is_ascii_digit() && !"+-.".contains(c)).unwrap_or(text.len());
    let number: f64 = text[..end].parse().unwrap_or_else(|_| panic!("`{text}` is no figure"));
    number
        * match text[end..].trim() {
            "" | "ns" | "/s" => 1.0,
            "us" | "k/s" => 1e3,
            "ms" | "M/s" => 1e6,
            "s" | "G/s" => 1e9,
            "%" => 0.01,
            other => panic!("unit `{other}` of `{text}`"),
        }
}

#[test]
fn every_printed_figure_follows_from_the_document_that_is_kept() {
    let bench = Bench::new();
    let matrix = "[matrix]\nframing = [\"line\", \"len32be\", \"netstring\"]\n\
                  \"load.payload\" = [\"16 B\", \"1 KiB\"]\n";
    let load = "messages = 1500\nrounds = 3\nin-flight = 4\n";
    let text = scenario("\"line\"", load, matrix).replace("framing = \"line\"\n", "");
    let ran = bench.run(&text, &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let table = ran.stdout;
    let kept = "out/test/latest";
    let markdown = bench.start(&["report", kept, "--format", "markdown"]).wait().stdout;
    let document = bench.document();
    let mut rows = markdown.lines().filter(|line| line.starts_with('|'));
    let fields = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|field| field.trim().to_owned()).collect()
    };
    let titles = fields(rows.next().expect("titles"));
    let rows: Vec<Vec<String>> = rows.skip(1).map(fields).collect();
    assert_eq!(rows.len(), document.cells().count(), "{markdown}");
    for (row, cell) in rows.iter().zip(document.cells()) {
        for (name, expected) in figures(cell.0) {
            let column = titles.iter().position(|title| title == name).expect("a column");
            let shown = meaning(&row[column]);
            // Three digits are shown, and of small shares a hundredth of a percent.
            let off = (shown - expected).abs();
            assert!(
                off <= expected.abs() * 0.0051 + 0.00005,
                "{name} of {}: {} is shown, it is {expected}",
                cell.id(),
                row[column]
            );
            let framing = cell.0["axes"]["framing"].as_str().expect("a framing");
            let in_table = table.lines().any(|line| {
                line.contains(framing) && (line.contains(&row[column]) || name.ends_with("ns/msg"))
            });
            assert!(in_table, "{name} of {}: {} is not in\n{table}", cell.id(), row[column]);
        }
    }
}
