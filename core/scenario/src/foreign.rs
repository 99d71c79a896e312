//! `[server]`: a server that is not the handler's, and what a scenario cannot ask of it.

use super::address::{Address, NotAnAddress};
use super::diagnostics::{Diagnostic, Sink};
use super::gates::Expectation;
use super::key::{Key, Kind};
use super::layered::Values;
use super::partial::{PartialSettings, lookup, value};
use super::placeholders;
use super::plan::{Foreign, ForeignCommand, SessionPolicy, Unreachable};
use super::read::{self, out_of_range, wrong_type};
use super::tree::{Node, Value};
use wirebench_measure::find;

/// The longest word of a command, in bytes.
const LONGEST_WORD: usize = 64 << 10;

/// Environment variables of one program at most.
const MAX_VARIABLES: usize = 256;

/// Settings of a command, which mean nothing without one.
const OF_A_COMMAND: [&str; 4] =
    ["server.stdin", "server.env", "server.cwd", "server.start-timeout"];

/// Texts of a server that go on as they are.
const LITERAL: [&str; 3] = ["server.stdin", "server.cwd", "server.address"];

/// How braces are written.
const BRACES: &str = "the placeholders are `{port}`, `{address}` and `{path}`; a brace itself is \
                      written twice: `{{`, `}}`";

/// A program and its arguments.
pub(super) fn command(key: &Key, node: &Node, sink: &mut Sink) -> Option<Vec<String>> {
    let (Kind::Command(most), Value::List(items)) = (key.kind, &node.value) else {
        return wrong_type(key, node, "a list such as `[\"python3\", \"server.py\"]`", sink);
    };
    if items.is_empty() || items.len() > most {
        return out_of_range(key, node.place, sink);
    }
    let words: Vec<_> = items.iter().map(|item| word(key, item, sink)).collect();
    let words: Vec<String> = words.into_iter().collect::<Option<_>>()?;
    let mut right = true;
    for (item, text) in items.iter().zip(&words) {
        right &= check_braces(item, text, sink);
    }
    if !right {
        return None;
    }
    if words[0].is_empty() {
        let message = format!("`{}` begins with a program, not with an empty string", key.path);
        sink.push(Diagnostic::new(items[0].place, message));
        return None;
    }
    Some(words)
}

/// A table of strings, in file order.
pub(super) fn strings(key: &Key, node: &Node, sink: &mut Sink) -> Option<Vec<(String, String)>> {
    let Some(table) = node.table() else {
        return wrong_type(key, node, "a table of strings", sink);
    };
    if table.len() > MAX_VARIABLES {
        let message = format!("`{}` has at most {MAX_VARIABLES} entries", key.path);
        sink.push(Diagnostic::new(node.place, message));
        return None;
    }
    let mut strings = Vec::new();
    for entry in table {
        let value = word(key, &entry.node, sink);
        if entry.key.is_empty() || entry.key.contains(['=', '\0']) {
            let message = format!("`{}`: a variable's name has no `=` and no NUL", key.path);
            sink.push(Diagnostic::new(entry.key_place, message));
        } else if let Some(name) = placeholders::first_in(&entry.key) {
            let message = format!("`{{{name}}}` stands for nothing in the name of a variable");
            sink.push(Diagnostic::new(entry.key_place, message));
        } else if let Some(value) = value.filter(|text| check_braces(&entry.node, text, sink)) {
            strings.push((entry.key.clone(), value));
        }
    }
    Some(strings)
}

fn word(key: &Key, node: &Node, sink: &mut Sink) -> Option<String> {
    match node.text() {
        Some(text) if text.len() <= LONGEST_WORD && !text.contains('\0') => Some(text.to_owned()),
        Some(_) => {
            let message =
                format!("`{}`: a string has at most {LONGEST_WORD} bytes, without NUL", key.path);
            sink.push(Diagnostic::new(node.place, message));
            None
        }
        None => wrong_type(key, node, "strings", sink),
    }
}

/// What does not go together with the rest of the cell.
pub(super) fn check(values: &Values, partial: &mut PartialSettings, sink: &mut Sink) {
    let (command, address) = (values.get("server.command"), values.get("server.address"));
    if let (Some(command), Some(address)) = (command, address) {
        let message = "the server is a `command` or runs at an `address`, not both";
        sink.push(
            Diagnostic::new(address.key_place, message)
                .related(command.key_place, "the other one")
                .help("remove one of the two"),
        );
    }
    for path in OF_A_COMMAND {
        let Some(given) = values.get(path).filter(|given| given.layer > 0) else { continue };
        if command.is_none() {
            let message = format!("`{path}` is a setting of `server.command`, which is not there");
            sink.push(
                Diagnostic::new(given.key_place, message)
                    .help("add `command = [\"…\"]` to `[server]`"),
            );
        }
    }
    check_unreachable(values, partial, sink);
    check_listening(values, partial, sink);
    check_literal(values, sink);
    match partial.settings.server.clone() {
        Some(Foreign::Address(text)) => check_address(values, partial, &text, sink),
        Some(Foreign::Command(server)) => check_placeholders(values, partial, &server, sink),
        None => {}
    }
}

