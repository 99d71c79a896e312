//! The comparison that a paired run has left in its folder: `report` prints it again and has its exit code, and
//! believes nothing in it that its own rounds contradict.

use crate::harness::{Bench, Ran};
use crate::sample::{Sample, document, host, scenario, tool};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use wirebench::compare::{Comparison, PairedRounds, Played, Stage, Standing, Subject, read};
use wirebench::result::document::{Measured, RunInfo};
use wirebench::result::journal::Journal;
use wirebench::scenario::Scenario;

/// A paired run of three cells.
pub(crate) fn planned() -> Scenario {
    let mut scenario = scenario(&["line", "cobs", "varint"], &[64]);
    scenario.rounds = 4;
    for cell in &mut scenario.cells {
        cell.baseline.limits = vec![("p50".into(), 0.05), ("cpu".into(), 0.05)];
    }
    scenario
}

/// A round of a cell whose latency is so many times the usual, with a little noise.
fn round(cell: usize, round: u32, times: f64) -> wirebench::result::Round {
    let noise = 1.0 + 0.003 * f64::from((round * 7 + cell as u32 * 3) % 5);
    Sample::intact(1_000, 64, 1, (20_000.0 * times * noise) as u64).round(cell, round)
}

/// What a paired run says whose first cell is so many times slower.
pub(crate) fn compared(scenario: &Scenario, times: f64, run: Option<RunInfo>) -> Comparison {
    let mut rounds = PairedRounds::new(scenario);
    let mut play = |stage, cell: usize, number: u32, times: f64| {
        let (baseline, new) = (round(cell, number, 1.0), round(cell, number + 1, times));
        let baseline_first = number.is_multiple_of(2);
        rounds.add(stage, Played { baseline: &baseline, new: &new, baseline_first });
    };
    for number in 0..4 {
        for cell in 0..3 {
            play(Stage::Screen, cell, number, if cell == 0 { times } else { 1.0 });
        }
    }
    if times != 1.0 {
        (4..12).for_each(|number| play(Stage::Fresh, 0, number, times));
    }
    for number in 0..4 {
        let (once, again) = (round(1, number, 1.0), round(1, number + 1, 1.0));
        let baseline_first = number.is_multiple_of(2);
        rounds.control(Played { baseline: &once, new: &again, baseline_first });
    }
    let subject = |what: &str| Subject::new(what.into(), tool(), Measured::default());
    let subjects = [subject("plugins in ../main"), subject("this run")];
    rounds.finish(host(), tool(), run, subjects, false)
}

fn text(comparison: &Comparison) -> String {
    let mut text = Vec::new();
    comparison.write(&mut text).expect("memory can be written to");
    String::from_utf8(text).expect("it is text")
}

/// A run as it is kept with its comparison; returns its folder and the comparison's text.
fn keep(bench: &Bench, times: f64) -> (PathBuf, String) {
    let scenario = planned();
    let rounds: Vec<_> =
        (0..4).flat_map(|number| (0..3).map(move |cell| round(cell, number, 1.0))).collect();
    let mut journal = Journal::create(&bench.out(), &scenario.name).expect("the journal is made");
    journal.begin(&scenario, "", &host(), &tool()).expect("it begins");
    for round in &rounds {
        journal.round(round).expect("the round is written");
    }
    let mut document = document(&scenario, &rounds);
    document.run = Some(journal.run().clone());
    journal.finish(&mut document.into()).expect("it ends");
    let folder = journal.folder().to_owned();
    let text = text(&compared(&scenario, times, Some(journal.run().clone())));
    fs::write(folder.join("comparison.json"), &text).expect("the folder is writable");
    (folder, text)
}

fn report(bench: &Bench, more: &[&str]) -> Ran {
    bench.start(&[&["report", "out/sticky"], more].concat()).wait()
}

