//! What the program exits with.

use crate::harness::{Bench, Ran, scenario};

#[track_caller]
fn ends(scenario: &str, more: &[&str], code: i32) -> Ran {
    let bench = Bench::new();
    let ran = bench.run(scenario, more);
    assert_eq!(ran.code, Some(code), "{ran}");
    ran
}

#[test]
fn gates_that_hold_are_0() {
    let more = "[expect]\nintact = \"100%\"\ndone = 300\nrate = \"> 1/s\"\n";
    ends(&scenario("\"len32be\"", "", more), &[], 0);
}

#[test]
fn wrong_usage_is_2() {
    for arguments in [&["fly"][..], &["run"], &["run", "a.toml", "--wings"], &[]] {
        let ran = Bench::new().start(arguments).wait();
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran}");
        assert!(ran.stderr.contains("Usage"), "{arguments:?}: {ran}");
        assert!(ran.stdout.is_empty(), "{arguments:?}: {ran}");
    }
}

#[test]
fn help_and_version_are_0() {
    for arguments in [&["--help"][..], &["--version"], &["run", "--help"]] {
        let ran = Bench::new().start(arguments).wait();
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran}");
        assert!(!ran.stdout.is_empty(), "{arguments:?}: {ran}");
    }
}

#[test]
fn a_filter_that_selects_nothing_is_4() {
    let ran = ends(&scenario("\"len32be\"", "", ""), &["--filter", "framing=none"], 4);
    assert!(ran.stderr.contains("no cell matches"), "{ran}");
}

#[test]
fn a_cost_gate_that_fails_is_99() {
    let ran = ends(&scenario("\"len32be\"", "", "[expect]\np50 = \"< 1ns\"\n"), &[], 99);
    assert!(ran.stdout.contains("p50"), "{ran}");
}

#[test]
fn an_integrity_gate_that_fails_is_100() {
    let text =
        scenario("\"raw\"", "in-flight = 32\nmessages = 2000\n", "[expect]\nintact = true\n");
    let ran = ends(&text, &[], 100);
    assert!(ran.stdout.contains("intact"), "{ran}");
}

#[test]
fn integrity_comes_before_cost() {
    let more = "[expect]\nintact = true\np50 = \"< 1ns\"\n";
    ends(&scenario("\"raw\"", "in-flight = 32\nmessages = 2000\n", more), &[], 100);
}

#[test]
fn a_folder_without_scenarios_is_4_for_every_verb_and_said() {
    let empty = tempfile::tempdir().expect("a temporary folder");
    let folder = empty.path().to_str().expect("a UTF-8 path");
    for verb in ["run", "check", "plan"] {
        let ran = Bench::new().start(&[verb, folder]).wait();
        assert_eq!(ran.code, Some(4), "{verb}: {ran}");
        assert!(ran.stderr.contains("no *.toml file"), "{verb}: {ran}");
    }
}

#[test]
fn an_invalid_scenario_is_104_and_starts_nothing() {
    let bench = Bench::new();
    let text = scenario("\"len32be\"", "in-fligth = 3\npayload = \"64 Q\"\n", "");
    let ran = bench.run(&text, &[]);
    assert_eq!(ran.code, Some(104), "{ran}");
    // All errors at once, each with its line, and a suggestion.
    for part in ["in-fligth", "`in-flight`", "64 Q", "scenario.toml:"] {
        assert!(ran.stderr.contains(part), "`{part}` is missing: {ran}");
    }
    assert!(!bench.out().exists() && !bench.folder().join("result.json").exists(), "{ran}");
}

#[test]
fn one_invalid_scenario_of_several_starts_none() {
    let bench = Bench::new();
    bench.write("a.toml", scenario("\"len32be\"", "", ""));
    bench.write("b.toml", "schema = 1\n");
    let ran = bench.start(&["run", "a.toml", "b.toml", "--out", "out"]).wait();
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(!bench.out().exists(), "{ran}");
}

#[test]
fn a_scenario_that_is_nowhere_is_104() {
    let ran = Bench::new().start(&["run", "nowhere.toml"]).wait();
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("nowhere.toml"), "{ran}");
}

#[test]
fn an_inconclusive_cell_is_106_only_with_strict() {
    // One exchange has no 99th percentile.
    let text = scenario("\"len32be\"", "messages = 1\n", "[expect]\np99 = \"< 1s\"\n");
    ends(&text, &[], 0);
    ends(&text, &["--strict"], 106);
}
