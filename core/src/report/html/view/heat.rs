//! Heat maps: a figure at every point of two axes.

use crate::report::axes::{axis_titles, axis_value};
use crate::report::columns::rate;
use crate::report::numbers;
use crate::result::Document;
use crate::result::document::CellResult;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// Shades between the lowest and the highest figure.
const SHADES: usize = 7;

/// Values of an axis that are shown, of the first.
const MOST: usize = 40;

/// A figure over two axes.
#[derive(Serialize)]
pub(super) struct Heat {
    /// What is shown, and which axes these are.
    title: String,
    rows_of: String,
    columns: Vec<String>,
    rows: Vec<Row>,
    /// What of the axes is not shown.
    left_out: Option<String>,
    /// What dark means.
    legend: String,
    /// Points stand for several cells.
    several: bool,
    /// A point has a cell with damaged messages.
    damaged: bool,
}

#[derive(Serialize)]
struct Row {
    name: String,
    points: Vec<Point>,
}

#[derive(Serialize)]
struct Point {
    text: String,
    /// 0 to 6; none: there is no figure.
    shade: Option<usize>,
    /// How many cells it is the median of.
    cells: usize,
    /// Messages of one of them were damaged, so that it cannot be held against others.
    damaged: bool,
}

/// A figure that can be mapped.
struct Mapped {
    name: &'static str,
    of: fn(&CellResult) -> Option<f64>,
    written: fn(f64) -> String,
    /// It says something of damaged cells too.
    of_damaged: bool,
}

const MAPPED: &[Mapped] = &[
    Mapped { name: "rate", of: rate, written: numbers::rate, of_damaged: false },
    Mapped {
        name: "p50",
        of: |cell| cell.latency_ns.p50.map(|ns| ns as f64),
        written: |ns| numbers::time(ns.round() as u64),
        of_damaged: false,
    },
    Mapped {
        name: "intact",
        of: |cell| {
            let (intact, sent) = cell.intact_of_sent();
            (sent > 0).then(|| intact as f64 / sent as f64)
        },
        written: numbers::share_of,
        of_damaged: true,
    },
];

/// One for each figure, over the two axes that have the most values; none for fewer than two.
pub(super) fn heats(document: &Document) -> Vec<Heat> {
    let Some([rows, columns]) = axes(document) else { return Vec::new() };
    let damaged = document.cells.iter().any(CellResult::is_damaged);
    let any = |mapped: &&Mapped| {
        (damaged || !mapped.of_damaged)
            && document.cells.iter().any(|cell| (mapped.of)(cell).is_some())
    };
    MAPPED.iter().filter(any).map(|mapped| heat(document, mapped, rows, columns)).collect()
}

/// The two axes with the most values, by their numbers; that of framings comes first.
fn axes(document: &Document) -> Option<[usize; 2]> {
    let axes = &document.scenario.axes;
    let mut counted: Vec<(usize, usize)> =
        (0..axes.len()).map(|axis| (axis, values(document, &axes[axis]).0.len())).collect();
    counted.retain(|(_, values)| *values > 1);
    counted.sort_by_key(|(axis, values)| (!axes[*axis].contains("framing"), usize::MAX - values));
    match counted[..] {
        [(rows, _), (columns, _), ..] => Some([rows, columns]),
        _ => None,
    }
}

/// The values of an axis in the order of the cells, and their places.
fn values(document: &Document, axis: &str) -> (Vec<String>, HashMap<String, usize>) {
    let (mut values, mut places) = (Vec::new(), HashMap::new());
    for cell in &document.cells {
        let value = axis_value(cell, axis);
        if !places.contains_key(&value) {
            places.insert(value.clone(), values.len());
            values.push(value);
        }
    }
    (values, places)
}

