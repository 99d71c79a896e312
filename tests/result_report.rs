//! What is made of a kept run afterwards: `wirebench report`, and reading what is from elsewhere.

mod harness;
#[path = "report/sample.rs"]
mod sample;

use harness::{Bench, Ran};
use sample::{Sample, document, everything, host, scenario, tool};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use wirebench::report::{json, jsonl, markdown, trace};
use wirebench::result::document::CellVerdict;
use wirebench::result::journal::{Journal, Opened, open};
use wirebench::result::{Document, Pool, Stored};

/// The golden files that an older program has left.
fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/results").join(name)
}

fn report(bench: &Bench, arguments: &[&str]) -> Ran {
    bench.start(&[&["report"], arguments].concat()).wait()
}

/// A run as it is kept, in `out` of the bench; returns its folder.
fn keep(bench: &Bench, with_document: bool) -> PathBuf {
    let (scenario, rounds) = everything();
    let mut journal = Journal::create(&bench.out(), &scenario.name).expect("the journal is made");
    journal.begin(&scenario, "", &host(), &tool()).expect("it begins");
    for round in &rounds {
        journal.round(round).expect("the round is written");
    }
    if with_document {
        let mut document = document(&scenario, &rounds);
        document.run = Some(journal.run().clone());
        journal.finish(&mut document.into()).expect("it ends");
    }
    journal.folder().to_owned()
}

/// What is at a path, read whole.
fn whole(path: &Path) -> Document {
    let mut written = Vec::new();
    match open(path).expect("it is read").1 {
        Opened::Document(mut result) => result.write(&mut written).expect("it is written"),
        Opened::Journal(rounds) => {
            rounds.result().expect("it is made").write(&mut written).expect("it is written");
        }
    }
    Document::read(std::str::from_utf8(&written).expect("JSON")).expect("it is read back")
}

#[test]
fn a_document_is_written_cell_by_cell_as_it_is_written_at_once() {
    let (scenario, rounds) = everything();
    for document in [document(&scenario, &rounds), document(&sample::scenario(&[], &[]), &[])] {
        let at_once = json(&document);
        let mut by_cell = Vec::new();
        Stored::from(document).write(&mut by_cell).expect("memory can be written to");
        assert_eq!(String::from_utf8_lossy(&by_cell), at_once);
    }
}

#[test]
fn a_journal_and_its_document_make_the_same_result() {
    let bench = Bench::new();
    let folder = keep(&bench, true);
    let of_journal = json(&whole(&folder.join("journal.jsonl")));
    let of_document = json(&whole(&folder.join("result.json")));
    assert_eq!(of_journal, of_document);
    assert_eq!(of_document, fs::read_to_string(folder.join("result.json")).expect("text"));
}

#[test]
fn memory_holds_no_histogram_and_one_example_of_each_anomaly() {
    let bench = Bench::new();
    let folder = keep(&bench, true);
    for name in ["journal.jsonl", "result.json"] {
        let (_, opened) = open(&folder.join(name)).expect("it is read");
        let light = match &opened {
            Opened::Document(result) => result.document().clone(),
            Opened::Journal(rounds) => rounds.result().expect("it is made").document().clone(),
        };
        let times = || light.cells.iter().flat_map(|cell| cell.times());
        assert!(times().all(|(_, times)| times.histogram.is_none()), "{name}");
        assert!(times().any(|(_, times)| times.p99.is_some()), "{name}");
        let examples = light.cells.iter().flat_map(|cell| &cell.integrity.examples);
        let mut verdicts: Vec<_> = examples.map(|example| example.verdict).collect();
        let all = verdicts.len();
        verdicts.dedup();
        assert_eq!((verdicts.len(), all), (4, 4), "{name}");
    }
}

#[test]
fn a_kept_run_is_printed_in_every_format_from_any_of_its_paths() {
    let bench = Bench::new();
    let folder = keep(&bench, true);
    let document = whole(&folder);
    for path in [
        folder.clone(),
        folder.join("result.json"),
        folder.join("journal.jsonl"),
        folder.parent().expect("a parent").to_owned(),
    ] {
        let path = path.to_str().expect("UTF-8");
        for (format, text) in [
            ("json", json(&document)),
            ("jsonl", jsonl(&document)),
            ("markdown", markdown(&document).into()),
        ] {
            let ran = report(&bench, &[path, "--format", format]);
            // A side has crashed in it.
            assert_eq!(ran.code, Some(100), "{ran}");
            assert_eq!(ran.stdout, text, "{path} as {format}");
        }
        let ran = report(&bench, &[path, "--trace", "1"]);
        assert!(ran.stdout.ends_with(&*trace::render(&document, 1)), "{ran}");
        assert!(ran.stdout.contains("\nCrashes\n"), "{ran}");
        let ran = report(&bench, &[path, "--quiet", "--json", "again.json"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(100), ""), "{ran}");
        let again = fs::read_to_string(bench.folder().join("again.json")).expect("text");
        assert_eq!(again, json(&document));
        let ran = report(&bench, &[path, "--json", "-"]);
        assert_eq!(ran.stdout, json(&document));
    }
}

