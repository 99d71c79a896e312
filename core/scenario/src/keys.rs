//! The catalogue of keys: what a scenario may say, what each key may hold, and its default. Errors,
//! defaults and `docs/scenario.md` all come from here.

use super::transports::{self, TransportKind};
use wirebench_values::{Rate, Share, Size, Span};

/// What a key holds. Bounds include both ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer(u64, u64),
    /// A [`Span`], in nanoseconds.
    Duration(u64, u64),
    /// A [`Size`], in bytes.
    Size(u64, u64),
    /// One of these strings.
    Word(&'static [&'static str]),
    /// Any string of at most this many bytes.
    Text(usize),
    /// Letters, digits, `.`, `_` and `-`, at most this many.
    Name(usize),
    /// Payload sizes within these bounds.
    Sizes(u64, u64),
    /// A framing.
    Framing,
    /// A table handed on to a plugin as it is.
    Config,
    /// A program and its arguments: a list of strings, at most this many.
    Command(usize),
    /// A table of strings.
    Strings,
    /// A [`Share`].
    Share,
    /// A [`Rate`], in bytes a second.
    ByteRate(u64, u64),
    /// A place in a stream.
    Point,
    /// How writes are cut.
    Pieces,
    /// The impairments of the link.
    Link,
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The dotted path: `load.in-flight`.
    pub path: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// The default as TOML; empty when there is none.
    pub default: &'static str,
    /// True when the scenario must have it.
    pub required: bool,
    /// True when cells may differ in it: an axis of the matrix or an override may name it.
    pub varies: bool,
    /// One sentence for the reference.
    pub about: &'static str,
}

pub(super) const MS: u64 = 1_000_000;
pub(super) const S: u64 = 1_000 * MS;
const HOUR: u64 = 3_600 * S;
const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
pub(super) const GIB: u64 = 1 << 30;

pub(super) const fn key(
    path: &'static str,
    kind: Kind,
    default: &'static str,
    about: &'static str,
) -> Key {
    Key { path, kind, default, required: false, varies: true, about }
}

const fn required(key: Key) -> Key {
    Key { required: true, ..key }
}

const fn fixed(key: Key) -> Key {
    Key { varies: false, ..key }
}

