//! Which cell of one result is which of another: by their axes, by name.

use super::kept::{KeptCell, KeptResult};
use std::collections::{BTreeMap, BTreeSet};

/// Axis and value of a cell, in the order of the names.
pub(super) type Point = BTreeMap<String, String>;

/// What an axis, or a value of it, is called in the new results: `--map`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rename {
    /// `OLD:NEW`: an axis.
    Axis(String, String),
    /// `AXIS=OLD:NEW`: a value of an axis, which is called as in the baseline. Both values in one text, because a
    /// value may hold a colon itself.
    Value(String, String),
}

impl Rename {
    /// Reads what stands behind `--map`; the error says what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let form = "it is to be AXIS=BASE:NEW for a value, or BASE:NEW for an axis";
        let (axis, names) = match text.split_once('=') {
            Some((axis, values)) => (Some(axis), values),
            None => (None, text),
        };
        let (old, new) = names.split_once(':').ok_or(form)?;
        if old.is_empty() || new.is_empty() || axis == Some("") {
            return Err(form.into());
        }
        Ok(match axis {
            Some(axis) => Self::Value(axis.to_owned(), names.to_owned()),
            None => Self::Axis(old.to_owned(), new.to_owned()),
        })
    }
}

/// The cells of both sides that are the same, and those that only one has.
#[derive(Debug, Default)]
pub(super) struct Matched<'a> {
    /// In the order of the new results.
    pub(super) cells: Vec<MatchedCell<'a>>,
    /// Ids of those that only the baseline has.
    pub(super) only_baseline: Vec<&'a str>,
    /// Ids of those that only the new results have.
    pub(super) only_new: Vec<&'a str>,
}

/// A cell in all results that have it.
#[derive(Debug)]
pub(super) struct MatchedCell<'a> {
    pub(super) baseline: Vec<(&'a KeptResult, &'a KeptCell)>,
    pub(super) new: Vec<(&'a KeptResult, &'a KeptCell)>,
}

/// Why results cannot be matched.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// A rename that is of nothing.
    Rename(String),
    /// Two cells of a result would be the same.
    Twice(String),
}

/// The cells of one side, in the order in which they are first seen.
struct Side<'a> {
    points: Vec<Point>,
    cells: BTreeMap<Point, Vec<(&'a KeptResult, &'a KeptCell)>>,
}

/// Matches the cells of both sides.
pub(super) fn matched<'a>(
    baseline: &'a [KeptResult],
    new: &'a [KeptResult],
    renames: &[Rename],
) -> Result<Matched<'a>, Mismatch> {
    let names = Names::new(baseline, new, renames).map_err(Mismatch::Rename)?;
    let mut old = side(baseline, |cell| names.renamed(cell)).map_err(Mismatch::Twice)?;
    let mut new = side(new, |cell| cell.axes.iter().cloned().collect()).map_err(Mismatch::Twice)?;
    let mut matched = Matched::default();
    for point in &new.points {
        let Some(new) = new.cells.remove(point) else { continue };
        match old.cells.remove(point) {
            Some(baseline) => matched.cells.push(MatchedCell { baseline, new }),
            None => matched.only_new.push(&new[0].1.id),
        }
    }
    let left = old.points.iter().filter_map(|point| old.cells.get(point));
    matched.only_baseline = left.map(|cells| cells[0].1.id.as_str()).collect();
    Ok(matched)
}

fn side<'a>(
    results: &'a [KeptResult],
    point_of: impl Fn(&KeptCell) -> Point,
) -> Result<Side<'a>, String> {
    let mut side = Side { points: Vec::new(), cells: BTreeMap::new() };
    for result in results {
        let mut seen: BTreeMap<Point, &str> = BTreeMap::new();
        for cell in &result.cells {
            let point = point_of(cell);
            if let Some(other) = seen.insert(point.clone(), &cell.id) {
                return Err(format!(
                    "`{other}` and `{}` of {} would be the same cell",
                    cell.id, result.name
                ));
            }
            let cells = side.cells.entry(point.clone()).or_default();
            if cells.is_empty() {
                side.points.push(point);
            }
            cells.push((result, cell));
        }
    }
    Ok(side)
}

