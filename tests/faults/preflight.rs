//! What a machine has too little of for so many connections is told before the first of them is opened.

use super::refused::{command, run_after, says};
use crate::harness::{Bench, scenario};

const LIMITED: &str = "ulimit -Sn 100; ulimit -Hn 400";

#[test]
fn too_few_open_files_are_told_with_both_numbers_before_anything_is_started() {
    let text = scenario("\"len32be\"", "connections = 500\nmessages = 500\n", "");
    let ran = run_after(LIMITED, &text, &[]);
    says(&ran, &["open files a side, and there are 400", "ulimit -Hn", "`load.connections`"]);
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(!ran.stdout.contains("round"), "nothing was played: {ran}");
}

#[test]
fn as_many_connections_as_the_hard_limit_allows_are_opened_whatever_the_soft_one_is() {
    let text = scenario("\"len32be\"", "connections = 350\nmessages = 700\n", "");
    let ran = run_after(LIMITED, &text, &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
}

#[test]
fn of_many_cells_the_one_that_needs_most_is_named_and_a_filter_leaves_it_out() {
    let matrix = "[matrix]\n\"load.connections\" = [1, 500, 700]\n";
    let text = scenario("\"len32be\"", "messages = 700\n", matrix);
    let ran = run_after(LIMITED, &text, &[]);
    says(&ran, &["load.connections=700 (and 1 more)"]);
    let ran = run_after(LIMITED, &text, &["--filter", "load.connections=1"]);
    assert_eq!(ran.code, Some(0), "{ran}");
}

#[test]
fn a_plan_tells_what_many_connections_need_and_what_is_lacking() {
    let bench = Bench::new();
    let text = scenario("\"len32be\"", "connections = 2_000\nmessages = 2_000\n", "");
    bench.write("scenario.toml", text);
    let ran = bench.launch(command(&bench, LIMITED, &["plan", "scenario.toml"])).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    for part in ["  needs   ", "open files a side of 400", "soft limit, which is 100", "  lacks   "]
    {
        assert!(ran.stdout.contains(part), "{part}: {ran}");
    }
}
