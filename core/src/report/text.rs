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

/// The text in at most so many columns: what does not fit is `…`.
pub(crate) fn shortened(text: &str, columns: usize) -> String {
    // No text takes more columns than bytes.
    if text.len() <= columns || width(text) <= columns {
        return text.to_owned();
    }
    let (mut short, mut used) = (String::new(), 1);
    for character in text.chars() {
        used += width(character.encode_utf8(&mut [0; 4]));
        if used > columns {
            break;
        }
        short.push(character);
    }
    short + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_ends_where_there_is_no_more_room() {
        assert_eq!(shortened("load.payload", 12), "load.payload");
        assert_eq!(shortened("load.payload", 8), "load.pa…");
        assert_eq!(shortened("漢字漢字", 8), "漢字漢字");
        assert_eq!(shortened("漢字漢字", 6), "漢字…");
    }

    #[test]
    fn lines_break_between_words_only() {
        assert_eq!(wrap("aa bb cc dd", 5, 2), "aa bb\n  cc\n  dd");
        assert_eq!(wrap("a-very-long-word b", 5, 0), "a-very-long-word\nb");
    }
}
