//! Cells on a terminal that are played again, by two builds, or beside what is told meanwhile.

use crate::harness::terminal::{Drawn, Streams, on_a_terminal};
use crate::harness::{Bench, plugin_folder, scenario};
use crate::servers::{Failing, GATES, ONCE, TWO_CELLS, text};
use std::path::Path;

/// Rounds take longer than it takes until something may be drawn again.
const LONG: &str = "duration = \"520ms\"\n";

/// Runs what stands in a bench, and reads what is drawn.
#[track_caller]
fn drawn(bench: &Bench, options: &[&str]) -> (Drawn, Option<i32>) {
    let mut command = bench.command(&bench.run_arguments(options));
    command.env("TERM", "xterm-256color");
    let (screen, code) = on_a_terminal(command, (100, 24), Streams::Error);
    (Drawn::read(&screen, (100, 24)), code)
}

#[test]
fn a_cell_that_is_played_again_begins_anew_and_says_so() {
    let bench = crate::servers::bench();
    bench.write("scenario.toml", text(ONCE, LONG, &format!("{GATES}{TWO_CELLS}")));
    let (drawn, _) = drawn(&bench, &["--retries", "1"]);
    let last = drawn.shown().last().expect("it is drawn");
    let again: Vec<&String> =
        last.iter().filter(|line| line.ends_with("  attempt 2, runs")).collect();
    let [cell] = again[..] else { panic!("one cell is played again: {drawn:?}") };
    assert!(cell.starts_with("> ") && cell.contains(" 0/1 "), "{drawn:?}");
    let other = last[1..3].iter().find(|line| *line != cell).expect("the other");
    assert!(other.contains(" 1/1 ") && other.ends_with("  done"), "{drawn:?}");
    assert!(last[3].contains(" 2/3  ") && last[3].contains(", attempt 2, round 1"), "{drawn:?}");
}

#[test]
fn a_side_that_is_lost_is_told_in_the_line_of_its_cell() {
    let faulty = "{ hook = \"message\", fault = \"panic\", side = \"server\" }";
    let more = format!(
        "handler = {{ plugin = \"faulty\" }}\n\n[matrix]\n\"handler.config\" = [{faulty}, {{}}]\n"
    );
    let bench = Bench::new();
    bench.write(
        "scenario.toml",
        scenario("\"len32be\"", "rounds = 4\nduration = \"520ms\"\n", &more),
    );
    let (drawn, code) = drawn(&bench, &[]);
    assert_eq!(code, Some(100), "{drawn:?}");
    let last = drawn.shown().last().expect("it is drawn");
    let lost = last.iter().any(|line| line.contains(" crashed") && line.contains("panic"));
    let other = last.iter().any(|line| line.contains("  {} ") && !line.contains(" crashed"));
    assert!(lost && other, "{drawn:?}");
}

#[test]
fn a_warning_stands_above_the_cells_which_are_drawn_again_below() {
    let silent = Failing { starts: "1", how: "silent" };
    let load = "duration = \"20ms\"\ntimeout = \"6s\"\n";
    let bench = crate::servers::bench();
    let more = format!("[expect]\ndone = 0\n{TWO_CELLS}");
    bench.write("scenario.toml", text(silent, load, &more));
    let (drawn, _) = drawn(&bench, &[]);
    let told = drawn.printed.lines().next().expect("it is told");
    assert!(told.starts_with("warning: test: ") && told.ends_with(" were planned"), "{drawn:?}");
    let counts: Vec<usize> = drawn.drawings.iter().take(3).map(Vec::len).collect();
    assert_eq!(counts, [4, 0, 4], "drawn, taken away, and drawn again: {drawn:?}");
}

#[test]
fn of_two_builds_both_are_counted_and_the_one_that_runs_is_named() {
    let bench = Bench::new();
    bench.write("scenario.toml", scenario("\"len32be\"", "rounds = 2\nduration = \"520ms\"\n", ""));
    std::fs::create_dir(bench.folder().join("main")).expect("a folder");
    let echo = "libwirebench_echo.so";
    let copy = bench.folder().join("main").join(echo);
    std::fs::copy(Path::new(plugin_folder()).join(echo), copy).expect("it can be copied");
    let (drawn, _) = drawn(&bench, &["--baseline-plugins", "main", "--budget", "1s"]);
    let shown: Vec<&Vec<String>> = drawn.shown().collect();
    assert!(shown[0][1].contains(" 0/4 ") && shown[0][2].contains(" 0/4  "), "{drawn:?}");
    let bars = || shown.iter().map(|lines| &lines[2]);
    assert!(bars().any(|bar| bar.contains("all of the baseline, round ")), "{drawn:?}");
    assert!(bars().any(|bar| bar.contains("all, round ")), "{drawn:?}");
    let pair = shown.iter().any(|lines| lines[1].contains(" 2/4 ") && lines[1].contains("/s "));
    assert!(pair, "{drawn:?}");
}
