//! The verdicts of a comparison: the ratio of each cell, how far it may be off, and what is allowed.

use super::drawing::{Drawing, Key, Plot, WIDTH, short};
use super::scale::Scale;
use super::words::Ids;
use super::{Field, Figure, Table, bounded};
use crate::compare::{Comparison, Control, Row, Verdict};
use crate::measure::Compared;
use crate::report::numbers;

/// Rows of a picture at most.
const MOST_ROWS: usize = 40;

/// Such pictures at most.
const MOST_FIGURES: usize = 8;

/// Units of a row, and for names and words beside the plot.
const ROW: f64 = 22.0;
const NAMES: f64 = 262.0;
const WORDS: f64 = 150.0;
const TOP: f64 = 8.0;

/// Ratios beyond this stand at the end of the axis.
const FARTHEST: f64 = 100.0;

/// One line of a picture.
struct Line<'a> {
    name: &'a str,
    ratio: f64,
    interval: Option<[f64; 2]>,
    /// `None`: the baseline against itself.
    row: Option<&'a Row>,
    verdict: &'static str,
    look: (&'static str, &'static str),
}

impl<'a> Line<'a> {
    fn of(name: &'a str, row: &'a Row) -> Option<Self> {
        Some(Self {
            name,
            ratio: row.ratio.filter(|ratio| *ratio > 0.0 && ratio.is_finite())?,
            interval: row.low.zip(row.high).map(|(low, high)| [low, high]),
            row: Some(row),
            verdict: word(row.verdict),
            look: look(row.verdict),
        })
    }

    fn of_control(control: &'a Control) -> Self {
        Self {
            name: "the baseline against itself",
            ratio: control.ratio,
            interval: Some([control.low, control.high]),
            row: None,
            verdict: if control.differs { "differs" } else { "control" },
            look: if control.differs { ("up", "hue-2 dot") } else { ("plus", "hue-8 dot") },
        }
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Improved => "improved",
        Verdict::Same => "same",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Regressed => "regressed",
    }
}

fn look(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Improved => ("diamond", "hue-3 dot"),
        Verdict::Same => ("circle", "hue-1 dot"),
        Verdict::Inconclusive => ("square", "hue-8 hollow"),
        Verdict::Regressed => ("cross", "hue-2 dot"),
    }
}

/// A picture for each metric that decides.
pub(super) fn figures(comparison: &Comparison) -> Vec<Figure> {
    let mut metrics: Vec<&str> = Vec::new();
    for row in comparison.cells.iter().flat_map(|cell| &cell.rows).filter(|row| row.decides) {
        // Counts that are as they were say nothing.
        let tells = !row.exact || row.verdict != Verdict::Same;
        if tells && row.ratio.is_some() && !metrics.contains(&row.metric.as_str()) {
            metrics.push(&row.metric);
        }
    }
    let mut ids = Ids::default();
    let first = metrics.into_iter().take(MOST_FIGURES);
    first.filter_map(|metric| figure(comparison, metric, &mut ids)).collect()
}

fn figure(comparison: &Comparison, metric: &str, ids: &mut Ids) -> Option<Figure> {
    let mut lines: Vec<Line<'_>> = comparison
        .cells
        .iter()
        .flat_map(|cell| cell.rows.iter().map(move |row| (cell, row)))
        .filter(|(_, row)| row.decides && row.metric == metric)
        .filter_map(|(cell, row)| Line::of(&cell.id, row))
        .collect();
    if lines.is_empty() {
        return None;
    }
    let rank = |line: &Line<'_>| line.row.map_or(Verdict::Same, |row| row.verdict);
    lines.sort_by(|a, b| {
        let far = |line: &Line<'_>| line.ratio.ln().abs();
        rank(b).cmp(&rank(a)).then(far(b).total_cmp(&far(a)))
    });
    let all = lines.len();
    lines.truncate(MOST_ROWS);
    let controls = comparison.controls.iter().filter(|control| {
        control.metric == metric && control.ratio > 0.0 && control.ratio.is_finite()
    });
    lines.extend(controls.take(3).map(Line::of_control));
    let welcome = Compared::find(metric).is_some_and(|metric| metric.is_welcome());

    let plot = Plot {
        left: NAMES + 12.0,
        right: WIDTH - WORDS,
        top: TOP,
        bottom: TOP + lines.len() as f64 * ROW + 4.0,
    };
    let mut drawing = Drawing::new(plot.bottom + 42.0);
    let scale = Scale::around_one(reach(&lines), plot.left, plot.right);
    let better = if welcome { "more is better" } else { "less is better" };
    let axis = format!("new over baseline (log scale), {better}");
    bands(&mut drawing, &lines, &scale);
    drawing.x_axis(&plot, &scale, |ratio| short(&numbers::factor(ratio)), &axis);
    if let Some(one) = scale.at(1.0) {
        drawing.line([one, plot.top, one, plot.bottom], "axis-line", None);
    }
    let mut table =
        Table::new(&["cell", "verdict", "baseline", "new", "ratio", "90 %", "limit", "finds from"]);
    for (at, line) in lines.iter().enumerate() {
        draw(&mut drawing, line, middle(at), &scale, &plot);
        table.row(fields(line));
    }
    let met = |verdict: Verdict| {
        lines.iter().any(|line| line.row.is_some_and(|row| row.verdict == verdict))
    };
    let verdicts = [Verdict::Regressed, Verdict::Inconclusive, Verdict::Improved, Verdict::Same];
    let mut keys: Vec<Key> = verdicts
        .into_iter()
        .filter(|verdict| met(*verdict))
        .map(|verdict| {
            let (shape, class) = look(verdict);
            Key::new(word(verdict)).dot(shape, class)
        })
        .collect();
    keys.push(Key::new("within the limit").area("band", None));
    Some(Figure {
        id: ids.give(&format!("compared-{metric}")),
        title: bounded(&format!("{metric}: new against baseline")),
        about: "Each cell's ratio of the new build to the baseline; the bar is where it lies, but for a chance of 5 % \
                on each side. Within the band a change is allowed. The verdict stands behind each bar: one that only \
                reaches beyond the band is none, and among many cells some lie beyond it by chance."
            .into(),
        left_out: (all > MOST_ROWS)
            .then(|| format!("{all} cells; the {MOST_ROWS} worst are drawn")),
        keys,
        drawing,
        table: table.bounded(),
    })
}

