//! How many messages a round sends, and that it ends when they are answered.

use crate::stage::{always, text};

#[test]
fn a_round_that_counts_messages_measures_exactly_so_many() {
    for messages in [1, 2, 31, 32, 33, 300] {
        let load = format!("messages = {messages}\nin-flight = 32\n");
        always(&text("\"len32be\"", &load, ""), |document| {
            assert_eq!(document.cell().count("/exchanges/started"), messages);
            assert_eq!(document.cell().done(), messages);
            document.cell().is_intact();
        });
    }
}

#[test]
fn messages_are_counted_over_all_connections() {
    let load = "messages = 301\nin-flight = 4\nconnections = 7\n";
    always(&text("\"varint\"", load, ""), |document| {
        assert_eq!(document.cell().done(), 301);
        document.cell().is_intact();
    });
}

#[test]
fn a_round_with_a_duration_ends_and_keeps_every_message() {
    let load = "duration = \"1ms\"\nwarmup = \"200us\"\nin-flight = 8\n";
    always(&text("\"len32be\"", load, ""), |document| {
        document.cell().is_intact();
        // Warm-up is judged too, but not measured.
        assert!(document.cell().request("sent") > document.cell().done());
    });
}

/// The drain is how long answers are awaited, not how long a round lasts when all have come.
#[track_caller]
fn does_not_sit_out_its_drain(load: &str) {
    let load = format!("rounds = 4\ndrain = \"1 min\"\n{load}");
    always(&text("\"len32be\"", &load, ""), |document| {
        for round in document.cell().list("rounds") {
            let took = round["took_ns"].as_u64().expect("a time");
            assert!(took < 1_000_000_000, "a round took {took} ns");
        }
    });
}

#[test]
fn a_round_whose_messages_are_all_answered_does_not_sit_out_its_drain() {
    does_not_sit_out_its_drain("messages = 100\nin-flight = 8\n");
}

/// The last connection may be gone before anybody waits for it.
#[test]
fn a_round_of_a_connection_per_exchange_does_not_sit_out_its_drain() {
    does_not_sit_out_its_drain("messages = 30\nsession = \"per-exchange\"\n");
}
