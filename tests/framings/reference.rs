//! The reference in `docs/framings.md` describes every framing and every setting.

use crate::generated;
use wirebench::framing::{Setting, describe, names};

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
fn every_framing_is_documented_with_its_wire_format() {
    let row = |name| {
        let framing = describe(name).expect("it is in the catalogue");
        format!("| `{name}` | {} |", framing.on_wire)
    };
    let table = generated::table("| framing | on the wire |", names().into_iter().map(row));
    generated::holds("docs/framings.md", "framings", &table);
}

#[test]
fn every_setting_is_documented_with_its_type_default_and_range() {
    for name in names() {
        let section = section(name);
        let settings = describe(name).expect("it is in the catalogue").settings;
        if settings.is_empty() {
            assert!(section.contains("\nIt has no settings.\n"), "{name} has none");
            continue;
        }
        // The framings of one section have the same ones.
        let first = names().into_iter().find(|other| self::section(other) == section);
        let place = format!("settings of {}", first.unwrap_or(name));
        let rows = settings.iter().map(Setting::reference_row);
        let header = "| setting | type | default | allowed | meaning |";
        generated::holds("docs/framings.md", &place, &generated::table(header, rows));
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
