//! `go-bench`: the text of Go's benchmarks, which `benchstat` reads. A line is a round, so that several rounds of a
//! cell are several samples of one benchmark.

use super::Output;
use super::names::{Names, safe};
use crate::compare::Comparison;
use crate::report::axes::axis_value;
use crate::result::document::{CellResult, RoundSummary};
use crate::result::{Document, Stored, StoredError};
use crate::text::cleaned;
use std::io::{self, Write};

/// Units of which more is better; of all others less is.
const HEAD: &str = "\
Unit exchanges/s better=higher
Unit intact-share better=higher
Unit p50-ns better=lower
Unit p99-ns better=lower
Unit cpu-ns/msg better=lower
Unit overhead-ratio better=lower
";

/// Names of processors' architectures, as Go has them.
const ARCHITECTURES: [(&str, &str); 2] = [("x86_64", "amd64"), ("aarch64", "arm64")];

/// Benchmarks of all results.
#[derive(Default)]
pub(super) struct GoBench {
    text: String,
    names: Names,
}

impl Output for GoBench {
    fn add(
        &mut self,
        result: &mut Stored<'_>,
        _compared: Option<&Comparison>,
    ) -> Result<(), StoredError> {
        let document = &*cleaned(result.document());
        if self.text.is_empty() {
            self.text.push_str(HEAD);
        }
        self.text.push('\n');
        self.text.push_str(&configuration(document));
        for cell in &document.cells {
            let name = self.names.give(name(document, cell));
            for round in &cell.rounds {
                self.text.extend(line(&name, round));
            }
        }
        Ok(())
    }

    fn write(&mut self, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(self.text.as_bytes())
    }
}

/// What `benchstat` keeps results apart by: no more than what makes them incomparable.
fn configuration(document: &Document) -> String {
    let host = &document.host;
    let architecture = host.architecture.as_deref().unwrap_or_default();
    let known = ARCHITECTURES.iter().find(|(ours, _)| *ours == architecture);
    let mut lines = vec![
        "goos: linux".to_owned(),
        format!("goarch: {}", known.map_or(architecture, |(_, theirs)| theirs)),
        format!("pkg: {}", document.scenario.name),
    ];
    lines.extend(host.cpu.as_ref().map(|cpu| format!("cpu: {cpu}")));
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join("\n") + "\n"
}

/// `BenchmarkSticky/framing=len32be/load.payload=64_B`.
fn name(document: &Document, cell: &CellResult) -> String {
    let mut name = format!("Benchmark{}", beginning(&part(&document.scenario.name)));
    for axis in cell.axes.keys() {
        name.push_str(&format!("/{}={}", part(axis), part(&axis_value(cell, axis))));
    }
    name
}

/// What may stand between two bars of a name.
fn part(text: &str) -> String {
    safe(text, |c| c != '/' && !c.is_whitespace() && !c.is_control())
}

/// It begins with a capital, or nobody takes it for a benchmark.
fn beginning(name: &str) -> String {
    let mut characters = name.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    let capital = first.chars().next().is_some_and(char::is_uppercase);
    let before = if capital { "" } else { "X" };
    format!("{before}{first}{}", characters.as_str())
}

/// The line of a round that has figures: exchanges that were done, and what they took.
fn line(name: &str, round: &RoundSummary) -> Option<String> {
    let (done, window) = (round.completed.filter(|done| *done > 0)?, round.window_ns?);
    let share = |(part, whole): (u64, u64)| (whole > 0).then(|| part as f64 / whole as f64);
    let figures = [
        (Some(window as f64 / done as f64), "ns/op"),
        (round.p50_ns.map(|ns| ns as f64), "p50-ns"),
        (round.p99_ns.map(|ns| ns as f64), "p99-ns"),
        (round.rate, "exchanges/s"),
        (round.cpu_ns_per_message, "cpu-ns/msg"),
        (round.overhead, "overhead-ratio"),
        (round.intact.zip(round.sent).and_then(share), "intact-share"),
    ];
    let known = figures.into_iter().filter_map(|(value, unit)| Some(format!(" {} {unit}", value?)));
    Some(format!("{name}-1 {done}{}\n", known.collect::<String>()))
}
