//! Connections of the kernel: many of them, kept or one per exchange.

use crate::harness::{pass, scenario};

#[test]
fn two_hundred_and_fifty_six_connections_keep_four_messages_in_flight_each() {
    let load = "connections = 256\nin-flight = 4\nmessages = 2049\ntimeout = \"30s\"\n\
                drain = \"30s\"\n";
    let document = pass(&scenario("\"len32be\"", load, ""));
    let cell = document.cell();
    cell.is_intact();
    assert_eq!(cell.done(), 2_049);
    assert_eq!(cell.count("/connect_ns/count"), 256);
}

#[test]
fn many_unix_connections_are_told_apart() {
    let load = "connections = 64\nin-flight = 2\nmessages = 300\n";
    let document = pass(&scenario("\"netstring\"", load, "transport = { kind = \"unix\" }\n"));
    document.cell().is_intact();
}

#[test]
fn a_session_per_exchange_connects_anew_over_every_transport() {
    let load = "session = \"per-exchange\"\nmessages = 60\n";
    let axes = "[matrix]\n\
                transport = [{ kind = \"tcp\" }, { kind = \"tcp\", ipv6 = true }, \
                { kind = \"unix\" }, { kind = \"seqpacket\" }]\n\
                \"load.in-flight\" = [1, 8]\n";
    let document = pass(&scenario("\"len32be\"", load, axes));
    assert_eq!(document.cells().count(), 8);
    for cell in document.cells() {
        cell.is_intact();
        assert_eq!(cell.done(), 60, "{}", cell.complaints());
        // Each exchange, those of the warm-up too, had a connection of its own.
        assert_eq!(cell.count("/connect_ns/count"), cell.request("sent"), "{}", cell.complaints());
    }
}
