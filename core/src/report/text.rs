//! Text in lines and columns.

use crate::text::width;

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

/// Columns that a clean text takes at most: terminals differ in what they draw as one character.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// Columns that a character takes by itself.
pub(crate) fn columns_of(character: char) -> usize {
    width(character.encode_utf8(&mut [0; 4]))
}

/// As much of a clean text as has room in so many columns; `…` stands for the rest.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let (mut used, mut fits) = (0, 0);
    for (at, character) in text.char_indices() {
        used += columns_of(character);
        // A column is left for the mark.
        if used < most {
            fits = at + character.len_utf8();
        } else if used > most {
            let mark = if most > 0 { "…" } else { "" };
            return format!("{}{mark}", &text[..fits]);
        }
    }
    text.to_owned()
}

/// The text with blanks behind it, to fill so many columns.
pub(crate) fn padded(text: &str, most: usize) -> String {
    format!("{text}{}", " ".repeat(most.saturating_sub(columns(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_the_columns_that_it_takes() {
        for (text, most, shown) in [
            ("framing", 7, "framing"),
            ("framing", 6, "frami…"),
            ("framing", 1, "…"),
            ("framing", 0, ""),
            ("漢字漢字", 8, "漢字漢字"),
            ("漢字漢字", 7, "漢字漢…"),
            ("漢字漢字", 6, "漢字…"),
            ("漢", 1, "…"),
            ("", 0, ""),
        ] {
            assert_eq!(cut(text, most), shown, "{text} in {most}");
            assert!(columns(&cut(text, most)) <= most, "{text} in {most}");
        }
    }

    #[test]
    fn lines_break_between_words_only() {
        assert_eq!(wrap("aa bb cc dd", 5, 2), "aa bb\n  cc\n  dd");
        assert_eq!(wrap("a-very-long-word b", 5, 0), "a-very-long-word\nb");
    }
}
