//! Cuts arrive where they were asked for.

use super::linked;
use crate::stage::{always, text, with_every_seed};

/// Every byte by itself.
const ONE_BYTE: &str = r#"{ pieces = "1 B", lock-step-wait = "10s" }"#;

#[test]
fn one_byte_at_a_time_no_invariant_framing_loses_its_place() {
    let text = format!(
        "schema = 1\nname = \"t\"\nhandler = {{ plugin = \"echo\" }}\nlink = {ONE_BYTE}\n\
         [load]\nmessages = 6\nrounds = 1\nwarmup = \"0ms\"\npayload = \"40 B\"\ntimeout = \"60s\"\n\
         [matrix]\nframing = [\"line\", \"len32be\", \"varint\", \"netstring\", \"chunked\", \
         \"websocket\", \"cobs-crc32c\", \"hdlc\", \"len-ack\"]\n\
         [expect]\nintact = \"100%\"\nfaults = \"> 400\"\nexplained = 0\nunconfirmed = 0\n"
    );
    always(&text, |document| {
        assert_eq!(document.cells().count(), 9);
        for cell in document.cells() {
            let faults = cell.count("/link/request/untraced");
            assert_eq!(faults, cell.fault("request", "cut", "injected"), "{}", cell.id());
        }
    });
}

#[test]
fn a_frame_of_44_bytes_has_43_cuts() {
    linked("\"len32be\"", ONE_BYTE, "messages = 5\npayload = \"40 B\"\n", |document| {
        let cell = document.cell();
        cell.is_intact();
        for direction in ["request", "reply"] {
            assert_eq!(cell.fault(direction, "cut", "injected"), 5 * 43);
            let header = cell.fault(direction, "cut", "header");
            assert_eq!(header, 5 * 4, "three within it, one behind it");
            assert_eq!(cell.fault(direction, "cut", "payload"), 5 * 39);
        }
        assert_eq!(cell.number("/wire/writes_per_message"), 44.0);
    });
}

#[test]
fn without_a_framing_every_piece_is_taken_for_a_message() {
    let link = r#"{ request = { pieces = "10 B", lock-step-wait = "10s" } }"#;
    linked("\"raw\"", link, "messages = 5\npayload = \"40 B\"\n", |document| {
        let cell = document.cell();
        assert_eq!(cell.request("split"), cell.request("sent"), "{}", cell.complaints());
        assert_eq!(cell.reply("sent"), 4 * cell.request("sent"), "each piece is answered");
        assert_eq!(cell.count("/link/request/blame/framing"), cell.request("sent"));
        assert_eq!(cell.count("/link/request/blame/unexplained"), 0, "{}", cell.0["link"]);
        let example = &cell.0["integrity"]["examples"][0];
        assert_eq!(example["faults"][0]["kind"], "cut", "{example}");
        assert_eq!(example["faults"][0]["at"], 10, "{example}");
    });
}

#[test]
fn every_cut_moves_on_by_one_byte_with_each_message() {
    let link = r#"{ request = { pieces = "every-cut", lock-step-wait = "10s" } }"#;
    let load = "messages = 15\npayload = \"16 B\"\nreply-payload = \"16 B\"\n";
    linked("\"raw\"", link, load, |document| {
        let cell = document.cell();
        let log = cell.0["link"]["log"].as_array().expect("a log");
        let at: Vec<u64> = log.iter().map(|fault| fault["at"].as_u64().expect("a place")).collect();
        let wanted: Vec<u64> = (0..15).map(|message| message * 16 + 1 + message).collect();
        assert_eq!(at, wanted, "{}", cell.complaints());
    });
}

#[test]
fn pieces_are_confirmed_with_many_connections_and_in_packets_too() {
    for kind in ["tcp", "unix", "seqpacket"] {
        let more = format!(
            "transport = {{ kind = \"{kind}\" }}\n\
             link = {{ pieces = {{ uniform = [\"1 B\", \"30 B\"] }}, lock-step-wait = \"10s\" }}\n"
        );
        let load = "messages = 60\nconnections = 8\nin-flight = 3\ntimeout = \"60s\"\n";
        always(&text("\"len32be\"", load, &more), |document| {
            let cell = document.cell();
            cell.is_intact();
            assert_eq!(cell.count("/link/request/unconfirmed_pieces"), 0);
            assert!(cell.fault("reply", "cut", "injected") > 60);
        });
    }
}

#[test]
fn pieces_that_nobody_confirms_in_time_are_counted_and_sent_all_the_same() {
    let more = "transport = { kind = \"tcp\", read-delay = \"30ms\" }\n\
                link = { request = { pieces = \"20 B\", lock-step-wait = \"1ms\" } }\n";
    with_every_seed(&text("\"len32be\"", "messages = 4\n", more), |document| {
        let cell = document.cell();
        cell.is_intact();
        assert!(cell.count("/link/request/unconfirmed_pieces") > 0, "{}", cell.0["link"]);
    });
}

#[test]
fn writes_become_one_and_only_a_framing_takes_them_apart() {
    let link = r#"{ request = { coalesce = 4, coalesce-wait = "1s" } }"#;
    let load = "messages = 80\nin-flight = 8\npayload = \"64 B\"\n";
    linked("\"raw\"", link, load, |document| {
        let cell = document.cell();
        assert!(cell.request("merged") > 0, "{}", cell.complaints());
    });
    linked("\"len32be\"", link, load, |document| {
        let cell = document.cell();
        cell.is_intact();
        assert!(cell.fault("request", "coalesce", "injected") >= 20, "{}", cell.0["link"]);
        assert_eq!(cell.fault("request", "coalesce", "traced"), 0);
    });
}
