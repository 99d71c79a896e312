//! What stands on standard output is one thing, whatever options are combined; or they are refused
//! before anything runs.

use crate::harness::document::Document;
use crate::harness::{Bench, Ran, plugin_folder, scenario, side_by_side};

const FORMATS: [Option<&str>; 5] =
    [None, Some("table"), Some("json"), Some("jsonl"), Some("markdown")];

fn run(scenarios: usize, more: &[&str]) -> Ran {
    let bench = Bench::new();
    let names = ["one", "two"];
    let mut all = vec!["run"];
    for name in &names[..scenarios] {
        let text = scenario("\"len32be\"", "messages = 20\n", "");
        bench.write(&format!("{name}.toml"), text.replace("\"test\"", &format!("\"{name}\"")));
    }
    all.extend(["one.toml", "two.toml"].iter().take(scenarios));
    all.extend(["--out", "out", "--plugin-dir", plugin_folder()]);
    all.extend(more);
    let ran = bench.start(&all).wait();
    let began = bench.out().join("one").exists();
    assert_eq!(began, ran.code == Some(0), "{all:?}: {ran}");
    ran
}

/// What a text on standard output is.
fn kind(text: &str) -> &'static str {
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
    match text {
        "" => "nothing",
        text if json(text) => {
            Document::parse(text);
            "document"
        }
        text if text.lines().all(json) => "lines",
        text if text.starts_with("### ") && !text.contains("\"schema\"") => "markdown",
        text if text.contains("cells pass") && !text.contains("\"schema\"") => "table",
        _ => "a mixture",
    }
}

#[test]
fn every_combination_prints_one_thing_or_is_refused_with_a_sentence() {
    let mut combinations = Vec::new();
    for scenarios in [1, 2] {
        for format in FORMATS {
            for json in [None, Some("-"), Some("x.json")] {
                combinations.extend([false, true].map(|quiet| (scenarios, format, json, quiet)));
            }
        }
    }
    side_by_side(combinations, |(scenarios, format, json, quiet)| {
        // Timelines stand below a table, and nowhere else.
        let mut more = vec!["--trace", "1"];
        more.extend(format.map(|format| ["--format", format]).iter().flatten());
        more.extend(json.map(|path| ["--json", path]).iter().flatten());
        more.extend(quiet.then_some("--quiet"));
        let ran = run(scenarios, &more);
        let expected = match (scenarios, format, json, quiet) {
            (2, _, Some(_), _) | (2, Some("json"), None, false) => "refused",
            (_, Some(_), Some("-"), false) => "refused",
            (_, _, Some("-"), _) => "document",
            (.., true) => "nothing",
            // A line for the only cell is a document too.
            (2, Some("jsonl"), ..) => "lines",
            (1, Some("jsonl"), ..) => "line",
            (_, Some("json"), ..) => "document",
            (_, Some("markdown"), ..) => "markdown",
            _ => "table",
        };
        let got = match ran.code {
            Some(2) if ran.stderr.starts_with("error: ") => "refused",
            _ if expected == "line" && ran.stdout.lines().count() == 1 => "line",
            _ => kind(&ran.stdout),
        };
        assert_eq!(got, expected, "{scenarios} scenarios, {more:?}: {ran}");
    });
}

#[test]
fn texts_of_several_scenarios_are_set_apart() {
    let markdown = run(2, &["--format", "markdown"]).stdout;
    assert_eq!(markdown.matches("\n\n### ").count(), 1, "{markdown}");
    let table = run(2, &[]).stdout;
    assert_eq!(table.matches("\n\ntwo").count(), 1, "{table}");
}
