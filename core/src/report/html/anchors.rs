//! Names of places in a page, which addresses lead to: `#cell=framing=raw,load.payload=64_B`.

use crate::text::clean;
use std::collections::HashSet;

/// The names that are taken.
#[derive(Debug, Default)]
pub(super) struct Anchors(HashSet<String>);

/// The names of a cell's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CellAnchors {
    /// The one that links of the page use.
    pub(super) own: String,
    /// One that says the scenario, too; `None` where that is the own one.
    pub(super) of_scenario: Option<String>,
}

impl Anchors {
    /// The names of a cell: by its id alone where no result before has one of that id, and by its scenario
    /// and id. Where both are taken (the same scenario twice), a number stands behind.
    pub(super) fn cell(&mut self, scenario: &str, id: &str) -> CellAnchors {
        let short = format!("cell={}", unbroken(id));
        let long = self.free(format!("cell={}/{}", unbroken(scenario), unbroken(id)));
        self.0.insert(long.clone());
        if self.0.insert(short.clone()) {
            CellAnchors { own: short, of_scenario: Some(long) }
        } else {
            CellAnchors { own: long, of_scenario: None }
        }
    }

    fn free(&self, name: String) -> String {
        if !self.0.contains(&name) {
            return name;
        }
        let numbered = (2..=u64::MAX).map(|number| format!("{name}~{number}"));
        numbered.into_iter().find(|name| !self.0.contains(name)).unwrap_or(name)
    }
}

/// As it stands on the page, without blanks: HTML has no names with blanks in them.
fn unbroken(text: &str) -> String {
    clean(text).chars().map(|c| if c.is_whitespace() { '_' } else { c }).collect()
}

/// The address of a place in the page, as a link has it (RFC 3986, 3.5).
pub(super) fn href(anchor: &str) -> String {
    let mut href = String::from("#");
    for byte in anchor.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => href.push(byte.into()),
            b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'(' | b')' | b'*' | b'+' | b',' => {
                href.push(byte.into());
            }
            b';' | b'=' | b':' | b'@' | b'/' | b'?' => href.push(byte.into()),
            other => href.push_str(&format!("%{other:02X}")),
        }
    }
    href
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_cells_have_the_same_name() {
        let mut anchors = Anchors::default();
        let first = anchors.cell("sticky", "load.payload=64 B");
        assert_eq!(first.own, "cell=load.payload=64_B");
        assert_eq!(first.of_scenario.as_deref(), Some("cell=sticky/load.payload=64_B"));
        let other = anchors.cell("nagle", "load.payload=64 B");
        assert_eq!(other.own, "cell=nagle/load.payload=64_B");
        let again = anchors.cell("sticky", "load.payload=64 B");
        assert_eq!(again.own, "cell=sticky/load.payload=64_B~2");
        // A blank and its stand-in are not the same cell.
        assert_eq!(
            anchors.cell("nagle", "load.payload=64_B").own,
            "cell=nagle/load.payload=64_B~2"
        );
    }

    #[test]
    fn an_address_has_only_what_addresses_may_have() {
        assert_eq!(href("cell=framing=raw,a=64_B"), "#cell=framing=raw,a=64_B");
        assert_eq!(href("cell=\"<é'>%"), "#cell=%22%3C%C3%A9%27%3E%25");
    }
}
