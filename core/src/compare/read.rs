//! Reading a comparison that was kept. It may be from anywhere: what its own figures contradict is not believed.

use super::decided::{control, decide_rows, standing};
use super::{CellComparison, Comparison, Control, How, PairResult, Row, Standing};
use crate::measure::Compared;
use crate::result::{COMPARISON, MAX_CELLS};
use serde::Deserialize;
use std::collections::HashSet;
use std::io::Read;
use wirebench_verdict::{Decision, SMALLEST_CHANGE, Verdict};

/// The most bytes of a comparison: far beyond one of as many cells and rounds as a run has.
pub const LONGEST: u64 = 256 << 20;

/// Rows of a cell at most: every metric that can have a limit, and what is shown and counted.
const MOST_ROWS: usize = 64;

/// What reading and writing a number may do to it.
const ROUNDING: f64 = 1e-9;

/// Reads `comparison.json`. The error says in words why it is none, or what in it contradicts what.
pub fn read(source: impl Read) -> Result<Comparison, String> {
    let mut text = Vec::new();
    source.take(LONGEST + 1).read_to_end(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > LONGEST {
        return Err("it is longer than any comparison can be".into());
    }
    let named: Named = serde_json::from_slice(&text)
        .map_err(|error| format!("this is not a comparison: {error}"))?;
    COMPARISON.version(&named.schema)?;
    let comparison: Comparison = serde_json::from_slice(&text)
        .map_err(|error| format!("the comparison is damaged: {error}"))?;
    drop(text);
    check(&comparison)?;
    Ok(comparison)
}

#[derive(Deserialize)]
struct Named {
    schema: String,
}

fn check(comparison: &Comparison) -> Result<(), String> {
    let cells = &comparison.cells;
    if cells.len() > MAX_CELLS {
        return Err(format!("there are more than {MAX_CELLS} cells"));
    }
    let mut ids = HashSet::new();
    for cell in cells {
        let told = |cause| format!("cell {}: {cause}", cell.id);
        if !ids.insert(cell.id.as_str()) {
            return Err(told("it is told twice".into()));
        }
        if cell.rows.len() > MOST_ROWS {
            return Err(told(format!("it has more than {MOST_ROWS} rows")));
        }
        for row in &cell.rows {
            check_row(row).map_err(|cause| told(format!("{}: {cause}", row.metric)))?;
        }
        let mut judged = CellComparison { rows: cell.rows.clone(), ..cell.clone() };
        judged.judge();
        if judged.verdict != cell.verdict {
            return Err(told("its verdict is not that of its rows".into()));
        }
    }
    if comparison.how == How::Paired {
        follows_from_pairs(comparison)?;
    }
    comparison.controls.iter().try_for_each(check_control)?;
    if comparison.unfit.is_none() && comparison.controls.iter().any(|control| control.differs) {
        return Err("the baseline differs from itself, and that is not said of the whole".into());
    }
    let right = match comparison.unfit {
        Some(_) => Standing::Inconclusive,
        None => standing(cells),
    };
    if comparison.standing == right {
        Ok(())
    } else {
        Err("what is said of the whole does not follow from the cells".into())
    }
}

fn check_row(row: &Row) -> Result<(), String> {
    let numbers = [row.baseline, row.new, row.ratio, row.low, row.high, row.visible];
    let more = [row.limit, row.floor];
    if numbers.iter().chain(&more).flatten().any(|number| !number.is_finite() || *number < 0.0) {
        return Err("a figure is below 0".into());
    }
    if row.exact {
        return check_count(row);
    }
    let metric =
        Compared::find(&row.metric).ok_or("it is no metric that builds are compared by")?;
    let limit = row.limit.filter(|limit| *limit > 0.0).ok_or("it has no limit")?;
    if let (Some(low), Some(ratio)) = (row.low, row.ratio)
        && low > ratio * (1.0 + ROUNDING)
    {
        return Err("its ratio is below its interval".into());
    }
    if let (Some(ratio), Some(high)) = (row.ratio, row.high)
        && ratio > high * (1.0 + ROUNDING)
    {
        return Err("its ratio is above its interval".into());
    }
    let far = row.low.is_some_and(|low| low > (1.0 + limit) * (1.0 - ROUNDING));
    let near = row.high.is_some_and(|high| high < (1.0 + ROUNDING) / (1.0 + limit));
    let [worse, better] = if metric.is_welcome() { [near, far] } else { [far, near] };
    let within = row.low.is_some_and(|low| low > (1.0 - ROUNDING) / (1.0 + limit))
        && row.high.is_some_and(|high| high < (1.0 + limit) * (1.0 + ROUNDING));
    let holds = match row.verdict {
        Verdict::Regressed => worse,
        Verdict::Improved => better,
        // A change that is too small to matter may be any share.
        Verdict::Same => within || row.floor.is_some(),
        Verdict::Inconclusive => true,
    };
    if holds {
        Ok(())
    } else {
        Err("its verdict does not follow from its interval and limit".into())
    }
}

fn check_count(row: &Row) -> Result<(), String> {
    let (Some(baseline), Some(new)) = (row.baseline, row.new) else {
        return Err("a count is missing".into());
    };
    if row.decides == (row.verdict == Verdict::Inconclusive) {
        return Err("it decides exactly where it is not inconclusive".into());
    }
    if row.ratio.is_some_and(|ratio| differs(ratio, new / baseline)) {
        return Err("its ratio is not that of its counts".into());
    }
    let changed = (new - baseline).abs() > SMALLEST_CHANGE * baseline * (1.0 - ROUNDING);
    let holds = match row.verdict {
        Verdict::Regressed => changed && new > baseline,
        Verdict::Improved => changed && new < baseline,
        Verdict::Same => {
            new <= baseline * (1.0 + 2.0 * SMALLEST_CHANGE)
                && baseline <= new * (1.0 + 2.0 * SMALLEST_CHANGE)
        }
        Verdict::Inconclusive => true,
    };
    if holds { Ok(()) } else { Err("its verdict does not follow from its counts".into()) }
}

/// In a paired run every figure is made of rounds that are kept, so all of it is decided again.
fn follows_from_pairs(comparison: &Comparison) -> Result<(), String> {
    let Comparison { cells, controls, .. } = comparison;
    let rows = || cells.iter().flat_map(|cell| cell.rows.iter().map(move |row| (cell, row)));
    let wrong = |pair: &PairResult| !pair.baseline.is_finite() || !pair.new.is_finite();
    if let Some((cell, row)) = rows().find(|(_, row)| row.pairs.iter().chain(&row.fresh).any(wrong))
    {
        return Err(format!("cell {}: {}: a round has no figure", cell.id, row.metric));
    }
    let timed: Vec<(&CellComparison, &Row)> = rows().filter(|(_, row)| !row.exact).collect();
    let decisions = decide_rows(&timed.iter().map(|(_, row)| *row).collect::<Vec<_>>(), controls);
    for ((cell, row), decision) in timed.iter().zip(decisions) {
        if !agrees(row, decision.as_ref()) {
            return Err(format!(
                "cell {}: {}: what is said of it does not follow from its rounds",
                cell.id, row.metric
            ));
        }
    }
    Ok(())
}

fn agrees(row: &Row, decision: Option<&Decision>) -> bool {
    // What is no number was written as nothing.
    let same =
        |told: Option<f64>, right: Option<f64>| match (told, right.filter(|one| one.is_finite())) {
            (Some(told), Some(right)) => !differs(told, right),
            (told, right) => told.is_none() && right.is_none(),
        };
    same(row.ratio, decision.map(|one| one.ratio))
        && same(row.low, decision.map(|one| one.interval.0))
        && same(row.high, decision.map(|one| one.interval.1))
        && same(row.visible, decision.map(|one| one.visible))
        && row.verdict == decision.map_or(Verdict::Inconclusive, |one| one.verdict)
}

fn check_control(told: &Control) -> Result<(), String> {
    let right = control(told.metric.clone(), told.pairs.clone());
    let holds = right.is_some_and(|right| {
        !differs(told.ratio, right.ratio)
            && !differs(told.low, right.low)
            && !differs(told.high, right.high)
            && told.differs == right.differs
    });
    if holds {
        Ok(())
    } else {
        Err(format!(
            "{} of the baseline against itself does not follow from its rounds",
            told.metric
        ))
    }
}

/// Farther apart than arithmetic in another order can bring two numbers.
fn differs(a: f64, b: f64) -> bool {
    (a - b).abs() > 1e3 * ROUNDING * a.abs().max(b.abs())
}
