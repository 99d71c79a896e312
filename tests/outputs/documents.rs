//! Results of every kind, and how a format writes them.
#![allow(dead_code, reason = "every test uses its own part")]

use crate::made::{compare, usual, with_slow};
use crate::sample::{Sample, crash, document, everything, failed, gate, round_with, scenario};
use wirebench::compare::Comparison;
use wirebench::judge::Verdict;
use wirebench::measure::Family;
use wirebench::report::{Format, Output, output};
use wirebench::result::document::{AttemptResult, CellVerdict, RunInfo};
use wirebench::result::{Document, Stored};
use wirebench::scenario::{Limit, Op};

/// Every format that is written when a run is over.
pub(crate) const AT_THE_END: [Format; 13] = [
    Format::Table,
    Format::Json,
    Format::Jsonl,
    Format::Markdown,
    Format::Csv,
    Format::CsvRounds,
    Format::JUnit,
    Format::GitHub,
    Format::Hgrm,
    Format::HdrLog,
    Format::GoBench,
    Format::OpenMetrics,
    Format::Html,
];

/// Text that means something to one format or another.
pub(crate) const HOSTILE: &str =
    "<x>&\"'|,;=`%::a\\\nb\r\u{1b}[31mc\u{0}\u{7f}\u{9b}\u{202e}\u{fffe}\u{ffff}é漢";

/// An output that has heard of these results.
pub(crate) fn heard(format: Format, results: &[(Document, Option<Comparison>)]) -> Box<dyn Output> {
    let mut output = output(format).expect("it is written at the end");
    for (document, compared) in results {
        let mut result = Stored::from(document.clone());
        output.add(&mut result, compared.as_ref()).expect("what is in memory can be read");
    }
    output
}

/// What a format writes of several results.
pub(crate) fn all(format: Format, results: &[(Document, Option<Comparison>)]) -> String {
    let mut text = Vec::new();
    heard(format, results).write(&mut text).expect("memory takes everything");
    String::from_utf8(text).expect("it is text")
}

/// What a format writes of one result.
pub(crate) fn one(format: Format, document: Document) -> String {
    all(format, &[(document, None)])
}

/// What a format writes of one result, without what is the same for all of them.
pub(crate) fn own(format: Format, document: Document) -> String {
    let text = one(format, document);
    if format == Format::Html { without_own(&text) } else { text }
}

/// What is left of a page without its own style and scripts: what others have written stands in it.
pub(crate) fn without_own(page: &str) -> String {
    let mut rest = page;
    let mut left = String::new();
    while let Some((before, name)) = ["style", "script"]
        .iter()
        .filter_map(|name| Some((rest.find(&format!("<{name}"))?, name)))
        .min()
    {
        left.push_str(&rest[..before]);
        let end = format!("</{name}>");
        let at = rest[before..].find(&end).expect("it ends") + before;
        rest = &rest[at + end.len()..];
    }
    left + rest
}

/// One cell that passes.
pub(crate) fn single() -> Document {
    let scenario = scenario(&["line"], &[64]);
    kept(document(&scenario, &[Sample::intact(41_000, 64, 1, 12_300).round(0, 0)]))
}

/// Two cells that pass a gate, two rounds each.
pub(crate) fn passing() -> Document {
    let mut scenario = scenario(&["line", "len32be"], &[64]);
    scenario.rounds = 2;
    for cell in &mut scenario.cells {
        cell.expect = vec![gate("intact", Op::Equal, Limit::Share(1.0), "100%")];
    }
    let rounds: Vec<_> = (0..2)
        .flat_map(|round| {
            [
                Sample::intact(41_000, 64, 1, 12_300).round(0, round),
                Sample::intact(42_600, 64, 4, 11_800).round(1, round),
            ]
        })
        .collect();
    kept(document(&scenario, &rounds))
}

/// Gates that do not hold at two lines, in several cells; one that cannot be told.
pub(crate) fn failing() -> Document {
    let mut scenario = scenario(&["raw", "line", "len32be"], &[64, 1024]);
    for cell in &mut scenario.cells {
        let mut intact = gate("intact", Op::Equal, Limit::Share(1.0), "100%");
        intact.line = Some(31);
        let mut p99 = gate("p99", Op::Less, Limit::Nanos(13_000), "< 13us");
        p99.line = Some(32);
        cell.expect = vec![intact, p99];
    }
    let rounds = [
        Sample::intact(10_000, 64, 0, 20_000).damage_requests(Verdict::Merged, 7_100).round(0, 0),
        Sample::intact(10_000, 1024, 0, 21_000).damage_requests(Verdict::Merged, 9_900).round(1, 0),
        Sample::intact(41_000, 64, 1, 9_000).round(2, 0),
        Sample::intact(41_000, 1024, 1, 14_000).round(3, 0),
        Sample::intact(41_000, 64, 4, 9_100).round(4, 0),
        // Too few for p99.
        Sample::intact(50, 1024, 4, 9_100).round(5, 0),
    ];
    kept(document(&scenario, &rounds))
}

