//! What holds in every format.

use crate::documents::{AT_THE_END, all, many, of_every_kind, one, own, slower};
use wirebench::report::Format;
use wirebench::text::is_plain;

#[test]
fn nothing_that_a_terminal_obeys_is_written() {
    for (kind, document) in of_every_kind() {
        for format in AT_THE_END {
            if matches!(format, Format::Json | Format::Jsonl) {
                continue; // they are exact, and escaped where they are written
            }
            let text = own(format, document.clone());
            let bad = text.chars().find(|c| *c != '\n' && !is_plain(*c));
            assert_eq!(bad, None, "{kind} in {}: {text}", format.name());
        }
    }
}

#[test]
fn what_is_not_known_is_never_a_number() {
    for (kind, document) in of_every_kind() {
        for format in AT_THE_END {
            let text = own(format, document.clone());
            let words = text.split(|c: char| !c.is_ascii_alphanumeric());
            for word in words {
                assert!(!["NaN", "nan", "inf", "Infinity"].contains(&word), "{kind}: {text}");
            }
        }
    }
}

#[test]
fn the_same_results_are_the_same_bytes() {
    for (kind, document) in of_every_kind() {
        for format in AT_THE_END {
            let text = || one(format, document.clone());
            assert_eq!(text(), text(), "{kind} in {}", format.name());
        }
    }
}

#[test]
fn every_scenario_is_in_the_file() {
    let mut results: Vec<_> =
        of_every_kind().into_iter().map(|(_, document)| (document, None)).collect();
    results.push(slower());
    for (number, (document, _)) in results.iter_mut().enumerate() {
        document.scenario.name = format!("number{number}");
    }
    for format in AT_THE_END {
        let text = all(format, &results).to_lowercase();
        for number in [0, 1, 5] {
            let there = text.contains(&format!("number{number}"));
            // Percentiles name nobody; those of a folder do by the names of its files. GitHub is told of what is wrong.
            let silent = format == Format::Hgrm || (format == Format::GitHub && number == 0);
            assert!(there || silent, "number{number} in {}: {text}", format.name());
        }
    }
}

#[test]
fn a_thousand_cells_take_ten_times_what_a_hundred_take() {
    let (hundred, thousand) = (many(100), many(1_000));
    for format in AT_THE_END {
        let (few, lots) = (one(format, hundred.clone()).len(), one(format, thousand.clone()).len());
        assert!(lots <= 11 * few + 1_000, "{}: {few} and {lots} bytes", format.name());
        // Pictures show those cells that decide, and GitHub a few lines.
        let bounded = matches!(format, Format::GitHub | Format::Html);
        assert!(bounded || lots > 5 * few, "{}: {few} and {lots} bytes", format.name());
    }
}
