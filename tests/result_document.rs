//! `docs/results.md` and the document say the same, and the document survives being written.

#[path = "harness/fields.rs"]
mod fields;
#[path = "report/sample.rs"]
mod sample;

use sample::{Sample, document, everything, failed, round_with, scenario};
use serde_json::Value;
use wirebench::judge::Verdict;
use wirebench::measure::{Conduct, Family, Histogram, Seen, Series};
use wirebench::result::Document;
use wirebench::result::document::{
    AttemptResult, AuditResult, CellVerdict, FloorResult, HeldResult, OpenResult, PartResult,
    RunInfo, SearchGroup, SearchPoint, SearchResult, Times, text,
};
use wirebench::scenario::{PartitionInfo, PlannedCell};

/// A document with something in every list and in every object that may be null.
fn full() -> Document {
    let (scenario, rounds) = everything();
    let mut document = document(&scenario, &rounds);
    document.run =
        Some(RunInfo { id: "20261120T214500Z".into(), started: "2026-11-20T21:45:00Z".into() });
    document.measured(sample::measured());
    let mut conduct = Conduct::default();
    conduct.mute.add(false, 1, Seen::default());
    document.cells[0].conduct = Some(conduct);
    document.cells[0].held = Some(HeldResult { peak_bytes: 4_096, session_peak_bytes: 2_048 });
    document.floor = Some(FloorResult { p50_ns: 20_000, ..FloorResult::default() });
    document.scenario.profile = Some("ci".into());
    document.scenario.changes = vec!["load.rounds=1".into()];
    let id = document.cells[0].id.clone();
    let cells = vec![PlannedCell { id, part: 2 }];
    document.scenario.partition =
        Some(PartitionInfo { part: 2, of: 3, cells, scenarios: vec!["sticky".into()] });
    let (run, host) = (document.run.clone(), document.host.clone());
    document.parts = vec![PartResult { part: 2, run, host }];
    document.cells[0].part = Some(2);
    document.cells[0].cpu.server_memory_growth_bytes = Some(4_096);
    let planned = document.cells[0].exchanges.started;
    document.cells[0].open = Some(OpenResult {
        planned,
        answered: planned,
        achieved_share: Some(1.0),
        min_achieved: 0.99,
        slip_ns: Times::of(&sample::histogram(100, 20_000)),
        generator_limited: Some("no".into()),
        limited_why: Some("the generator was in time".into()),
        ..OpenResult::default()
    });
    document.cells[0].audit = vec![AuditResult {
        check: "rate".into(),
        held: 1,
        failed: 0,
        not_judged: 0,
        round: Some(0),
        expected: "1,000/s".into(),
        found: "1,000/s".into(),
        sentence: "as many exchanges were started as planned".into(),
    }];
    document.cells[0].rounds[0].series = Some(Series {
        bin_ns: 100_000_000,
        offered: vec![10],
        achieved: vec![10],
        anomalies: vec![0],
        p50_ns: vec![Some(20_000)],
        p99_ns: vec![None],
        max_ns: vec![Some(30_000)],
    });
    document.cells[0].attempts = vec![AttemptResult {
        verdict: CellVerdict::Crashed,
        family: Some(Family::Integrity),
        gates: document.cells[0].gates.clone(),
        crashes: document.cells[7].crashes.clone(),
        errors: vec!["round 1: port 7 is in use".into()],
    }];
    let cell = document.cells[0].id.clone();
    let point = SearchPoint { value: "2k/s".into(), number: 2_000.0, cell };
    document.cells[0].rounds[0].keeps = Some(true);
    document.search = Some(SearchResult {
        metric: "p99 < 1ms".into(),
        vary: "load.rate".into(),
        from: "1k/s".into(),
        to: "4k/s".into(),
        resolution: 0.05,
        rounds: 3,
        expect: Some(">= 2k/s".into()),
        groups: vec![SearchGroup {
            group: "all".into(),
            answer: "keeps p99 < 1ms up to 2k/s, fails at 2.1k/s; 8 points, 3 rounds".into(),
            holds: Some(point.clone()),
            fails: None,
            undecided: vec![point],
            fails_below: Vec::new(),
            unfinished: false,
            points: document.cells.len() as u64,
            rounds: 3,
            pass: Some(true),
        }],
    });
    document.stop("the plugin file libwirebench_echo.so has changed".into());
    document
}

