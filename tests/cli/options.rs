//! Options that change what is run.

use crate::harness::{Bench, Document, scenario};

const MATRIX: &str =
    "\n[matrix]\nframing = [\"len32be\", \"line\"]\n\"load.payload\" = [\"16 B\", \"64 B\"]\n";

#[track_caller]
fn run(arguments: &[&str]) -> Document {
    let bench = Bench::new();
    let text = scenario("\"raw\"", "messages = 20\nrounds = 2\n", MATRIX)
        .replace("framing = \"raw\"\n", "");
    let ran = bench.run(&text, arguments);
    assert_eq!(ran.code, Some(0), "{ran}");
    bench.document()
}

fn ids(document: &Document) -> Vec<&str> {
    document.cells().map(|cell| cell.id()).collect()
}

#[test]
fn a_filter_selects_cells_by_an_axis() {
    let document = run(&["--filter", "framing=line"]);
    assert_eq!(
        ids(&document),
        ["framing=line,load.payload=16 B", "framing=line,load.payload=64 B"]
    );
}

#[test]
fn filters_must_all_match() {
    let document = run(&["--filter", "framing=line", "--filter", "load.payload=64 B"]);
    assert_eq!(ids(&document), ["framing=line,load.payload=64 B"]);
}

#[test]
fn a_filter_without_a_key_is_a_part_of_the_id() {
    let document = run(&["--filter", "len32be,load.payload=16"]);
    assert_eq!(ids(&document), ["framing=len32be,load.payload=16 B"]);
}

#[test]
fn set_changes_a_key_in_every_cell() {
    let document = run(&["--set", "load.in-flight=7", "--set", "transport.kind=unix"]);
    for cell in document.cells() {
        assert_eq!(cell.0["setup"]["load"]["in_flight"], 7);
        assert_eq!(cell.0["setup"]["transport"]["kind"], "unix");
    }
}

#[test]
fn set_leaves_one_value_of_an_axis() {
    assert_eq!(run(&["--set", "framing=line"]).cells().count(), 2);
}

#[test]
fn set_adds_a_gate_that_decides() {
    let bench = Bench::new();
    let ran = bench.run(&scenario("\"len32be\"", "", ""), &["--set", "expect.intact=> 1000000"]);
    assert_eq!(ran.code, Some(100), "{ran}");
}

#[test]
fn set_of_a_key_that_does_not_exist_is_an_error_with_a_suggestion() {
    let bench = Bench::new();
    let ran = bench.run(&scenario("\"len32be\"", "", ""), &["--set", "load.in-fligth=7"]);
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("in-flight"), "{ran}");
}

#[test]
fn rounds_seed_and_duration_win_over_the_file() {
    let document = run(&["--rounds", "1", "--seed", "99", "--duration", "20ms"]);
    assert_eq!(document.0["scenario"]["seed"], 99);
    for cell in document.cells() {
        assert_eq!(cell.list("rounds").len(), 1);
        assert_eq!(cell.0["setup"]["load"]["until"]["duration"], 20_000_000);
    }
}

#[test]
fn several_scenarios_run_one_after_the_other() {
    let bench = Bench::new();
    for name in ["one", "two"] {
        let text = scenario("\"len32be\"", "messages = 20\n", "");
        bench.write(&format!("{name}.toml"), text.replace("\"test\"", &format!("\"{name}\"")));
    }
    let folder = crate::harness::plugin_folder();
    let ran = bench
        .start(&["run", "one.toml", "two.toml", "--out", "out", "--plugin-dir", folder])
        .wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    for name in ["one", "two"] {
        assert!(bench.out().join(name).join("latest/result.json").is_file(), "{ran}");
    }
}
