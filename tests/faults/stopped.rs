//! A side that is stopped for a while: of the server that is measured, of the client it invalidates the round.

use crate::harness::processes::await_verb;
use crate::harness::{Bench, Ran, scenario};
use nix::sys::signal::Signal;
use std::time::Duration;

/// One side of an open loop is stopped for that long in the middle of its only round.
fn stopped(which: usize, lasts: Duration) -> (Ran, Bench) {
    let load = "model = \"open\"\nrate = \"1k/s\"\nin-flight = 8\nduration = \"2s\"\nrounds = 1\n\
                timeout = \"10s\"\ndrain = \"5s\"\n";
    let bench = Bench::new();
    let running = bench.start_scenario(&scenario("\"len32be\"", load, ""), &[]);
    let sides = await_verb(&bench, "__side", 2);
    std::thread::sleep(Duration::from_millis(600));
    sides[which].signal(Signal::SIGSTOP);
    std::thread::sleep(lasts);
    sides[which].signal(Signal::SIGCONT);
    (running.wait(), bench)
}

#[test]
fn a_server_that_is_stopped_is_measured() {
    let (ran, bench) = stopped(0, Duration::from_millis(700));
    let document = bench.document();
    let cell = document.cell();
    // Everything that was due in the meantime has waited for it.
    assert!(cell.number("/latency_ns/max") > 600e6, "{ran}");
    assert!(cell.number("/latency_ns/p90") > 100e6, "{ran}");
    assert_eq!(cell.count("/open/dropped"), 0, "{ran}");
    assert_eq!(cell.done(), cell.count("/open/planned"), "{ran}");
}

#[test]
fn a_client_that_is_stopped_invalidates_the_round_and_says_so() {
    let (ran, bench) = stopped(1, Duration::from_millis(900));
    let document = bench.document();
    let cell = document.cell();
    assert_eq!(cell.verdict(), "inconclusive", "{ran}");
    let notes = cell.0["notes"].to_string();
    assert!(notes.contains("the client did not run for more than 500 ms"), "{notes}");
    // Its books balance all the same.
    assert_eq!(cell.count("/open/planned"), 2_000, "{ran}");
}
