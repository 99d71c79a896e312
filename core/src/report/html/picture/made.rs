//! Documents for tests, made up of one that is kept, with as many cells as are asked for.

use super::{Figure, Links, Pictures, add_templates};
use crate::measure::{Histogram, Series};
use crate::result::Document;
use crate::result::document::{
    CellResult, CellVerdict, ExampleResult, OpenResult, RoundOutcome, Times,
};
use minijinja::Environment;
use minijinja::value::Serde;

pub(super) const KEPT: &str = include_str!("../../../../../tests/fixtures/results/schema-1.json");

/// How a document is to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) groups: usize,
    pub(super) kinds: usize,
    pub(super) rounds: u32,
}

/// A document of `groups` payloads with `kinds` framings each; every third framing damages messages.
pub(super) fn document(size: Size) -> Document {
    let mut document = Document::read(KEPT).expect("it is kept to be read");
    let base = document.cells.remove(0);
    document.scenario.axes = vec!["framing".into(), "load.in-flight".into()];
    document.cells.clear();
    for group in 0..size.groups {
        for kind in 0..size.kinds {
            let (framing, load) = (format!("framing-{kind}"), format!("{}", group + 1));
            document.cells.push(cell(&base, &framing, &load, size, (group, kind)));
        }
    }
    document
}

fn cell(
    base: &CellResult,
    framing: &str,
    load: &str,
    size: Size,
    (group, kind): (usize, usize),
) -> CellResult {
    let mut cell = base.clone();
    let number = group * size.kinds + kind;
    let axes = [("framing", framing), ("load.in-flight", load)];
    cell.axes = axes.map(|(axis, value)| (axis.to_owned(), value.into())).into_iter().collect();
    cell.id = format!("framing={framing},load.in-flight={load}");
    let ns = 10_000 * (1 + kind as u64) * (1 + group as u64 % 7);
    let mut histogram = Histogram::new();
    for step in 0..200 {
        histogram.record_n(ns + ns * step * step / 5_000, 1 + 3 * (200 - step));
    }
    cell.latency_ns = Times::of(&histogram);
    cell.oneway_request_ns = Times { mean: Some(ns / 3), ..Times::default() };
    cell.service_ns = Times { mean: Some(ns / 10), ..Times::default() };
    cell.oneway_reply_ns = Times { mean: Some(ns / 3), ..Times::default() };
    let rate = 1e9 / ns as f64;
    cell.rate.achieved = Some(rate);
    cell.cpu.client_ns_per_message = Some(900 + number as u64);
    cell.cpu.server_ns_per_message = Some(700);
    let sent = cell.integrity.request.sent.max(1_000);
    for verdicts in [Some(&mut cell.integrity.request), cell.integrity.reply.as_mut()] {
        let Some(verdicts) = verdicts else { continue };
        *verdicts = Default::default();
        verdicts.sent = sent;
        verdicts.merged = if kind % 3 == 2 { sent / 7 } else { 0 };
        verdicts.lost = if kind % 3 == 2 { 1 } else { 0 };
        verdicts.intact = sent - verdicts.merged - verdicts.lost;
        (verdicts.unexpected_bytes, verdicts.unexpected_messages) = (Some(0), Some(0));
    }
    cell.exchanges.done = cell.exchanges.done.max(1);
    cell.crashes.clear();
    let one = base.rounds.first().expect("the cell has a round").clone();
    cell.rounds = (0..size.rounds)
        .map(|round| {
            let mut summary = one.clone();
            summary.round = round;
            summary.outcome = RoundOutcome::Finished;
            summary.began_ns = (u64::from(round) * 1_000 + number as u64) * 300_000_000;
            let noise = 1.0 + f64::from((round * 7 + number as u32 * 13) % 11) / 100.0;
            summary.rate = Some(rate * noise);
            summary.cpu_ns_per_message = Some((1_600.0 + number as f64) * noise);
            summary
        })
        .collect();
    cell
}

/// An example that was split over so many writes and reads.
pub(super) fn example(pieces: u64) -> ExampleResult {
    let document = Document::read(KEPT).expect("it is kept to be read");
    let mut examples = document.cells.into_iter().flat_map(|cell| cell.integrity.examples);
    let mut example = examples.next().expect("the document has an example");
    let piece = |at: u64, late: u64| crate::result::document::PieceResult {
        at: example.wire_offset + at * 10,
        len: 10,
        time_ns: example.handed_over_ns + at * 1_000 + late,
    };
    (example.written, example.read) = (
        (0..pieces).map(|at| piece(at, 0)).collect(),
        (0..pieces).map(|at| piece(at, 500)).collect(),
    );
    example
}

/// All pictures of a document.
pub(super) fn figures(document: &Document) -> Vec<Figure> {
    let link =
        |cell: &CellResult| (cell.id.clone(), format!("#cell={}", crate::text::clean(&cell.id)));
    let links = Links(document.cells.iter().map(link).collect());
    let mut pictures = Pictures::new(document, links);
    document.cells.iter().for_each(|cell| pictures.cell(document, cell));
    pictures.finish(document)
}

/// A figure as it stands on a page.
pub(super) fn shown(figure: &Figure) -> String {
    let mut env = Environment::new();
    add_templates(&mut env).expect("the templates are well-formed");
    let template = env.get_template("picture/figure.html").expect("it is registered");
    template.render(minijinja::context! { figure => Serde(figure) }).expect("it can be shown")
}

/// So many bins of 100 ms, in each of which 100 exchanges were to start, 99 were done and none ended in another way.
pub(super) fn series(bins: usize) -> Series {
    Series {
        bin_ns: 100_000_000,
        offered: vec![100; bins],
        achieved: vec![99; bins],
        anomalies: vec![0; bins],
        p50_ns: vec![Some(100_000); bins],
        p99_ns: vec![Some(400_000); bins],
        max_ns: vec![Some(900_000); bins],
    }
}

/// Makes an open loop of a cell: of 10,000 that were to start, this share was answered, and the rest was dropped.
pub(super) fn as_open(cell: &mut CellResult, share: f64) {
    let planned = 10_000_u64;
    let answered = (planned as f64 * share) as u64;
    let mut histogram = Histogram::new();
    (0..answered).for_each(|at| histogram.record(100_000 + at * 50));
    cell.latency_ns = Times::of_some(&histogram, planned - answered);
    cell.open = Some(OpenResult {
        planned,
        dropped: planned - answered,
        answered,
        achieved_share: Some(answered as f64 / planned as f64),
        min_achieved: 0.99,
        ..OpenResult::default()
    });
    if share < 0.99 {
        cell.verdict = CellVerdict::Saturated;
    }
    cell.relative = None;
}
