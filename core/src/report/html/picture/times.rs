//! Rounds over the time of the run: what drifts, and what was disturbed.

use super::drawing::{Drawing, Key, Plot, WIDTH};
use super::scale::Scale;
use super::words::Ids;
use super::{Field, Figure, Seen, Table, bounded};
use crate::report::numbers;
use crate::result::Disturbed;
use crate::result::document::{CellResult, RoundOutcome, RoundSummary};
use std::cmp::Ordering;

/// Rounds that are drawn at most.
const MOST_ROUNDS: usize = 500;

/// Of these, such that did not go as usual.
const MOST_MARKED: usize = 120;

const PLOT: Plot = Plot { left: 76.0, right: WIDTH - 16.0, top: 26.0, bottom: 230.0 };

/// Where rounds without a rate stand, below the plot's last line.
const LANE: f64 = 256.0;

/// Units below the plot, for its axis.
const BELOW: f64 = 42.0;

/// How a round went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Course {
    Usual,
    Stolen,
    Throttled,
    Failed,
    Crashed,
}

impl Course {
    const ALL: [Self; 5] =
        [Self::Usual, Self::Stolen, Self::Throttled, Self::Failed, Self::Crashed];

    fn of(round: &RoundSummary) -> Self {
        let RoundSummary { throttled_ns, stolen_ns, took_ns, .. } = *round;
        let disturbed = Disturbed { throttled_ns, stolen_ns, ..Disturbed::default() };
        match round.outcome {
            RoundOutcome::Crashed => Self::Crashed,
            RoundOutcome::Failed => Self::Failed,
            RoundOutcome::Finished if disturbed.is_throttled() => Self::Throttled,
            RoundOutcome::Finished if disturbed.is_stolen(took_ns) => Self::Stolen,
            RoundOutcome::Finished => Self::Usual,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Usual => "a round",
            Self::Stolen => "the hypervisor took processor time",
            Self::Throttled => "throttled by a quota",
            Self::Failed => "could not be run",
            Self::Crashed => "a side crashed",
        }
    }

    fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::Usual => ("small", "hue-1 round large"),
            Self::Stolen => ("diamond", "hue-5 dot"),
            Self::Throttled => ("square", "hue-6 dot"),
            Self::Failed => ("down", "hue-4 dot"),
            Self::Crashed => ("cross", "hue-2 dot"),
        }
    }
}

/// A round of a cell.
struct Played<'a> {
    cell: &'a CellResult,
    at: usize,
    round: &'a RoundSummary,
    course: Course,
    /// Its rate over the median of its cell's.
    ratio: Option<f64>,
}

impl Played<'_> {
    /// Less where it says less: a usual course, and a rate near its cell's median.
    fn before(&self, other: &Self) -> Ordering {
        let far = |one: &Self| one.ratio.map_or(0.0, |ratio| ratio.ln().abs());
        self.course.cmp(&other.course).then(far(self).total_cmp(&far(other)))
    }
}

