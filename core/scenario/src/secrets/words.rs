//! Which keys have secrets for values.

/// Names with one of these words anywhere in them.
const ANYWHERE: [&str; 9] = [
    "secret",
    "secrets",
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "credential",
    "credentials",
    "apikey",
];

/// Names that end with one of these words: `api-key` is a secret, `key-size` is none.
const AT_THE_END: [&str; 6] = ["key", "token", "tokens", "pass", "pwd", "pin"];

/// Names that end with one of these words say where something is, and not what it is.
const ELSEWHERE: [&str; 3] = ["env", "file", "path"];

/// Why a value is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// Its key is called as secrets are.
    Named,
    /// It is given to a program of the user, who knows what it is.
    Given,
}

/// Why the value with this path is a secret, if it is one.
pub(super) fn reason(path: &[&str]) -> Option<Reason> {
    // What a framing calls a key is usually a name that stands on the wire.
    let of_framing = path.first() == Some(&"framing");
    let is_named = |at: usize| {
        let elsewhere = path[at + 1..].iter().any(|name| ELSEWHERE.contains(name));
        names_a_secret(path[at], of_framing) && !elsewhere
    };
    match path {
        _ if (0..path.len()).any(is_named) => Some(Reason::Named),
        ["server", "env" | "stdin", ..] => Some(Reason::Given),
        _ => None,
    }
}

/// True for a name such as `password`, `api-key`, `AUTH_TOKEN`, `clientSecret`, `secret2`.
fn names_a_secret(name: &str, only_plain: bool) -> bool {
    let words = words(name);
    let last = words.last().map_or("", String::as_str);
    if ELSEWHERE.contains(&last) {
        return false;
    }
    let plain = words.iter().any(|word| ANYWHERE.contains(&word.as_str()));
    plain || (!only_plain && AT_THE_END.contains(&last))
}

/// The words of a name, in small letters and without numbers.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small_before = false;
    for character in name.chars() {
        let begins = small_before && character.is_uppercase();
        if begins || !character.is_alphabetic() {
            words.push(String::new());
        }
        if let (true, Some(word)) = (character.is_alphabetic(), words.last_mut()) {
            word.extend(character.to_lowercase());
        }
        small_before = character.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_however_they_are_written() {
        for path in [
            "handler.config.secret",
            "handler.config.secret.insecure",
            "handler.config.api-key",
            "handler.config.users.password2",
            "handler.config.clientSecret",
            "server.env.AUTH_TOKEN",
            "password",
        ] {
            let path: Vec<&str> = path.split('.').collect();
            assert_eq!(reason(&path), Some(Reason::Named), "{path:?}");
        }
        for path in ["server.env.COLOUR", "server.stdin", "server.env"] {
            let path: Vec<&str> = path.split('.').collect();
            assert_eq!(reason(&path), Some(Reason::Given), "{path:?}");
        }
    }

    #[test]
    fn what_only_says_where_a_secret_is_may_be_shown() {
        for path in [
            "handler.config.secret.env",
            "handler.config.secret.file",
            "handler.config.key-file",
            "handler.config.wrong-keys",
            "handler.config.key-size",
            "handler.config.monkey",
            "framing.key",
            "framing.reply.key",
            "server.command",
            "load.payload",
        ] {
            let path: Vec<&str> = path.split('.').collect();
            assert_eq!(reason(&path), None, "{path:?}");
        }
    }
}
