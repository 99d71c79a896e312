//! A process that may use one processor only.

use crate::harness::{Bench, Ran, scenario};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// Runs the program on one of the processors that this test may use.
fn on_one_processor(bench: &Bench, arguments: &[&str]) -> Ran {
    // Of this thread, which its children inherit.
    let this = Pid::from_raw(0);
    let all = sched_getaffinity(this).expect("a thread has processors");
    let first = (0..CpuSet::count()).find(|one| all.is_set(*one).unwrap_or(false));
    let mut one = CpuSet::new();
    one.set(first.expect("it may use one")).expect("a number of a processor");
    sched_setaffinity(this, &one).expect("fewer processors can be used");
    let running = bench.start(arguments);
    sched_setaffinity(this, &all).expect("as many as before can be used");
    running.wait()
}

#[test]
fn what_the_scenario_does_not_ask_for_falls_back_and_is_told() {
    let bench = Bench::new();
    let text = scenario("\"len32be\"", "", "cpu = { wait = \"block\" }\n");
    bench.write("scenario.toml", text);
    let ran = on_one_processor(&bench, &bench.run_arguments(&[]));
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("placement same"), "{ran}");
    assert!(ran.stdout.contains("one processor may be used"), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    cell.is_intact();
    let cpu = &cell.0["setup"]["cpu"];
    assert_eq!((&cpu["placement"], &cpu["instead_of"]), (&"same".into(), &"split".into()));
}

#[test]
fn what_the_scenario_asks_for_is_refused_before_anything_starts() {
    let bench = Bench::new();
    let text = scenario("\"len32be\"", "", "cpu = { placement = \"split\" }\n");
    bench.write("scenario.toml", text);
    let folder = crate::harness::plugin_folder();
    for arguments in [
        bench.run_arguments(&[]),
        vec!["check", "scenario.toml", "--plugin-dir", folder],
        vec!["plan", "scenario.toml"],
    ] {
        let ran = on_one_processor(&bench, &arguments);
        assert_eq!(ran.code, Some(104), "{ran}");
        assert!(ran.stderr.contains("scenario.toml:5:21"), "{ran}");
        assert!(ran.stderr.contains("needs two processors"), "{ran}");
        assert!(ran.stdout.is_empty(), "{ran}");
    }
}
