//! Rounds of a cell: each by itself, and all together.

use crate::harness::{pass, scenario};

#[test]
fn rounds_are_pooled_and_listed_and_none_sits_out_its_drain() {
    let load = "messages = 40\nin-flight = 8\nrounds = 3\ndrain = \"1 min\"\n";
    let document = pass(&scenario("\"len32be\"", load, ""));
    assert_eq!(document.cell().done(), 120);
    let rounds = document.cell().list("rounds");
    assert_eq!(rounds.len(), 3);
    for round in rounds {
        assert_eq!(round["outcome"], "finished");
        let took = round["took_ns"].as_u64().expect("a time");
        assert!(took < 30_000_000_000, "a round took {took} ns");
    }
}
