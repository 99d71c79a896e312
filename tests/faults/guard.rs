//! Without its guard a run cannot go on; it says so and leaves nothing behind.

use crate::harness::processes::{await_verb, nothing_is_left};
use crate::harness::{Bench, scenario};
use nix::sys::signal::Signal;

#[track_caller]
fn ends_without_its_guard(signal: Signal) {
    let bench = Bench::new();
    let load = "duration = \"5s\"\nrounds = 3\n";
    let more = "transport = { kind = \"unix\" }\n";
    let running = bench.start_scenario(&scenario("\"len32be\"", load, more), &[]);
    await_verb(&bench, "__side", 2);
    await_verb(&bench, "__guard", 1)[0].signal(signal);
    let ran = running.wait();
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(ran.stderr.contains("guard"), "{ran}");
    nothing_is_left(&bench);
}

#[test]
fn a_killed_guard_ends_the_run_with_an_error() {
    ends_without_its_guard(Signal::SIGKILL);
}

#[test]
fn a_terminated_guard_ends_the_run_with_an_error() {
    ends_without_its_guard(Signal::SIGTERM);
}