/// Every key, in the order of the reference.
pub const KEYS: &[Key] = &[
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
    required(key(
        "handler.plugin",
        Kind::Name(128),
        "",
        "the plugin that plays both sides, by its short name or its id",
    )),
    key(
        "handler.handler",
        Kind::Name(128),
        "",
        "which of the plugin's handlers, if it has several",
    ),
    key(
        "handler.path",
        Kind::Text(4_096),
        "",
        "the plugin's shared object, relative to the scenario's folder; without it the plugin is searched for",
    ),
    key("handler.config", Kind::Config, "{}", "settings of the plugin, which checks them itself"),
    key(
        "server.command",
        Kind::Command(256),
        "",
        "a program of your own as the server, with its arguments; `{port}`, `{address}` and `{path}` stand for where it is to listen",
    ),
    key(
        "server.stdin",
        Kind::Text(65_536),
        r#""""#,
        "what the program reads from its standard input",
    ),
    key(
        "server.env",
        Kind::Strings,
        "{}",
        "environment variables of the program, besides those of wirebench",
    ),
    key(
        "server.cwd",
        Kind::Text(4_096),
        r#""""#,
        "the program's working folder, relative to the scenario's folder, which is the default",
    ),
    key(
        "server.address",
        Kind::Text(4_096),
        "",
        "instead of a command: a server that runs already (`127.0.0.1:4000`, `[::1]:4000`, `/path`)",
    ),
    key(
        "server.allow-remote",
        Kind::Bool,
        "false",
        "let `server.address` be an address that is not this machine's own",
    ),
    key(
        "server.start-timeout",
        Kind::Duration(10 * MS, 600 * S),
        r#""5s""#,
        "how long the program may take until it listens",
    ),
    key("transport.kind", Kind::Word(&TransportKind::NAMES), r#""tcp""#, transports::ABOUT),
    key("transport.ipv6", Kind::Bool, "false", "`::1` instead of `127.0.0.1` (TCP and UDP)"),
    key(
        "transport.port",
        Kind::Integer(0, 65_535),
        "0",
        "the server's port; 0 lets the kernel choose (TCP and UDP)",
    ),
    key(
        "transport.nodelay",
        Kind::Bool,
        "true",
        "TCP_NODELAY on both sides: small segments leave at once, without waiting for an ACK (TCP only)",
    ),
    key(
        "transport.send-buffer",
        Kind::Size(1, GIB),
        "",
        "SO_SNDBUF; without it the kernel's default",
    ),
    key(
        "transport.receive-buffer",
        Kind::Size(1, GIB),
        "",
        "SO_RCVBUF; without it the kernel's default",
    ),
    key(
        "transport.read-size",
        Kind::Size(1, 16 * MIB),
        r#""64 KiB""#,
        "the buffer offered to each read call; the rest of a longer packet or datagram is gone",
    ),
    key(
        "transport.read-delay",
        Kind::Duration(0, 10 * S),
        r#""0ms""#,
        "a late reader: a side reads this long after bytes have become readable",
    ),
    key(
        "transport.write",
        Kind::Word(&["message", "batch", "header-body"]),
        r#""message""#,
        "one write call per frame, one per turn of the event loop, or two per frame (header, then body)",
    ),
    key(
        "transport.horizon",
        Kind::Duration(MS, HOUR),
        r#""1s""#,
        "a datagram that arrives later than this after it was handed over counts as lost (UDP only)",
    ),
    key(
        "link",
        Kind::Link,
        "{}",
        "what the link does to both directions, or to one of them; see [The link](#the-link)",
    ),
    key(
        "cpu.placement",
        Kind::Word(&["split", "same", "free"]),
        r#""split""#,
        "each side on a processor of its own, both on one, or wherever the kernel puts them",
    ),
    key(
        "cpu.wait",
        Kind::Word(&["block", "spin"]),
        r#""block""#,
        "sleep in the kernel until something happens, or ask again and again",
    ),
    key(
        "load.model",
        Kind::Word(&["closed"]),
        r#""closed""#,
        "a closed loop: a new exchange starts when a slot of the window is free",
    ),
    key(
        "load.in-flight",
        Kind::Integer(1, 1_000_000),
        "1",
        "unanswered exchanges allowed per connection",
    ),
    key("load.connections", Kind::Integer(1, 10_000), "1", "connections at the same time"),
    key(
        "load.session",
        Kind::Word(&["keep", "per-exchange"]),
        r#""keep""#,
        "a connection serves all its exchanges, or each exchange connects anew (its time includes the connect)",
    ),
    key("load.payload", Kind::Sizes(0, GIB), r#""64 B""#, "sizes of requests"),
    key(
        "load.reply-payload",
        Kind::Sizes(0, GIB),
        "",
        "sizes of replies, for handlers that send the scenario's payload; without it the handler decides",
    ),
    key(
        "load.alphabet",
        Kind::Word(&["auto", "bytes", "text"]),
        r#""auto""#,
        "any bytes, or printable text without line feed; auto is text where any framing or handler of the matrix needs it",
    ),
    key(
        "load.timeout",
        Kind::Duration(MS, HOUR),
        r#""1s""#,
        "an exchange without an answer gives up its slot after this and counts as unanswered",
    ),
    key(
        "load.drain",
        Kind::Duration(0, 600 * S),
        "",
        "how long answers are awaited after the last request; without it 500 ms, or `load.timeout` where that is longer and the server is not ours",
    ),
    key(
        "load.round-limit",
        Kind::Duration(MS, 48 * HOUR),
        "",
        "warm-up, load and drain of a round end after this at the latest; without it after the planned time (10 min with `messages`), the drain and three time-outs",
    ),
    key(
        "load.give-up",
        Kind::Integer(0, 1_000_000_000_000),
        "",
        "the load ends when so many exchanges in a row were not answered within `load.timeout`; 0: never; without it three windows, at least 10",
    ),
    key(
        "load.hook-timeout",
        Kind::Duration(10 * MS, 600 * S),
        r#""5s""#,
        "a plugin hook that runs longer hangs, and its side is killed",
    ),
    key(
        "load.warmup",
        Kind::Duration(0, HOUR),
        r#""50ms""#,
        "this much of a round's start is judged but not measured",
    ),
    key(
        "load.duration",
        Kind::Duration(MS, 24 * HOUR),
        r#""1s""#,
        "how long a round measures, from the end of warm-up; not together with `messages`",
    ),
    key(
        "load.messages",
        Kind::Integer(1, 1_000_000_000_000),
        "",
        "instead of `duration`: how many requests a round sends after warm-up",
    ),
    fixed(key("load.rounds", Kind::Integer(1, 10_000), "3", "how often each cell is run")),
    fixed(key(
        "load.seed",
        Kind::Integer(0, u64::MAX),
        "42",
        "what everything random is derived from: the same seed sends the same bytes",
    )),
    key(
        "load.ledger",
        Kind::Size(64 * KIB, GIB),
        r#""4 MiB""#,
        "memory that records what was handed over, per direction; a message may take a quarter of it (of no weight where one side is alone)",
    ),
];

/// The tables that hold keys.
pub(super) const GROUPS: &[&str] = &["handler", "server", "transport", "cpu", "load"];

/// The tables with rules of their own.
pub(super) const SECTIONS: &[&str] = &["matrix", "override", "expect"];

/// The table that is meant by another word for what stands in it.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    let words: [(&str, &[&str]); 6] = [
        ("expect", &["gate", "gates", "expectations", "limits", "thresholds", "assert", "asserts"]),
        ("matrix", &["axes", "axis", "cells"]),
        ("handler", &["handlers", "plugins"]),
        ("transport", &["socket", "network", "net"]),
        ("link", &["impairments", "faults"]),
        ("load", &["traffic", "workload"]),
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
        matches!(key.kind, Kind::Framing | Kind::Config | Kind::Strings | Kind::Link)
            .then_some((index, rest))
    })
}

