//! Results that were kept, held against each other: each of them is one sample of every figure.

use super::decided::{geometric_mean, standing, unit};
use super::exact::CountsOfCell;
use super::figures::can_be_told;
use super::kept::{KeptCell, KeptResult};
use super::limits::{Held, Limits};
use super::matching::{Matched, MatchedCell, Mismatch, Rename, matched};
use super::sides::{builds_differ, differences, differs_in_placement, refused, some_of};
use super::together::moved_together;
use super::{CellComparison, Comparison, How, Row, SCHEMA, Standing, Subject};
use crate::result::Tool;
use crate::result::document::Measured;
use std::collections::HashMap;
use wirebench_verdict::{Decision, FEWEST_RESULTS, Samples, Verdict, decisions_of_samples};

/// Why a row of so few results is inconclusive.
pub const TOO_FEW_RESULTS: &str = "fewer than three results of each side";

/// What is asked for besides the results.
#[derive(Clone, Debug)]
pub struct StoredOptions {
    /// What decides.
    pub limits: Limits,
    /// What is called otherwise in the new results.
    pub renames: Vec<Rename>,
    /// Take debug builds too.
    pub allow_debug: bool,
}

/// Why nothing is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// What was asked for makes no sense.
    Usage(String),
    /// The results are not of the same thing.
    Incomparable(String),
}

/// Compares the results of both sides, of each at least one. `tool` is the program that compares.
pub fn stored(
    baseline: Vec<KeptResult>,
    new: Vec<KeptResult>,
    options: &StoredOptions,
    tool: Tool,
) -> Result<Comparison, Refusal> {
    let mut notes = Vec::new();
    let [baseline, new] = [("the baseline", baseline), ("the new side", new)]
        .map(|(side, results)| without_copies(side, results, &mut notes));
    let all: Vec<&KeptResult> = baseline.iter().chain(&new).collect();
    if let Some(why) = refused(&all, options.allow_debug) {
        return Err(Refusal::Incomparable(why));
    }
    let matched =
        matched(&baseline, &new, &options.renames).map_err(|mismatch| match mismatch {
            Mismatch::Rename(why) => Refusal::Usage(format!("--map: {why}")),
            Mismatch::Twice(why) => Refusal::Incomparable(why),
        })?;
    if let Some(why) =
        no_cell(&matched).or_else(|| matched.cells.iter().find_map(differs_in_placement))
    {
        return Err(Refusal::Incomparable(why));
    }
    notes.extend(differences(&all));
    notes.extend(builds_differ("the baseline", &baseline));
    notes.extend(builds_differ("the new side", &new));
    for (who, ids) in
        [("the baseline", &matched.only_baseline), ("the new side", &matched.only_new)]
    {
        if !ids.is_empty() {
            notes.push(format!("only {who} has {}", some_of(ids)));
        }
    }
    if all.iter().any(|result| !result.document.debug_builds().is_empty()) {
        notes
            .push("debug builds were measured: their times and costs say nothing of others".into());
    }
    let mut cells = compared(&matched, &options.limits.0);
    let moved = moved_together(&mut cells, &options.limits.0);
    let counted = cells
        .iter()
        .flat_map(|cell| &cell.rows)
        .any(|row| row.exact && row.decides && row.verdict == Verdict::Regressed);
    // What is counted does not depend on the machine.
    let unfit = match moved {
        Some(why) if counted => {
            notes.push(why);
            None
        }
        other => other,
    };
    let standing = if unfit.is_some() { Standing::Inconclusive } else { standing(&cells) };
    let document = &new[0].document;
    Ok(Comparison {
        schema: SCHEMA.into(),
        how: How::Stored,
        tool,
        host: document.host.clone(),
        run: None,
        scenario: document.scenario.clone(),
        baseline: subject(&baseline),
        new: subject(&new),
        standing,
        unfit,
        interrupted: all.iter().any(|result| result.document.interrupted),
        notes,
        controls: Vec::new(),
        cells,
    })
}

/// A copy of a result is not another sample: it would look like results without any noise.
fn without_copies(
    side: &str,
    results: Vec<KeptResult>,
    notes: &mut Vec<String>,
) -> Vec<KeptResult> {
    let mut seen: HashMap<u64, String> = HashMap::new();
    results
        .into_iter()
        .filter(|result| match seen.get(&result.mark) {
            Some(first) => {
                notes.push(format!(
                    "{} is the same run as {first}: {side} has it once",
                    result.name
                ));
                false
            }
            None => {
                seen.insert(result.mark, result.name.clone());
                true
            }
        })
        .collect()
}

fn no_cell(matched: &Matched<'_>) -> Option<String> {
    matched.cells.is_empty().then(|| {
        let told = |ids: &[&str]| if ids.is_empty() { "none".to_owned() } else { some_of(ids) };
        format!(
            "they have no cell in common: the baseline has {}, the new side {}; --map says what is called \
             otherwise",
            told(&matched.only_baseline),
            told(&matched.only_new)
        )
    })
}

