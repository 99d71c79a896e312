//! The exec handler in whole rounds: loaded, over sockets, with real commands.

mod harness;

#[path = "handler_exec/answers.rs"]
mod answers;
#[path = "handler_exec/docs.rs"]
mod docs;
#[path = "handler_exec/errors.rs"]
mod errors;
#[path = "handler_exec/left.rs"]
mod left;
#[path = "handler_exec/signals.rs"]
mod signals;

use harness::{Cell, Document, measured, scenario};

/// Commands that the tests ask for.
const COMMANDS: &str = r#"
    tell = { run = ["echo"], arguments = "append" },
    number = { run = ["seq"], arguments = { max = 2, allow = ["[0-9]+"] } },
    silent = ["true"],
    fails = ["false"],
    sleep = { run = ["sleep"], arguments = { max = 1, allow = ["[0-9]+"] } },
    flood = ["yes"],
    outputs = { run = ["sh", "-c", "echo \"$0 out\"; echo \"$0 err\" >&2"], arguments = "append" },
    pipes = ["sh", "-c", "head -c 200000 /dev/zero & head -c 200000 /dev/zero >&2; wait"],
"#;

/// The handler with these commands, on one line as inline tables must be; `config` ends it.
fn handler(config: &str) -> String {
    let commands = COMMANDS.replace('\n', " ");
    let commands = commands.trim().trim_end_matches(',');
    format!(
        "handler = {{ plugin = \"exec\", config = {{ commands = {{ {commands} }}, {config} }} }}\n"
    )
}

/// A round with one framing for requests and replies, or one for each.
#[track_caller]
fn round(framing: &str, load: &str, config: &str) -> Document {
    let load = format!("{load}timeout = \"20s\"\ndrain = \"20s\"\n");
    measured(&scenario(framing, &load, &handler(config)))
}

/// Everything asked for was answered, and to the client's content.
#[track_caller]
fn is_done(cell: Cell<'_>) {
    cell.is_intact();
    assert_eq!(cell.verdict(), "pass", "{}", cell.complaints());
}

/// How often a side counted this kind, and the first example.
fn counted<'a>(cell: Cell<'a>, side: &str, kind: &str) -> (u64, &'a str) {
    let mut counts = cell.list("counts").iter();
    let found = counts.find(|count| count["side"] == side && count["kind"] == kind);
    found.map_or((0, ""), |count| {
        (count["count"].as_u64().unwrap_or(0), count["first"].as_str().unwrap_or(""))
    })
}
