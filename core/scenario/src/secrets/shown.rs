//! The text of a scenario, for whoever may not know its secrets.

use super::{Masked, of_document};
use crate::diagnostics::Sink;
use crate::tree;

/// The text of a scenario's file with a mark in the place of each secret: `‹sha256:3a06›`. What is no TOML is
/// read by its lines, and more of it is left out.
pub fn without_secrets(text: &str) -> String {
    const FILE: u32 = 0;
    let mut sink = Sink::default();
    let document = tree::document(text, FILE, &mut sink);
    let secrets = of_document(&document, FILE, text, sink.has_syntax());
    Masked::new(text, 0..text.len(), &secrets).text().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_secrets_stays_as_it_is() {
        let text =
            "name = \"one\" # a remark\n[handler.config]\npassword = \"sesame\"\nrooms = 3\n";
        let shown = without_secrets(text);
        assert!(!shown.contains("sesame"), "{shown}");
        assert_eq!(shown.lines().count(), text.lines().count());
        for line in ["name = \"one\" # a remark", "[handler.config]", "rooms = 3"] {
            assert!(shown.lines().any(|shown| shown == line), "{shown}");
        }
        assert!(shown.contains("password = \"‹sha256:"), "{shown}");
    }

    #[test]
    fn what_is_no_toml_is_shown_without_secrets_too() {
        let shown = without_secrets("name = \npassword = \"sesame\nrest");
        assert!(!shown.contains("sesame"), "{shown}");
    }
}
