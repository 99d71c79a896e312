//! Packets of which a read does not take all: told as that, whatever the framing makes of the rest.

use crate::document::Document;
use crate::stage::{text, with_every_seed};

/// Rounds over packets, of which a read takes 40 bytes.
#[track_caller]
fn over_short_reads(framing: &str, load: &str, check: impl Fn(&Document)) {
    let more = "transport = { kind = \"seqpacket\", read-size = \"40 B\" }\n";
    let load = format!("in-flight = 1\ntimeout = \"50ms\"\ndrain = \"50ms\"\n{load}");
    with_every_seed(&text(framing, &load, more), check);
}

/// How often a kind of error was told, and the first of it.
fn told(document: &Document, kind: &str) -> (u64, String) {
    let cell = document.cell();
    let error = cell.list("errors").iter().find(|error| error["kind"] == kind);
    error.map_or((0, String::new()), |error| {
        (error["count"].as_u64().unwrap_or(0), error["first"].as_str().unwrap_or("").to_owned())
    })
}

#[test]
fn a_frame_in_a_packet_that_was_cut_ends_its_session_with_that_cause() {
    // The framings read on differently: one has a length, one an end, one has both.
    for framing in ["\"len32be\"", "\"line\"", "\"netstring\"", "\"websocket\"", "\"cobs\""] {
        let load = "messages = 4\npayload = [\"16 B\", \"64 B\"]\n";
        over_short_reads(framing, load, |document| {
            let cell = document.cell();
            let (count, first) = told(document, "cut packet");
            // What follows before the client has heard of the end is lost as well.
            assert!(count > 0 && count <= cell.request("lost"), "{framing}: {}", cell.complaints());
            let read = ": the packet was cut: 40 bytes read of ";
            assert!(first.contains(read) && first.contains("`transport.read-size`"), "{first}");
            assert_eq!(told(document, "framing").0, 0, "{framing}: {}", cell.0["errors"]);
            assert!(cell.request("intact") > 0, "{framing}: {}", cell.complaints());
        });
    }
}

#[test]
fn where_a_read_is_a_message_the_cut_is_counted_and_the_session_goes_on() {
    let load = "messages = 6\npayload = [\"16 B\", \"64 B\"]\n";
    over_short_reads("\"raw\"", load, |document| {
        let cell = document.cell();
        let (count, first) = told(document, "cut packet");
        assert!(count > 0 && count == cell.request("truncated"), "{}", cell.complaints());
        assert!(first.contains("40 bytes read of 64"), "{first}");
        assert_eq!(cell.request("intact") + count, cell.request("sent"), "{}", cell.complaints());
    });
}

#[test]
fn a_packet_that_a_read_does_not_take_whole_is_counted_and_ends_no_round() {
    let load = "payload = \"4 KiB\"\nin-flight = 4\nmessages = 24\ntimeout = \"100ms\"\n\
                drain = \"100ms\"\n";
    let more = "transport = { kind = \"seqpacket\", read-size = \"4 KiB\" }\n";
    with_every_seed(&text("\"json-header\"", load, more), |document| {
        let cell = document.cell();
        assert!(cell.request("truncated") + cell.request("lost") > 0, "{}", cell.complaints());
        assert_eq!(cell.request("intact"), 0, "{}", cell.complaints());
    });
}
