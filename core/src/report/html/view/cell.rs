//! Everything about one cell.

use super::answer::tone_of;
use super::audit::Audit;
use super::figures::Figures;
use super::findings::counted;
use super::open;
use super::result::numbered;
use crate::report::attempts::earlier;
use crate::report::conduct::sentences;
use crate::report::excerpt::excerpt;
use crate::report::html::anchors::CellAnchors;
use crate::report::html::picture::{Figure, Timed, over_time, sequence};
use crate::report::numbers;
use crate::report::table::{crash_words, failed_gate_words, link_words, mark, untold_words};
use crate::result::Document;
use crate::result::document::{CellResult, GateResult, LogResult};
use serde::Serialize;

/// Messages of all cells of which the way is drawn.
const MOST_DRAWN: usize = 300;

/// Messages of one cell of which it is drawn.
const DRAWN_OF_A_CELL: usize = 6;

/// Cells whose figures stand in tables; of more of them they are texts, which a browser shows at once.
const CELLS_WITH_TABLES: usize = 200;

/// Rounds that stand in the table of a cell.
const ROUNDS: usize = 30;

/// Lines that a side printed, from their beginning and from their end.
const STDERR_LINES: (usize, usize) = (40, 20);

/// Lines of what was logged.
const LOG_LINES: usize = 40;

/// The cells of one result.
pub(super) struct Cells {
    /// The number of the result on the page.
    result: usize,
    /// The tables of each are texts.
    dense: bool,
    /// Messages of which the way was drawn so far.
    drawn: usize,
    /// Cells that have come.
    seen: usize,
    /// Those whose rounds are drawn over time.
    timed: Timed,
}

/// What the template shows of a cell.
#[derive(Serialize)]
pub(super) struct CellView {
    anchor: String,
    anchor_of_scenario: Option<String>,
    id: String,
    verdict: &'static str,
    tone: &'static str,
    summary: String,
    gates: Vec<Gate>,
    audit: Audit,
    verdicts: Figures,
    times: Figures,
    rounds: Figures,
    rounds_left_out: usize,
    /// A picture of its rounds over time, or why there is none though there could be.
    over_time: Vec<Figure>,
    over_time_left_out: Option<String>,
    crashes: Vec<Crash>,
    lists: Vec<List>,
    anomalies: Vec<Figure>,
    anomalies_left_out: usize,
    log: Vec<String>,
    log_left_out: u64,
}

#[derive(Serialize)]
struct Gate {
    words: String,
    says: &'static str,
    tone: &'static str,
}

#[derive(Serialize)]
struct Crash {
    words: String,
    stderr: Vec<String>,
}

#[derive(Serialize)]
struct List {
    title: &'static str,
    items: Vec<String>,
}

impl Cells {
    /// Of result number `result` on the page, from 1, none of whose cells has come.
    pub(super) fn new(result: usize, document: &Document) -> Self {
        let dense = document.cells.len() > CELLS_WITH_TABLES;
        Self { result, dense, drawn: 0, seen: 0, timed: Timed::of(document) }
    }

    /// The next of them.
    pub(super) fn view(&mut self, cell: &CellResult, anchors: &CellAnchors) -> CellView {
        let Self { result, dense, drawn, seen, timed } = self;
        let number = *seen;
        *seen += 1;
        let over_time = if timed.draws(number) { over_time(cell, number + 1) } else { None };
        let timed_left_out = timed.left_out().filter(|_| {
            !timed.draws(number) && cell.rounds.iter().any(|round| round.series.is_some())
        });
        let examples = &cell.integrity.examples;
        let room = MOST_DRAWN.saturating_sub(*drawn).min(DRAWN_OF_A_CELL);
        let shown = examples.len().min(room);
        let numbered_from = *drawn + 1;
        *drawn += shown;
        let anomalies = examples.iter().take(shown).zip(numbered_from..);
        let anomalies = anomalies.map(|(example, number)| sequence(example, number)).collect();
        let place = result.to_string();
        CellView {
            over_time: numbered(over_time.into_iter().collect(), &place),
            over_time_left_out: timed_left_out.map(str::to_owned),
            ..CellView::new(cell, anchors, numbered(anomalies, &place), *dense)
        }
    }
}