fn heat(document: &Document, mapped: &Mapped, rows: usize, columns: usize) -> Heat {
    let (axes, titles) = (&document.scenario.axes, axis_titles(document));
    let (row_values, row_places) = values(document, &axes[rows]);
    let (column_values, column_places) = values(document, &axes[columns]);
    let mut figures: HashMap<(usize, usize), Vec<f64>> = HashMap::new();
    let mut damaged: HashSet<(usize, usize)> = HashSet::new();
    for cell in &document.cells {
        let Some(figure) = (mapped.of)(cell).filter(|figure| figure.is_finite()) else { continue };
        let place = |places: &HashMap<String, usize>, axis: &str| {
            places.get(&axis_value(cell, axis)).copied()
        };
        if let Some(at) = place(&row_places, &axes[rows]).zip(place(&column_places, &axes[columns]))
        {
            figures.entry(at).or_default().push(figure);
            if cell.is_damaged() && !mapped.of_damaged {
                damaged.insert(at);
            }
        }
    }
    let medians: HashMap<(usize, usize), (f64, usize)> = figures
        .into_iter()
        .filter_map(|(at, all)| Some((at, (median(&all)?, all.len()))))
        .collect();
    let sound =
        || medians.iter().filter(|(at, _)| !damaged.contains(*at)).map(|(_, (figure, _))| *figure);
    let (least, most) =
        (sound().fold(f64::INFINITY, f64::min), sound().fold(f64::NEG_INFINITY, f64::max));
    let point = |row: usize, column: usize| match medians.get(&(row, column)) {
        None => Point { text: numbers::NOTHING.into(), shade: None, cells: 0, damaged: false },
        Some((figure, cells)) => Point {
            text: (mapped.written)(*figure),
            shade: (!damaged.contains(&(row, column))).then(|| shade(*figure, least, most)),
            cells: *cells,
            damaged: damaged.contains(&(row, column)),
        },
    };
    let several = medians.values().any(|(_, cells)| *cells > 1);
    let [row_title, column_title] = [&titles[rows], &titles[columns]];
    let hidden =
        [(&row_values, row_title), (&column_values, column_title)].map(|(values, title)| {
            let hidden = values.len().saturating_sub(MOST);
            (hidden > 0).then(|| format!("{hidden} more values of {title}"))
        });
    let hidden: Vec<String> = hidden.into_iter().flatten().collect();
    Heat {
        title: format!("{} by {row_title} and {column_title}", mapped.name),
        rows_of: format!("{row_title} \\ {column_title}"),
        rows: row_values
            .iter()
            .take(MOST)
            .enumerate()
            .map(|(row, name)| Row {
                name: name.clone(),
                points: (0..column_values.len().min(MOST))
                    .map(|column| point(row, column))
                    .collect(),
            })
            .collect(),
        columns: column_values.into_iter().take(MOST).collect(),
        left_out: (!hidden.is_empty()).then(|| format!("not shown: {}", hidden.join(", "))),
        legend: if least < most {
            format!("light: {}, dark: {}", (mapped.written)(least), (mapped.written)(most))
        } else {
            String::new()
        },
        several,
        damaged: !damaged.is_empty(),
    }
}

fn median(figures: &[f64]) -> Option<f64> {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        length if length % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

/// By the logarithm, so that one figure far from the others leaves them apart.
fn shade(figure: f64, least: f64, most: f64) -> usize {
    let (low, high, at) = match least > 0.0 {
        true => (least.ln(), most.ln(), figure.ln()),
        false => (least, most, figure),
    };
    if high <= low {
        return SHADES / 2;
    }
    let share = (at - low) / (high - low);
    ((share * SHADES as f64) as usize).min(SHADES - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_figure_is_the_lightest_and_the_highest_the_darkest() {
        assert_eq!(shade(1.0, 1.0, 1000.0), 0);
        assert_eq!(shade(1000.0, 1.0, 1000.0), SHADES - 1);
        assert_eq!(shade(5.0, 5.0, 5.0), SHADES / 2);
        assert!(shade(30.0, 1.0, 1000.0) > shade(2.0, 1.0, 1000.0));
        assert_eq!(shade(0.0, 0.0, 1.0), 0);
    }

    #[test]
    fn a_median_of_nothing_is_none() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 2.0]), Some(3.0));
    }
}
