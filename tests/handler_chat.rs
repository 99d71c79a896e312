//! The chat handler in whole rounds, loaded as the program loads it.

#[path = "harness/mod.rs"]
mod harness;

#[path = "handler_chat/documents.rs"]
mod documents;
#[path = "handler_chat/errors.rs"]
mod errors;
#[path = "handler_chat/members.rs"]
mod members;
#[path = "handler_chat/rooms.rs"]
mod rooms;
#[path = "handler_chat/talk.rs"]
mod talk;

use harness::document::Cell;

/// A handler with this configuration, as TOML.
fn chat(config: &str) -> String {
    format!("handler = {{ plugin = \"chat\", config = {{ {config} }} }}\n")
}

/// How often one side counted a kind.
#[track_caller]
fn counted(cell: Cell<'_>, side: &str, kind: &str) -> u64 {
    let counts = cell.list("counts");
    let found = counts.iter().find(|count| count["side"] == side && count["kind"] == kind);
    let found = found.unwrap_or_else(|| panic!("{side} does not count {kind}: {counts:?}"));
    found["count"].as_u64().expect("a count")
}

/// Nothing came twice, to others, or in another order than somebody else heard it.
#[track_caller]
fn is_orderly(cell: Cell<'_>) {
    for kind in ["duplicate", "foreign", "order-disagrees", "order-unjudged", "out-of-order"] {
        assert_eq!(counted(cell, "client", kind), 0, "{kind}: {}", cell.complaints());
    }
}
