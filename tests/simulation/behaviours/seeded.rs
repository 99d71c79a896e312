//! The same seed sends the same bytes.

use crate::stage::{measured, text};
use std::collections::BTreeMap;

/// The bytes sent as the examples show them, by place in the session.
fn evidence(seed: u64) -> BTreeMap<u64, String> {
    // Read in small pieces, every raw message is damaged, so the first ones are always examples.
    let more = "transport = { kind = \"tcp\", read-size = \"20 B\" }\n";
    let load = format!("seed = {seed}\nmessages = 20\npayload = \"64 B\"\n");
    let document = measured(&text("\"raw\"", &load, more));
    let examples = document.cell().0["integrity"]["examples"].as_array().expect("examples").clone();
    let requests = examples.into_iter().filter(|example| example["direction"] == "request");
    requests
        .map(|example| {
            // The window of bytes follows the first difference, so that belongs to the key.
            let key = example["seq"].as_u64().expect("a number") << 32
                | example["offset"].as_u64().expect("an offset");
            (key, example["expected"].as_str().expect("bytes").to_owned())
        })
        .collect()
}

#[test]
fn the_same_seed_sends_the_same_bytes() {
    let (one, other) = (evidence(7), evidence(7));
    assert!(!one.is_empty());
    assert_eq!(one, other);
}

#[test]
fn another_seed_sends_other_bytes() {
    let (one, other) = (evidence(7), evidence(8));
    assert!(one.iter().all(|(key, bytes)| other.get(key) != Some(bytes)), "{one:?}\n{other:?}");
}
