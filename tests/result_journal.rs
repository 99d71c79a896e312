//! What a run leaves on disk, and what is made of it afterwards.

#[path = "report/sample.rs"]
mod sample;

use sample::{Sample, crash, document, everything, host, round_with, tool};
use std::fs;
use std::path::{Path, PathBuf};
use wirebench::result::journal::{Journal, JournalError, read};
use wirebench::result::{Document, Round};
use wirebench::scenario::Scenario;

/// A finished journal of these rounds in a temporary folder.
fn kept(scenario: &Scenario, rounds: &[Round]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut journal =
        Journal::create(&folder.path().join("out"), &scenario.name).expect("the journal is made");
    journal.begin(scenario, "name = \"sticky\"\n", &host(), &tool()).expect("it begins");
    for round in rounds {
        journal.round(round).expect("the round is written");
    }
    let path = journal.folder().join("journal.jsonl");
    (folder, path)
}

fn json<T: serde::Serialize>(value: &T) -> serde_json::Value {
    serde_json::to_value(value).expect("it is JSON")
}

/// Replaces the journal by its lines after `change`.
fn rewrite(path: &Path, change: impl FnOnce(&mut Vec<String>)) {
    let text = fs::read_to_string(path).expect("it is text");
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    change(&mut lines);
    fs::write(path, lines.join("\n") + "\n").expect("it can be written");
}

#[test]
fn what_was_kept_is_read_back_and_makes_the_same_document() {
    let (scenario, rounds) = everything();
    let (_folder, path) = kept(&scenario, &rounds);
    let kept = read(&path).expect("it is readable");
    assert_eq!(kept.torn_bytes, None);
    assert_eq!(json(&kept.rounds), json(&rounds));
    let again = Document::build(&kept.header.scenario, &kept.rounds, kept.header.host, tool());
    assert_eq!(json(&again), json(&document(&scenario, &rounds)));
}

#[test]
fn a_run_has_a_folder_with_everything_in_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("wirebench-out");
    let (scenario, rounds) = everything();
    let mut journal = Journal::create(&out, "sticky").expect("the journal is made");
    journal.begin(&scenario, "name = \"sticky\"\n", &host(), &tool()).expect("it begins");
    let mut document = document(&scenario, &rounds);
    document.run = Some(journal.run().clone());
    journal.finish(&mut document.clone().into()).expect("it ends");

    assert_eq!(fs::read_to_string(out.join(".gitignore")).expect("ignored"), "*\n");
    let latest = out.join("sticky/latest");
    assert_eq!(fs::read_link(&latest).expect("a link").to_str(), Some(&*journal.run().id));
    let copy = fs::read_to_string(latest.join("scenario.toml")).expect("a copy");
    assert_eq!(copy, "name = \"sticky\"\n");
    let text = fs::read_to_string(latest.join("result.json")).expect("a result");
    assert_eq!(json(&Document::read(&text).expect("it is read back")), json(&document));
    let mut names: Vec<String> = fs::read_dir(&latest)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["journal.jsonl", "result.json", "scenario.toml"]);
}

#[test]
fn runs_that_begin_in_the_same_second_do_not_share_a_folder() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut folders = std::collections::BTreeSet::new();
    for _ in 0..5 {
        let mut journal = Journal::create(folder.path(), "sticky").expect("the journal is made");
        let (scenario, _) = everything();
        journal.finish(&mut document(&scenario, &[]).into()).expect("it ends");
        let latest = fs::read_link(folder.path().join("sticky/latest")).expect("a link");
        assert_eq!(latest.to_str(), Some(&*journal.run().id));
        folders.insert(journal.folder().to_owned());
    }
    assert_eq!(folders.len(), 5);
}

#[test]
fn no_configuration_of_a_handler_is_kept_in_results() {
    let (scenario, rounds) = everything();
    let (_folder, path) = kept(&scenario, &rounds);
    assert!(json(&scenario).to_string().contains("hunter2"), "the sample has a secret");
    assert!(!fs::read_to_string(&path).expect("text").contains("hunter2"));
    assert!(!json(&document(&scenario, &rounds)).to_string().contains("hunter2"));
}

