//! The places of an axis, and how its values stand in them.

use super::{MeasureAnswer, Standing, ValueAnswer};
use crate::report::asked;
use crate::report::columns::Column;
use crate::report::contested::contested;
use crate::result::document::CellResult;
use std::collections::{HashMap, HashSet};

/// The columns by which values are held against each other.
const MEASURES: [&str; 3] = ["rate", "p99", "cpu"];

/// `points`: the number of each cell's value.
pub(super) fn measures(
    cells: &[CellResult],
    axis: &str,
    values: &[ValueAnswer],
    points: &[Option<usize>],
) -> Vec<MeasureAnswer> {
    let places = places(cells, axis, points);
    let columns = MEASURES.iter().filter_map(|name| asked::column(name).ok());
    columns.map(|column| measure(cells, column, &places, values, points)).collect()
}

/// Rows of cells that differ in nothing but the axis and can be compared, of each value one.
fn places(cells: &[CellResult], axis: &str, points: &[Option<usize>]) -> Vec<Vec<usize>> {
    let mut places: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    // A document may have several cells at one point.
    let mut taken = HashSet::new();
    for (row, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.is_comparable()) {
        let (Some(place), Some(value)) = (cell.place(axis), points[row]) else { continue };
        let at = *known.entry(place).or_insert(places.len());
        if at == places.len() {
            places.push(Vec::new());
        }
        if taken.insert((at, value)) {
            places[at].push(row);
        }
    }
    places.retain(|rows| rows.len() > 1);
    places
}

fn measure(
    cells: &[CellResult],
    column: &'static Column,
    places: &[Vec<usize>],
    values: &[ValueAnswer],
    points: &[Option<usize>],
) -> MeasureAnswer {
    let standing =
        |value: &ValueAnswer| Standing { value: value.value.clone(), ..Default::default() };
    let mut answer = MeasureAnswer {
        column: column.terminal.as_ref().map_or(column.key, |terminal| terminal.name),
        places: 0,
        told_apart: 0,
        rounds: 0,
        standings: values.iter().map(standing).collect(),
    };
    for rows in places {
        let contested = contested(cells, rows, column);
        if contested.contenders.len() < 2 {
            continue;
        }
        let told = usize::from(contested.is_told());
        answer.places += 1;
        answer.told_apart += told;
        let mut count = |rows: &[usize], add: &dyn Fn(&mut Standing)| {
            let of_rows = rows.iter().filter_map(|row| points[*row]);
            of_rows.for_each(|value| add(&mut answer.standings[value]));
        };
        count(&contested.contenders, &|standing| {
            standing.places += 1;
            standing.told_apart += told;
        });
        count(&contested.best, &|standing| standing.best += 1);
        if contested.alone {
            count(&contested.best, &|standing| standing.alone += 1);
        }
        count(&contested.worst, &|standing| standing.worst += 1);
        let rounds = contested.contenders.iter().map(|row| rounds(&cells[*row], column));
        answer.rounds = answer.rounds.max(rounds.max().unwrap_or(0));
    }
    answer
}

/// Rounds of a cell that have the figure.
fn rounds(cell: &CellResult, column: &Column) -> usize {
    let of_round = column.best.as_ref().map(|best| best.of_round);
    of_round.map_or(0, |of| cell.rounds.iter().filter_map(of).count())
}
