//! Exact counts over framings, transports and both kinds of sessions.

use crate::harness::{Cell, Document, pass, scenario};

/// Runs a configuration over framings as one matrix. Every exchange counts.
#[track_caller]
fn plays(config: &str, framings: &str, load: &str, more: &str) -> Document {
    let more = format!(
        "handler = {{ plugin = \"auth\", config = {{ {config} }} }}\n{more}\n\n\
         [matrix]\nframing = {framings}\n"
    );
    let load = format!("warmup = \"0s\"\ntimeout = \"30s\"\ndrain = \"30s\"\n{load}");
    let document = pass(&scenario("\"raw\"", &load, &more).replace("framing = \"raw\"\n", ""));
    assert!(document.cells().count() > 0);
    document
}

/// What the server counted of a kind.
fn counted(cell: Cell<'_>, kind: &str) -> u64 {
    let counts = cell.list("counts").iter();
    let mut of_kind = counts.filter(|count| count["side"] == "server" && count["kind"] == kind);
    of_kind.next().and_then(|count| count["count"].as_u64()).unwrap_or(0)
}

#[track_caller]
fn ended(cell: Cell<'_>, done: u64, rejected: u64) {
    let counts = (cell.done(), cell.count("/exchanges/rejected"));
    assert_eq!(counts, (done, rejected), "{}", cell.complaints());
    assert_eq!(cell.count("/exchanges/started"), done + rejected, "{}", cell.complaints());
    for direction in ["request", "reply"] {
        let count = |what: &str| cell.count(&format!("/integrity/{direction}/{what}"));
        assert_eq!(count("sent"), count("intact"), "{}", cell.complaints());
    }
}

const KEY: &str = "secret = { insecure = \"key\" }";
const BYTES: &str = "[\"raw\", \"len32be\", \"varint\", \"netstring\", \"json-header\"]";
const TEXT: &str = "[\"line\", \"delimiter\"]";

#[test]
fn right_keys_are_accepted_and_wrong_keys_and_replays_rejected_exactly() {
    let config = format!("{KEY}, wrong-keys = \"25%\", replay = \"10%\"");
    for session in ["keep", "per-exchange"] {
        let load = format!("messages = 40\nsession = \"{session}\"\n");
        for cell in plays(&config, BYTES, &load, "").cells() {
            ended(cell, 26, 14);
            assert_eq!((counted(cell, "accepted"), counted(cell, "rejected")), (26, 14));
            assert_eq!(counted(cell, "replayed"), 4);
        }
    }
}

#[test]
fn hexadecimal_answers_travel_in_framings_that_carry_only_text() {
    let config = format!("{KEY}, encoding = \"hex\", mac = \"hmac-md5\", wrong-keys = \"50%\"");
    for cell in plays(&config, TEXT, "messages = 30\n", "").cells() {
        ended(cell, 15, 15);
    }
}

#[test]
fn many_sessions_over_unix_sockets_have_counts_as_exact() {
    let config = format!("{KEY}, wrong-keys = \"25%\"");
    let load = "messages = 200\nconnections = 10\nin-flight = 4\n";
    let unix = "transport = { kind = \"unix\" }\n";
    for cell in plays(&config, "[\"len32be\", \"raw\"]", load, unix).cells() {
        ended(cell, 150, 50);
        assert_eq!((counted(cell, "accepted"), counted(cell, "rejected")), (150, 50));
    }
}

#[test]
fn a_server_that_is_silent_about_its_content_goes_on_with_the_conversation() {
    let config = format!("{KEY}, accepted = false");
    let load = "messages = 30\nsession = \"per-exchange\"\n";
    for cell in plays(&config, "[\"len32be\", \"netstring\"]", load, "").cells() {
        ended(cell, 30, 0);
        // The challenge and the payload.
        assert_eq!((cell.request("sent"), cell.reply("sent")), (60, 60));
    }
}

#[test]
fn too_many_refusals_in_a_row_cost_the_session_and_are_counted() {
    let config = format!("{KEY}, wrong-keys = \"100%\", attempts = 1");
    let load = "messages = 20\nsession = \"per-exchange\"\n";
    for cell in plays(&config, "[\"len32be\"]", load, "").cells() {
        ended(cell, 0, 20);
        assert_eq!(counted(cell, "locked"), 20);
    }
}

const LOGIN: &str = "mode = \"login\", name = \"alice\", secret = { insecure = \"open sesame\" }, \
                     hash = { memory-kib = 8, passes = 1 }";

#[test]
fn logins_succeed_fail_and_are_bounded_exactly() {
    let config = format!("{LOGIN}, wrong-keys = \"20%\", mistyped = \"20%\"");
    let load = "messages = 40\nin-flight = 4\nsession = \"per-exchange\"\n";
    for cell in plays(&config, "[\"line\", \"len32be\", \"netstring\"]", load, "").cells() {
        ended(cell, 32, 8);
        assert_eq!((counted(cell, "accepted"), counted(cell, "rejected")), (32, 32));
        assert_eq!(counted(cell, "locked"), 8);
        assert!(cell.count("/service_ns/count") > 0, "a verdict from a thread has its time");
    }
}

#[test]
fn a_session_that_was_let_in_can_log_in_again() {
    let config = format!("{LOGIN}, mistyped = \"50%\"");
    for cell in plays(&config, "[\"line\", \"json-header\"]", "messages = 30\n", "").cells() {
        ended(cell, 30, 0);
        assert_eq!(cell.count("/connect_ns/count"), 1);
    }
}

#[test]
fn a_late_client_finds_refusal_and_question_in_one_read_without_a_framing() {
    let config = format!("{LOGIN}, mistyped = \"50%\"");
    let load = "messages = 10\nin-flight = 10\nsession = \"per-exchange\"\n";
    let late = "transport = { kind = \"tcp\", read-delay = \"60ms\" }\n";
    let document = plays(&config, "[\"raw\", \"line\"]", load, late);
    let cells: Vec<_> = document.cells().collect();
    assert_eq!(cells[0].reply("merged"), 10, "{}", cells[0].complaints());
    assert_eq!((cells[0].done(), cells[0].count("/exchanges/damaged")), (5, 5));
    ended(cells[1], 10, 0);
}
