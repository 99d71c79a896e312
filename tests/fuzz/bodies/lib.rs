//! What is fuzzed, and what must hold whatever the bytes are: a file for each target. The wrappers in
//! `targets/` and the test `tests/fuzz_corpora.rs` run the same bodies.

pub mod comparison;
pub mod config;
pub mod datagram_judge;
pub mod decoders;
pub mod descriptor;
mod input;
pub mod journal;
pub mod ledger;
pub mod plugin_file;
pub mod probe_answer;
pub mod result;
pub mod scenario;
pub mod stream_judge;
mod uncallable;

use wirebench::host::heap::{Counting, HeapWatch};

#[global_allocator]
static HEAP: Counting = Counting;

/// One thing that is fuzzed.
pub struct Target {
    /// The name of its wrapper, its corpus and its body.
    pub name: &'static str,
    /// Panics when something does not hold.
    pub run: fn(&[u8]),
    /// What a run may take of the heap, in bytes, beside `heap_per_byte` for each byte of its input.
    pub heap: u64,
    /// See `heap`.
    pub heap_per_byte: u64,
}

/// All of them, by name.
pub const TARGETS: [Target; 12] = [
    target("comparison", comparison::run, 16 << 20, 8 << 10),
    // A scenario is read with what it says: see `scenario`.
    target("config", config::run, 1 << 30, 0),
    target("datagram_judge", datagram_judge::run, 8 << 20, 512),
    target("decoders", decoders::run, 2 << 20, 256),
    target("descriptor", descriptor::run, 1 << 20, 256),
    // A histogram of 100 characters can be half a MiB.
    target("journal", journal::run, 16 << 20, 8 << 10),
    target("ledger", ledger::run, 8 << 20, 512),
    target("plugin_file", plugin_file::run, 1 << 20, 256),
    target("probe_answer", probe_answer::run, 1 << 20, 256),
    target("result", result::run, 16 << 20, 8 << 10),
    // A few bytes of a matrix are thousands of cells: the limit is that of `scenario::load`.
    target("scenario", scenario::run, 1 << 30, 0),
    target("stream_judge", stream_judge::run, 8 << 20, 512),
];

const fn target(name: &'static str, run: fn(&[u8]), heap: u64, heap_per_byte: u64) -> Target {
    Target { name, run, heap, heap_per_byte }
}

/// Runs the body of target `name` on `data` and looks at the memory that it took.
pub fn check(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target of that name");
    let mut watch = HeapWatch::new(false);
    let watched = watch.begin();
    (target.run)(data);
    let peak = watch.peak();
    assert!(watched, "the heap is not watched: `HEAP` is not the allocator of this program");
    let most = target.heap + target.heap_per_byte * data.len() as u64;
    assert!(peak <= most, "{peak} bytes of the heap for {} bytes, at most {most}", data.len());
}
