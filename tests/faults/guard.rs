//! Without its guard a run cannot go on; it says so, reports what was measured before, and leaves
//! nothing behind.

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
    assert_eq!(ran.code, Some(100), "{ran}");
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

#[test]
fn what_was_measured_before_the_guard_was_gone_is_reported() {
    let bench = Bench::new();
    let load = "duration = \"100ms\"\nrounds = 200\n";
    let more = "transport = { kind = \"unix\" }\n";
    let running = bench.start_scenario(&scenario("\"len32be\"", load, more), &[]);
    // The first line of a journal is about the run.
    let lines = || {
        let run = std::fs::read_dir(bench.out().join("test")).ok()?.next()?.ok()?;
        Some(std::fs::read_to_string(run.path().join("journal.jsonl")).ok()?.lines().count())
    };
    let begun = std::time::Instant::now();
    while lines().unwrap_or(0) < 3 {
        assert!(begun.elapsed() < crate::harness::ENDS_AT_ALL, "no round ends");
        std::thread::sleep(std::time::Duration::from_millis(3));
    }
    await_verb(&bench, "__guard", 1)[0].signal(Signal::SIGKILL);
    let ran = running.wait();
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    let rounds = cell.list("rounds");
    let (last, before) = rounds.split_last().expect("rounds were run");
    assert!(before.len() >= 2 && before.iter().all(|round| round["outcome"] == "finished"));
    assert_eq!(last["outcome"], "failed");
    assert!(last["error"].as_str().is_some_and(|error| error.contains("guard")), "{last}");
    assert!(cell.done() > 0);
    nothing_is_left(&bench);
}

/// A plugin of the server's side does something to the guard.
#[track_caller]
fn survives(fault: &str) {
    let bench = Bench::new();
    let config =
        format!("config = {{ hook = \"open\", fault = \"{fault}\", side = \"server\" }}\n");
    let handler = format!("[handler]\nplugin = \"faulty\"\n{config}");
    let load = "duration = \"100ms\"\nrounds = 3\n";
    let ran = bench.run(&scenario("\"len32be\"", load, &handler), &[]);
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(ran.stderr.contains("guard"), "{ran}");
    nothing_is_left(&bench);
}

#[test]
fn a_guard_that_a_plugin_stops_is_given_up() {
    survives("stop-guard");
}

#[test]
fn what_a_plugin_has_left_behind_ends_though_the_guard_is_killed() {
    survives("kill-guard");
}

#[test]
fn ctrl_c_is_heard_while_the_guard_is_stopped() {
    let bench = Bench::new();
    let load = "duration = \"10min\"\n";
    let running = bench.start_scenario(&scenario("\"len32be\"", load, ""), &[]);
    await_verb(&bench, "__side", 2);
    await_verb(&bench, "__guard", 1)[0].signal(Signal::SIGSTOP);
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(running.pid()), Signal::SIGINT)
        .expect("the program runs");
    let ran = running.wait();
    assert!(matches!(ran.code, Some(100 | 105)), "{ran}");
    nothing_is_left(&bench);
}
