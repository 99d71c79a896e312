//! Cells are the same by the names of their axes and values, and `--map` says what is called otherwise.

use crate::harness::Bench;
use crate::made::{options, result, result_of, run, try_compare};
use wirebench::compare::{Comparison, Refusal, Rename};
use wirebench::result::Document;

/// Two cells whose axis and values are called so.
fn called(seed: u64, axis: &str, values: [&str; 2]) -> Document {
    let mut document = result_of(&["line", "len32be"], seed, |_| 1.0);
    for (cell, value) in document.cells.iter_mut().zip(values) {
        cell.axes = serde_json::Map::from_iter([(axis.to_owned(), value.into())]);
        cell.id = format!("{axis}={value}");
        cell.relative = None;
    }
    document.scenario.axes = vec![axis.into()];
    document
}

fn compared(old: &Document, new: &Document, maps: &[&str]) -> Result<Comparison, Refusal> {
    try_compare(std::slice::from_ref(old), std::slice::from_ref(new), &options(&[], maps))
}

fn ids(comparison: &Comparison) -> Vec<&str> {
    comparison.cells.iter().map(|cell| cell.id.as_str()).collect()
}

#[test]
fn cells_are_matched_whatever_their_order_and_those_of_one_side_are_named() {
    let old = result_of(&["line", "varint", "cobs"], 0, |_| 1.0);
    let new = result_of(&["len8", "cobs", "line"], 1, |_| 1.0);
    let compared = compared(&old, &new, &[]).expect("two are the same");
    assert_eq!(
        ids(&compared),
        ["framing=cobs,load.payload=64 B", "framing=line,load.payload=64 B"]
    );
    let noted = |words: &str| compared.notes.iter().any(|note| note.contains(words));
    assert!(noted("only the baseline has `framing=varint,load.payload=64 B`"));
    assert!(noted("only the new side has `framing=len8,load.payload=64 B`"));
}

#[test]
fn a_value_that_is_called_otherwise_is_mapped() {
    let (old, new) = (called(0, "framing", ["a", "b"]), called(1, "framing", ["new", "b"]));
    let both = compared(&old, &new, &["framing=a:new"]).expect("they are the same");
    assert_eq!(ids(&both), ["framing=new", "framing=b"]);
}

#[test]
fn two_values_can_change_places() {
    let mut old = called(0, "framing", ["a", "b"]);
    let new = called(1, "framing", ["a", "b"]);
    old.cells[0].wire.overhead = Some(3.0);
    let turned = compared(&old, &new, &["framing=a:b", "framing=b:a"]).expect("the same");
    let overhead = |framing| {
        let cell = turned.cells.iter().find(|cell| cell.id == format!("framing={framing}"));
        let rows = &cell.expect("it is there").rows;
        rows.iter().find(|row| row.metric == "bytes").expect("it is counted").baseline
    };
    assert_eq!(overhead("b"), Some(4.0));
    assert_ne!(overhead("a"), Some(4.0));
}

#[test]
fn an_axis_that_is_called_otherwise_is_mapped_and_its_values_too() {
    let old = called(0, "old.axis", ["1", "2"]);
    let new = called(1, "new.axis", ["1", "zwei"]);
    let maps = ["old.axis:new.axis", "old.axis=2:zwei"];
    let both = compared(&old, &new, &maps).expect("they are the same");
    assert_eq!(ids(&both), ["new.axis=1", "new.axis=zwei"]);
}

#[test]
fn values_with_colons_are_cut_where_both_sides_know_them() {
    let old = called(0, "server", ["at:1", "at:2"]);
    let new = called(1, "server", ["to:3", "at:2"]);
    let both = compared(&old, &new, &["server=at:1:to:3"]).expect("they are the same");
    assert_eq!(ids(&both), ["server=to:3", "server=at:2"]);
}

#[test]
fn a_map_of_nothing_is_wrong_usage_and_names_what_there_is() {
    let (old, new) = (called(0, "framing", ["a", "b"]), called(1, "framing", ["new", "b"]));
    for (map, told) in [
        ("framing=c:new", "the baseline has no value of `framing` `c`; it has `a`, `b`"),
        ("framing=a:old", "the new result has no value of `framing` `old`; it has `b`, `new`"),
        ("framng=a:new", "the baseline has no axis `framng`; it has `framing`"),
        ("framing:frame", "the new result has no axis `frame`"),
    ] {
        match compared(&old, &new, &[map]) {
            Err(Refusal::Usage(why)) => assert!(why.contains(told), "{map}: {why}"),
            other => panic!("{map}: {other:?}"),
        }
    }
    let bench = Bench::new();
    for map in ["framing", "=a:b", "framing=a:", ":b", "framing=c:d"] {
        let ran = run(&bench, &[result(0, |_| 1.0)], &[result(1, |_| 1.0)], &["--map", map]);
        assert_eq!(ran.code, Some(2), "{map}: {ran}");
        assert!(ran.stderr.contains("--map"), "{map}: {ran}");
    }
    assert!(Rename::read("a:b").is_ok());
}

#[test]
fn two_cells_that_a_map_makes_one_are_refused() {
    let (old, new) = (called(0, "framing", ["a", "b"]), called(1, "framing", ["a", "b"]));
    let refused = compared(&old, &new, &["framing=a:b"]).expect_err("two would be one");
    assert_eq!(
        refused,
        Refusal::Incomparable(
            "`framing=a` and `framing=b` of base/0 would be the same cell".into()
        )
    );
}