impl CellView {
    fn new(cell: &CellResult, anchors: &CellAnchors, anomalies: Vec<Figure>, dense: bool) -> Self {
        Self {
            anchor: anchors.own.clone(),
            anchor_of_scenario: anchors.of_scenario.clone(),
            id: cell.id.clone(),
            verdict: mark(cell.verdict),
            tone: tone_of(cell.verdict),
            summary: summary(cell),
            gates: cell.gates.iter().map(gate_view).collect(),
            audit: Audit::of(cell, dense),
            verdicts: Figures::of_messages(cell, dense),
            times: Figures::of_times(cell, dense),
            rounds: Figures::of_rounds(cell, ROUNDS, dense),
            rounds_left_out: cell.rounds.len().saturating_sub(ROUNDS),
            over_time: Vec::new(),
            over_time_left_out: None,
            crashes: cell
                .crashes
                .iter()
                .map(|crash| Crash {
                    words: format!("round {}: {}", crash.round, crash_words(crash)),
                    stderr: excerpt(&crash.stderr, STDERR_LINES.0, STDERR_LINES.1),
                })
                .collect(),
            lists: lists(cell),
            anomalies_left_out: cell.integrity.examples.len() - anomalies.len(),
            anomalies,
            log: cell.log.iter().take(LOG_LINES).map(log_line).collect(),
            log_left_out: cell
                .log_left_out
                .saturating_add(cell.log.len().saturating_sub(LOG_LINES) as u64),
        }
    }
}

/// `100 % intact, p50 163 us, p99 264 us, 152k/s`.
fn summary(cell: &CellResult) -> String {
    let (intact, sent) = cell.intact_of_sent();
    let mut words = Vec::new();
    if sent > 0 {
        words.push(format!("{} intact", numbers::share(intact, sent)));
    }
    words.extend(cell.latency_ns.p50.map(|ns| format!("p50 {}", numbers::time(ns))));
    words.extend(cell.latency_ns.p99.map(|ns| format!("p99 {}", numbers::time(ns))));
    words.extend(crate::report::columns::rate(cell).map(numbers::rate));
    words.join(", ")
}

fn gate_view(gate: &GateResult) -> Gate {
    let value = numbers::figure(gate.value, gate.unit.as_deref());
    let (says, tone) = match gate.pass {
        Some(true) => ("holds", "good"),
        Some(false) => ("does not hold", "bad"),
        None => ("cannot be told", "doubtful"),
    };
    let words = match gate.pass {
        Some(true) => format!("{} is {value}, the limit is {}", gate.gate, gate.limit),
        Some(false) => failed_gate_words(gate),
        None => untold_words(gate),
    };
    Gate { words, says, tone }
}

/// What else there is to say, by its title.
fn lists(cell: &CellResult) -> Vec<List> {
    let failed = cell.rounds.iter().filter_map(|round| {
        let why = round.error.as_ref()?;
        Some(format!("round {}: {why}", round.round))
    });
    [
        ("The open loop", open::sentences(cell)),
        ("Rounds that could not be run", failed.collect()),
        ("Earlier attempts", earlier(cell).into_iter().map(|reason| reason.words).collect()),
        ("Errors", counted(&cell.errors)),
        ("What the server did", cell.conduct.as_ref().map(sentences).unwrap_or_default()),
        ("What the link did", link_words(cell).into_iter().collect()),
        ("Counted by the handler", counted(&cell.counts)),
        ("Notes", cell.notes.clone()),
    ]
    .into_iter()
    .filter(|(_, items): &(_, Vec<String>)| !items.is_empty())
    .map(|(title, items)| List { title, items })
    .collect()
}

fn log_line(line: &LogResult) -> String {
    format!("round {}, {}: {}", line.round, line.side, line.line)
}
