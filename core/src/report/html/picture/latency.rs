//! Latencies of the cells of a group: their percentiles, and how they are distributed.

use super::drawing::{Drawing, Key, Plot, WIDTH, short};
use super::groups::{First, Groups, ranks};
use super::samples::Samples;
use super::scale::Scale;
use super::words::Ids;
use super::{Field, Figure, Seen, Table};
use crate::measure::{P50, P90, P99, P99_9, P99_99};
use crate::report::numbers;
use crate::result::Document;
use crate::result::document::CellResult;
use std::collections::HashMap;

/// Lines of a picture at most.
pub(super) const MOST_LINES: usize = 8;

/// Groups that have pictures.
const MOST_GROUPS: usize = 6;

const PLOT: Plot = Plot { left: 76.0, right: WIDTH - 16.0, top: 26.0, bottom: 314.0 };
const HEIGHT: f64 = 356.0;

/// What is kept of the histograms of the cells that are drawn.
#[derive(Debug)]
pub(super) struct Latencies {
    /// By id of the cell.
    wanted: HashMap<String, Option<Samples>>,
    /// The cells of each group that is drawn, by their place in the document.
    groups: Vec<(usize, Vec<usize>)>,
    left_out: Option<String>,
    /// Where a group has more cells than lines, how many it has.
    more: HashMap<usize, usize>,
}

impl Latencies {
    /// Chooses what is drawn: the first groups that have samples, and of each at most [`MOST_LINES`] cells.
    pub(super) fn of(document: &Document, groups: &Groups) -> Self {
        let has = |at: &usize| document.cells[*at].latency_ns.count > 0;
        let with: Vec<usize> = (0..groups.all.len())
            .filter(|group| groups.all[*group].cells.iter().any(has))
            .collect();
        let mut all = Self {
            wanted: HashMap::new(),
            groups: Vec::new(),
            left_out: (with.len() > MOST_GROUPS)
                .then(|| format!("{} groups; the first {MOST_GROUPS} have pictures", with.len())),
            more: HashMap::new(),
        };
        for group in with.into_iter().take(MOST_GROUPS) {
            let cells: Vec<usize> = groups.all[group].cells.iter().copied().filter(has).collect();
            let drawn = first_lines(document, &cells);
            if drawn.len() < cells.len() {
                all.more.insert(group, cells.len());
            }
            all.wanted.extend(drawn.iter().map(|at| (document.cells[*at].id.clone(), None)));
            all.groups.push((group, drawn));
        }
        all
    }

    /// Keeps what is drawn of a cell.
    pub(super) fn add(&mut self, cell: &CellResult) {
        if let Some(kept) = self.wanted.get_mut(&cell.id)
            && let Some(histogram) = &cell.latency_ns.histogram
        {
            *kept = Samples::of(histogram, cell.latency_ns.slower);
        }
    }

    /// Percentiles and distribution of each group.
    pub(super) fn figures(&self, seen: &Seen<'_>, ids: &mut Ids) -> Vec<Figure> {
        let mut figures = Vec::new();
        for (group, cells) in &self.groups {
            let lines: Vec<Line<'_>> = cells
                .iter()
                .filter_map(|at| {
                    let samples = self.wanted.get(&seen.document.cells[*at].id)?.as_ref()?;
                    Some(Line { cell: *at, samples })
                })
                .collect();
            if lines.is_empty() {
                continue;
            }
            let more = self.more.get(group).map(|all| {
                format!(
                    "{all} cells; {} are drawn: {}, then the others in order",
                    cells.len(),
                    match cells.iter().any(|at| seen.document.cells[*at].open.is_some()) {
                        true => "those with the shortest and the longest p99, damaged and saturated ones",
                        false => "the fastest and the slowest, damaged ones",
                    }
                )
            });
            let left_out: Vec<String> = more.into_iter().chain(self.left_out.clone()).collect();
            let left_out = (!left_out.is_empty()).then(|| left_out.join("; "));
            let title = &seen.groups.all[*group].title;
            figures.push(percentiles(seen, &lines, title, left_out.clone(), ids));
            figures.push(distribution(seen, &lines, title, left_out, ids));
        }
        figures
    }
}

/// Of these cells, as many as have room, those that decide first.
fn first_lines(document: &Document, cells: &[usize]) -> Vec<usize> {
    let mut ranked: Vec<(u8, usize)> =
        ranks(document, First::Extremes, cells).into_iter().zip(cells.iter().copied()).collect();
    ranked.sort_unstable();
    ranked.truncate(MOST_LINES);
    let mut drawn: Vec<usize> = ranked.into_iter().map(|(_, cell)| cell).collect();
    drawn.sort_unstable();
    drawn
}