#[test]
fn a_run_that_was_killed_gets_its_result_and_a_word_on_what_is_missing() {
    let bench = Bench::new();
    let folder = keep(&bench, false);
    let path = folder.join("journal.jsonl");
    let text = fs::read(&path).expect("text");
    fs::write(&path, &text[..text.len() - 40]).expect("it can be written");
    let ran = report(&bench, &[folder.to_str().expect("UTF-8"), "--json", "made.json"]);
    assert!(ran.stderr.contains("the last line of the journal has no end"), "{ran}");
    assert!(ran.stderr.contains("7 of 8 rounds"), "{ran}");
    assert_eq!(ran.code, Some(105), "{ran}");
    let made = fs::read_to_string(bench.folder().join("made.json")).expect("text");
    let made = Document::read(&made).expect("it is read");
    assert!(made.interrupted && made.verdict != CellVerdict::Pass);
    assert_eq!(made.cells.len(), 8);
    assert!(made.cells[7].rounds.is_empty());
    assert!(made.cells[7].notes.iter().any(|note| note == "1 of 1 rounds were not run"));
}

#[test]
fn the_exit_code_is_that_of_the_gates() {
    let bench = Bench::new();
    for (p99, code) in [("< 1s", Some(0)), ("< 1us", Some(99))] {
        let mut scenario = scenario(&["line"], &[64]);
        let nanos = if p99 == "< 1s" { 1_000_000_000 } else { 1_000 };
        let limit = wirebench::scenario::Limit::Nanos(nanos);
        let gate = sample::gate("p99", wirebench::scenario::Op::Less, limit, p99);
        scenario.cells[0].expect = vec![gate];
        let mut journal = Journal::create(&bench.out(), "gates").expect("the journal is made");
        journal.begin(&scenario, "", &host(), &tool()).expect("it begins");
        let round = Sample::intact(1_000, 64, 1, 20_000).round(0, 0);
        journal.round(&round).expect("the round is written");
        let ran = report(&bench, &[journal.folder().to_str().expect("UTF-8")]);
        assert_eq!(ran.code, code, "{ran}");
    }
}

#[test]
fn results_of_the_first_schema_are_read_and_say_what_their_rate_is() {
    let bench = Bench::new();
    for name in ["schema-1.json", "schema-1.journal.jsonl"] {
        let read = whole(&golden(name));
        assert_eq!(read.schema, wirebench::result::document::SCHEMA);
        let [len32be, raw] = &read.cells[..] else { panic!("two cells in {name}") };
        assert_eq!((len32be.exchanges.started, len32be.exchanges.done), (120, 120));
        assert_eq!(len32be.latency_ns.count, 120);
        assert_eq!(len32be.latency_ns.p50, Some(54_143));
        let histogram = len32be.latency_ns.histogram.as_ref().expect("samples");
        assert_eq!(histogram.percentile(50.0), Some(54_143));
        assert_eq!((raw.exchanges.done, raw.exchanges.damaged), (0, 120));
        assert!(len32be.rate.achieved.is_some_and(|rate| (138_000.0..139_000.0).contains(&rate)));
        for cell in &read.cells {
            assert!(cell.notes.iter().any(|note| note.contains("older wirebench")), "{name}");
        }
        let ran = report(&bench, &[golden(name).to_str().expect("UTF-8")]);
        // Of `raw`, nothing was there for the gate on p50.
        assert_eq!(ran.code, Some(106), "{ran}");
        assert!(ran.stdout.contains("older wirebench"), "{ran}");
    }
}

/// What `report` says of a file with this text, which it must refuse.
#[track_caller]
fn refused(bench: &Bench, name: &str, text: &str) -> String {
    let path = bench.write(name, text);
    let ran = report(bench, &[path.to_str().expect("UTF-8")]);
    assert_eq!(ran.code, Some(108), "{ran}");
    assert_eq!(ran.stdout, "", "{ran}");
    assert!(ran.stderr.contains(name), "the file is named: {ran}");
    ran.stderr
}