#[test]
fn every_field_is_documented_and_every_documented_field_is_there() {
    let value = serde_json::to_value(full()).expect("it is JSON");
    fields::agree("results.md", "document", &value);
}

#[test]
fn a_document_is_read_back_as_it_was_written() {
    let written = text(&full());
    let again = Document::read(&written).expect("it is read");
    assert_eq!(text(&again), written);
}

#[test]
fn a_document_that_does_not_tell_what_was_measured_is_read() {
    let mut old = serde_json::to_value(full()).expect("it is JSON");
    let mut forget = |object: &str, fields: &[&str]| {
        let object = old.pointer_mut(object).and_then(Value::as_object_mut).expect("an object");
        fields.iter().for_each(|field| drop(object.remove(*field).expect("it was there")));
    };
    forget("", &["plugins", "files", "stopped", "aborted", "parts"]);
    forget("/cells/0", &["attempts", "part", "held"]);
    forget("/cells/0/cpu", &["server_memory_growth_bytes"]);
    let of_program = ["server_cpu_ns_per_message", "server_peak_memory_bytes"];
    forget("/cells/0/rounds/0", &of_program);
    forget("/cells/0/rounds/0", &["server_memory_growth_bytes"]);
    forget("/cells/0/rounds/0", &["server_processors", "client_processors", "share_core"]);
    forget("/cells/0/setup/cpu", &["server", "client"]);
    forget("/tool", &["path", "size_bytes", "sha256"]);
    forget("/scenario", &["text_sha256", "profile", "changes", "partition"]);
    let read = Document::read(&old.to_string()).expect("it is read");
    assert_eq!((read.plugins, read.tool.sha256, read.stopped), (vec![], None, None));
}

#[test]
fn a_document_cut_anywhere_is_an_error_and_no_panic() {
    let written = text(&full());
    for cut in (0..written.trim_end().len()).step_by(997) {
        if written.is_char_boundary(cut) {
            assert!(Document::read(&written[..cut]).is_err(), "cut at {cut}");
        }
    }
}

#[test]
fn what_has_no_samples_is_null() {
    let empty = document(&scenario(&["line"], &[64]), &[]);
    let value = serde_json::to_value(&empty).expect("it is JSON");
    let cell = &value["cells"][0];
    for field in ["min", "mean", "p50", "p90", "p99", "p99_9", "p99_99", "max", "histogram"] {
        assert!(cell["latency_ns"][field].is_null(), "{field}");
    }
    assert_eq!(cell["latency_ns"]["count"], 0);
    assert!(cell["rate"]["achieved"].is_null());
    assert!(cell["wire"]["overhead"].is_null());
    assert!(cell["cpu"]["client_ns_per_message"].is_null());
    assert!(cell["relative"].is_null());
}

#[test]
fn rounds_are_pooled_with_their_histograms_and_stand_alone_beside() {
    let mut scenario = scenario(&["line"], &[64]);
    scenario.rounds = 4;
    let rounds = [
        Sample::intact(600, 64, 1, 10_000).round(0, 0),
        Sample::intact(400, 64, 1, 40_000).round(0, 1),
        round_with(0, 2, failed()),
    ];
    let cell = &document(&scenario, &rounds).cells[0];
    let mut merged = Histogram::new();
    merged.merge(&sample::histogram(600, 10_000));
    merged.merge(&sample::histogram(400, 40_000));
    assert_eq!(cell.latency_ns.histogram.as_ref(), Some(&merged));
    assert_eq!(cell.exchanges.done, 1000);
    assert_eq!(
        cell.rounds.iter().map(|round| round.done).collect::<Vec<_>>(),
        [Some(600), Some(400), None]
    );
    assert!(cell.notes.iter().any(|note| note.contains("could not be run: port 7")));
    assert!(cell.notes.iter().any(|note| note == "1 of 4 rounds were not run"), "{:?}", cell.notes);
}