/// A cell that failed at a line, passed when it was played again, and is flaky.
pub(crate) fn flaky() -> Document {
    let mut document = passing();
    let failed = failing().cells[0].gates.clone();
    let cell = &mut document.cells[0];
    cell.attempts = vec![AttemptResult {
        verdict: CellVerdict::Fail,
        family: Some(Family::Integrity),
        gates: failed.into_iter().filter(|gate| gate.pass == Some(false)).take(1).collect(),
        crashes: Vec::new(),
        errors: Vec::new(),
    }];
    cell.verdict = CellVerdict::Flaky;
    document.verdict = CellVerdict::Flaky;
    document
}

/// A cell whose side crashed, one whose round could not be run, and one that was never played.
pub(crate) fn broken() -> Document {
    let mut scenario = scenario(&["line", "varint", "len32be"], &[64]);
    scenario.name = "broken".into();
    kept(document(&scenario, &[round_with(0, 0, crash()), round_with(1, 0, failed())]))
}

/// A run that was interrupted when its first cell was over.
pub(crate) fn interrupted() -> Document {
    let scenario = scenario(&["line", "len32be"], &[64]);
    let mut document =
        kept(document(&scenario, &[Sample::intact(41_000, 64, 1, 12_300).round(0, 0)]));
    document.interrupt();
    document
}

/// A round in which nothing was answered.
pub(crate) fn without_samples() -> Document {
    let scenario = scenario(&["line"], &[64]);
    let sample = Sample::intact(0, 64, 1, 10_000).unanswered(20);
    kept(document(&scenario, &[sample.round(0, 0)]))
}

/// Everything that a document can tell of.
pub(crate) fn full() -> Document {
    let (scenario, rounds) = everything();
    let mut document = kept(document(&scenario, &rounds));
    // As of a program that is no side of ours.
    document.cells[0].cpu.server_memory_growth_bytes = Some(4_096);
    document
}

/// Hostile text wherever there is text.
pub(crate) fn hostile() -> Document {
    let (mut scenario, rounds) = everything();
    scenario.name = HOSTILE.into();
    scenario.about = HOSTILE.into();
    scenario.source = HOSTILE.into();
    scenario.axes = vec![HOSTILE.into(), "load.payload".into()];
    for (number, cell) in scenario.cells.iter_mut().enumerate() {
        cell.axes[0].0 = HOSTILE.into();
        cell.axes[0].1 = format!("{HOSTILE}{number}");
        cell.id = format!("{HOSTILE}{number}");
    }
    let mut document = kept(document(&scenario, &rounds));
    for cell in &mut document.cells {
        cell.notes.push(HOSTILE.into());
        cell.crashes.iter_mut().for_each(|crash| {
            crash.stderr = format!("```\n{HOSTILE}\n# heading");
            crash.how = HOSTILE.into();
        });
        cell.errors.iter_mut().for_each(|error| error.first = HOSTILE.into());
        cell.gates.iter_mut().for_each(|gate| gate.limit = HOSTILE.into());
    }
    document
}

/// So many cells, of which every third fails.
pub(crate) fn many(cells: usize) -> Document {
    let names: Vec<String> = (0..cells).map(|number| format!("framing-{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut scenario = scenario(&names, &[64]);
    let rounds: Vec<_> = (0..cells)
        .map(|cell| Sample::intact(200, 64, 1, 10_000 + cell as u64).round(cell, 0))
        .collect();
    for cell in scenario.cells.iter_mut().step_by(3) {
        cell.expect = vec![gate("p50", Op::Less, Limit::Nanos(1_000), "< 1us")];
    }
    kept(document(&scenario, &rounds))
}

/// A comparison in which one framing of five became slower.
pub(crate) fn slower() -> (Document, Option<Comparison>) {
    let new = with_slow("line", 1.5, 10..14);
    let compared = compare(&usual(0..4), &new);
    (kept(new[0].clone()), Some(compared))
}

/// One result of each kind.
pub(crate) fn of_every_kind() -> Vec<(&'static str, Document)> {
    vec![
        ("passing", passing()),
        ("failing", failing()),
        ("broken", broken()),
        ("interrupted", interrupted()),
        ("without samples", without_samples()),
        ("full", full()),
        ("hostile", hostile()),
    ]
}

/// The same, kept at a known time.
fn kept(mut document: Document) -> Document {
    document.run =
        Some(RunInfo { id: "20261120T214500Z".into(), started: "2026-11-20T21:45:00Z".into() });
    document
}
