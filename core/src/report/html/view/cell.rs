//! Everything about one cell.

use super::answer::tone_of;
use crate::judge::Verdict;
use crate::measure::Direction;
use crate::report::attempts::earlier;
use crate::report::conduct::sentences;
use crate::report::excerpt::excerpt;
use crate::report::html::anchors::CellAnchors;
use crate::report::html::picture::{Figure, sequence};
use crate::report::numbers;
use crate::report::table::{crash_words, gate_words_of, link_words, mark, untold_words};
use crate::result::document::{
    CellResult, ErrorResult, GateResult, LogResult, RoundOutcome, RoundSummary, Times,
};
use serde::Serialize;

/// Messages of all cells of which the way is drawn.
const MOST_DRAWN: usize = 300;

/// Messages of one cell of which it is drawn.
const DRAWN_OF_A_CELL: usize = 6;

/// Rounds that stand in the table of a cell.
const ROUNDS: usize = 30;

/// Lines that a side printed, from their beginning and from their end.
const STDERR_LINES: (usize, usize) = (40, 20);

/// Lines of what was logged.
const LOG_LINES: usize = 40;

/// How many messages were drawn so far.
#[derive(Default)]
pub(super) struct Drawn(usize);

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
    verdicts: Option<Verdicts>,
    times: Vec<TimesRow>,
    rounds: Vec<Round>,
    rounds_left_out: usize,
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

/// What became of the messages of each direction.
#[derive(Serialize)]
struct Verdicts {
    directions: Vec<&'static str>,
    rows: Vec<VerdictRow>,
}

#[derive(Serialize)]
struct VerdictRow {
    name: &'static str,
    counts: Vec<String>,
}

/// Figures of one kind of time.
#[derive(Serialize)]
struct TimesRow {
    name: &'static str,
    figures: [String; 9],
}

#[derive(Serialize)]
struct Round {
    figures: [String; 7],
    amiss: bool,
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

impl CellView {
    pub(super) fn of(cell: &CellResult, anchors: &CellAnchors, drawn: &mut Drawn, result: usize) -> Self {
        let examples = &cell.integrity.examples;
        let room = MOST_DRAWN.saturating_sub(drawn.0).min(DRAWN_OF_A_CELL);
        let shown = examples.len().min(room);
        let numbered = examples.iter().take(shown).zip(drawn.0 + 1..);
        let anomalies = numbered.map(|(example, number)| sequence(example, number)).collect();
        let anomalies = super::result::numbered(anomalies, result);
        drawn.0 += shown;
        Self {
            anchor: anchors.own.clone(),
            anchor_of_scenario: anchors.of_scenario.clone(),
            id: cell.id.clone(),
            verdict: mark(cell.verdict),
            tone: tone_of(cell.verdict),
            summary: summary(cell),
            gates: cell.gates.iter().map(|gate| gate_view(cell, gate)).collect(),
            verdicts: verdicts(cell),
            times: times(cell),
            rounds: cell.rounds.iter().take(ROUNDS).map(round).collect(),
            rounds_left_out: cell.rounds.len().saturating_sub(ROUNDS),
            crashes: cell
                .crashes
                .iter()
                .map(|crash| Crash {
                    words: format!("round {}: {}", crash.round, crash_words(crash)),
                    stderr: excerpt(&crash.stderr, STDERR_LINES.0, STDERR_LINES.1),
                })
                .collect(),
            lists: lists(cell),
            anomalies,
            anomalies_left_out: examples.len() - shown,
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

fn gate_view(cell: &CellResult, gate: &GateResult) -> Gate {
    let value = numbers::figure(gate.value, gate.unit.as_deref());
    let (says, tone) = match gate.pass {
        Some(true) => ("holds", "good"),
        Some(false) => ("does not hold", "bad"),
        None => ("cannot be told", "doubtful"),
    };
    let words = match gate.pass {
        Some(true) => format!("{} is {value}, the limit is {}", gate.gate, gate.limit),
        Some(false) => gate_words_of(&cell.id, gate),
        None => untold_words(gate),
    };
    let rest = words.strip_prefix(cell.id.as_str()).and_then(|rest| rest.strip_prefix(": "));
    Gate { words: rest.unwrap_or(&words).to_owned(), says, tone }
}

/// Sent, and each verdict that some message has.
fn verdicts(cell: &CellResult) -> Option<Verdicts> {
    let judged = cell.integrity.judged();
    if judged.is_empty() {
        return None;
    }
    let row = |name, counts: Vec<u64>| VerdictRow {
        name,
        counts: counts.into_iter().map(numbers::count).collect(),
    };
    let mut rows = vec![row("sent", judged.iter().map(|(_, one)| one.sent).collect())];
    for verdict in Verdict::ALL {
        let counts: Vec<u64> = judged.iter().map(|(_, one)| one.get(verdict)).collect();
        if verdict == Verdict::Intact || counts.iter().any(|count| *count > 0) {
            rows.push(row(verdict.word(), counts));
        }
    }
    let directions = judged
        .iter()
        .map(|(direction, _)| match direction {
            Direction::Request => "requests",
            Direction::Reply => "replies",
        })
        .collect();
    Some(Verdicts { directions, rows })
}

/// What each kind of time is called in words.
const NAMES: [(&str, &str); 6] = [
    ("latency_ns", "latency"),
    ("oneway_request_ns", "request, one way"),
    ("service_ns", "service"),
    ("oneway_reply_ns", "reply, one way"),
    ("connect_ns", "connect"),
    ("damaged_latency_ns", "latency of damaged exchanges"),
];

fn times(cell: &CellResult) -> Vec<TimesRow> {
    let of_name = |(field, times): (&str, &Times)| {
        let (_, name) = NAMES.iter().find(|(own, _)| *own == field)?;
        let shown = |ns: Option<u64>| ns.map_or_else(|| numbers::NOTHING.into(), numbers::time);
        (times.count > 0).then(|| TimesRow {
            name,
            figures: [
                numbers::count(times.count),
                shown(times.min),
                shown(times.mean),
                shown(times.p50),
                shown(times.p90),
                shown(times.p99),
                shown(times.p99_9),
                shown(times.p99_99),
                shown(times.max),
            ],
        })
    };
    cell.times().into_iter().filter_map(of_name).collect()
}

fn round(round: &RoundSummary) -> Round {
    let nothing = || numbers::NOTHING.to_owned();
    let time = |ns: Option<u64>| ns.map_or_else(nothing, numbers::time);
    let count = |count: Option<u64>| count.map_or_else(nothing, numbers::count);
    let outcome = match round.outcome {
        RoundOutcome::Finished => "finished",
        RoundOutcome::Crashed => "crashed",
        RoundOutcome::Failed => "could not be run",
    };
    Round {
        figures: [
            round.round.to_string(),
            numbers::time(round.began_ns),
            outcome.into(),
            count(round.done),
            round.rate.map_or_else(nothing, numbers::rate),
            time(round.p50_ns),
            time(round.p99_ns),
        ],
        amiss: round.outcome != RoundOutcome::Finished,
    }
}

/// What else there is to say, by its title.
fn lists(cell: &CellResult) -> Vec<List> {
    let counted = |errors: &[ErrorResult]| -> Vec<String> {
        let words = |error: &ErrorResult| {
            let count = numbers::count(error.count);
            format!("{}: {count} x {}: {}", error.side, error.kind, error.first)
        };
        errors.iter().filter(|error| error.count > 0).map(words).collect()
    };
    let failed = cell.rounds.iter().filter_map(|round| {
        let why = round.error.as_ref()?;
        Some(format!("round {}: {why}", round.round))
    });
    [
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
