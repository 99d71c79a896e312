//! What in a scenario is a secret, and what is shown in its place.
//!
//! A secret is told by where it stands: the values of keys with a name such as `password` or
//! `api-key`, with all below them, and what a server's program is given besides its command line. A
//! scenario shows `‹sha256:3a06›` for it, the beginning of its hash: equal values look equal, different
//! ones different, in this run and in the next, on this machine and on another. So the hash has no
//! key, and whoever can guess a value can test the guess, against these few digits.

mod known;
mod mask;
mod shown;
mod unread;
mod words;

pub use known::Secrets;
pub(super) use known::hide_quotes;
pub(super) use mask::Masked;
pub use shown::without_secrets;

use super::diagnostics::{Place, Source};
use super::tree::{Node, Table, Value};
use base16ct::lower::encode_string;
use sha2::{Digest as _, Sha256};
use words::{Reason, reason};

/// Digits of a hash that are shown: few, so that many guesses have the same ones.
const DIGITS: usize = 4;

/// Digits that are shown where fewer do not tell the values of an axis apart.
const MORE_DIGITS: [usize; 4] = [DIGITS, 8, 16, 64];

/// What stands for a secret whose value could not be read.
const UNREAD: &str = "‹secret›";

/// A secret in one of the sources.
#[derive(Clone, Debug)]
pub(super) struct Secret {
    place: Place,
    /// Its value, as far as it could be read.
    value: Option<String>,
    reason: Reason,
}

impl Secret {
    /// Which bytes of its source it is.
    pub(super) fn bytes(&self) -> std::ops::Range<usize> {
        self.place.bytes()
    }

    fn shown(&self) -> String {
        self.value.as_ref().map_or_else(|| UNREAD.to_owned(), |value| mark(value, DIGITS))
    }
}

/// The secrets of a file. `broken`: it is not TOML throughout.
pub(super) fn of_document(table: &Table, source: u32, text: &str, broken: bool) -> Vec<Secret> {
    let mut found = Vec::new();
    for entry in table {
        match entry.key.as_str() {
            "expect" => {}
            "matrix" => collect(&[], &entry.node, &mut found),
            "override" => {
                let Value::List(items) = &entry.node.value else { continue };
                for inner in items.iter().filter_map(|item| item.table()).flatten() {
                    match inner.key.as_str() {
                        "expect" => {}
                        "when" => collect(&[], &inner.node, &mut found),
                        key => collect(&[key], &inner.node, &mut found),
                    }
                }
            }
            key => collect(&[key], &entry.node, &mut found),
        }
    }
    if broken {
        found.extend(unread::places(text, source).map(unread));
    }
    found
}

/// The secrets of `wirebench.toml`. `broken`: it is not TOML throughout.
pub(super) fn of_config(table: &Table, source: u32, text: &str, broken: bool) -> Vec<Secret> {
    let mut found = Vec::new();
    for entry in table {
        match (entry.key.as_str(), entry.node.table()) {
            ("profile", Some(profiles)) => {
                profiles.iter().for_each(|profile| of_profile(&profile.node, &mut found));
            }
            (key, _) => collect(&[key], &entry.node, &mut found),
        }
    }
    if broken {
        found.extend(unread::places(text, source).map(unread));
    }
    found
}

/// What a profile, or its part for a scenario, changes is called as in a scenario.
fn of_profile(node: &Node, found: &mut Vec<Secret>) {
    for entry in node.table().into_iter().flatten() {
        match (entry.key.as_str(), entry.node.table()) {
            ("expect", _) => {}
            ("scenario", Some(scenarios)) => {
                scenarios.iter().for_each(|one| of_profile(&one.node, found));
            }
            ("set", Some(set)) => {
                for change in set {
                    match change.key.as_str() {
                        "matrix" => collect(&[], &change.node, found),
                        key => collect(&[within_matrix(key)], &change.node, found),
                    }
                }
            }
            ("baseline", Some(baseline)) => {
                baseline.iter().for_each(|one| collect(&[one.key.as_str()], &one.node, found));
            }
            (key, _) => collect(&[key], &entry.node, found),
        }
    }
}

/// The secrets of the value that an option gives to the key `path`.
pub(super) fn of_option(path: &str, node: &Node) -> Vec<Secret> {
    let mut found = Vec::new();
    if !path.starts_with("expect.") {
        collect(&[within_matrix(path)], node, &mut found);
    }
    found
}

