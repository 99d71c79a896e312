//! The answer in a few words: what keeps messages whole, what does not, and what is fastest.

use super::Paint;
use super::columns::{axis_titles, axis_value, section_title};
use crate::report::numbers;
use crate::report::text::{clean, wrap};
use crate::result::Document;
use crate::result::document::CellResult;

/// Groups whose fastest cell is named.
const GROUPS_NAMED: usize = 4;

/// A line for each thing there is to say; none for a single cell, whose row says it all.
pub(super) fn lines(document: &Document, width: usize, paint: Paint) -> Vec<String> {
    if document.cells.len() < 2 {
        return Vec::new();
    }
    let kinds = kinds(document);
    let told = |wanted: State| -> Vec<String> {
        let of_state = kinds.iter().filter(|kind| kind.state() == wanted);
        of_state.map(|kind| kind.words(document)).collect()
    };
    let (whole, damaged, unknown) =
        (told(State::Whole), told(State::Damaged), told(State::Unknown));
    let mut lines = Vec::new();
    let mut line = |title: &str, words: String, painted: fn(Paint, &str) -> String| {
        if !words.is_empty() {
            let wrapped = wrap(&words, width.saturating_sub(TITLE), TITLE);
            lines.push(format!("{}{wrapped}", painted(paint, &format!("{title:TITLE$}"))));
        }
    };
    if damaged.is_empty() && unknown.is_empty() {
        let all = format!("every message of all {} cells arrived whole", document.cells.len());
        line("whole", all, Paint::good);
    } else {
        line("whole", whole.join(", "), Paint::good);
    }
    line("damaged", damaged.join(", "), Paint::doubtful);
    line("no result", unknown.join(", "), Paint::bad);
    let (fastest, slowest) = extremes(document);
    line("fastest", fastest, Paint::title);
    line("slowest", slowest, Paint::title);
    lines
}

/// The slowest cell is named when it is this many times slower than the fastest.
const MUCH_SLOWER: f64 = 2.0;

/// Columns before the words.
const TITLE: usize = 11;

/// The cells with one point on the axes that are compared: those of one framing, for example.
struct Kind<'a> {
    name: String,
    cells: Vec<&'a CellResult>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Whole,
    Damaged,
    Unknown,
}

impl Kind<'_> {
    fn state(&self) -> State {
        if self.cells.iter().all(|cell| cell.is_intact()) {
            State::Whole
        } else if self.cells.iter().any(|cell| hurt(cell)) {
            State::Damaged
        } else {
            State::Unknown
        }
    }

    /// `raw (1.34 % to 10.8 % intact, as expected; whole at kind seqpacket)`.
    fn words(&self, document: &Document) -> String {
        let mut words = match self.state() {
            State::Whole => return self.name.clone(),
            State::Damaged => self.damage(),
            State::Unknown if !self.cells.iter().any(|cell| cell.is_intact()) => {
                return self.name.clone();
            }
            State::Unknown => {
                vec![format!("at {}", self.places(document, |cell| !cell.is_intact()))]
            }
        };
        let whole = self.places(document, CellResult::is_intact);
        if !whole.is_empty() {
            words.push(format!("whole at {whole}"));
        }
        format!("{} ({})", self.name, words.join("; "))
    }

    fn damage(&self) -> Vec<String> {
        let hurt: Vec<&CellResult> = self.cells.iter().copied().filter(|cell| hurt(cell)).collect();
        let share = |cell: &&CellResult| {
            let (intact, sent) = cell.intact_of_sent();
            intact as f64 / sent.max(1) as f64
        };
        let least = numbers::share_of(hurt.iter().map(share).fold(1.0, f64::min));
        let most = numbers::share_of(hurt.iter().map(share).fold(0.0, f64::max));
        let range = if least == most { least } else { format!("{least} to {most}") };
        let expected = hurt.iter().all(|cell| cell.damage_is_expected());
        vec![format!("{range} intact{}", if expected { ", as expected" } else { "" })]
    }

    /// Where the wanted cells stand: `payload 64 B and payload 1 KiB`.
    fn places(&self, document: &Document, wanted: impl Fn(&CellResult) -> bool) -> String {
        let wanted = self.cells.iter().filter(|cell| wanted(cell));
        let titles = wanted.map(|cell| section_title(document, cell));
        let titles: Vec<String> =
            titles.filter(|title| !title.is_empty()).take(GROUPS_NAMED).collect();
        titles.join(" and ")
    }
}

