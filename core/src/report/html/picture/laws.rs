//! What holds of all pictures, whatever they are of.

use super::at::At;
use super::drawing::{Drawing, Mark, WIDTH};
use super::made::{Size, document, example, figures, shown};
use super::words::COLUMN;
use super::{Figure, STYLE, sequence};
use crate::judge::Verdict;
use crate::measure::Histogram;
use crate::result::Document;
use crate::result::document::{PieceResult, RoundOutcome, Times};
use crate::text::{is_plain, width};
use std::collections::HashSet;

const SMALL: Size = Size { groups: 3, kinds: 4, rounds: 3 };

/// The most bytes of one figure, and of all of a document.
const MOST_BYTES: usize = 60 << 10;
const MOST_OF_ALL: usize = 1_500_000;

fn named<'a>(figures: &'a [Figure], id: &str) -> &'a Figure {
    let ids: Vec<&str> = figures.iter().map(|figure| figure.id.as_str()).collect();
    figures.iter().find(|figure| figure.id == id).unwrap_or_else(|| panic!("{id} of {ids:?}"))
}

/// Left, top, right and bottom of a mark; of words, with the room that they take.
fn extent(mark: &Mark) -> [f64; 4] {
    let around = |points: &[[At; 2]]| {
        let along = |axis: usize| points.iter().map(move |point| point[axis].get());
        let least = |axis| along(axis).fold(f64::INFINITY, f64::min);
        let most = |axis| along(axis).fold(f64::NEG_INFINITY, f64::max);
        [least(0), least(1), most(0), most(1)]
    };
    match mark {
        Mark::Rect { x, y, w, h, .. } => [x.get(), y.get(), x.get() + w.get(), y.get() + h.get()],
        Mark::Line { x1, y1, x2, y2, .. } => around(&[[*x1, *y1], [*x2, *y2]]),
        Mark::Poly { points, .. } => around(points),
        Mark::Dot { x, y, .. } => [x.get(), y.get(), x.get(), y.get()],
        Mark::Text { x, y, text, class, .. } => {
            let wide = width(text) as f64 * COLUMN;
            let before = match class.as_str() {
                class if class.ends_with("end") => wide,
                class if class.ends_with("middle") => wide / 2.0,
                _ => 0.0,
            };
            [x.get() - before, y.get() - 10.0, x.get() - before + wide, y.get()]
        }
    }
}

pub(super) fn assert_inside(name: &str, drawing: &Drawing) {
    for mark in &drawing.marks {
        let [left, top, right, bottom] = extent(mark);
        let inside = left >= 0.0
            && top >= 0.0
            && right <= WIDTH + 0.1
            && bottom <= drawing.height.get() + 0.1
            && left <= right
            && top <= bottom;
        assert!(inside, "{name}: {mark:?}");
    }
}

/// Documents of many forms.
fn documents() -> Vec<Document> {
    let mut all = vec![document(SMALL)];
    all.push(document(Size { groups: 1, kinds: 1, rounds: 1 }));
    all.push(document(Size { groups: 12, kinds: 30, rounds: 2 }));
    let mut empty = document(SMALL);
    empty.cells.clear();
    all.push(empty);
    let mut odd = document(SMALL);
    for (at, cell) in odd.cells.iter_mut().enumerate() {
        cell.rate.achieved = [Some(f64::MAX), Some(f64::MIN_POSITIVE), Some(0.0), None][at % 4];
        cell.latency_ns.mean = [Some(u64::MAX), Some(0), None, Some(1)][at % 4];
        for (round, of) in cell.rounds.iter_mut().enumerate() {
            of.rate = [Some(f64::NAN), Some(f64::INFINITY), Some(1e-300)][round % 3];
            of.began_ns = u64::MAX - round as u64;
        }
    }
    all.push(odd);
    all
}

#[test]
fn everything_stands_inside_of_its_drawing() {
    for document in documents() {
        for figure in figures(&document) {
            assert_inside(&figure.id, &figure.drawing);
        }
    }
    for pieces in [0, 1, 3, 10, 5_000] {
        let figure = sequence(&example(pieces), 1);
        assert_inside(&figure.id, &figure.drawing);
    }
}

