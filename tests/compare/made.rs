//! Results as a run would have left them, made through the types of the document, and compared.
#![allow(dead_code, reason = "every test target uses its own part")]

use crate::harness::{Bench, Ran};
use crate::sample::{Sample, document, scenario};
use std::path::PathBuf;
use wirebench::compare::{
    CellComparison, Comparison, KeptResult, Limits, Reading, Refusal, Rename, Row, StoredOptions,
    stored,
};
use wirebench::load::rng::SplitMix64;
use wirebench::report::json;
use wirebench::result::{Document, Tool};

/// The framings of the cells that are usually made.
pub(crate) const FRAMINGS: [&str; 5] = ["line", "len16be", "len32be", "varint", "cobs"];

/// What is usual of every cell, in nanoseconds.
const LATENCY_NS: f64 = 20_000.0;
const CPU_NS: f64 = 800.0;

/// A result with these framings; `slower`: how many times longer the latency of each is, and how many times
/// more CPU time it takes. The seed makes up to 0.4 % of noise.
pub(crate) fn result_of(framings: &[&str], seed: u64, slower: impl Fn(&str) -> f64) -> Document {
    let mut dice = SplitMix64::new(seed);
    let mut noise = || 1.0 + 0.004 * ((dice.next_u64() >> 11) as f64 / (1_u64 << 53) as f64);
    let scenario = scenario(framings, &[64]);
    let rounds: Vec<_> = framings
        .iter()
        .enumerate()
        .map(|(cell, framing)| {
            let latency = LATENCY_NS * slower(framing) * noise();
            let cpu = CPU_NS * slower(framing) * noise();
            let mut sample = Sample::intact(1_000, 64, 1, latency as u64);
            for usage in [&mut sample.client.side.usage, &mut sample.server.usage] {
                usage.cpu_ns = (cpu * usage.messages as f64) as u64;
            }
            let mut round = sample.round(cell, 0);
            // No two runs begin in the same nanosecond.
            round.began_ns += seed;
            round
        })
        .collect();
    document(&scenario, &rounds)
}

/// The same with the usual framings.
pub(crate) fn result(seed: u64, slower: impl Fn(&str) -> f64) -> Document {
    result_of(&FRAMINGS, seed, slower)
}

/// So many results of which nothing is slower.
pub(crate) fn usual(seeds: std::ops::Range<u64>) -> Vec<Document> {
    seeds.map(|seed| result(seed, |_| 1.0)).collect()
}

/// So many results of which one framing is so many times slower.
pub(crate) fn with_slow(framing: &str, times: f64, seeds: std::ops::Range<u64>) -> Vec<Document> {
    let slower = |one: &str| if one == framing { times } else { 1.0 };
    seeds.map(|seed| result(seed, slower)).collect()
}

/// What is asked for where nothing is said.
pub(crate) fn options(limits: &[&str], maps: &[&str]) -> StoredOptions {
    let limits: Vec<String> = limits.iter().map(|limit| (*limit).to_owned()).collect();
    StoredOptions {
        limits: Limits::read(&limits).expect("limits"),
        renames: maps.iter().map(|map| Rename::read(map).expect("a map")).collect(),
        allow_debug: false,
    }
}

/// Compares documents as the verb does, without a file.
pub(crate) fn try_compare(
    baseline: &[Document],
    new: &[Document],
    options: &StoredOptions,
) -> Result<Comparison, Refusal> {
    let metrics = options.limits.metrics();
    let side = |name: &str, results: &[Document]| -> Vec<KeptResult> {
        let kept = |(at, document): (usize, &Document)| {
            let mut reading = Reading::new(&metrics);
            document.cells.iter().for_each(|cell| reading.add(cell));
            reading.finish(format!("{name}/{at}"), document.clone())
        };
        results.iter().enumerate().map(kept).collect()
    };
    stored(side("base", baseline), side("new", new), options, Tool::this())
}

/// The same where nothing is in the way.
#[track_caller]
pub(crate) fn compare(baseline: &[Document], new: &[Document]) -> Comparison {
    try_compare(baseline, new, &options(&[], &[])).expect("they can be compared")
}

/// The cell of a framing.
#[track_caller]
pub(crate) fn cell<'a>(comparison: &'a Comparison, framing: &str) -> &'a CellComparison {
    let of_framing = |cell: &&CellComparison| cell.id.starts_with(&format!("framing={framing},"));
    comparison.cells.iter().find(of_framing).expect("there is such a cell")
}

/// A metric of the cell of a framing.
#[track_caller]
pub(crate) fn row<'a>(comparison: &'a Comparison, framing: &str, metric: &str) -> &'a Row {
    let rows = &cell(comparison, framing).rows;
    rows.iter().find(|row| row.metric == metric).expect("there is such a row")
}

/// Writes each of the documents; returns the names of the files.
pub(crate) fn write(bench: &Bench, side: &str, documents: &[Document]) -> Vec<String> {
    let write = |(at, document): (usize, &Document)| -> PathBuf {
        bench.write(&format!("{side}-{at}.json"), json(document))
    };
    let files = documents.iter().enumerate().map(write);
    files.map(|file| file.file_name().expect("a name").to_string_lossy().into_owned()).collect()
}

/// What the verb says of these documents.
pub(crate) fn run(bench: &Bench, baseline: &[Document], new: &[Document], more: &[&str]) -> Ran {
    let (baseline, new) = (write(bench, "base", baseline), write(bench, "new", new));
    let files = |files: &'_ [String]| files.to_vec();
    let mut arguments = vec!["compare".to_owned()];
    arguments.extend(files(&baseline));
    arguments.push("--".into());
    arguments.extend(files(&new));
    arguments.extend(more.iter().map(|one| (*one).to_owned()));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    bench.start(&arguments).wait()
}
