//! The table itself: a section per group of comparable cells, one row per cell, and under it, in
//! words, what went wrong in it.

use super::Paint;
use super::anomalies::damage;
use super::best::best_of_groups;
use super::figures::{Figures, asked_for, fitting};
use super::link::link_words;
use crate::report::axes::{axis_titles, axis_value, in_titles, section_title};
use crate::report::choice::{Choice, Chosen};
use crate::report::columns::{BREAKDOWN, Column, NOT_TOLD, Terminal, slower};
use crate::report::text::wrap;
use crate::result::Document;
use crate::result::document::{CellResult, CellVerdict};
use crate::text::width;
use std::collections::HashMap;

/// Blanks between the names, and before the last column.
pub(super) const GAP: usize = 2;

/// The blanks before the rows of a section.
pub(super) const INDENT: &str = "  ";

/// The lines of the table, and which of its marks stand in it.
pub(super) struct Layout {
    pub(super) lines: Vec<String>,
    pub(super) marks: Marks,
}

/// Marks that need a word of explanation.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks {
    /// A best figure.
    pub(super) best: bool,
    /// How many times slower a cell is.
    pub(super) slower: bool,
    /// A difference that the rounds do not show.
    pub(super) not_told: bool,
    /// How far a figure may be off.
    pub(super) spread: bool,
}

/// `columns_wide`: leaves out what has no room, unless it was asked for; `None`: leaves nothing out.
pub(super) fn lines(
    document: &Document,
    choice: &Choice,
    columns_wide: Option<usize>,
    words_wide: usize,
    paint: Paint,
) -> Layout {
    let chosen = choice.rows(document);
    let rows = Rows::of(document, &chosen);
    let marks = document.cells.iter().map(|cell| width(mark(cell.verdict))).max().unwrap_or(0);
    let room = columns_wide
        .map_or(usize::MAX, |wide| wide.saturating_sub(rows.names_wide() + GAP + marks));
    let (shown, hidden) = match choice.columns(&document.scenario.axes) {
        Some(columns) => (asked_for(document, &columns), Vec::new()),
        None => fitting(document, room),
    };
    let columns: Vec<&Column> = shown.iter().map(|figures| figures.column).collect();
    let best = best_of_groups(document, &columns);
    let written = |part: &str| {
        let mut texts = shown.iter().flat_map(|one| chosen.rows.iter().map(|row| &one.texts[*row]));
        texts.any(|text| text.contains(part))
    };
    let slower_shown = columns.iter().any(|column| column.key == "slower");
    let marks = Marks {
        best: chosen.rows.iter().any(|row| (0..shown.len()).any(|at| best.contains(&(at, *row)))),
        slower: slower_shown
            && chosen.rows.iter().any(|row| slower(&document.cells[*row]).ends_with('x')),
        not_told: written(NOT_TOLD),
        spread: written("±"),
    };

    let mut lines = title_lines(&rows, &shown, paint);
    for (at, section) in rows.sections.iter().enumerate() {
        if let Some(title) = &section.title {
            lines.extend((at > 0).then(String::new));
            lines.push(paint.title(title));
        }
        let indent = if section.title.is_some() { INDENT } else { "" };
        for row in &section.rows {
            let cell = &document.cells[*row];
            let mut line = rows.names(indent, &rows.values[*row]);
            for (at, figures) in shown.iter().enumerate() {
                let text = &figures.texts[*row];
                let is_best = best.contains(&(at, *row));
                let star = if is_best && !paint.color { "*" } else { "" };
                let blanks = figures.gap + figures.width - width(text) - star.len();
                line.push_str(&" ".repeat(blanks));
                line.push_str(star);
                line.push_str(&painted(cell, figures.column, is_best, text, paint));
            }
            line.push_str(&" ".repeat(GAP));
            line.push_str(&painted_mark(cell.verdict, paint));
            lines.push(line);
            lines.extend(damage_line(cell, indent, words_wide, paint));
            lines.extend(link_line(cell, indent, words_wide, paint));
        }
    }
    if !chosen.words.is_empty() {
        lines.push(paint.quiet(&wrap(&chosen.words, words_wide, 2)));
    }
    lines.extend(left_out(&hidden, words_wide, paint));
    Layout { lines, marks }
}

/// What went wrong in a cell, below its row. What was asked for is told without alarm.
fn damage_line(cell: &CellResult, indent: &str, wide: usize, paint: Paint) -> Option<String> {
    let words = damage(cell)?;
    let before = format!("{indent}  └ ");
    let room = wide.saturating_sub(width(&before));
    let words = if cell.damage_is_expected() {
        paint.quiet(&wrap(&format!("expected: {words}"), room, width(&before)))
    } else {
        paint.doubtful(&wrap(&words, room, width(&before)))
    };
    Some(format!("{before}{words}"))
}

/// What the link did to a cell, below that.
fn link_line(cell: &CellResult, indent: &str, wide: usize, paint: Paint) -> Option<String> {
    let before = format!("{indent}  └ ");
    let room = wide.saturating_sub(width(&before));
    let words = wrap(&link_words(cell)?, room, width(&before));
    Some(format!("{before}{}", paint.quiet(&words)))
}

