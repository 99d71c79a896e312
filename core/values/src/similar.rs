//! The name that was meant by one that does not exist.

/// No name is longer; the comparison is quadratic.
const LONGEST: usize = 64;

/// So many letters of a name's beginning say which is meant.
const BEGINNING: usize = 3;

/// The candidate that was most likely meant by `wrong`, in whatever case: the nearest of those with
/// at most a third of the letters mistyped, left out, added or swapped (Damerau-Levenshtein), else the
/// nearest that begins so. `None`: none is near enough.
pub fn similar<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wrong.len() > LONGEST {
        return None;
    }
    let wrong = wrong.to_lowercase();
    let letters = wrong.chars().count();
    let near = |name: &str| {
        let name = name.to_lowercase();
        let mistakes = strsim::damerau_levenshtein(&wrong, &name);
        let mistyped = mistakes <= (letters / 3).max(1) && mistakes < name.len();
        let begun = letters >= BEGINNING && name.starts_with(&wrong);
        (mistyped || begun).then_some((!mistyped, mistakes))
    };
    candidates
        .into_iter()
        .filter_map(|name| Some((near(name)?, name)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::similar;

    #[test]
    fn a_name_with_few_mistakes_is_recognised() {
        for (wrong, meant) in [
            ("in-fligth", Some("in-flight")),
            ("in_flight", Some("in-flight")),
            ("In-Flight", Some("in-flight")),
            ("paylod", Some("payload")),
            ("payloads", Some("payload")),
            ("mx", Some("max")),
            ("seed", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(similar(wrong, ["in-flight", "payload", "max"]), meant, "{wrong}");
        }
    }

    #[test]
    fn a_name_that_was_only_begun_is_recognised_unless_another_is_nearer() {
        assert_eq!(similar("len32", ["len8", "len32be", "len32le"]), Some("len32be"));
        assert_eq!(similar("pay", ["payload", "pad"]), Some("pad"));
        assert_eq!(similar("pa", ["payload"]), None);
    }

    #[test]
    fn what_is_longer_than_any_name_is_compared_with_none() {
        let long = "x".repeat(65);
        assert_eq!(similar(&long, [long.as_str()]), None);
    }
}