/// What the baseline calls something, and what the new results call it.
#[derive(Debug, Default)]
struct Names {
    axes: BTreeMap<String, String>,
    /// By the baseline's axis and value.
    values: BTreeMap<(String, String), String>,
}

impl Names {
    fn new(
        baseline: &[KeptResult],
        new: &[KeptResult],
        renames: &[Rename],
    ) -> Result<Self, String> {
        let (old, new) = (known(baseline), known(new));
        let mut names = Self::default();
        for rename in renames {
            if let Rename::Axis(from, to) = rename {
                if !old.contains_key(from.as_str()) {
                    return Err(none("the baseline", "axis", from, old.keys().copied()));
                }
                if !new.contains_key(to.as_str()) {
                    return Err(none("the new result", "axis", to, new.keys().copied()));
                }
                if names.axes.insert(from.clone(), to.clone()).is_some() {
                    return Err(format!("the axis `{from}` is renamed twice"));
                }
            }
        }
        for rename in renames {
            let Rename::Value(axis, values) = rename else { continue };
            let Some(olds) = old.get(axis.as_str()) else {
                return Err(none("the baseline", "axis", axis, old.keys().copied()));
            };
            let nothing = BTreeSet::new();
            let renamed = names.axes.get(axis).unwrap_or(axis);
            let news = new.get(renamed.as_str()).unwrap_or(&nothing);
            let (from, to) = halves(values, axis, olds, news)?;
            if names.values.insert((axis.clone(), from.to_owned()), to.to_owned()).is_some() {
                return Err(format!("the value `{axis}={from}` is renamed twice"));
            }
        }
        Ok(names)
    }

    /// All at once, so that two names can change places.
    fn renamed(&self, cell: &KeptCell) -> Point {
        let renamed = |(axis, value): &(String, String)| {
            let to = self.values.get(&(axis.clone(), value.clone())).unwrap_or(value);
            (self.axes.get(axis).unwrap_or(axis).clone(), to.clone())
        };
        cell.axes.iter().map(renamed).collect()
    }
}

/// Where `OLD:NEW` is to be cut: where both halves are values of the axis.
fn halves<'t>(
    text: &'t str,
    axis: &str,
    old: &BTreeSet<&str>,
    new: &BTreeSet<&str>,
) -> Result<(&'t str, &'t str), String> {
    let cuts: Vec<(&str, &str)> =
        text.match_indices(':').map(|(at, _)| (&text[..at], &text[at + 1..])).collect();
    let of_both = |(from, to): &(&str, &str)| old.contains(from) && new.contains(to);
    let mut right = cuts.iter().filter(|cut| of_both(cut));
    match (right.next(), right.next()) {
        (Some(cut), None) => Ok(*cut),
        (Some(_), Some(_)) => Err(format!("`{text}` can be cut in several ways")),
        (None, _) => {
            let what = format!("value of `{axis}`");
            Err(match cuts.iter().find(|(from, _)| old.contains(from)) {
                Some((_, to)) => none("the new result", &what, to, new.iter().copied()),
                None => {
                    let from = cuts.first().map_or(text, |(from, _)| from);
                    none("the baseline", &what, from, old.iter().copied())
                }
            })
        }
    }
}

/// Axes and their values.
fn known(results: &[KeptResult]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let points = results.iter().flat_map(|result| &result.cells).flat_map(|cell| &cell.axes);
    for (axis, value) in points {
        known.entry(axis).or_default().insert(value);
    }
    known
}

/// Names that are told at most where one is wrong.
const MOST_NAMES: usize = 8;

fn none<'n>(
    of: &str,
    what: &str,
    name: &str,
    there: impl Iterator<Item = &'n str> + Clone,
) -> String {
    let mut names: Vec<String> =
        there.clone().take(MOST_NAMES).map(|name| format!("`{name}`")).collect();
    if there.count() > MOST_NAMES {
        names.push("…".into());
    }
    let has = if names.is_empty() { "none at all".to_owned() } else { names.join(", ") };
    format!("{of} has no {what} `{name}`; it has {has}")
}