/// Nobody is reached: then there is no other server, and an exchange is an attempt to connect.
fn check_unreachable(values: &Values, partial: &PartialSettings, sink: &mut Sink) {
    let (way, kind) = (partial.settings.unreachable, partial.settings.transport.kind);
    let Some(given) = values.get("server.unreachable").filter(|_| way != Unreachable::No) else {
        return;
    };
    let place = given.node.place;
    for path in ["server.command", "server.address"] {
        if let Some(other) = values.get(path) {
            let message = format!("where nobody is to be reached, there is no `{path}`");
            sink.push(
                Diagnostic::new(place, message)
                    .related(other.key_place, "the server")
                    .help("remove one of the two"),
            );
        }
    }
    if !kind.has_connections() {
        let message = "over datagrams nobody is asked for a connection, so none can fail";
        let help = "choose `transport = \"tcp\"`, `\"unix\"` or `\"seqpacket\"`";
        sink.push(Diagnostic::new(place, message).help(help));
    } else if way == Unreachable::NoSuchPath && kind.has_ports() {
        let message = "a port is no file, so there is no path that could be missing";
        let help = "`\"nobody-listens\"` is the same with ports; or choose `transport = \"unix\"`";
        sink.push(Diagnostic::new(place, message).help(help));
    }
    if partial.settings.load.session == SessionPolicy::Keep {
        let message = "where nobody is to be reached, each exchange is an attempt to connect";
        let help = "add `session = \"per-exchange\"` to `[load]`";
        sink.push(Diagnostic::new(place, message).help(help));
    }
}

/// A server that is not ours opens its socket as it likes.
fn check_listening(values: &Values, partial: &PartialSettings, sink: &mut Sink) {
    let given = values.get("transport.reuse-address").filter(|given| given.layer > 0);
    let server = values.get("server.command").or(values.get("server.address"));
    // Whoever has another transport is told that first.
    let is_ours = partial.settings.server.is_none();
    let (Some(given), Some(server)) = (given, server) else { return };
    if is_ours || !partial.settings.transport.kind.has_time_wait() {
        return;
    }
    let message = "`reuse-address` is a setting of our server's socket: a `[server]` opens its own";
    sink.push(
        Diagnostic::new(given.key_place, message)
            .related(server.key_place, "the server is not ours here")
            .help(
                "remove it; whether that server comes back on its port shows when it has a `transport.port` \
                 and several rounds",
            ),
    );
}

/// The program must come to know where to listen.
fn check_placeholders(
    values: &Values,
    partial: &PartialSettings,
    server: &ForeignCommand,
    sink: &mut Sink,
) {
    let Some(given) = values.get("server.command") else { return };
    let transport = &partial.settings.transport;
    let has_ports = transport.kind.has_ports();
    let (right, other) = if has_ports { ("port", "path") } else { ("path", "port") };
    let texts = filled_texts(values);
    let misplaced: Vec<&Node> = texts
        .iter()
        .filter(|node| node.text().is_some_and(|text| placeholders::holds(text, other)))
        .copied()
        .collect();
    for node in &misplaced {
        let message =
            format!("`{{{other}}}` stands for nothing here: this transport has a `{{{right}}}`");
        let mut diagnostic = Diagnostic::new(node.place, message);
        if let Some(kind) = values.get("transport.kind").filter(|kind| kind.layer > 0) {
            diagnostic = diagnostic.related(kind.node.place, "the transport");
        }
        sink.push(diagnostic);
    }
    let tells =
        |text: &String| [right, "address"].iter().any(|name| placeholders::holds(text, name));
    let told = server.command.iter().chain(server.env.iter().map(|(_, value)| value)).any(tells);
    // Wrong braces may be what was to tell it.
    let broken = texts.iter().any(|node| node.text().and_then(placeholders::wrong).is_some());
    if misplaced.is_empty() && !broken && !told && (!has_ports || transport.port == 0) {
        let message = "nothing tells the server where to listen";
        let fixed = if has_ports { ", or set `transport.port` to the port it takes" } else { "" };
        sink.push(Diagnostic::new(given.node.place, message).help(format!(
            "write `{{{right}}}` or `{{address}}` in `command` or `env` where that belongs{fixed}"
        )));
    }
}

/// The strings in which placeholders are filled in.
fn filled_texts(values: &Values) -> Vec<&Node> {
    let mut texts = Vec::new();
    if let Some((_, node)) = lookup(values, "server.command")
        && let Value::List(items) = &node.value
    {
        texts.extend(items.iter().map(|item| &**item));
    }
    if let Some((_, node)) = lookup(values, "server.env") {
        texts.extend(node.table().into_iter().flatten().map(|entry| &*entry.node));
    }
    texts
}

