//! `{token}` in what is asked for. A brace itself is written twice, as in a scenario's own placeholders.

const TOKEN: &str = "token";

/// What is wrong with the braces of a command line, if anything.
pub(crate) fn wrong(text: &str) -> Option<String> {
    walk(text, &mut |_| {}).err()
}

/// True when the number of the exchange stands in it.
pub(crate) fn holds_token(text: &str) -> bool {
    let mut holds = false;
    walk(text, &mut |part| holds |= part.is_none()).is_ok() && holds
}

/// The command line of one exchange. What [`wrong`] refuses stays as it is.
pub(crate) fn filled(text: &str, token: u64) -> String {
    let mut out = String::with_capacity(text.len());
    let add = &mut |part: Option<&str>| match part {
        Some(text) => out.push_str(text),
        None => out.push_str(&token.to_string()),
    };
    match walk(text, add) {
        Ok(()) => out,
        Err(_) => text.to_owned(),
    }
}

/// Calls `each` with every part of the text in turn; `None` is the number's place.
fn walk(text: &str, each: &mut dyn FnMut(Option<&str>)) -> Result<(), String> {
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        each(Some(&rest[..at]));
        let (brace, behind) = rest[at..].split_at(1);
        rest = behind;
        if let Some(behind) = rest.strip_prefix(brace) {
            each(Some(brace));
            rest = behind;
            continue;
        }
        let inside = rest.split_once('}').filter(|_| brace == "{").map(|(inside, _)| inside);
        match inside {
            Some(TOKEN) => each(None),
            Some(name) if is_name(name) => {
                return Err(format!(
                    "there is no placeholder `{{{name}}}`: write `{{token}}`, the \
                                    number of the exchange, or `{{{{{name}}}}}` for the text itself"
                ));
            }
            _ => {
                return Err(format!(
                    "a single `{brace}` belongs to no placeholder: a brace itself is \
                                    written twice, `{brace}{brace}`"
                ));
            }
        }
        rest = &rest[TOKEN.len() + 1..];
    }
    each(Some(rest));
    Ok(())
}

fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ');
    (1..=32).contains(&text.len()) && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_filled_in_and_doubled_braces_are_single() {
        for (text, expected, holds) in [
            ("date", "date", false),
            ("say {token} {token}", "say 7 7", true),
            ("say {{token}}", "say {token}", false),
            ("find {{}} ü{token}", "find {} ü7", true),
        ] {
            assert_eq!((wrong(text), filled(text, 7).as_str()), (None, expected));
            assert_eq!(holds_token(text), holds, "{text}");
        }
    }

    #[test]
    fn other_placeholders_and_single_braces_are_wrong() {
        for (text, why) in [
            ("say {tokn}", "there is no placeholder `{tokn}`"),
            ("say { token }", "no placeholder"),
            ("find {}", "a single `{`"),
            ("say }", "a single `}`"),
            ("say {token", "a single `{`"),
        ] {
            let told = wrong(text).unwrap_or_default();
            assert!(told.contains(why), "{text}: {told}");
        }
    }
}
