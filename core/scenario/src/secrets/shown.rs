//! The text of a scenario, for whoever may not know its secrets.

use super::{Masked, known, of_document, unread};
use crate::diagnostics::{Sink, Source};
use crate::tree;

/// The text of a scenario's file with a mark in the place of each secret: `‹sha256:3a06›`. Remarks are read by
/// their lines, as if they were not, because settings are put aside in them, secrets too; and a secret that stands
/// somewhere is left out wherever else it stands.
pub fn without_secrets(text: &str) -> String {
    const FILE: u32 = 0;
    let mut sink = Sink::default();
    let document = tree::document(text, FILE, &mut sink);
    let mut source = Source::new("", text);
    source.secrets = of_document(&document, FILE, text, sink.has_syntax());
    let put_aside =
        unread::places(text, FILE).filter(|place| is_in_remark(text, place.bytes().start));
    source.secrets.extend(put_aside.map(super::unread));
    let masked = Masked::new(text, 0..text.len(), &source.secrets).text().to_owned();
    known(&[source]).redact(&masked).into_owned()
}

/// True where a remark has begun before this place of its line. A line within a string of several may be taken for
/// one: then more is left out.
fn is_in_remark(text: &str, at: usize) -> bool {
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    let (mut quote, mut escaped) = (None, false);
    for character in line.chars() {
        match (quote, character) {
            (None, '#') => return true,
            (None, '"' | '\'') => quote = Some(character),
            (Some('"'), '\\') if !escaped => {
                escaped = true;
                continue;
            }
            (Some(open), _) if character == open && !escaped => quote = None,
            _ => {}
        }
        escaped = false;
    }
    false
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
    fn secrets_in_remarks_and_descriptions_are_not_shown_either() {
        let text = "about = \"talks sesame-42\" # it is sesame-42\n# env = { PASSWORD = \"old-17\" }\n\
                    [server.env]\nPASSWORD = \"sesame-42\"\n";
        let shown = without_secrets(text);
        assert!(!shown.contains("sesame-42") && !shown.contains("old-17"), "{shown}");
        assert!(shown.contains("about = \"talks ‹"), "{shown}");
    }

    #[test]
    fn what_is_no_toml_is_shown_without_secrets_too() {
        let shown = without_secrets("name = \npassword = \"sesame\nrest");
        assert!(!shown.contains("sesame"), "{shown}");
    }
}
