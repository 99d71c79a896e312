//! `[search]`: from a range of a key to the cells that may be played.
//!
//! The candidates are values of the key in a geometric row. They make an axis of their own, the last one, so that all
//! that is known of cells holds of them as well: ids, filters, gates, rows of tables. Which of them are played is found
//! out while they are.

use super::assign::Assignment;
use super::diagnostics::{Diagnostic, Place, Sink};
use super::gates::{self, Expectation};
use super::key::{Key, Kind, grouped};
use super::keys::{KEYS, index};
use super::layered::{Layered, Values};
use super::matrix::{Axis, AxisValue};
use super::options::Changed;
use super::overrides::Override;
use super::plan::{Gate, Op, Search, SearchExpect};
use super::read;
use super::tree::{Node, Value};
use std::collections::HashMap;
use std::sync::Arc;
use wirebench_search::{NotAGrid, geometric};
use wirebench_values::{Frequency, Size};

/// Candidates of all groups together at most.
pub(super) const MOST_CANDIDATES: usize = 4_096;

/// From this resolution on, values are rounded to three digits.
const COARSE: f64 = 0.02;

/// A search, and what it adds to a scenario.
pub(super) struct Searched {
    pub(super) plan: Search,
    /// The limits, as lines of `[expect]`.
    pub(super) bound: Vec<Expectation>,
    /// The candidates.
    pub(super) axis: Axis,
}

/// What it may run into.
pub(super) struct Surroundings<'a> {
    pub(super) base: &'a Values,
    pub(super) axes: &'a [Axis],
    pub(super) overrides: &'a [Override],
    pub(super) options: &'a [Changed],
    pub(super) expect: [&'a [Expectation]; 2],
}

/// Reads the table; `None`: there is none, or what is wrong with it was reported.
pub(super) fn read(around: &Surroundings<'_>, sink: &mut Sink) -> Option<Searched> {
    let base = around.base;
    let given = |path: &str| base.get(path).filter(|given| given.layer > 0);
    let keys = || KEYS.iter().filter(|key| key.path.starts_with("search."));
    let first = keys().find_map(|key| given(key.path))?;
    let needed = ["search.metric", "search.vary", "search.from", "search.to"].map(|path| {
        if given(path).is_none() {
            let message = format!("a search needs `{path}`");
            let example = "[search]\nmetric = \"p99 < 1ms\"\nvary = \"load.rate\"\nfrom = \"1k/s\"\nto = \"1M/s\"";
            sink.push(Diagnostic::new(first.key_place, message).help(format!("for example\n{example}")));
        }
        given(path)
    });
    let [Some(metric), Some(vary), Some(from), Some(to)] = needed else { return None };
    let text = read::text(&KEYS[index("search.metric")?], &metric.node, sink)?;
    let bound = gates::bound(&text, metric.node.place, sink);
    let word = read::word(&KEYS[index("search.vary")?], &vary.node, sink)?;
    let key_index = index(word)?;
    let key = &KEYS[key_index];
    refuse_rivals(around, word, vary.node.place, sink);
    let [low, high] = [from, to].map(|given| value(key, &given.node, sink));
    let resolution = base.get("search.resolution")?;
    let step = read::share(&KEYS[index("search.resolution")?], &resolution.node, sink);
    let expect = match given("search.expect") {
        Some(given) => expect(key, &given.node, sink),
        None => None,
    };
    let rounds = base.get("search.rounds").or(base.get("load.rounds"))?;
    let rounds = read::integer(&KEYS[index("search.rounds")?], &rounds.node, sink)?;
    let (low, high, step) = (low?, high?, step?);
    let mut values = candidates(low, high, step, [from, to, resolution], sink)?;
    if let Some(SearchExpect { raw, .. }) =
        expect.as_ref().filter(|one| low < one.raw && one.raw < high)
        && let Err(at) = values.binary_search(raw)
    {
        // So that it can be told whether it is kept.
        values.insert(at, *raw);
    }
    let groups =
        around.axes.iter().fold(1_usize, |all, axis| all.saturating_mul(axis.values.len()));
    if groups.saturating_mul(values.len()) > MOST_CANDIDATES {
        let message = format!(
            "the search has {} candidates in each of {} groups of cells; at most {} are allowed together",
            grouped(values.len() as u64),
            grouped(groups as u64),
            grouped(MOST_CANDIDATES as u64)
        );
        let help =
            "search a smaller range, in larger steps (`search.resolution`), or for fewer cells";
        sink.push(Diagnostic::new(from.node.place, message).help(help));
        return None;
    }
    let axis = axis(key_index, &values, vary.node.place, to.node.place);
    let gates: Vec<Gate> = bound.iter().filter_map(|line| line.gate.clone()).collect();
    let plan = Search {
        metric: text.split(',').map(str::trim).collect::<Vec<_>>().join(", "),
        bound: gates,
        vary: word.to_owned(),
        from: written(key, low),
        to: written(key, high),
        resolution: step,
        rounds: u32::try_from(rounds).unwrap_or(1),
        expect,
    };
    Some(Searched { plan, bound, axis })
}