#[test]
fn what_is_truncated_foreign_or_newer_is_told_and_gets_108() {
    let bench = Bench::new();
    let folder = keep(&bench, true);
    let document = fs::read_to_string(folder.join("result.json")).expect("text");
    let journal = fs::read_to_string(folder.join("journal.jsonl")).expect("text");
    let newer = |text: &str| text.replacen("/2\"", "/3\"", 1);
    let in_the_middle = journal.replacen("\"round\":0,", "\"round\":", 3);
    for (name, text, told) in [
        ("empty.json", String::new(), "not a result document"),
        ("foreign.json", "{\"name\": \"left-pad\"}".into(), "missing field `schema`"),
        ("foreign.txt", "once upon a time".into(), "not a result document"),
        ("other.json", "{\"schema\": \"other/1\"}".into(), "its schema is \\\"other/1\\\""),
        ("cut.json", document[..document.len() / 2].into(), "damaged"),
        ("longer.json", format!("{document}{{}}"), "trailing"),
        ("newer.json", newer(&document), "made by a newer wirebench"),
        ("newer.jsonl", newer(&journal), "line 1: it was made by a newer wirebench"),
        ("empty.jsonl", String::new(), "no whole first line"),
        ("foreign.jsonl", "{\"level\":\"info\"}\n".into(), "it is not a journal"),
        ("middle.jsonl", in_the_middle, "line 2: the round is damaged"),
        ("document.jsonl", document.replace(['\n'], "") + "\n", "it is a result document"),
    ] {
        let said = refused(&bench, name, &text);
        assert!(said.replace("\\\"", "\"").contains(&told.replace("\\\"", "\"")), "{name}: {said}");
    }
    let ran = report(&bench, &["nowhere"]);
    assert!(ran.code == Some(108) && ran.stderr.contains("nowhere"), "{ran}");
    let ran = report(&bench, &["tmp"]);
    assert!(ran.code == Some(108) && ran.stderr.contains("no result.json"), "{ran}");
    let ran = report(&bench, &["/dev/zero"]);
    assert!(ran.code == Some(108) && ran.stderr.contains("not a regular file"), "{ran}");
}

#[test]
fn a_document_that_its_own_figures_contradict_is_told_with_the_cell() {
    let bench = Bench::new();
    let folder = keep(&bench, true);
    let text = fs::read_to_string(folder.join("result.json")).expect("text");
    type Damage = fn(&mut Value);
    let damages: [(&str, Damage, &str); 12] = [
        ("verdicts", |it| it["cells"][4]["integrity"]["request"]["intact"] = 7.into(), "add up"),
        ("exchanges", |it| it["cells"][4]["exchanges"]["done"] = 7.into(), "not as many ended"),
        ("p99", |it| it["cells"][4]["latency_ns"]["p99"] = 7.into(), "`latency_ns`"),
        ("rate", |it| it["cells"][4]["rate"]["achieved"] = 1e9.into(), "the rate of its windows"),
        ("round", |it| it["cells"][4]["rounds"][0]["rate"] = 1e9.into(), "round 0"),
        ("busy", |it| it["cells"][4]["rate"]["busy_ns"] = u64::MAX.into(), "at a time"),
        ("window", |it| it["cells"][4]["rounds"][0]["done"] = 7.into(), "do not add up"),
        ("pass", |it| it["cells"][7]["verdict"] = "pass".into(), "better than its gates"),
        ("gate", |it| it["cells"][4]["gates"][0]["value"] = Value::Null, "without a value"),
        (
            "run",
            |it| (it["interrupted"], it["verdict"]) = (true.into(), "pass".into()),
            "interrupted",
        ),
        ("whole", |it| it["verdict"] = "pass".into(), "worst cell"),
        ("twice", |it| it["cells"][1] = it["cells"][0].clone(), "told twice"),
    ];
    for (name, damage, told) in damages {
        let mut value: Value = serde_json::from_str(&text).expect("JSON");
        damage(&mut value);
        let said = refused(&bench, &format!("{name}.json"), &value.to_string());
        assert!(said.contains(told), "{name}: {said}");
        assert!(said.contains("cell") || name == "run", "{name}: {said}");
    }
}

