//! Text that others wrote (peers, plugins, scenarios, file names, the environment), made safe to show.
//! Every byte that a person reads passes here: see [`Page`].

#![forbid(unsafe_code)]
#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

mod json;
mod page;
mod parts;
mod path;
pub mod path_json;

pub use json::Json;
pub use page::Page;
pub use parts::cleaned;
pub use path::os;
pub use path::path;

use unicode_width::UnicodeWidthStr as _;

/// The text on one line, without anything that a terminal obeys or that nobody sees: control
/// characters (escape sequences among them), direction marks and characters without a width stand
/// there as escapes. A clean text stays as it is.
pub fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        push(character, &mut clean);
    }
    clean
}

/// A text of several lines on one.
pub fn in_one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join(" | ")
}

/// Columns that the text takes on a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The noun for so many: `message`, `messages`.
pub fn plural(count: u64, one: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{one}{ending}")
}

fn push(character: char, clean: &mut String) {
    if character == '\t' {
        clean.push(' ');
    } else if is_plain(character) {
        clean.push(character);
    } else {
        clean.extend(character.escape_default());
    }
}

/// True for what may stand on a terminal as it is. The ranges are Unicode's format characters (`Cf`),
/// its separators of lines and paragraphs, and fillers and selectors that are invisible.
pub fn is_plain(character: char) -> bool {
    !character.is_control()
        && !matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
            | '\u{13430}'..='\u{1345f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_and_what_nobody_sees_is_escaped() {
        for (text, shown) in [
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("one\ntwo\r\n", "one\\ntwo\\r\\n"),
            ("a\tb", "a b"),
            ("\u{9b}2J\u{85}\u{7f}", "\\u{9b}2J\\u{85}\\u{7f}"),
            ("\u{202e}gnp.exe\u{2066}", "\\u{202e}gnp.exe\\u{2066}"),
            ("pay\u{200b}load\u{feff}\u{ad}", "pay\\u{200b}load\\u{feff}\\u{ad}"),
            ("a\u{2028}b\u{e0041}", "a\\u{2028}b\\u{e0041}"),
            ("Größe – 漢字 ± │ 🙂 C:\\new", "Größe – 漢字 ± │ 🙂 C:\\new"),
        ] {
            assert_eq!(clean(text), shown);
        }
    }

    #[test]
    fn what_is_clean_stays_as_it_is() {
        let all: String = ('\0'..=char::MAX).collect();
        let once = clean(&all);
        assert_eq!(clean(&once), once);
        assert!(once.chars().all(is_plain));
    }
}
