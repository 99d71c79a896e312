//! The reference in `docs/framings.md` describes every framing and every setting.

use wirebench::framing::{describe, names};

const REFERENCE: &str = include_str!("../../docs/framings.md");

/// The text of the section whose heading names the framing.
fn section(name: &str) -> &'static str {
    REFERENCE
        .split("\n## ")
        .find(|section| {
            let heading = section.lines().next().unwrap_or_default();
            heading.split(['`', ',', ' ']).any(|word| word == name)
        })
        .unwrap_or_else(|| panic!("docs/framings.md has no section for {name}"))
}

#[test]
fn every_framing_has_a_section_that_shows_its_bytes_and_limits() {
    for name in names() {
        let section = section(name);
        for part in ["Example", "Cannot carry", "Detects", "Source"] {
            assert!(section.contains(&format!("**{part}")), "{name} has no part {part}");
        }
    }
}

#[test]
fn every_setting_has_a_row_with_its_default() {
    for name in names() {
        for setting in describe(name).expect("it is in the catalogue").settings {
            let row = format!("| `{}` | {} |", setting.name, setting.default);
            assert!(section(name).contains(&row), "the section of {name} has no row: {row}");
        }
    }
}

#[test]
fn every_example_is_what_the_framing_writes() {
    use crate::driver::Subject;
    let mut shown = 0;
    for line in REFERENCE.lines() {
        // "**Example** (`kind`, `{settings}`): `hi` is `68 69`"
        let Some(rest) = line.strip_prefix("**Example** (") else { continue };
        let parts: Vec<&str> = rest.split('`').collect();
        let [_, kind, _, settings, _, message, _, hex, ..] = parts[..] else {
            panic!("not in the form of an example: {line}")
        };
        let settings = serde_json::from_str(settings).expect(line);
        let (stream, _) = Subject::new(kind, &settings).stream(&[message]);
        let bytes: Vec<String> = stream.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(bytes.join(" "), hex, "{line}");
        shown += 1;
    }
    assert!(shown >= 30, "only {shown} examples were found");
}
