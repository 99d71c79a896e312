//! A plugin shares the process of its side, and with it the line to the supervisor. What it writes
//! there costs its round, and neither hangs the supervisor nor leads it astray.

use crate::harness::processes::nothing_is_left;
use crate::harness::{Bench, ENDS_AT_ALL, Ran, scenario};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::time::{Duration, Instant};

fn faulty(fault: &str, side: &str, load: &str) -> String {
    let config =
        format!("config = {{ hook = \"open\", fault = \"{fault}\", side = \"{side}\" }}\n");
    scenario("\"len32be\"", load, &format!("[handler]\nplugin = \"faulty\"\n{config}"))
}

/// All rounds crash, each for that reason, and the run goes on.
#[track_caller]
fn costs_the_round(fault: &str, side: &str, told: &str) -> Ran {
    let bench = Bench::new();
    let ran = bench.run(&faulty(fault, side, "duration = \"100ms\"\nrounds = 2\n"), &[]);
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let crashes = document.cell().list("crashes").to_vec();
    assert_eq!(crashes.len(), 2, "{ran}");
    for crash in crashes {
        assert_eq!(crash["side"], side, "{crash}");
        assert!(crash["how"].as_str().is_some_and(|how| how.contains(told)), "{told}: {crash}");
    }
    nothing_is_left(&bench);
    ran
}

const WROTE: &str = "wrote to the line between it and the supervisor";

#[test]
fn what_is_no_word_costs_the_round() {
    costs_the_round("babble", "client", WROTE);
    costs_the_round("babble", "server", WROTE);
}

#[test]
fn words_of_the_other_side_cost_the_round_however_many_they_are() {
    costs_the_round("forge", "server", WROTE);
    costs_the_round("forge", "client", WROTE);
}

#[test]
fn a_client_is_not_sent_to_another_machine() {
    let bench = Bench::new();
    // Before the side itself has said where it listens.
    let config = "config = { hook = \"new\", fault = \"misdirect\", side = \"server\" }\n";
    let handler = format!("[handler]\nplugin = \"faulty\"\n{config}");
    let ran = bench.run(&scenario("\"len32be\"", "duration = \"100ms\"\n", &handler), &[]);
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let how = document.cell().list("crashes")[0]["how"].to_string();
    assert!(how.contains("192.0.2.1:9, which is not its place"), "{how}");
    nothing_is_left(&bench);
}

#[test]
fn ctrl_c_is_heard_while_a_plugin_talks_without_end() {
    let bench = Bench::new();
    let running = bench.start_scenario(&faulty("forge", "server", "rounds = 10000\n"), &[]);
    let begun = Instant::now();
    while crate::supervisor::journal_of(&bench).is_none() {
        assert!(begun.elapsed() < ENDS_AT_ALL, "no round begins");
        std::thread::sleep(Duration::from_millis(3));
    }
    kill(Pid::from_raw(running.pid()), Signal::SIGINT).expect("the program runs");
    assert_eq!(running.wait().code, Some(105));
    nothing_is_left(&bench);
}

#[test]
fn a_plugin_that_kills_its_process_group_kills_its_side_alone() {
    let bench = Bench::new();
    let ran = bench.run(&faulty("kill-group", "server", "duration = \"100ms\"\nrounds = 2\n"), &[]);
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let crashes = document.cell().list("crashes");
    assert_eq!(crashes.len(), 2, "the run goes on: {ran}");
    assert!(crashes.iter().all(|crash| crash["side"] == "server"), "{crashes:?}");
    nothing_is_left(&bench);
}
