//! Memory stays flat, however large a file is.

use super::{counted, run, scenario};
use crate::harness::Cell;

const SIDES: [&str; 2] = ["/cpu/client_peak_memory_bytes", "/cpu/server_peak_memory_bytes"];

/// The most that either side needed.
#[track_caller]
fn peak(direction: &str, size: &str) -> f64 {
    let config = format!("do = \"{direction}\", file = {{ size = \"{size}\", sparse = true }}");
    peak_of("\"len32be\"", &config)
}

#[track_caller]
fn peak_of(framing: &str, config: &str) -> f64 {
    let (_, ran, document) = run(&scenario(framing, "messages = 1\n", config, ""), |_| {});
    assert_eq!(ran.code, Some(0), "{ran}");
    let cell: Cell<'_> = document.cell();
    assert!(cell.done() == 1 && counted(cell, "files") > 0, "{}", cell.complaints());
    SIDES.iter().map(|side| cell.number(side)).fold(0.0, f64::max)
}

#[test]
fn a_file_needs_no_more_memory_than_a_small_one() {
    for direction in ["upload", "download"] {
        let (small, large) = (peak(direction, "8 MiB"), peak(direction, "128 MiB"));
        assert!(large < small * 1.3 + 4e6, "{direction}: {small} bytes, then {large}");
    }
}

#[test]
fn bytes_behind_a_header_need_no_more_memory_than_few() {
    let framing = "{ request = \"json-stream\", reply = \"line\" }";
    let peak = |size: &str| {
        let file = format!("file = {{ size = \"{size}\", sparse = true }}");
        peak_of(framing, &format!("keys = {{ size = \"filesize\" }}, go-ahead = \"ok\", {file}"))
    };
    let (small, large) = (peak("8 MiB"), peak("128 MiB"));
    assert!(large < small * 1.3 + 4e6, "{small} bytes, then {large}");
}

#[test]
#[ignore = "slow: eight gigabytes through a debug build"]
fn four_gigabytes_need_less_than_64_mebibytes_a_side() {
    for direction in ["upload", "download"] {
        let peak = peak(direction, "4 GiB");
        assert!(peak < f64::from(64 << 20), "{direction}: {peak} bytes");
    }
}
