//! The documents name the version numbers that the program has.

#[path = "fixtures/c_compiler.rs"]
mod c_compiler;

use c_compiler::repository;
use wirebench_abi as abi;

fn text(name: &str) -> String {
    std::fs::read_to_string(repository().join(name)).expect("it is there")
}

/// The cells of the rows of a table whose first cell holds `first`.
fn row(text: &str, first: &str) -> Vec<String> {
    let line = text.lines().find(|line| {
        line.starts_with("| ") && line.split('|').nth(1).is_some_and(|cell| cell.contains(first))
    });
    let line = line.unwrap_or_else(|| panic!("no row of {first}"));
    line.split('|').map(|cell| cell.trim().to_owned()).collect()
}

#[test]
fn every_number_of_the_page_is_the_present_one() {
    let page = text("docs/versioning.md");
    let interface = format!("major and minor: `{}`", abi::ABI);
    assert_eq!(row(&page, "plugin interface")[2], interface);
    assert_eq!(row(&page, "plugin notes")[2], format!("`{}`", abi::note::FORMAT));
    let crates = format!("semantic version: `{}`", env!("CARGO_PKG_VERSION"));
    assert_eq!(row(&page, "SDK and the other crates")[2], crates);
    let grammar = row(&text("docs/scenario.md"), "`schema`")[4].clone();
    assert_eq!(row(&page, "scenarios")[2], grammar);
    assert!(
        row(&page, "results")[2].starts_with(&format!("`{}`", wirebench::result::document::SCHEMA))
    );
    for (file, schema) in [
        ("`result.json`", wirebench::result::document::SCHEMA),
        ("`journal.jsonl`", wirebench::result::journal::SCHEMA),
        ("`comparison.json`", wirebench::compare::SCHEMA),
        ("events", wirebench::events::SCHEMA),
    ] {
        assert_eq!(row(&page, file)[2], format!("`{schema}`"));
    }
}

#[test]
fn the_changelog_knows_every_minor_of_the_plugin_interface_and_no_other() {
    let log = text("CHANGELOG.md");
    for minor in 0..=abi::ABI_MINOR {
        assert!(
            log.contains(&format!("**{}.{minor}**", abi::ABI_MAJOR)),
            "minor {minor} is missing"
        );
    }
    let next = format!("**{}.{}**", abi::ABI_MAJOR, abi::ABI_MINOR + 1);
    assert!(!log.contains(&next), "{next} is not there yet");
    assert!(log.contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_keys_of_a_note_are_those_that_the_header_and_the_page_name() {
    let (page, header) = (text("docs/plugins.md"), text("plugins/abi/include/wirebench.h"));
    let source = text("plugins/abi/src/note.rs");
    let keys =
        ["note", "abi", "id", "version", "sdk", "build", "arch", "target", "handler", "framing"];
    for key in keys {
        row(&page, &format!("`{key}`"));
        assert!(source.contains(&format!("//! | `{key}` |")), "{key}");
        let written =
            header.contains(&format!("\"{key}=")) || header.contains(&format!("\\0{key}="));
        assert_eq!(written, key != "target", "{key}");
    }
}
