//! Names that a format can hold, each of them once.

use std::collections::HashMap;

/// The most characters of a name.
const LONGEST: usize = 200;

/// The text with another character in the place of each that does not belong into a name, and cut where it is
/// too long. Never empty.
pub(super) fn safe(text: &str, belongs: fn(char) -> bool) -> String {
    let kept = text.chars().take(LONGEST).map(|c| if belongs(c) { c } else { '_' });
    let name: String = kept.collect();
    if name.is_empty() { "_".to_owned() } else { name }
}

/// Names that were given, so that none is given twice, each with the number that is tried next behind it: thousands
/// may be cut to the same one.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, u64>);

impl Names {
    /// The name, or where it was given before, the name with a number behind it.
    pub(super) fn give(&mut self, name: String) -> String {
        let Some(next) = self.0.get(&name) else {
            self.0.insert(name.clone(), 2);
            return name;
        };
        let free = |number: &u64| !self.0.contains_key(&format!("{name}_{number}"));
        let number = (*next..).find(free).unwrap_or(u64::MAX);
        let given = format!("{name}_{number}");
        self.0.insert(given.clone(), 2);
        self.0.insert(name, number.saturating_add(1));
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
    fn thousands_that_want_the_same_name_are_told_apart_in_linear_time() {
        let mut names = Names::default();
        let given: std::collections::HashSet<String> =
            (0..200_000).map(|_| names.give("a".repeat(LONGEST))).collect();
        assert_eq!(given.len(), 200_000);
    }

    #[test]
    fn no_name_is_given_twice() {
        let mut names = Names::default();
        let given: Vec<String> =
            ["a", "a", "a_2", "b", "a"].map(|name| names.give(name.to_owned())).to_vec();
        assert_eq!(given, ["a", "a_2", "a_2_2", "b", "a_3"]);
    }
}