/// The same for a value that is none.
pub(super) fn of_unread_option(path: &str, place: Place) -> Vec<Secret> {
    let names: Vec<&str> = within_matrix(path).split('.').collect();
    reason(&names).map(|_| unread(place)).into_iter().collect()
}

fn within_matrix(path: &str) -> &str {
    path.strip_prefix("matrix.").unwrap_or(path)
}

fn unread(place: Place) -> Secret {
    Secret { place, value: None, reason: Reason::Named }
}

/// How the values of an axis are called: as they are written, without secrets, and never two the same
/// for that.
pub(super) fn labels(path: &str, nodes: &[&Node]) -> Vec<String> {
    let mut labels = Vec::new();
    for digits in MORE_DIGITS {
        labels = nodes.iter().map(|node| label(path, node, digits)).collect();
        // What is written twice is equal for another reason.
        let mut plain: Vec<String> = nodes.iter().map(|node| node.canonical()).collect();
        let mut shown = labels.clone();
        for texts in [&mut plain, &mut shown] {
            texts.sort_unstable();
            texts.dedup();
        }
        if shown.len() >= plain.len() || shown == plain {
            break;
        }
    }
    labels
}

fn label(path: &str, node: &Node, digits: usize) -> String {
    redacted(&mut path.split('.').collect(), node, digits).written()
}

/// True when `wanted` means a value that is called `label`: it is the label, a hash in it without its
/// marks, or the secret itself.
pub fn means(label: &str, wanted: &str) -> bool {
    let hash = label.strip_prefix("‹sha256:").and_then(|rest| rest.strip_suffix('›'));
    let is_hash = |hash: &str| {
        wanted.strip_prefix("sha256:") == Some(hash) || mark(wanted, hash.len()) == label
    };
    label == wanted || hash.is_some_and(is_hash)
}

/// The mark that a hash without its marks means, if it is written like one.
pub(super) fn marked(wanted: &str) -> Option<String> {
    wanted.strip_prefix("sha256:").map(|hash| format!("‹sha256:{hash}›"))
}

/// What is shown for a secret.
fn mark(value: &str, digits: usize) -> String {
    let hash = encode_string(&Sha256::digest(value.as_bytes()));
    format!("‹sha256:{}›", &hash[..digits.min(hash.len())])
}

/// Every secret at or below `node`, which is called `names`.
fn collect(names: &[&str], node: &Node, found: &mut Vec<Secret>) {
    let mut names: Vec<&str> = names.iter().flat_map(|name| name.split('.')).collect();
    walk(&mut names, node, &mut |node, reason| {
        let value = Some(node.written());
        found.push(Secret { place: node.place, value, reason });
    });
}

fn walk<'a>(names: &mut Vec<&'a str>, node: &'a Node, each: &mut dyn FnMut(&Node, Reason)) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| walk(names, item, each)),
        Value::Table(table) => {
            for entry in table {
                let known = names.len();
                names.extend(entry.key.split('.'));
                walk(names, &entry.node, each);
                names.truncate(known);
            }
        }
        // Yes or no is no secret.
        Value::Bool(_) => {}
        _ => {
            if let Some(reason) = reason(names) {
                each(node, reason);
            }
        }
    }
}

/// The value with a mark for each secret in it.
fn redacted<'a>(names: &mut Vec<&'a str>, node: &'a Node, digits: usize) -> Node {
    let value = match &node.value {
        Value::List(items) => {
            Value::List(items.iter().map(|item| redacted(names, item, digits).into()).collect())
        }
        Value::Table(table) => {
            let entries = table.iter().map(|entry| {
                let known = names.len();
                names.extend(entry.key.split('.'));
                let node = redacted(names, &entry.node, digits).into();
                names.truncate(known);
                super::tree::Entry { node, ..entry.clone() }
            });
            Value::Table(entries.collect())
        }
        Value::Bool(flag) => Value::Bool(*flag),
        value if reason(names).is_none() => value.clone(),
        _ => Value::Text(mark(&node.written(), digits)),
    };
    Node { place: node.place, value }
}

/// All secrets of the sources, to be found in other texts.
pub(super) fn known(sources: &[Source]) -> Secrets {
    Secrets::new(sources.iter().flat_map(|source| &source.secrets))
}
