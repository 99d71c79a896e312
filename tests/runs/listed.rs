//! `wirebench runs list`.

use crate::fields;
use crate::harness::Bench;
use crate::made::{IDS, folder, made, made_all, ran, runs};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::symlink;

/// The document of a list.
#[track_caller]
fn listed(bench: &Bench, more: &[&str]) -> Value {
    let ran = runs(bench, &[&["list", "--format", "json"], more].concat());
    assert_eq!(ran.code, Some(0), "{ran}");
    serde_json::from_str(&ran.stdout).expect("it is JSON")
}

fn ids(list: &Value) -> Vec<&str> {
    let runs = list["runs"].as_array().expect("a list");
    runs.iter().map(|run| run["id"].as_str().expect("a name")).collect()
}

#[test]
fn runs_of_all_scenarios_are_listed_the_newest_first() {
    let bench = Bench::new();
    made_all(&bench, "one");
    made(&bench, "two", "20250102T120000Z");
    let list = listed(&bench, &[]);
    assert_eq!(ids(&list), [IDS[4], IDS[3], IDS[2], "20250102T120000Z", IDS[1], IDS[0]]);
    let table = runs(&bench, &["list"]);
    assert_eq!(table.code, Some(0), "{table}");
    let rows: Vec<Vec<&str>> =
        table.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows.len(), 7, "{table}");
    assert_eq!(
        rows[0],
        ["scenario", "run", "started", "(UTC)", "verdict", "cells", "size", "profile"]
    );
    assert_eq!(rows[4][..6], ["two", "20250102T120000Z", "2025-01-02", "12:00:00", "pass", "1"]);
}

#[test]
fn every_field_of_the_list_is_documented() {
    let bench = Bench::new();
    fs::create_dir(bench.folder().join(".git")).expect("the folder is writable");
    bench.write("wirebench.toml", "schema = 1\n[profile.default]\nset.load.rounds = 2\n");
    let ran = ran(&bench, &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let list = listed(&bench, &[]);
    fields::agree("runs.md", "list", &list);
    let run = &list["runs"][0];
    assert_eq!(
        (&run["scenario"], &run["state"], &run["verdict"]),
        (&"test".into(), &"ended".into(), &"pass".into())
    );
    assert_eq!(
        (&run["cells"], &run["profile"], &run["latest"]),
        (&1.into(), &"default".into(), &true.into())
    );
    assert!(run["size_bytes"].as_u64().is_some_and(|bytes| bytes > 1_000));
}

#[test]
fn a_scenario_may_be_chosen_and_one_that_there_is_not_is_4() {
    let bench = Bench::new();
    made(&bench, "one", IDS[0]);
    made(&bench, "two", IDS[1]);
    assert_eq!(ids(&listed(&bench, &["two"])), [IDS[1]]);
    let none = runs(&bench, &["list", "tow"]);
    assert_eq!(none.code, Some(4), "{none}");
    assert!(
        none.stderr.contains("no run of `tow`") && none.stderr.contains("did you mean `two`?"),
        "{none}"
    );
}

#[test]
fn nothing_that_is_kept_is_an_empty_list() {
    let bench = Bench::new();
    assert!(ids(&listed(&bench, &[])).is_empty());
    let table = runs(&bench, &["list"]);
    assert_eq!((table.code, table.stdout.as_str()), (Some(0), ""), "{table}");
    assert!(table.stderr.contains("nothing is kept in wirebench-out"), "{table}");
    bench.write("file", "");
    let wrong = runs(&bench, &["list", "--out", "file"]);
    assert_eq!(wrong.code, Some(108), "{wrong}");
}

#[test]
fn a_run_without_a_result_was_killed_and_one_that_cannot_be_read_is_told_so() {
    let bench = Bench::new();
    let killed = made(&bench, "one", IDS[0]);
    fs::remove_file(killed.join("result.json")).expect("it is ours");
    let damaged = made(&bench, "one", IDS[1]);
    let text = fs::read(damaged.join("result.json")).expect("it is there");
    fs::write(damaged.join("result.json"), &text[..text.len() / 2]).expect("it is ours");
    let list = listed(&bench, &[]);
    assert_eq!(
        (&list["runs"][0]["state"], &list["runs"][0]["cells"]),
        (&"unreadable".into(), &Value::Null)
    );
    assert_eq!(
        (&list["runs"][1]["state"], &list["runs"][1]["cells"]),
        (&"killed".into(), &1.into())
    );
    assert!(list["runs"][1]["verdict"].is_null());
    assert!(runs(&bench, &["list"]).stdout.contains("killed"));
}

#[test]
fn what_only_looks_like_a_run_is_not_listed() {
    let bench = Bench::new();
    made(&bench, "one", IDS[0]);
    for name in ["20250101T000000Z-1", "20259901T000000Z", "notes", "20250101T000000Z.old"] {
        made(&bench, "one", name);
    }
    // Without anything of ours in it, behind a link, and below a name that no scenario has.
    fs::create_dir(folder(&bench, "one", IDS[1])).expect("the folder is writable");
    let foreign = folder(&bench, "one", IDS[2]);
    fs::create_dir(&foreign).expect("the folder is writable");
    fs::write(foreign.join("result.json"), "{\"schema\": \"another/1\"}")
        .expect("the folder is writable");
    symlink(IDS[0], folder(&bench, "one", IDS[3])).expect("the folder is writable");
    symlink("one", bench.folder().join("wirebench-out/link")).expect("the folder is writable");
    made(&bench, ".hidden", IDS[0]);
    assert_eq!(ids(&listed(&bench, &[])), [IDS[0]]);
}

#[test]
fn names_that_a_terminal_obeys_are_shown_as_text() {
    let bench = Bench::new();
    let run = made(&bench, "one", IDS[0]);
    let text = fs::read_to_string(run.join("result.json")).expect("it is there");
    let text = text.replace("\"profile\": null", "\"profile\": \"\\u001b[2Jx\"");
    fs::write(run.join("result.json"), text).expect("it is ours");
    let table = runs(&bench, &["list"]);
    assert!(table.stdout.contains("\\u{1b}[2Jx") && !table.stdout.contains('\u{1b}'), "{table}");
}