/// What stands for the key that varies where the search cannot be read, so that it does not seem to be missing as well.
pub(super) fn stand_in(base: &Values) -> Option<Assignment> {
    let vary = base.get("search.vary")?;
    let rate = Value::Text("1k/s".to_owned());
    let node = Arc::new(Node { place: vary.node.place, value: rate });
    let key = index("load.rate")?;
    let missing = vary.node.text() == Some("load.rate") && base.get("load.rate").is_none();
    missing.then_some(Assignment { key, below: Vec::new(), key_place: vary.node.place, node })
}

/// A value of the key in the smallest unit that it has.
fn value(key: &Key, node: &Node, sink: &mut Sink) -> Option<u64> {
    match key.kind {
        Kind::Integer(..) => read::integer(key, node, sink),
        _ => read::quantity(key, node, sink),
    }
}

/// The same as a scenario has it.
fn written(key: &Key, raw: u64) -> String {
    match key.kind {
        Kind::Frequency(..) => Frequency::from_thousandths(raw).to_string(),
        Kind::Sizes(..) => Size::from_bytes(raw).to_string(),
        _ => raw.to_string(),
    }
}

/// Values from `low` to `high`, each about `step` above the one before.
fn candidates(
    low: u64,
    high: u64,
    step: f64,
    [from, to, resolution]: [&Layered; 3],
    sink: &mut Sink,
) -> Option<Vec<u64>> {
    let row = match geometric(low as f64, high as f64, step, MOST_CANDIDATES) {
        Ok(row) => row,
        Err(NotAGrid::DoesNotGrow) => {
            let message =
                "a search goes up: `from` is more than nothing, and `to` is more than `from`";
            let diagnostic = Diagnostic::new(from.node.place, message);
            sink.push(diagnostic.related(to.node.place, "the end of the range"));
            return None;
        }
        Err(NotAGrid::NoStep) => {
            let message = "the steps of a search are more than nothing: `\"5%\"`";
            sink.push(Diagnostic::new(resolution.node.place, message));
            return None;
        }
        Err(NotAGrid::TooMany(most)) => {
            let most = grouped(most as u64);
            let message =
                format!("between `from` and `to` lie more than {most} steps of `resolution`");
            let diagnostic = Diagnostic::new(from.node.place, message);
            let help = "search a smaller range, or in larger steps (`search.resolution`)";
            sink.push(diagnostic.related(to.node.place, "the end of the range").help(help));
            return None;
        }
    };
    let digits = if step >= COARSE { 3 } else { 6 };
    let inner = row[1..row.len() - 1].iter().map(|value| rounded(*value, digits));
    let mut values: Vec<u64> = inner.filter(|value| low < *value && *value < high).collect();
    values.insert(0, low);
    values.push(high);
    values.dedup();
    Some(values)
}

/// A whole number with so many digits that are not zero.
fn rounded(value: f64, digits: i32) -> u64 {
    let places = value.log10().floor() as i32 + 1 - digits;
    let unit = 10_f64.powi(places.max(0));
    ((value / unit).round() * unit) as u64
}

