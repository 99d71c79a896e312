//! The answer before everything else: what keeps messages whole, what that costs, how sure that is.

use super::choice::choice;
use crate::report::answer;
use crate::report::numbers;
use crate::report::table::{Tone, headline, mark, of_axes};
use crate::result::Document;
use crate::result::document::{CellResult, CellVerdict, RoundOutcome};
use crate::text::plural;
use serde::Serialize;

/// What stands first.
#[derive(Serialize)]
pub(super) struct Answer {
    /// Which to take, and why, in sentences; none where there is nothing to choose from.
    choice: Vec<String>,
    lines: Vec<Line>,
    /// What each axis does by itself, where there are many cells, and how that is to be read.
    axes: Vec<AxisLine>,
    about_axes: &'static str,
    sure: Vec<String>,
    standing: Standing,
}

/// `whole: sleep, line`.
#[derive(Serialize)]
struct Line {
    title: &'static str,
    words: String,
    tone: &'static str,
}

/// `framing: line is the best in 14 of 20 places`.
#[derive(Serialize)]
struct AxisLine {
    title: String,
    words: String,
}

/// How many cells pass.
#[derive(Clone, Serialize)]
pub(in crate::report::html) struct Standing {
    /// `17 of 18 cells pass, 1 flaky`.
    pub(in crate::report::html) words: String,
    /// How that is shown.
    pub(in crate::report::html) tone: &'static str,
}

impl Answer {
    pub(super) fn of(document: &Document) -> Self {
        let answer = answer::Answer::of(document);
        let lines = headline(document, &answer).into_iter().map(|said| Line {
            title: said.title,
            words: said.words,
            tone: tone(said.tone),
        });
        Self {
            choice: choice(document),
            lines: lines.collect(),
            axes: of_axes(document, &answer)
                .into_iter()
                .map(|answer::Entry { title, words }| AxisLine { title, words })
                .collect(),
            about_axes: answer::ABOUT,
            sure: sure(document),
            standing: standing(document),
        }
    }

    pub(super) fn standing(&self) -> Standing {
        self.standing.clone()
    }
}

fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Plain => "plain",
        Tone::Doubtful => "doubtful",
        Tone::Bad => "bad",
    }
}

/// How a cell's verdict is shown.
pub(super) fn tone_of(verdict: CellVerdict) -> &'static str {
    match verdict {
        CellVerdict::Pass => "good",
        CellVerdict::Flaky | CellVerdict::Inconclusive | CellVerdict::Saturated => "doubtful",
        CellVerdict::Fail | CellVerdict::Crashed => "bad",
    }
}

fn standing(document: &Document) -> Standing {
    let cells = &document.cells;
    let of = |verdict| cells.iter().filter(|cell| cell.verdict == verdict).count();
    let passed = cells.iter().filter(|cell| mark(cell.verdict) == "pass").count();
    let mut words =
        format!("{passed} of {} {} pass", cells.len(), plural(cells.len() as u64, "cell"));
    for (verdict, word) in [
        (CellVerdict::Flaky, "flaky"),
        (CellVerdict::Inconclusive, "inconclusive"),
        (CellVerdict::Saturated, "saturated"),
        (CellVerdict::Fail, "failed"),
        (CellVerdict::Crashed, "crashed"),
    ] {
        if of(verdict) > 0 {
            words.push_str(&format!(", {} {word}", of(verdict)));
        }
    }
    let worst = cells.iter().map(|cell| cell.verdict).max().unwrap_or(CellVerdict::Inconclusive);
    Standing { words, tone: tone_of(worst.max(document.verdict)) }
}

/// What the figures rest on, and how far they may be off.
fn sure(document: &Document) -> Vec<String> {
    let cells = &document.cells;
    let sum = |of: fn(&CellResult) -> u64| {
        cells.iter().fold(0_u64, |sum, cell| sum.saturating_add(of(cell)))
    };
    let (judged, done) = (sum(|cell| cell.intact_of_sent().1), sum(|cell| cell.exchanges.done));
    let mut sure = Vec::new();
    if judged > 0 {
        sure.push(format!(
            "{} {} judged, each by its bytes; the times are of {} exchanges that were done.",
            numbers::count(judged),
            plural(judged, "message"),
            numbers::count(done),
        ));
    }
    let finished = |cell: &CellResult| {
        cell.rounds.iter().filter(|round| round.outcome == RoundOutcome::Finished).count()
    };
    let rounds = cells.iter().map(finished).max().unwrap_or(0);
    if rounds == 0 {
        sure.push("No round finished: there is nothing to be sure of.".into());
    } else if rounds == 1 {
        sure.push("One round a cell: nothing says how much the figures scatter, and no two are told apart.".into());
    } else {
        let off = [
            // The rates of open loops are what was asked for, whatever the rounds say of them.
            spread(cells, "rates", |cell| cell.spread.rate.filter(|_| cell.open.is_none())),
            spread(cells, "medians of latency", |cell| cell.spread.p50),
        ];
        let off: Vec<String> = off.into_iter().flatten().collect();
        let turns = "in which the cells took turns";
        sure.push(if off.is_empty() {
            format!("{rounds} rounds, {turns}.")
        } else {
            format!(
                "{rounds} rounds, {turns}. With 95 % confidence {}; smaller differences cannot be seen.",
                off.join(", and ")
            )
        });
    }
    let untold =
        cells.iter().flat_map(|cell| &cell.gates).filter(|gate| gate.pass.is_none()).count();
    if untold > 0 {
        sure.push(format!(
            "{untold} {} cannot be told; the reasons stand below.",
            plural(untold as u64, "gate")
        ));
    }
    if document.host.hypervisor == Some(true) {
        sure.push(
            "Measured on a virtual machine: compare ratios, and only within this run.".into(),
        );
    }
    sure
}

/// `rates are known to ±2.1 % (half of the cells) or ±12 % (the worst)`.
fn spread(cells: &[CellResult], what: &str, of: fn(&CellResult) -> Option<f64>) -> Option<String> {
    let mut all: Vec<f64> =
        cells.iter().filter(|cell| cell.is_comparable()).filter_map(of).collect();
    all.retain(|share| share.is_finite());
    all.sort_by(f64::total_cmp);
    let (half, worst) = (all.get(all.len() / 2)?, all.last()?);
    Some(if all.len() == 1 {
        format!("{what} are known to {}", numbers::spread(*worst))
    } else {
        format!(
            "{what} are known to {} (the middle one of the cells) and {} (the worst)",
            numbers::spread(*half),
            numbers::spread(*worst)
        )
    })
}
