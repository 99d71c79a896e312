//! The answers to what people repeat (`docs/faq.md`) leave out no scenario that measures such a sentence.

use crate::harness::toml_files;
use crate::page::Page;
use std::path::Path;

#[test]
fn every_claim_that_is_measured_has_its_answer() {
    let page = Page::read("docs/faq.md");
    let commands = page.commands();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/claims");
    for name in toml_files(&folder) {
        let file = format!("scenarios/claims/{name}");
        let typed = commands.iter().any(|line| line.split_whitespace().any(|word| word == file));
        assert!(typed, "docs/faq.md has no command for {file}");
    }
}

#[test]
fn every_answer_stands_beside_a_command_that_shows_it() {
    let page = Page::read("docs/faq.md");
    let answers: Vec<&str> = page.text().split("\n## ").skip(1).collect();
    assert!(answers.len() > 9, "only {} answers", answers.len());
    for answer in answers {
        let title = answer.lines().next().unwrap_or_default();
        assert!(answer.contains("wirebench run scenarios/"), "no command shows “{title}”");
    }
}
