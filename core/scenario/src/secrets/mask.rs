//! Lines of a source as they may be shown.

use super::Secret;
use std::ops::Range;

/// A part of a source, with a mark in the place of each secret.
pub(crate) struct Masked {
    text: String,
    /// What was replaced, in order: where it stood in the part, and where its mark stands.
    replaced: Vec<(Range<usize>, Range<usize>)>,
}

impl Masked {
    /// Masks the bytes `range` of `text`.
    pub(crate) fn new(text: &str, range: Range<usize>, secrets: &[Secret]) -> Self {
        let mut hidden: Vec<(Range<usize>, String)> = secrets
            .iter()
            .map(|secret| (secret.place.bytes(), secret.shown()))
            .filter(|(place, _)| place.start < range.end && range.start < place.end)
            .map(|(place, mark)| (place.start.max(range.start)..place.end.min(range.end), mark))
            .collect();
        hidden.sort_by_key(|(place, _)| (place.start, std::cmp::Reverse(place.end)));
        let mut masked = Self { text: String::new(), replaced: Vec::new() };
        let mut at = range.start;
        for (place, mark) in hidden {
            // One may lie in another.
            let (start, end) = (place.start.max(at), place.end);
            if start >= end {
                continue;
            }
            let Some(secret) = text.get(start..end) else { continue };
            masked.text.push_str(&text[at..start]);
            let new = masked.text.len();
            masked.text.push_str(&in_place_of(secret, &mark));
            masked.replaced.push((start - range.start..end - range.start, new..masked.text.len()));
            at = end;
        }
        masked.text.push_str(&text[at..range.end]);
        masked
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Where the bytes `range` of the part stand now.
    pub(crate) fn moved(&self, range: Range<usize>) -> Range<usize> {
        let start = self.at(range.start, |mark| mark.start);
        start..self.at(range.end, |mark| mark.end).max(start)
    }

    fn at(&self, old: usize, within: fn(&Range<usize>) -> usize) -> usize {
        let before = self.replaced.iter().take_while(|(place, _)| place.start < old);
        match before.last() {
            None => old,
            Some((place, mark)) if old < place.end => within(mark),
            Some((place, mark)) => mark.end + (old - place.end),
        }
    }
}

/// The mark with the quotes and the line feeds of what it stands for, so that the line is still read
/// as what it is, and lines keep their numbers.
fn in_place_of(secret: &str, mark: &str) -> String {
    let quote = secret.chars().next().filter(|first| matches!(first, '"' | '\''));
    let quote = quote.map(String::from).unwrap_or_default();
    let lines = "\n".repeat(secret.matches('\n').count());
    format!("{quote}{mark}{quote}{lines}")
}
