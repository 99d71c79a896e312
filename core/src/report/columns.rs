//! The columns of a comparison, for everything that prints them: what each shows of a cell, how that
//! is written, and what stands at its head in the terminal and in Markdown.

use super::numbers;
use super::table::{damage, link_words};
use crate::result::document::{CellResult, JudgedBy, RoundSummary};

/// One column.
pub(super) struct Column {
    /// What it is called on the command line.
    pub(super) key: &'static str,
    pub(super) shows: Shows,
    /// How it stands in a terminal, if it does.
    pub(super) terminal: Option<Terminal>,
    /// Its title in Markdown, if it stands there.
    pub(super) markdown: Option<&'static str>,
    /// How the best cells of a group are found; `None`: the column has no best.
    pub(super) best: Option<Best>,
}

/// What a column shows of a cell: a figure and how it is written, or words.
pub(super) enum Shows {
    Number(fn(&CellResult) -> Option<f64>, fn(f64) -> String),
    Whole(fn(&CellResult) -> Option<u64>, fn(u64) -> String),
    Words(fn(&CellResult) -> String),
    /// Words, and the figure by which they are in order.
    Ranked(fn(&CellResult) -> String, fn(&CellResult) -> Option<f64>),
}

/// How a column stands in a terminal.
pub(super) struct Terminal {
    /// What it is called where it is left out.
    pub(super) name: &'static str,
    /// Its title, in two lines.
    pub(super) title: [&'static str; 2],
    /// Blanks before it. The star of a best figure stands in the second of two.
    pub(super) gap: usize,
    /// Which to leave out first when there is no room: the lowest. Those of [`STAYS`] stay.
    pub(super) weight: u8,
}

/// How figures of a column are compared.
pub(super) struct Best {
    /// The figure of one round: the rounds say which cells are told apart from the best one.
    pub(super) of_round: fn(&RoundSummary) -> Option<f64>,
    /// What is compared of a figure; lower is better.
    pub(super) cost: fn(f64) -> f64,
    /// What the figure's own rounding may do, as a share of it.
    pub(super) resolution: f64,
}

/// The weight of a column that is never left out.
pub(super) const STAYS: u8 = 10;

/// The weight of a column that only breaks another one down: leaving it out is not told.
pub(super) const BREAKDOWN: u8 = 1;

/// What stands for a difference that the rounds do not show.
pub(super) const NOT_TOLD: &str = "~";

/// Histograms keep three significant digits.
const OF_HISTOGRAMS: f64 = 0.001;

/// The columns, from left to right.
pub(super) const COLUMNS: &[Column] = &[
    Column {
        key: "intact",
        shows: Shows::Number(intact, numbers::share_of),
        terminal: terminal("intact", ["intact", ""], STAYS),
        markdown: Some("intact"),
        best: None,
    },
    Column {
        key: "wrong",
        shows: Shows::Words(what_went_wrong),
        terminal: None,
        markdown: Some("what went wrong"),
        best: None,
    },
    Column {
        key: "p50",
        shows: Shows::Whole(|cell| cell.latency_ns.p50, numbers::time),
        terminal: terminal("p50", ["p50", ""], 9),
        markdown: Some("p50"),
        best: Some(Best {
            of_round: |round| round.p50_ns.map(|ns| ns as f64),
            cost: |ns| ns,
            resolution: OF_HISTOGRAMS,
        }),
    },
    Column {
        key: "p50-spread",
        shows: Shows::Number(|cell| cell.spread.p50, numbers::spread),
        terminal: spread("± of p50", 6),
        markdown: Some("± of p50"),
        best: None,
    },
    Column {
        key: "p99",
        shows: Shows::Whole(|cell| cell.latency_ns.p99, numbers::time),
        terminal: terminal("p99", ["p99", ""], STAYS),
        markdown: Some("p99"),
        best: Some(Best {
            of_round: |round| round.p99_ns.map(|ns| ns as f64),
            cost: |ns| ns,
            resolution: OF_HISTOGRAMS,
        }),
    },
    Column {
        key: "rate",
        shows: Shows::Number(rate, numbers::rate),
        terminal: terminal("rate", ["rate", ""], STAYS),
        markdown: Some("rate"),
        best: Some(Best { of_round: |round| round.rate, cost: f64::recip, resolution: 0.0 }),
    },
    Column {
        key: "rate-spread",
        shows: Shows::Number(|cell| cell.spread.rate, numbers::spread),
        terminal: spread("± of rate", 9),
        markdown: Some("± of rate"),
        best: None,
    },
    Column {
        key: "offered",
        shows: Shows::Number(|cell| cell.rate.offered, numbers::rate),
        terminal: terminal("offered", ["offered", ""], 6),
        markdown: Some("offered"),
        best: None,
    },
    Column {
        key: "achieved",
        shows: Shows::Number(achieved, numbers::share_of),
        terminal: terminal("achieved", ["achieved", ""], 9),
        markdown: Some("achieved"),
        best: None,
    },
    Column {
        key: "slip-p99",
        shows: Shows::Whole(slip, numbers::time),
        terminal: terminal("slip p99", ["slip", "p99"], 8),
        markdown: Some("slip p99"),
        best: None,
    },
    Column {
        key: "slower",
        shows: Shows::Ranked(slower, times_slower),
        terminal: terminal("slower", ["slower", ""], STAYS),
        markdown: Some("slower"),
        best: None,
    },
    Column {
        key: "wire",
        shows: Shows::Number(|cell| cell.wire.overhead, numbers::change),
        terminal: terminal("wire bytes", ["wire", "bytes"], 5),
        markdown: Some("wire bytes"),
        best: Some(Best {
            of_round: |round| round.overhead,
            cost: |overhead| 1.0 + overhead,
            resolution: 0.0,
        }),
    },
    Column {
        key: "segs",
        shows: Shows::Number(|cell| cell.wire.segments_per_message, numbers::three),
        terminal: terminal("segs/msg", ["segs", "/msg"], 8),
        markdown: Some("segments/msg"),
        best: None,
    },
    Column {
        key: "writes",
        shows: Shows::Number(|cell| cell.wire.writes_per_message, numbers::three),
        terminal: terminal("writes/msg", ["writes", "/msg"], 4),
        markdown: Some("writes/msg"),
        best: None,
    },
    Column {
        key: "cpu",
        shows: Shows::Whole(CellResult::cpu_ns_per_message, numbers::time),
        terminal: terminal("cpu/msg", ["cpu", "/msg"], 7),
        markdown: None,
        best: Some(Best {
            of_round: |round| round.cpu_ns_per_message,
            cost: |ns| ns,
            resolution: 0.0,
        }),
    },
    Column {
        key: "cpu-sides",
        shows: Shows::Words(cpu_by_side),
        terminal: terminal("cpu ns cli/srv", ["cpu ns", "cli/srv"], BREAKDOWN),
        markdown: None,
        best: None,
    },
    Column {
        key: "cpu-client",
        shows: Shows::Whole(|cell| cell.cpu.client_ns_per_message, numbers::count),
        terminal: None,
        markdown: Some("client ns/msg"),
        best: None,
    },
    Column {
        key: "cpu-server",
        shows: Shows::Whole(|cell| cell.cpu.server_ns_per_message, numbers::count),
        terminal: None,
        markdown: Some("server ns/msg"),
        best: None,
    },
    Column {
        key: "memory",
        shows: Shows::Whole(memory_of_program, written_bytes),
        terminal: terminal("server memory", ["server", "memory"], 3),
        markdown: None,
        best: None,
    },
    Column {
        key: "grown",
        shows: Shows::Whole(|cell| cell.cpu.server_memory_growth_bytes, grown),
        terminal: terminal("server grown", ["server", "grown"], 2),
        markdown: None,
        best: None,
    },
    Column {
        key: "verdict",
        shows: Shows::Ranked(verdict, |cell| Some(f64::from(cell.verdict as u8))),
        terminal: None,
        markdown: Some("verdict"),
        best: None,
    },
];

pub(super) const fn terminal(
    name: &'static str,
    title: [&'static str; 2],
    weight: u8,
) -> Option<Terminal> {
    Some(Terminal { name, title, gap: 2, weight })
}

/// How far the figure to its left may be off.
const fn spread(name: &'static str, weight: u8) -> Option<Terminal> {
    Some(Terminal { name, title: ["±", ""], gap: 1, weight })
}

impl Column {
    /// True when only open loops have it.
    pub(super) fn is_of_open_loop(&self) -> bool {
        ["offered", "achieved", "slip-p99"].contains(&self.key)
    }

    /// True when it says what became of messages: then it says so of damaged cells too, whose other figures cannot
    /// be held against those of others.
    pub(super) fn is_of_integrity(&self) -> bool {
        ["intact", "wrong", "verdict"].contains(&self.key)
    }
}

impl Shows {
    /// The text for a cell.
    pub(super) fn text(&self, cell: &CellResult) -> String {
        match self {
            Self::Number(figure, written) => or_nothing(figure(cell), *written),
            Self::Whole(figure, written) => or_nothing(figure(cell), *written),
            Self::Words(words) | Self::Ranked(words, _) => words(cell),
        }
    }

    /// The figure of a cell, if it has one.
    pub(super) fn figure(&self, cell: &CellResult) -> Option<f64> {
        match self {
            Self::Number(figure, _) => figure(cell),
            Self::Whole(figure, _) => figure(cell).map(|figure| figure as f64),
            Self::Words(_) => None,
            Self::Ranked(_, figure) => figure(cell),
        }
    }
}

fn intact(cell: &CellResult) -> Option<f64> {
    let (intact, sent) = cell.intact_of_sent();
    (sent > 0).then(|| intact as f64 / sent as f64)
}

/// What happened to messages, and what the link did.
fn what_went_wrong(cell: &CellResult) -> String {
    let words = match damage(cell) {
        Some(words) if cell.damage_is_expected() => Some(format!("expected: {words}")),
        words => words,
    };
    words.into_iter().chain(link_words(cell)).collect::<Vec<_>>().join("; ")
}

/// Of an open loop: what was answered of what was planned.
fn achieved(cell: &CellResult) -> Option<f64> {
    cell.open.as_ref()?.achieved_share
}

/// Of an open loop: how late exchanges started.
fn slip(cell: &CellResult) -> Option<u64> {
    cell.open.as_ref()?.slip_ns.p99
}

/// Done exchanges per second; none is not a rate.
pub(super) fn rate(cell: &CellResult) -> Option<f64> {
    cell.rate.achieved.filter(|rate| *rate > 0.0)
}

/// How many times slower than the fastest cell of the group, where the rounds tell the two apart; of
/// the fastest one itself, where they tell it from any other.
pub(super) fn slower(cell: &CellResult) -> String {
    let Some(beside) = &cell.relative else { return numbers::NOTHING.into() };
    match (beside.slower, beside.told_apart) {
        (None, _) | (_, None) => numbers::NOTHING.into(),
        (Some(ratio), Some(true)) => numbers::factor(ratio),
        (Some(_), Some(false)) => NOT_TOLD.into(),
    }
}

/// Of cells that are not told apart from the fastest, that one's: the rounds give them no other order.
fn times_slower(cell: &CellResult) -> Option<f64> {
    let beside = cell.relative.as_ref()?;
    match beside.told_apart? {
        true => beside.slower,
        false => beside.slower.map(|_| 1.0),
    }
}

fn verdict(cell: &CellResult) -> String {
    format!("{:?}", cell.verdict).to_lowercase()
}

fn cpu_by_side(cell: &CellResult) -> String {
    let side = |ns: Option<u64>| or_nothing(ns, numbers::count);
    match (cell.cpu.client_ns_per_message, cell.cpu.server_ns_per_message) {
        (None, None) => numbers::NOTHING.into(),
        (client, server) => format!("{}/{}", side(client), side(server)),
    }
}

/// Of the program of a server that is not ours: that of our sides says more of wirebench than of anything else.
fn memory_of_program(cell: &CellResult) -> Option<u64> {
    let is_program = cell.integrity.judge == JudgedBy::HandlerOnly;
    cell.cpu.server_peak_memory_bytes.filter(|_| is_program)
}

fn written_bytes(bytes: u64) -> String {
    numbers::bytes(bytes as f64)
}

fn grown(bytes: u64) -> String {
    format!("+{}", written_bytes(bytes))
}

fn or_nothing<T>(figure: Option<T>, written: fn(T) -> String) -> String {
    figure.map_or_else(|| numbers::NOTHING.into(), written)
}
