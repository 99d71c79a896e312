//! The table of disagreements in docs/framings.md is the list.

use super::Taken;
use super::decided::DECIDED;

const REFERENCE: &str = include_str!("../../../docs/framings.md");

/// The heading of the section that ends with the table.
const HEADING: &str = "\n## Where others decide otherwise\n";

fn rows() -> Vec<String> {
    let row = |one: &super::Decided| {
        let (here, there) = match one.taken {
            Taken::Here => ("taken", "refused"),
            Taken::There => ("refused", "taken"),
            Taken::Otherwise => ("read otherwise", "read otherwise"),
        };
        let by = one.by;
        format!("| `{}` | {} | {here} | {there} by {} | {by} |", one.framing, one.bytes, one.other)
    };
    DECIDED.iter().map(row).collect()
}

/// The text of the section.
fn section() -> &'static str {
    let section = REFERENCE.split(HEADING).nth(1).expect("the section");
    section.split("\n## ").next().unwrap_or_default()
}

#[test]
fn every_framing_is_held_against_another_implementation_or_the_reference_says_why_not() {
    let (_, behind) = section().split_once("\nHeld against:").expect("the list of the others");
    for name in wirebench::framing::names() {
        let named =
            behind.contains(&format!("`{name}`")) || name.starts_with("len") && name != "len-ack";
        assert!(named, "docs/framings.md does not say what `{name}` is held against");
    }
}

#[test]
fn the_reference_lists_every_decided_disagreement_and_no_other() {
    let table = section().split("| framing | bytes | here | there | decided by |\n").nth(1);
    let table = table.expect("the table").lines().skip(1).take_while(|line| line.starts_with('|'));
    let table: Vec<&str> = table.collect();
    let rows = rows();
    assert_eq!(table, rows, "the rows should be:\n{}\n", rows.join("\n"));
}
