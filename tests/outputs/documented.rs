//! What docs/outputs.md says is what there is.

use crate::documents::{AT_THE_END, all, full, one, passing, slower};
use clap::ValueEnum as _;
use std::collections::BTreeSet;
use wirebench::report::Format;

const PAGE: &str = include_str!("../../docs/outputs.md");

/// What stands below a heading.
fn section(name: &str) -> &'static str {
    let (_, rest) =
        PAGE.split_once(&format!("\n## {name}\n")).unwrap_or_else(|| panic!("no `## {name}`"));
    rest.split_once("\n## ").map_or(rest, |(section, _)| section)
}

/// The words in backquotes in the first column of the tables of a section.
fn first_column(section: &str) -> BTreeSet<String> {
    let rows = section.lines().filter_map(|line| line.strip_prefix("| "));
    let fields = rows.filter_map(|row| row.split(" | ").next());
    fields.flat_map(|field| field.split('`').skip(1).step_by(2).map(str::to_owned)).collect()
}

#[test]
fn every_format_has_its_section_and_its_place_in_the_table() {
    let (head, _) = PAGE.split_once("\n## Where they go\n").expect("the page has a head");
    for format in Format::value_variants() {
        let name = format.name();
        assert!(section(&name).len() > 50, "{name}");
        assert!(head.contains(&format!("[`{name}`](#{name})")), "{name}");
    }
    let written: Vec<Format> =
        Format::value_variants().iter().copied().filter(|one| *one != Format::Events).collect();
    assert_eq!(written.len(), AT_THE_END.len());
    assert!(written.iter().all(|format| AT_THE_END.contains(format)), "list it in AT_THE_END");
}

#[test]
fn columns_are_those_of_the_files() {
    for format in [Format::Csv, Format::CsvRounds] {
        let text = one(format, passing());
        let head = text.lines().next().expect("a head");
        assert!(section(&format.name()).contains(&format!("\n{head}\n")), "{head}");
    }
    let head = one(Format::Csv, passing());
    let columns: BTreeSet<String> =
        head.lines().next().expect("a head").split(',').map(str::to_owned).collect();
    assert_eq!(first_column(section("csv")), columns);
}

#[test]
fn families_and_units_are_those_of_the_files() {
    let text = all(Format::OpenMetrics, &[(full(), None), (passing(), None), slower()]);
    let families: BTreeSet<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .map(str::to_owned)
        .collect();
    assert_eq!(first_column(section("openmetrics")), families);
    let text = one(Format::GoBench, passing());
    let line = text.lines().find(|line| line.starts_with("Benchmark")).expect("a line");
    let units: BTreeSet<String> = line.split(' ').skip(3).step_by(2).map(str::to_owned).collect();
    assert_eq!(first_column(section("go-bench")), units);
}

#[test]
fn lines_of_events_are_those_that_are_written() {
    let source = include_str!("../../core/src/events/write.rs");
    let (_, variants) = source.split_once("pub enum Event<'a> {\n").expect("the events");
    let (variants, _) = variants.split_once("\n}\n").expect("their end");
    let names = variants.lines().filter_map(|line| {
        let name = line.strip_prefix("    ")?.strip_suffix(" {")?;
        let mut kebab = String::new();
        for (at, letter) in name.char_indices() {
            if at > 0 && letter.is_ascii_uppercase() {
                kebab.push('-');
            }
            kebab.push(letter.to_ascii_lowercase());
        }
        Some(kebab)
    });
    assert_eq!(first_column(section("events")), names.collect());
}
