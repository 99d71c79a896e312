//! `[server]`: a server that is not the handler's.

use crate::diagnostics::Sink;
use crate::foreign::{command, strings};
use crate::key::{Key, Kind, MS, S, key};
use crate::layered::Values;
use crate::partial::{optional, value};
use crate::read;
use crate::tables::HandlerSpec;
use serde::{Deserialize, Serialize};

/// The keys, in the order of the reference.
pub(crate) const KEYS: &[Key] = &[
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
        "server.echoes",
        Kind::Bool,
        "",
        "the server sends every message back as it was, so the judge looks every answer up among the requests; without it: whether `handler.config` says `verify = true`",
    ),
    key(
        "server.unreachable",
        Kind::Word(&["no", "nobody-listens", "no-such-path", "full-backlog"]),
        r#""no""#,
        "in place of a server, what a client meets where none can be reached: a port or socket file that is taken and at which nobody listens, a path without a file (Unix sockets), or a listener that accepts nobody and whose queue is full; each exchange (`load.session = \"per-exchange\"`) is an attempt to connect",
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
];

/// `[server]`: a server without wirebench. It keeps no ledger, so the client alone can tell what is right:
/// its judge where every message is to come back as it was, else its handler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Foreign {
    /// `server.command`: a program that is started for every round.
    Command(ForeignCommand),
    /// `server.address`: one that runs already, as the scenario writes it.
    Address(String),
}

/// `server.command` and its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignCommand {
    /// The program and its arguments, placeholders included. Never empty.
    pub command: Vec<String>,
    /// `stdin`.
    pub stdin: String,
    /// `env`.
    pub env: Vec<(String, String)>,
    /// `cwd`, relative to the scenario's folder; empty: that folder.
    pub cwd: String,
    /// `start-timeout`, in nanoseconds.
    pub start_timeout_ns: u64,
}

/// `server.unreachable`: what stands where the server should listen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unreachable {
    /// The server.
    #[default]
    No,
    /// A socket that has the address and does not listen.
    NobodyListens,
    /// Nothing: there is no such file.
    NoSuchPath,
    /// A listener that accepts nobody, and whose queue is full.
    FullBacklog,
}

/// Whether every message is to come back as it was: what `server.echoes` says, or else whether the handler is
/// told to verify that.
pub(crate) fn echoes(values: &Values, handler: &HandlerSpec, sink: &mut Sink) -> bool {
    let said = optional(values, "server.echoes", sink, read::boolean, false);
    let verify = handler.config.get("verify").and_then(serde_json::Value::as_bool);
    said.unwrap_or(verify == Some(true))
}

/// The server of one cell, if it has one of its own.
pub(crate) fn read(values: &Values, sink: &mut Sink) -> Option<Foreign> {
    let some_command = || vec!["true".to_owned(), "{address}".to_owned()];
    let command = optional(values, "server.command", sink, command, some_command());
    let address = optional(values, "server.address", sink, read::text, String::new());
    let stdin = value(values, "server.stdin", sink, read::text, String::new());
    let env = value(values, "server.env", sink, strings, Vec::new());
    let cwd = value(values, "server.cwd", sink, read::text, String::new());
    let start_timeout_ns = value(values, "server.start-timeout", sink, read::quantity, 1);
    match (command, address) {
        (Some(command), _) => {
            Some(Foreign::Command(ForeignCommand { command, stdin, env, cwd, start_timeout_ns }))
        }
        (None, address) => address.map(Foreign::Address),
    }
}
