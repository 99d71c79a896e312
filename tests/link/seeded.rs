//! The same seed does the same, and with one message at a time the same comes of it.

use crate::harness::{Document, measured, scenario};
use serde_json::Value;

fn play(transport: &str, framing: &str, link: &str, seed: u64) -> Document {
    // What a datagram has lost is not waited for; in lock-step nothing may come of the time.
    let timeout = if link.contains("lock-step") { "200ms" } else { "20ms" };
    let load = format!(
        "seed = {seed}\nmessages = 60\nwarmup = \"0ms\"\npayload = \"40 B\"\ntimeout = \"{timeout}\"\n"
    );
    let more = format!("transport = {{ kind = \"{transport}\" }}\nlink = {link}\n");
    measured(&scenario(&format!("\"{framing}\""), &load, &more))
}

/// What was done, and what came of it.
fn outcome(document: &Document) -> (Value, Value, Value) {
    let cell = document.cell();
    let integrity = &cell.0["integrity"];
    (cell.0["link"].clone(), integrity["request"].clone(), integrity["reply"].clone())
}

#[test]
fn in_lock_step_the_same_seed_gives_the_same_faults_and_the_same_verdicts() {
    let wait = "lock-step-wait = \"10s\"";
    let sizes = format!("{{ pieces = {{ uniform = [\"1 B\", \"9 B\"] }}, {wait} }}");
    let flips = format!("{{ pieces = \"7 B\", {wait}, flip = \"0.1%\" }}");
    for (framing, link) in
        [("raw", &sizes), ("len32be", &sizes), ("line", &flips), ("cobs-crc32c", &flips)]
    {
        let (one, again) = (play("tcp", framing, link, 5), play("tcp", framing, link, 5));
        assert_eq!(outcome(&one), outcome(&again), "{framing} with {link}, seed 5");
        let other = play("tcp", framing, link, 6);
        let schedule =
            |document: &Document| document.cell().0["link"]["request"]["schedule"].clone();
        assert_ne!(schedule(&one), schedule(&other), "{framing} with {link}");
    }
}

#[test]
fn ends_and_datagrams_are_seeded_too() {
    for (transport, framing, link) in [
        ("tcp", "line", "{ request = { flap = 5 } }"),
        ("tcp", "len32be", "{ request = { rst-after = { inside = 7 } } }"),
        ("udp", "raw", "{ request = { drop = \"10%\", truncate = \"10%\", corrupt = \"10%\" } }"),
    ] {
        let done = |seed| {
            let document = play(transport, framing, link, seed);
            document.cell().0["link"]["request"]["schedule"].clone()
        };
        assert_eq!(done(5), done(5), "{framing} with {link}");
        assert_ne!(done(5), done(6), "{framing} with {link}");
    }
}

#[test]
fn without_a_link_there_is_nothing_to_tell_of_it() {
    let document = play("tcp", "len32be", "{}", 5);
    let cell = document.cell();
    cell.is_intact();
    assert!(cell.0["link"].is_null());
}
