//! Every transport, and what its sockets may be told to do: none of it damages a framed message.

use crate::harness::{Document, pass, scenario};

/// Runs one scenario over these transports, each with some framings; all must be intact.
#[track_caller]
fn keeps_all(load: &str, transports: &[&str]) -> Document {
    let axes = format!(
        "[matrix]\nframing = [\"line\", \"len32be\"]\ntransport = [{}]\n",
        transports.join(", ")
    );
    let document = pass(&scenario("\"raw\"", load, &axes).replace("framing = \"raw\"\n", ""));
    assert_eq!(document.cells().count(), 2 * transports.len());
    document.cells().for_each(|cell| cell.is_intact());
    document
}

#[test]
fn every_transport_keeps_every_message() {
    let load = "messages = 120\nin-flight = 4\npayload = [\"1 B\", \"16 B\", \"200 B\"]\n";
    let transports = [
        "{ kind = \"tcp\" }",
        "{ kind = \"tcp\", ipv6 = true }",
        "{ kind = \"unix\" }",
        "{ kind = \"seqpacket\" }",
        "{ kind = \"udp\" }",
        "{ kind = \"udp\", ipv6 = true }",
        "{ kind = \"unixgram\" }",
    ];
    for cell in keeps_all(load, &transports).cells() {
        assert_eq!(cell.done(), 120);
    }
}

#[test]
fn writes_in_batches_and_with_the_header_apart_keep_every_message() {
    let transports = ["{ write = \"batch\" }", "{ write = \"header-body\" }"];
    keeps_all("in-flight = 32\n", &transports);
}

#[test]
fn small_socket_buffers_keep_every_message() {
    let transports = [
        "{ kind = \"tcp\", send-buffer = \"2 KiB\", receive-buffer = \"2 KiB\" }",
        "{ kind = \"unix\", send-buffer = \"4 KiB\" }",
    ];
    keeps_all("messages = 60\nin-flight = 16\npayload = \"3 KiB\"\n", &transports);
}

#[test]
fn nagle_keeps_every_message() {
    keeps_all("messages = 100\nin-flight = 8\n", &["{ nodelay = false }"]);
}

#[test]
fn sides_that_spin_or_share_a_processor_keep_every_message() {
    let load = "messages = 10\nin-flight = 4\nwarmup = \"0ms\"\n";
    let axes = "[matrix]\n\
                cpu = [{ placement = \"free\", wait = \"spin\" }, { placement = \"same\" }, \
                { placement = \"same\", wait = \"spin\" }]\n\
                \"transport.kind\" = [\"tcp\", \"udp\"]\n";
    let document = pass(&scenario("\"len32be\"", load, axes));
    assert_eq!(document.cells().count(), 6);
    for cell in document.cells() {
        cell.is_intact();
        // Who spins is busy all the time: what a message costs cannot be told.
        let spins = cell.0["setup"]["cpu"]["wait"] == "spin";
        assert_eq!(cell.0["cpu"]["client_ns_per_message"].is_null(), spins, "{}", cell.id());
    }
}
