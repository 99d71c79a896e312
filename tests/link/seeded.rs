//! The same seed does the same, in other processes too.

use crate::harness::{Document, measured, scenario};
use serde_json::Value;

fn play(framing: &str, link: &str, seed: u64) -> Document {
    let load = format!(
        "seed = {seed}\nmessages = 60\nwarmup = \"0ms\"\npayload = \"40 B\"\ntimeout = \"200ms\"\n"
    );
    measured(&scenario(&format!("\"{framing}\""), &load, &format!("link = {link}\n")))
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
    for (framing, link) in [("raw", &sizes), ("cobs-crc32c", &flips)] {
        let (one, again) = (play(framing, link, 5), play(framing, link, 5));
        assert_eq!(outcome(&one), outcome(&again), "{framing} with {link}, seed 5");
    }
}
