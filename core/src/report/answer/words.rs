//! The answer in a few words, for whoever prints it.

use super::{Answer, AxisAnswer, MeasureAnswer, Standing, ValueAnswer};
use crate::report::text::cut;
use crate::text::plural;

/// What stands above the entries.
pub(crate) const ABOUT: &str =
    "Each axis by itself, in places that differ in nothing else (best: or not told apart from it)";

/// Axes of which something is said.
const AXES_NAMED: usize = 9;

/// Axes of which it is said who keeps messages whole.
const OF_MESSAGES: usize = 3;

/// Values that are named as the best, as the worst, and as those that damage messages.
const BEST_NAMED: usize = 3;
const WORST_NAMED: usize = 2;
const DAMAGED_NAMED: usize = 4;

/// Columns that a value may take, and the title of an axis.
const VALUE: usize = 30;
const TITLE: usize = 40;

/// One thing that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What it is about; of an axis with several, the first alone has it.
    pub(crate) title: String,
    /// What is said.
    pub(crate) words: String,
}

/// At most twelve: who keeps messages whole, and then what each axis costs.
pub(crate) fn entries(answer: &Answer) -> Vec<Entry> {
    let mut entries = vec![Entry { title: "intact".into(), words: of_messages(answer) }];
    let measures = match answer.axes.len() {
        0..=3 => 3,
        4..=5 => 2,
        _ => 1,
    };
    for axis in answer.axes.iter().take(AXES_NAMED) {
        for (at, words) in of_costs(axis, measures).into_iter().enumerate() {
            let title = if at == 0 { cut(&axis.title, TITLE) } else { String::new() };
            entries.push(Entry { title, words });
        }
    }
    let more = answer.axes.len().saturating_sub(AXES_NAMED);
    if more > 0 {
        let words = format!("{more} more {}; result.json has them", axes(more));
        entries.push(Entry { title: String::new(), words });
    }
    entries
}

fn axes(count: usize) -> &'static str {
    if count == 1 { "axis" } else { "axes" }
}

/// `framing: 8 of 9 values keep every message whole (raw in 0 of 20 cells)`.
fn of_messages(answer: &Answer) -> String {
    let Answer { cells, whole, judged, .. } = answer;
    let kept = match judged {
        true => "keep every message whole",
        false => "answer every exchange, as far as is known",
    };
    if whole == cells {
        return format!("all {cells} cells {kept}");
    }
    let mut told: Vec<&AxisAnswer> = answer.axes.iter().filter(|axis| gap(axis) > 0.0).collect();
    // A stable order: those that matter most stand first, others as in the matrix.
    told.sort_by(|a, b| gap(b).total_cmp(&gap(a)));
    if told.is_empty() {
        let axis = if *whole == 0 { "" } else { "; no axis makes a difference to that" };
        return format!("{whole} of {cells} cells {kept}{axis}");
    }
    let words: Vec<String> = told.iter().take(OF_MESSAGES).map(|axis| of_axis(axis)).collect();
    let more = told.len().saturating_sub(OF_MESSAGES);
    let more =
        if more > 0 { format!("; {more} more {} besides", axes(more)) } else { String::new() };
    format!("{whole} of {cells} cells {kept}; {}{more}", words.join("; "))
}

/// How far the shares of whole cells lie apart under the values of an axis.
fn gap(axis: &AxisAnswer) -> f64 {
    let shares = axis.values.iter().map(share);
    shares.clone().fold(0.0, f64::max) - shares.fold(1.0, f64::min)
}

fn share(value: &ValueAnswer) -> f64 {
    value.whole as f64 / value.cells.max(1) as f64
}

fn of_axis(axis: &AxisAnswer) -> String {
    let mut less: Vec<&ValueAnswer> =
        axis.values.iter().filter(|value| value.whole < value.cells).collect();
    less.sort_by(|a, b| share(a).total_cmp(&share(b)));
    let whole = axis.values.len() - less.len();
    let named = less.iter().take(DAMAGED_NAMED);
    let named = named
        .map(|value| format!("{} in {} of {}", cut(&value.value, VALUE), value.whole, value.cells));
    format!(
        "{}: {whole} of {} values in all their cells ({}{})",
        cut(&axis.title, TITLE),
        axis.values.len(),
        named.collect::<Vec<_>>().join(", "),
        and_more(less.len(), DAMAGED_NAMED)
    )
}

