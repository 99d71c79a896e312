//! GitHub's annotations: few, at the right lines, and nothing in them that ends them.

use crate::documents::{
    all, broken, failing, flaky, full, hostile, interrupted, many, one, passing, slower,
};
use wirebench::report::Format;

/// A level, properties by name, and a message.
type Command = (String, Vec<(String, String)>, String);

/// The commands as GitHub's runner reads them.
fn commands(text: &str) -> Vec<Command> {
    let command = |line: &str| {
        let rest = line.strip_prefix("::").unwrap_or_else(|| panic!("no command: {line}"));
        let (head, message) = rest.split_once("::").expect("a message");
        let (level, properties) = head.split_once(' ').expect("properties");
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').expect("a property");
            let value = value.replace("%2C", ",").replace("%3A", ":");
            (name.to_owned(), plain(&value))
        };
        (level.to_owned(), properties.split(',').map(pair).collect(), plain(message))
    };
    text.lines().map(command).collect()
}

fn plain(text: &str) -> String {
    text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
}

fn property<'a>(properties: &'a [(String, String)], name: &str) -> Option<&'a str> {
    properties.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
}

#[test]
fn a_run_that_passes_has_none() {
    assert_eq!(one(Format::GitHub, passing()), "");
}

#[test]
fn a_flaky_cell_is_a_warning_at_the_line_of_the_gate_that_it_had_failed() {
    let all = commands(&one(Format::GitHub, flaky()));
    let [(level, properties, message)] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(level, "warning");
    assert_eq!(property(properties, "line"), Some("31"));
    assert_eq!(property(properties, "title"), Some("sticky: flaky"));
    assert!(message.contains("attempt 1 of 2"), "{message}");
}

#[test]
fn each_line_has_one_that_names_the_worst_cells() {
    let all = commands(&one(Format::GitHub, failing()));
    let levels: Vec<&str> = all.iter().map(|(level, ..)| level.as_str()).collect();
    assert_eq!(levels, ["error", "error", "warning"]);
    let lines: Vec<_> = all.iter().map(|(_, properties, _)| property(properties, "line")).collect();
    assert_eq!(lines, [Some("31"), Some("32"), Some("32")]);
    let (_, properties, message) = &all[0];
    assert_eq!(property(properties, "file"), Some("scenarios/sticky.toml"));
    assert_eq!(property(properties, "title"), Some("sticky: intact 100% does not hold"));
    let first = message.lines().next().expect("a line");
    assert!(first.starts_with("framing=raw,load.payload=1024 B: intact is 1.98 %"), "{message}");
    let first = all[1].2.lines().next().expect("a line");
    assert!(first.contains("p99 is 26"), "the longest is the worst: {}", all[1].2);
    assert!(all[2].2.contains("50 samples are too few"), "{}", all[2].2);
}

#[test]
fn a_line_is_told_once_however_many_cells_it_is_about() {
    let mut document = many(1_000);
    document.cells.iter_mut().flat_map(|cell| &mut cell.gates).for_each(|gate| gate.line = Some(7));
    let all = commands(&one(Format::GitHub, document));
    assert_eq!(all.len(), 1);
    assert!(all[0].2.ends_with("\nand 331 more"), "{}", all[0].2);
    assert_eq!(all[0].2.lines().count(), 4);
}

#[test]
fn there_are_never_more_than_ten_and_the_tenth_says_how_many_more() {
    let mut document = many(60);
    for (line, cell) in (1..).zip(&mut document.cells) {
        cell.gates.iter_mut().for_each(|gate| gate.line = Some(line));
    }
    let all = commands(&one(Format::GitHub, document));
    assert_eq!(all.len(), 10);
    let (level, properties, message) = &all[9];
    assert_eq!((level.as_str(), property(properties, "file")), ("error", None));
    assert!(message.starts_with("11 more annotations"), "{message}");
}

#[test]
fn crashes_and_rounds_that_were_not_run_come_first() {
    let all = commands(&one(Format::GitHub, broken()));
    let titles: Vec<_> = all.iter().map(|(_, own, _)| property(own, "title")).collect();
    let expected = ["broken: crash", "broken: round not run", "broken: inconclusive"];
    assert_eq!(titles, expected.map(Some));
    let all = commands(&one(Format::GitHub, interrupted()));
    assert_eq!(property(&all[0].1, "title"), Some("sticky: ended early"));
    let all = commands(&one(Format::GitHub, full()));
    assert_eq!(property(&all[0].1, "title"), Some("sticky: crash"));
}

#[test]
fn what_is_slower_is_an_error_with_its_ratio() {
    let all = commands(&all(Format::GitHub, &[slower()]));
    let worse: Vec<_> = all
        .iter()
        .filter(|(_, own, _)| property(own, "title") == Some("sticky: slower than the baseline"))
        .collect();
    assert_eq!(worse.len(), 1);
    assert_eq!(worse[0].0, "error");
    assert!(worse[0].2.contains("cpu is 1.500 ["), "{}", worse[0].2);
}

#[test]
fn hostile_text_begins_no_command_and_ends_none() {
    let text = one(Format::GitHub, hostile());
    let all = commands(&text);
    assert!(all.len() >= 3, "{text}");
    for (level, properties, _) in &all {
        assert!(["error", "warning"].contains(&level.as_str()), "{text}");
        let names: Vec<&str> = properties.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names == ["file", "title"] || names == ["file", "line", "title"], "{text}");
    }
}
