//! `wirebench runs show`.

use crate::harness::Bench;
use crate::made::{IDS, made, made_all, point_latest, runs};

/// Two scenarios, of which `two` has the newest run.
fn bench() -> Bench {
    let bench = Bench::new();
    made_all(&bench, "one");
    made(&bench, "two", "20260101T000000Z");
    made(&bench, "two", IDS[0]);
    point_latest(&bench, "two", "20260101T000000Z");
    bench
}

/// The folder that the run stands in which is meant.
#[track_caller]
fn shown(bench: &Bench, run: &str) -> String {
    let ran = runs(bench, &["show", run]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let (_, folder) =
        ran.stdout.trim_end().rsplit_once("wirebench-out/").expect("the folder is told");
    folder.to_owned()
}

#[test]
fn a_run_is_named_in_few_words() {
    let bench = bench();
    for (run, folder) in [
        ("latest", "two/20260101T000000Z"),
        ("one", "one/20250103T000000Z-10"),
        ("one/latest", "one/20250103T000000Z-10"),
        ("one/20250103T000000Z-2", "one/20250103T000000Z-2"),
        ("one/20250103T000000Z", "one/20250103T000000Z"),
        ("one/20250102", "one/20250102T000000Z"),
        ("2026", "two/20260101T000000Z"),
        ("20250102T000000Z", "one/20250102T000000Z"),
    ] {
        assert_eq!(shown(&bench, run), folder, "{run}");
    }
}

#[test]
fn what_may_be_several_runs_is_2_and_what_is_none_is_4() {
    let bench = bench();
    let several = runs(&bench, &["show", "20250101"]);
    assert_eq!(several.code, Some(2), "{several}");
    assert!(several.stderr.contains("one/20250101T000000Z, two/20250101T000000Z"), "{several}");
    for none in ["one/2026", "three", "", "one/", "../one"] {
        let ran = runs(&bench, &["show", none]);
        assert_eq!(ran.code, Some(4), "{none}: {ran}");
        assert!(ran.stderr.contains("wirebench runs list"), "{ran}");
    }
}

#[test]
fn it_is_printed_as_report_prints_it() {
    let bench = bench();
    let options = ["--format", "markdown", "--quiet", "--json", "-"];
    let shown = runs(&bench, &[&["show", "one"], &options[..]].concat());
    let folder = format!("wirebench-out/one/{}", IDS[4]);
    let reported = bench.start(&[&["report", &folder], &options[..]].concat()).wait();
    assert_eq!(shown.code, reported.code);
    assert_eq!(shown.stdout, reported.stdout);
    let damaged = made(&bench, "three", IDS[0]).join("result.json");
    std::fs::write(damaged, "{\"schema\": \"wirebench.result/2\"").expect("it is ours");
    assert_eq!(runs(&bench, &["show", "three"]).code, Some(108));
}

#[test]
fn where_runs_are_kept_says_an_option_or_wirebench_toml() {
    let bench = bench();
    std::fs::create_dir(bench.folder().join(".git")).expect("the folder is writable");
    bench.write("wirebench.toml", "schema = 1\nresults = \"elsewhere\"\n");
    assert_eq!(runs(&bench, &["show", "one"]).code, Some(4));
    assert_eq!(runs(&bench, &["show", "one", "--out", "wirebench-out"]).code, Some(0));
    assert_eq!(runs(&bench, &["show", "one", "--no-config"]).code, Some(0));
}