fn middle(at: usize) -> f64 {
    TOP + at as f64 * ROW + ROW / 2.0
}

/// How far the axis reaches to both sides of 1: to the bars of what is decided, to the marks of all, and beyond what is
/// allowed. A bar that tells nothing does not press the others together.
fn reach(lines: &[Line<'_>]) -> f64 {
    let ends = lines.iter().flat_map(|line| {
        let limit = line.row.and_then(|row| row.limit).map(|limit| 1.0 + 3.0 * limit);
        let told = line.row.is_none_or(|row| row.verdict != Verdict::Inconclusive);
        let interval = line.interval.filter(|_| told).into_iter().flatten();
        interval.filter(|end| *end > 0.0).chain([line.ratio]).chain(limit).collect::<Vec<_>>()
    });
    let far = ends.map(|end| end.max(end.recip())).filter(|far| far.is_finite());
    (far.fold(1.05, f64::max) * 1.02).min(FARTHEST)
}

/// What is allowed to each row, one area where rows that follow each other have the same.
fn bands(drawing: &mut Drawing, lines: &[Line<'_>], scale: &Scale) {
    let limit = |at: usize| {
        let row = lines.get(at)?.row?;
        row.limit.filter(|limit| *limit > 0.0 && limit.is_finite())
    };
    let mut at = 0;
    while at < lines.len() {
        let end = (at..lines.len()).find(|next| limit(*next) != limit(at)).unwrap_or(lines.len());
        if let Some(allowed) = limit(at)
            && let (Some(from), Some(to)) =
                (scale.at((1.0 + allowed).recip()), scale.at(1.0 + allowed))
        {
            let top = middle(at) - ROW / 2.0;
            let tip = format!("within {}", numbers::share_of(allowed));
            drawing.rect([from, top, to - from, (end - at) as f64 * ROW], "band", None, Some(tip));
        }
        at = end;
    }
}

fn draw(drawing: &mut Drawing, line: &Line<'_>, y: f64, scale: &Scale, plot: &Plot) {
    drawing.text([NAMES, y + 4.0], NAMES, "name end", line.name);
    let (shape, class) = line.look;
    let hue = class.split(' ').next().unwrap_or_default();
    let tip = bounded(&format!("{}: {}", line.name, in_words(line)));
    if let Some([low, high]) = line.interval
        && let (Some(from), Some(to)) = (scale.at(low.max(1e-9)), scale.at(high))
    {
        drawing.line([from, y, to, y], &format!("{hue} interval"), Some(tip.clone()));
        drawing.ends([(low, from, "left"), (high, to, "right")], y, scale, hue);
    }
    if let Some(x) = scale.at(line.ratio) {
        drawing.dot([x, y], shape, class, Some(tip));
    }
    let words = format!("{:.3} {}", line.ratio, line.verdict);
    drawing.text([plot.right + 8.0, y + 4.0], WORDS - 10.0, "figure", &words);
}

/// `1.240 [1.190–1.290], regressed`.
fn in_words(line: &Line<'_>) -> String {
    let interval =
        line.interval.map_or(String::new(), |[low, high]| format!(" [{low:.3}–{high:.3}]"));
    format!("{:.3}{interval}, {}", line.ratio, line.verdict)
}

fn fields(line: &Line<'_>) -> Vec<Field> {
    let nothing = || numbers::NOTHING.to_owned();
    let figure = |value: Option<f64>| match (value, line.row) {
        (Some(value), Some(row)) => numbers::figure(Some(value), Some(&row.unit)),
        _ => nothing(),
    };
    let exact = if line.row.is_some_and(|row| row.exact) { "=".to_owned() } else { nothing() };
    let interval = line.interval.map_or(exact, |[low, high]| format!("{low:.3}–{high:.3}"));
    let of_row = |get: fn(&Row) -> Option<f64>| line.row.and_then(get);
    vec![
        line.name.into(),
        line.verdict.into(),
        figure(of_row(|row| row.baseline)).into(),
        figure(of_row(|row| row.new)).into(),
        format!("{:.3}", line.ratio).into(),
        interval.into(),
        of_row(|row| row.limit).map_or_else(nothing, numbers::share_of).into(),
        of_row(|row| row.visible).map_or_else(nothing, |ratio| format!("{ratio:.3}")).into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::laws::assert_inside;
    use super::super::made::{KEPT, shown};
    use super::*;
    use crate::compare::{CellComparison, How, SCHEMA, Standing, Subject};
    use crate::result::Document;
    use std::collections::HashSet;

    const ALL: [Verdict; 4] =
        [Verdict::Same, Verdict::Regressed, Verdict::Improved, Verdict::Inconclusive];

    fn row(metric: &str, verdict: Verdict, ratio: f64) -> Row {
        Row {
            metric: metric.into(),
            unit: "ns".into(),
            decides: true,
            verdict,
            ratio: Some(ratio),
            low: Some(ratio / 1.1),
            high: Some(ratio * 1.1),
            limit: Some(0.05),
            ..Row::default()
        }
    }

    /// A comparison with these rows, each of a cell of its own, and a control of `p50`.
    fn comparison(rows: Vec<Row>) -> Comparison {
        let kept = Document::read(KEPT).expect("it is kept to be read");
        let Document { tool, host, scenario, .. } = kept;
        let subject = Subject {
            what: "a build".into(),
            tool: tool.clone(),
            plugins: Vec::new(),
            files: Vec::new(),
            results: Vec::new(),
        };
        let cell = |(at, row): (usize, Row)| CellComparison {
            id: format!("framing=framing-{at}"),
            verdict: Verdict::Same,
            lost: Vec::new(),
            rows: vec![row],
        };
        let control = Control {
            metric: "p50".into(),
            ratio: 1.01,
            low: 0.99,
            high: 1.03,
            differs: false,
            pairs: Vec::new(),
        };
        Comparison {
            schema: SCHEMA.into(),
            how: How::Paired,
            tool,
            host,
            run: None,
            scenario,
            baseline: subject.clone(),
            new: subject,
            standing: Standing::Same,
            unfit: None,
            interrupted: false,
            notes: Vec::new(),
            controls: vec![control],
            cells: rows.into_iter().enumerate().map(cell).collect(),
        }
    }

    #[test]
    fn the_worst_stand_first_and_each_says_its_verdict() {
        let rows = ALL.map(|verdict| row("p50", verdict, 1.2)).to_vec();
        let figures = figures(&comparison(rows));
        let [figure] = &figures[..] else { panic!("one metric decides: {}", figures.len()) };
        let told: Vec<&str> = figure.table.rows.iter().map(|row| row[1].text.as_str()).collect();
        assert_eq!(told, ["regressed", "inconclusive", "same", "improved", "control"]);
        let text = shown(figure);
        assert!(told.iter().all(|word| text.contains(word)));
        let shapes: HashSet<_> = ALL.iter().map(|verdict| look(*verdict).0).collect();
        assert_eq!(shapes.len(), ALL.len(), "shapes tell them apart without colour");
    }

    #[test]
    fn each_metric_that_decides_has_a_picture_and_no_other() {
        let only_shown = Row { decides: false, ..row("p99", Verdict::Same, 1.0) };
        let untold = Row { ratio: None, ..row("rate", Verdict::Inconclusive, 1.0) };
        let deciding = ["p50", "cpu"].map(|metric| row(metric, Verdict::Same, 1.0));
        let figures = figures(&comparison([deciding.to_vec(), vec![only_shown, untold]].concat()));
        let ids: Vec<&str> = figures.iter().map(|figure| figure.id.as_str()).collect();
        assert_eq!(ids, ["compared-p50", "compared-cpu"]);
    }

    #[test]
    fn endless_intervals_and_many_cells_stay_bounded() {
        let endless = |at: usize| Row {
            low: Some(0.0),
            high: Some(f64::MAX),
            limit: Some([0.05, f64::INFINITY, 0.0, 1e300][at % 4]),
            ..row("p50", ALL[at % 4], [1e-300, 1e300, 1.0, f64::NAN][at / 4 % 4])
        };
        let figures = figures(&comparison((0..1_000).map(endless).collect()));
        let [figure] = &figures[..] else { panic!("one metric decides: {}", figures.len()) };
        assert!(figure.left_out.is_some());
        assert_inside("forest", &figure.drawing);
        assert!(shown(figure).len() < 60_000);
    }
}
