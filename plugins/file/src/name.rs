//! Which names a peer may give a file.

use crate::kinds::{Kind, Refusal};

/// The longest name, in bytes: what Linux file systems take.
const LONGEST: usize = 255;

/// Names that begin so are ours: files under way.
pub(crate) const RESERVED: &str = ".wirebench-";

/// A name is one component of a path and nothing else.
pub(crate) fn check(name: &str) -> Result<(), Refusal> {
    let why = if name.is_empty() {
        "a name must not be empty"
    } else if name.len() > LONGEST {
        "a name has at most 255 bytes"
    } else if name.contains('\0') {
        "a name must not hold a NUL"
    } else if name.contains(['/', '\\']) {
        "a name must not hold a separator"
    } else if name == "." || name == ".." {
        "this names a directory, not a file"
    } else if name.starts_with(RESERVED) {
        "names that begin with `.wirebench-` are kept for files under way"
    } else {
        return Ok(());
    };
    Err(Refusal::new(Kind::BadName, format!("{}: {why}", shown(name))))
}

/// A peer's text as it may stand in an error: short, and in one line.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_taken_with_spaces_and_any_script() {
        for name in ["a", "a b.txt", "..a", "a..b", ".hidden", "文件.bin", &"x".repeat(255)] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn what_could_lead_elsewhere_is_a_bad_name() {
        let long = "x".repeat(256);
        let names =
            ["", ".", "..", "../x", "/etc/passwd", "a/b", "a\\b", "a\0b", ".wirebench-1", &long];
        for name in names {
            assert_eq!(check(name).map_err(|refusal| refusal.kind), Err(Kind::BadName), "{name}");
        }
    }

    #[test]
    fn what_is_shown_of_a_name_is_short_and_in_one_line() {
        assert_eq!(shown("a\nb"), "`a\\nb`");
        assert!(shown(&"y".repeat(1_000_000)).len() < 100);
    }
}
