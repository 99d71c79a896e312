//! A cell over the time of its rounds: what was offered and achieved, and how long it took.

use super::bars::MOST_CELLS;
use super::drawing::{Drawing, Key, Plot, WIDTH, short};
use super::groups::{First, Groups};
use super::scale::Scale;
use super::slots::{MOST_ROUNDS, OfRounds, Slot, Slots};
use super::{Figure, Table, bounded};
use crate::report::numbers;
use crate::result::Document;
use crate::result::document::CellResult;
use std::collections::HashSet;

/// Points of a line at most.
const MOST_POINTS: usize = 160;

/// Lines of the table at most: all of the time, in fewer parts than are drawn.
const MOST_LINES: usize = 60;

/// Marks of anomalies at most.
const MOST_MARKS: usize = 40;

const RATES: Plot = Plot { left: 76.0, right: WIDTH - 16.0, top: 26.0, bottom: 146.0 };
const TIMES: Plot = Plot { top: 190.0, bottom: 330.0, ..RATES };
const HEIGHT: f64 = 372.0;

const OFFERED: &str = "hue-8 line dashed";
const ACHIEVED: &str = "hue-1 line plain";
const P50: &str = "hue-3 line plain";
const P99: &str = "hue-2 line dash-2";
const LONGEST: &str = "hue-4 line dash-3";
const ANOMALY: (&str, &str) = ("cross", "hue-2 dot");

/// The cells of a document whose rounds are drawn over time.
#[derive(Debug, Default)]
pub(crate) struct Timed {
    drawn: HashSet<usize>,
    left_out: Option<String>,
}

impl Timed {
    /// Chooses them as all pictures of cells do.
    pub(crate) fn of(document: &Document) -> Self {
        let groups = Groups::of(document);
        let has = |at: usize| {
            let rounds = &document.cells[at].rounds;
            rounds.iter().filter_map(|round| round.series.as_ref()).any(|series| series.len() > 1)
        };
        let chosen = groups.chosen(document, MOST_CELLS, First::Extremes, has);
        Self {
            drawn: chosen.groups.iter().flat_map(|(_, cells)| cells).copied().collect(),
            left_out: chosen.left_out(),
        }
    }

    /// True where the cell with this number is drawn.
    pub(crate) fn draws(&self, cell: usize) -> bool {
        self.drawn.contains(&cell)
    }

    /// Which cells are not; `None`: all are.
    pub(crate) fn left_out(&self) -> Option<&str> {
        self.left_out.as_deref()
    }
}

/// The rounds of a cell over time; `None` where nothing can be seen. `number`: of the cell, for names.
pub(crate) fn over_time(cell: &CellResult, number: usize) -> Option<Figure> {
    let slots = Slots::of(cell, MOST_POINTS)?;
    let seconds = |ns: f64| ns / 1e9;
    let slot_s = seconds(slots.slot_ns as f64);
    let x = Scale::linear(slot_s * slots.all.len() as f64, RATES.left, RATES.right);
    let mut drawing = Drawing::new(HEIGHT);
    let middle = |at: usize| x.at((at as f64 + 0.5) * slot_s);
    let scales = (rates_scale(&slots), times_scale(&slots));
    axes(&mut drawing, &x, &scales);
    let (rates, times) = &scales;
    let mut line = |scale: &Scale, class: &str, value: &dyn Fn(&Slot) -> Option<f64>| {
        let place = |(at, slot): (usize, &Slot)| {
            Some([middle(at)?, value(slot).and_then(|value| scale.at(value))?])
        };
        parts(slots.all.iter().enumerate().map(place))
            .for_each(|part| stroke(&mut drawing, &part, class));
    };
    let ns = |ns: Option<u64>| ns.map(|ns| ns as f64);
    line(rates, OFFERED, &|slot| slot.offered.middle());
    line(rates, ACHIEVED, &|slot| slot.achieved.middle());
    line(times, LONGEST, &|slot| ns(slot.max));
    line(times, P99, &|slot| ns(slot.p99.middle()));
    line(times, P50, &|slot| ns(slot.p50.middle()));
    for (at, slot) in slots.all.iter().enumerate() {
        let Some(x) = middle(at) else { continue };
        range(&mut drawing, x, rates, "hue-1", slot.achieved.range());
        let p99 = slot.p99.range().map(|ends| ends.map(|ns| ns as f64));
        range(&mut drawing, x, times, "hue-2", p99);
    }
    let marked = anomalies(&mut drawing, &slots, &middle);
    Some(Figure {
        id: format!("over-time-{number}"),
        title: "Over time".into(),
        about: about(cell, &slots),
        left_out: left_out(cell, &slots, marked),
        keys: keys(cell, &slots, marked.0 > 0),
        drawing,
        table: table(cell),
    })
}

