//! The supervisor is killed at any moment: nothing outlives it, and the journal is readable.

use crate::harness::processes::{await_verb, nothing_is_left, of};
use crate::harness::{Bench, scenario};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::PathBuf;
use std::time::Duration;
use wirebench::result::journal;

const ROUNDS: &str = "duration = \"60ms\"\nrounds = 1000\nin-flight = 4\n";

pub(crate) fn journal_of(bench: &Bench) -> Option<PathBuf> {
    let runs = std::fs::read_dir(bench.out().join("test")).ok()?;
    let mut found = runs.flatten().map(|run| run.path().join("journal.jsonl"));
    found.find(|path| path.exists() && !path.parent().is_some_and(|run| run.ends_with("latest")))
}

#[track_caller]
fn killed_after(transport: &str, delay: Duration) -> Bench {
    let bench = Bench::new();
    let more = format!("transport = {{ kind = \"{transport}\" }}\n");
    let running = bench.start_scenario(&scenario("\"len32be\"", ROUNDS, &more), &[]);
    std::thread::sleep(delay);
    kill(Pid::from_raw(running.pid()), Signal::SIGKILL).expect("the program runs");
    assert_eq!(running.wait().code, None);
    nothing_is_left(&bench);
    bench
}

#[test]
fn nothing_outlives_a_supervisor_that_is_killed_at_any_moment() {
    for (step, transport) in ["unix", "tcp", "seqpacket"].into_iter().cycle().take(12).enumerate() {
        let bench = killed_after(transport, Duration::from_millis(step as u64 * 23));
        if let Some(path) = journal_of(&bench) {
            // Killed between the file and its header, there is nothing to read.
            if std::fs::metadata(&path).is_ok_and(|file| file.len() > 0) {
                journal::read(&path).unwrap_or_else(|error| panic!("after step {step}: {error}"));
            }
        }
    }
}

#[test]
fn the_journal_of_a_killed_run_holds_every_round_that_was_over() {
    let bench = Bench::new();
    let running = bench.start_scenario(&scenario("\"len32be\"", ROUNDS, ""), &[]);
    let begun = std::time::Instant::now();
    let lines = loop {
        let text = journal_of(&bench).and_then(|path| std::fs::read_to_string(path).ok());
        let lines = text.map_or(0, |text| text.matches('\n').count());
        if lines >= 4 {
            break lines;
        }
        assert!(begun.elapsed() < crate::harness::ENDS_AT_ALL, "no rounds were journaled");
        std::thread::sleep(Duration::from_millis(5));
    };
    kill(Pid::from_raw(running.pid()), Signal::SIGKILL).expect("the program runs");
    running.wait();
    let kept = journal::read(&journal_of(&bench).expect("a journal")).expect("it is readable");
    // The first line is the header.
    assert!(kept.rounds.len() >= lines - 1, "{} rounds of {lines} lines", kept.rounds.len());
    nothing_is_left(&bench);
}

#[test]
fn nothing_outlives_a_supervisor_and_a_guard_that_are_killed_together() {
    let bench = Bench::new();
    let running = bench.start_scenario(&scenario("\"len32be\"", ROUNDS, ""), &[]);
    await_verb(&bench, "__side", 2);
    let guard = await_verb(&bench, "__guard", 1).remove(0);
    guard.signal(Signal::SIGKILL);
    kill(Pid::from_raw(running.pid()), Signal::SIGKILL).expect("the program runs");
    running.wait();
    // Nobody is left who could remove files; the processes must be gone all the same.
    let begun = std::time::Instant::now();
    while !of(&bench).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(10), "left: {:?}", of(&bench));
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Kills the supervisor while the faulty plugin does its worst; `seen` says that it has begun.
#[track_caller]
fn killed_while(fault: &str, hook: &str, seen: impl Fn(&Bench) -> bool) {
    let bench = Bench::new();
    let more = format!(
        "[handler]\nplugin = \"faulty\"\n\
         config = {{ hook = \"{hook}\", fault = \"{fault}\", side = \"server\" }}\n"
    );
    let load = "duration = \"1 min\"\nhook-timeout = \"5 min\"\n";
    let running = bench.start_scenario(&scenario("\"len32be\"", load, &more), &[]);
    await_verb(&bench, "__side", 2);
    let begun = std::time::Instant::now();
    while !seen(&bench) {
        assert!(begun.elapsed() < crate::harness::ENDS_AT_ALL, "{fault} was never seen");
        std::thread::sleep(Duration::from_millis(5));
    }
    kill(Pid::from_raw(running.pid()), Signal::SIGKILL).expect("the program runs");
    running.wait();
    nothing_is_left(&bench);
}

#[test]
fn a_plugin_in_an_endless_loop_does_not_outlive_the_supervisor() {
    let begun = std::time::Instant::now();
    killed_while("hang", "message", |_| begun.elapsed() > Duration::from_millis(300));
}

#[test]
fn a_process_that_a_plugin_left_behind_does_not_outlive_the_supervisor() {
    killed_while("leak", "open", |bench| of(bench).iter().any(|one| one.verb() == "600"));
}
