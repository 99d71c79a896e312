//! `wirebench runs prune`: which runs go.

use crate::harness::Bench;
use crate::made::{IDS, folder, left, made, made_all, made_paired, point_latest, runs};

#[test]
fn of_each_scenario_the_newest_stay() {
    let bench = Bench::new();
    made_all(&bench, "one");
    made_all(&bench, "two");
    let ran = runs(&bench, &["prune", "--keep", "2"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    for scenario in ["one", "two"] {
        assert_eq!(left(&bench, scenario), IDS[3..], "{ran}");
        assert!(ran.stdout.contains(&format!("removed {scenario}/{} (", IDS[0])), "{ran}");
    }
    assert!(ran.stdout.contains("6 runs (") && ran.stdout.ends_with(" removed\n"), "{ran}");
    let again = runs(&bench, &["prune", "--keep", "2"]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), "nothing removed\n"), "{again}");
}

#[test]
fn only_runs_of_the_scenarios_that_are_named_go() {
    let bench = Bench::new();
    made_all(&bench, "one");
    made_all(&bench, "two");
    assert_eq!(runs(&bench, &["prune", "two", "--keep", "1"]).code, Some(0));
    assert_eq!((left(&bench, "one").len(), left(&bench, "two").len()), (5, 1));
    let none = runs(&bench, &["prune", "three", "--keep", "1"]);
    assert_eq!(none.code, Some(4), "{none}");
}

#[test]
fn what_is_older_goes_and_with_both_options_only_what_is_beyond_those_that_stay() {
    let bench = Bench::new();
    made_all(&bench, "one");
    made(&bench, "one", "29990101T000000Z");
    // All but the last are years old.
    let ran = runs(&bench, &["prune", "--older-than", "2w", "--keep", "4"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(left(&bench, "one"), IDS[2..], "{ran}");
    let ran = runs(&bench, &["prune", "--older-than", "30d"]);
    assert_eq!(left(&bench, "one"), IDS[4..], "`latest` points to the last: {ran}");
    assert!(folder(&bench, "one", "29990101T000000Z").exists());
    assert_eq!(runs(&bench, &["prune", "--older-than", "30"]).code, Some(2));
    assert_eq!(runs(&bench, &["prune", "--keep", "0"]).code, Some(2));
}

#[test]
fn a_dry_run_says_the_same_and_removes_nothing() {
    let bench = Bench::new();
    made_all(&bench, "one");
    let dry = runs(&bench, &["prune", "--keep", "3", "--dry-run"]);
    assert_eq!(left(&bench, "one"), IDS, "{dry}");
    let wet = runs(&bench, &["prune", "--keep", "3"]);
    assert_eq!(left(&bench, "one"), IDS[2..], "{wet}");
    let as_wet =
        dry.stdout.replace("would remove", "removed").replace("would be removed", "removed");
    assert_eq!(as_wet, wet.stdout);
}

#[test]
fn a_run_of_two_builds_goes_with_all_that_is_kept_of_it() {
    let bench = Bench::new();
    made_paired(&bench, "one", IDS[0]);
    made(&bench, "one", IDS[1]);
    let ran = runs(&bench, &["prune", "--keep", "1"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(left(&bench, "one"), IDS[1..2], "{ran}");
}

#[test]
fn what_a_killed_run_has_left_goes() {
    let bench = Bench::new();
    let killed = made(&bench, "one", IDS[0]);
    std::fs::remove_file(killed.join("result.json")).expect("it is ours");
    std::fs::write(killed.join(".tmpAb12Cd"), "half a result").expect("the folder is writable");
    std::os::unix::fs::symlink(IDS[0], killed.join(".latest")).expect("the folder is writable");
    let damaged = made(&bench, "one", IDS[1]);
    std::fs::write(damaged.join("journal.jsonl"), "{\"schema\":\"wirebench.journal/2\"")
        .expect("it is ours");
    made(&bench, "one", IDS[2]);
    point_latest(&bench, "one", IDS[2]);
    let ran = runs(&bench, &["prune", "--keep", "1"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(left(&bench, "one"), IDS[2..3], "{ran}");
}

#[test]
fn nobody_says_which_is_2_unless_wirebench_toml_does() {
    let bench = Bench::new();
    made_all(&bench, "one");
    std::fs::create_dir(bench.folder().join(".git")).expect("the folder is writable");
    let ran = runs(&bench, &["prune"]);
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(ran.stderr.contains("--keep N or --older-than AGE"), "{ran}");
    bench.write("wirebench.toml", "schema = 1\nkeep = 4\n");
    assert_eq!(runs(&bench, &["prune"]).code, Some(0));
    assert_eq!(left(&bench, "one"), IDS[1..]);
    // An option takes its place.
    assert_eq!(runs(&bench, &["prune", "--keep", "3"]).code, Some(0));
    assert_eq!(left(&bench, "one"), IDS[2..]);
}