fn rates_scale(slots: &Slots) -> Scale {
    let most = |of: &OfRounds<f64>| of.range().map(|[_, high]| high).or(of.middle());
    let all = slots.all.iter().flat_map(|slot| [most(&slot.offered), most(&slot.achieved)]);
    Scale::linear(all.flatten().fold(0.0, f64::max), RATES.bottom, RATES.top)
}

fn times_scale(slots: &Slots) -> Scale {
    let known = || {
        let of_slot = |slot: &Slot| [slot.p50.middle(), slot.p99.middle(), slot.max];
        slots.all.iter().flat_map(of_slot).flatten().map(|ns| ns.max(1) as f64)
    };
    let low = known().fold(f64::INFINITY, f64::min);
    Scale::log(low, known().fold(0.0, f64::max), TIMES.bottom, TIMES.top)
}

/// Both plots over one axis of time.
fn axes(drawing: &mut Drawing, x: &Scale, (rates, times): &(Scale, Scale)) {
    drawing.y_title("exchanges per second");
    drawing.y_axis(&RATES, rates, |rate| short(&numbers::rate(rate)));
    drawing.text([0.0, TIMES.top - 14.0], WIDTH, "tick", "latency (log scale)");
    drawing.y_axis(&TIMES, times, |ns| short(&numbers::time(ns.round() as u64)));
    let words = |s: f64| short(&format!("{} s", numbers::three(s)));
    drawing.x_axis(&TIMES, x, words, "since the measured part of the round began");
    for tick in x.ticks() {
        drawing.line([tick.at, RATES.top, tick.at, RATES.bottom], "grid", None);
    }
}

/// Places in a row, without the gaps between them.
fn parts(places: impl Iterator<Item = Option<[f64; 2]>>) -> impl Iterator<Item = Vec<[f64; 2]>> {
    let mut parts: Vec<Vec<[f64; 2]>> = vec![Vec::new()];
    for place in places {
        match (place, parts.last_mut()) {
            (Some(place), Some(part)) => part.push(place),
            (None, Some(part)) if !part.is_empty() => parts.push(Vec::new()),
            _ => {}
        }
    }
    parts.into_iter().filter(|part| !part.is_empty())
}

/// A line through places; one alone is a dot.
fn stroke(drawing: &mut Drawing, places: &[[f64; 2]], class: &str) {
    match places {
        [one] => {
            let hue = class.split(' ').next().unwrap_or_default();
            drawing.dot(*one, "small", &format!("{hue} round"), None);
        }
        all => drawing.poly(all, class),
    }
}

/// From the lowest to the highest of the rounds.
fn range(drawing: &mut Drawing, x: f64, scale: &Scale, hue: &str, ends: Option<[f64; 2]>) {
    let Some([low, high]) = ends else { return };
    if let (Some(from), Some(to)) = (scale.at(low), scale.at(high))
        && (from - to).abs() > 1.0
    {
        drawing.line([x, from, x, to], &format!("{hue} reach"), None);
    }
}

