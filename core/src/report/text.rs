//! Text from plugins, peers and files, made safe to print, and text in columns.

use unicode_width::UnicodeWidthStr as _;

/// The text with control characters (escape sequences among them) and direction marks written as
/// escapes, so that it cannot take over a terminal. Line feeds stay only for [`lines`].
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        let marks = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if character == '\t' {
            clean.push(' ');
        } else if character.is_control() || marks {
            clean.extend(character.escape_default());
        } else {
            clean.push(character);
        }
    }
    clean
}

/// The last `count` lines of a text, cleaned.
pub(crate) fn last_lines(text: &str, count: usize) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].iter().map(|line| clean(line)).collect()
}

/// Columns that the text takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Breaks words into lines of at most `width` columns (a longer word stands alone), each after
/// the first behind `indent` spaces.
pub(crate) fn wrap(text: &str, columns: usize, indent: usize) -> String {
    let mut wrapped = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let needed = width(word);
        if used > indent && used + 1 + needed > columns {
            wrapped.push('\n');
            wrapped.push_str(&" ".repeat(indent));
            used = indent;
        } else if !wrapped.is_empty() {
            wrapped.push(' ');
            used += 1;
        }
        wrapped.push_str(word);
        used += needed;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_lose_their_power() {
        assert_eq!(clean("a\u{1b}[31mb\u{202e}c\td"), "a\\u{1b}[31mb\\u{202e}c d");
        assert_eq!(last_lines("one\ntwo\nthree\n", 2), ["two", "three"]);
    }

    #[test]
    fn lines_break_between_words_only() {
        assert_eq!(wrap("aa bb cc dd", 5, 2), "aa bb\n  cc\n  dd");
        assert_eq!(wrap("a-very-long-word b", 5, 0), "a-very-long-word\nb");
    }
}
