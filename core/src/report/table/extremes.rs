//! Which cells of each group are the fastest and the slowest, as far as the rounds tell them apart.

use super::headline::name;
use crate::report::axes::section_title;
use crate::report::columns::rate;
use crate::report::numbers;
use crate::result::document::CellResult;
use crate::result::{Document, contest, groups};

/// Groups whose fastest cells are named.
pub(super) const GROUPS_NAMED: usize = 4;

/// Cells that are named as the fastest of one group.
const CELLS_NAMED: usize = 6;

/// The slowest cell is named when it is this many times slower than the fastest.
const MUCH_SLOWER: f64 = 2.0;

/// What is said of the groups with several cells that can be compared.
pub(super) struct Extremes<'a> {
    document: &'a Document,
    /// Where there is one place only, it goes without saying.
    one_place: bool,
    fastest: Vec<Entry>,
    slowest: Vec<Entry>,
    /// Places where no cell is told apart from the fastest, by the words that say so.
    untold: Vec<(String, Vec<String>)>,
}

/// `line`, `payload 64 B`, `27.2k/s`.
struct Entry {
    names: String,
    place: String,
    figure: String,
    /// Where there are several names.
    no_difference: Option<String>,
}

impl<'a> Extremes<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        let mut places = document.cells.iter().map(|cell| section_title(document, cell));
        let first = places.next().unwrap_or_default();
        let one_place = places.all(|place| place == first);
        let mut all =
            Self { document, one_place, fastest: vec![], slowest: vec![], untold: vec![] };
        for rows in groups(&document.cells) {
            all.group(&rows);
        }
        all
    }

    /// Places of which something is said.
    pub(super) fn places(&self) -> usize {
        self.fastest.len() + self.untold.iter().map(|(_, places)| places.len()).sum::<usize>()
    }

    /// `line (27.2k/s)`; `len32be, line at payload 64 B (26.9k/s to 27.2k/s: no difference that 3 rounds
    /// could show); varint at payload 1 KiB (23.6k/s)`; `no difference that 3 rounds could show`.
    pub(super) fn fastest(&self) -> String {
        let mut words = listed(&self.fastest);
        for (untold, places) in &self.untold {
            let places: Vec<&str> =
                places.iter().map(String::as_str).filter(|place| !place.is_empty()).collect();
            let more = places.len().saturating_sub(GROUPS_NAMED);
            let at = if places.is_empty() { "" } else { " at " };
            let named = places[..places.len() - more].join(", ");
            let and = if more > 0 { format!(" and {more} more") } else { String::new() };
            let between = if words.is_empty() { "" } else { "; " };
            words.push_str(&format!("{between}{untold}{at}{named}{and}"));
        }
        words
    }

    /// `sleep (230x slower)`.
    pub(super) fn slowest(&self) -> String {
        listed(&self.slowest)
    }

    fn group(&mut self, rows: &[usize]) {
        let cells = &self.document.cells;
        let told = |row: usize| cells[row].relative.as_ref().and_then(|beside| beside.told_apart);
        let ratio = |row: usize| cells[row].relative.as_ref().and_then(|beside| beside.slower);
        let timed: Vec<usize> = rows.iter().copied().filter(|row| ratio(*row).is_some()).collect();
        let Some(best) = timed.iter().copied().find(|row| is_reference(&cells[*row])) else {
            return;
        };
        if timed.len() < 2 {
            return;
        }
        let rounds = cells[best].rounds.iter().filter(|round| round.rate.is_some()).count();
        if told(best) != Some(true) {
            let place = self.place(best);
            let words = match told(best) {
                None if rounds > 1 => "too few rounds in common to show a difference".into(),
                _ => no_difference(rounds),
            };
            match self.untold.iter_mut().find(|(known, _)| *known == words) {
                Some((_, places)) => places.push(place),
                None => self.untold.push((words, vec![place])),
            }
            return;
        }
        let apart = |row: &usize| *row != best && told(*row) == Some(true);
        let first: Vec<usize> =
            timed.iter().copied().filter(|row| !apart(row) && told(*row).is_some()).collect();
        let rates = first.iter().filter_map(|row| rate(&cells[*row]));
        let figure = range(rates, numbers::rate);
        self.fastest.push(self.entry(&first, figure, rounds));

        let behind = || timed.iter().copied().filter(apart);
        let by_ratio = |a: &usize, b: &usize| ratio(*a).partial_cmp(&ratio(*b));
        let last = behind().max_by(|a, b| by_ratio(a, b).unwrap_or(std::cmp::Ordering::Equal));
        let Some(last) = last.filter(|row| ratio(*row) >= Some(MUCH_SLOWER)) else { return };
        let contest = contest(cells, rows, |round| round.rate, 0.0);
        let Some(last) = rows.iter().position(|row| *row == last) else { return };
        let as_slow =
            |at: usize| at == last || contest.compare(at, last).is_some_and(|o| o.is_le());
        let slow: Vec<usize> = rows
            .iter()
            .enumerate()
            .filter(|(at, row)| apart(row) && as_slow(*at))
            .map(|(_, row)| *row)
            .collect();
        let figure = range(slow.iter().filter_map(|row| ratio(*row)), numbers::factor);
        self.slowest.push(self.entry(&slow, format!("{figure} slower"), rounds));
    }

    fn entry(&self, rows: &[usize], figure: String, rounds: usize) -> Entry {
        let cells = &self.document.cells;
        let named = rows.iter().take(CELLS_NAMED);
        let mut names =
            named.map(|row| name(self.document, &cells[*row])).collect::<Vec<_>>().join(", ");
        let more = rows.len().saturating_sub(CELLS_NAMED);
        if more > 0 {
            names.push_str(&format!(" and {more} more"));
        }
        Entry {
            names,
            place: rows.first().map(|row| self.place(*row)).unwrap_or_default(),
            figure,
            no_difference: (rows.len() > 1).then(|| no_difference(rounds)),
        }
    }

    fn place(&self, row: usize) -> String {
        if self.one_place {
            return String::new();
        }
        section_title(self.document, &self.document.cells[row])
    }
}

