//! A side that is killed costs its round and nothing else.

use crate::harness::processes::{await_verb, nothing_is_left};
use crate::harness::{Bench, scenario};
use nix::sys::signal::Signal;

/// Long rounds, so that a test has time to interfere.
const LONG: &str = "duration = \"700ms\"\nrounds = 2\nin-flight = 4\n";

#[track_caller]
fn a_killed_side_costs_one_round(which: usize, signal: Signal) {
    let bench = Bench::new();
    let more = "transport = { kind = \"unix\" }\n\n[matrix]\nframing = [\"len32be\", \"line\"]\n";
    let text = scenario("\"raw\"", LONG, more).replace("framing = \"raw\"\n", "");
    let running = bench.start_scenario(&text, &[]);
    let sides = await_verb(&bench, "__side", 2);
    std::thread::sleep(std::time::Duration::from_millis(150));
    sides[which].signal(signal);
    let ran = running.wait();
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let mut crashes = Vec::new();
    let mut finished = 0;
    for cell in document.cells() {
        crashes.extend(cell.list("crashes").iter().cloned());
        let rounds = cell.list("rounds").iter();
        finished += rounds.filter(|round| round["outcome"] == "finished").count();
    }
    assert_eq!((crashes.len(), finished), (1, 3), "{ran}");
    let how = crashes[0]["how"].as_str().expect("how it ended");
    assert!(how.contains(signal.as_str()), "{how}");
    assert_eq!(crashes[0]["plugin"], "echo");
    assert!(ran.stdout.contains(signal.as_str()), "{ran}");
    nothing_is_left(&bench);
}

#[test]
fn a_killed_server_costs_one_round() {
    a_killed_side_costs_one_round(0, Signal::SIGKILL);
}

#[test]
fn a_killed_client_costs_one_round() {
    a_killed_side_costs_one_round(1, Signal::SIGKILL);
}

#[test]
fn an_aborted_side_costs_one_round() {
    a_killed_side_costs_one_round(0, Signal::SIGABRT);
}

#[test]
fn a_stopped_side_is_given_up_and_the_run_goes_on() {
    // A side that is stopped outside of its hooks says nothing; only the time limit of a round
    // notices, so this one ends by an interrupt instead.
    let bench = Bench::new();
    let running = bench.start_scenario(&scenario("\"len32be\"", LONG, ""), &[]);
    let sides = await_verb(&bench, "__side", 2);
    sides[0].signal(Signal::SIGSTOP);
    std::thread::sleep(std::time::Duration::from_millis(100));
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(running.pid()), Signal::SIGINT)
        .expect("the program runs");
    let ran = running.wait();
    assert_eq!(ran.code, Some(105), "{ran}");
    nothing_is_left(&bench);
}
