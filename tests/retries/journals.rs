//! Journals and documents of cells that were played again: read back, and not believed.

use crate::attempts::{attempt, bad, good, held_against, three, two_cells};
use crate::harness::Bench;
use crate::sample::{Sample, document, gate, host, scenario, tool};
use serde_json::Value;
use std::path::PathBuf;
use wirebench::report::json;
use wirebench::result::document::CellVerdict;
use wirebench::result::journal::{Journal, JournalError, Opened, RunOptions, open, read};
use wirebench::result::{Document, Round};
use wirebench::scenario::{Limit, Op, Scenario};

/// Keeps these rounds of a run that plays cells again so often; returns its journal.
fn keep(bench: &Bench, scenario: &Scenario, rounds: &[Round], options: RunOptions) -> PathBuf {
    let mut journal = Journal::create(&bench.out(), &scenario.name).expect("the journal is made");
    journal.asks(options);
    journal.begin(scenario, "", &host(), &tool()).expect("it begins");
    for round in rounds {
        journal.round(round).expect("the round is written");
    }
    journal.folder().join("journal.jsonl")
}

const TWICE: RunOptions = RunOptions { retries: 2, abort_on_fail: false };

/// The whole document of a journal.
fn made(path: &std::path::Path) -> Document {
    let (_, Opened::Journal(rounds)) = open(path).expect("it is read") else { panic!("a journal") };
    let mut written = Vec::new();
    rounds.result().expect("it is made").write(&mut written).expect("it is written");
    Document::read(std::str::from_utf8(&written).expect("JSON")).expect("it is read back")
}

#[test]
fn a_journal_gives_the_document_of_its_rounds() {
    let bench = Bench::new();
    let two = [bad(0), good(1, 1_000), attempt(1, bad(0)), attempt(2, good(0, 700))];
    let with_a_gap = [
        three(0, 0, 20_000, true),
        three(0, 1, 60_000, false),
        three(1, 0, 20_000, false),
        three(2, 1, 25_000, false),
    ]
    .concat();
    for (scenario, rounds) in [(two_cells(), two.to_vec()), (held_against(), with_a_gap)] {
        let path = keep(&bench, &scenario, &rounds, TWICE);
        let mut made = made(&path);
        assert!(made.run.take().is_some());
        assert_eq!(json(&made), json(&document(&scenario, &rounds)));
        assert!(made.cells.iter().any(|cell| cell.verdict == CellVerdict::Flaky));
    }
}

#[test]
fn a_run_that_was_killed_before_cells_were_played_again_is_interrupted() {
    let bench = Bench::new();
    let scenario = two_cells();
    let over = [bad(0), bad(1), attempt(1, good(0, 9)), attempt(1, good(1, 9))];
    for (rounds, interrupted) in [(2, true), (3, true), (4, false)] {
        let made = made(&keep(&bench, &scenario, &over[..rounds], TWICE));
        assert_eq!(made.interrupted, interrupted, "{rounds} rounds");
    }
    // Whoever plays nothing again is at the end.
    assert!(!made(&keep(&bench, &scenario, &over[..2], RunOptions::default())).interrupted);
}

#[test]
fn a_flaky_cell_whose_gate_was_on_cost_is_99_where_flaky_cells_fail() {
    let bench = Bench::new();
    let mut scenario = scenario(&["line"], &[64]);
    scenario.cells[0].expect = vec![gate("p99", Op::Less, Limit::Nanos(50_000), "< 50us")];
    let slow = Sample::intact(1_000, 64, 1, 90_000).round(0, 0);
    let path = keep(&bench, &scenario, &[slow, attempt(1, good(0, 1_000))], TWICE);
    let path = path.to_str().expect("UTF-8");
    for (means, code) in [("pass", Some(0)), ("fail", Some(99))] {
        let ran = bench.start(&["report", path, "--flaky", means]).wait();
        assert_eq!(ran.code, code, "{ran}");
        assert!(ran.stderr.contains("attempt 1 of 2: p99 is"), "{ran}");
    }
}

#[test]
fn attempts_that_cannot_all_be_true_are_refused() {
    let bench = Bench::new();
    let mut long = two_cells();
    long.rounds = 2;
    let at = |number, round| attempt(number, Sample::intact(9, 64, 1, 20_000).round(0, round));
    for (name, scenario, rounds) in [
        ("one is left out", two_cells(), vec![at(0, 0), at(2, 0)]),
        ("the first is missing", two_cells(), vec![at(1, 0)]),
        ("one comes again", two_cells(), vec![at(0, 0), at(1, 0), at(0, 0)]),
        ("told twice", two_cells(), vec![at(0, 0), at(1, 0), at(1, 0)]),
        ("before all rounds of the one before", long, vec![at(0, 0), at(1, 0)]),
        ("more than there can be", held_against(), {
            let first = three(0, 1, 20_000, false);
            [first, three(11, 1, 20_000, false)[..1].to_vec()].concat()
        }),
    ] {
        let path = keep(&bench, &scenario, &rounds, TWICE);
        match read(&path) {
            Err(JournalError::Contradictory { line, .. }) => {
                assert_eq!(line, rounds.len() as u64 + 1, "{name}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn a_document_whose_attempts_contradict_its_verdict_is_refused() {
    let rounds = [bad(0), good(1, 1_000), attempt(1, good(0, 700))];
    let whole = serde_json::to_value(document(&two_cells(), &rounds)).expect("JSON");
    assert!(Document::read(&whole.to_string()).is_ok());
    type Damage = fn(&mut Value);
    let damages: [(&str, Damage); 7] = [
        ("not played again", |it| it["cells"][0]["attempts"] = Value::Array(Vec::new())),
        ("cannot be `pass`", |it| it["cells"][0]["verdict"] = "pass".into()),
        ("not played again", |it| it["cells"][1]["verdict"] = "flaky".into()),
        ("had not failed", |it| it["cells"][0]["attempts"][0]["family"] = Value::Null),
        ("not what it holds", |it| it["cells"][0]["attempts"][0]["family"] = "cost".into()),
        ("not what it holds", |it| it["cells"][0]["attempts"][0]["verdict"] = "pass".into()),
        ("more than 10 times", |it| {
            let one = it["cells"][0]["attempts"][0].clone();
            it["cells"][0]["attempts"] = Value::Array(vec![one; 11]);
        }),
    ];
    for (told, damage) in damages {
        let mut damaged = whole.clone();
        damage(&mut damaged);
        let why = Document::read(&damaged.to_string()).expect_err(told);
        assert!(why.contains(told), "`{told}`: {why}");
    }
    let mut early = whole.clone();
    (early["aborted"], early["interrupted"]) = (true.into(), true.into());
    (early["stopped"], early["verdict"]) = ("why".into(), "inconclusive".into());
    let why = Document::read(&early.to_string()).expect_err("no cell fails");
    assert!(why.contains("which none did"), "{why}");
}
