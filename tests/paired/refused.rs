//! What is no baseline.

use crate::builds::{SCENARIO, arguments, build};
use crate::harness::{Bench, Ran, plugin_folder};

/// Runs the scenario with these arguments behind it.
fn ran(more: &[&str]) -> Ran {
    let bench = Bench::new();
    bench.write("scenario.toml", SCENARIO);
    let mut arguments =
        vec!["run", "scenario.toml", "--out", "out", "--plugin-dir", plugin_folder()];
    arguments.extend(more);
    let ran = bench.start(&arguments).wait();
    assert!(!bench.out().join("paired").exists(), "nothing was measured: {ran}");
    ran
}

#[track_caller]
fn refused(more: &[&str], code: i32, says: &str) {
    let ran = ran(more);
    assert_eq!(ran.code, Some(code), "{ran}");
    assert!(ran.stderr.contains(says), "{ran}");
}

#[test]
fn a_folder_without_the_plugins_is_107() {
    refused(&["--baseline-plugins", "."], 107, "has no plugin that would take the place of");
    refused(&["--baseline-plugins", "nowhere"], 107, "the folder nowhere cannot be found");
}

#[test]
fn a_server_where_there_is_none_is_104() {
    refused(&["--baseline-server", "cwd=."], 104, "the baseline cannot be read");
}

#[test]
fn another_cell_than_those_of_the_run_is_107() {
    let bench = Bench::new();
    let text = SCENARIO.replace(
        "[matrix]",
        "[server]\ncommand = [\"python3\", \"{port}\"]\n[matrix]\n\"server.cwd\" = [\".\", \"tmp\"]",
    );
    bench.write("scenario.toml", text.replace("intact = \"100%\"", "done = \"> 0\""));
    let arguments = ["run", "scenario.toml", "--plugin-dir", plugin_folder()];
    let more = ["--baseline-server", "cwd=."];
    let ran = bench.start(&[&arguments[..], &more].concat()).wait();
    assert_eq!(ran.code, Some(107), "{ran}");
    assert!(ran.stderr.contains("cannot be an axis"), "{ran}");
}

#[test]
fn a_program_that_is_no_wirebench_is_107() {
    refused(&["--baseline", "/bin/true"], 107, "left no round");
    refused(&["--baseline", "/bin/sh"], 107, "it said:");
    refused(&["--baseline", "none/such"], 107, "cannot be found");
    refused(&["--baseline", "scenario.toml"], 107, "cannot be started");
}

#[test]
fn a_budget_that_is_no_time_is_2() {
    refused(&["--baseline-plugins", ".", "--budget", "soon"], 2, "--budget");
}

#[test]
fn a_plugin_that_the_scenario_names_by_its_path_has_no_other() {
    let bench = Bench::new();
    let (new, baseline) = (build(&bench, "new", 0), build(&bench, "baseline", 0));
    let path = "handler = { plugin = \"echo\", path = \"new/libwirebench_echo.so\" }";
    bench.write("scenario.toml", SCENARIO.replace("handler = { plugin = \"echo\" }", path));
    let ran = bench.start(&arguments(&new, &baseline, &[])).wait();
    assert_eq!(ran.code, Some(107), "{ran}");
    assert!(ran.stderr.contains("names by `path` has no other"), "{ran}");
}
