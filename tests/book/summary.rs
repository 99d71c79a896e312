//! The table of contents (`docs/SUMMARY.md`) and the pages are the same.

use crate::page::Page;
use std::collections::BTreeMap;
use std::path::Path;

/// Where the table of contents and the settings of the site stand.
const SUMMARY: &str = "docs/SUMMARY.md";

/// The parts that a reader looks for.
const PARTS: [&str; 7] = [
    "Start",
    "Scenarios and load",
    "Results",
    "CI",
    "Plugins",
    "Methods and their limits",
    "Reference",
];

/// All pages of `docs/` by their names from the root, sorted, without the table of contents.
pub(crate) fn pages() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let mut folders = vec![root.join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of pages").flatten() {
            let path = entry.path();
            let name = path.strip_prefix(&root).expect("below it").display().to_string();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".md") && name != SUMMARY {
                found.push(name);
            }
        }
    }
    found.sort();
    found
}

/// The lines of the table of contents: title and page, each under its part.
pub(crate) fn entries(summary: &str) -> Vec<(&str, &str, String)> {
    let mut part = "";
    let mut entries = Vec::new();
    for line in summary.lines() {
        if let Some(title) = line.strip_prefix("# ") {
            part = title;
        }
        let Some((_, link)) = line.split_once('[') else { continue };
        let (title, target) = link.split_once("](").expect("a title, then a page");
        entries.push((part, title, format!("docs/{}", target.trim_end_matches(')'))));
    }
    entries
}

#[test]
fn every_page_stands_in_the_table_of_contents_once_and_every_line_has_its_page() {
    let summary = Page::read(SUMMARY);
    let mut listed: Vec<String> =
        entries(summary.text()).into_iter().map(|(_, _, page)| page).collect();
    listed.sort();
    assert_eq!(listed, pages());
}

#[test]
fn its_parts_are_what_people_look_for() {
    let summary = Page::read(SUMMARY);
    let titles = summary.text().lines().filter_map(|line| line.strip_prefix("# "));
    let parts: Vec<&str> = titles.filter(|title| *title != "Summary").collect();
    assert_eq!(parts, PARTS);
    let entries = entries(summary.text());
    for part in PARTS {
        assert!(entries.iter().any(|(of, _, _)| *of == part), "there is nothing in {part}");
    }
}

#[test]
fn every_page_has_one_title() {
    for name in pages() {
        let page = Page::read(&name);
        assert!(page.text().starts_with("# "), "{name} does not begin with its title");
    }
}

#[test]
fn no_two_lines_of_the_table_have_one_title() {
    let summary = Page::read(SUMMARY);
    let mut titles: BTreeMap<&str, String> = BTreeMap::new();
    for (_, title, page) in entries(summary.text()) {
        if let Some(other) = titles.insert(title, page.clone()) {
            panic!("{page} and {other} are both called {title}");
        }
    }
}

#[test]
fn pages_for_readers_who_are_new_are_short() {
    for name in ["first-scenario", "choose-a-framing", "methods", "faq", "reading-results"] {
        let page = Page::read(&format!("docs/{name}.md"));
        let lines = page.text().lines().count();
        assert!(lines < 200, "docs/{name}.md has {lines} lines");
    }
}
