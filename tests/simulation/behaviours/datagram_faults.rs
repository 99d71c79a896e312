//! What datagrams may suffer, and how it is told.

use crate::document::{Cell, Document};
use crate::stage::{text, with_every_seed};

#[track_caller]
fn plays(framing: &str, transport: &str, load: &str, check: impl Fn(&Document)) {
    with_every_seed(&text(framing, load, &format!("transport = {transport}\n")), check);
}

fn errors_of(cell: Cell<'_>, side: &str, kind: &str) -> u64 {
    let counted = cell.list("errors").iter();
    let of_kind = counted.filter(|error| error["side"] == side && error["kind"] == kind);
    of_kind.map(|error| error["count"].as_u64().unwrap_or(0)).sum()
}

/// Exchanges that nothing can answer should not take long.
const IMPATIENT: &str = "timeout = \"20ms\"\ndrain = \"20ms\"\n";

#[test]
fn a_read_below_the_datagrams_size_truncates_every_message() {
    for (kind, alphabet) in [("udp", "bytes"), ("udp", "text"), ("unixgram", "bytes")] {
        let transport = format!("{{ kind = \"{kind}\", read-size = \"40 B\" }}");
        let load = format!("messages = 30\nin-flight = 4\nalphabet = \"{alphabet}\"\n{IMPATIENT}");
        plays("\"raw\"", &transport, &load, |document| {
            let cell = document.cell();
            assert!(cell.request("sent") >= 30, "{}", cell.complaints());
            assert_eq!(cell.request("truncated"), cell.request("sent"), "{}", cell.complaints());
            let damaged = cell.count("/exchanges/damaged");
            let unanswered = cell.count("/exchanges/unanswered");
            assert!(damaged > 0 && damaged + unanswered == 30, "{}", cell.complaints());
            let example = &cell.0["integrity"]["examples"][0];
            assert_eq!(example["received_len"], 40, "{example}");
            assert_eq!(example["offset"], 40, "{example}");
        });
    }
}

#[test]
fn a_frame_that_is_cut_is_an_error_of_its_datagram_alone() {
    let transport = "{ kind = \"udp\", read-size = \"40 B\" }";
    let load = format!("messages = 60\nin-flight = 1\npayload = [\"16 B\", \"64 B\"]\n{IMPATIENT}");
    plays("\"len32be\"", transport, &load, |document| {
        let cell = document.cell();
        let (intact, lost) = (cell.request("intact"), cell.request("lost"));
        assert_eq!(intact + lost, cell.request("sent"), "{}", cell.complaints());
        assert!(intact >= 30 && lost >= 30, "{}", cell.complaints());
        assert_eq!(errors_of(cell, "server", "cut packet"), lost, "{}", cell.complaints());
        let told = "the datagram was cut: 40 bytes read of 68, and the rest is gone";
        assert!(cell.0["errors"].to_string().contains(told), "{}", cell.0["errors"]);
        let unanswered = cell.count("/exchanges/unanswered");
        assert!(unanswered >= 30 && cell.done() + unanswered == 60, "{}", cell.complaints());
    });
}

#[test]
fn what_arrives_past_the_horizon_is_late_and_stays_lost() {
    let transport = "{ kind = \"udp\", read-delay = \"40ms\", horizon = \"1ms\" }";
    let load = "messages = 4\nin-flight = 4\ntimeout = \"2s\"\ndrain = \"200ms\"\n";
    plays("\"raw\"", transport, load, |document| {
        let cell = document.cell();
        assert_eq!(cell.request("lost"), cell.request("sent"), "{}", cell.complaints());
        assert_eq!(cell.request("late"), cell.request("sent"), "{}", cell.complaints());
    });
}

#[test]
fn a_frame_over_the_limit_is_unsendable_and_the_handler_hears_of_it() {
    // The request fits, the reply has four bytes more.
    let framing = "{ request = \"raw\", reply = \"len32be\" }";
    let load = format!("messages = 3\nin-flight = 1\npayload = \"60000 B\"\n{IMPATIENT}");
    plays(framing, "{ kind = \"udp\" }", &load, |document| {
        let cell = document.cell();
        assert!(cell.reply("unsendable") > 0, "{}", cell.complaints());
        assert_eq!(cell.reply("unsendable"), cell.reply("sent"), "{}", cell.complaints());
        let told = cell.list("errors").iter().any(|error| {
            error["kind"] == "hook message"
                && error["first"]
                    .as_str()
                    .is_some_and(|first| first.contains("longer than the host"))
        });
        assert!(told, "{}", cell.complaints());
    });
}
