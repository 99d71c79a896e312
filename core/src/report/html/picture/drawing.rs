//! What a picture is made of: marks whose places are known. Templates turn them into SVG.

use super::at::At;
use super::scale::{Scale, Tick};
use super::words::{COLUMN, bounded, fitted};
use crate::text::width;
use serde::Serialize;

/// How wide every drawing is, in its own units.
pub(super) const WIDTH: f64 = 760.0;

/// Marks in a box, from the back to the front.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Drawing {
    pub(super) width: At,
    pub(super) height: At,
    /// Numbers of the patterns that its areas are filled with.
    pub(super) hatches: Vec<usize>,
    pub(super) marks: Vec<Mark>,
}

/// One mark. Its class says how it looks; `tip` is what is shown when something points at it.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub(super) enum Mark {
    /// An area.
    Rect { x: At, y: At, w: At, h: At, class: String, hatch: Option<usize>, tip: Option<String> },
    /// A straight line.
    Line { x1: At, y1: At, x2: At, y2: At, class: String, tip: Option<String> },
    /// Points that are joined.
    Poly { points: Vec<[At; 2]>, class: String },
    /// A point, in a shape.
    Dot { x: At, y: At, shape: &'static str, class: String, tip: Option<String> },
    /// Words.
    Text { x: At, y: At, text: String, class: String, tip: Option<String>, href: Option<String> },
}

/// The words of an entry beside a picture that says what a mark means.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Key {
    pub(super) text: String,
    /// The look of its area, if it is one.
    pub(super) area: Option<String>,
    pub(super) hatch: Option<usize>,
    /// The look of its line, if it is one.
    pub(super) line: Option<String>,
    /// The shape of its point, if it has one, and how that looks.
    pub(super) shape: Option<&'static str>,
    pub(super) dot: Option<String>,
}

impl Key {
    pub(super) fn new(text: &str) -> Self {
        let text = bounded(text);
        Self { text, area: None, hatch: None, line: None, shape: None, dot: None }
    }

    pub(super) fn area(mut self, class: &str, hatch: Option<usize>) -> Self {
        (self.area, self.hatch) = (Some(class.to_owned()), hatch);
        self
    }

    pub(super) fn line(mut self, class: &str) -> Self {
        self.line = Some(class.to_owned());
        self
    }

    pub(super) fn dot(mut self, shape: &'static str, class: &str) -> Self {
        (self.shape, self.dot) = (Some(shape), Some(class.to_owned()));
        self
    }
}