#[test]
fn examples_are_kept_up_to_a_bound_for_each_verdict() {
    let mut sample = Sample::intact(1_000, 64, 0, 10_000).damage_requests(Verdict::Merged, 100);
    for seq in 0..100 {
        sample = sample.example(Verdict::Merged, seq);
    }
    let sample = sample.example(Verdict::Lost, 500);
    let rounds = [sample.clone().round(0, 0), sample.round(0, 1)];
    let examples = &document(&scenario(&["raw"], &[64]), &rounds).cells[0].integrity.examples;
    let of = |verdict| examples.iter().filter(|example| example.verdict == verdict).count();
    assert_eq!((of(Verdict::Merged), of(Verdict::Lost)), (16, 2));
}

#[test]
fn without_a_framing_axis_different_loads_are_compared_only_when_nothing_else_is() {
    let dividing = |axes: &[&str]| {
        let mut scenario = scenario(&["line"], &[64]);
        scenario.axes = axes.iter().map(|axis| (*axis).into()).collect();
        scenario.cells[0].axes = axes.iter().map(|axis| ((*axis).into(), "1".into())).collect();
        let cell = document(&scenario, &[]).cells.remove(0);
        cell.dividing_axes().iter().map(|axis| (*axis).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(dividing(&["transport.nodelay", "load.in-flight"]), ["load.in-flight"]);
    assert_eq!(dividing(&["load.payload", "cpu.wait"]), [""; 0]);
    assert_eq!(dividing(&["framing", "load.payload", "transport"]), ["load.payload", "transport"]);
    assert_eq!(dividing(&["framing.max", "loader"]), ["loader"]);
    assert_eq!(dividing(&[]), [""; 0]);
}

#[test]
fn only_intact_cells_of_the_same_group_are_compared() {
    let mut scenario = scenario(&["raw", "line", "len32be"], &[64, 1024]);
    scenario.cells[5].settings.cpu.placement = wirebench::scenario::Placement::Same;
    let rounds = [
        // Faster than all, but not intact: its rate is not of the same thing.
        Sample::intact(900_000, 64, 0, 10_000).damage_requests(Verdict::Merged, 1).round(0, 0),
        Sample::intact(500, 1024, 0, 10_000).damage_requests(Verdict::Merged, 1).round(1, 0),
        Sample::intact(1_000, 64, 1, 10_000).round(2, 0),
        Sample::intact(5_000, 1024, 1, 10_000).round(3, 0),
        Sample::intact(2_000, 64, 4, 10_000).round(4, 0),
        Sample::intact(50_000, 1024, 4, 10_000).round(5, 0),
    ];
    let cells = document(&scenario, &rounds).cells;
    let against = |cell: usize| cells[cell].relative.as_ref().map(|beside| &*beside.against);
    let line = Some("framing=line,load.payload=1024 B");
    let len32be = Some("framing=len32be,load.payload=64 B");
    assert_eq!((0..5).map(against).collect::<Vec<_>>(), [None, None, len32be, line, len32be]);
    assert_eq!(against(5), Some(&*cells[5].id), "another placement is another group");
    assert_eq!(cells[2].relative.as_ref().and_then(|beside| beside.slower), Some(2.0));
}

#[test]
fn where_the_handler_alone_judges_only_cells_with_the_same_handler_are_compared() {
    let compared = |foreign: bool| {
        let mut scenario = scenario(&["line"], &[64, 1024]);
        scenario.axes = vec!["handler.config".into(), "transport.nodelay".into()];
        for (cell, verify) in scenario.cells.iter_mut().zip(["true", "false"]) {
            cell.axes = vec![("handler.config".into(), verify.into())];
        }
        if foreign {
            sample::against_a_foreign_server(&mut scenario);
        }
        let sample = |cell| {
            let sample = Sample::intact(1_000, 64, 1, 10_000);
            if foreign { sample.foreign() } else { sample }.round(cell, 0)
        };
        let cells = document(&scenario, &[sample(0), sample(1)]).cells;
        let against = |cell: usize| cells[cell].relative.as_ref().map(|beside| &*beside.against);
        assert!(against(0).is_some() && against(1).is_some());
        against(0) == against(1)
    };
    assert!(compared(false), "the ledger judges both alike");
    assert!(!compared(true), "one checks, and the other may not");
}
