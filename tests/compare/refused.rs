//! Results that are not of the same thing, that cannot be believed, or that are not there.

use crate::harness::{Bench, Ran};
use crate::made::{options, result, run, try_compare, usual, write};
use std::fs;
use std::os::unix::fs::symlink;
use wirebench::compare::Refusal;
use wirebench::result::Document;
use wirebench::scenario::{Placement, Wait};

/// Why these cannot be compared.
#[track_caller]
fn refused(baseline: &[Document], new: &[Document]) -> String {
    match try_compare(baseline, new, &options(&[], &[])) {
        Err(Refusal::Incomparable(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn another_placement_or_wait_is_refused_with_both() {
    let (baseline, mut new) = (result(0, |_| 1.0), result(1, |_| 1.0));
    new.cells[2].setup.cpu.placement = Placement::Same;
    let why = refused(std::slice::from_ref(&baseline), &[new]);
    assert!(why.contains("placement split, wait block in base/0"), "{why}");
    assert!(why.contains("placement same, wait block in new/0"), "{why}");
    let mut new = result(1, |_| 1.0);
    new.cells[2].setup.cpu.wait = Wait::Spin;
    let why = refused(&[baseline], &[new]);
    assert!(why.contains("wait spin in new/0"), "{why}");
}

#[test]
fn another_scenario_is_refused_with_both_on_either_side() {
    let mut other = result(1, |_| 1.0);
    other.scenario.name = "other".into();
    let why = refused(&usual(0..1), std::slice::from_ref(&other));
    assert_eq!(why, "base/0 is a result of the scenario `sticky`, new/0 one of `other`");
    let side = [result(2, |_| 1.0), other];
    assert!(refused(&usual(0..1), &side).contains("new/1 one of `other`"));
    assert!(refused(&side, &usual(0..1)).contains("base/1 one of `other`"));
}

#[test]
fn a_debug_build_on_either_side_is_refused_unless_it_is_allowed() {
    let mut debug = result(1, |_| 1.0);
    debug.tool.debug_build = true;
    for (baseline, new, told) in [
        (
            usual(0..1),
            vec![debug.clone()],
            "new/0 was measured with a debug build (wirebench), base/0",
        ),
        (
            vec![debug.clone()],
            usual(0..1),
            "base/0 was measured with a debug build (wirebench), new/0",
        ),
    ] {
        let why = refused(&baseline, &new);
        assert!(why.contains(told) && why.contains("--allow-debug"), "{why}");
        let mut options = options(&[], &[]);
        options.allow_debug = true;
        let compared = try_compare(&baseline, &new, &options).expect("it is allowed");
        assert!(compared.notes.iter().any(|note| note.contains("debug builds were measured")));
    }
    let mut plugin = result(1, |_| 1.0);
    plugin.measured(crate::sample::measured());
    assert!(refused(&usual(0..1), &[plugin]).contains("plugin wirebench.echo"));
    let bench = Bench::new();
    let ran = run(&bench, &usual(0..1), &[debug.clone()], &[]);
    assert_eq!(ran.code, Some(107), "{ran}");
    assert!(ran.stdout.is_empty() && ran.stderr.contains("new-0.json"), "{ran}");
    let ran = run(&bench, &usual(0..1), &[debug], &["--allow-debug"]);
    assert_eq!(ran.code, Some(106), "{ran}");
}

#[test]
fn results_without_a_cell_in_common_are_refused() {
    let side = |framing, seed| crate::made::result_of(&[framing], seed, |_| 1.0);
    let why = refused(&[side("line", 0)], &[side("cobs", 1)]);
    assert!(why.contains("no cell in common") && why.contains("--map"), "{why}");
    assert!(why.contains("framing=line") && why.contains("framing=cobs"), "{why}");
    let ran = run(&Bench::new(), &[side("line", 0)], &[side("cobs", 1)], &[]);
    assert_eq!(ran.code, Some(107), "{ran}");
}

fn compare(bench: &Bench, arguments: &[&str]) -> Ran {
    bench.start(&[&["compare"], arguments].concat()).wait()
}

#[test]
fn a_side_that_is_missing_is_wrong_usage_with_an_example() {
    let bench = Bench::new();
    write(&bench, "base", &usual(0..1));
    for arguments in
        [&[][..], &["base-0.json"], &["--", "base-0.json"], &["base-0.json", "--"], &["--"]]
    {
        let ran = compare(&bench, arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran}");
        assert!(ran.stderr.contains("wirebench compare main/1 main/2"), "{arguments:?}: {ran}");
        assert!(ran.stdout.is_empty(), "{ran}");
    }
}

#[test]
fn a_file_that_is_named_twice_is_wrong_usage_by_whatever_name() {
    let bench = Bench::new();
    write(&bench, "base", &usual(0..2));
    symlink("base-0.json", bench.folder().join("link.json")).expect("the folder is writable");
    fs::hard_link(bench.folder().join("base-0.json"), bench.folder().join("hard.json"))
        .expect("the folder is writable");
    for twice in [
        &["base-0.json", "--", "base-0.json"][..],
        &["base-0.json", "./base-0.json", "--", "base-1.json"],
        &["base-1.json", "--", "base-0.json", "link.json"],
        &["base-1.json", "hard.json", "--", "base-0.json"],
    ] {
        let ran = compare(&bench, twice);
        assert_eq!(ran.code, Some(2), "{twice:?}: {ran}");
        assert!(ran.stderr.contains("is named twice"), "{twice:?}: {ran}");
    }
}

#[test]
fn a_copy_of_a_result_is_no_regression_of_it() {
    let bench = Bench::new();
    write(&bench, "base", &usual(0..1));
    fs::copy(bench.folder().join("base-0.json"), bench.folder().join("copy.json")).expect("a copy");
    let ran = compare(&bench, &["base-0.json", "--", "copy.json"]);
    assert_eq!(ran.code, Some(106), "{ran}");
}

#[test]
fn a_limit_that_is_none_is_wrong_usage() {
    let bench = Bench::new();
    for (limit, told) in [("p50", "METRIC=SHARE"), ("p5O=5%", "did you mean"), ("cpu=-1%", "cpu")] {
        let ran = run(&bench, &usual(0..1), &usual(1..2), &["--limit", limit]);
        assert_eq!(ran.code, Some(2), "{limit}: {ran}");
        assert!(ran.stderr.contains(told), "{limit}: {ran}");
    }
}

#[test]
fn what_cannot_be_believed_is_refused_as_report_does() {
    let bench = Bench::new();
    write(&bench, "base", &usual(0..2));
    let text = fs::read_to_string(bench.folder().join("base-1.json")).expect("text");
    let edited = |from: &str, to: &str| text.replacen(from, to, 1);
    for (name, text) in [
        ("empty.json", String::new()),
        ("foreign.json", "{\"name\": \"left-pad\"}".into()),
        ("cut.json", text[..text.len() / 2].into()),
        ("newer.json", edited("wirebench.result/2", "wirebench.result/3")),
        ("edited.json", edited("\"p50\": ", "\"p50\": 1")),
        ("journal.jsonl", "{}\n".into()),
    ] {
        bench.write(name, text);
        let reported = bench.start(&["report", name]).wait();
        for arguments in [[name, "--", "base-0.json"], ["base-0.json", "--", name]] {
            let ran = compare(&bench, &arguments);
            assert_eq!(ran.code, Some(108), "{name}: {ran}");
            assert_eq!(ran.stderr, reported.stderr, "{name}");
            assert!(ran.stdout.is_empty() && ran.stderr.contains(name), "{ran}");
        }
    }
    let ran = compare(&bench, &["nowhere.json", "--", "base-0.json"]);
    assert!(ran.code == Some(108) && ran.stderr.contains("nowhere.json"), "{ran}");
}
