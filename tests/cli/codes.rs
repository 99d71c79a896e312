//! What the program exits with.

use crate::harness::{self, Bench, Ran, scenario};
use wirebench::cli::ExitCode;

#[track_caller]
fn ends(scenario: &str, more: &[&str], code: i32) -> Ran {
    let bench = Bench::new();
    let ran = bench.run(scenario, more);
    assert_eq!(ran.code, Some(code), "{ran}");
    ran
}

/// The first run that a hypervisor has left alone, if there is one.
fn undisturbed(scenario: &str) -> Option<Ran> {
    let play = || {
        let bench = Bench::new();
        (bench.run(scenario, &[]), bench)
    };
    harness::undisturbed(play).map(|(ran, _)| ran)
}

#[test]
fn no_gate_that_failed_is_0() {
    let more = "[expect]\nintact = \"100%\"\ndone = 300\nrate = \"> 1/s\"\n";
    let Some(ran) = undisturbed(&scenario("\"len32be\"", "", more)) else { return };
    assert_eq!(ran.code, Some(0), "{ran}");
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
    let text = scenario("\"len32be\"", "", "[expect]\np50 = \"< 1ns\"\n");
    let Some(ran) = undisturbed(&text) else { return };
    assert_eq!(ran.code, Some(99), "{ran}");
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

#[test]
fn a_gate_that_had_nothing_to_judge_is_106_with_and_without_strict() {
    // Nobody answers, so there is no latency; that messages arrive is judged all the same.
    let more = "handler = { plugin = \"echo\", config = { reply = \"none\" } }\n\
                [expect]\nintact = true\n\"reply.p50\" = \"< 1s\"\n";
    for strict in [&[][..], &["--strict"]] {
        let ran = ends(&scenario("\"len32be\"", "", more), strict, 106);
        assert!(ran.stdout.contains("Gates that cannot be told"), "{ran}");
    }
}

#[test]
fn help_and_documents_tell_the_codes_as_they_are() {
    let help = Bench::new().start(&["--help"]).wait().stdout;
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let help = words(&help);
    let results = include_str!("../../docs/results.md");
    let table = results.split_once("\n## Exit codes\n").expect("a section").1;
    let mut told = String::from("| code | meaning |\n|---|---|\n");
    for (code, meaning) in ExitCode::ALL {
        let line = words(&format!("{} {meaning}", code.number()));
        assert!(help.contains(&line), "`{line}` is not in: {help}");
        told.push_str(&format!("| {} | {meaning} |\n", code.number()));
    }
    assert!(table.contains(&told), "docs/results.md has not:\n{told}");
    let order = ExitCode::PRECEDENCE.map(|code| code.number().to_string()).join(", ");
    let order = format!("Where several apply, the first of {order}.");
    assert!(help.contains(&order), "`{order}` is not in: {help}");
    assert!(table.contains(&order), "docs/results.md has not:\n{order}");
}
