//! The keys of a scenario, those of its tables included, and what is found by their names.

use super::key::{Key, Kind, fixed, key, required};
use super::tables::{baseline, cpu, handler, load, search, server, transport};

/// Those that stand in no table, and the one that has a table of its own.
const TOP: [Key; 4] = [
    required(fixed(key("schema", Kind::Integer(1, 1), "", "the version of this grammar"))),
    required(fixed(key(
        "name",
        Kind::Name(64),
        "",
        "the scenario's name, also the name of its folder of results",
    ))),
    fixed(key("about", Kind::Text(1_000), r#""""#, "what it shows, in a sentence")),
    key(
        "framing",
        Kind::Framing,
        "",
        "how messages are told apart on the wire; required, but over datagrams `raw` without it",
    ),
];
const LINK: [Key; 1] =
    [key("link", Kind::Link, "{}", "what the link does to both directions, or to one of them")];

/// All of them, table by table.
const PARTS: [&[Key]; 9] = [
    &TOP,
    handler::KEYS,
    server::KEYS,
    transport::KEYS,
    &LINK,
    cpu::KEYS,
    load::KEYS,
    search::KEYS,
    baseline::KEYS,
];

const COUNT: usize = {
    let (mut count, mut part) = (0, 0);
    while part < PARTS.len() {
        count += PARTS[part].len();
        part += 1;
    }
    count
};

/// Every key, in the order of the reference.
pub const KEYS: &[Key] = &{
    let mut keys = [TOP[0]; COUNT];
    let (mut at, mut part) = (0, 0);
    while part < PARTS.len() {
        let mut row = 0;
        while row < PARTS[part].len() {
            keys[at] = PARTS[part][row];
            at += 1;
            row += 1;
        }
        part += 1;
    }
    keys
};

/// A table at the top level, and what it is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
}

const fn table(name: &'static str, about: &'static str) -> Table {
    Table { name, about }
}

/// The tables that hold keys.
pub(super) const GROUPS: &[Table] = &[
    table("handler", "the plugin that plays both sides, and its settings"),
    table("server", "a server of your own, in the place of the handler's"),
    table("transport", "the sockets, and how they are written and read"),
    table("cpu", "where the two sides run, and how they wait"),
    table("load", "what is sent, how much of it, and for how long"),
    table("search", "up to which load a limit is kept"),
    table("baseline", "how much worse than another build a cell may get"),
];

/// The tables with rules of their own.
pub(super) const SECTIONS: &[Table] = &[
    table(
        "matrix",
        "axes: keys with the values that they take in turn; each combination is a cell",
    ),
    table("override", "other keys for some cells"),
    table("expect", "gates: limits that decide whether a run passes"),
];

/// True for the name of a table that holds keys.
pub(super) fn is_group(name: &str) -> bool {
    GROUPS.iter().any(|table| table.name == name)
}

/// True for the name of a table with rules of its own.
pub(super) fn is_section(name: &str) -> bool {
    SECTIONS.iter().any(|table| table.name == name)
}

/// The table that is meant by another word for what stands in it.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    let words: [(&str, &[&str]); 7] = [
        ("expect", &["gate", "gates", "expectations", "limits", "thresholds", "assert", "asserts"]),
        ("matrix", &["axes", "axis", "cells"]),
        ("handler", &["handlers", "plugins"]),
        ("transport", &["socket", "network", "net"]),
        ("link", &["impairments", "faults"]),
        ("load", &["traffic", "workload"]),
        ("search", &["bisect", "capacity", "find"]),
    ];
    words.into_iter().find_map(|(table, words)| words.contains(&name).then_some(table))
}

/// The index of a key in [`KEYS`].
pub(super) fn index(path: &str) -> Option<usize> {
    KEYS.iter().position(|key| key.path == path)
}

/// The key that `path` is, or lies within (`framing.max`, `handler.config.a.b`), and the rest.
pub(super) fn covering(path: &str) -> Option<(usize, &str)> {
    if let Some(index) = index(path) {
        return Some((index, ""));
    }
    KEYS.iter().enumerate().find_map(|(index, key)| {
        let rest = path.strip_prefix(key.path)?.strip_prefix('.')?;
        key.is_open().then_some((index, rest))
    })
}

/// The names directly within `group` (`""`: the top level).
pub(super) fn children(group: &str) -> Vec<&'static str> {
    if group.is_empty() {
        let single = KEYS.iter().map(|key| key.path).filter(|path| !path.contains('.'));
        return single.chain(GROUPS.iter().chain(SECTIONS).map(|table| table.name)).collect();
    }
    KEYS.iter().filter_map(|key| key.path.strip_prefix(group)?.strip_prefix('.')).collect()
}
