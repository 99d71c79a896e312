//! The same seed does the same, and with one message at a time the same comes of it, whatever the network
//! does meanwhile.

use super::over;
use crate::document::Document;
use crate::stage::with_every_seed;
use serde_json::Value;
use std::cell::RefCell;

/// Plays it with every seed of the network; what `of` finds is the same each time, and returned.
#[track_caller]
fn the_same(
    transport: &str,
    framing: &str,
    link: &str,
    seed: u64,
    of: impl Fn(&Document) -> Value,
) -> Value {
    let load = format!("seed = {seed}\nmessages = 60\npayload = \"40 B\"\n");
    let first = RefCell::new(None);
    with_every_seed(&over(transport, &format!("\"{framing}\""), link, &load), |document| {
        let found = of(document);
        let mut first = first.borrow_mut();
        let first = first.get_or_insert_with(|| found.clone());
        assert_eq!(first, &found, "{framing} with {link}, seed {seed}");
    });
    first.into_inner().expect("it was played")
}

/// What was done to the requests.
fn schedule(document: &Document) -> Value {
    document.cell().0["link"]["request"]["schedule"].clone()
}

/// What was done, and what came of it.
fn outcome(document: &Document) -> Value {
    let cell = document.cell();
    let integrity = &cell.0["integrity"];
    [cell.0["link"].clone(), integrity["request"].clone(), integrity["reply"].clone()]
        .into_iter()
        .collect()
}

#[test]
fn in_lock_step_the_same_seed_gives_the_same_faults_and_the_same_verdicts() {
    let wait = "lock-step-wait = \"10s\"";
    let sizes = format!("{{ pieces = {{ uniform = [\"1 B\", \"9 B\"] }}, {wait} }}");
    let flips = format!("{{ pieces = \"7 B\", {wait}, flip = \"0.1%\" }}");
    for (framing, link) in
        [("raw", &sizes), ("len32be", &sizes), ("line", &flips), ("cobs-crc32c", &flips)]
    {
        the_same("tcp", framing, link, 5, outcome);
        let one = the_same("tcp", framing, link, 5, schedule);
        assert_ne!(one, the_same("tcp", framing, link, 6, schedule), "{framing} with {link}");
    }
}

#[test]
fn ends_and_datagrams_are_seeded_too() {
    for (transport, framing, link) in [
        ("tcp", "line", "{ request = { flap = 5 } }"),
        ("tcp", "len32be", "{ request = { rst-after = { inside = 7 } } }"),
        ("udp", "raw", "{ request = { drop = \"10%\", truncate = \"10%\", corrupt = \"10%\" } }"),
    ] {
        let one = the_same(transport, framing, link, 5, schedule);
        assert_ne!(one, the_same(transport, framing, link, 6, schedule), "{framing} with {link}");
    }
}