fn subject(results: &[KeptResult]) -> Subject {
    let first = &results[0].document;
    let what = match results.len() - 1 {
        0 => results[0].name.clone(),
        more => format!("{} and {more} more", results[0].name),
    };
    let measured = Measured { plugins: first.plugins.clone(), files: first.files.clone() };
    Subject {
        results: results.iter().map(|result| result.name.clone()).collect(),
        ..Subject::new(what, first.tool.clone(), measured)
    }
}

/// One figure of a cell in all results.
struct Figure<'a> {
    held: &'a Held,
    /// It decides, and can be told.
    decides: bool,
    baseline: Vec<f64>,
    new: Vec<f64>,
    /// Why a result has none.
    why: Option<String>,
}

impl<'a> Figure<'a> {
    fn of(cell: &MatchedCell<'_>, at: usize, held: &'a Held) -> Self {
        let mut why = None;
        let mut figures = |results: &[(&KeptResult, &KeptCell)]| -> Vec<f64> {
            let mut figures = Vec::with_capacity(results.len());
            for (result, cell) in results {
                match &cell.figures[at] {
                    Ok(figure) => figures.push(*figure),
                    Err(cause) => {
                        why.get_or_insert_with(|| format!("in {}: {cause}", result.name));
                    }
                }
            }
            figures
        };
        let (baseline, new) = (figures(&cell.baseline), figures(&cell.new));
        let mut both = cell.baseline.iter().chain(&cell.new);
        let decides = held.decides
            && both.any(|(_, kept)| can_be_told(&held.metric, kept.server, kept.cpu.wait));
        Self { held, decides, baseline, new, why }
    }

    fn samples(&self) -> Samples {
        let Self { held, baseline, new, .. } = self;
        Samples::new(held.better(), held.limit, baseline.clone(), new.clone())
    }

    fn row(self, decision: Option<Decision>) -> Row {
        let few = self.baseline.len().min(self.new.len()) < FEWEST_RESULTS;
        let ratio = self.samples().ratio();
        let why = match (&decision, self.why) {
            (Some(_), _) => None,
            (None, Some(why)) => Some(why),
            (None, None) if few => Some(TOO_FEW_RESULTS.to_owned()),
            (None, None) => Some("a figure of 0 has no ratio to others".to_owned()),
        };
        Row {
            metric: self.held.metric.name().into_owned(),
            unit: unit(self.held.metric.unit()).into(),
            decides: self.decides,
            verdict: decision.map_or(Verdict::Inconclusive, |decision| decision.verdict),
            why,
            baseline: geometric_mean(self.baseline.into_iter()),
            new: geometric_mean(self.new.into_iter()),
            ratio,
            low: decision.map(|decision| decision.interval.0),
            high: decision.map(|decision| decision.interval.1),
            visible: decision.map(|decision| decision.visible),
            limit: Some(self.held.share),
            ..Row::default()
        }
    }
}

fn compared(matched: &Matched<'_>, held: &[Held]) -> Vec<CellComparison> {
    let of_cell = |cell| {
        let figure = move |(at, held)| Figure::of(cell, at, held);
        held.iter().enumerate().map(figure)
    };
    let figures: Vec<Vec<Figure<'_>>> =
        matched.cells.iter().map(|cell| of_cell(cell).collect()).collect();
    // What is only shown takes nothing from what decides.
    let [mut deciding, mut shown] = [true, false].map(|decides| {
        let those = figures.iter().flatten().filter(|figure| figure.decides == decides);
        decisions_of_samples(&those.map(Figure::samples).collect::<Vec<_>>()).into_iter()
    });
    let mut row = |figure: Figure<'_>| {
        let decision = if figure.decides { deciding.next() } else { shown.next() };
        figure.row(decision.flatten())
    };
    let mut cells = Vec::with_capacity(figures.len());
    for (cell, figures) in matched.cells.iter().zip(figures) {
        let mut rows: Vec<Row> = figures.into_iter().map(&mut row).collect();
        rows.extend(counts(cell));
        let both = cell.baseline.iter().chain(&cell.new);
        let lost = both.flat_map(|(result, cell)| {
            cell.lost.iter().map(|lost| format!("in {}, {lost}", result.name))
        });
        let mut cell = CellComparison {
            id: cell.new[0].1.id.clone(),
            verdict: Verdict::Inconclusive,
            lost: lost.collect(),
            rows,
        };
        cell.judge();
        cells.push(cell);
    }
    cells
}

fn counts(cell: &MatchedCell<'_>) -> Vec<Row> {
    let mut counts = CountsOfCell::default();
    for (results, of_baseline) in [(&cell.baseline, true), (&cell.new, false)] {
        results.iter().for_each(|(_, kept)| counts.add_result(of_baseline, &kept.counts));
    }
    let alone = cell.baseline.iter().chain(&cell.new).all(|(_, kept)| kept.alone);
    counts.rows_of_results(alone).collect()
}