#[test]
fn every_figure_has_a_table_with_as_many_fields_as_titles() {
    for document in documents() {
        for figure in figures(&document) {
            assert!(!figure.table.rows.is_empty(), "{}", figure.id);
            let fields = figure.table.head.len();
            assert!(figure.table.rows.iter().all(|row| row.len() == fields), "{}", figure.id);
        }
    }
}

#[test]
fn bars_of_a_cell_add_up_to_the_whole_width() {
    let figures = figures(&document(SMALL));
    for id in ["messages", "parts"] {
        let figure = named(&figures, id);
        let mut rows: std::collections::BTreeMap<i64, Vec<[f64; 4]>> = Default::default();
        for mark in figure.drawing.marks.iter().filter(|mark| matches!(mark, Mark::Rect { .. })) {
            let extent = extent(mark);
            rows.entry((extent[1] * 10.0) as i64).or_default().push(extent);
        }
        assert_eq!(rows.len(), 12, "{id}: a bar for each cell");
        for bars in rows.values() {
            let (first, last) = (bars[0], bars[bars.len() - 1]);
            let sum: f64 = bars.iter().map(|bar| bar[2] - bar[0]).sum();
            assert!((sum - (last[2] - first[0])).abs() < 0.05, "{id}: {bars:?}");
            let whole = id == "parts" || (last[2] - first[0] - 404.0).abs() < 60.0;
            assert!(whole, "{id}: {bars:?}");
        }
        let widths: HashSet<i64> = rows
            .values()
            .map(|bars| ((bars[bars.len() - 1][2] - bars[0][0]) * 5.0).round() as i64)
            .collect();
        assert!(id == "parts" || widths.len() == 1, "messages are shares of one width: {widths:?}");
    }
}

#[test]
fn a_cell_without_samples_has_no_line_and_no_zero() {
    let mut document = document(SMALL);
    let name = "framing-1";
    for cell in document.cells.iter_mut().filter(|cell| cell.id.contains(name)) {
        cell.latency_ns = Times::default();
        cell.rate.achieved = None;
        cell.cpu.client_ns_per_message = None;
        cell.rounds.iter_mut().for_each(|round| {
            (round.rate, round.cpu_ns_per_message) = (None, None);
        });
    }
    for figure in figures(&document) {
        if figure.id == "messages" || figure.id == "time" {
            continue;
        }
        let text = shown(&figure);
        assert!(!text.contains(name), "{} shows a cell that has nothing", figure.id);
    }
}

#[test]
fn a_percentile_line_ends_where_its_samples_end() {
    for samples in [1_u64, 2, 7, 10, 99, 100, 1_000, 123_456] {
        let mut histogram = Histogram::new();
        (0..samples).for_each(|at| histogram.record(1_000 + at * 10));
        let kept = super::samples::Samples::of(&histogram, 0).expect("there are samples");
        let last = kept.tail().last().expect("there is a point").0;
        let needs = 1.0 / (1.0 - last);
        assert!(needs <= samples as f64 * (1.0 + 1e-9), "{samples}: {last} needs {needs}");
        assert!(needs >= samples as f64 * (1.0 - 1e-6), "{samples}: {last} is not all there is");
    }
}

#[test]
fn a_percentile_is_drawn_where_the_table_has_it() {
    for samples in [2_u64, 10, 100, 999, 1_000, 12_345] {
        let mut histogram = Histogram::new();
        (0..samples).for_each(|at| histogram.record(1_000 + at * 10));
        let times = Times::of(&histogram);
        let kept = super::samples::Samples::of(&histogram, 0).expect("there are samples");
        let named = [(0.5, times.p50), (0.9, times.p90), (0.99, times.p99), (0.999, times.p99_9)];
        for (share, ns) in named {
            let drawn = kept.tail().iter().find(|(at, _)| (at - share).abs() < 1e-9);
            let drawn = drawn.map(|(_, ns)| *ns as u64);
            assert_eq!(drawn, ns, "{share} of {samples}");
        }
    }
}

#[test]
fn without_damage_there_is_no_picture_of_it() {
    let whole = document(Size { groups: 2, kinds: 2, rounds: 1 });
    assert!(figures(&whole).iter().all(|figure| figure.id != "messages"));
}

