//! Runs in which something fails now and then, or always.

use crate::harness::{Bench, Ran, plugin_folder, scenario};
use crate::servers::{
    Failing, GATES, ONCE, TWO_CELLS, play, report, starts, the_journal_gives_the_same,
};

/// Plays the server that fails once, with a retry.
fn played(options: &[&str]) -> (Ran, Bench) {
    play(ONCE, "", GATES, &[&["--retries", "2"], options].concat())
}

#[test]
fn a_server_that_fails_once_is_flaky_in_every_format_and_again_from_the_journal() {
    let (ran, bench) = played(&[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(starts(&bench), 2, "it passed when it was played again: {ran}");
    let document = bench.document();
    let cell = document.cell();
    assert_eq!((cell.verdict(), document.0["verdict"].as_str()), ("flaky", Some("flaky")));
    assert_eq!(cell.list("attempts")[0]["verdict"], "fail");
    assert_eq!(cell.list("attempts")[0]["gates"][0]["gate"], "done");
    assert_eq!(cell.done(), 40, "the figures are those of the last attempt");
    let notes = cell.0["notes"].to_string();
    assert!(notes.contains("flaky: attempt 1 of 2 failed, and the last one passed"), "{notes}");
    assert!(ran.stdout.contains("0 of 1 cells pass, 1 flaky"), "{ran}");
    assert!(ran.stdout.contains("all, attempt 1 of 2: done is 0 %"), "{ran}");
    assert!(ran.stderr.contains("warning: test: 1 of 1 cell is flaky:"), "{ran}");
    assert!(ran.stderr.contains("  all, attempt 1 of 2: done is 0 %"), "{ran}");
    the_journal_gives_the_same(&bench, &ran);
    let markdown = report(&bench, &["--format", "markdown"]).stdout;
    assert!(markdown.contains("| flaky |"), "{markdown}");
    assert!(markdown.contains("- all, attempt 1 of 2: done is 0 %"), "{markdown}");
    let lines = report(&bench, &["--format", "jsonl"]).stdout;
    assert!(lines.contains("\"verdict\":\"flaky\""), "{lines}");
}

#[test]
fn flaky_cells_fail_with_the_code_of_their_failure_where_that_is_asked_for() {
    let (ran, bench) = played(&["--flaky", "fail"]);
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(ran.stderr.contains("error: test: 1 of 1 cell is flaky:"), "{ran}");
    for (means, code) in [("fail", Some(100)), ("pass", Some(0))] {
        let again = report(&bench, &["--flaky", means]);
        assert_eq!(again.code, code, "{again}");
        assert!(again.stderr.contains("all, attempt 1 of 2: done is 0 %"), "{again}");
    }
}

#[test]
fn without_retries_a_failure_is_a_failure() {
    let (ran, bench) = play(ONCE, "", GATES, &[]);
    assert_eq!((ran.code, starts(&bench)), (Some(100), 1), "{ran}");
    assert_eq!(bench.document().cell().verdict(), "fail");
}

#[test]
fn only_the_cells_that_fail_are_played_again_with_all_their_rounds() {
    // The first round of one of both cells.
    let more = format!("{TWO_CELLS}{GATES}");
    let (ran, bench) = play(ONCE, "rounds = 2\n", &more, &["--retries", "3"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(starts(&bench), 4 + 2, "{ran}");
    let document = bench.document();
    let mut verdicts: Vec<&str> = document.cells().map(|cell| cell.verdict()).collect();
    verdicts.sort_unstable();
    assert_eq!(verdicts, ["flaky", "pass"]);
    assert!(ran.stdout.contains("1 of 2 cells pass, 1 flaky"), "{ran}");
    the_journal_gives_the_same(&bench, &ran);
}

#[test]
fn a_cell_is_played_again_with_the_same_seeds() {
    let (_, bench) = play(ONCE, "rounds = 2\n", GATES, &["--retries", "1"]);
    let journal = std::fs::read_to_string(bench.out().join("test/latest/journal.jsonl"));
    let rounds: Vec<serde_json::Value> = journal
        .expect("it is kept")
        .lines()
        .skip(1)
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let seeds: Vec<_> = rounds.iter().map(|round| round["seed"].as_u64()).collect();
    assert_eq!((seeds[0], seeds[1]), (seeds[2], seeds[3]));
    let attempts: Vec<_> = rounds.iter().map(|round| round["attempt"].as_u64()).collect();
    assert_eq!(attempts, [None, None, Some(1), Some(1)]);
}

#[test]
fn a_server_that_crashes_once_is_flaky_too() {
    let crashing = Failing { starts: "1", how: "exit" };
    let (ran, bench) = play(crashing, "", GATES, &["--retries", "1"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    assert_eq!(document.cell().verdict(), "flaky");
    assert_eq!(document.cell().list("attempts")[0]["verdict"], "crashed");
    assert!(ran.stderr.contains("all, attempt 1 of 2, round 0: server `python3"), "{ran}");
    assert_eq!(report(&bench, &["--flaky", "fail"]).code, Some(100));
}

#[test]
fn a_cell_that_fails_every_time_fails_with_all_attempts_told() {
    let always = Failing { starts: "1,2,3,4", how: "wrong" };
    let (ran, bench) = play(always, "", GATES, &["--retries", "2"]);
    assert_eq!((ran.code, starts(&bench)), (Some(100), 3), "{ran}");
    assert_eq!(bench.document().cell().verdict(), "fail");
    for words in ["all: done is 0 %", "all, attempt 1 of 3: done", "all, attempt 2 of 3: done"] {
        assert!(ran.stderr.contains(words), "`{words}`: {ran}");
    }
    assert!(!ran.stderr.contains("flaky"), "{ran}");
    assert!(ran.stdout.contains("it was played 3 times and never passed"), "{ran}");
    the_journal_gives_the_same(&bench, &ran);
}

#[test]
fn events_say_which_attempt_a_round_is_of_and_give_the_same_result() {
    let (ran, bench) = played(&["--output", "events=events.jsonl"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let events = std::fs::read_to_string(bench.folder().join("events.jsonl")).expect("text");
    let of = |name: &str| {
        let of_rounds = events.lines().filter(|line| line.contains(name));
        let event = |line| serde_json::from_str::<serde_json::Value>(line).expect("JSON");
        of_rounds.map(event).map(|event| event["attempt"].as_u64()).collect::<Vec<_>>()
    };
    for name in ["\"round-started\"", "\"round-ended\""] {
        assert_eq!(of(name), [None, Some(1)], "{name}");
    }
    let again = bench.start(&["report", "events.jsonl", "--flaky", "fail"]).wait();
    assert_eq!(again.code, Some(100), "{again}");
    assert!(again.stderr.contains("is flaky"), "{again}");
}

#[test]
fn a_gate_on_cost_that_never_holds_is_99_after_all_attempts() {
    let bench = Bench::new();
    // Its header is longer than that, whatever the time.
    let text = scenario("\"len32be\"", "", "[expect]\noverhead = \"< 0.001\"\n");
    bench.write("scenario.toml", text);
    let arguments = ["run", "scenario.toml", "--out", "out", "--plugin-dir", plugin_folder()];
    let ran = bench.start(&[&arguments[..], &["--retries", "1"]].concat()).wait();
    assert_eq!(ran.code, Some(99), "{ran}");
    assert!(ran.stderr.contains("all, attempt 1 of 2: overhead is"), "{ran}");
}
