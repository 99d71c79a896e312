//! What stands in each column of the table.

use crate::report::numbers;
use crate::report::text::clean;
use crate::result::Document;
use crate::result::document::{CellResult, CellVerdict};

/// One column of figures.
pub(super) struct Column {
    /// Its title, in two lines.
    pub(super) title: [&'static str; 2],
    /// Which to leave out first when there is no room: the lowest. Figures of 10 stay.
    pub(super) weight: u8,
    /// The text for a cell.
    pub(super) show: fn(&CellResult) -> String,
    /// The figure by which the best intact cell of a group is found; lower is better. `None`: the
    /// column has no best.
    pub(super) rank: Option<fn(&CellResult) -> Option<f64>>,
}

/// The columns, from left to right.
pub(super) const COLUMNS: &[Column] = &[
    Column { title: ["intact", ""], weight: 10, show: intact, rank: None },
    Column {
        title: ["p50", ""],
        weight: 9,
        show: |cell| time(cell.latency_ns.p50),
        rank: Some(|cell| cell.latency_ns.p50.map(|ns| ns as f64)),
    },
    Column {
        title: ["p99", ""],
        weight: 10,
        show: |cell| time(cell.latency_ns.p99),
        rank: Some(|cell| cell.latency_ns.p99.map(|ns| ns as f64)),
    },
    Column {
        title: ["rate", ""],
        weight: 10,
        show: |cell| or_nothing(cell.rate.achieved.filter(|rate| *rate > 0.0), numbers::rate),
        rank: Some(|cell| cell.rate.achieved.map(|rate| -rate)),
    },
    Column {
        title: ["slower", ""],
        weight: 10,
        show: |cell| {
            or_nothing(cell.relative.as_ref().and_then(|beside| beside.slower), numbers::factor)
        },
        rank: None,
    },
    Column {
        title: ["wire", "bytes"],
        weight: 5,
        show: |cell| or_nothing(cell.wire.overhead, numbers::change),
        rank: Some(|cell| cell.wire.overhead),
    },
    Column {
        title: ["segs", "/msg"],
        weight: 6,
        show: |cell| or_nothing(cell.wire.segments_per_message, numbers::three),
        rank: None,
    },
    Column {
        title: ["writes", "/msg"],
        weight: 4,
        show: |cell| or_nothing(cell.wire.writes_per_message, numbers::three),
        rank: None,
    },
    Column { title: ["cpu ns", "cli/srv"], weight: 7, show: cpu, rank: Some(cpu_rank) },
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

fn intact(cell: &CellResult) -> String {
    let (request, reply) = (&cell.integrity.request, &cell.integrity.reply);
    numbers::share(
        request.intact.saturating_add(reply.intact),
        request.sent.saturating_add(reply.sent),
    )
}

fn cpu(cell: &CellResult) -> String {
    let side = |ns: Option<u64>| or_nothing(ns, numbers::count);
    match (cell.cpu.client_ns_per_message, cell.cpu.server_ns_per_message) {
        (None, None) => numbers::NOTHING.into(),
        (client, server) => format!("{}/{}", side(client), side(server)),
    }
}

fn cpu_rank(cell: &CellResult) -> Option<f64> {
    cell.cpu_ns_per_message().map(|ns| ns as f64)
}

fn time(ns: Option<u64>) -> String {
    or_nothing(ns, numbers::time)
}

fn or_nothing<T>(figure: Option<T>, show: fn(T) -> String) -> String {
    figure.map_or_else(|| numbers::NOTHING.into(), show)
}