/// A cell and what is drawn of it.
struct Line<'a> {
    cell: usize,
    samples: &'a Samples,
}

/// `Latency: payload 64 B`.
fn titled(what: &str, group: &str) -> String {
    if group.is_empty() { what.to_owned() } else { super::bounded(&format!("{what}: {group}")) }
}

fn keys(seen: &Seen<'_>, lines: &[Line<'_>]) -> Vec<Key> {
    let key = |line: &Line<'_>| {
        let look = seen.groups.look(line.cell);
        let class = format!("{} dot", look.hue());
        let name = seen.groups.name(line.cell);
        let ends = match line.samples.slower() {
            0 => String::new(),
            slower => format!(
                " (ends at {}: {} of {} were slower than all that were done)",
                numbers::share_of(line.samples.known()),
                numbers::count(slower),
                numbers::count(line.samples.all())
            ),
        };
        Key::new(&format!("{name}{ends}")).line(&look.line()).dot(look.shape(), &class)
    };
    lines.iter().map(key).collect()
}

/// What a line means that does not reach all exchanges; nothing where there is none.
fn of_slower(lines: &[Line<'_>]) -> &'static str {
    match lines.iter().any(|line| line.samples.slower() > 0) {
        true => {
            " Of open loops the shares are of all exchanges that were to start: those without an answer and those \
             that were dropped took longer than all that were done, nobody knows how long, so that a line ends at the \
             share that was done."
        }
        false => "",
    }
}

fn time(ns: f64) -> String {
    short(&numbers::time(ns.round() as u64))
}

/// `99.9`: a share as a percentile is called.
fn percentile_words(share: f64) -> String {
    let nines = -(1.0 - share).log10();
    let decimals = (nines.round() as usize).saturating_sub(2);
    format!("{:.decimals$}", share * 100.0)
}

fn percentiles(
    seen: &Seen<'_>,
    lines: &[Line<'_>],
    group: &str,
    left_out: Option<String>,
    ids: &mut Ids,
) -> Figure {
    let most = lines.iter().map(|line| line.samples.all()).max().unwrap_or(0);
    let x = Scale::tail(most, PLOT.left, PLOT.right);
    let values = || lines.iter().flat_map(|line| line.samples.tail()).map(|(_, ns)| *ns);
    let y = log_of(values(), PLOT.bottom, PLOT.top);
    let rarer = "percentile (each step is ten times as rare)";
    let mut drawing = axes(&x, percentile_words, rarer, &y, time);
    drawing.y_title("latency (log scale)");
    for line in lines {
        let place = |(share, ns): &(f64, f64)| Some([x.at(*share)?, y.at(*ns)?]);
        draw(seen, &mut drawing, line, line.samples.tail().iter().filter_map(place));
        // A mark at every percentile that has a name.
        for tick in x.ticks() {
            let known = line.samples.tail().iter().rfind(|(share, _)| *share <= tick.value + 1e-12);
            let last = line.samples.tail().last().map_or(0.0, |(share, _)| *share);
            let Some((_, ns)) = known.filter(|_| tick.value <= last + 1e-12) else { continue };
            if let Some(at) = y.at(*ns) {
                mark(seen, &mut drawing, line, [tick.at, at], &|| {
                    format!("p{} {}", percentile_words(tick.value), numbers::time(*ns as u64))
                });
            }
        }
    }
    let mut table =
        Table::new(&["cell", "samples", "p50", "p90", "p99", "p99.9", "p99.99", "longest"]);
    for line in lines {
        let cell = &seen.document.cells[line.cell];
        let times = &cell.latency_ns;
        let mut row = vec![
            Field::linked(seen.groups.name(line.cell), seen.href(cell)),
            line.samples.words().into(),
        ];
        let named = [P50, P90, P99, P99_9, P99_99].iter().zip([
            times.p50,
            times.p90,
            times.p99,
            times.p99_9,
            times.p99_99,
        ]);
        let known = named.map(|(name, ns)| ns.filter(|_| line.samples.all() >= name.needs()));
        row.extend(
            known
                .chain([times.max])
                .map(|ns| Field::from(ns.map_or(numbers::NOTHING.to_owned(), numbers::time))),
        );
        table.row(row);
    }
    Figure {
        id: ids.give(&format!("latency-{group}")),
        title: titled("Latency by percentile", group),
        about: "Of so many in a hundred exchanges that were done, the longest latency; to the right are the rare long \
                ones. A line ends where its samples end: a percentile needs a sample beyond it."
            .to_owned()
            + of_slower(lines),
        left_out,
        keys: keys(seen, lines),
        drawing,
        table: table.bounded(),
    }
}

fn distribution(
    seen: &Seen<'_>,
    lines: &[Line<'_>],
    group: &str,
    left_out: Option<String>,
    ids: &mut Ids,
) -> Figure {
    let values = || lines.iter().flat_map(|line| line.samples.distribution()).map(|(ns, _)| *ns);
    let x = log_of(values(), PLOT.left, PLOT.right);
    let y = Scale::linear(1.0, PLOT.bottom, PLOT.top);
    let share = |share: f64| short(&numbers::share_of(share));
    let mut drawing = axes(&x, time, "latency (log scale)", &y, share);
    drawing.y_title("share of the exchanges");
    for line in lines {
        let place = |(ns, share): &(f64, f64)| Some([x.at(*ns)?, y.at(*share)?]);
        draw(seen, &mut drawing, line, line.samples.distribution().iter().filter_map(place));
        for tick in y.ticks().iter().skip(1) {
            let known =
                line.samples.distribution().iter().find(|(_, share)| *share >= tick.value - 1e-9);
            let Some((ns, share)) = known else { continue };
            if let (Some(at), Some(up)) = (x.at(*ns), y.at(*share)) {
                mark(seen, &mut drawing, line, [at, up], &|| {
                    format!(
                        "{} took {} at most",
                        numbers::share_of(*share),
                        numbers::time(*ns as u64)
                    )
                });
            }
        }
    }
    let mut table = Table::new(&["cell", "samples", "shortest", "10 %", "50 %", "90 %", "longest"]);
    for line in lines {
        let cell = &seen.document.cells[line.cell];
        let at = |wanted: f64| {
            let points = line.samples.distribution();
            let known = points.iter().skip(1).find(|(_, share)| *share >= wanted - 1e-9);
            let enough = line.samples.count() >= 10;
            known
                .filter(|_| enough)
                .map_or(numbers::NOTHING.to_owned(), |(ns, _)| numbers::time(*ns as u64))
        };
        let or_nothing = |ns: Option<u64>| ns.map_or(numbers::NOTHING.to_owned(), numbers::time);
        table.row(vec![
            Field::linked(seen.groups.name(line.cell), seen.href(cell)),
            line.samples.words().into(),
            or_nothing(cell.latency_ns.min).into(),
            at(0.1).into(),
            at(0.5).into(),
            at(0.9).into(),
            or_nothing(cell.latency_ns.max).into(),
        ]);
    }
    Figure {
        id: ids.give(&format!("cdf-{group}")),
        title: titled("How latencies are distributed", group),
        about: "The share of the done exchanges (upwards) that took so long at most (to the right). A steep part is a \
                latency that many have; two steep parts are two different ways of an exchange."
            .to_owned()
            + of_slower(lines),
        left_out,
        keys: keys(seen, lines),
        drawing,
        table: table.bounded(),
    }
}

/// A logarithmic scale over all these.
fn log_of(values: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Scale {
    let low = values.clone().fold(f64::INFINITY, f64::min);
    Scale::log(low, values.fold(0.0, f64::max), from, to)
}

/// A drawing with both axes.
fn axes(
    x: &Scale,
    x_words: fn(f64) -> String,
    title: &str,
    y: &Scale,
    y_words: fn(f64) -> String,
) -> Drawing {
    let mut drawing = Drawing::new(HEIGHT);
    drawing.y_axis(&PLOT, y, y_words);
    drawing.x_axis(&PLOT, x, x_words, title);
    drawing
}

/// A line through places, without those on a straight part.
fn draw(
    seen: &Seen<'_>,
    drawing: &mut Drawing,
    line: &Line<'_>,
    places: impl Iterator<Item = [f64; 2]>,
) {
    let mut kept: Vec<[f64; 2]> = Vec::new();
    for place in places {
        let level = |a: [f64; 2], b: [f64; 2], axis: usize| (a[axis] - b[axis]).abs() < 0.05;
        if let [.., before, last] = kept[..]
            && (0..2).any(|axis| level(before, last, axis) && level(last, place, axis))
        {
            kept.pop();
        }
        kept.push(place);
    }
    drawing.poly(&kept, &seen.groups.look(line.cell).line());
}

/// A point on a line, in the shape of its kind.
fn mark(
    seen: &Seen<'_>,
    drawing: &mut Drawing,
    line: &Line<'_>,
    place: [f64; 2],
    words: &dyn Fn() -> String,
) {
    let look = seen.groups.look(line.cell);
    let tip = format!("{}: {}", seen.groups.name(line.cell), words());
    drawing.dot(place, look.shape(), &format!("{} dot", look.hue()), Some(super::bounded(&tip)));
}
