//! The comparisons of the parts of a run, as one: their rounds are put together and decided on again.

use super::decided::{decide_rows, standing, unfit};
use super::paired::with;
use super::{CellComparison, Comparison, How, Row, Standing};
use std::collections::{HashMap, HashSet};

/// One comparison of those of all parts; `order`: the ids of the cells, in the order of the whole. The controls of each
/// part stand for themselves: a machine that cannot tell builds apart is not made up for by others. The error says
/// why they do not go together.
pub fn merged(parts: Vec<Comparison>, order: &[&str]) -> Result<Comparison, String> {
    let mut parts = parts.into_iter();
    let mut whole = parts.next().ok_or("there are none")?;
    for part in parts {
        if part.how != How::Paired || whole.how != How::Paired {
            return Err("they are of stored results, which are compared when all are merged".into());
        }
        if part.baseline.what != whole.baseline.what {
            return Err(format!(
                "one is held against {}, and another against {}",
                whole.baseline.what, part.baseline.what
            ));
        }
        whole.cells.extend(part.cells);
        whole.controls.extend(part.controls);
        whole.interrupted |= part.interrupted;
        for note in part.notes {
            if !whole.notes.contains(&note) {
                whole.notes.push(note);
            }
        }
        whole.new.results.extend(part.new.results);
        whole.baseline.results.extend(part.baseline.results);
    }
    let places: HashMap<&str, usize> =
        order.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    let compared: HashSet<&str> = whole.cells.iter().map(|cell| cell.id.as_str()).collect();
    if let Some(missing) = order.iter().find(|id| !compared.contains(*id)) {
        return Err(format!("cell {missing} was measured, and is in no comparison"));
    }
    if whole.cells.len() != order.len() {
        return Err("they are of more cells than were measured".into());
    }
    whole.cells.sort_by_key(|cell| places.get(cell.id.as_str()).copied().unwrap_or(usize::MAX));
    decide(&mut whole);
    whole.run = None;
    whole.scenario.partition = None;
    Ok(whole)
}

fn decide(whole: &mut Comparison) {
    let timed: Vec<&Row> =
        whole.cells.iter().flat_map(|cell| &cell.rows).filter(|row| !row.exact).collect();
    let mut decisions = decide_rows(&timed, &whole.controls).into_iter();
    for CellComparison { rows, .. } in &mut whole.cells {
        for row in rows.iter_mut().filter(|row| !row.exact) {
            *row = with(std::mem::take(row), decisions.next().flatten());
        }
    }
    whole.cells.iter_mut().for_each(CellComparison::judge);
    whole.unfit = unfit(&whole.controls);
    whole.standing = match whole.unfit {
        Some(_) => Standing::Inconclusive,
        None => standing(&whole.cells),
    };
}