/// All rounds; `None` where nothing could be seen: cells of one round that went as usual.
pub(super) fn figure(seen: &Seen<'_>, ids: &mut Ids) -> Option<Figure> {
    let mut played: Vec<Played<'_>> = Vec::new();
    for (at, cell) in seen.document.cells.iter().enumerate() {
        let usable = |rate: &f64| *rate > 0.0 && rate.is_finite();
        let rates: Vec<f64> =
            cell.rounds.iter().filter_map(|round| round.rate.filter(usable)).collect();
        let middle = median(rates);
        played.extend(cell.rounds.iter().map(|round| Played {
            cell,
            at,
            round,
            course: Course::of(round),
            ratio: round.rate.filter(usable).zip(middle).map(|(rate, middle)| rate / middle),
        }));
    }
    let several = seen.document.cells.iter().any(|cell| cell.rounds.len() > 1);
    let unusual = played.iter().any(|one| one.course != Course::Usual);
    if played.len() < 2 || !(several || unusual) {
        return None;
    }
    let all = played.len();
    let drawn = chosen(played);
    let reach = |one: &Played<'_>| one.ratio.map_or(1.0, |ratio| ratio.max(ratio.recip()));
    let reach = drawn.iter().map(reach).fold(1.1, f64::max) * 1.05;
    let last = seen.document.cells.iter().flat_map(|cell| &cell.rounds);
    let last = last.map(|round| round.began_ns).max().unwrap_or(0) as f64 / 1e9;
    let x = Scale::linear(last, PLOT.left, PLOT.right);
    let y = Scale::around_one(reach, PLOT.bottom, PLOT.top);
    let has_lane = drawn.iter().any(|one| one.ratio.is_none());
    let bottom = if has_lane { LANE + 14.0 } else { PLOT.bottom };
    let mut drawing = Drawing::new(bottom + BELOW);
    drawing.y_title("rate over the median of the cell (log scale)");
    let written = |ratio: f64| super::drawing::short(&numbers::factor(ratio));
    drawing.y_axis(&PLOT, &y, written);
    let below = Plot { bottom, ..PLOT };
    let seconds = |s: f64| super::drawing::short(&format!("{} s", numbers::three(s)));
    drawing.x_axis(&below, &x, seconds, "since the run began");
    if let Some(one) = y.at(1.0) {
        drawing.line([PLOT.left, one, PLOT.right, one], "axis-line", None);
    }
    if has_lane {
        drawing.text([PLOT.left - 6.0, LANE + 4.0], PLOT.left - 8.0, "tick end", "no rate");
    }
    let mut table =
        Table::new(&["began", "cell", "round", "how it went", "rate", "of its cell's median"]);
    for one in &drawn {
        let began = one.round.began_ns as f64 / 1e9;
        let place = [x.at(began), one.ratio.map_or(Some(LANE), |ratio| y.at(ratio))];
        let [Some(x), Some(y)] = place else { continue };
        let (shape, class) = one.course.look();
        let name = seen.groups.name(one.at);
        let ratio = one.ratio.map_or(numbers::NOTHING.to_owned(), numbers::factor);
        let tip = (one.course != Course::Usual).then(|| {
            let words = one.course.word();
            bounded(&format!("{name}, round {}: {words}, {ratio}", one.round.round))
        });
        drawing.dot([x, y], shape, class, tip);
    }
    // Those that say most come first, because not all have room.
    let mut told: Vec<&Played<'_>> = drawn.iter().collect();
    told.sort_by(|a, b| b.before(a));
    for one in told {
        let ratio = one.ratio.map_or(numbers::NOTHING.to_owned(), numbers::factor);
        table.row(vec![
            numbers::time(one.round.began_ns).into(),
            Field::linked(&one.cell.id, seen.href(one.cell)),
            one.round.round.to_string().into(),
            one.course.word().into(),
            one.round.rate.map_or(numbers::NOTHING.to_owned(), numbers::rate).into(),
            ratio.into(),
        ]);
    }
    let met = |course: &Course| drawn.iter().any(|one| one.course == *course);
    let key = |course: Course| {
        let (shape, class) = course.look();
        Key::new(course.word()).dot(shape, class)
    };
    let parts = seen.document.parts.len();
    let of_parts =
        if parts > 1 { " Each part of the run counts from its own beginning." } else { "" };
    Some(Figure {
        id: ids.give("time"),
        title: "Rounds over time".into(),
        about: format!(
            "Each round by when it began, and its rate over the median rate of its cell (log scale). Rounds that lie \
             lower and lower, or low together, tell of the machine and not of what was measured. Where a round had no \
             rate, it stands below.{of_parts}"
        ),
        left_out: (drawn.len() < all).then(|| {
            format!(
                "{all} rounds; {} are drawn: those that did not go as usual, those farthest from their cell's median, \
                 then the others evenly",
                drawn.len()
            )
        }),
        keys: Course::ALL.into_iter().filter(met).map(key).collect(),
        drawing,
        table: table.bounded(),
    })
}

/// As many as have room, by time: unusual ones, some far from the middle, and of the others every so many.
fn chosen(mut played: Vec<Played<'_>>) -> Vec<Played<'_>> {
    if played.len() > MOST_ROUNDS {
        played.sort_by(|a, b| b.before(a));
        let rest = played.split_off(MOST_MARKED);
        let every = rest.len().div_ceil(MOST_ROUNDS - MOST_MARKED);
        // By distance, so that each distance keeps its share.
        played.extend(rest.into_iter().step_by(every));
    }
    played.sort_by_key(|one| (one.round.began_ns, one.at, one.round.round));
    played
}

/// The middle one.
fn median(mut rates: Vec<f64>) -> Option<f64> {
    rates.sort_by(f64::total_cmp);
    let middle = rates.len().checked_sub(1)? / 2;
    Some(f64::midpoint(rates[middle], rates[rates.len() / 2]))
}
