//! What is told while rounds are played, where no terminal is.

use crate::harness::{Bench, Ran, plugin_folder, scenario};
use crate::servers::{Failing, GATES, ONCE, play, text};

/// Runs two scenarios of two rounds with these variables and options.
fn run(variables: &[(&str, &str)], options: &[&str]) -> Ran {
    let bench = Bench::new();
    bench.write("first.toml", scenario("\"len32be\"", "rounds = 2\n", ""));
    let second = scenario("\"line\"", "rounds = 2\n", "");
    bench.write("second.toml", second.replace("name = \"test\"", "name = \"second\""));
    let arguments = ["run", "first.toml", "second.toml", "--plugin-dir", plugin_folder()];
    let mut command = bench.command(&[&arguments[..], options].concat());
    command.envs(variables.iter().copied());
    let ran = bench.launch(command).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    ran
}

fn lines(ran: &Ran) -> Vec<&str> {
    ran.stderr.lines().filter(|line| line.starts_with("progress: ")).collect()
}

#[test]
fn lines_hold_nothing_that_a_log_cannot_hold() {
    let ran = run(&[("CI", "true")], &[]);
    let lines = lines(&ran);
    assert!(lines[0].starts_with("progress: test: 0 of 2 rounds, all, round 1"), "{ran}");
    for name in ["test", "second"] {
        let last = format!("progress: {name}: 2 of 2 rounds in ");
        assert_eq!(lines.iter().filter(|line| line.starts_with(&last)).count(), 1, "{ran}");
    }
    assert!(!ran.stderr.contains(['\r', '\u{1b}']), "{ran}");
    assert!(!ran.stderr.contains("::"), "only GitHub has groups: {ran}");
}

#[test]
fn lines_come_where_they_are_asked_for_and_nowhere_else() {
    for variables in [&[][..], &[("CI", "")], &[("CI", "false")], &[("CI", "0")]] {
        let ran = run(variables, &[]);
        assert!(lines(&ran).is_empty(), "{variables:?}: {ran}");
        assert!(!lines(&run(variables, &["--progress", "lines"])).is_empty(), "{variables:?}");
    }
    for options in [&["--progress", "none"][..], &["--progress", "bar"], &["--quiet"]] {
        let ran = run(&[("CI", "1"), ("GITHUB_ACTIONS", "true")], options);
        assert_eq!(ran.stderr, "", "{options:?}: {ran}");
    }
    let quiet = run(&[], &["--quiet", "--progress", "lines"]);
    assert_eq!(quiet.stderr, "", "{quiet}");
}

#[test]
fn on_github_the_lines_of_each_scenario_stand_in_a_group_of_their_own() {
    let ran = run(&[("CI", "true"), ("GITHUB_ACTIONS", "true")], &[]);
    let (mut open, mut groups) = (None, Vec::new());
    for line in ran.stderr.lines() {
        if let Some(name) = line.strip_prefix("::group::") {
            assert_eq!(open.replace(name), None, "{ran}");
        } else if line == "::endgroup::" {
            groups.push(open.take().expect("one is open"));
        } else if line.starts_with("progress: ") {
            assert!(open.is_some(), "{ran}");
        }
    }
    assert_eq!((open, groups), (None, vec!["test", "second"]), "{ran}");
}

#[test]
fn the_reason_of_a_failure_stands_behind_the_group() {
    let bench = crate::servers::bench();
    bench.write("scenario.toml", text(ONCE, "", GATES));
    let mut command = bench.command(&bench.run_arguments(&[]));
    command.env("CI", "true").env("GITHUB_ACTIONS", "true");
    let ran = bench.launch(command).wait();
    assert_eq!(ran.code, Some(100), "{ran}");
    let behind = ran.stderr.split_once("::endgroup::").expect("a group").1;
    assert!(behind.contains("error: test: 1 of 1 cell fails"), "{ran}");
}

#[test]
fn rounds_that_are_played_again_count_on() {
    let options = ["--retries", "1", "--progress", "lines"];
    let (ran, _) = play(ONCE, "rounds = 2\n", GATES, &options);
    let lines = lines(&ran);
    assert!(lines[0].contains(": 0 of 2 rounds"), "{ran}");
    assert!(lines.last().expect("a line").contains(": 4 of 4 rounds in "), "{ran}");
}

#[test]
fn a_paired_run_tells_how_far_it_is() {
    let bench = Bench::new();
    bench.write("scenario.toml", scenario("\"len32be\"", "rounds = 2\n", ""));
    std::fs::create_dir(bench.folder().join("main")).expect("a folder");
    let echo = "libwirebench_echo.so";
    std::fs::copy(
        std::path::Path::new(plugin_folder()).join(echo),
        bench.folder().join("main").join(echo),
    )
    .expect("it can be copied");
    let more = ["--baseline-plugins", "main", "--progress", "lines"];
    let ran = bench.start(&bench.run_arguments(&more)).wait();
    let lines = lines(&ran);
    assert!(lines[0].starts_with("progress: test: 0 of 4 rounds, all"), "{ran}");
    let last = lines.last().expect("a line");
    assert!(last.starts_with("progress: test: ") && last.contains(" rounds in "), "{ran}");
}

#[test]
fn a_round_that_takes_much_longer_than_planned_is_told() {
    let silent = Failing { starts: "1", how: "silent" };
    let load = "duration = \"20ms\"\ntimeout = \"6s\"\n";
    let (ran, _) = play(silent, load, "[expect]\ndone = 0\n", &[]);
    let told =
        ran.stderr.lines().find(|line| line.starts_with("warning: test: all, round 0 took "));
    assert!(told.is_some_and(|line| line.ends_with(" were planned")), "{ran}");
}
