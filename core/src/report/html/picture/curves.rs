//! What more load does: latency over the rate that is achieved, along an axis of the load.

use super::drawing::{Drawing, Key, Plot, WIDTH, short};
use super::latency::MOST_LINES;
use super::looks::Look;
use super::scale::Scale;
use super::words::{COLUMN, Ids};
use super::{Field, Figure, Seen, Table, bounded};
use crate::measure::{Metric, find};
use crate::report::axes::{axis_titles, axis_value};
use crate::report::numbers;
use crate::result::Document;
use crate::result::document::CellResult;
use crate::text::width;
use std::collections::{HashMap, HashSet};
use wirebench_values::{Span, Written};

/// Such pictures at most.
const MOST_FIGURES: usize = 6;

/// Axes of the load whose values are more or less of it.
const OF_LOAD: [&str; 3] = ["load.in-flight", "load.connections", "load.rate"];

/// Points of all lines of a picture at most.
const MOST_POINTS: usize = 80;

/// Limits that are drawn at most.
const MOST_LIMITS: usize = 4;

/// Units between the values of two points.
const LABEL: f64 = 22.0;

/// Units of a value at most.
const MOST_LABEL: f64 = 130.0;

const PLOT: Plot = Plot { left: 76.0, right: WIDTH - 24.0, top: 26.0, bottom: 314.0 };
const HEIGHT: f64 = 356.0;

/// Cells that differ in one axis of the load alone.
struct Line {
    name: String,
    look: Look,
    cells: Vec<usize>,
}

/// The lines of one picture.
struct Picture {
    group: String,
    lines: Vec<Line>,
}

/// A picture for each axis of the load and each group of the others.
pub(super) fn figures(seen: &Seen<'_>, ids: &mut Ids) -> Vec<Figure> {
    let axes = &seen.document.scenario.axes;
    let titles = axis_titles(seen.document);
    let mut pictures: Vec<(&str, &str, Picture)> = Vec::new();
    for (axis, title) in axes.iter().zip(&titles) {
        if OF_LOAD.contains(&axis.as_str()) {
            let found = along(seen, axis, &titles);
            pictures.extend(found.into_iter().map(|one| (axis.as_str(), title.as_str(), one)));
        }
    }
    let all = pictures.len();
    let left_out = (all > MOST_FIGURES)
        .then(|| format!("{all} groups; the first {MOST_FIGURES} have pictures"));
    let first = pictures.into_iter().take(MOST_FIGURES);
    first
        .map(|(axis, title, picture)| figure(seen, (axis, title), picture, left_out.clone(), ids))
        .collect()
}

/// The lines along one axis, by the point on the other axes: those that divide make pictures, the others lines.
fn along(seen: &Seen<'_>, axis: &str, titles: &[String]) -> Vec<Picture> {
    let document = seen.document;
    let mut pictures: Vec<Picture> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut lines: HashMap<(usize, String), usize> = HashMap::new();
    for (at, cell) in document.cells.iter().enumerate().filter(|(_, cell)| is_point(cell)) {
        let dividing: HashSet<&str> = cell.dividing_axes().into_iter().collect();
        let point = |divides: bool| {
            let axes = document.scenario.axes.iter().zip(titles);
            let those = axes.filter(|(other, _)| {
                *other != axis && dividing.contains(other.as_str()) == divides
            });
            let named = those.map(|(axis, title)| format!("{title} {}", axis_value(cell, axis)));
            named.collect::<Vec<_>>()
        };
        let group = point(true).join(", ");
        // Where the axis divides, the rest of the point is the kind, as all other pictures call it.
        let (name, look) = if dividing.contains(axis) {
            (seen.groups.name(at).to_owned(), Some(seen.groups.look(at)))
        } else {
            (point(false).join(" + "), None)
        };
        // What a group must share besides: the placement, and who judges.
        let part = cell.part.unwrap_or(0);
        let picture = *known.entry(format!("{part}\n{group}")).or_insert(pictures.len());
        if picture == pictures.len() {
            pictures.push(Picture { group, lines: Vec::new() });
        }
        let all = &mut pictures[picture].lines;
        let line = *lines.entry((picture, name.clone())).or_insert(all.len());
        match all.get_mut(line) {
            Some(line) => line.cells.push(at),
            None => {
                let look = look.unwrap_or(Look(all.len()));
                all.push(Line { name, look, cells: vec![at] });
            }
        }
    }
    for picture in &mut pictures {
        picture.lines.retain(|line| line.cells.len() > 1);
    }
    pictures.retain(|picture| !picture.lines.is_empty());
    pictures
}

