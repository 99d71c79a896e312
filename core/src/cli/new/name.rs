//! What new things may be called.

use crate::framing;
use std::path::Path;

/// The longest name, in bytes: that of a scenario.
const LONGEST: usize = 64;

/// Of a plugin, whose name begins those of its scenarios: `NAME-flips` is the longest.
const LONGEST_OF_PLUGIN: usize = LONGEST - "-flips".len();

/// Names of crates of this workspace that a plugin is built from, without their `wirebench-`.
const CRATES: [&str; 9] =
    ["abi", "framing", "framings", "load", "sdk", "text", "torture", "values", "launch"];

/// What is wrong with the name of a scenario, in a sentence.
pub(super) fn of_scenario(name: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if begins && name.len() <= LONGEST && name.chars().all(fits) {
        return Ok(());
    }
    Err(format!(
        "`{name}` is no name of a scenario: 1 to {LONGEST} letters, digits, `.`, `_` and `-`, and a letter or a \
         digit first{}",
        if name.contains('/') { "; where it goes says `--out FILE`" } else { "" }
    ))
}

/// What is wrong with the name of a plugin, or of its framing, in a sentence. It is that of a crate and of files, too.
pub(super) fn of_plugin(name: &str, shipped: &[&str]) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
    if !begins || name.len() > LONGEST_OF_PLUGIN || !name.chars().all(fits) {
        return Err(format!(
            "`{name}` is no name of a plugin: 1 to {LONGEST_OF_PLUGIN} small letters, digits, `-` and `_`, and a letter \
             first{}",
            if name.contains('/') { "; where it goes says `--out DIR`" } else { "" }
        ));
    }
    if shipped.contains(&name) || framing::names().contains(&name) {
        return Err(format!(
            "`{name}` ships with wirebench, and two of one name are told apart by nobody: take another name"
        ));
    }
    if name == "wirebench" {
        return Err(
            "`wirebench` would have a scenario `wirebench.toml`, which is where settings stand: take another name".into(),
        );
    }
    if CRATES.contains(&name) {
        return Err(format!(
            "`{name}` would make a crate `wirebench-{name}`, and there is one already: take another name"
        ));
    }
    Ok(())
}

/// The name of a crate as the language has it, and as the file of a shared object.
pub(super) fn identifier(name: &str) -> String {
    name.replace('-', "_")
}

/// A path that goes into a file or a command of somebody's.
pub(super) fn text(path: &Path) -> Result<&str, String> {
    let shown = crate::text::path(path);
    path.to_str().filter(|text| !text.contains(char::is_control)).ok_or_else(|| {
        format!("{shown} cannot be written into a file of text: take another folder")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_as_files_and_crates() {
        for name in ["a", "my-scenario_2.v1", "2nd"] {
            assert_eq!(of_scenario(name), Ok(()), "{name}");
        }
        for name in ["", ".hidden", "-x", "a/b", "..", "a b", "ä", &"x".repeat(65)] {
            assert!(of_scenario(name).is_err(), "{name}");
        }
        for name in ["a", "my-plugin_2", "fn"] {
            assert_eq!(of_plugin(name, &[]), Ok(()), "{name}");
        }
        for name in ["", "2nd", "-x", "_x", "a.b", "a/b", "A", "ä", "sdk", "line", &"x".repeat(65)]
        {
            assert!(of_plugin(name, &[]).is_err(), "{name}");
        }
        assert!(of_plugin("known", &["known"]).is_err());
    }
}