/// Messages were sent, and not all of them are intact (or more came than were sent).
fn hurt(cell: &CellResult) -> bool {
    cell.intact_of_sent().1 > 0 && !cell.is_intact()
}

fn kinds(document: &Document) -> Vec<Kind<'_>> {
    let mut kinds: Vec<Kind<'_>> = Vec::new();
    for cell in &document.cells {
        let name = name(document, cell);
        match kinds.iter_mut().find(|kind| kind.name == name) {
            Some(kind) => kind.cells.push(cell),
            None => kinds.push(Kind { name, cells: vec![cell] }),
        }
    }
    kinds
}

/// The point of a cell on the axes that are compared: `len32be`, `nodelay false + write message`.
fn name(document: &Document, cell: &CellResult) -> String {
    let dividing = cell.dividing_axes();
    let axes = document.scenario.axes.iter().zip(axis_titles(document));
    let compared: Vec<(String, String)> = axes
        .filter(|(axis, _)| !dividing.contains(&axis.as_str()))
        .map(|(axis, title)| (title, axis_value(cell, axis)))
        .collect();
    match &compared[..] {
        [] => clean(&cell.id),
        [(title, value)] if title == "framing" => value.clone(),
        all => {
            let parts: Vec<String> =
                all.iter().map(|(title, value)| format!("{title} {value}")).collect();
            parts.join(" + ")
        }
    }
}

/// The extreme cell of each group of comparable ones that has several intact cells.
struct Extremes<'a> {
    document: &'a Document,
    /// Name, place and figure.
    found: Vec<(String, String, String)>,
}

impl Extremes<'_> {
    fn new(document: &Document) -> Extremes<'_> {
        Extremes { document, found: Vec::new() }
    }

    fn add(&mut self, cell: &CellResult, figure: String) {
        let titles = || self.document.cells.iter().map(|cell| section_title(self.document, cell));
        let place = section_title(self.document, cell);
        // Where there is one place only, it goes without saying.
        let place = if titles().all(|title| title == place) { String::new() } else { place };
        self.found.push((name(self.document, cell), place, figure));
    }

    /// `line (27.2k/s)`; `len32be at payload 64 B (27.2k/s); varint at payload 1 KiB (23.6k/s)`;
    /// `line at payload 64 B (27.2k/s), payload 1 KiB (25k/s)`.
    fn words(&self) -> String {
        let mut words = String::new();
        let mut last = None;
        for (name, place, figure) in self.found.iter().take(GROUPS_NAMED) {
            let same = last.replace(name) == Some(name);
            let at = if place.is_empty() || same { "" } else { " at" };
            let space = if place.is_empty() { "" } else { " " };
            match (words.is_empty(), same) {
                (true, _) => words.push_str(name),
                (false, true) => words.push(','),
                (false, false) => words.push_str(&format!("; {name}")),
            }
            words.push_str(&format!("{at}{space}{place} ({figure})"));
        }
        let more = self.found.len().saturating_sub(GROUPS_NAMED);
        if more > 0 {
            words.push_str(&format!("; {more} more in the table"));
        }
        words
    }
}

/// The fastest and the slowest intact cell of each group, in words.
fn extremes(document: &Document) -> (String, String) {
    let (mut fastest, mut slowest) = (Extremes::new(document), Extremes::new(document));
    let mut groups: Vec<(String, Vec<(&CellResult, f64)>)> = Vec::new();
    for cell in document.cells.iter().filter(|cell| cell.is_intact()) {
        let Some(slower) = cell.relative.as_ref().and_then(|beside| beside.slower) else {
            continue;
        };
        match groups.iter_mut().find(|(group, _)| *group == cell.group()) {
            Some((_, cells)) => cells.push((cell, slower)),
            None => groups.push((cell.group(), vec![(cell, slower)])),
        }
    }
    for (_, cells) in groups.iter().filter(|(_, cells)| cells.len() > 1) {
        let by_ratio = |a: &&(&CellResult, f64), b: &&(&CellResult, f64)| a.1.total_cmp(&b.1);
        if let Some((cell, _)) = cells.iter().min_by(by_ratio) {
            let rate = cell.rate.achieved.map_or_else(|| numbers::NOTHING.into(), numbers::rate);
            fastest.add(cell, rate);
        }
        if let Some((cell, slower)) = cells.iter().max_by(by_ratio)
            && *slower >= MUCH_SLOWER
        {
            slowest.add(cell, format!("{} slower", numbers::factor(*slower)));
        }
    }
    (fastest.words(), slowest.words())
}
