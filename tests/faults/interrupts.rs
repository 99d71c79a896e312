//! Ctrl-C: what is finished is reported and kept.

use crate::harness::processes::{await_verb, nothing_is_left};
use crate::harness::{Bench, scenario};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

#[track_caller]
fn keeps_what_is_finished(signal: Signal) {
    let bench = Bench::new();
    let load = "duration = \"40ms\"\nrounds = 10000\n";
    let running = bench.start_scenario(&scenario("\"len32be\"", load, ""), &[]);
    // Two rounds at least are over when a third pair of sides is seen.
    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < 6 {
        seen.extend(await_verb(&bench, "__side", 1).iter().map(|side| side.pid));
    }
    kill(Pid::from_raw(running.pid()), signal).expect("the program runs");
    let ran = running.wait();
    assert_eq!(ran.code, Some(105), "{ran}");
    assert!(ran.stderr.contains("interrupted"), "{ran}");
    assert!(ran.stdout.contains("100 %"), "the table is printed: {ran}");
    assert!(ran.stdout.contains("interrupted before its end"), "{ran}");
    let document = bench.document();
    assert_eq!(document.0["interrupted"], true);
    assert_eq!(document.0["verdict"], "inconclusive");
    let rounds = document.cell().list("rounds").len();
    assert!((2..10_000).contains(&rounds), "{rounds} rounds");
    assert!(bench.out().join("test/latest/result.json").is_file());
    nothing_is_left(&bench);
}

#[test]
fn ctrl_c_keeps_the_finished_rounds() {
    keeps_what_is_finished(Signal::SIGINT);
}

#[test]
fn sigterm_keeps_the_finished_rounds() {
    keeps_what_is_finished(Signal::SIGTERM);
}

#[test]
fn ctrl_c_in_the_first_round_leaves_an_empty_result_and_no_process() {
    let bench = Bench::new();
    let running = bench.start_scenario(&scenario("\"len32be\"", "duration = \"30s\"\n", ""), &[]);
    await_verb(&bench, "__side", 2);
    kill(Pid::from_raw(running.pid()), Signal::SIGINT).expect("the program runs");
    let ran = running.wait();
    assert_eq!(ran.code, Some(105), "{ran}");
    assert!(bench.document().cell().list("rounds").is_empty());
    nothing_is_left(&bench);
}
