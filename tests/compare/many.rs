//! Results with many cells are read one cell at a time: memory holds figures, not documents.

use crate::harness::Bench;
use crate::sample::{Sample, document, scenario};
use std::fs;
use std::process::Command;
use std::time::Instant;
use wirebench::report::json;

const FRAMINGS: [&str; 4] = ["line", "len32be", "varint", "cobs"];
const PAYLOADS: u64 = 250;

/// All that the process may map, in KiB: its program, its stacks and 200 MiB.
const MOST_KIB: u64 = (200 << 10) + (100 << 10);

/// A result with a thousand cells.
fn write(bench: &Bench, name: &str, latency_ns: u64) {
    let payloads: Vec<u64> = (1..=PAYLOADS).collect();
    let scenario = scenario(&FRAMINGS, &payloads);
    let rounds: Vec<_> = (0..scenario.cells.len())
        .map(|cell| Sample::intact(2_000, 64, 1, latency_ns + cell as u64).round(cell, 0))
        .collect();
    bench.write(name, json(&document(&scenario, &rounds)));
}

#[test]
fn two_results_of_a_thousand_cells_are_compared_in_little_memory() {
    let bench = Bench::new();
    write(&bench, "old.json", 20_000);
    write(&bench, "new.json", 20_200);
    let size = fs::metadata(bench.folder().join("old.json")).expect("it is there").len();
    let program = env!("CARGO_BIN_EXE_wirebench");
    let bounded = format!(
        "ulimit -v {MOST_KIB}; exec {program} compare --json out.json old.json -- new.json"
    );
    let mut command = Command::new("sh");
    command.args(["-c", &bounded]).current_dir(bench.folder());
    let begun = Instant::now();
    let ran = bench.launch(command).wait();
    eprintln!("two results of {} KiB each: {:?}", size >> 10, begun.elapsed());
    assert_eq!(ran.code, Some(106), "{ran}");
    let text = fs::read_to_string(bench.folder().join("out.json")).expect("it is written");
    assert_eq!(text.matches("\"id\": \"framing=").count(), 1_000);
}
