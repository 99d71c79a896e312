//! What is said of a search before it is played.

use crate::found::OVERHEAD;
use crate::harness::Bench;

#[test]
fn a_plan_says_how_many_points_there_are_and_how_many_are_played() {
    let bench = Bench::new();
    bench.write("scenario.toml", OVERHEAD);
    let ran = bench.start(&["plan", "scenario.toml"]).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    for words in [
        "searches for the highest load.payload from 4 B to 4 KiB that keeps overhead > 0.051, for 2 groups",
        "candidates: plays about",
        "points of 2 rounds to 6 each, at most",
        "framing=len32be,load.payload=4 B\n",
        "framing=line,load.payload=4 KiB\n",
    ] {
        assert!(ran.stdout.contains(words), "{words}: {ran}");
    }
    assert!(!ran.stdout.contains("load.payload=16 B\n"), "not every candidate: {ran}");
    let checked = bench.start(&["check", "scenario.toml"]).wait();
    assert_eq!(checked.code, Some(0), "{checked}");
    assert!(checked.stdout.contains("ok, search for the highest load.payload"), "{checked}");
}

#[test]
fn a_search_is_not_held_against_a_baseline() {
    let bench = Bench::new();
    let plugins = crate::harness::plugin_folder();
    let ran = bench.run(OVERHEAD, &["--baseline-plugins", plugins]);
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(ran.stderr.contains("compare what is found"), "{ran}");
}
