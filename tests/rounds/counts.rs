//! How many messages a round sends, and that it ends when they are answered.

use crate::harness::{pass, scenario};

#[test]
fn a_round_that_counts_messages_measures_exactly_so_many() {
    for messages in [1, 2, 31, 32, 33, 1_000] {
        let load = format!("messages = {messages}\nin-flight = 32\n");
        let document = pass(&scenario("\"len32be\"", &load, ""));
        assert_eq!(document.cell().count("/exchanges/started"), messages);
        assert_eq!(document.cell().done(), messages);
        document.cell().is_intact();
    }
}

#[test]
fn messages_are_counted_over_all_connections() {
    let load = "messages = 1001\nin-flight = 4\nconnections = 7\n";
    let document = pass(&scenario("\"varint\"", load, ""));
    assert_eq!(document.cell().done(), 1_001);
    document.cell().is_intact();
}

#[test]
fn rounds_are_pooled_and_listed() {
    let document = pass(&scenario("\"len32be\"", "messages = 40\nrounds = 3\n", ""));
    assert_eq!(document.cell().done(), 120);
    assert_eq!(document.cell().list("rounds").len(), 3);
    assert!(document.cell().list("rounds").iter().all(|round| round["outcome"] == "finished"));
}

#[test]
fn a_round_with_a_duration_ends_and_keeps_every_message() {
    let load = "duration = \"40ms\"\nwarmup = \"10ms\"\nin-flight = 8\n";
    let document = pass(&scenario("\"len32be\"", load, ""));
    document.cell().is_intact();
    // Warm-up is judged too, but not measured.
    assert!(document.cell().request("sent") > document.cell().done());
}

/// The drain is how long answers are awaited, not how long a round lasts when all have come.
#[test]
fn a_round_whose_messages_are_all_answered_does_not_sit_out_its_drain() {
    let load = "messages = 100\nin-flight = 8\nrounds = 4\ndrain = \"1 min\"\n";
    let document = pass(&scenario("\"len32be\"", load, ""));
    for round in document.cell().list("rounds") {
        let took = round["took_ns"].as_u64().expect("a time");
        assert!(took < 30_000_000_000, "a round took {took} ns");
    }
}

/// The last connection may be gone before anybody waits for it.
#[test]
fn a_round_of_a_connection_per_exchange_does_not_sit_out_its_drain() {
    let load = "messages = 30\nsession = \"per-exchange\"\nrounds = 16\ndrain = \"1 min\"\n";
    let document = pass(&scenario("\"len32be\"", load, ""));
    for round in document.cell().list("rounds") {
        let took = round["took_ns"].as_u64().expect("a time");
        assert!(took < 30_000_000_000, "a round took {took} ns");
    }
}
