//! Commands get the signals and descriptors that a program expects, whatever the server has done with
//! its own.

use crate::harness::{Bench, scenario};
use crate::is_done;
use std::path::PathBuf;

/// Signals 32 and 33, which the C library keeps to itself.
const OF_THE_C_LIBRARY: u64 = 3 << 31;

/// Runs one script as a command, and returns what it wrote to this file of the bench.
#[track_caller]
fn written(script: &str) -> String {
    let bench = Bench::new();
    let file: PathBuf = bench.folder().join("written");
    let config = format!(
        "commands = {{ it = [\"sh\", \"-c\", \"{script}\"] }}, ask = \"it\", \
         environment = {{ FILE = \"{}\" }}",
        file.display()
    );
    let more = format!("handler = {{ plugin = \"exec\", config = {{ {config} }} }}\n");
    let load = "messages = 1\ntimeout = \"20s\"\n";
    let ran = bench.run(&scenario("\"len32be\"", load, &more), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    is_done(bench.document().cell());
    std::fs::read_to_string(file).expect("it was written")
}

#[test]
fn no_signal_is_blocked_or_ignored() {
    let status = written("cat /proc/self/status >$FILE; echo done");
    for name in ["SigBlk", "SigIgn"] {
        let mask = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":\t"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask, 16).ok());
        assert_eq!(mask.map(|mask| mask & !OF_THE_C_LIBRARY), Some(0), "{name}: {status}");
    }
}

#[test]
fn a_command_can_be_ended_by_another() {
    assert_eq!(written("timeout 0.1 sleep 1000; echo $? >$FILE; echo done"), "124\n");
}

#[test]
fn only_the_standard_streams_are_open() {
    // The last is the listing itself.
    assert_eq!(written("ls /proc/self/fd >$FILE; echo done"), "0\n1\n2\n3\n");
}

#[test]
fn no_core_of_a_side_or_a_command_is_written() {
    assert_eq!(
        written("ulimit -c >$FILE; grep -c core.*0.*bytes /proc/$PPID/limits >>$FILE; echo done"),
        "0\n1\n"
    );
}
