//! The table itself: one row per cell, and under it, in words, what went wrong in it.

use super::Paint;
use super::anomalies::damage;
use super::columns::{COLUMNS, Column, axis_titles, axis_value, mark};
use crate::report::text::{width, wrap};
use crate::result::Document;
use crate::result::document::{CellResult, CellVerdict};
use std::collections::HashMap;

/// Blanks between columns. The star of a best figure stands in the second of them.
const GAP: usize = 2;

pub(super) fn lines(document: &Document, columns_wide: usize, paint: Paint) -> Vec<String> {
    let axes = Axes::of(document);
    let marks = document.cells.iter().map(|cell| width(mark(cell.verdict))).max().unwrap_or(0);
    let shown = fitting(document, columns_wide.saturating_sub(axes.width() + GAP + marks));
    let best = best_of_groups(document, &shown);

    let mut lines = title_lines(&axes, &shown, paint);
    for (row, cell) in document.cells.iter().enumerate() {
        let mut line = axes.row(row);
        for (at, figures) in shown.iter().enumerate() {
            let text = &figures.texts[row];
            let is_best = best.get(&(at, cell.group())).is_some_and(|best| best.contains(&row));
            let star = if is_best && !paint.color { "*" } else { "" };
            let blanks = GAP + figures.width - width(text) - star.len();
            line.push_str(&" ".repeat(blanks));
            line.push_str(star);
            line.push_str(&painted(cell, at, is_best, text, paint));
        }
        line.push_str(&" ".repeat(GAP));
        line.push_str(&painted_mark(cell.verdict, paint));
        lines.push(line);
        if let Some(words) = damage(cell) {
            let words = wrap(&words, columns_wide.saturating_sub(4), 4);
            lines.push(format!("  └ {}", paint.doubtful(&words)));
        }
    }
    if shown.len() < COLUMNS.len() {
        let hidden: Vec<&str> = COLUMNS
            .iter()
            .filter(|column| !shown.iter().any(|figures| figures.column.title == column.title))
            .map(|column| column.title[0])
            .collect();
        let words = format!("no room for {}: result.json has them", hidden.join(", "));
        lines.push(paint.quiet(&wrap(&words, columns_wide, 0)));
    }
    lines
}

/// The columns that name a cell.
struct Axes {
    titles: Vec<String>,
    values: Vec<Vec<String>>,
    widths: Vec<usize>,
}

impl Axes {
    fn of(document: &Document) -> Self {
        let (titles, values): (Vec<String>, Vec<Vec<String>>) = if document.scenario.axes.is_empty()
        {
            (
                vec!["cell".into()],
                document
                    .cells
                    .iter()
                    .map(|cell| vec![crate::report::text::clean(&cell.id)])
                    .collect(),
            )
        } else {
            let axes = &document.scenario.axes;
            let point = |cell| axes.iter().map(|axis| axis_value(cell, axis)).collect();
            (axis_titles(document), document.cells.iter().map(point).collect())
        };
        let widths = (0..titles.len())
            .map(|axis| {
                let values = values.iter().map(|row| width(&row[axis]));
                values.chain([width(&titles[axis])]).max().unwrap_or(0)
            })
            .collect();
        Self { titles, values, widths }
    }

    fn width(&self) -> usize {
        self.widths.iter().sum::<usize>() + GAP * self.widths.len().saturating_sub(1)
    }

    fn row(&self, row: usize) -> String {
        self.line(&self.values[row])
    }

    fn line(&self, texts: &[String]) -> String {
        let padded: Vec<String> = texts
            .iter()
            .zip(&self.widths)
            .map(|(text, wide)| format!("{text}{}", " ".repeat(wide - width(text))))
            .collect();
        padded.join(&" ".repeat(GAP))
    }
}

/// A column of figures with its texts.
struct Figures {
    column: &'static Column,
    texts: Vec<String>,
    width: usize,
}

/// As many columns as have room, the most important first.
fn fitting(document: &Document, room: usize) -> Vec<Figures> {
    let mut figures: Vec<Figures> = COLUMNS
        .iter()
        .map(|column| {
            let texts: Vec<String> = document.cells.iter().map(column.show).collect();
            let widths = texts.iter().map(|text| width(text));
            let titles = column.title.iter().map(|title| width(title));
            let width = widths.chain(titles).max().unwrap_or(0);
            Figures { column, texts, width }
        })
        .collect();
    while figures.iter().map(|figures| figures.width + GAP).sum::<usize>() > room {
        let least = figures
            .iter()
            .enumerate()
            .filter(|(_, figures)| figures.column.weight < 10)
            .min_by_key(|(_, figures)| figures.column.weight)
            .map(|(at, _)| at);
        match least {
            Some(at) => drop(figures.remove(at)),
            None => break,
        }
    }
    figures
}

/// The rows with the best figure of each column and group, among intact cells. A group in which
/// nothing else could be best has none.
fn best_of_groups(document: &Document, shown: &[Figures]) -> HashMap<(usize, String), Vec<usize>> {
    let mut best = HashMap::new();
    let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
    for (row, cell) in document.cells.iter().enumerate().filter(|(_, cell)| cell.is_intact()) {
        groups.entry(cell.group()).or_default().push(row);
    }
    for (group, rows) in groups.into_iter().filter(|(_, rows)| rows.len() > 1) {
        for (at, figures) in shown.iter().enumerate() {
            let Some(rank) = figures.column.rank else { continue };
            let ranked =
                || rows.iter().filter_map(|row| Some((*row, rank(&document.cells[*row])?)));
            let Some(least) = ranked().map(|(_, rank)| rank).min_by(f64::total_cmp) else {
                continue;
            };
            let winners: Vec<usize> =
                ranked().filter(|(_, rank)| *rank == least).map(|(row, _)| row).collect();
            // Where all are equal, none is best.
            if winners.len() < rows.len() {
                best.insert((at, group.clone()), winners);
            }
        }
    }
    best
}

fn title_lines(axes: &Axes, shown: &[Figures], paint: Paint) -> Vec<String> {
    let mut lines = Vec::new();
    for part in 0..2 {
        let blank: Vec<String> = axes.titles.iter().map(|_| String::new()).collect();
        let mut line = axes.line(if part == 0 { &axes.titles } else { &blank });
        for figures in shown {
            let title = figures.column.title[part];
            line.push_str(&" ".repeat(GAP + figures.width - width(title)));
            line.push_str(title);
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.into_iter().filter(|line| !line.is_empty()).map(|line| paint.title(&line)).collect()
}

fn painted(cell: &CellResult, at: usize, is_best: bool, text: &str, paint: Paint) -> String {
    if is_best {
        paint.best(text)
    } else if at == 0 && cell.is_intact() {
        paint.good(text)
    } else if at == 0 {
        paint.bad(text)
    } else {
        text.into()
    }
}

fn painted_mark(verdict: CellVerdict, paint: Paint) -> String {
    let text = mark(verdict);
    match verdict {
        CellVerdict::Pass => paint.good(text),
        CellVerdict::Inconclusive | CellVerdict::Saturated => paint.doubtful(text),
        CellVerdict::Fail | CellVerdict::Crashed => paint.bad(text),
    }
}