#[test]
fn report_prints_it_below_the_table_and_has_its_code() {
    for (times, code, told) in [(1.3, Some(103), "\nregressed\n"), (1.0, Some(0), "\nthe same, ")] {
        let bench = Bench::new();
        let (folder, _) = keep(&bench, times);
        let ran = report(&bench, &[]);
        assert_eq!(ran.code, code, "{ran}");
        let (table, below) = ran.stdout.split_once("\nsticky: this run against").expect("both");
        assert!(table.contains("cells pass") && below.contains(told), "{ran}");
        assert_eq!(ran.stderr.contains("regressed against plugins in ../main"), times > 1.0);
        let ran = report(&bench, &["--format", "markdown"]);
        assert!(ran.code == code && ran.stdout.contains("\nsticky: this run against"), "{ran}");
        let ran = report(&bench, &["--format", "json"]);
        assert!(ran.code == code && serde_json::from_str::<Value>(&ran.stdout).is_ok(), "{ran}");
        let ran = report(&bench, &["--quiet"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{ran}");
        // A result elsewhere has nothing beside it.
        fs::copy(folder.join("result.json"), folder.join("copy.json")).expect("a copy");
        let copy = folder.join("copy.json");
        let ran = bench.start(&["report", copy.to_str().expect("UTF-8")]).wait();
        assert!(ran.code == Some(0) && !ran.stdout.contains("against plugins"), "{ran}");
    }
}

#[test]
fn compare_takes_the_result_of_such_a_folder() {
    let bench = Bench::new();
    let (folder, _) = keep(&bench, 1.3);
    let journal = folder.join("journal.jsonl");
    let ran =
        bench.start(&["compare", "out/sticky", "--", journal.to_str().expect("UTF-8")]).wait();
    assert_eq!(ran.code, Some(106), "{ran}");
}

#[test]
fn one_that_is_damaged_newer_or_of_something_else_is_told_and_gets_108() {
    let bench = Bench::new();
    let (folder, right) = keep(&bench, 1.0);
    let file = folder.join("comparison.json");
    for (text, told) in [
        (String::new(), "this is not a comparison"),
        (right[..right.len() / 2].into(), "this is not a comparison"),
        ("{\"name\": \"left-pad\"}".into(), "missing field `schema`"),
        (right.replacen("comparison/1", "comparison/2", 1), "made by a newer wirebench"),
        (
            right.replacen("comparison/1", "result/2", 1),
            "it is a result document, not a comparison",
        ),
        (right.replacen("\"standing\"", "\"sitting\"", 1), "the comparison is damaged"),
        (right.replacen("\"started\": \"2", "\"started\": \"1", 1), "of another run"),
    ] {
        fs::write(&file, &text).expect("the folder is writable");
        let ran = report(&bench, &[]);
        assert_eq!(ran.code, Some(108), "{told}: {ran}");
        assert!(ran.stderr.contains(told), "{told}: {ran}");
        assert!(ran.stderr.contains("comparison.json"), "{ran}");
        assert!(ran.stdout.contains("cells pass"), "the result is printed all the same: {ran}");
    }
    fs::remove_file(&file).expect("it is ours");
    fs::create_dir(&file).expect("the folder is writable");
    let ran = report(&bench, &[]);
    assert!(ran.code == Some(108) && ran.stderr.contains("not a regular file"), "{ran}");
    let compared = bench.start(&["report", "comparison.json"]).wait();
    assert_eq!(compared.code, Some(108), "{compared}");
}

#[test]
fn what_its_own_rounds_contradict_is_not_believed() {
    let scenario = planned();
    let right = text(&compared(&scenario, 1.3, None));
    assert_eq!(read(right.as_bytes()).expect("it is right").standing, Standing::Regressed);
    type Damage = fn(&mut Value);
    let damages: [(&str, Damage); 19] = [
        ("ratio", |it| it["cells"][0]["rows"][0]["ratio"] = 1.0.into()),
        ("low", |it| it["cells"][0]["rows"][0]["low"] = 1.2.into()),
        ("high", |it| it["cells"][0]["rows"][0]["high"] = Value::Null),
        ("visible", |it| it["cells"][0]["rows"][0]["visible"] = 1.01.into()),
        ("limit", |it| it["cells"][0]["rows"][0]["limit"] = 0.5.into()),
        ("no limit", |it| it["cells"][0]["rows"][0]["limit"] = Value::Null),
        ("below 0", |it| it["cells"][0]["rows"][0]["ratio"] = (-1.0).into()),
        ("a word", |it| it["cells"][1]["rows"][0]["verdict"] = "improved".into()),
        ("a kind word", |it| it["cells"][0]["rows"][0]["verdict"] = "same".into()),
        ("a round", |it| it["cells"][0]["rows"][0]["fresh"][0]["new"] = 9e9.into()),
        ("no rounds", |it| it["cells"][0]["rows"][0]["pairs"] = Value::Array(vec![])),
        ("no such metric", |it| it["cells"][0]["rows"][0]["metric"] = "swiftness".into()),
        ("the cell", |it| it["cells"][0]["verdict"] = "same".into()),
        ("twice", |it| it["cells"][1]["id"] = it["cells"][0]["id"].clone()),
        ("standing", |it| it["standing"] = "same".into()),
        ("unfit", |it| it["unfit"] = "the machine is on holiday".into()),
        ("control", |it| it["controls"][0]["ratio"] = 1.5.into()),
        ("differs", |it| it["controls"][0]["differs"] = true.into()),
        ("count", |it| {
            let rows = it["cells"][0]["rows"].as_array_mut().expect("rows");
            let count = rows.iter_mut().find(|row| row["exact"] == true).expect("a count");
            count["new"] = 9.0.into();
        }),
    ];
    for (name, damage) in damages {
        let mut value: Value = serde_json::from_str(&right).expect("JSON");
        damage(&mut value);
        assert!(read(value.to_string().as_bytes()).is_err(), "{name}");
    }
}

#[test]
fn a_comparison_cut_anywhere_is_an_error_and_no_panic() {
    let right = text(&compared(&planned(), 1.3, None));
    for cut in (0..right.trim_end().len()).step_by(211).filter(|cut| right.is_char_boundary(*cut)) {
        assert!(read(&right.as_bytes()[..cut]).is_err(), "cut at {cut}");
    }
}
