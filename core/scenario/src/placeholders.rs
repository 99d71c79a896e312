//! `{port}` and its like in what starts a server: which there are, what stands for itself, and what
//! is written in their place.

use wirebench_values::similar;

/// What can stand in braces.
pub(super) const PLACEHOLDERS: [&str; 3] = ["port", "address", "path"];

/// Longer names are not repeated in messages.
const LONGEST_NAME: usize = 32;

/// One part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part<'a> {
    /// As it is; a doubled brace is one of these, a single brace long.
    Text(&'a str),
    /// A placeholder, without its braces.
    Placeholder(&'static str),
}

/// What is wrong with the braces of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BadPlaceholder {
    /// In one sentence.
    pub(super) message: String,
    /// What may have been meant.
    pub(super) suggestion: Option<String>,
}

/// The parts of a text, or what is wrong with its braces.
fn parts(text: &str) -> Result<Vec<Part<'_>>, BadPlaceholder> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        parts.push(Part::Text(before));
        let brace = &from[..1];
        rest = &from[1..];
        if let Some(behind) = rest.strip_prefix(brace) {
            parts.push(Part::Text(brace));
            rest = behind;
            continue;
        }
        let inside = rest.split_once('}').filter(|_| brace == "{").map(|(inside, _)| inside);
        let Some(inside) = inside else { return Err(single(brace)) };
        let Some(name) = PLACEHOLDERS.into_iter().find(|name| *name == inside) else {
            return Err(unknown(inside));
        };
        parts.push(Part::Placeholder(name));
        rest = &rest[inside.len() + 1..];
    }
    parts.push(Part::Text(rest));
    Ok(parts)
}

fn single(brace: &str) -> BadPlaceholder {
    let message = format!("a single `{brace}` belongs to no placeholder");
    BadPlaceholder { message, suggestion: Some(brace.repeat(2)) }
}

fn unknown(inside: &str) -> BadPlaceholder {
    let is_name = |text: &str| {
        text.len() <= LONGEST_NAME
            && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' '))
    };
    if inside.is_empty() || !is_name(inside) {
        return single("{");
    }
    let known = similar(inside.trim(), PLACEHOLDERS);
    BadPlaceholder {
        message: format!("there is no placeholder `{{{inside}}}`"),
        suggestion: known.map(|name| format!("{{{name}}}")),
    }
}

/// What is wrong with the braces of `text`, if anything.
pub(super) fn wrong(text: &str) -> Option<BadPlaceholder> {
    parts(text).err()
}

/// True when `text` holds the placeholder `name`.
pub(super) fn holds(text: &str, name: &str) -> bool {
    let is_it = |part: &Part<'_>| matches!(part, Part::Placeholder(found) if *found == name);
    parts(text).is_ok_and(|parts| parts.iter().any(is_it))
}

/// The first placeholder that is written in `text`, whatever stands around it.
pub(super) fn first_in(text: &str) -> Option<&'static str> {
    PLACEHOLDERS.into_iter().find(|name| text.contains(&format!("{{{name}}}")))
}

/// The text with every placeholder replaced by what `value` says for its name (without braces), and
/// doubled braces made single. What is put in is not looked at again. Text whose braces are wrong,
/// which a checked scenario does not hold, stays as it is.
pub fn fill_placeholders(text: &str, value: impl Fn(&str) -> String) -> String {
    let Ok(parts) = parts(text) else { return text.to_owned() };
    let mut out = String::with_capacity(text.len());
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Placeholder(name) => out.push_str(&value(name)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> String {
        fill_placeholders(text, |name| format!("<{name}>"))
    }

    #[test]
    fn placeholders_are_filled_and_doubled_braces_are_single() {
        for (text, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("{port}", "<port>"),
            ("a{address}b{path}", "a<address>b<path>"),
            ("{{port}}", "{port}"),
            ("{{{port}}}", "{<port>}"),
            ("f() {{ exec x {port}; }}", "f() { exec x <port>; }"),
            ("ü{{ü}}", "ü{ü}"),
        ] {
            assert_eq!(wrong(text), None, "{text}");
            assert_eq!(filled(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_filled_in_is_not_looked_at_again() {
        assert_eq!(fill_placeholders("{path}", |_| "/tmp/{port}".to_owned()), "/tmp/{port}");
    }

    #[test]
    fn a_placeholder_that_does_not_exist_is_answered_by_one_that_does() {
        for (text, suggestion) in [
            ("{prot}", Some("{port}")),
            ("{ port }", Some("{port}")),
            ("{PORT}", Some("{port}")),
            ("--at={adress}", Some("{address}")),
            ("{socket}", None),
        ] {
            let wrong = wrong(text).unwrap_or_else(|| panic!("{text} is taken"));
            assert!(wrong.message.contains("there is no placeholder"), "{wrong:?}");
            assert_eq!(wrong.suggestion.as_deref(), suggestion, "{text}");
        }
    }

    #[test]
    fn a_single_brace_is_told_to_be_doubled() {
        for (text, doubled) in
            [("{", "{{"), ("}", "}}"), ("a}b", "}}"), ("{\"a\": 1}", "{{"), ("{}", "{{")]
        {
            let wrong = wrong(text).unwrap_or_else(|| panic!("{text} is taken"));
            assert_eq!(wrong.suggestion.as_deref(), Some(doubled), "{text}");
        }
    }
}
