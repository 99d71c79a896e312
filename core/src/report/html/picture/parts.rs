//! Of what the mean latency of each cell is made.

use super::bars::{MOST_CELLS, Rows};
use super::drawing::{Key, short};
use super::groups::First;
use super::scale::{Scale, WIDE};
use super::words::Ids;
use super::{Field, Figure, Seen, Table, bounded};
use crate::report::numbers;
use crate::result::document::CellResult;

/// Histograms keep three significant digits: a sum of their means may be off by this share.
const OF_HISTOGRAMS: f64 = 0.001;

/// Units that a bar is high.
const BAR: f64 = 14.0;

/// The parts in their order: what each is called, and how it looks.
const PARTS: [(&str, &str, Option<usize>); 4] = [
    ("one-way request", "hatched hue-1", Some(2)),
    ("service", "solid hue-3", None),
    ("one-way reply", "hatched hue-5", Some(4)),
    ("the rest", "rest", None),
];

/// A mean latency, and its parts where all were measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Parts {
    mean: f64,
    /// One-way request, service, one-way reply.
    known: Option<[f64; 3]>,
}

impl Parts {
    pub(super) fn of(cell: &CellResult) -> Option<Self> {
        let mean = cell.latency_ns.mean.filter(|mean| *mean > 0)? as f64;
        let of = |mean: Option<u64>| mean.map(|mean| mean as f64);
        let known = (|| {
            Some([
                of(cell.oneway_request_ns.mean)?,
                of(cell.service_ns.mean)?,
                of(cell.oneway_reply_ns.mean)?,
            ])
        })();
        Some(Self { mean, known })
    }

    /// What no part explains; below 0 where the parts are more than the whole.
    fn rest(&self) -> Option<f64> {
        Some(self.mean - self.known?.iter().sum::<f64>())
    }

    /// The lengths of the four parts, which add up to the mean; `None` where it cannot be divided.
    pub(super) fn divided(&self) -> Option<[f64; 4]> {
        let [request, service, reply] = self.known?;
        let rest = self.rest()?;
        if rest >= 0.0 {
            return Some([request, service, reply, rest]);
        }
        // Parts that are more by less than histograms tell are the whole.
        let scale = self.mean / (self.mean - rest);
        (-rest <= self.mean * OF_HISTOGRAMS).then_some([
            request * scale,
            service * scale,
            reply * scale,
            0.0,
        ])
    }
}

