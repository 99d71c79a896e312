//! Names that a format can hold, each of them once.

use std::collections::HashSet;

/// The most characters of a name.
const LONGEST: usize = 200;

/// The text with another character in the place of each that does not belong into a name, and cut where it is
/// too long. Never empty.
pub(super) fn safe(text: &str, belongs: fn(char) -> bool) -> String {
    let kept = text.chars().take(LONGEST).map(|c| if belongs(c) { c } else { '_' });
    let name: String = kept.collect();
    if name.is_empty() { "_".to_owned() } else { name }
}

/// Names that were given, so that none is given twice.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// The name, or where it was given before, the name with a number behind it.
    pub(super) fn give(&mut self, name: String) -> String {
        let mut given = name.clone();
        let mut number = 2_u64;
        while !self.0.insert(given.clone()) {
            given = format!("{name}_{number}");
            number += 1;
        }
        given
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_belong_into_a_name_is_replaced_and_a_long_one_is_cut() {
        let belongs = |c: char| c.is_ascii_alphanumeric();
        assert_eq!(safe("a b/é\n", belongs), "a_b___");
        assert_eq!(safe("", belongs), "_");
        assert_eq!(safe(&"a".repeat(1000), belongs).len(), LONGEST);
    }

    #[test]
    fn no_name_is_given_twice() {
        let mut names = Names::default();
        let given: Vec<String> =
            ["a", "a", "a_2", "b", "a"].map(|name| names.give(name.to_owned())).to_vec();
        assert_eq!(given, ["a", "a_2", "a_2_2", "b", "a_3"]);
    }
}
