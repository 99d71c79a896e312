//! Connections: many of them, kept or one per exchange.

use crate::harness::{pass, scenario};

#[track_caller]
fn connections(connections: u32, in_flight: u32) {
    let messages = connections * in_flight * 2 + 1;
    let load = format!(
        "connections = {connections}\nin-flight = {in_flight}\nmessages = {messages}\n\
         timeout = \"30s\"\ndrain = \"30s\"\n"
    );
    let document = pass(&scenario("\"len32be\"", &load, ""));
    let cell = document.cell();
    cell.is_intact();
    assert_eq!(cell.done(), u64::from(messages));
    assert_eq!(cell.count("/connect_ns/count"), u64::from(connections));
}

#[test]
fn sixty_four_connections_keep_sixteen_messages_in_flight_each() {
    connections(64, 16);
}

#[test]
fn two_hundred_and_fifty_six_connections_keep_four_messages_in_flight_each() {
    connections(256, 4);
}

#[test]
fn many_unix_connections_are_told_apart() {
    let load = "connections = 64\nin-flight = 2\nmessages = 300\n";
    let document = pass(&scenario("\"netstring\"", load, "transport = { kind = \"unix\" }\n"));
    document.cell().is_intact();
}

#[track_caller]
fn per_exchange(transport: &str, in_flight: u32) {
    let load = format!("session = \"per-exchange\"\nin-flight = {in_flight}\nmessages = 60\n");
    let document = pass(&scenario("\"len32be\"", &load, &format!("transport = {transport}\n")));
    let cell = document.cell();
    cell.is_intact();
    assert_eq!(cell.done(), 60, "{}", cell.complaints());
    // Each exchange, those of the warm-up too, had a connection of its own.
    assert_eq!(cell.count("/connect_ns/count"), cell.request("sent"), "{}", cell.complaints());
}

#[test]
fn a_session_per_exchange_connects_anew_over_tcp() {
    per_exchange("{ kind = \"tcp\" }", 1);
}

#[test]
fn a_session_per_exchange_connects_anew_over_tcp_ipv6() {
    per_exchange("{ kind = \"tcp\", ipv6 = true }", 1);
}

#[test]
fn a_session_per_exchange_connects_anew_over_unix() {
    per_exchange("{ kind = \"unix\" }", 1);
}

#[test]
fn a_session_per_exchange_connects_anew_over_seqpacket() {
    per_exchange("{ kind = \"seqpacket\" }", 1);
}

#[test]
fn sessions_per_exchange_run_side_by_side() {
    per_exchange("{ kind = \"tcp\" }", 8);
}
