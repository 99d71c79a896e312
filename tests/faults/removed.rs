//! A run removes what it has made, and nothing that took its place.

use crate::harness::processes::{await_verb, of};
use crate::harness::{Bench, ENDS_AT_ALL, Ran, scenario};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::time::{Duration, Instant};

const LOAD: &str = "duration = \"100ms\"\n";

/// A folder that looks like a run's own, from the inside.
fn precious(bench: &Bench) {
    let folder = bench.folder().join("precious");
    for inside in ["server", "client"] {
        std::fs::create_dir_all(folder.join(inside)).expect("a folder");
        std::fs::write(folder.join(inside).join("file"), "mine").expect("a file");
    }
    std::fs::write(folder.join("server.sock"), "mine").expect("a file");
}

/// Everything precious is there, and of the run only the link that a plugin has made.
#[track_caller]
fn stays(bench: &Bench) {
    for name in ["server/file", "client/file", "server.sock"] {
        let content = std::fs::read(bench.folder().join("precious").join(name));
        assert_eq!(content.ok().as_deref(), Some(&b"mine"[..]), "{name}");
    }
    let begun = Instant::now();
    loop {
        let entries = std::fs::read_dir(bench.temporary()).expect("the folder is there").flatten();
        let left: Vec<_> = entries.filter(|entry| !entry.path().is_symlink()).collect();
        if left.is_empty() && of(bench).is_empty() {
            return;
        }
        assert!(begun.elapsed() < ENDS_AT_ALL, "left: {left:?}, {:?}", of(bench));
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn swapping(load: &str) -> String {
    let config = "config = { hook = \"open\", fault = \"swap-folder\", side = \"server\" }\n";
    scenario("\"len32be\"", load, &format!("[handler]\nplugin = \"faulty\"\n{config}"))
}

#[test]
fn a_link_in_the_place_of_the_runs_folder_is_not_followed() {
    let bench = Bench::new();
    precious(&bench);
    let ran: Ran = bench.run(&swapping(LOAD), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(std::fs::read_dir(bench.temporary()).expect("it is there").count() == 1, "a link");
    stays(&bench);
}

#[test]
fn nor_is_it_when_the_supervisor_is_killed() {
    let bench = Bench::new();
    precious(&bench);
    let running = bench.start_scenario(&swapping("duration = \"20s\"\n"), &[]);
    await_verb(&bench, "__side", 2);
    let moved = || {
        let entries = std::fs::read_dir(bench.temporary()).expect("the folder is there").flatten();
        entries.into_iter().any(|entry| entry.path().is_symlink())
    };
    let begun = Instant::now();
    while !moved() {
        assert!(begun.elapsed() < ENDS_AT_ALL, "the folder was never moved");
        std::thread::sleep(Duration::from_millis(3));
    }
    kill(Pid::from_raw(running.pid()), Signal::SIGKILL).expect("the program runs");
    running.wait();
    stays(&bench);
}

#[test]
fn what_stands_in_the_place_of_the_latest_link_stays_and_no_other_link_is_left() {
    let bench = Bench::new();
    let taken = bench.out().join("test/latest/mine");
    std::fs::create_dir_all(&taken).expect("a folder");
    let ran = bench.run(&scenario("\"len32be\"", LOAD, ""), &[]);
    assert!(ran.stderr.contains("not kept whole"), "{ran}");
    assert!(taken.is_dir());
    let runs = std::fs::read_dir(bench.out().join("test")).expect("it is there").flatten();
    for run in runs.map(|run| run.path()).filter(|path| !path.ends_with("latest")) {
        assert!(run.join("result.json").is_file(), "{} is no run", run.display());
        assert!(run.join(".latest").symlink_metadata().is_err(), "{}", run.display());
    }
}
