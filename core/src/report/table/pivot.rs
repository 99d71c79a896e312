//! A pivot in the terminal: a table for each section, in blocks of as many columns as have room.

use super::Paint;
use super::layout::{GAP, INDENT};
use crate::report::pivot::{Pivot, PivotPlace, PivotSection, TOO_SPARSE};
use crate::report::text::{cut, wrap};
use crate::text::width;
use std::collections::HashSet;

/// Columns that a name takes.
const NAME: usize = 32;

/// Its lines, with what its marks mean below. `columns_wide`: what has room beside each other; `None`: everything.
pub(super) fn lines(
    pivot: &Pivot,
    columns_wide: Option<usize>,
    words_wide: usize,
    paint: Paint,
) -> Vec<String> {
    let mut lines = vec![wrap(&pivot.about(), words_wide, 2)];
    for section in &pivot.sections {
        let indent = if section.title.is_empty() { "" } else { INDENT };
        if !section.title.is_empty() {
            lines.push(String::new());
            lines.push(paint.title(&section.title));
        }
        if section.too_sparse {
            lines.push(format!("{indent}{}", wrap(TOO_SPARSE, words_wide, 2)));
        } else {
            lines.extend(table(pivot, section, indent, columns_wide, paint));
        }
    }
    let legend = pivot.legend();
    if !legend.is_empty() {
        lines.push(String::new());
        lines.push(paint.quiet(&wrap(&legend, words_wide, 2)));
    }
    lines
}

/// Names in the room that a name has; whole where two of them would look the same.
fn cut_apart(names: Vec<&str>) -> Vec<String> {
    let short: Vec<String> = names.iter().map(|name| cut(name, NAME)).collect();
    let different: HashSet<&String> = short.iter().collect();
    match different.len() == names.len() {
        true => short,
        false => names.into_iter().map(str::to_owned).collect(),
    }
}

fn table(
    pivot: &Pivot,
    section: &PivotSection,
    indent: &str,
    columns_wide: Option<usize>,
    paint: Paint,
) -> Vec<String> {
    let corner = cut(&pivot.row_title, NAME);
    let names = cut_apart(section.rows.iter().map(|row| row.name.as_str()).collect());
    let names_wide =
        names.iter().map(|name| width(name)).chain([width(&corner)]).max().unwrap_or(0);
    let heads = cut_apart(section.columns.iter().map(String::as_str).collect());
    let wide = |at: usize| {
        let texts = section.rows.iter().map(|row| width(&row.places[at].marked()));
        texts.chain([width(&heads[at])]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heads.len()).map(wide).collect();
    let room = columns_wide.map_or(usize::MAX, |all| all.saturating_sub(indent.len() + names_wide));
    let named = |name: &str| format!("{indent}{name}{}", " ".repeat(names_wide - width(name)));
    let mut lines = Vec::new();
    for (at, block) in blocks(&widths, room).into_iter().enumerate() {
        lines.extend((at > 0).then(String::new));
        let mut head = named(&corner);
        for column in block.clone() {
            head.push_str(&" ".repeat(GAP + widths[column] - width(&heads[column])));
            head.push_str(&heads[column]);
        }
        lines.push(paint.title(&head));
        for (row, name) in section.rows.iter().zip(&names) {
            let mut line = named(name);
            for column in block.clone() {
                let place = &row.places[column];
                let text = place.marked();
                line.push_str(&" ".repeat(GAP + widths[column] - width(&text)));
                line.push_str(&painted(place, &text, paint));
            }
            lines.push(line);
        }
    }
    lines
}

/// As many columns as have room beside each other, one at least.
fn blocks(widths: &[usize], room: usize) -> Vec<std::ops::Range<usize>> {
    let (mut blocks, mut from, mut used) = (Vec::new(), 0, 0);
    for (at, wide) in widths.iter().enumerate() {
        let needed = wide + GAP;
        if at > from && used + needed > room {
            blocks.push(from..at);
            (from, used) = (at, 0);
        }
        used += needed;
    }
    blocks.push(from..widths.len());
    blocks
}

fn painted(place: &PivotPlace, text: &str, paint: Paint) -> String {
    if place.not_comparable {
        paint.doubtful(text)
    } else if place.best_of_column {
        paint.best(text)
    } else {
        text.to_owned()
    }
}
