//! A line for a terminal.

use crate::report::text::{columns, cut};

/// A line in its colours, and what it is without them: how many rows a terminal makes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    plain: String,
    styled: String,
}

impl Line {
    /// A line without colours, of a clean text.
    pub(super) fn plain(text: String) -> Self {
        Self { styled: text.clone(), plain: text }
    }

    /// Adds as much of a clean text as has room in so many columns, with style around it.
    pub(super) fn push(&mut self, text: &str, most: usize, paint: impl Fn(&str) -> String) {
        let text = cut(text, most.saturating_sub(columns(&self.plain)));
        if !text.is_empty() {
            self.styled.push_str(&paint(&text));
            self.plain.push_str(&text);
        }
    }

    /// The line without colours.
    pub fn text(&self) -> &str {
        &self.plain
    }

    /// The line as it is printed.
    pub fn styled(&self) -> &str {
        &self.styled
    }
}
