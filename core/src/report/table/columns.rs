//! What stands in each column of the table.

use crate::report::numbers;
use crate::report::text::clean;
use crate::result::Document;
use crate::result::document::{CellResult, CellVerdict};

/// One column of figures.
pub(super) struct Column {
    /// Its title, in two lines.
    pub(super) title: [&'static str; 2],
    /// Which to leave out first when there is no room: the lowest. Those of [`STAYS`] stay.
    pub(super) weight: u8,
    /// The text for a cell.
    pub(super) show: fn(&CellResult) -> String,
    /// The figure by which the best intact cell of a group is found; lower is better. `None`: the
    /// column has no best.
    pub(super) rank: Option<fn(&CellResult) -> Option<f64>>,
}

/// The weight of a column that is never left out.
pub(super) const STAYS: u8 = 10;

/// The weight of a column that only breaks another one down: leaving it out is not told.
pub(super) const BREAKDOWN: u8 = 1;

/// The columns, from left to right.
pub(super) const COLUMNS: &[Column] = &[
    Column { title: ["intact", ""], weight: STAYS, show: intact, rank: None },
    Column {
        title: ["p50", ""],
        weight: 9,
        show: |cell| time(cell.latency_ns.p50),
        rank: Some(|cell| cell.latency_ns.p50.map(|ns| ns as f64)),
    },
    Column {
        title: ["p99", ""],
        weight: STAYS,
        show: |cell| time(cell.latency_ns.p99),
        rank: Some(|cell| cell.latency_ns.p99.map(|ns| ns as f64)),
    },
    Column {
        title: ["rate", ""],
        weight: STAYS,
        show: |cell| or_nothing(cell.rate.achieved.filter(|rate| *rate > 0.0), numbers::rate),
        rank: Some(|cell| cell.rate.achieved.map(|rate| -rate)),
    },
    Column { title: ["slower", ""], weight: STAYS, show: slower, rank: None },
    Column {
        title: ["wire", "bytes"],
        weight: 5,
        show: |cell| or_nothing(cell.wire.overhead, numbers::change),
        rank: Some(|cell| cell.wire.overhead),
    },
    Column {
        title: ["segs", "/msg"],
        weight: 8,
        show: |cell| or_nothing(cell.wire.segments_per_message, numbers::three),
        rank: None,
    },
    Column {
        title: ["writes", "/msg"],
        weight: 4,
        show: |cell| or_nothing(cell.wire.writes_per_message, numbers::three),
        rank: None,
    },
    Column {
        title: ["cpu", "/msg"],
        weight: 7,
        show: |cell| time(cell.cpu_ns_per_message()),
        rank: Some(|cell| cell.cpu_ns_per_message().map(|ns| ns as f64)),
    },
    Column { title: ["cpu ns", "cli/srv"], weight: BREAKDOWN, show: cpu_by_side, rank: None },
];

/// The mark in the last column.
pub(super) fn mark(verdict: CellVerdict) -> &'static str {
    match verdict {
        CellVerdict::Pass => "pass",
        CellVerdict::Inconclusive => "unsure",
        CellVerdict::Saturated => "full",
        CellVerdict::Fail => "FAIL",
        CellVerdict::Crashed => "CRASH",
    }
}

/// Titles of the axes: the last part of each key, or the whole key where that is not unique.
pub(crate) fn axis_titles(document: &Document) -> Vec<String> {
    let last = |axis: &str| axis.rsplit('.').next().unwrap_or(axis).to_owned();
    let axes = &document.scenario.axes;
    axes.iter()
        .map(|axis| {
            let unique = axes.iter().filter(|other| last(other) == last(axis)).count() == 1;
            clean(&if unique { last(axis) } else { axis.clone() })
        })
        .collect()
}

/// The point of a cell on one axis.
pub(crate) fn axis_value(cell: &CellResult, axis: &str) -> String {
    match cell.axes.get(axis) {
        Some(serde_json::Value::String(value)) => clean(value),
        Some(value) => clean(&value.to_string()),
        None => numbers::NOTHING.into(),
    }
}

/// What the cells of a group have in common: `payload 64 B, connections 4`; empty when nothing
/// divides.
pub(super) fn section_title(document: &Document, cell: &CellResult) -> String {
    let dividing = cell.dividing_axes();
    let titles = axis_titles(document);
    let axes = document.scenario.axes.iter().zip(titles);
    let named: Vec<String> = axes
        .filter(|(axis, _)| dividing.contains(&axis.as_str()))
        .map(|(axis, title)| format!("{title} {}", axis_value(cell, axis)))
        .collect();
    named.join(", ")
}

fn intact(cell: &CellResult) -> String {
    let (intact, sent) = cell.intact_of_sent();
    numbers::share(intact, sent)
}

/// How many times slower than the fastest intact cell. In brackets where messages are damaged: what
/// is fast there is not what was asked for.
pub(crate) fn slower(cell: &CellResult) -> String {
    let Some(ratio) = cell.relative.as_ref().and_then(|beside| beside.slower) else {
        return numbers::NOTHING.into();
    };
    let factor = numbers::factor(ratio);
    if cell.is_intact() { factor } else { format!("({factor})") }
}

fn cpu_by_side(cell: &CellResult) -> String {
    let side = |ns: Option<u64>| or_nothing(ns, numbers::count);
    match (cell.cpu.client_ns_per_message, cell.cpu.server_ns_per_message) {
        (None, None) => numbers::NOTHING.into(),
        (client, server) => format!("{}/{}", side(client), side(server)),
    }
}

fn time(ns: Option<u64>) -> String {
    or_nothing(ns, numbers::time)
}

fn or_nothing<T>(figure: Option<T>, show: fn(T) -> String) -> String {
    figure.map_or_else(|| numbers::NOTHING.into(), show)
}
