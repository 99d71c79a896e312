//! Several at the same time: who removes, and who writes.

use crate::harness::{Bench, side_by_side};
use crate::made::{IDS, folder, left, made_all, made_paired, point_latest, ran, runs};
use std::process::Stdio;

#[test]
fn several_who_remove_the_same_runs_do_not_get_in_each_others_way() {
    let bench = Bench::new();
    let scenarios: Vec<String> = (0..20).map(|number| format!("s{number}")).collect();
    for scenario in &scenarios {
        IDS.iter().for_each(|id| drop(made_paired(&bench, scenario, id)));
        point_latest(&bench, scenario, IDS[4]);
    }
    side_by_side(0..4, |_| {
        let prune =
            bench.command(&["runs", "prune", "--keep", "2"]).stderr(Stdio::piped()).output();
        let prune = prune.expect("the program starts");
        let said = String::from_utf8_lossy(&prune.stderr).into_owned();
        assert_eq!(prune.status.code(), Some(0), "{said}");
        assert!(said.is_empty(), "{said}");
    });
    for scenario in &scenarios {
        assert_eq!(left(&bench, scenario), IDS[3..], "{scenario}");
    }
}

#[test]
fn a_run_is_not_disturbed_by_who_removes_all_that_may_be_removed() {
    let bench = Bench::new();
    made_all(&bench, "test");
    bench.write(
        "scenario.toml",
        crate::harness::scenario("\"len32be\"", "messages = 10\nrounds = 20", ""),
    );
    let plugins = crate::harness::plugin_folder();
    let mut running = bench.start(&["run", "scenario.toml", "--plugin-dir", plugins]);
    let mut pruned = 0;
    while !running.has_ended() {
        let prune = bench.command(&["runs", "prune", "--keep", "1"]).output();
        assert_eq!(prune.expect("the program starts").status.code(), Some(0));
        pruned += 1;
    }
    let ended = running.wait();
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(pruned > 0);
    assert!(folder(&bench, "test", "latest/result.json").is_file(), "{ended}");
    let reported = runs(&bench, &["show", "test"]);
    assert_eq!(reported.code, Some(0), "{reported}");
}

#[test]
fn a_run_under_way_is_listed_as_such_and_stays() {
    let bench = Bench::new();
    let forever = crate::harness::scenario("\"len32be\"", "duration = \"60s\"", "");
    bench.write("long.toml", forever.replace("\"test\"", "\"long\""));
    let plugins = crate::harness::plugin_folder();
    let mut command = bench.command(&["run", "long.toml", "--plugin-dir", plugins, "--quiet"]);
    let mut running =
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    crate::harness::processes::await_verb(&bench, "__side", 2);
    let listed = runs(&bench, &["list"]);
    assert!(listed.stdout.contains("running"), "{listed}");
    // A newer run of the scenario, so that the one under way would go.
    made_all(&bench, "long");
    let newer = crate::made::made(&bench, "long", "29990101T000000Z");
    point_latest(&bench, "long", "29990101T000000Z");
    let pruned = runs(&bench, &["prune", "--keep", "1"]);
    assert_eq!(pruned.code, Some(0), "{pruned}");
    assert!(pruned.stdout.contains("it is being written"), "{pruned}");
    assert!(newer.is_dir() && left(&bench, "long").is_empty(), "{pruned}");
    nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(running.id() as i32),
        nix::sys::signal::Signal::SIGINT,
    )
    .expect("it runs");
    assert_eq!(running.wait().expect("it ends").code(), Some(105));
    // It has ended, and so `latest` points to it; after another run it may go.
    let again = ran(&bench, &[]);
    assert_eq!(again.code, Some(0), "{again}");
}
