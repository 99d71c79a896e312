//! A figure of each cell with that of its rounds: how fast it was, what it cost, and what the rounds tell apart.

use super::bars::{MOST_CELLS, Row, Rows};
use super::drawing::{Drawing, Key, short};
use super::groups::First;
use super::scale::Scale;
use super::words::Ids;
use super::{Field, Figure, Seen, Table, bounded};
use crate::report::columns::{COLUMNS, Column};
use crate::report::numbers;
use crate::report::table::best_of_groups;
use crate::result::document::{CellResult, RoundSummary};
use crate::result::spread::half_width;
use std::collections::HashSet;

/// Dots of all cells of such a picture at most.
const MOST_DOTS: usize = 480;

/// What a picture shows of each cell.
struct Subject {
    id: &'static str,
    title: &'static str,
    axis: &'static str,
    better: &'static str,
    /// The title of its column in the table of the terminal.
    column: &'static str,
    of_round: fn(&RoundSummary) -> Option<f64>,
    written: fn(f64) -> String,
}

const SUBJECTS: [Subject; 2] = [
    Subject {
        id: "rate",
        title: "How fast each cell was",
        axis: "exchanges done per second",
        better: "more is better",
        column: "rate",
        of_round: |round| round.rate,
        written: numbers::rate,
    },
    Subject {
        id: "cpu",
        title: "What a message cost",
        axis: "CPU time of both sides per message",
        better: "less is better",
        column: "cpu/msg",
        of_round: |round| round.cpu_ns_per_message,
        written: |ns| numbers::time(ns.round() as u64),
    },
];

/// A picture for each subject that cells have.
pub(super) fn figures(seen: &Seen<'_>, ids: &mut Ids) -> Vec<Figure> {
    SUBJECTS.iter().filter_map(|subject| figure(seen, subject, ids)).collect()
}

/// One cell's figures of a subject, all above 0.
struct Values {
    mean: f64,
    /// How far the mean may be off, as a share of it.
    off: Option<f64>,
    rounds: Vec<(u32, f64)>,
}

impl Values {
    fn of(cell: &CellResult, subject: &Subject, column: &Column) -> Option<Self> {
        let usable = |value: &f64| *value > 0.0 && value.is_finite();
        let mean = column.shows.figure(cell).filter(usable)?;
        let rounds: Vec<(u32, f64)> = cell
            .rounds
            .iter()
            .filter_map(|round| Some((round.round, (subject.of_round)(round).filter(usable)?)))
            .collect();
        let off = half_width(rounds.iter().map(|(_, value)| *value));
        Some(Self { mean, off, rounds })
    }

    /// Where the mean lies, as far as the rounds tell.
    fn interval(&self) -> Option<[f64; 2]> {
        self.off.map(|off| [self.mean / (1.0 + off), self.mean * (1.0 + off)])
    }
}