/// Values beside points, where they do not run into others.
#[derive(Default)]
struct Labels(Vec<[f64; 2]>);

impl Labels {
    fn put(&mut self, drawing: &mut Drawing, [x, y]: [f64; 2], value: &str) {
        let lower = y + 17.0;
        let y = if lower < PLOT.bottom { lower } else { y - 9.0 };
        // A word behind a value takes more room.
        let room = LABEL.max(width(value) as f64 * COLUMN + 2.0).min(MOST_LABEL);
        let near = |[other_x, other_y]: &[f64; 2]| {
            (x - other_x).abs() < room && (y - other_y).abs() < LABEL / 2.0
        };
        if !self.0.iter().any(near) {
            self.0.push([x, y]);
            let wide = room.max(60.0);
            // It stays inside of the drawing.
            let x = x.min(WIDTH - wide / 2.0).max(wide / 2.0);
            drawing.text([x, y], wide, "point middle", value);
        }
    }
}

fn is_point(cell: &CellResult) -> bool {
    cell.is_comparable() && rate(cell).is_some() && cell.latency_ns.p50.is_some()
}

/// Whether an open loop achieved what was asked for; of a closed one, nothing was.
fn kept_up(cell: &CellResult) -> &'static str {
    match (&cell.open, cell.is_saturated()) {
        (_, true) => "no: saturated",
        (Some(_), false) => "yes",
        (None, false) => numbers::NOTHING,
    }
}

fn rate(cell: &CellResult) -> Option<f64> {
    cell.rate.achieved.filter(|rate| *rate > 0.0 && rate.is_finite())
}

/// The limits on latency that a search along this axis looked for: its words, and nanoseconds.
fn limits(document: &Document, axis: &str) -> Vec<(String, u64)> {
    let Some(search) = document.search.as_ref().filter(|search| search.is_axis(axis)) else {
        return Vec::new();
    };
    let limit = |text: &str| {
        let at = text.find(['<', '>', '='])?;
        let is_latency =
            matches!(find(text[..at].trim()), Some((Metric::Latency(_) | Metric::Max, _)));
        let written = text[at..].trim_start_matches(['<', '>', '=']).trim();
        let span = Span::read(&Written::Text(written)).ok().filter(|_| is_latency)?;
        Some((text.trim().to_owned(), span.ns())).filter(|(_, ns)| *ns > 0)
    };
    search.metric.split(',').filter_map(limit).take(MOST_LIMITS).collect()
}