/// The names directly within `group` (`""`: the top level).
pub(super) fn children(group: &str) -> Vec<&'static str> {
    if group.is_empty() {
        let single = KEYS.iter().map(|key| key.path).filter(|path| !path.contains('.'));
        return single.chain(GROUPS.iter().copied()).chain(SECTIONS.iter().copied()).collect();
    }
    KEYS.iter().filter_map(|key| key.path.strip_prefix(group)?.strip_prefix('.')).collect()
}

impl Key {
    /// The type as the reference names it.
    pub fn type_text(&self) -> &'static str {
        match self.kind {
            Kind::Bool => "boolean",
            Kind::Integer(..) => "integer",
            Kind::Duration(..) => "duration",
            Kind::Size(..) => "size",
            Kind::Word(_) => "word",
            Kind::Text(_) => "string",
            Kind::Name(_) => "name",
            Kind::Sizes(..) => "sizes",
            Kind::Framing => "framing",
            Kind::Config => "table",
            Kind::Command(_) => "list",
            Kind::Strings => "table",
            Kind::Share => "share",
            Kind::ByteRate(..) => "size a second",
            Kind::Point => "place",
            Kind::Pieces => "sizes",
            Kind::Link => "table",
        }
    }

    /// What it may hold, as the reference and errors say it.
    pub fn range_text(&self) -> String {
        match self.kind {
            Kind::Bool => "`true`, `false`".to_owned(),
            Kind::Integer(min, max) if min == max => format!("`{min}`"),
            Kind::Integer(min, max) => format!("{} to {}", grouped(min), grouped(max)),
            Kind::Duration(min, max) => format!("{} to {}", Span::from_ns(min), Span::from_ns(max)),
            Kind::Size(min, max) | Kind::Sizes(min, max) => {
                format!("{} to {}", Size::from_bytes(min), Size::from_bytes(max))
            }
            Kind::Word(words) => {
                words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ")
            }
            Kind::Text(max) => format!("at most {} bytes", grouped(max as u64)),
            Kind::Name(max) => format!("1 to {max} of letters, digits, `.`, `_`, `-`"),
            Kind::Framing => "a name, a table, or one per direction".to_owned(),
            Kind::Config => "any".to_owned(),
            Kind::Command(max) => format!("1 to {max} strings"),
            Kind::Strings => "strings".to_owned(),
            Kind::Share => format!("{} to {}", Share::NONE, Share::ALL),
            Kind::ByteRate(min, max) => {
                format!("{} to {}", Rate::from_bytes(min), Rate::from_bytes(max))
            }
            Kind::Point => "`\"100 B\"`, `{ inside = 3 }`, `{ behind = 3 }`".to_owned(),
            Kind::Pieces => "sizes from 1 B, or `\"every-cut\"`".to_owned(),
            Kind::Link => "impairments, `request`, `reply`".to_owned(),
        }
    }

    /// The key's row in the reference.
    pub fn reference_row(&self) -> String {
        let default = match (self.required, self.default) {
            (true, _) => "required".to_owned(),
            (false, "") => "–".to_owned(),
            (false, default) => format!("`{default}`"),
        };
        let (path, kind, range) = (self.path, self.type_text(), self.range_text());
        format!("| `{path}` | {kind} | {default} | {range} | {} |", self.about)
    }
}

/// A number with its thousands set apart: `10,000`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