#[test]
fn a_journal_cut_anywhere_keeps_its_whole_rounds() {
    let (scenario, _) = everything();
    let rounds = [Sample::intact(10, 64, 4, 10_000).round(0, 0), round_with(1, 0, crash())];
    let (_folder, path) = kept(&scenario, &rounds);
    let text = fs::read(&path).expect("text");
    let ends: Vec<usize> =
        (0..text.len()).filter(|at| text[*at] == b'\n').map(|at| at + 1).collect();
    // Every cut near the end of a line, and some between.
    let cuts = (ends[0]..text.len())
        .filter(|at| at % 97 == 0 || ends.iter().any(|end| at.abs_diff(*end) < 3));
    for cut in cuts {
        fs::write(&path, &text[..cut]).expect("it can be written");
        let kept = read(&path).unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
        let whole = ends.iter().filter(|end| **end <= cut).count() - 1;
        let start_of_line = ends[whole];
        assert_eq!(kept.rounds.len(), whole, "cut at {cut}");
        let torn = (cut > start_of_line).then(|| (cut - start_of_line) as u64);
        assert_eq!(kept.torn_bytes, torn, "cut at {cut}");
    }
}

#[test]
fn a_journal_without_a_whole_header_is_no_journal() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("journal.jsonl");
    for text in ["", "\n", "{}\n", "not json\n", "{\"schema\":\"wirebench.journal/9\"}\n", "{\"sch"]
    {
        fs::write(&path, text).expect("it can be written");
        let error = read(&path).expect_err("it cannot be read");
        assert!(matches!(error, JournalError::Unreadable { line: 1, .. }), "{text:?}: {error}");
    }
    let error = read(&folder.path().join("none")).expect_err("it is not there");
    assert!(matches!(error, JournalError::Io { .. }), "{error}");
}

#[test]
fn a_damaged_line_in_the_middle_is_refused_with_its_number() {
    let (scenario, rounds) = everything();
    let (_folder, path) = kept(&scenario, &rounds);
    rewrite(&path, |lines| lines[2].truncate(40));
    let error = read(&path).expect_err("it cannot be read");
    assert!(matches!(error, JournalError::Unreadable { line: 3, .. }), "{error}");
}

#[test]
fn rounds_that_cannot_all_be_true_are_refused() {
    let (scenario, _) = everything();
    let round = || Sample::intact(10, 64, 4, 10_000);
    let mut uneven = round();
    uneven.client.side.sent.messages += 1;
    let mut endless = round();
    endless.client.exchanges.started += 1;
    let mut overflowing = round();
    overflowing.server.received.tally.by_verdict[1] = u64::MAX;
    for (name, rounds) in [
        ("a cell that is not there", vec![round().round(8, 0)]),
        ("a round too many", vec![round().round(0, 1)]),
        ("told twice", vec![round().round(0, 0), round().round(0, 0)]),
        ("a message without a verdict", vec![uneven.round(0, 0)]),
        ("an exchange without an end", vec![endless.round(0, 0)]),
        ("a sum that does not fit", vec![overflowing.round(0, 0)]),
    ] {
        let (_folder, path) = kept(&scenario, &rounds);
        match read(&path) {
            Err(JournalError::Contradictory { line, .. }) => {
                assert_eq!(line, rounds.len() as u64 + 1, "{name}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named_with_a_way_out() {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let error = Journal::create(file.path(), "sticky").expect_err("a file is no folder");
    let told = error.to_string();
    assert!(told.contains(&*file.path().to_string_lossy()), "{told}");
    assert!(told.contains("--out"), "{told}");
}

#[test]
fn a_document_that_contradicts_itself_is_refused() {
    let (scenario, rounds) = everything();
    let whole = json(&document(&scenario, &rounds));
    assert!(Document::read(&whole.to_string()).is_ok());
    type Damage = fn(&mut serde_json::Value);
    let damages: [(&str, Damage); 5] = [
        ("schema", |it| it["schema"] = "wirebench.result/9".into()),
        ("verdicts", |it| it["cells"][4]["integrity"]["request"]["intact"] = 7.into()),
        ("exchanges", |it| it["cells"][4]["exchanges"]["done"] = 7.into()),
        ("percentile", |it| it["cells"][4]["latency_ns"]["p99"] = 7.into()),
        ("histogram", |it| it["cells"][4]["latency_ns"]["histogram"] = "AAAA".into()),
    ];
    for (name, damage) in damages {
        let mut damaged = whole.clone();
        damage(&mut damaged);
        assert!(Document::read(&damaged.to_string()).is_err(), "{name}");
    }
}
