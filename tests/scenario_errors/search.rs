//! Searches that cannot be played, each refused where it is written.

use crate::support::{BARE, HEAD, errors, load_text, one_error, says, set, valid};
use wirebench::scenario::Overrides;

/// Lines 5 to 9, and what stands in line 10 and later.
fn search(lines: [&str; 4], more: &str) -> String {
    let [metric, vary, from, to] = lines;
    format!("{HEAD}[search]\nmetric = {metric}\nvary = {vary}\nfrom = {from}\nto = {to}\n{more}")
}

const IN_FLIGHT: [&str; 4] = ["\"p99 < 1ms\"", "\"load.in-flight\"", "1", "64"];
const RATE: [&str; 4] = ["\"p99 < 1ms\"", "\"load.rate\"", "\"1k/s\"", "\"64k/s\""];
const OPEN: &str = "[load]\nmodel = \"open\"\n";

fn with_metric(metric: &str) -> String {
    search([metric, IN_FLIGHT[1], IN_FLIGHT[2], IN_FLIGHT[3]], "")
}

#[test]
fn candidates_are_an_axis_from_one_end_to_the_other() {
    let scenario = valid(&search(RATE, OPEN));
    assert_eq!(scenario.axes, ["load.rate"]);
    let ids: Vec<&str> = scenario.cells.iter().map(|cell| cell.id.as_str()).collect();
    assert_eq!(
        (ids[0], ids[1], ids[ids.len() - 1]),
        ("load.rate=1k/s", "load.rate=1050/s", "load.rate=64k/s")
    );
    let search = scenario.search.as_ref().expect("a search");
    let values: Vec<f64> =
        scenario.cells.iter().filter_map(|cell| search.value(&cell.settings)).collect();
    assert!(
        values.windows(2).all(|pair| pair[0] < pair[1] && pair[1] < pair[0] * 1.06),
        "{values:?}"
    );
    assert_eq!(search.rounds, 3, "those of the load");
    assert_eq!(scenario.search_groups().len(), 1);
}

