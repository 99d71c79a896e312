//! Sizes and beginnings of files.

use crate::source::{Text, files};

/// No file of the program is longer.
const LONGEST: usize = 500;

/// Half of the files are shorter.
const MEDIAN: usize = 300;

/// Files that are still to be split by subject, and what they may have until then. An entry goes
/// when its file has come below the limit.
const TO_SPLIT: [(&str, usize); 0] = [];

fn program() -> Vec<Text> {
    let mut program = files("core", &[".rs"]);
    program.extend(files("plugins", &[".rs"]));
    program
}

#[test]
fn no_file_of_the_program_is_too_long() {
    let program = program();
    for (name, _) in TO_SPLIT {
        let there = program.iter().any(|file| file.name == name);
        assert!(there, "TO_SPLIT names {name}, which is not there any more: take it out");
    }
    for file in program {
        let lines = file.text.lines().count();
        let exception = TO_SPLIT.iter().find(|(name, _)| *name == file.name);
        let most = exception.map_or(LONGEST, |(_, lines)| *lines);
        assert!(lines <= most, "{} has {lines} lines, more than {most}: split it", file.name);
        let needed = exception.is_none() || lines > LONGEST;
        assert!(needed, "{} has only {lines} lines: take it out of TO_SPLIT", file.name);
    }
}

#[test]
fn half_of_the_files_are_short() {
    let mut lines: Vec<usize> = program().iter().map(|file| file.text.lines().count()).collect();
    lines.sort_unstable();
    let median = lines[lines.len() / 2];
    assert!(median < MEDIAN, "the median file has {median} lines");
}

#[test]
fn every_module_begins_by_saying_what_it_is() {
    for folder in ["core", "plugins", "tests", "benches"] {
        for file in files(folder, &[".rs"]) {
            assert!(file.text.starts_with("//! "), "{} does not begin with `//!`", file.name);
        }
    }
}

#[test]
fn every_scenario_begins_by_saying_what_it_shows() {
    for file in files("scenarios", &[".toml"]) {
        assert!(file.text.starts_with("# "), "{} does not begin with a comment", file.name);
        assert!(file.text.contains("What to look at:"), "{} says nothing to look at", file.name);
    }
}
