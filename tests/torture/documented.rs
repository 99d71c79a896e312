//! What `docs/torture.md` says is what the program does.

use crate::support::{document, fixture, reports, torture};
use wirebench::torture::CHECKS;

const GUIDE: &str = include_str!("../../docs/torture.md");

#[test]
fn every_check_has_its_row() {
    let (_, table) = GUIDE.split_once("\n| check | what is tried |").expect("the table");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with("| `"));
    let names: Vec<&str> = rows.filter_map(|row| row.split('`').nth(1)).collect();
    assert_eq!(names, CHECKS.iter().map(|check| check.name).collect::<Vec<_>>());
}

#[test]
fn the_finding_it_shows_is_one_that_is_printed() {
    let arguments = [&fixture(), "--set", "fault=forgets-prefix", "--only", "every-cut"];
    let ran = torture(&arguments);
    let mut shown = 0;
    // The fixture has another name there, and the first words of a command are its own.
    for line in ran.stdout.lines().skip(1).filter(|line| !line.contains("again")) {
        assert!(GUIDE.contains(line), "not in the guide: {line}");
        shown += 1;
    }
    assert!(shown > 8 && GUIDE.contains("--only every-cut --case 800161@1"), "{ran}");
}

#[test]
fn every_field_and_figure_of_the_document_is_described() {
    let document = document(&["varint", "--quick"], 0);
    let keys = |value: &serde_json::Value| {
        value.as_object().expect("an object").keys().cloned().collect::<Vec<String>>()
    };
    let reports = reports(&document);
    let mut words = [keys(&document), keys(&document["framings"][0]), keys(reports[0].1)].concat();
    for (_, report) in &reports {
        let figures = report["figures"].as_array().expect("a list");
        words.extend(figures.iter().map(|f| f["name"].as_str().expect("a name").to_owned()));
    }
    assert!(words.len() > 20, "{words:?}");
    for word in words {
        let said =
            [format!("`{word}`"), format!(".{word}`"), format!(".{word}[]`"), format!("{word}[]`")];
        assert!(said.iter().any(|said| GUIDE.contains(said)), "{word} is not described");
    }
}
