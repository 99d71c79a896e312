//! Connections that end where the link ends them.

use super::{linked, linked_over};
use crate::stage::{text, when_the_client_is_last};

const LOAD: &str = "messages = 40\npayload = \"32 B\"\n";

#[test]
fn a_reset_inside_a_frame_loses_that_message_and_the_next_connection_goes_on() {
    let link = "{ request = { rst-after = { inside = 5 } } }";
    linked("\"len32be\"", link, LOAD, |document| {
        let cell = document.cell();
        // Forty requests at five a connection, of which the fifth never arrives.
        assert_eq!(cell.fault("request", "reset", "injected"), 8, "{}", cell.0["link"]);
        let never_whole = cell.request("lost") + cell.request("truncated");
        assert_eq!(never_whole, 8, "{}", cell.complaints());
        assert_eq!(cell.count("/exchanges/unanswered"), 8, "{}", cell.complaints());
        assert_eq!(cell.count("/link/request/blame/undetected"), 0);
        cell.is_explained();
    });
}

#[test]
fn without_a_framing_the_beginning_of_a_message_is_taken_for_all_of_it() {
    let link = "{ request = { fin-after = { inside = 5 } } }";
    linked("\"raw\"", link, LOAD, |document| {
        let cell = document.cell();
        assert_eq!(cell.request("truncated"), 8, "{}", cell.complaints());
        assert_eq!(cell.count("/link/request/blame/undetected"), 8);
        cell.is_explained();
    });
}

#[test]
fn a_half_closed_connection_still_gets_its_answers() {
    for kind in ["tcp", "unix"] {
        let link = "{ request = { half-close-after = { behind = 5 } } }";
        linked_over(kind, "\"len32be\"", link, LOAD, |document| {
            let cell = document.cell();
            assert_eq!(cell.request("intact"), 40, "{kind}: {}", cell.complaints());
            assert_eq!(cell.reply("intact"), 40, "{kind}: {}", cell.complaints());
            assert_eq!(cell.done(), 40, "{kind}: {}", cell.complaints());
            assert_eq!(cell.fault("request", "half-close", "injected"), 8, "{kind}");
            // Each but the last cost another connection.
            assert_eq!(cell.count("/link/request/untraced"), 1, "{kind}: {}", cell.0["link"]);
        });
    }
}

#[test]
fn a_half_closed_connection_that_the_server_cannot_close_is_left_for_another() {
    // The server's answer waits for the client's `recv_ready`, which cannot come any more.
    for framing in ["handshake", "len-ack"] {
        let link = "{ request = { half-close-after = { inside = 4 } } }";
        let load = "messages = 24\nin-flight = 6\npayload = \"32 B\"\n";
        linked(&format!("\"{framing}\""), link, load, |document| {
            let cell = document.cell();
            assert_eq!(cell.count("/exchanges/started"), 24, "{framing}: {}", cell.complaints());
            let ends = cell.fault("request", "half-close", "injected");
            assert!(ends > 1, "{framing}: {}", cell.0["link"]);
            cell.is_explained();
        });
    }
}

#[test]
fn a_server_may_end_its_connections_as_well() {
    linked("\"len32be\"", "{ reply = { fin-after = \"100 B\" } }", LOAD, |document| {
        let cell = document.cell();
        assert!(cell.reply("lost") + cell.reply("truncated") > 0, "{}", cell.complaints());
        assert!(cell.fault("reply", "fin", "injected") > 5, "{}", cell.0["link"]);
        cell.is_explained();
    });
}

#[test]
fn a_round_starts_though_every_greeting_is_cut_before_the_client_has_its_turn() {
    let load = "messages = 6\nconnections = 1\nin-flight = 1\ntimeout = \"150ms\"\n";
    let more = "handler = { plugin = \"echo\", config = { greeting = \"welcome\" } }\n\
                link = { fin-after = \"100 B\" }\n";
    let document =
        when_the_client_is_last(&text("{ kind = \"fixed\", size = \"2 KiB\" }", load, more));
    let cell = document.cell();
    assert_eq!(cell.count("/exchanges/started"), 6, "{}", cell.complaints());
    assert_eq!(cell.count("/exchanges/unanswered"), 6, "{}", cell.complaints());
    assert!(cell.fault("reply", "fin", "injected") > 5, "{}", cell.0["link"]);
}

#[test]
fn flapping_connections_lose_only_what_was_under_way() {
    let load = "messages = 120\npayload = \"32 B\"\n";
    linked("\"len32be\"", "{ flap = 4 }", load, |document| {
        let cell = document.cell();
        let ends =
            cell.fault("request", "fin", "injected") + cell.fault("reply", "fin", "injected");
        assert!(ends > 15, "{}", cell.0["link"]);
        let lost = cell.request("lost") + cell.reply("lost");
        assert!(lost > 0 && lost <= 2 * ends, "{}", cell.complaints());
        assert!(cell.done() > 40, "{}", cell.complaints());
        cell.is_explained();
    });
}

#[test]
fn with_many_requests_under_way_all_that_is_lost_is_explained() {
    for end in ["rst-after", "fin-after"] {
        let link = format!("{{ request = {{ {end} = \"2000 B\" }} }}");
        let load = "messages = 400\nin-flight = 16\nconnections = 3\npayload = \"64 B\"\n";
        linked("\"varint\"", &link, load, |document| {
            let cell = document.cell();
            assert!(cell.request("lost") > 0, "{end}: {}", cell.complaints());
            assert!(cell.request("intact") > 0, "{end}: {}", cell.complaints());
            cell.is_explained();
        });
    }
}
