//! Gates that hold a cell against another of the same run, from the scenario to the exit code.

use crate::harness::{self, Bench, Ran, scenario};
use serde_json::Value;

const SLOW: &str = "framing={ kind = \"sleep\", gap = \"5ms\" }";

/// Two framings, of which one waits for 5 ms after each message: a hundred times as long as the other
/// takes.
fn text(rounds: u32, expect: &str) -> String {
    let matrix = "[matrix]\nframing = [\"len32be\", { kind = \"sleep\", gap = \"5ms\" }]\n";
    let load = format!("messages = 12\nrounds = {rounds}\n");
    let text = scenario("\"len32be\"", &load, &format!("{matrix}[expect]\n{expect}\n"));
    text.replace("framing = \"len32be\"\n", "")
}

/// The first run that a hypervisor has left alone, if there is one.
fn undisturbed(text: &str, more: &[&str]) -> Option<(Ran, Bench)> {
    harness::undisturbed(|| {
        let bench = Bench::new();
        (bench.run(text, more), bench)
    })
}

/// The only gate of the cell with this id.
fn gate(bench: &Bench, id: &str) -> Value {
    let document = bench.document();
    let cell = document.cells().find(|cell| cell.id() == id).expect("the cell is there");
    cell.list("gates").first().cloned().expect("a gate")
}

#[test]
fn a_ratio_that_keeps_its_limit_is_0() {
    let more_than_twice =
        text(3, "\"rate / framing={ kind = \\\"sleep\\\", gap = \\\"5ms\\\" }\" = \"> 2\"");
    let Some((ran, bench)) = undisturbed(&more_than_twice, &[]) else { return };
    assert_eq!(ran.code, Some(0), "{ran}");
    let gate = gate(&bench, "framing=len32be");
    assert_eq!(gate["pass"], true, "{gate}");
    assert_eq!((&gate["against"], &gate["rounds"]), (&SLOW.into(), &3.into()), "{gate}");
    assert!(
        bench.document().cells().any(|cell| cell.id() == SLOW && cell.list("gates").is_empty())
    );
}

#[test]
fn a_ratio_that_breaks_its_limit_is_99_and_told_with_the_other_cell() {
    let text = text(3, "\"p50 / framing=len32be\" = \"< 2\"");
    let Some((ran, bench)) = undisturbed(&text, &[]) else { return };
    assert_eq!(ran.code, Some(99), "{ran}");
    let words = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = format!("{SLOW}: p50 / framing=len32be: ");
    let (_, behind) = words.split_once(&told).unwrap_or_else(|| panic!("{told}: {ran}"));
    let (ratio, _) = behind.split_once(", not < 2").unwrap_or_else(|| panic!("{ran}"));
    assert!(ratio.contains('[') && ratio.contains('–'), "{ratio}");
    for kept in ["out/test/latest/result.json", "out/test/latest/journal.jsonl"] {
        let again = bench.start(&["report", kept, "--json", "again.json"]).wait();
        assert_eq!(again.code, Some(99), "{again}");
        let again = harness::Document::read(&bench.folder().join("again.json"));
        let cells =
            || again.cells().zip(bench.document().0["cells"].as_array().expect("cells").clone());
        assert!(cells().all(|(cell, was)| cell.0["gates"] == was["gates"]), "{kept}");
    }
}

#[test]
fn one_round_leaves_a_ratio_open_which_is_106_only_with_strict() {
    let text = text(1, "\"p50 / framing=len32be\" = \"< 2\"");
    for (more, code) in [(&[][..], 0), (&["--strict"], 106)] {
        let Some((ran, bench)) = undisturbed(&text, more) else { return };
        assert_eq!(ran.code, Some(code), "{ran}");
        assert!(ran.stdout.contains("Gates that cannot be told"), "{ran}");
        let gate = gate(&bench, SLOW);
        assert!(gate["why"].as_str().is_some_and(|why| why.contains("in the one round")), "{gate}");
    }
}

#[test]
fn a_filter_that_leaves_the_other_cell_out_leaves_the_ratio_open() {
    let text = text(3, "\"overhead / framing=len32be\" = \"< 2\"");
    for (more, code) in [(&[][..], 0), (&["--strict"], 106)] {
        let bench = Bench::new();
        let ran = bench.run(&text, &[&["--filter", "sleep"], more].concat());
        assert_eq!(ran.code, Some(code), "{ran}");
        let gate = gate(&bench, SLOW);
        let why = gate["why"].as_str().expect("a reason");
        assert!(why.contains("`framing=len32be`") && why.contains("not among the cells"), "{why}");
    }
}

#[test]
fn an_option_adds_such_a_gate_and_removes_it() {
    let text = text(1, "\"overhead / framing=len32be\" = \"> 2\"");
    for (option, code) in [
        ("expect.\"overhead / framing=len32be\"=\"< 2\"", 0),
        ("expect.\"overhead / framing=len32be\"=false", 0),
        ("expect.\"writes / framing=len32be\"=\"> 5\"", 99),
    ] {
        let ran = Bench::new().run(&text, &["--set", option]);
        let others = if option.contains("writes") { "writes" } else { "pass" };
        assert_eq!(ran.code, Some(code), "{option}: {ran}");
        assert!(ran.stdout.contains(others), "{ran}");
    }
    // Without an option, what has no header has no twice as large one.
    assert_eq!(Bench::new().run(&text, &[]).code, Some(99));
}

#[test]
fn a_plan_tells_such_gates_and_checks_the_cells_that_they_name() {
    let bench = Bench::new();
    bench.write("scenario.toml", text(3, "\"p50 / framing=len32be\" = \"< +10%\""));
    let plan = bench.start(&["plan", "scenario.toml"]).wait();
    assert!(plan.stdout.contains("expects p50 / framing=len32be < +10%"), "{plan}");
    assert!(plan.stdout.contains("expects none"), "{plan}");
    bench.write("scenario.toml", text(3, "\"p50 / framing=len23be\" = \"< +10%\""));
    let check = bench.start(&["check", "scenario.toml"]).wait();
    assert_eq!(check.code, Some(104), "{check}");
    assert!(check.stderr.contains("did you mean `len32be`?"), "{check}");
}
