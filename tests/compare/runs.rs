//! Real runs, as small as they can be. What they take is not asserted: no two take the same.

use crate::harness::{Bench, Ran, plugin_folder, scenario};
use serde_json::Value;
use std::fs;

const MATRIX: &str = "[matrix]\nframing = [\"len32be\", \"line\"]\n";

/// Runs the scenario once more; returns the folder in which it is kept.
#[track_caller]
fn measure(bench: &Bench, out: &str, more: &[&str]) -> String {
    let text = scenario("\"raw\"", "messages = 100\nrounds = 1\n", MATRIX);
    bench.write("scenario.toml", text.replace("framing = \"raw\"\n", ""));
    let mut arguments = vec!["run", "scenario.toml", "--out", out, "--quiet"];
    arguments.extend(["--plugin-dir", plugin_folder()]);
    arguments.extend(more);
    let ran = bench.start(&arguments).wait();
    assert!(matches!(ran.code, Some(0 | 103 | 106)), "{ran}");
    let latest = fs::read_link(bench.folder().join(out).join("test/latest")).expect("it was kept");
    format!("{out}/test/{}", latest.to_str().expect("UTF-8"))
}

fn compare(bench: &Bench, arguments: &[&str]) -> Ran {
    bench.start(&[&["compare", "--allow-debug"], arguments].concat()).wait()
}

#[test]
fn runs_are_compared_by_their_folders_their_journals_and_the_latest_of_a_scenario() {
    let bench = Bench::new();
    let sides: Vec<String> =
        (0..6).map(|at| measure(&bench, if at < 3 { "old" } else { "new" }, &[])).collect();
    let journal = format!("{}/journal.jsonl", sides[1]);
    let baseline = [&sides[0], &journal, &sides[2]];
    let mut arguments: Vec<&str> = baseline.into_iter().map(String::as_str).collect();
    arguments.extend(["--", &sides[3], &sides[4], "new/test", "--json", "-"]);
    let ran = compare(&bench, &arguments);
    assert!(matches!(ran.code, Some(0 | 103 | 106)), "{ran}");
    let document: Value = serde_json::from_str(&ran.stdout).expect("it is JSON");
    assert_eq!(document["cells"].as_array().map(Vec::len), Some(2));
    for cell in document["cells"].as_array().expect("cells") {
        for row in cell["rows"].as_array().expect("rows").iter().filter(|row| row["exact"] == false)
        {
            let told = row["low"].is_number() && row["high"].is_number();
            assert!(told || row["why"].is_string(), "{row}");
        }
        let overhead = |row: &&Value| row["metric"] == "bytes";
        let row = cell["rows"].as_array().and_then(|rows| rows.iter().find(overhead));
        assert_eq!(row.expect("it is counted")["verdict"], "same", "{cell}");
    }
    // The latest run by two names is one file.
    let ran = compare(&bench, &[&sides[0], "--", "new/test", &sides[5]]);
    assert_eq!(ran.code, Some(2), "{ran}");
    // Its journal is another file of the same run.
    let journal = format!("{}/journal.jsonl", sides[0]);
    let ran = compare(&bench, &[&sides[0], &journal, "--", &sides[3]]);
    assert_eq!(ran.code, Some(106), "{ran}");
    assert!(ran.stdout.contains("is the same run as"), "{ran}");
}

#[test]
fn cells_that_a_filter_left_out_are_named() {
    let bench = Bench::new();
    let (all, some) =
        (measure(&bench, "old", &[]), measure(&bench, "new", &["--filter", "framing=line"]));
    let ran = compare(&bench, &[&all, "--", &some]);
    assert_eq!(ran.code, Some(106), "{ran}");
    assert!(ran.stdout.contains("only the baseline has `framing=len32be`"), "{ran}");
}

#[test]
fn debug_builds_of_this_program_are_refused_without_a_word_on_them() {
    let bench = Bench::new();
    let (old, new) = (measure(&bench, "old", &[]), measure(&bench, "new", &[]));
    let ran = bench.start(&["compare", &old, "--", &new]).wait();
    let code = if cfg!(debug_assertions) { 107 } else { 106 };
    assert_eq!(ran.code, Some(code), "{ran}");
}

#[test]
fn a_paired_run_is_reported_with_the_code_it_had() {
    let bench = Bench::new();
    fs::create_dir(bench.folder().join("main")).expect("the folder is writable");
    let plugin = "libwirebench_echo.so";
    let from = std::path::Path::new(plugin_folder()).join(plugin);
    fs::copy(from, bench.folder().join("main").join(plugin)).expect("the plugin is copied");
    let text = scenario("\"raw\"", "messages = 100\nrounds = 4\n", MATRIX);
    bench.write("scenario.toml", text.replace("framing = \"raw\"\n", ""));
    let mut arguments = vec!["run", "scenario.toml", "--out", "out", "--baseline-plugins", "main"];
    arguments.extend(["--plugin-dir", plugin_folder()]);
    let ran = bench.start(&arguments).wait();
    assert!(matches!(ran.code, Some(0 | 103 | 106)), "{ran}");
    let again = bench.start(&["report", "out/test"]).wait();
    assert_eq!(again.code, ran.code, "{ran}\n{again}");
    let printed = |ran: &Ran| {
        let (_, below) = ran.stdout.split_once("\ntest: this run against ").expect("a comparison");
        below.to_owned()
    };
    assert_eq!(printed(&again), printed(&ran));
}
