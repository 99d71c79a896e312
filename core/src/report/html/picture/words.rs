//! Words in a picture: what fits, and names of elements.

use crate::text::{clean, width};
use std::collections::HashSet;

/// Units that one column of a terminal takes at most, on average, in the sans-serif fonts of systems at the size that
/// `picture.css` sets.
pub(super) const COLUMN: f64 = 7.2;

/// The most columns of a text that stands behind a mark: it can be of any length otherwise.
const LONGEST: usize = 200;

/// What fits of a name that others gave, and the whole of it where that is more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fitted {
    pub(super) shown: String,
    pub(super) whole: Option<String>,
}

/// As much of a text as so many units take, without its middle; the beginning and the end tell names apart.
pub(super) fn fitted(text: &str, units: f64) -> Fitted {
    let text = clean(text);
    let columns = (units / COLUMN).floor().max(1.0) as usize;
    let shown = cut(&text, columns);
    if shown == text {
        return Fitted { shown, whole: None };
    }
    Fitted { shown, whole: Some(cut(&text, LONGEST)) }
}

/// A text for a tip or a table: safe to show, and not endless.
pub(super) fn bounded(text: &str) -> String {
    cut(&clean(text), LONGEST)
}

/// A clean text in so many columns, with `…` where its middle was.
fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(1);
    let head: String = taking(text.chars(), room.div_ceil(2)).collect();
    let tail: Vec<char> = taking(text.chars().rev(), room / 2).collect();
    let tail: String = tail.into_iter().rev().collect();
    format!("{head}…{tail}")
}

/// The first characters, as long as they have room.
fn taking(characters: impl Iterator<Item = char>, room: usize) -> impl Iterator<Item = char> {
    let mut left = room;
    characters.take_while(move |character| {
        let needed = width(character.encode_utf8(&mut [0; 4]));
        let fits = needed <= left;
        left = left.saturating_sub(needed);
        fits
    })
}

/// Names of figures that are given once each.
#[derive(Debug, Default)]
pub(super) struct Ids(HashSet<String>);

/// Characters of an id that come from a name.
const ID_LENGTH: usize = 48;

impl Ids {
    /// `latency-payload-64-b`: of small letters, digits and hyphens, whatever the name is; numbered where it was given.
    pub(super) fn give(&mut self, of: &str) -> String {
        let mut id = String::new();
        for character in of.chars().map(|character| character.to_ascii_lowercase()) {
            if character.is_ascii_alphanumeric() {
                id.push(character);
            } else if !id.ends_with('-') && !id.is_empty() {
                id.push('-');
            }
            if id.len() == ID_LENGTH {
                break;
            }
        }
        let stem = id.trim_end_matches('-').to_owned();
        let stem = if stem.is_empty() { "picture".to_owned() } else { stem };
        let mut id = stem.clone();
        let mut number = 2;
        while !self.0.insert(id.clone()) {
            id = format!("{stem}-{number}");
            number += 1;
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_loses_its_middle_and_is_kept_whole_beside() {
        let name = "handler.config.mode=very-long-indeed,framing=len32be";
        let fit = fitted(name, 20.0 * COLUMN);
        assert_eq!(fit.shown, "handler.co…g=len32be");
        assert_eq!(fit.whole.as_deref(), Some(name));
        assert_eq!(fitted("raw", 100.0), Fitted { shown: "raw".into(), whole: None });
    }

    #[test]
    fn nothing_is_wider_than_its_room() {
        for name in ["漢字漢字漢字漢字漢字", "Größe größer am größten", "\u{1b}[31m\u{202e}x", "a"]
        {
            for columns in 1..12 {
                let fit = fitted(name, columns as f64 * COLUMN);
                assert!(width(&fit.shown) <= columns, "{name} in {columns}: {}", fit.shown);
            }
        }
    }

    #[test]
    fn a_tip_is_never_endless() {
        assert!(width(&bounded(&"x".repeat(100_000))) <= LONGEST);
    }

    #[test]
    fn ids_are_plain_and_given_once() {
        let mut ids = Ids::default();
        assert_eq!(ids.give("latency payload 64 B"), "latency-payload-64-b");
        assert_eq!(ids.give("latency payload 64-b"), "latency-payload-64-b-2");
        assert_eq!(ids.give("\"><script>"), "script");
        assert_eq!(ids.give("漢字"), "picture");
        assert_eq!(ids.give(&"x".repeat(500)).len(), ID_LENGTH);
    }
}