/// A bar for each cell with samples; `None` where no cell has parts.
pub(super) fn figure(seen: &Seen<'_>, ids: &mut Ids) -> Option<Figure> {
    let cells = &seen.document.cells;
    if !cells.iter().filter_map(Parts::of).any(|parts| parts.known.is_some()) {
        return None;
    }
    let chosen = seen
        .groups
        .chosen(seen.document, MOST_CELLS, First::Extremes, |at| Parts::of(&cells[at]).is_some());
    let rows = Rows::of(seen, &chosen);
    let shown: Vec<_> =
        rows.rows.iter().filter_map(|row| Some((row, Parts::of(&cells[row.cell])?))).collect();
    let least = shown.iter().map(|(_, parts)| parts.mean).fold(f64::INFINITY, f64::min);
    let most = shown.iter().map(|(_, parts)| parts.mean).fold(0.0, f64::max);
    let by_share = most > least * WIDE;
    let (left, right) = (rows.plot.left, rows.plot.right);
    let scale = Scale::linear(if by_share { 1.0 } else { most }, left, right);
    let mut drawing = rows.drawing(true);
    if by_share {
        let written = |share: f64| short(&numbers::share_of(share));
        drawing.x_axis(&rows.plot, &scale, written, "share of the cell's mean latency");
    } else {
        let written = |ns: f64| short(&numbers::time(ns.round() as u64));
        drawing.x_axis(&rows.plot, &scale, written, "mean latency");
    }
    rows.names(seen, &mut drawing);
    let mut table = Table::new(&[
        "cell",
        "mean latency",
        "one-way request",
        "service",
        "one-way reply",
        "the rest",
        "samples",
    ]);
    for (row, parts) in &shown {
        let whole = if by_share { 1.0 } else { parts.mean };
        let top = row.y - BAR / 2.0;
        let time = |ns: f64| numbers::time(ns.round() as u64);
        let x = |value: f64| scale.at(value).unwrap_or(left);
        let mut words = time(parts.mean);
        if let Some(lengths) = parts.divided() {
            let mut so_far = 0.0;
            let lengths = lengths.into_iter().zip(PARTS).filter(|(length, _)| *length > 0.0);
            for (length, (name, class, hatch)) in lengths {
                let [from, to] = [so_far, so_far + length].map(|ns| x(ns / parts.mean * whole));
                let tip = format!("{name} {} on average", time(length));
                drawing.rect([from, top, to - from, BAR], class, hatch, Some(bounded(&tip)));
                so_far += length;
            }
        } else {
            let why = if parts.known.is_some() {
                "its parts are more than the whole"
            } else {
                "a part was not measured"
            };
            let tip = Some(bounded(&format!("{words}; {why}")));
            words.push_str(", undivided");
            drawing.rect([left, top, x(whole) - left, BAR], "untold", None, tip);
        }
        rows.figure(&mut drawing, row, &words);
        let known = |at: usize| parts.known.map(|known| known[at]);
        let or_nothing = |ns: Option<f64>| ns.map_or(numbers::NOTHING.into(), time);
        let rest = match parts.rest() {
            Some(rest) if rest < 0.0 => format!("-{}", time(-rest)),
            rest => or_nothing(rest),
        };
        let cell = &cells[row.cell];
        table.row(vec![
            Field::linked(&row.name, seen.href(cell)),
            time(parts.mean).into(),
            or_nothing(known(0)).into(),
            or_nothing(known(1)).into(),
            or_nothing(known(2)).into(),
            rest.into(),
            numbers::count(cell.latency_ns.count).into(),
        ]);
    }
    let rest_is_drawn =
        shown.iter().any(|(_, parts)| parts.divided().is_some_and(|[.., rest]| rest > 0.0));
    let drawn = PARTS.iter().take(PARTS.len() - usize::from(!rest_is_drawn));
    let mut keys: Vec<Key> =
        drawn.map(|(name, class, hatch)| Key::new(name).area(class, *hatch)).collect();
    if shown.iter().any(|(_, parts)| parts.divided().is_none()) {
        keys.push(Key::new("undivided").area("untold", None));
    }
    Some(Figure {
        id: ids.give("parts"),
        title: "Where the time goes".into(),
        about: "The mean latency of an exchange, divided into the means of its parts: means add up, percentiles do \
                not. One-way and service times are of single messages, so the rest is what lies outside of them: \
                from when an exchange was due until its request was handed over, and the further \
                messages of an exchange that has several. A bar is not divided \
                where a part was not measured, or where the parts are more than the whole."
            .into(),
        left_out: chosen.left_out(),
        keys,
        drawing,
        table: table.bounded(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_to_the_mean_or_it_is_not_divided() {
        for (mean, known, rest) in [
            (100.0, Some([30.0, 20.0, 40.0]), Some(10.0)),
            (100.0, Some([30.0, 30.0, 40.0]), Some(0.0)),
            // A hair more than the whole is what histograms round.
            (100.0, Some([30.02, 30.02, 40.02]), Some(0.0)),
            (100.0, Some([30.0, 30.0, 41.0]), None),
            (100.0, None, None),
        ] {
            let divided = Parts { mean, known }.divided();
            assert_eq!(divided.map(|[.., rest]| rest), rest, "{known:?}");
            if let Some(lengths) = divided {
                let sum: f64 = lengths.iter().sum();
                assert!((sum - mean).abs() < 1e-9 * mean, "{lengths:?} add up to {sum}");
            }
        }
    }
}