#[test]
fn rounds_that_did_not_go_as_usual_have_a_shape_and_a_word() {
    let mut document = document(SMALL);
    let rounds = &mut document.cells[0].rounds;
    (rounds[0].outcome, rounds[0].rate) = (RoundOutcome::Crashed, None);
    (rounds[1].outcome, rounds[1].rate) = (RoundOutcome::Failed, None);
    rounds[2].throttled_ns = Some(1);
    let figures = figures(&document);
    let figure = named(&figures, "time");
    let shapes: HashSet<&str> = figure
        .drawing
        .marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Dot { shape, .. } => Some(*shape),
            _ => None,
        })
        .collect();
    assert_eq!(shapes, HashSet::from(["small", "cross", "down", "square"]));
    assert_eq!(figure.keys.len(), 4);
}

#[test]
fn what_others_wrote_is_words_and_nothing_else() {
    const HOSTILE: &str = "<script>alert(1)</script>\"'>]]><img src=x onerror=x>&lt;\u{202e}\u{1b}[31m{{7*7}}{% raw %}\0\n漢";
    let mut document = document(SMALL);
    for (at, cell) in document.cells.iter_mut().enumerate() {
        let name = format!("{at}{HOSTILE}");
        cell.id = format!("framing={name}");
        cell.axes.insert("framing".into(), name.into());
        cell.axes.insert("load.in-flight".into(), HOSTILE.into());
    }
    document.scenario.axes.push(HOSTILE.into());
    let mut one = example(3);
    (one.expected, one.received) = (HOSTILE.into(), format!("00{HOSTILE}"));
    let mut all = figures(&document);
    assert!(all.len() > 5);
    all.push(sequence(&one, 7));
    for figure in &all {
        let text = shown(figure);
        for markup in ["<script", "<img", "]]>", "\u{202e}", "\u{1b}", "\0"] {
            assert!(!text.contains(markup), "{} holds {markup:?}", figure.id);
        }
        assert!(text.chars().all(|c| c == '\n' || is_plain(c)), "{}", figure.id);
        assert_well_formed(&figure.id, &text);
    }
}

/// Every element is closed in order, and every attribute stands in quotes.
pub(super) fn assert_well_formed(id: &str, text: &str) {
    let mut open = Vec::new();
    for part in text.split('<').skip(1) {
        let (tag, _) = part.split_once('>').unwrap_or_else(|| panic!("{id}: <{part}"));
        assert_eq!(tag.matches('"').count() % 2, 0, "{id}: <{tag}>");
        let name: String = tag.chars().take_while(|c| !c.is_whitespace()).collect();
        if let Some(closed) = name.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(closed), "{id}: <{tag}>");
        } else if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{id}: {open:?} stay open");
}

#[test]
fn figures_stay_small_with_a_thousand_cells() {
    for size in [
        Size { groups: 40, kinds: 25, rounds: 20 },
        Size { groups: 1, kinds: 1_000, rounds: 3 },
        Size { groups: 1_000, kinds: 1, rounds: 3 },
    ] {
        let figures = figures(&document(size));
        assert!(figures.len() > 4, "{size:?}");
        let mut all = 0;
        for figure in &figures {
            let bytes = shown(figure).len();
            assert!(bytes <= MOST_BYTES, "{size:?}: {} has {bytes} bytes", figure.id);
            all += bytes;
        }
        assert!(all <= MOST_OF_ALL, "{size:?}: {all} bytes");
        for id in ["rate", "cpu", "parts", "time"] {
            assert!(named(&figures, id).left_out.is_some(), "{size:?}: {id} shows a part");
        }
    }
    let bytes = shown(&sequence(&example(100_000), 1)).len();
    assert!(bytes <= MOST_BYTES, "an example has {bytes} bytes");
}

