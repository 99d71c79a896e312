//! The project's own files, and Rust text without what is not code.

use std::path::{Path, PathBuf};

/// The repository's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("core lies in the repository").to_owned()
}

/// A file of the repository.
pub(crate) struct Text {
    /// Its path from the repository's root, with `/`.
    pub(crate) name: String,
    /// What it says.
    pub(crate) text: String,
}

/// Folders that hold nothing of ours, wherever they stand.
const FOREIGN: [&str; 3] = ["target", "wirebench-out", ".git"];

/// All files below `folder` (from the root; `""` for everything) whose names end with one of
/// `endings`, sorted. At least one has to be there: a check of no files checks nothing.
pub(crate) fn files(folder: &str, endings: &[&str]) -> Vec<Text> {
    let mut found = Vec::new();
    walk(&root().join(folder), endings, &mut found);
    assert!(!found.is_empty(), "no {endings:?} below `{folder}`");
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn walk(folder: &Path, endings: &[&str], found: &mut Vec<Text>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.expect("an entry of a folder").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a UTF-8 name");
        if path.is_dir() {
            if !FOREIGN.contains(&name) {
                walk(&path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let text = std::fs::read_to_string(&path).expect("a text file");
            let name = path.strip_prefix(root()).expect("below the root").display().to_string();
            found.push(Text { name, text });
        }
    }
}

/// What a piece of Rust text is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Literal,
    Comment,
}

/// Only the code: comments and the contents of literals become spaces, lines stay where they are.
pub(crate) fn code(text: &str) -> String {
    keep(text, Kind::Code)
}

/// Only the contents of string and character literals.
pub(crate) fn literals(text: &str) -> String {
    keep(text, Kind::Literal)
}

/// Everything before the unit tests, which stand at the end of a file.
pub(crate) fn without_tests(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod ").map_or(text, |at| &text[..at])
}

fn keep(text: &str, wanted: Kind) -> String {
    let bytes = text.as_bytes();
    let mut kept = vec![b' '; bytes.len()];
    let mut at = 0;
    while at < bytes.len() {
        let (kind, end) = piece(bytes, at);
        for index in at..end {
            if kind == wanted || bytes[index] == b'\n' {
                kept[index] = bytes[index];
            }
        }
        at = end;
    }
    String::from_utf8(kept).expect("whole pieces are kept or blanked")
}

/// The piece that begins at `at`, and where it ends.
fn piece(bytes: &[u8], at: usize) -> (Kind, usize) {
    let rest = &bytes[at..];
    if rest.starts_with(b"//") {
        return (Kind::Comment, at + line(rest));
    }
    if rest.starts_with(b"/*") {
        return (Kind::Comment, at + block(rest));
    }
    // A raw string, unless the `r` ends a name.
    let begins_word = at == 0 || !is_word(bytes[at - 1]) || bytes[at - 1] == b'b';
    if rest[0] == b'r' && begins_word {
        let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
        if rest.get(1 + hashes) == Some(&b'"') {
            let end = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
            let from = 2 + hashes;
            let close = find(&rest[from..], &end).map_or(rest.len(), |k| from + k + end.len());
            return (Kind::Literal, at + close);
        }
    }
    match rest[0] {
        b'"' => (Kind::Literal, at + quoted(rest, b'"')),
        // A character, or else a lifetime.
        b'\'' if rest.get(1) == Some(&b'\\') => (Kind::Literal, at + quoted(rest, b'\'')),
        b'\'' => match character(rest) {
            Some(len) => (Kind::Literal, at + len),
            None => (Kind::Code, at + 1),
        },
        // Not into the middle of a character of several bytes.
        _ => {
            let len = 1 + rest[1..].iter().take_while(|byte| **byte & 0xc0 == 0x80).count();
            (Kind::Code, at + len)
        }
    }
}

fn line(rest: &[u8]) -> usize {
    find(rest, b"\n").unwrap_or(rest.len())
}

/// Block comments nest.
fn block(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of `'x'`; `None` for a lifetime.
fn character(rest: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(&rest[1..rest.len().min(9)]);
    let text = text.or_else(|error| std::str::from_utf8(&rest[1..1 + error.valid_up_to()])).ok()?;
    let len = text.chars().next()?.len_utf8();
    (rest.get(1 + len) == Some(&b'\'')).then_some(len + 2)
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Where `word` stands as a whole word.
pub(crate) fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = at.checked_sub(1).map(|at| text.as_bytes()[at]);
        let after = text.as_bytes().get(at + word.len()).copied();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

#[test]
fn comments_and_literals_are_told_from_code() {
    let text =
        r##"let a = "x // y"; /* b /* c */ d */ fn e<'a>(f: char) { '"'; b'\''; r#"g"h"# } // i"##;
    let code = code(text);
    assert_eq!(code.split_whitespace().collect::<String>(), "leta=;fne<'a>(f:char){;b;}");
    assert_eq!(literals(text).split_whitespace().collect::<String>(), r##""x//y"'"''\''r#"g"h"#"##);
    assert_eq!(code.len(), text.len());
}