fn is_reference(cell: &CellResult) -> bool {
    cell.relative.as_ref().is_some_and(|beside| beside.against == cell.id)
}

fn no_difference(rounds: usize) -> String {
    match rounds {
        0 | 1 => "one round cannot show a difference".into(),
        rounds => format!("no difference that {rounds} rounds could show"),
    }
}

/// `27.2k/s`, `26.9k/s to 27.2k/s`.
fn range(figures: impl Iterator<Item = f64> + Clone, show: fn(f64) -> String) -> String {
    let least = show(figures.clone().fold(f64::INFINITY, f64::min));
    let most = show(figures.fold(f64::NEG_INFINITY, f64::max));
    if least == most { least } else { format!("{least} to {most}") }
}

/// Names that follow each other and are the same are told once: `line at payload 64 B (27.2k/s),
/// payload 1 KiB (25k/s)`.
fn listed(entries: &[Entry]) -> String {
    let mut words = String::new();
    let mut last = None;
    let mut entries_named = entries.iter().take(GROUPS_NAMED).peekable();
    while let Some(Entry { names, place, figure, no_difference }) = entries_named.next() {
        let same = last.replace(names) == Some(names);
        let at = if place.is_empty() || same { "" } else { " at" };
        let space = if place.is_empty() { "" } else { " " };
        match (words.is_empty(), same) {
            (true, _) => words.push_str(names),
            (false, true) => words.push(','),
            (false, false) => words.push_str(&format!("; {names}")),
        }
        let again = |next: &&Entry| next.names == *names && next.no_difference == *no_difference;
        let several = no_difference.as_ref().filter(|_| !entries_named.peek().is_some_and(again));
        let several = several.map(|words| format!(": {words}")).unwrap_or_default();
        words.push_str(&format!("{at}{space}{place} ({figure}{several})"));
    }
    let more = entries.len().saturating_sub(GROUPS_NAMED);
    if more > 0 {
        words.push_str(&format!("; {more} more in the table"));
    }
    words
}
