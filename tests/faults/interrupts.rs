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
    let document = bench.document();
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
fn ctrl_c_while_the_sides_start_leaves_no_process() {
    let bench = Bench::new();
    let running = bench.start_scenario(&scenario("\"len32be\"", "duration = \"30s\"\n", ""), &[]);
    await_verb(&bench, "__side", 2);
    kill(Pid::from_raw(running.pid()), Signal::SIGINT).expect("the program runs");
    let ran = running.wait();
    assert_eq!(ran.code, Some(105), "{ran}");
    // Its only round had begun, or it had not.
    let document = bench.document();
    for round in document.cell().list("rounds") {
        assert_eq!(round["load_end"], "interrupted", "{round}");
    }
    nothing_is_left(&bench);
}

/// A server under `len32be` that leaves a file when it has answered 20 messages.
const TELLS: &str = "
import socket, struct, sys
peer = socket.create_server(('127.0.0.1', int(sys.argv[1]))).accept()[0]
file, count = peer.makefile('rwb'), 0
while header := file.read(4):
    file.write(header + file.read(struct.unpack('>I', header)[0])); file.flush()
    count += 1
    if count == 20:
        open('answered', 'w').close()
";

#[test]
fn a_round_that_is_interrupted_reports_what_it_had() {
    let bench = Bench::new();
    bench.write("server.py", TELLS);
    let more = "[server]\ncommand = [\"python3\", \"server.py\", \"{port}\"]\n";
    let text = scenario("\"len32be\"", "duration = \"10min\"\nwarmup = \"0ms\"\n", more);
    let mut running = bench.start_scenario(&text, &[]);
    let answered = bench.folder().join("answered");
    while !answered.exists() {
        assert!(!running.has_ended(), "{}", running.wait());
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    kill(Pid::from_raw(running.pid()), Signal::SIGINT).expect("the program runs");
    let ran = running.wait();
    assert_eq!(ran.code, Some(105), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    assert_eq!(cell.list("rounds")[0]["load_end"], "interrupted", "{ran}");
    assert!(cell.count("/exchanges/completed") >= 19, "{ran}");
    assert_eq!(cell.count("/exchanges/unanswered"), 0, "what was under way was drained: {ran}");
    assert_eq!(cell.verdict(), "inconclusive", "{ran}");
    nothing_is_left(&bench);
}