/// The braces of a text in which placeholders are filled in.
fn check_braces(node: &Node, text: &str, sink: &mut Sink) -> bool {
    let Some(wrong) = placeholders::wrong(text) else { return true };
    let mut diagnostic = Diagnostic::new(node.place, wrong.message).help(BRACES);
    if let Some(suggestion) = wrong.suggestion {
        diagnostic = diagnostic.label(format!("did you mean `{suggestion}`?"));
    }
    sink.push(diagnostic);
    false
}

/// Where placeholders are not filled in, one that is written there would be passed on as it is.
fn check_literal(values: &Values, sink: &mut Sink) {
    for path in LITERAL {
        let Some((_, node)) = lookup(values, path) else { continue };
        if let Some(name) = node.text().and_then(placeholders::first_in) {
            let message =
                format!("`{{{name}}}` stands for nothing in `{path}`, which is taken as it is");
            let help =
                "placeholders are filled in in `server.command` and in the values of `server.env`";
            sink.push(Diagnostic::new(node.place, message).help(help));
        }
    }
}

fn check_address(values: &Values, partial: &mut PartialSettings, text: &str, sink: &mut Sink) {
    let Some((_, node)) = lookup(values, "server.address") else { return };
    if node.text().is_none() {
        return;
    }
    let transport = &mut partial.settings.transport;
    let address = match Address::in_scenario(text, transport.kind) {
        Ok(address) => address,
        Err(NotAnAddress { message, help }) => {
            sink.push(Diagnostic::new(node.place, message).help(help));
            return;
        }
    };
    if address.path().is_some() {
        return;
    }
    if let Address::Ip(address) = &address {
        transport.ipv6 = address.is_ipv6();
    }
    if address.port() == Some(0) {
        let message = "`server.address` needs the port that the server listens on, not 0";
        sink.push(Diagnostic::new(node.place, message));
    }
    let allowed = value(values, "server.allow-remote", sink, read::boolean, false);
    if let Some(host) = address.remote_host().filter(|_| !allowed) {
        let message = format!("`{host}` is not an address of this machine alone");
        sink.push(Diagnostic::new(node.place, message).help(
            "load goes to loopback addresses only; if that server is yours to load, say \
             `allow-remote = true`",
        ));
    }
}

/// What a client alone counts cannot be gated where the server is ours too.
pub(super) fn check_gates_of_our_server(expect: &[Expectation], sink: &mut Sink) {
    for line in expect.iter().filter(|line| line.gate.is_some()) {
        let Some((metric, _)) = find(line.metric()) else { continue };
        if metric.needs_foreign_server() {
            let message = format!("`{}` is about a `[server]`, and there is none", line.metric());
            let help = match metric.needs_servers_processes() {
                true => "of a side of ours its peak is told: gate `server-memory`",
                false => {
                    "where both sides are ours, the ledger tells: gate `unexpected-messages`, \
                     `duplicated` or `errors`"
                }
            };
            sink.push(Diagnostic::new(line.place, message).help(help));
        }
    }
}

/// Gates that need the ledger cannot hold or fail against a server that keeps none, and those on what a
/// server costs not against one that we do not start. `echoes`: what it sends back is looked up among the
/// requests.
pub(super) fn check_gates(server: &Foreign, echoes: bool, expect: &[Expectation], sink: &mut Sink) {
    for line in expect.iter().filter(|line| line.gate.is_some()) {
        let Some((metric, direction)) = find(line.metric()) else { continue };
        if echoes && metric.is_told_by_echoes(direction) {
            continue;
        }
        if echoes && metric.is_told_by_echoes(None) {
            let message = format!(
                "`{}` cannot be told here: what the server made of requests shows in its answers alone",
                line.metric()
            );
            let help = format!("gate `reply.{}`", metric.name());
            sink.push(Diagnostic::new(line.place, message).help(help));
            continue;
        }
        if metric.needs_our_server(direction) {
            let message = format!(
                "`{}` cannot be told here: the server is not ours, so there is no ledger",
                line.metric()
            );
            let help = if echoes {
                "before a `[server]` that sends every message back, gate what became of the answers \
                 (`intact`, `reply.lost`, …), `done`, `unanswered`, `surplus`, `faults`, latency or `rate`"
            } else {
                "with a `[server]`, the handler's own check is the judge: gate `done`, `wrong`, \
                 `rejected`, `unanswered`, `surplus`, `faults`, latency or `rate`; where the server sends \
                 every message back, `server.echoes = true` lets the judge look every answer up"
            };
            sink.push(Diagnostic::new(line.place, message).help(help));
        }
        if metric.needs_servers_processes() && matches!(server, Foreign::Address(_)) {
            let message = format!(
                "`{}` cannot be told here: the server runs at an `address`, so its processes are not known",
                line.metric()
            );
            sink.push(Diagnostic::new(line.place, message).help(
                "have it started for every round: `command = [\"…\"]` in `[server]`, in place of \
                 `address`",
            ));
        }
    }
}