/// Where the plot of a drawing stands in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plot {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Drawing {
    pub(super) fn new(height: f64) -> Self {
        Self { width: WIDTH.into(), height: height.into(), ..Self::default() }
    }

    pub(super) fn rect(
        &mut self,
        [x, y, w, h]: [f64; 4],
        class: &str,
        hatch: Option<usize>,
        tip: Option<String>,
    ) {
        if let Some(number) = hatch.filter(|number| !self.hatches.contains(number)) {
            self.hatches.push(number);
        }
        // Both ends are rounded, so that areas side by side leave no gap and add up.
        let (right, below) = (At::from(x + w), At::from(y + h));
        let (x, y) = (At::from(x), At::from(y));
        let (w, h) = (At::from(right.get() - x.get()), At::from(below.get() - y.get()));
        self.marks.push(Mark::Rect { x, y, w, h, class: class.to_owned(), hatch, tip });
    }

    pub(super) fn line(&mut self, [x1, y1, x2, y2]: [f64; 4], class: &str, tip: Option<String>) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(At::from);
        self.marks.push(Mark::Line { x1, y1, x2, y2, class: class.to_owned(), tip });
    }

    /// The ends of an interval: each its value, its place, and where it points if it goes on beyond the axis.
    pub(super) fn ends(
        &mut self,
        ends: [(f64, f64, &'static str); 2],
        y: f64,
        scale: &Scale,
        hue: &str,
    ) {
        for (value, x, beyond) in ends {
            if scale.holds(value) {
                self.line([x, y - 4.0, x, y + 4.0], &format!("{hue} whisker"), None);
            } else {
                self.dot([x, y], beyond, &format!("{hue} dot"), None);
            }
        }
    }

    /// Points that are joined; one alone is no line.
    pub(super) fn poly(&mut self, points: &[[f64; 2]], class: &str) {
        if points.len() > 1 {
            let points = points.iter().map(|point| point.map(At::from)).collect();
            self.marks.push(Mark::Poly { points, class: class.to_owned() });
        }
    }

    pub(super) fn dot(
        &mut self,
        [x, y]: [f64; 2],
        shape: &'static str,
        class: &str,
        tip: Option<String>,
    ) {
        let (x, y) = (x.into(), y.into());
        self.marks.push(Mark::Dot { x, y, shape, class: class.to_owned(), tip });
    }

    /// Words in so many units of room; what others gave among them is cleaned and cut.
    pub(super) fn text(&mut self, [x, y]: [f64; 2], room: f64, class: &str, text: &str) {
        self.linked([x, y], room, class, text, None);
    }

    /// The same, leading somewhere.
    pub(super) fn linked(
        &mut self,
        [x, y]: [f64; 2],
        room: f64,
        class: &str,
        text: &str,
        href: Option<String>,
    ) {
        let fit = fitted(text, room);
        let (x, y, class) = (x.into(), y.into(), class.to_owned());
        self.marks.push(Mark::Text { x, y, text: fit.shown, class, tip: fit.whole, href });
    }

    /// The lines of a vertical axis, with their values at the left.
    pub(super) fn y_axis(&mut self, plot: &Plot, scale: &Scale, words: impl Fn(f64) -> String) {
        for (tick, text) in spaced(scale.ticks(), words, |_| 14.0) {
            self.line([plot.left, tick.at, plot.right, tick.at], "grid", None);
            self.text([plot.left - 6.0, tick.at + 4.0], plot.left - 8.0, "tick end", &text);
        }
    }

    /// What a vertical axis is, above it.
    pub(super) fn y_title(&mut self, title: &str) {
        self.text([0.0, 12.0], WIDTH, "tick", title);
    }

    /// The lines of a horizontal axis, with their values and what it is below.
    pub(super) fn x_axis(
        &mut self,
        plot: &Plot,
        scale: &Scale,
        words: impl Fn(f64) -> String,
        title: &str,
    ) {
        let room = |text: &str| width(text) as f64 * COLUMN + 8.0;
        for (tick, text) in spaced(scale.ticks(), words, room) {
            self.line([tick.at, plot.top, tick.at, plot.bottom], "grid", None);
            // The last one does not stand out of the drawing.
            let half = room(&text) / 2.0;
            let middle = tick.at.min(WIDTH - half).max(half);
            self.text([middle, plot.bottom + 16.0], 90.0, "tick middle", &text);
        }
        let middle = f64::midpoint(plot.left, plot.right);
        self.text([middle, plot.bottom + 34.0], plot.right - plot.left, "axis middle", title);
    }
}

/// The ticks whose words do not run into those before; `room`: what words take along the axis.
fn spaced(
    ticks: Vec<Tick>,
    words: impl Fn(f64) -> String,
    room: impl Fn(&str) -> f64,
) -> Vec<(Tick, String)> {
    let mut kept: Vec<(Tick, String)> = Vec::new();
    for tick in ticks {
        let text = words(tick.value);
        let has_room = kept.last().is_none_or(|(last, before)| {
            (tick.at - last.at).abs() >= f64::midpoint(room(before), room(&text))
        });
        if has_room {
            kept.push((tick, text));
        }
    }
    kept
}

/// A figure as it stands at an axis: `10 us` and not `10.0 us`.
pub(super) fn short(text: &str) -> String {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    if !digits.contains('.') {
        return text.to_owned();
    }
    format!("{}{unit}", digits.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_says_no_more_digits_than_its_values_have() {
        for (text, shown) in [
            ("10.0 us", "10 us"),
            ("1.50 ms", "1.5 ms"),
            ("100 ns", "100 ns"),
            ("1.00M/s", "1M/s"),
            ("0", "0"),
            ("–", "–"),
        ] {
            assert_eq!(short(text), shown);
        }
    }

    #[test]
    fn areas_side_by_side_leave_no_gap() {
        let mut drawing = Drawing::new(10.0);
        let mut x = 0.0;
        for w in [0.149, 0.149, 10.33, 0.049, 89.3] {
            drawing.rect([x, 0.0, w, 1.0], "a", None, None);
            x += w;
        }
        let mut end = 0.0;
        for mark in &drawing.marks {
            let Mark::Rect { x, w, .. } = mark else { panic!("only areas were drawn") };
            assert!((x.get() - end).abs() < 0.11, "{x:?} after {end}");
            end = x.get() + w.get();
        }
    }
}