fn figure(seen: &Seen<'_>, subject: &Subject, ids: &mut Ids) -> Option<Figure> {
    let column = COLUMNS.iter().find(|column| {
        column.terminal.as_ref().is_some_and(|terminal| terminal.name == subject.column)
    })?;
    let cells = &seen.document.cells;
    let values = |at: usize| Values::of(&cells[at], subject, column);
    let chosen =
        seen.groups.chosen(seen.document, MOST_CELLS, First::Extremes, |at| values(at).is_some());
    let rows = Rows::of(seen, &chosen);
    let shown: Vec<(&Row, Values)> =
        rows.rows.iter().filter_map(|row| Some((row, values(row.cell)?))).collect();
    if shown.is_empty() {
        return None;
    }
    let all = shown.iter().flat_map(|(_, one)| {
        let of_rounds = one.rounds.iter().map(|(_, value)| *value);
        // An interval of two rounds can reach to the end of the world: it does not stretch the axis.
        of_rounds.chain([one.mean])
    });
    let scale = Scale::of(all, rows.plot.left, rows.plot.right);
    let written = |value: f64| short(&(subject.written)(value));
    let mut drawing = rows.drawing(true);
    // What an open loop achieves is what was asked for, and tells no faster cell from a slower one.
    let is_open = |row: &Row| cells[row.cell].open.is_some();
    let as_offered = subject.id == "rate" && shown.iter().any(|(row, _)| is_open(row));
    let better = if as_offered { "as much as is offered" } else { subject.better };
    let axis = format!("{}{}, {better}", subject.axis, scale.words());
    drawing.x_axis(&rows.plot, &scale, written, &axis);
    rows.names(seen, &mut drawing);
    let best: HashSet<usize> =
        best_of_groups(seen.document, &[column]).into_iter().map(|(_, row)| row).collect();
    let each = (MOST_DOTS / shown.len()).max(1);
    let mut table = Table::new(&["cell", "mean", "±", "lowest round", "highest round", "rounds"]);
    for (row, one) in &shown {
        let cell = &cells[row.cell];
        draw(seen, &mut drawing, row, one, &scale, (subject.written, each));
        let is_best = best.contains(&row.cell);
        let aside = if cell.is_saturated() {
            ", saturated"
        } else if !cell.is_comparable() {
            ", damaged"
        } else if is_best {
            " *"
        } else {
            ""
        };
        let mean = (subject.written)(one.mean);
        rows.figure(&mut drawing, row, &format!("{mean}{aside}"));
        let of_rounds = || one.rounds.iter().map(|(_, value)| *value);
        let written = |value: Option<f64>| value.map_or(numbers::NOTHING.into(), subject.written);
        table.row(vec![
            Field::linked(&row.name, seen.href(cell)),
            format!("{mean}{aside}").into(),
            one.off.map_or(numbers::NOTHING.to_owned(), numbers::spread).into(),
            written(of_rounds().min_by(f64::total_cmp)).into(),
            written(of_rounds().max_by(f64::total_cmp)).into(),
            one.rounds.len().to_string().into(),
        ]);
    }
    let many = shown.iter().any(|(_, one)| one.rounds.len() > each);
    let dots = many.then(|| format!("of the rounds of a cell, {each} are drawn"));
    let left_out: Vec<String> = chosen.left_out().into_iter().chain(dots).collect();
    let about_open = " Open loops start what was asked for, so their rates say who kept up and not who is faster; where \
                      one did not keep up, it is saturated.";
    let title = if as_offered { "What rate each cell achieved" } else { subject.title };
    Some(Figure {
        id: ids.give(subject.id),
        title: title.into(),
        about: "A small dot is one round, the mark the mean of all, and its bar where the mean lies with 95 % \
                confidence; one round alone has no bar. * marks the best of a group and what the rounds do not tell \
                apart from it; where they tell nothing apart, nothing is marked. Marks without a filling are of cells \
                that are not compared, because messages are damaged or a side crashed, or an open loop is saturated."
            .to_owned()
            + if as_offered { about_open } else { "" },
        left_out: (!left_out.is_empty()).then(|| left_out.join("; ")),
        keys: vec![
            Key::new("one round").dot("small", "hue-8 round"),
            Key::new("mean, and where it lies").line("hue-8 line").dot("circle", "hue-8 dot"),
            Key::new("not compared").dot("circle", "hue-8 hollow"),
        ],
        drawing,
        table: table.bounded(),
    })
}

/// The marks of a row: its interval, its rounds, its mean.
fn draw(
    seen: &Seen<'_>,
    drawing: &mut Drawing,
    row: &Row,
    values: &Values,
    scale: &Scale,
    (written, each): (fn(f64) -> String, usize),
) {
    let look = seen.groups.look(row.cell);
    let hue = look.hue();
    if let Some([low, high]) = values.interval()
        && let (Some(from), Some(to)) = (scale.at(low), scale.at(high))
    {
        let tip = format!("{} to {}", written(low), written(high));
        drawing.line([from, row.y, to, row.y], &format!("{hue} interval"), Some(bounded(&tip)));
        drawing.ends([(low, from, "left"), (high, to, "right")], row.y, scale, &hue);
    }
    let every = values.rounds.len().div_ceil(each).max(1);
    for (_, value) in values.rounds.iter().step_by(every) {
        if let Some(x) = scale.at(*value) {
            drawing.dot([x, row.y], "small", &format!("{hue} round"), None);
        }
    }
    if let Some(x) = scale.at(values.mean) {
        let cell = &seen.document.cells[row.cell];
        let compared = cell.is_comparable() && !cell.is_saturated();
        let filling = if compared { "dot" } else { "hollow" };
        let tip = written(values.mean);
        let class = format!("{hue} {filling}");
        drawing.dot([x, row.y], look.shape(), &class, Some(bounded(&tip)));
    }
}
