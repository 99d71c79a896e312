//! The reference of scenarios says what the code says, no more and no less.

use wirebench::framing::{describe, names};
use wirebench::link::FaultKind;
use wirebench::measure::{Family, METRICS};
use wirebench::scenario::{KEYS, Key, LINK_KEYS, Overrides, limit_forms, load};

const REFERENCE: &str = include_str!("../docs/scenario.md");

/// The rows of the tables below `heading`, those of headers left out.
fn rows(heading: &str) -> Vec<&'static str> {
    let start = REFERENCE.find(&format!("\n## {heading}\n")).expect("the heading is there") + 4;
    let end = REFERENCE[start..].find("\n## ").map_or(REFERENCE.len(), |at| start + at);
    REFERENCE[start..end].lines().filter(|line| line.starts_with("| `")).collect()
}

#[track_caller]
fn compare(found: &[&str], expected: &[String]) {
    assert!(
        found.iter().eq(expected.iter()),
        "the table in docs/scenario.md should be:\n{}\n\nbut is:\n{}",
        expected.join("\n"),
        found.join("\n")
    );
}

#[test]
fn every_key_is_documented_with_its_type_default_and_range() {
    let expected: Vec<String> = KEYS.iter().map(Key::reference_row).collect();
    compare(&rows("Keys"), &expected);
}

#[test]
fn every_key_of_the_link_is_documented_with_its_type_default_and_range() {
    let expected: Vec<String> = LINK_KEYS.iter().map(Key::reference_row).collect();
    compare(&rows("The link"), &expected);
}

#[test]
fn every_kind_of_fault_is_documented_with_its_trace() {
    let row = |kind: FaultKind| {
        format!("| `{}` | {} | {} |", kind.word(), kind.trace(), kind.untraced_when())
    };
    compare(&rows("Traces"), &FaultKind::ALL.map(row));
}

#[test]
fn every_metric_is_documented_with_its_limits() {
    let expected: Vec<String> = METRICS
        .iter()
        .map(|metric| {
            let definition = metric.definition();
            let directions = if definition.directional { "yes" } else { "no" };
            let code = match definition.family {
                Family::Integrity => 100,
                Family::Cost => 99,
            };
            let (name, forms) = (metric.name(), limit_forms(definition.unit));
            let about = definition.about;
            format!("| `{name}` | {forms} | {directions} | {code} | {about} |")
        })
        .collect();
    compare(&rows("Metrics"), &expected);
}

#[test]
fn every_framing_is_listed_with_its_wire_format() {
    let expected: Vec<String> = names()
        .into_iter()
        .map(|name| {
            let framing = describe(name).expect("a listed framing can be described");
            format!("| `{name}` | {} |", framing.on_wire)
        })
        .collect();
    // The forms of `framing` stand in a table of their own, in quotes and braces.
    let all = rows("Framings").into_iter();
    let found: Vec<&str> =
        all.filter(|row| !row.starts_with("| `\"") && !row.starts_with("| `{")).collect();
    compare(&found, &expected);
}

#[test]
fn the_example_at_the_top_is_valid() {
    let start = REFERENCE.find("```toml\n").expect("an example is there") + 8;
    let end = REFERENCE[start..].find("```").expect("it ends") + start;
    let loaded = load("docs/scenario.md", &REFERENCE[start..end], &Overrides::default(), &|_| {
        Err("no file is expected".to_owned())
    });
    match loaded {
        Ok(loaded) => assert_eq!(loaded.scenario.cells.len(), 6),
        Err(diagnostics) => panic!("{}", diagnostics.render(false)),
    }
}
