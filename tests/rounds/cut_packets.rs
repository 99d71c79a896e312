//! Packets of which a read does not take all, as the kernel tells it.

use crate::harness::{Cell, Document, measured, scenario};

/// How often a kind of error was told, and the first of it.
fn told(cell: Cell<'_>, kind: &str) -> (u64, String) {
    let error = cell.list("errors").iter().find(|error| error["kind"] == kind);
    error.map_or((0, String::new()), |error| {
        (error["count"].as_u64().unwrap_or(0), error["first"].as_str().unwrap_or("").to_owned())
    })
}

/// A round over packets, of which a read takes 40 bytes.
fn over_short_reads(load: &str, transport: &str, more: &str) -> Document {
    let load = format!("timeout = \"50ms\"\ndrain = \"50ms\"\n{load}");
    let more =
        format!("transport = {{ kind = \"seqpacket\", read-size = \"40 B\"{transport} }}\n{more}");
    measured(&scenario("\"len32be\"", &load, &more))
}

#[test]
fn a_frame_in_a_packet_that_was_cut_ends_its_session_with_that_cause() {
    // The framings read on differently: one has a length, one an end, one has both.
    let framings =
        "\n[matrix]\nframing = [\"len32be\", \"line\", \"netstring\", \"websocket\", \"cobs\"]\n";
    let load = "in-flight = 1\nmessages = 4\npayload = [\"16 B\", \"64 B\"]\n";
    let document = over_short_reads(load, "", framings);
    assert_eq!(document.cells().count(), 5);
    for cell in document.cells() {
        let (count, first) = told(cell, "cut packet");
        assert!(count > 0 && count == cell.request("lost"), "{}", cell.complaints());
        let read = ": the packet was cut: 40 bytes read of ";
        assert!(first.contains(read) && first.contains("`transport.read-size`"), "{first}");
        assert_eq!(told(cell, "framing").0, 0, "{}: {}", cell.id(), cell.0["errors"]);
        assert!(cell.request("intact") > 0, "{}", cell.complaints());
    }
}

#[test]
fn whole_frames_before_the_cut_arrive() {
    let load = "messages = 3\nin-flight = 3\npayload = \"12 B\"\nwarmup = \"0ms\"\n";
    let document = over_short_reads(load, ", write = \"batch\"", "");
    let cell = document.cell();
    // Three frames of 16 bytes in one packet: two are whole.
    assert_eq!((cell.request("intact"), cell.request("lost")), (2, 1), "{}", cell.complaints());
    let (count, first) = told(cell, "cut packet");
    assert_eq!(count, 1, "{first}");
    assert!(first.contains("40 bytes read of 48"), "{first}");
}