#[test]
fn small_numbers_are_each_a_candidate_once() {
    let scenario = valid(&search(["\"p99 < 1ms\"", "\"load.connections\"", "1", "9"], ""));
    let labels: Vec<&str> = scenario.cells.iter().map(|cell| cell.axes[0].1.as_str()).collect();
    assert_eq!(labels, ["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
}

#[test]
fn what_is_expected_is_a_candidate_itself() {
    let scenario = valid(&search(RATE, "expect = \">= 12345/s\"\n[load]\nmodel = \"open\"\n"));
    assert!(scenario.cells.iter().any(|cell| cell.id == "load.rate=12345/s"));
}

#[test]
fn options_and_profiles_reach_a_search() {
    let text = search(RATE, OPEN);
    let changed = load_text(&text, &set(&["search.to=2k/s", "search.rounds=7"])).expect("valid");
    let found = changed.scenario.search.expect("a search");
    assert_eq!((found.to.as_str(), found.rounds), ("2k/s", 7));
}

#[test]
fn a_limit_that_is_none_is_refused_where_it_stands() {
    one_error(&with_metric("\"p99\""), "6:10", &["`p99` has no operator", "p99 < 1ms"]);
    one_error(&with_metric("\"p98x < 1ms\""), "6:10", &["there is no metric `p98x`"]);
    one_error(&with_metric("\"p99 < 5\""), "6:10", &["the limit of `p99`"]);
    one_error(&with_metric("\"p99 < 1ms,\""), "6:10", &["there is no limit here"]);
    one_error(
        &with_metric("\"p50 / framing=raw < 1.1\""),
        "6:10",
        &["holds a cell against another"],
    );
    one_error(&with_metric("7"), "6:10", &["takes a string"]);
    valid(&with_metric("\"p99 < 1ms, lost = 0, rate > 10/s\""));
}

#[test]
fn a_metric_of_open_loops_needs_one() {
    one_error(&with_metric("\"achieved > 99%\""), "6:10", &["is told of an open loop"]);
}

#[test]
fn what_varies_is_a_number_of_the_load_and_nothing_else_decides_it() {
    one_error(
        &search([IN_FLIGHT[0], "\"load.model\"", "1", "2"], ""),
        "7:8",
        &["`search.vary` is one of", "load.in-flight"],
    );
    let matrix = "[matrix]\n\"load.in-flight\" = [1, 2]\n";
    one_error(&search(IN_FLIGHT, matrix), "7:8", &["is an axis of the matrix", "remove the axis"]);
    let change = "[[override]]\nwhen = { framing = \"line\" }\nload.in-flight = 4\n";
    let head = BARE.to_owned() + "[matrix]\nframing = [\"raw\", \"line\"]\n";
    let text = search(IN_FLIGHT, change).replace(HEAD, &head);
    let rendered = errors(&text);
    assert!(rendered.contains("`load.in-flight` is decided by the search"), "{rendered}");
    let rendered =
        load_text(&search(IN_FLIGHT, ""), &set(&["load.in-flight=3"])).expect_err("refused");
    assert!(rendered.contains("is decided by the search"), "{rendered}");
}

#[test]
fn a_rate_is_varied_in_an_open_loop_only() {
    one_error(&search(RATE, ""), "7:8", &["`rate` is a setting of an open loop"]);
    let staged = "[load]\nmodel = \"open\"\nstage = [{ rate = \"1k/s\", duration = \"1s\" }]\n";
    says(&errors(&search(RATE, staged)), "7:8", &["one `rate`, or stages"]);
}

#[test]
fn a_range_goes_up_in_steps_that_are_something_and_not_too_many() {
    let range = |from, to, more| search([IN_FLIGHT[0], IN_FLIGHT[1], from, to], more);
    one_error(&range("64", "64", ""), "8:8", &["a search goes up"]);
    one_error(&range("64", "8", ""), "8:8", &["a search goes up"]);
    one_error(&range("0", "8", ""), "8:8", &["out of range"]);
    one_error(&range("\"1k/s\"", "8", ""), "8:8", &["a whole number"]);
    one_error(&range("1", "8", "resolution = \"0%\"\n"), "10:14", &["more than nothing"]);
    let fine = "resolution = \"0.1%\"\n";
    one_error(&range("1", "1000000", fine), "8:8", &["more than 4,096 steps"]);
    let cells: Vec<String> = (0..60).map(|delay| format!("\"{delay}ms\"")).collect();
    let many = format!("[matrix]\n\"transport.read-delay\" = [{}]\n", cells.join(", "));
    let rendered = errors(&search(RATE, &format!("{OPEN}{many}")));
    says(&rendered, "8:8", &["candidates in each of 60 groups", "4,096"]);
}

#[test]
fn what_is_missing_is_named() {
    let text = format!("{HEAD}[search]\nmetric = \"p99 < 1ms\"\n");
    let rendered = errors(&text);
    for key in ["vary", "from", "to"] {
        says(&rendered, "6:1", &[&format!("a search needs `search.{key}`")]);
    }
    let unknown = format!("{HEAD}[search]\nmetrics = 1\n");
    says(&errors(&unknown), "6:1", &["did you mean `metric`?"]);
    valid(&format!("{HEAD}[search]\n"));
}

#[test]
fn what_is_expected_is_at_least_something() {
    let expect = |line: &str| search(IN_FLIGHT, &format!("expect = {line}\n"));
    one_error(&expect("\"< 4\""), "10:10", &["at least something"]);
    one_error(&expect("\"4\""), "10:10", &["at least something"]);
    one_error(&expect("\">= 4k/s\""), "10:10", &["a whole number"]);
    let found = valid(&expect("\">= 4\"")).search.and_then(|search| search.expect).expect("one");
    assert_eq!((found.value, found.text.as_str()), (4.0, ">= 4"));
}

#[test]
fn no_gate_holds_a_point_of_a_search_against_another_cell() {
    let text = format!(
        "{BARE}[search]\nmetric = \"p99 < 1ms\"\nvary = \"load.in-flight\"\nfrom = 1\nto = 8\n\
         [matrix]\nframing = [\"line\", \"raw\"]\n[expect]\n\"p50 / framing=raw\" = \"< 2\"\n"
    );
    one_error(&text, "12:1", &["cannot hold a cell of a search against another"]);
    assert!(load_text(&text, &Overrides::default()).is_err());
}