/// A text for each figure that the rounds tell anything of, and one for those of which they do not.
fn of_costs(axis: &AxisAnswer, most: usize) -> Vec<String> {
    let measures = || axis.measures.iter().take(most).filter(|measure| measure.places > 0);
    let mut words: Vec<String> =
        measures().filter(|measure| measure.told_apart > 0).map(of_measure).collect();
    words.extend(untold(&measures().filter(|one| one.told_apart == 0).collect::<Vec<_>>()));
    if words.is_empty() {
        words.push(
            "nothing to compare: no two cells differ in it alone and do what they are asked for"
                .into(),
        );
    }
    words
}

/// `rate, told apart in 1 of 20 places: no more than noise may do`, or
/// `rate, told apart in 17 of 20 places: best line in 14 (alone in 6), varint in 9; worst json-header in 17`.
fn of_measure(measure: &MeasureAnswer) -> String {
    let MeasureAnswer { column, places, told_apart, standings, .. } = measure;
    if measure.may_be_chance() {
        let of = counted(*places);
        return format!("{column}, told apart in {told_apart} of {of}: no more than noise may do");
    }
    let mut best: Vec<&Standing> = standings.iter().filter(|one| one.best > 0).collect();
    best.sort_by_key(|one| std::cmp::Reverse((one.best, one.alone)));
    let mut worst: Vec<&Standing> = standings.iter().filter(|one| one.worst > 0).collect();
    worst.sort_by_key(|one| std::cmp::Reverse(one.worst));
    let named = |all: &[&Standing], most: usize, count: fn(&Standing) -> (usize, usize)| {
        let named = all.iter().take(most).map(|one| {
            let (times, alone) = count(one);
            let of = if one.places < *places {
                format!(" of its {}", one.places)
            } else {
                String::new()
            };
            let alone = if alone > 0 { format!(" (alone in {alone})") } else { String::new() };
            format!("{} in {times}{of}{alone}", cut(&one.value, VALUE))
        });
        named.collect::<Vec<_>>().join(", ") + &and_more(all.len(), most)
    };
    let mut words = format!(
        "{column}, told apart in {told_apart} of {}: best {}",
        counted(*places),
        named(&best, BEST_NAMED, |one| (one.best, one.alone))
    );
    if !worst.is_empty() {
        words.push_str("; worst ");
        words.push_str(&named(&worst, WORST_NAMED, |one| (one.worst, 0)));
    }
    words
}

/// `no difference that 3 rounds could show: rate in 18 of 18 places, p99 in 18 of 18`.
fn untold(measures: &[&MeasureAnswer]) -> Option<String> {
    let first = measures.first()?;
    let rounds = measures.iter().map(|one| one.rounds).max().unwrap_or(0);
    let no_difference = match rounds {
        0 | 1 => "one round cannot show a difference".to_owned(),
        rounds => format!("no difference that {rounds} rounds could show"),
    };
    let columns: Vec<&str> = measures.iter().map(|one| one.column).collect();
    if measures.iter().all(|one| one.places == first.places) {
        let places = first.places;
        let columns = columns.join(", ");
        return Some(format!("{no_difference} in {places} of {}: {columns}", counted(places)));
    }
    let each = measures.iter().map(|one| {
        let MeasureAnswer { column, places, .. } = one;
        format!("{column} in {places} of {}", counted(*places))
    });
    Some(format!("{no_difference}: {}", each.collect::<Vec<_>>().join(", ")))
}

fn counted(places: usize) -> String {
    format!("{places} {}", plural(places as u64, "place"))
}

fn and_more(all: usize, named: usize) -> String {
    match all.saturating_sub(named) {
        0 => String::new(),
        more => format!(" and {more} more"),
    }
}
