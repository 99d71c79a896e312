//! Connections: several of them, kept or one per exchange.

use crate::stage::{always, text, with_every_seed};

#[test]
fn many_connections_keep_many_messages_in_flight_each() {
    for (connections, in_flight) in [(48, 16), (60, 4)] {
        let messages = connections * in_flight * 2 + 1;
        let load = format!(
            "connections = {connections}\nin-flight = {in_flight}\nmessages = {messages}\n\
             timeout = \"30s\"\ndrain = \"30s\"\n"
        );
        with_every_seed(&text("\"len32be\"", &load, ""), |document| {
            let cell = document.cell();
            cell.is_intact();
            assert_eq!(cell.done(), messages);
            assert_eq!(cell.count("/connect_ns/count"), connections);
        });
    }
}

#[track_caller]
fn per_exchange(transport: &str, in_flight: u32) {
    let load = format!("session = \"per-exchange\"\nin-flight = {in_flight}\nmessages = 60\n");
    let more = format!("transport = {{ kind = \"{transport}\" }}\n");
    always(&text("\"len32be\"", &load, &more), |document| {
        let cell = document.cell();
        cell.is_intact();
        assert_eq!(cell.done(), 60, "{}", cell.complaints());
        // Each exchange, those of the warm-up too, had a connection of its own.
        assert_eq!(cell.count("/connect_ns/count"), cell.request("sent"), "{}", cell.complaints());
    });
}

#[test]
fn a_session_per_exchange_connects_anew() {
    for transport in ["tcp", "unix", "seqpacket"] {
        per_exchange(transport, 1);
    }
}

#[test]
fn sessions_per_exchange_run_side_by_side() {
    per_exchange("tcp", 8);
}