/// `>= 100k/s`.
fn expect(key: &Key, node: &Arc<Node>, sink: &mut Sink) -> Option<SearchExpect> {
    let text = read::text(&KEYS[index("search.expect")?], node, sink)?;
    let (op, rest) = gates::split_op(text.trim());
    let op = op.filter(|op| matches!(op, Op::AtLeast | Op::More));
    let Some(op) = op else {
        let message = "what a search is to find is at least something";
        let sink_help =
            "write `\">= …\"` or `\"> …\"`: it fails where what is found is surely less";
        sink.push(Diagnostic::new(node.place, message).help(sink_help));
        return None;
    };
    let value = match (key.kind, rest.replace('_', "").parse::<i128>()) {
        (Kind::Integer(..), Ok(number)) => Value::Integer(number),
        _ => Value::Text(rest.to_owned()),
    };
    let raw = self::value(key, &Node { place: node.place, value }, sink)?;
    Some(SearchExpect { op, value: plain(key, raw), raw, text: text.trim().to_owned() })
}

/// A raw value in the unit that people count in: a second for rates, one for numbers, a byte for sizes.
fn plain(key: &Key, raw: u64) -> f64 {
    match key.kind {
        Kind::Frequency(..) => raw as f64 / 1_000.0,
        _ => raw as f64,
    }
}

/// What else decides what the search varies.
fn refuse_rivals(around: &Surroundings<'_>, vary: &str, place: Place, sink: &mut Sink) {
    let group = vary.split('.').next().unwrap_or(vary);
    if let Some(axis) = around.axes.iter().find(|axis| axis.path == vary || axis.path == group) {
        let message = format!("`{vary}` is an axis of the matrix: a search cannot vary it as well");
        let diagnostic = Diagnostic::new(place, message).related(axis.place, "the axis");
        sink.push(diagnostic.help("remove the axis: `from` and `to` say which values there are"));
    }
    let of_overrides = around.overrides.iter().flat_map(|change| &change.assignments);
    let of_options = around.options.iter().map(|change| &change.assignment);
    for assignment in of_overrides.chain(of_options).filter(|one| KEYS[one.key].path == vary) {
        let message = format!("`{vary}` is decided by the search: nothing else can change it");
        let diagnostic =
            Diagnostic::new(assignment.key_place, message).related(place, "the search");
        sink.push(diagnostic.help("`search.from` and `search.to` say which values there are"));
    }
    let changed = around.overrides.iter().flat_map(|change| &change.expect);
    let gates = around.expect.into_iter().flatten().chain(changed);
    for line in gates.filter(|line| line.gate.is_some() && line.is_against()) {
        let message = "a gate cannot hold a cell of a search against another: which cells are played is found out";
        let help = "gate each cell by itself, or compare without a search";
        sink.push(Diagnostic::new(line.place, message).related(place, "the search").help(help));
    }
}

/// The axis of the candidates; `key_place`: where the search names the key, `place`: where the values come from.
fn axis(key: usize, values: &[u64], key_place: Place, place: Place) -> Axis {
    let row = &KEYS[key];
    let mut known = HashMap::new();
    let values = values.iter().enumerate().map(|(number, raw)| {
        let label = written(row, *raw);
        let value = match row.kind {
            Kind::Integer(..) => Value::Integer((*raw).into()),
            _ => Value::Text(label.clone()),
        };
        let node = Arc::new(Node { place, value });
        known.insert(node.canonical(), Some(number));
        AxisValue {
            label,
            assignments: vec![Assignment { key, below: Vec::new(), key_place, node }],
        }
    });
    let values = values.collect();
    Axis { path: row.path.to_owned(), place: key_place, values, known, aside: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_rounded_to_as_many_digits_as_the_steps_need() {
        assert_eq!(rounded(182_443.9, 3), 182_000);
        assert_eq!(rounded(1_052_631.0, 6), 1_052_630);
        assert_eq!(rounded(7.4, 3), 7, "a whole number stays one");
        assert_eq!(rounded(99.96, 3), 100);
    }
}