fn left_out(hidden: &[&Terminal], wide: usize, paint: Paint) -> Option<String> {
    let hidden: Vec<&str> = hidden
        .iter()
        .filter(|column| column.weight > BREAKDOWN)
        .map(|column| column.name)
        .collect();
    let words =
        format!("no room for {}: a wider terminal or result.json has them", hidden.join(", "));
    (!hidden.is_empty()).then(|| paint.quiet(&wrap(&words, wide, 2)))
}

/// Which cells stand under one title, and how their rows are named.
struct Rows {
    /// Titles of the columns that name a cell.
    titles: Vec<String>,
    /// What stands in them, by cell.
    values: Vec<Vec<String>>,
    widths: Vec<usize>,
    sections: Vec<Section>,
}

/// Cells that can be compared with each other.
struct Section {
    /// `payload 64 B`; `None` when there is only one section.
    title: Option<String>,
    rows: Vec<usize>,
}

impl Rows {
    fn of(document: &Document, chosen: &Chosen) -> Self {
        let cells = &document.cells;
        let axes = &document.scenario.axes;
        let mut sections: Vec<(String, Vec<usize>)> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for row in chosen.rows.iter().copied() {
            let cell = &cells[row];
            let title = section_title(document, cell);
            let at = *known.entry(title.clone()).or_insert(sections.len());
            match sections.get_mut(at) {
                Some((_, rows)) => rows.push(row),
                None => sections.push((title, vec![row])),
            }
        }
        // One section says nothing, and sections of one row say less than rows.
        // Rows in an order of their own stand in one list.
        let several = sections.len() > 1 && sections.iter().any(|(_, rows)| rows.len() > 1);
        let divided = several && !chosen.sorted;
        let in_titles = cells.first().map(|cell| in_titles(document, cell)).unwrap_or_default();
        let in_rows: Vec<usize> = (0..axes.len())
            .filter(|at| !divided || !in_titles.contains(&axes[*at].as_str()))
            .collect();
        let (titles, values): (Vec<String>, Vec<Vec<String>>) = if axes.is_empty() {
            (vec!["cell".into()], cells.iter().map(|cell| vec![cell.id.clone()]).collect())
        } else {
            let titles = axis_titles(document);
            let point = |cell| in_rows.iter().map(|at| axis_value(cell, &axes[*at])).collect();
            (
                in_rows.iter().map(|at| titles[*at].clone()).collect(),
                cells.iter().map(point).collect(),
            )
        };
        let indent = if divided { INDENT.len() } else { 0 };
        let widths = (0..titles.len())
            .map(|axis| {
                let indent = if axis == 0 { indent } else { 0 };
                let values = values.iter().map(|row| width(&row[axis]) + indent);
                values.chain([width(&titles[axis])]).max().unwrap_or(0)
            })
            .collect();
        let sections = if divided {
            let section = |(title, rows)| Section { title: Some(title), rows };
            sections.into_iter().map(section).collect()
        } else {
            vec![Section { title: None, rows: chosen.rows.clone() }]
        };
        Self { titles, values, widths, sections }
    }

    fn names_wide(&self) -> usize {
        self.widths.iter().sum::<usize>() + GAP * self.widths.len().saturating_sub(1)
    }

    fn names(&self, indent: &str, texts: &[String]) -> String {
        let padded: Vec<String> = texts
            .iter()
            .zip(&self.widths)
            .enumerate()
            .map(|(at, (text, wide))| {
                let text = if at == 0 { format!("{indent}{text}") } else { text.clone() };
                format!("{text}{}", " ".repeat(wide.saturating_sub(width(&text))))
            })
            .collect();
        padded.join(&" ".repeat(GAP))
    }
}

fn title_lines(rows: &Rows, shown: &[Figures], paint: Paint) -> Vec<String> {
    let mut lines = Vec::new();
    for part in 0..2 {
        let blank: Vec<String> = rows.titles.iter().map(|_| String::new()).collect();
        let mut line = rows.names("", if part == 0 { &rows.titles } else { &blank });
        for figures in shown {
            let title = figures.title[part];
            line.push_str(&" ".repeat(figures.gap + figures.width - width(title)));
            line.push_str(title);
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.into_iter().filter(|line| !line.is_empty()).map(|line| paint.title(&line)).collect()
}

fn painted(cell: &CellResult, column: &Column, is_best: bool, text: &str, paint: Paint) -> String {
    let says_whole = column.key == "intact";
    if is_best {
        paint.best(text)
    } else if says_whole && cell.is_intact() {
        paint.good(text)
    } else if says_whole && cell.is_damaged() && !cell.damage_is_expected() {
        paint.bad(text)
    } else {
        text.into()
    }
}

fn painted_mark(verdict: CellVerdict, paint: Paint) -> String {
    let text = mark(verdict);
    match verdict {
        CellVerdict::Pass => paint.good(text),
        CellVerdict::Flaky | CellVerdict::Inconclusive | CellVerdict::Saturated => {
            paint.doubtful(text)
        }
        CellVerdict::Fail | CellVerdict::Crashed => paint.bad(text),
    }
}

/// The mark in the last column.
pub(crate) fn mark(verdict: CellVerdict) -> &'static str {
    match verdict {
        CellVerdict::Pass => "pass",
        CellVerdict::Flaky => "flaky",
        CellVerdict::Inconclusive => "unsure",
        CellVerdict::Saturated => "full",
        CellVerdict::Fail => "FAIL",
        CellVerdict::Crashed => "CRASH",
    }
}