fn figure(
    seen: &Seen<'_>,
    (axis, axis_title): (&str, &str),
    picture: Picture,
    left_out: Option<String>,
    ids: &mut Ids,
) -> Figure {
    let Picture { group, mut lines } = picture;
    let all = lines.len();
    lines.truncate(MOST_LINES);
    let cells = &seen.document.cells;
    let each = MOST_POINTS / lines.len().max(1);
    let cut = lines.iter().any(|line| line.cells.len() > each);
    lines.iter_mut().for_each(|line| line.cells.truncate(each));
    let points = || lines.iter().flat_map(|line| &line.cells).map(|at| &cells[*at]);
    let x = Scale::of(points().filter_map(rate), PLOT.left, PLOT.right);
    let times = |cell: &CellResult| [cell.latency_ns.p50, cell.latency_ns.p99];
    let limits = limits(seen.document, axis);
    let limits_ns = || limits.iter().map(|(_, ns)| *ns as f64);
    let known = || points().flat_map(times).flatten().map(|ns| ns as f64).chain(limits_ns());
    let low = known().fold(f64::INFINITY, f64::min);
    let y = Scale::log(low, known().fold(0.0, f64::max), PLOT.bottom, PLOT.top);
    let mut drawing = Drawing::new(HEIGHT);
    drawing.y_title("latency (log scale)");
    drawing.y_axis(&PLOT, &y, |ns| short(&numbers::time(ns.round() as u64)));
    let title = format!("exchanges done per second{}", x.words());
    drawing.x_axis(&PLOT, &x, |rate| short(&numbers::rate(rate)), &title);
    for (words, ns) in &limits {
        if let Some(y) = y.at(*ns as f64) {
            let tip = Some(bounded(&format!("the limit of the search: {words}")));
            drawing.line([PLOT.left, y, PLOT.right, y], "hue-8 line dotted", tip);
        }
    }
    let mut table = Table::new(&["line", axis_title, "rate", "p50", "p99", "kept up"]);
    let mut labels = Labels::default();
    for line in &lines {
        let hue = line.look.hue();
        for (which, dash) in [(1, "dashed"), (0, "plain")] {
            let place = |at: &usize| {
                let cell = &cells[*at];
                Some([x.at(rate(cell)?)?, y.at(times(cell)[which]? as f64)?])
            };
            let places: Vec<[f64; 2]> = line.cells.iter().filter_map(place).collect();
            drawing.poly(&places, &format!("{hue} line {dash}"));
            for at in &line.cells {
                let Some(place) = place(at) else { continue };
                let cell = &cells[*at];
                let value = axis_value(cell, axis);
                let ns = times(cell)[which].unwrap_or(0);
                let tip = format!(
                    "{}, {axis_title} {value}: {} at {}",
                    line.name,
                    numbers::time(ns),
                    rate(cell).map_or(String::new(), numbers::rate)
                );
                let saturated = cell.is_saturated();
                let tip = if saturated { format!("{tip}, saturated") } else { tip };
                let filling = if which == 0 { "dot" } else { "hollow" };
                let class = format!("{hue} {filling}");
                drawing.dot(place, line.look.shape(), &class, Some(bounded(&tip)));
                if saturated {
                    drawing.dot(place, "fence", &format!("{hue} dot"), None);
                }
                if which == 0 {
                    let aside = if saturated { " saturated" } else { "" };
                    labels.put(&mut drawing, place, &format!("{value}{aside}"));
                }
            }
        }
        for at in &line.cells {
            let cell = &cells[*at];
            let written = |ns: Option<u64>| ns.map_or(numbers::NOTHING.to_owned(), numbers::time);
            table.row(vec![
                Field::linked(&line.name, seen.href(cell)),
                axis_value(cell, axis).into(),
                rate(cell).map_or(numbers::NOTHING.to_owned(), numbers::rate).into(),
                written(cell.latency_ns.p50).into(),
                written(cell.latency_ns.p99).into(),
                kept_up(cell).into(),
            ]);
        }
    }
    let mut keys: Vec<Key> = lines
        .iter()
        .filter(|line| !line.name.is_empty())
        .map(|line| {
            let class = format!("{} dot", line.look.hue());
            Key::new(&line.name).dot(line.look.shape(), &class)
        })
        .collect();
    keys.push(Key::new("p50").line("hue-8 line plain").dot("circle", "hue-8 dot"));
    if points().any(|cell| cell.latency_ns.p99.is_some()) {
        keys.push(Key::new("p99").line("hue-8 line dashed").dot("circle", "hue-8 hollow"));
    }
    if let Some((words, _)) = limits.first() {
        keys.push(Key::new(&format!("limit: {words}")).line("hue-8 line dotted"));
    }
    let full = points().any(CellResult::is_saturated);
    if full {
        keys.push(Key::new("saturated: did not keep up").dot("fence", "hue-8 dot"));
    }
    let more =
        (all > lines.len()).then(|| format!("{all} lines; the first {MOST_LINES} are drawn"));
    let few = cut.then(|| format!("of a line, the first {each} points are drawn"));
    let left_out: Vec<String> = left_out.into_iter().chain(more).chain(few).collect();
    let of = if group.is_empty() { String::new() } else { format!(": {group}") };
    Figure {
        id: ids.give(&format!("curve-{axis}-{group}")),
        title: bounded(&format!("Latency over rate, by {axis_title}{of}")),
        about: format!(
            "Each point is a cell: the rate that it achieved, and its latency (log scale), joined in the order of \
             {axis_title}, whose values stand beside. Where a line turns upwards and no more to the right, more load \
             makes exchanges wait and nothing else.{}",
            if full {
                " A point between two bars is saturated: it achieved less than was offered, and its latency is that of \
                 a queue that grows."
            } else {
                ""
            }
        ),
        left_out: (!left_out.is_empty()).then(|| left_out.join("; ")),
        keys,
        drawing,
        table: table.bounded(),
    }
}
