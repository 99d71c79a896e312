//! Which to take of open loops: by the 99th percentile of latency, because the rate is what was asked for.

use super::choice::{fewest_bytes, listed};
use crate::report::asked;
use crate::report::table::Kind;
use crate::result::document::CellResult;
use crate::result::{Document, contest, groups};
use std::collections::HashMap;

/// How a cell stands in its place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// No cell is told to have a shorter p99.
    First,
    /// The rounds tell it apart from the shortest.
    Behind,
}

/// Which of these to take, all of which keep up, with `whole` about their messages.
pub(super) fn of_open(document: &Document, sound: &[&Kind<'_>], whole: &str) -> Vec<String> {
    if let [only] = sound {
        return vec![format!(
            "Take {}: the only one of which {whole} and the rate was kept everywhere.",
            only.name()
        )];
    }
    let take = format!("Take {}: {whole}", listed(sound, "or"));
    let rate = "the rate is what was asked for, so it says nothing of who is faster";
    let standings = standings(document);
    let of = |cell: &&CellResult| standings.get(cell.id.as_str()).copied();
    if !sound.iter().flat_map(|kind| kind.cells()).all(|cell| of(cell).is_some()) {
        return vec![format!(
            "{take}; {rate}, and whose p99 is shorter cannot be told, because too few of their rounds stand beside each \
             other or it is not known."
        )];
    }
    let is_first =
        |kind: &&&Kind<'_>| kind.cells().iter().all(|cell| of(cell) == Some(Stands::First));
    let first: Vec<&Kind<'_>> = sound.iter().filter(is_first).copied().collect();
    let mut sentences = if first.len() == sound.len() {
        vec![format!("{take}, and the rounds tell no difference in p99 ({rate}).")]
    } else if first.is_empty() {
        return vec![format!("{take}. None has the shortest p99 everywhere ({rate}).")];
    } else {
        vec![format!(
            "Take {}: {whole}, and nowhere did the rounds show a longer p99 of {} than the shortest ({rate}).",
            listed(&first, "or"),
            if first.len() == 1 { "it" } else { "them" }
        )]
    };
    sentences.extend(fewest_bytes(&first));
    sentences
}

/// How each cell stands that can be held against another of its place; the others have no entry.
fn standings(document: &Document) -> HashMap<&str, Stands> {
    let mut standings = HashMap::new();
    let Ok(column) = asked::column("p99") else { return standings };
    let cells = &document.cells;
    let Some(best) = &column.best else { return standings };
    for rows in groups(cells) {
        let rows: Vec<usize> = rows.into_iter().filter(|row| !cells[*row].is_saturated()).collect();
        let known = rows
            .iter()
            .enumerate()
            .filter_map(|(at, row)| column.shows.figure(&cells[*row]).map(|figure| (at, figure)));
        let Some((first, _)) = known.min_by(|(_, a), (_, b)| a.total_cmp(b)) else { continue };
        let contest = contest(cells, &rows, best.of_round, best.resolution);
        let told = rows.iter().enumerate().filter_map(|(at, row)| {
            let behind = at != first && contest.compare(at, first)?.is_gt();
            Some((*row, if behind { Stands::Behind } else { Stands::First }))
        });
        let told: Vec<(usize, Stands)> = told.collect();
        if told.iter().any(|(row, _)| *row != rows[first]) {
            let named = told.into_iter().map(|(row, stands)| (cells[row].id.as_str(), stands));
            standings.extend(named);
        }
    }
    standings
}
