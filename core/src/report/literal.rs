//! Text in Markdown that is shown as it is: as CommonMark reads it, with GitHub's tables, and as GitHub
//! reads it once more when it looks for addresses, names, issues and formulas.

/// What begins markup within a line.
const MARKUP: [char; 12] = ['|', '\\', '`', '*', '_', '<', '>', '[', ']', '&', '~', '!'];

/// The text of a cell of a table, or of a part of a line: nothing in it ends the cell or becomes
/// markup.
pub(super) fn literal(text: &str) -> String {
    // Nothing can be said of a bar within code that holds inside and outside of tables.
    let words = text.split_inclusive([' ', '|']).map(|word| match word.strip_suffix('|') {
        Some(word) => format!("{}\\|", literal_word(word)),
        None => {
            let bare = word.trim_end_matches(' ');
            format!("{}{}", literal_word(bare), &word[bare.len()..])
        }
    });
    words.collect()
}

/// The text at the beginning of a line: it does not become a heading, a list or a quotation either.
pub(super) fn literal_line(text: &str) -> String {
    let literal = literal(text.trim_start());
    let digits = literal.chars().take_while(char::is_ascii_digit).count();
    match literal[digits..].chars().next() {
        Some('.' | ')') if digits > 0 => format!("{}\\{}", &literal[..digits], &literal[digits..]),
        Some('-' | '+' | '=' | ':' | '#') if digits == 0 => format!("\\{literal}"),
        _ => literal,
    }
}

fn literal_word(word: &str) -> String {
    if is_looked_at_again(word) {
        return code(word);
    }
    // Ours, and nothing by itself: what is struck out stands against its marks.
    if word == "~" {
        return word.to_owned();
    }
    let mut text = String::with_capacity(word.len());
    for character in word.chars() {
        if MARKUP.contains(&character) {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

/// True for what GitHub makes something of after all escapes are gone: addresses of pages and of mail,
/// names of users (`@`), issues (`#`), formulas (`$`) and pictures (`:smile:`). Only code is left alone.
fn is_looked_at_again(word: &str) -> bool {
    let small = word.to_ascii_lowercase();
    let before_a_name = |mark: char| {
        let mut behind = word.split(mark).skip(1);
        behind.any(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || "_-.".contains(c)))
    };
    let is_picture = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c))
    };
    let inner = word.split(':').count().saturating_sub(2);
    word.contains('$')
        || small.contains("://")
        || small.contains("www.")
        || ["mailto:", "xmpp:"].iter().any(|scheme| small.contains(scheme))
        || before_a_name('@')
        || before_a_name('#')
        || word.split(':').skip(1).take(inner).any(is_picture)
}

/// Between more backticks than it has itself.
fn code(word: &str) -> String {
    let longest = word.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if word.starts_with('`') || word.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{word}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_words_stay_as_they_are() {
        for text in [
            "tcp, nodelay on, 64 B",
            "±2.4 %, 1.56x",
            "a ~ b",
            "CPU @ 2.30GHz (#)",
            "12:34",
            "a - b + c",
        ] {
            assert_eq!(literal(text), text);
            assert_eq!(literal_line(text), text);
        }
    }

    #[test]
    fn markup_is_escaped_and_what_is_looked_at_again_is_code() {
        for (text, shown) in [
            ("a|b_c*d", "a\\|b\\_c\\*d"),
            ("&amp; ~~x~~ ![x](y)", "\\&amp; \\~\\~x\\~\\~ \\!\\[x\\](y)"),
            ("see http://x/y?a|b", "see `http://x/y?a`\\|b"),
            ("WWW.x.org a@b.c @you #12 $x$", "`WWW.x.org` `a@b.c` `@you` `#12` `$x$`"),
            ("``@a` :smile:", "``` ``@a` ``` `:smile:`"),
        ] {
            assert_eq!(literal(text), shown);
        }
    }

    #[test]
    fn a_line_begins_nothing() {
        for (text, shown) in [
            ("1. one", "1\\. one"),
            ("23) x", "23\\) x"),
            ("- x", "\\- x"),
            ("+ x", "\\+ x"),
            ("# x", "\\# x"),
            ("=== ", "\\=== "),
            ("    x", "x"),
            ("> x", "\\> x"),
            ("1.5 MB", "1\\.5 MB"),
        ] {
            assert_eq!(literal_line(text), shown);
        }
    }
}
