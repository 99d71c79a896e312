//! Markdown for GitHub's summaries: what is wrong stands first, and never is it too long.

use crate::documents::{all, broken, failing, hostile, interrupted, many, one, passing};
use pulldown_cmark::{Event, Options, Parser, Tag};
use wirebench::report::Format;

/// What GitHub takes of a step.
const MOST: usize = 1 << 20;

fn place(text: &str, words: &str) -> usize {
    text.find(words).unwrap_or_else(|| panic!("`{words}` is missing: {text}"))
}

#[test]
fn the_verdict_is_the_first_line() {
    assert!(one(Format::Markdown, passing()).starts_with("### sticky: 2 of 2 cells pass\n"));
    assert!(one(Format::Markdown, failing()).starts_with("### sticky: 2 of 6 cells pass\n"));
    let text = one(Format::Markdown, interrupted());
    assert!(text.starts_with("### sticky: 1 of 2 cells pass\n\n**interrupted before"), "{text}");
}

#[test]
fn nothing_stands_above_the_table_where_nothing_is_wrong() {
    let text = one(Format::Markdown, passing());
    assert!(!text.contains("####") && text.contains("pass\n\n| framing | payload |"), "{text}");
}

#[test]
fn what_is_wrong_stands_above_the_table_the_worst_first() {
    let text = one(Format::Markdown, failing());
    let order = [
        "#### Gates that do not hold (5)",
        "- framing=raw,load.payload=64 B: intact is 45",
        "#### Gates that cannot be told (1)",
        "| framing | payload |",
        "sticky: handler echo",
    ];
    let places: Vec<usize> = order.map(|words| place(&text, words)).to_vec();
    assert!(places.is_sorted(), "{places:?}: {text}");
    let text = one(Format::Markdown, broken());
    let order = [
        "#### Crashes (1)",
        "  ```text\n  reading configuration\n",
        "#### Rounds that were not run (1)",
        "#### Notes",
    ];
    let places: Vec<usize> = order.map(|words| place(&text, words)).to_vec();
    assert!(places.is_sorted(), "{places:?}: {text}");
}

#[test]
fn hostile_text_opens_and_closes_nothing() {
    let text = one(Format::Markdown, hostile());
    let (mut headings, mut tables, mut codes) = (0, 0, Vec::new());
    let mut in_code = false;
    for event in Parser::new_ext(&text, Options::ENABLE_TABLES | Options::ENABLE_GFM) {
        match event {
            Event::Start(Tag::Heading { .. }) => headings += 1,
            Event::Start(Tag::Table(_)) => tables += 1,
            Event::Start(Tag::CodeBlock(_)) => {
                in_code = true;
                codes.push(String::new());
            }
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => in_code = false,
            Event::Text(words) if in_code => codes.last_mut().expect("a block").push_str(&words),
            Event::Html(_) | Event::InlineHtml(_) => panic!("markup: {text}"),
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::BlockQuote(_)) => {
                panic!("markup: {text}")
            }
            _ => {}
        }
    }
    let sections = text.lines().filter(|line| line.starts_with("#### ")).count();
    assert_eq!((headings, tables), (1 + sections, 1), "{text}");
    assert_eq!(codes.len(), 1, "{text}");
    assert!(codes[0].starts_with("```\n") && codes[0].ends_with("# heading\n"), "{codes:?}");
}

#[test]
fn what_is_too_much_for_github_is_left_out_and_said() {
    let text = one(Format::Markdown, many(3_000));
    assert!(text.len() <= MOST && !text.contains("left out here"), "{}", text.len());
    let mut document = many(3_000);
    for cell in &mut document.cells {
        cell.axes["framing"] = "x*".repeat(200).into();
    }
    let text = one(Format::Markdown, document);
    assert!(text.len() <= MOST && text.len() > MOST / 2, "{}", text.len());
    assert!(
        text.contains("lines left out here: GitHub takes 1 MiB of a step. result.json has all")
    );
    assert!(text.starts_with("### sticky: 2000 of 3000 cells pass\n"));
}

#[test]
fn all_results_together_are_not_too_long_either() {
    let mut long = many(2_000);
    long.cells.iter_mut().for_each(|cell| cell.axes["framing"] = "x".repeat(500).into());
    let results: Vec<_> = (0..4).map(|_| (long.clone(), None)).chain([(passing(), None)]).collect();
    let text = all(Format::Markdown, &results);
    assert!(text.len() <= MOST, "{}", text.len());
    assert!(text.contains("left out here"), "nothing is said of it");
}

#[test]
fn a_text_without_end_is_cut() {
    let mut document = failing();
    document.scenario.name = "n".repeat(5 << 20);
    document.cells[0].gates[0].limit = "`*".repeat(1 << 20);
    document.cells[1].notes = vec!["y".repeat(5 << 20)];
    let text = one(Format::Markdown, document);
    assert!(text.len() <= MOST && text.starts_with("### nnn"), "{}", text.len());
}
