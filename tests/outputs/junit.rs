//! JUnit XML: suites, tests and what they say, as Python's own reader of XML has it.

use crate::documents::{HOSTILE, without_samples};
use crate::documents::{
    all, broken, failing, flaky, hostile, interrupted, many, one, passing, slower,
};
use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Stdio};
use wirebench::report::Format;
use wirebench::text::clean;

/// What the file says, as Python reads it.
fn read(xml: &str) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/outputs/read_junit.py");
    let mut python = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is there");
    python.stdin.take().expect("a pipe").write_all(xml.as_bytes()).expect("it reads");
    let output = python.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{xml}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The suites of one result.
fn suites(document: wirebench::result::Document) -> Value {
    read(&one(Format::JUnit, document))
}

fn statuses(suite: &Value) -> Vec<&str> {
    let cases = suite["cases"].as_array().expect("tests");
    cases.iter().map(|case| case["status"].as_str().expect("a status")).collect()
}

#[test]
fn cells_that_pass_are_tests_that_pass_with_their_figures() {
    let read = suites(passing());
    let suite = &read["suites"][0];
    assert_eq!(suite["attributes"]["name"], "sticky");
    assert_eq!(suite["attributes"]["tests"], "2");
    assert_eq!(statuses(suite), ["success", "success"]);
    let case = &suite["cases"][0];
    assert_eq!(case["attributes"]["name"], "framing=line,load.payload=64 B");
    assert_eq!(case["attributes"]["classname"], "sticky");
    assert_eq!(case["attributes"]["time"], "0.760", "two rounds of 380 ms");
    assert_eq!(case["properties"]["intact"], "1");
    for figure in ["p50_ns", "p99_ns", "rate_per_second", "cpu_ns_per_message"] {
        let text = case["properties"][figure].as_str().expect(figure);
        assert!(text.parse::<f64>().is_ok_and(|number| number > 0.0), "{figure}: {text}");
    }
}

#[test]
fn the_file_ends_with_a_line() {
    assert!(one(Format::JUnit, passing()).ends_with("</testsuites>\n"));
}

#[test]
fn a_flaky_cell_passes_and_says_that_it_had_failed() {
    let read = suites(flaky());
    let suite = &read["suites"][0];
    assert_eq!(statuses(suite), ["success", "success"]);
    let had_failed = suite["cases"][0]["flaky"].as_array().expect("a list");
    let words = had_failed[0].as_str().expect("words");
    assert!(words.contains("attempt 1 of 2: intact is"), "{words}");
    assert_eq!(had_failed.len(), 1);
    assert_eq!(suite["cases"][1]["flaky"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_gate_that_does_not_hold_is_a_failure_with_its_line() {
    let read = suites(failing());
    let suite = &read["suites"][0];
    let expected = ["failure", "failure", "success", "failure", "success", "skipped"];
    assert_eq!(statuses(suite), expected);
    assert_eq!(suite["attributes"]["failures"], "3");
    assert_eq!(suite["attributes"]["skipped"], "1");
    let case = &suite["cases"][0];
    assert_eq!(case["type"], "gate");
    let message = case["message"].as_str().expect("a message");
    assert!(message.contains("intact is 45") && message.ends_with(" …"), "{message}");
    let body = case["body"].as_str().expect("a body");
    assert!(body.contains("(scenarios/sticky.toml:31)"), "{body}");
    assert!(
        body.contains("p99 is 25.0 us, the limit is < 13us (scenarios/sticky.toml:32)"),
        "{body}"
    );
    let skipped = suite["cases"][5]["message"].as_str().expect("a message");
    assert!(skipped.contains("p99 < 13us: 50 samples are too few"), "{skipped}");
}

#[test]
fn a_crash_and_a_round_that_could_not_be_run_are_errors() {
    let read = suites(broken());
    let suite = &read["suites"][0];
    assert_eq!(statuses(suite), ["error", "error", "skipped"]);
    let crash = &suite["cases"][0];
    assert_eq!(crash["type"], "crash");
    let body = crash["body"].as_str().expect("a body");
    assert!(body.contains("killed by SIGSEGV"), "{body}");
    assert!(body.contains("\n    reading configuration\n"), "{body}");
    assert!(body.contains("about to crash") && !body.contains('\u{1b}'), "{body}");
    assert!(crash["properties"]["p50_ns"].is_null(), "{crash}");
    let unrun = suite["cases"][1]["message"].as_str().expect("a message");
    assert!(unrun.contains("port 7 is in use"), "{unrun}");
}

#[test]
fn an_interrupted_run_is_an_error_of_its_own() {
    let read = suites(interrupted());
    let suite = &read["suites"][0];
    assert_eq!(statuses(suite), ["success", "skipped", "error"]);
    assert_eq!(suite["cases"][2]["attributes"]["name"], "the whole run");
    let mut stopped = interrupted();
    stopped.stop("a file was replaced".into());
    let read = suites(stopped);
    assert_eq!(read["suites"][0]["cases"][2]["message"], "stopped early: a file was replaced");
}

#[test]
fn nothing_answered_is_a_failure_without_figures() {
    let read = suites(without_samples());
    let case = &read["suites"][0]["cases"][0];
    assert_eq!(case["status"], "failure");
    assert_eq!(case["type"], "nothing to judge");
    assert!(case["properties"]["p50_ns"].is_null(), "{case}");
    assert!(case["properties"]["rate_per_second"].is_null(), "{case}");
}

#[test]
fn what_is_slower_than_the_baseline_is_a_failure_with_ratio_and_interval() {
    let read = read(&all(Format::JUnit, &[slower()]));
    let suite = &read["suites"][1];
    assert_eq!(suite["attributes"]["name"], "sticky vs baseline");
    assert_eq!(suite["attributes"]["tests"], "5");
    let cases = suite["cases"].as_array().expect("tests");
    for case in cases {
        let name = case["attributes"]["name"].as_str().expect("a name");
        assert_eq!(case["status"] == "failure", name.starts_with("framing=line,"), "{case}");
    }
    let case = &cases[0];
    let body = case["body"].as_str().expect("a body");
    assert!(
        body.contains("p50 is 1.499 [1.497–1.502]") && body.contains("times the baseline's"),
        "{body}"
    );
    let ratio = case["properties"]["ratio of p50"].as_str().expect("a property");
    assert!(ratio.starts_with("1.49") && ratio.ends_with(']'), "{ratio}");
}

#[test]
fn hostile_text_is_text() {
    let read = suites(hostile());
    let suite = &read["suites"][0];
    let shown = clean(HOSTILE).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
    assert_eq!(suite["attributes"]["name"], shown);
    assert_eq!(suite["cases"][3]["attributes"]["name"], format!("{shown}3"));
    assert_eq!(statuses(suite).len(), 8);
}

#[test]
fn a_thousand_cells_are_a_thousand_tests() {
    let read = suites(many(1_000));
    assert_eq!(read["attributes"]["tests"], "1000");
    assert_eq!(read["attributes"]["failures"], "334");
}
