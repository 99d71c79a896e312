//! What must not be written down, and links that must lead somewhere.

use crate::source::{files, has_word, root};
use std::path::{Component, Path, PathBuf};

/// Every kind of file that people write here.
const WRITTEN: [&str; 8] = [".rs", ".md", ".toml", ".c", ".h", ".py", ".sh", "run"];

/// Folders of somebody's machine. In two parts, so that this file does not hold them.
const OF_A_MACHINE: [(&str, &str); 6] = [
    ("/wor", "k/"),
    ("/roo", "t/"),
    ("/hom", "e/"),
    ("/User", "s/"),
    ("/tmp/", "wt"),
    ("../sha", "red"),
];

/// Words that say that something is unfinished, in two parts for the same reason.
const UNFINISHED: [(&str, &str); 4] = [("TO", "DO"), ("FIX", "ME"), ("XX", "X"), ("HA", "CK")];

#[test]
fn nothing_names_a_folder_of_somebodys_machine() {
    for file in files("", &WRITTEN) {
        for (head, tail) in OF_A_MACHINE {
            let folder = [head, tail].concat();
            assert!(!file.text.contains(&folder), "{} names {folder}", file.name);
        }
    }
}

#[test]
fn nothing_is_left_unfinished() {
    for file in files("", &WRITTEN) {
        for (head, tail) in UNFINISHED {
            let word = [head, tail].concat();
            assert!(!has_word(&file.text, &word), "{} says {word}", file.name);
        }
        let debugging = ["dbg", "!("].concat();
        assert!(!file.text.contains(&debugging), "{} says {debugging}", file.name);
    }
}

/// The targets of all links of a Markdown text, code left out.
fn links(text: &str) -> Vec<&str> {
    let mut links = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        // Every second part of a line stands between backquotes.
        for part in line.split('`').step_by(2) {
            let targets = part.split("](").skip(1);
            links.extend(targets.filter_map(|rest| Some(rest.split_once(')')?.0)));
        }
    }
    links
}

/// The anchors of a Markdown text, one per heading.
fn anchors(text: &str) -> Vec<String> {
    let mut fenced = false;
    let headings = text.lines().filter_map(|line| {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let heading = line.trim_start_matches('#');
        (!fenced && heading.len() < line.len()).then(|| heading.trim())
    });
    let kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
    headings
        .map(|heading| heading.to_lowercase().chars().filter(kept).collect::<String>())
        .map(|heading| heading.replace(' ', "-"))
        .collect()
}

/// `folder/../file` without the way round.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                assert!(plain.pop(), "{} leaves the repository", path.display())
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let mut followed = 0;
    for file in files("", &[".md"]) {
        for link in links(&file.text) {
            if link.starts_with("https://") || link.starts_with("http://") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let folder = Path::new(&file.name).parent().expect("a file is in a folder");
            let target = match path {
                "" => file.name.clone().into(),
                path => plain(&folder.join(path)),
            };
            let full = root().join(&target);
            assert!(full.exists(), "{} links to {link}, which is not there", file.name);
            if !anchor.is_empty() {
                let text = std::fs::read_to_string(&full).expect("a text with headings");
                let there = anchors(&text).iter().any(|heading| heading == anchor);
                assert!(there, "{} links to {link}: no such heading", file.name);
            }
            followed += 1;
        }
    }
    assert!(followed > 20, "only {followed} links were found");
}

#[test]
fn the_top_of_the_house_is_complete() {
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "LICENSE-MIT", "LICENSE-APACHE"]
    {
        let text = std::fs::read_to_string(root().join(name)).unwrap_or_default();
        assert!(text.len() > 1_000, "{name} is missing, or says next to nothing");
    }
}

#[test]
fn every_test_that_a_document_names_exists() {
    let mut named = 0;
    for file in files("", &[".md"]) {
        for quoted in file.text.split('`').skip(1).step_by(2) {
            let Some((path, test)) = quoted.split_once(".rs::") else { continue };
            let path = format!("{path}.rs");
            let text = std::fs::read_to_string(root().join(&path)).unwrap_or_default();
            assert!(text.contains(&format!("fn {test}(")), "{} names {quoted}", file.name);
            named += 1;
        }
    }
    assert!(named > 20, "only {named} tests were found in the documents");
}
