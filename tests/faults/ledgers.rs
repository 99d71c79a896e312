//! A plugin that writes into the memory both sides share: the round it does that in has crashed, and
//! the others are measured.

use crate::harness::processes::nothing_is_left;
use crate::harness::{Bench, scenario};

/// Ways in which it writes there, of each side.
const WAYS: u64 = 30;

/// Plays a round for each way, and one well before and behind.
fn overwrites(side: &str) {
    let faulty = (0..WAYS).map(|seed| {
        format!(
            "{{ hook = \"message\", fault = \"overwrite\", side = \"{side}\", after = 3, seed = {seed} }}"
        )
    });
    let well = ["{}".to_owned()];
    let cells: Vec<String> =
        well.iter().cloned().chain(faulty).chain(["{ seed = 1 }".into()]).collect();
    let more = format!(
        "handler = {{ plugin = \"faulty\" }}\n\n[matrix]\n\"handler.config\" = [{}]\n",
        cells.join(", ")
    );
    let load = "messages = 50\nin-flight = 2\nrounds = 1\ntimeout = \"200ms\"\ndrain = \"200ms\"\n";
    let bench = Bench::new();
    let ran = bench.run(&scenario("\"len32be\"", load, &more), &[]);
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    nothing_is_left(&bench);
    let cells: Vec<_> = document.cells().collect();
    let mut found = 0;
    for (index, cell) in cells.iter().enumerate() {
        if index == 0 || index == cells.len() - 1 {
            assert_eq!((cell.verdict(), cell.done()), ("pass", 50), "{}", cell.complaints());
        }
        for crash in cell.list("crashes") {
            let how = crash["how"].as_str().expect("how it ended");
            assert!(how.starts_with("its ledger was overwritten, by "), "way {index}: {how}");
            assert_eq!(crash["side"], side, "way {index}: {how}");
            found += 1;
        }
    }
    // Where it hits what nobody reads, the round goes well, or messages are found to be damaged.
    assert!(found >= WAYS / 3, "{found} of {WAYS} ways were found");
}

#[test]
fn a_server_that_overwrites_its_ledger_costs_its_round_only() {
    overwrites("server");
}

#[test]
fn a_client_that_overwrites_its_ledger_costs_its_round_only() {
    overwrites("client");
}
