//! What stands in each column of the table.

use crate::report::numbers;
use crate::result::Document;
use crate::result::document::{CellResult, CellVerdict, RoundSummary};

/// One column of figures.
pub(super) struct Column {
    /// What it is called where it is left out.
    pub(super) name: &'static str,
    /// Its title, in two lines.
    pub(super) title: [&'static str; 2],
    /// Blanks before it. The star of a best figure stands in the second of two.
    pub(super) gap: usize,
    /// Which to leave out first when there is no room: the lowest. Those of [`STAYS`] stay.
    pub(super) weight: u8,
    /// The text for a cell.
    pub(super) show: fn(&CellResult) -> String,
    /// How the best cells of a group are found; `None`: the column has no best.
    pub(super) best: Option<Best>,
}

/// The figure that is compared; lower is better.
pub(super) struct Best {
    /// Of the whole cell: it says which one is the best.
    pub(super) of_cell: fn(&CellResult) -> Option<f64>,
    /// Of one round: the rounds say which ones are told apart from it.
    pub(super) of_round: fn(&RoundSummary) -> Option<f64>,
    /// What its own rounding may do, as a share of it.
    pub(super) resolution: f64,
}

/// The weight of a column that is never left out.
pub(super) const STAYS: u8 = 10;

/// The weight of a column that only breaks another one down: leaving it out is not told.
pub(super) const BREAKDOWN: u8 = 1;

/// Blanks before a column of figures.
const GAP: usize = 2;

/// Histograms keep three significant digits.
const OF_HISTOGRAMS: f64 = 0.001;

/// The columns, from left to right.
pub(super) const COLUMNS: &[Column] = &[
    Column {
        name: "intact",
        title: ["intact", ""],
        gap: GAP,
        weight: STAYS,
        show: intact,
        best: None,
    },
    Column {
        name: "p50",
        title: ["p50", ""],
        gap: GAP,
        weight: 9,
        show: |cell| time(cell.latency_ns.p50),
        best: Some(Best {
            of_cell: |cell| cell.latency_ns.p50.map(|ns| ns as f64),
            of_round: |round| round.p50_ns.map(|ns| ns as f64),
            resolution: OF_HISTOGRAMS,
        }),
    },
    Column {
        name: "± of p50",
        title: ["±", ""],
        gap: 1,
        weight: 6,
        show: |cell| or_nothing(cell.spread.p50, numbers::spread),
        best: None,
    },
    Column {
        name: "p99",
        title: ["p99", ""],
        gap: GAP,
        weight: STAYS,
        show: |cell| time(cell.latency_ns.p99),
        best: Some(Best {
            of_cell: |cell| cell.latency_ns.p99.map(|ns| ns as f64),
            of_round: |round| round.p99_ns.map(|ns| ns as f64),
            resolution: OF_HISTOGRAMS,
        }),
    },
    Column {
        name: "rate",
        title: ["rate", ""],
        gap: GAP,
        weight: STAYS,
        show: |cell| or_nothing(rate(cell), numbers::rate),
        best: Some(Best {
            of_cell: |cell| rate(cell).map(f64::recip),
            of_round: |round| round.rate.map(f64::recip),
            resolution: 0.0,
        }),
    },
    Column {
        name: "± of rate",
        title: ["±", ""],
        gap: 1,
        weight: 9,
        show: |cell| or_nothing(cell.spread.rate, numbers::spread),
        best: None,
    },
    Column {
        name: "slower",
        title: ["slower", ""],
        gap: GAP,
        weight: STAYS,
        show: slower,
        best: None,
    },
    Column {
        name: "wire bytes",
        title: ["wire", "bytes"],
        gap: GAP,
        weight: 5,
        show: |cell| or_nothing(cell.wire.overhead, numbers::change),
        best: Some(Best {
            of_cell: |cell| cell.wire.overhead.map(|overhead| 1.0 + overhead),
            of_round: |round| round.overhead.map(|overhead| 1.0 + overhead),
            resolution: 0.0,
        }),
    },
    Column {
        name: "segs/msg",
        title: ["segs", "/msg"],
        gap: GAP,
        weight: 8,
        show: |cell| or_nothing(cell.wire.segments_per_message, numbers::three),
        best: None,
    },
    Column {
        name: "writes/msg",
        title: ["writes", "/msg"],
        gap: GAP,
        weight: 4,
        show: |cell| or_nothing(cell.wire.writes_per_message, numbers::three),
        best: None,
    },
    Column {
        name: "cpu/msg",
        title: ["cpu", "/msg"],
        gap: GAP,
        weight: 7,
        show: |cell| time(cell.cpu_ns_per_message()),
        best: Some(Best {
            of_cell: |cell| cell.cpu_ns_per_message().map(|ns| ns as f64),
            of_round: |round| round.cpu_ns_per_message,
            resolution: 0.0,
        }),
    },
    Column {
        name: "cpu ns cli/srv",
        title: ["cpu ns", "cli/srv"],
        gap: GAP,
        weight: BREAKDOWN,
        show: cpu_by_side,
        best: None,
    },
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
            if unique { last(axis) } else { axis.clone() }
        })
        .collect()
}

/// The point of a cell on one axis.
pub(crate) fn axis_value(cell: &CellResult, axis: &str) -> String {
    match cell.axes.get(axis) {
        Some(serde_json::Value::String(value)) => value.clone(),
        Some(value) => value.to_string(),
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

/// What stands for a difference that the rounds do not show.
pub(crate) const NOT_TOLD: &str = "~";

/// How many times slower than the fastest cell of the group, where the rounds tell the two apart; of
/// the fastest one itself, where they tell it from any other.
pub(crate) fn slower(cell: &CellResult) -> String {
    let Some(beside) = &cell.relative else { return numbers::NOTHING.into() };
    match (beside.slower, beside.told_apart) {
        (None, _) | (_, None) => numbers::NOTHING.into(),
        (Some(ratio), Some(true)) => numbers::factor(ratio),
        (Some(_), Some(false)) => NOT_TOLD.into(),
    }
}

/// Done exchanges per second; none is not a rate.
pub(super) fn rate(cell: &CellResult) -> Option<f64> {
    cell.rate.achieved.filter(|rate| *rate > 0.0)
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