#[test]
fn ids_are_plain_and_no_two_figures_share_one() {
    for document in documents() {
        let figures = figures(&document);
        let ids: HashSet<&str> = figures.iter().map(|figure| figure.id.as_str()).collect();
        assert_eq!(ids.len(), figures.len());
        let plain = |id: &&str| {
            id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        assert!(ids.iter().all(plain), "{ids:?}");
    }
}

#[test]
fn damaged_cells_are_drawn_before_others() {
    let mut document = document(Size { groups: 1, kinds: 200, rounds: 1 });
    for (at, cell) in document.cells.iter_mut().enumerate() {
        for verdicts in [Some(&mut cell.integrity.request), cell.integrity.reply.as_mut()] {
            let Some(verdicts) = verdicts else { continue };
            verdicts.lost = u64::from(at == 150);
            (verdicts.merged, verdicts.intact) = (0, verdicts.sent - verdicts.lost);
        }
    }
    let figures = figures(&document);
    let figure = named(&figures, "messages");
    assert!(figure.table.rows.iter().any(|row| row[0].text.contains("framing-150")));
    assert!(figure.keys.iter().any(|key| key.text == Verdict::Lost.word()));
}

#[test]
fn what_came_and_nobody_sent_is_told_beside_a_bar_that_is_whole() {
    let mut document = document(Size { groups: 1, kinds: 2, rounds: 1 });
    document.cells[1].integrity.request.unexpected_bytes = Some(3);
    let figures = figures(&document);
    let text = shown(named(&figures, "messages"));
    assert_eq!(text.matches(">100 % + more<").count(), 1, "{text}");
}

#[test]
fn a_message_that_came_in_several_reads_has_an_arrow_to_each() {
    let mut one = example(1);
    let (at, sent) = (one.wire_offset, one.handed_over_ns);
    let piece = |at, len, time_ns| PieceResult { at, len, time_ns };
    one.written = vec![piece(at, 30, sent + 1_000)];
    one.read = vec![piece(at, 10, sent + 2_000), piece(at + 10, 20, sent + 3_000)];
    let figure = sequence(&one, 1);
    let arrows = figure
        .drawing
        .marks
        .iter()
        .filter(|mark| matches!(mark, Mark::Line { class, .. } if class == "arrow"));
    assert_eq!(arrows.count(), 2);
    let events: Vec<&str> = figure.table.rows.iter().map(|row| row[2].text.as_str()).collect();
    assert!(events[1].starts_with("wrote 30 B"), "{events:?}");
    assert!(events[2].starts_with("read 10 B") && events[3].starts_with("read 20 B"), "{events:?}");
    assert_eq!(figure.table.rows[2][0].text, "+2.00 us");
}

/// The colours of one theme, by name.
fn colours(theme: &str) -> Vec<(String, [f64; 3])> {
    let values = theme.lines().filter_map(|line| {
        let (name, value) = line.trim().strip_prefix("--picture-")?.split_once(": #")?;
        let hex = value.trim_end_matches(';');
        let part = |at: usize| {
            let byte = u8::from_str_radix(&hex[at..at + 2], 16).expect("it is hexadecimal");
            f64::from(byte) / 255.0
        };
        Some((name.to_owned(), [part(0), part(2), part(4)]))
    });
    values.collect()
}

/// How far two colours stand apart, as WCAG computes it.
fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let light = |colour: [f64; 3]| {
        let linear = |part: f64| {
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [r, g, b] = colour.map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
    };
    let (a, b) = (light(a), light(b));
    a.max(b) / a.min(b)
}

#[test]
fn every_colour_stands_out_from_its_paper() {
    let themes: Vec<&str> =
        STYLE.split("--picture-paper").skip(1).filter(|part| part.starts_with(": ")).collect();
    assert_eq!(themes.len(), 3, "light, dark by the system, dark by choice");
    for theme in themes {
        let theme = format!("--picture-paper{}", theme.split('}').next().unwrap_or_default());
        let colours = colours(&theme);
        let paper = colours.iter().find(|(name, _)| name == "paper").expect("paper").1;
        let hues = colours.iter().filter(|(name, _)| name == "ink" || name.parse::<u8>().is_ok());
        let hues: Vec<_> = hues.collect();
        assert_eq!(hues.len(), 9);
        for (name, colour) in hues {
            let least = if name == "ink" { 7.0 } else { 3.0 };
            let contrast = contrast(*colour, paper);
            assert!(contrast >= least, "{name}: {contrast}");
        }
    }
}

#[test]
fn no_picture_has_a_colour_of_its_own_or_asks_for_anything() {
    let mut texts: Vec<String> = figures(&document(SMALL)).iter().map(shown).collect();
    texts.push(shown(&sequence(&example(4), 1)));
    for text in texts {
        for foreign in
            ["style=", "http:", "https:", "xlink", "<image", "rgb(", "stroke=\"", "onclick"]
        {
            assert!(!text.contains(foreign), "{foreign} in {text}");
        }
        let fills = text.matches("fill=\"").count();
        assert_eq!(fills, text.matches("fill=\"url(#").count(), "areas have classes");
    }
}
