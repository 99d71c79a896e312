//! What is told of `wirebench new` is true: every command that its help and `docs/plugins.md` show.

use crate::harness::Bench;
use crate::made::{new, repository};

/// What stands behind `wirebench new` in the lines of a text that begin so.
fn commands(text: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("wirebench new "));
    // Behind two blanks stands what it does.
    let words = lines.map(|line| line.split("  ").next().unwrap_or_default());
    words.map(|words| words.trim().to_owned()).collect()
}

#[test]
fn every_command_that_its_help_and_the_page_show_makes_something() {
    let page = std::fs::read_to_string(repository().join("docs/plugins.md")).expect("the page");
    let page: String = page
        .lines()
        .map(|line| line.split('#').next().unwrap_or(""))
        .fold(String::new(), |text, line| text + line + "\n");
    let mut all = commands(&page);
    assert_eq!(all.len(), 3, "{all:?}");
    let bench = Bench::new();
    for verb in [&[][..], &["scenario"], &["plugin"], &["framing"]] {
        let words: Vec<&str> =
            ["new"].into_iter().chain(verb.iter().copied()).chain(["--help"]).collect();
        all.extend(commands(&bench.start(&words).wait().stdout));
    }
    assert!(all.len() > 12, "{all:?}");
    // Sources of the SDK in a folder of the reader's.
    for command in all.iter().filter(|command| !command.contains("--sdk")) {
        let bench = Bench::new();
        std::fs::create_dir(bench.folder().join("scenarios")).expect("a folder");
        new(&bench, command);
    }
}