/// Marks where exchanges ended otherwise: how many marks, and of how many places.
fn anomalies(
    drawing: &mut Drawing,
    slots: &Slots,
    middle: &dyn Fn(usize) -> Option<f64>,
) -> (usize, usize) {
    let mut some: Vec<(usize, u64)> = slots
        .all
        .iter()
        .enumerate()
        .map(|(at, slot)| (at, slot.anomalies))
        .filter(|(_, count)| *count > 0)
        .collect();
    let all = some.len();
    // Those where most went wrong; the first of equals.
    some.sort_by_key(|(at, count)| (std::cmp::Reverse(*count), *at));
    some.truncate(MOST_MARKS);
    let (shape, class) = ANOMALY;
    for (at, count) in &some {
        let Some(x) = middle(*at) else { continue };
        let words = format!(
            "{}: {} ended otherwise",
            numbers::time(*at as u64 * slots.slot_ns),
            numbers::count(*count)
        );
        drawing.dot([x, RATES.bottom], shape, class, Some(bounded(&words)));
    }
    (some.len(), all)
}

fn about(cell: &CellResult, slots: &Slots) -> String {
    let offered = match &cell.open {
        Some(_) => "what was to start then (offered)",
        None => "what was started then (a closed loop starts one when another ends)",
    };
    let rounds = match slots.rounds {
        1 => String::new(),
        rounds => format!(
            " Lines are the middle one of {rounds} rounds at each time (the higher of two), upright strokes reach from \
             the lowest to the highest round; the longest is that of all."
        ),
    };
    format!(
        "Above: {offered}, and what ended as done (achieved). Below: latencies of what ended then, on a log scale; where \
         there is none, nothing was done. Each point is of {}.{rounds}",
        numbers::time(slots.slot_ns)
    )
}

fn left_out(cell: &CellResult, slots: &Slots, (marks, places): (usize, usize)) -> Option<String> {
    let mut words = Vec::new();
    if slots.merged > 1 {
        words.push(format!(
            "up to {} bins of the result stand in one point: counts are their sum, and each time is the highest of them",
            slots.merged
        ));
    }
    let with = cell.rounds.iter().filter(|round| round.series.is_some()).count();
    if with > MOST_ROUNDS {
        words.push(format!("{with} rounds; the first {MOST_ROUNDS} are drawn"));
    }
    if marks < places {
        words
            .push(format!("anomalies at {places} points; {marks} are marked, those with the most"));
    }
    (!words.is_empty()).then(|| words.join("; "))
}

fn keys(cell: &CellResult, slots: &Slots, anomalies: bool) -> Vec<Key> {
    let offered = if cell.open.is_some() { "offered" } else { "started" };
    let mut keys = vec![
        Key::new(offered).line(OFFERED),
        Key::new("achieved").line(ACHIEVED),
        Key::new("p50").line(P50),
        Key::new("p99").line(P99),
        Key::new("longest").line(LONGEST),
    ];
    if slots.rounds > 1 {
        keys.push(Key::new("achieved and p99: lowest to highest round").line("hue-8 reach"));
    }
    if anomalies {
        keys.push(Key::new("anomalies: ended in another way").dot(ANOMALY.0, ANOMALY.1));
    }
    keys
}

/// All of the time, in as many parts as can be read.
fn table(cell: &CellResult) -> Table {
    let offered = if cell.open.is_some() { "offered" } else { "started" };
    let mut table =
        Table::new(&["from", "to", offered, "achieved", "anomalies", "p50", "p99", "longest"]);
    let Some(slots) = Slots::of(cell, MOST_LINES) else { return table };
    let time = |ns: Option<u64>| ns.map_or(numbers::NOTHING.to_owned(), numbers::time);
    let rate = |of: &OfRounds<f64>| of.middle().map_or(numbers::NOTHING.to_owned(), numbers::rate);
    for (at, slot) in (0u64..).zip(&slots.all) {
        let [from, to] = [at, at + 1].map(|at| numbers::time(at * slots.slot_ns));
        table.row(vec![
            from.into(),
            to.into(),
            rate(&slot.offered).into(),
            rate(&slot.achieved).into(),
            numbers::count(slot.anomalies).into(),
            time(slot.p50.middle()).into(),
            time(slot.p99.middle()).into(),
            time(slot.max).into(),
        ]);
    }
    table.bounded()
}
