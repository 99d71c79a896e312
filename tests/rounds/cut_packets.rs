//! Packets of which a read does not take all: told as that, whatever the framing makes of the rest.

use crate::harness::{Document, measured, scenario};

/// A round over packets, of which a read takes 40 bytes.
#[track_caller]
fn over_short_reads(framing: &str, load: &str) -> Document {
    let more = "transport = { kind = \"seqpacket\", read-size = \"40 B\" }\n";
    let load = format!("in-flight = 1\ntimeout = \"50ms\"\ndrain = \"50ms\"\n{load}");
    let document = measured(&scenario(framing, &load, more));
    let cell = document.cell();
    assert_eq!(cell.0["rounds"][0]["outcome"], "finished", "{}", cell.complaints());
    document
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
        let document = over_short_reads(framing, "messages = 4\npayload = [\"16 B\", \"64 B\"]\n");
        let cell = document.cell();
        let (count, first) = told(&document, "cut packet");
        assert!(count > 0 && count == cell.request("lost"), "{framing}: {}", cell.complaints());
        let read = ": the packet was cut: 40 bytes read of ";
        assert!(first.contains(read) && first.contains("`transport.read-size`"), "{first}");
        assert_eq!(told(&document, "framing").0, 0, "{framing}: {}", cell.0["errors"]);
        assert!(cell.request("intact") > 0, "{framing}: {}", cell.complaints());
    }
}

#[test]
fn whole_frames_before_the_cut_arrive() {
    let more = "transport = { kind = \"seqpacket\", read-size = \"40 B\", write = \"batch\" }\n";
    let load = "messages = 3\nin-flight = 3\npayload = \"12 B\"\ntimeout = \"50ms\"\n\
                drain = \"50ms\"\nwarmup = \"0ms\"\n";
    let document = measured(&scenario("\"len32be\"", load, more));
    let cell = document.cell();
    // Three frames of 16 bytes in one packet: two are whole.
    assert_eq!((cell.request("intact"), cell.request("lost")), (2, 1), "{}", cell.complaints());
    let (count, first) = told(&document, "cut packet");
    assert_eq!(count, 1, "{first}");
    assert!(first.contains("40 bytes read of 48"), "{first}");
}

#[test]
fn where_a_read_is_a_message_the_cut_is_counted_and_the_session_goes_on() {
    let document = over_short_reads("\"raw\"", "messages = 6\npayload = [\"16 B\", \"64 B\"]\n");
    let cell = document.cell();
    let (count, first) = told(&document, "cut packet");
    assert!(count > 0 && count == cell.request("truncated"), "{}", cell.complaints());
    assert!(first.contains("40 bytes read of 64"), "{first}");
    assert_eq!(cell.request("intact") + count, cell.request("sent"), "{}", cell.complaints());
}
