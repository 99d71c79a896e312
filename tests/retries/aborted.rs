//! Runs that end at the first certain failure.

use crate::harness::{Bench, plugin_folder, scenario};
use crate::servers::{
    Failing, GATES, ONCE, TWO_CELLS, bench, play, starts, text, the_journal_gives_the_same,
};

/// Three rounds of two cells: the server is started six times if nothing ends the run.
const ROUNDS: &str = "rounds = 3\n";

/// The run ends after so many rounds with this code, says why, and its journal says the same.
#[track_caller]
fn ends_after(failing: Failing, rounds: usize, gates: &str, says: &str) {
    let more = format!("{TWO_CELLS}{gates}");
    let (ran, bench) = play(failing, ROUNDS, &more, &["--abort-on-fail"]);
    assert_eq!(ran.code, Some(100), "{ran}");
    assert_eq!(starts(&bench), rounds, "{ran}");
    assert!(ran.stderr.contains(says), "`{says}`: {ran}");
    let left = format!("{} of its 6 rounds were not played", 6 - rounds);
    assert!(ran.stderr.contains(&left), "`{left}`: {ran}");
    let document = bench.document();
    assert_eq!(document.0["aborted"], true);
    let stopped = document.0["stopped"].as_str().expect("it says why");
    assert!(stopped.contains(says) && stopped.contains("no later round can mend"), "{stopped}");
    assert!(ran.stdout.contains("stopped early: "), "{ran}");
    the_journal_gives_the_same(&bench, &ran);
}

#[test]
fn a_share_that_must_be_all_ends_the_run() {
    ends_after(Failing { starts: "2", how: "wrong" }, 2, GATES, "done is 0 %, the limit is 100%");
}

#[test]
fn a_count_that_is_too_high_ends_the_run() {
    ends_after(ONCE, 1, "[expect]\ndone = \">= 1\"\nreply.corrupted = 0\n", "the limit is 0");
    ends_after(ONCE, 1, "[expect]\nreply.corrupted = \"<= 39\"\n", "the limit is <= 39");
}

#[test]
fn a_crash_ends_the_run() {
    ends_after(Failing { starts: "3", how: "exit" }, 3, "", "exited with status 3");
}

#[test]
fn a_round_that_cannot_be_run_ends_the_run() {
    let bench = Bench::new();
    let more = format!(
        "handler = {{ plugin = \"echo\", config = {{ verify = true }} }}\n\n\
         [server]\ncommand = [\"python3\", \"-c\", \"import time; time.sleep(60)\", \"{{port}}\"]\n\
         start-timeout = \"300ms\"\n{TWO_CELLS}"
    );
    let text = scenario("\"len32be\"", "rounds = 2\nmessages = 40\n", &more);
    let ran = bench.run(&text, &["--abort-on-fail"]);
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(ran.stderr.contains("3 of its 4 rounds were not played"), "{ran}");
    assert_eq!(bench.document().0["aborted"], true);
    the_journal_gives_the_same(&bench, &ran);
}

#[test]
fn a_limit_on_cost_that_only_the_worst_round_decides_ends_the_run_with_99() {
    let bench = Bench::new();
    let gates = "[expect]\nserver-memory = \"< 1 KiB\"\n";
    let ran = bench.run(&scenario("\"len32be\"", ROUNDS, gates), &["--abort-on-fail"]);
    assert_eq!(ran.code, Some(99), "{ran}");
    assert!(ran.stderr.contains("2 of its 3 rounds were not played"), "{ran}");
    the_journal_gives_the_same(&bench, &ran);
}

#[test]
fn what_later_rounds_can_mend_ends_nothing() {
    let gates = "[expect]\ndone = \">= 60%\"\n";
    let (ran, bench) = play(ONCE, ROUNDS, gates, &["--abort-on-fail"]);
    assert_eq!((ran.code, starts(&bench)), (Some(0), 3), "{ran}");
    assert_eq!(bench.document().0["aborted"], false);
}

#[test]
fn the_other_scenarios_are_not_played_whether_it_failed_early_or_at_its_end() {
    for (gates, left) in [(GATES, "2 of its 3 rounds"), ("[expect]\ndone = \">= 90%\"\n", "")] {
        let bench = bench();
        bench.write("first.toml", text(ONCE, ROUNDS, gates));
        let second = text(ONCE, ROUNDS, gates).replace("name = \"test\"", "name = \"second\"");
        bench.write("second.toml", second);
        let arguments = ["run", "first.toml", "second.toml", "--out", "out", "--abort-on-fail"];
        let ran =
            bench.start(&[&arguments[..], &["--plugin-dir", plugin_folder()]].concat()).wait();
        assert_eq!(ran.code, Some(100), "{ran}");
        assert!(ran.stderr.contains("1 scenario behind it was not played"), "{ran}");
        assert!(ran.stderr.contains(left), "{ran}");
        assert!(!bench.out().join("second").exists(), "{ran}");
    }
}

#[test]
fn a_scenario_that_ended_early_is_not_played_again_and_one_that_came_to_its_end_is() {
    let options = ["--abort-on-fail", "--retries", "2"];
    let (ran, bench) = play(ONCE, ROUNDS, GATES, &options);
    assert_eq!((ran.code, starts(&bench)), (Some(100), 1), "{ran}");
    let (ran, bench) = play(ONCE, ROUNDS, "[expect]\ndone = \">= 90%\"\n", &options);
    assert_eq!((ran.code, starts(&bench)), (Some(0), 6), "{ran}");
    assert_eq!(bench.document().cell().verdict(), "flaky");
}

#[test]
fn a_failure_in_the_last_round_leaves_nothing_out() {
    let last = Failing { starts: "3", how: "wrong" };
    let (ran, bench) = play(last, ROUNDS, GATES, &["--abort-on-fail"]);
    assert_eq!((ran.code, starts(&bench)), (Some(100), 3), "{ran}");
    assert_eq!(bench.document().0["aborted"], false);
    assert!(!ran.stderr.contains("--abort-on-fail"), "{ran}");
    the_journal_gives_the_same(&bench, &ran);
}
