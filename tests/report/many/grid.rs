//! Documents of a whole matrix, without running anything.

use crate::sample::{Sample, cell, document, scenario};
use wirebench::load::rng::SplitMix64;
use wirebench::report::table::{Options, render};
use wirebench::report::{Choice, markdown_of};
use wirebench::result::Document;

/// A document with a cell for each point of the matrix, played `rounds` times; `of` says what a round at these values
/// reports, if it was played.
pub(crate) fn grid(
    axes: &[(&str, &[&str])],
    rounds: u32,
    mut of: impl FnMut(&[&str], u32) -> Option<Sample>,
) -> Document {
    let mut points: Vec<Vec<&str>> = vec![Vec::new()];
    for (_, values) in axes {
        points = points
            .iter()
            .flat_map(|point| values.iter().map(move |value| [&point[..], &[*value]].concat()))
            .collect();
    }
    let mut scenario = scenario(&[], &[]);
    scenario.rounds = rounds;
    scenario.axes = axes.iter().map(|(axis, _)| (*axis).to_owned()).collect();
    let mut played = Vec::new();
    for (number, point) in points.iter().enumerate() {
        let mut one = cell("line", 64);
        let named = scenario.axes.iter().zip(point);
        one.axes = named.map(|(axis, value)| (axis.clone(), (*value).to_owned())).collect();
        one.id = one
            .axes
            .iter()
            .map(|(axis, value)| format!("{axis}={value}"))
            .collect::<Vec<_>>()
            .join(",");
        scenario.cells.push(one);
        for round in 0..rounds {
            played.extend(of(point, round).map(|sample| sample.round(number, round)));
        }
    }
    document(&scenario, &played)
}

/// A round of so many exchanges, so many times slower than 2,000 of them in 300 ms, and off by up to half of
/// `noise`: 0.02 is one percent up or down.
pub(crate) fn round(slower: f64, noise: f64, random: &mut SplitMix64) -> Sample {
    let unit = (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    let factor = slower * (1.0 + noise * (unit - 0.5));
    Sample::intact((2_000.0 / factor) as u64, 64, 4, (20_000.0 * factor) as u64)
}

/// What is chosen.
pub(crate) fn choice(
    sort: Option<&str>,
    top: usize,
    columns: &[&str],
    pivot: Option<&str>,
) -> Choice {
    let columns: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
    Choice::read(sort, top, &columns, pivot).expect("it has the form")
}

/// The table with what is chosen.
pub(crate) fn table(document: &Document, choice: Choice) -> String {
    render(document, &Options { choice, ..Options::default() }).into()
}

/// The same in Markdown.
pub(crate) fn page(document: &Document, choice: &Choice) -> String {
    markdown_of(document, choice).into()
}

/// The lines of a table that begin with these words, without what stands before and behind.
pub(crate) fn entry(table: &str, title: &str) -> String {
    let begins = |line: &&str| line.strip_prefix(title).is_some_and(|rest| rest.starts_with("  "));
    let mut lines = table.lines().skip_while(|line| !begins(line));
    let first = lines.next().unwrap_or_else(|| panic!("no line of {title}: {table}"));
    let rest = lines.take_while(|line| line.starts_with("           "));
    let lines: Vec<&str> = [&first[title.len()..]].into_iter().chain(rest).map(str::trim).collect();
    lines.join(" ")
}