#[test]
fn a_journal_that_changes_while_it_is_read_is_an_error() {
    let bench = Bench::new();
    let folder = keep(&bench, false);
    let path = folder.join("journal.jsonl");
    let (_, Opened::Journal(rounds)) = open(&path).expect("it is read") else {
        panic!("a journal")
    };
    let text = fs::read_to_string(&path).expect("text");
    fs::write(&path, text.replace(":", ";")).expect("it can be written");
    let error = rounds.result().expect_err("it is not what it was");
    assert!(error.to_string().contains("was changed"), "{error}");
    fs::write(&path, "").expect("it can be written");
    assert!(rounds.result().is_err());
}

#[test]
fn rounds_that_no_journal_keeps_any_more_are_pooled_with_those_it_kept() {
    let bench = Bench::new();
    let mut scenario = scenario(&["line", "len32be"], &[64]);
    scenario.rounds = 4;
    let sample = |cell: usize, round: u32| {
        let n = 100 + 10 * u64::from(round) + cell as u64;
        Sample::intact(n, 64, 1, 20_000).round(cell, round)
    };
    let rounds: Vec<_> = (0..4).flat_map(|round| [sample(0, round), sample(1, round)]).collect();
    let mut journal = Journal::create(&bench.out(), "lost").expect("the journal is made");
    journal.begin(&scenario, "", &host(), &tool()).expect("it begins");
    let mut pool = Pool::new(&scenario);
    pool.set_archive(journal.archive().expect("it can be read"));
    for (index, round) in rounds.iter().enumerate() {
        // The disk is full after the fifth: one cell has three rounds there, one has two.
        if index < 5 {
            pool.kept(round.cell, 0, journal.round(round).expect("the round is written"));
        } else {
            pool.add(round);
        }
    }
    let mut written = Vec::new();
    let mut result = pool.finish(host(), tool()).expect("it is made");
    result.write(&mut written).expect("it is written");
    let whole = json(&document(&scenario, &rounds));
    assert_eq!(String::from_utf8_lossy(&written), whole);
}

#[test]
fn memory_does_not_grow_with_the_histograms_of_many_cells() {
    const CELLS: u64 = 60;
    let bench = Bench::new();
    let payloads: Vec<u64> = (1..=CELLS).collect();
    let scenario = scenario(&["line"], &payloads);
    let mut journal = Journal::create(&bench.out(), "many").expect("the journal is made");
    journal.begin(&scenario, "", &host(), &tool()).expect("it begins");
    let mut sample = Sample::intact(1_000, 64, 1, 20_000);
    // Every thousandth of a width for twenty widths: ten thousand buckets.
    for step in 0..10_000u32 {
        sample.client.latency.record((1.0015_f64.powi(step as i32) * 2_048.0) as u64);
    }
    let one = sample.client.latency.clone();
    for histogram in [
        &mut sample.client.oneway_request,
        &mut sample.client.service,
        &mut sample.client.oneway_reply,
    ] {
        *histogram = one.clone();
    }
    for cell in 0..CELLS as usize {
        journal.round(&sample.clone().round(cell, 0)).expect("the round is written");
    }
    let path = journal.folder().join("journal.jsonl");
    let taken = allocation_counter::measure(|| {
        let (_, Opened::Journal(rounds)) = open(&path).expect("it is read") else {
            panic!("a journal")
        };
        let mut result = rounds.result().expect("it is made");
        result.write(&mut std::io::sink()).expect("it is written");
        markdown(result.document());
    })
    .bytes_max;
    let buckets = serde_json::to_value(&one).expect("JSON").as_str().map_or(0, str::len) as u64;
    assert!(buckets > 2_000, "the histograms are large");
    // All of them at once would take 40 MiB.
    assert!(taken < 10 << 20, "{taken} bytes were taken");
}

#[test]
fn what_the_first_schema_could_not_know_of_a_foreign_server_is_null() {
    let [of_document, of_journal] =
        ["schema-1-own.json", "schema-1-own.journal.jsonl"].map(|name| whole(&golden(name)));
    let part = |document: &Document, path: &str| {
        let value = serde_json::to_value(&document.cells[0]).expect("JSON");
        value.pointer(path).cloned().expect("a field")
    };
    for path in ["/integrity", "/wire", "/negative_samples", "/rounds/0/sent", "/exchanges"] {
        assert_eq!(part(&of_document, path), part(&of_journal, path), "{path}");
    }
    assert!(part(&of_document, "/integrity/reply").is_null());
    assert!(part(&of_document, "/integrity/request/late").is_null());
    assert_eq!(part(&of_document, "/integrity/request/sent"), 40);
    assert_eq!(part(&of_document, "/exchanges/completed"), 40);
}
