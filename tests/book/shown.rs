//! What pages show of scenarios, of the example and of the code is what stands there.

use crate::page::Page;
use std::path::{Path, PathBuf};
use wirebench::cli::ExitCode;
use wirebench::judge::Verdict;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("core lies in the repository").to_owned()
}

#[test]
fn handlers_are_shown_by_lines_of_the_scenarios_that_are_named() {
    let mut shown = 0;
    for block in Page::read("docs/handlers-at-work.md").blocks("toml") {
        let (name, lines) = block.split_once('\n').expect("a name, then lines");
        let name = name.strip_prefix("# of scenarios/").expect("a scenario that ships");
        let path = root().join("scenarios").join(name);
        let file = std::fs::read_to_string(&path).expect("the scenario ships");
        for line in lines.lines() {
            assert!(file.lines().any(|known| known == line), "{name} has no line `{line}`");
        }
        shown += 1;
    }
    assert_eq!(shown, 5, "one for each handler that ships, but for `request`");
}

#[test]
fn the_table_of_exit_codes_is_that_of_the_program() {
    let expected: Vec<Vec<String>> = ExitCode::ALL
        .iter()
        .map(|(code, meaning)| vec![code.number().to_string(), (*meaning).to_owned()])
        .collect();
    let page = Page::read("docs/results.md");
    assert_eq!(page.table("\n| code | meaning |\n|---|---|"), expected);
}

#[test]
fn the_table_of_verdicts_is_that_of_the_judge() {
    let words: Vec<String> =
        Verdict::ALL.iter().map(|verdict| format!("`{}`", verdict.word())).collect();
    let page = Page::read("docs/reading-results.md");
    let rows = page.table("\n| verdict | the message |\n|---|---|");
    assert_eq!(rows.iter().map(|row| row[0]).collect::<Vec<_>>(), words);
}

#[test]
fn the_profile_for_a_runner_is_that_of_the_example() {
    let page = Page::read("docs/ci.md");
    let head = "# of docs/example/wirebench.toml\n";
    let shown = page.blocks("toml").into_iter().find_map(|block| block.strip_prefix(head));
    let file = std::fs::read_to_string(root().join("docs/example/wirebench.toml")).expect("a file");
    let shown = shown.expect("the page shows it");
    assert!(shown.starts_with("[profile.ci]") && file.contains(shown), "{shown}");
}
