//! The reference of `wirebench.toml` says what the code says, and its examples are valid.

use crate::generated;
use wirebench::cli::formats;
use wirebench::scenario::{CONFIG_KEYS, Config, ConfigKey, ConfigTable};

const REFERENCE: &str = include_str!("../../docs/profiles.md");

const KEY: &str = "| key | type | default | allowed | meaning |";

#[test]
fn every_key_is_documented_with_its_type_default_and_range() {
    for (table, name) in [
        (ConfigTable::File, "the file"),
        (ConfigTable::Profile, "a profile"),
        (ConfigTable::Scenario, "a single scenario"),
        (ConfigTable::Baseline, "the baseline"),
    ] {
        let keys = CONFIG_KEYS.iter().filter(|key| key.table == table);
        let rows = generated::table(KEY, keys.map(ConfigKey::reference_row));
        generated::holds("docs/profiles.md", name, &rows);
    }
}

#[test]
fn its_examples_are_valid() {
    let formats = formats();
    let formats: Vec<&str> = formats.iter().map(String::as_str).collect();
    let examples: Vec<&str> = REFERENCE
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .filter(|text| text.contains("[profile."))
        .collect();
    assert_eq!(examples.len(), 2);
    for example in examples {
        let head = if example.contains("schema ") { "" } else { "schema = 1\n" };
        let read = Config::read("docs/profiles.md", &format!("{head}{example}"), &formats);
        if let Err(diagnostics) = read {
            panic!("{}", diagnostics.render(false));
        }
    }
}
