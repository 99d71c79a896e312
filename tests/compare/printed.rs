//! How a comparison of results is printed and kept.

use crate::harness::Bench;
use crate::made::{run, usual, with_slow};
use serde_json::Value;
use std::fs;
use wirebench::compare::{How, Standing, read};

#[test]
fn the_table_names_both_sides_the_worst_first_and_standard_error_the_reason() {
    let ran = run(&Bench::new(), &usual(0..3), &with_slow("varint", 1.4, 3..6), &[]);
    assert_eq!(ran.code, Some(103), "{ran}");
    let mut lines = ran.stdout.lines();
    assert_eq!(lines.next(), Some("sticky: new-0.json and 2 more against base-0.json and 2 more"));
    assert!(
        lines.next().is_some_and(|line| line.starts_with("3 results of the baseline, 3 results"))
    );
    let first = ran.stdout.lines().find(|line| line.starts_with("regressed "));
    assert!(first.is_some_and(|row| row.contains("framing=varint")), "{ran}");
    assert!(ran.stdout.ends_with("regressed\n"), "{ran}");
    assert!(ran.stderr.contains("error: regressed against base-0.json and 2 more"), "{ran}");
    assert!(ran.stderr.contains("of framing=varint,load.payload=64 B"), "{ran}");
}

#[test]
fn equal_results_are_the_same_and_say_nothing_on_standard_error() {
    let ran = run(&Bench::new(), &usual(0..3), &usual(3..6), &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran}");
    assert!(ran.stdout.ends_with("the same, within the limits\n"), "{ran}");
}

#[test]
fn the_document_is_printed_and_written_and_is_read_back() {
    let bench = Bench::new();
    let new = with_slow("varint", 1.4, 3..6);
    let ran = run(&bench, &usual(0..3), &new, &["--format", "json", "--json", "kept.json"]);
    assert_eq!(ran.code, Some(103), "{ran}");
    let kept = fs::read_to_string(bench.folder().join("kept.json")).expect("it is written");
    assert_eq!(ran.stdout, kept);
    let document: Value = serde_json::from_str(&kept).expect("it is JSON");
    assert_eq!(document["schema"], "wirebench.comparison/1");
    assert_eq!(document["how"], "stored");
    let compared = read(kept.as_bytes()).expect("it is read back");
    assert_eq!((compared.how, compared.standing), (How::Stored, Standing::Regressed));
    assert_eq!(compared.baseline.results, ["base-0.json", "base-1.json", "base-2.json"]);
    let ran = run(&bench, &usual(0..3), &new, &["--json", "-"]);
    assert_eq!(ran.stdout, kept);
    let ran = run(&bench, &usual(0..3), &new, &["--quiet"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(103), ""));
    assert!(ran.stderr.contains("regressed"), "{ran}");
}

#[test]
fn what_cannot_be_written_hides_no_regression() {
    let bench = Bench::new();
    let same = run(&bench, &usual(0..3), &usual(3..6), &["--json", "/dev/full"]);
    assert_eq!(same.code, Some(108), "{same}");
    let worse = with_slow("varint", 1.4, 3..6);
    let ran = run(&bench, &usual(0..3), &worse, &["--json", "/dev/full"]);
    assert_eq!(ran.code, Some(103), "{ran}");
    assert!(ran.stderr.contains("cannot write /dev/full"), "{ran}");
}

#[test]
fn markdown_has_the_same_rows() {
    let new = with_slow("varint", 1.4, 3..6);
    let ran = run(&Bench::new(), &usual(0..3), &new, &["--format", "markdown"]);
    assert_eq!(ran.code, Some(103), "{ran}");
    let rows = ran.stdout.lines().filter(|line| line.starts_with("| regressed |"));
    assert_eq!(rows.count(), 2, "{ran}");
}

#[test]
fn hostile_names_are_shown_as_text() {
    let mut new = usual(1..2);
    new[0].scenario.changes = vec!["x=\u{1b}[2J".into()];
    new[0].host.kernel = Some("\u{1b}]0;x\u{7}".into());
    for format in ["table", "markdown"] {
        let ran = run(&Bench::new(), &usual(0..1), &new, &["--format", format]);
        assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "{ran}");
        assert!(ran.stdout.contains("another kernel"), "{ran}");
    }
}
