//! The reference of scenarios says what the code says, no more and no less.

#[path = "harness/generated.rs"]
mod generated;

use wirebench::link::FaultKind;
use wirebench::measure::{Family, METRICS, Metric};
use wirebench::scenario::{KEYS, Key, LINK_KEYS, Overrides, limit_forms, load};

const REFERENCE: &str = include_str!("../docs/scenario.md");

const KEY: &str = "| key | type | default | allowed | meaning |";

#[track_caller]
fn holds(name: &str, header: &str, rows: impl IntoIterator<Item = String>) {
    generated::holds("docs/scenario.md", name, &generated::table(header, rows));
}

#[test]
fn every_key_is_documented_with_its_type_default_and_range() {
    holds("keys", KEY, KEYS.iter().map(Key::reference_row));
}

#[test]
fn every_key_of_the_link_is_documented_with_its_type_default_and_range() {
    holds("keys of the link", KEY, LINK_KEYS.iter().map(Key::reference_row));
}

#[test]
fn every_kind_of_fault_is_documented_with_its_trace() {
    let row = |kind: FaultKind| {
        format!("| `{}` | {} | {} |", kind.word(), kind.trace(), kind.untraced_when())
    };
    holds("traces", "| fault | what it can leave | nothing when |", FaultKind::ALL.map(row));
}

#[test]
fn every_metric_is_documented_with_its_limits() {
    let header = "| metric | limits | `request.`, `reply.` | exit code | meaning |";
    let row = |metric: &Metric| {
        let definition = metric.definition();
        let directions = if definition.directional { "yes" } else { "no" };
        let code = match definition.family {
            Family::Integrity => 100,
            Family::Cost => 99,
        };
        let (name, forms) = (metric.name(), limit_forms(definition.unit));
        format!("| `{name}` | {forms} | {directions} | {code} | {} |", definition.about)
    };
    holds("metrics", header, METRICS.iter().map(row));
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
