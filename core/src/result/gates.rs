//! Gates: a cell's values against the limits of its `[expect]`.

use super::cell::CellData;
use super::metrics::{Value, latency_or_loss, value};
use crate::judge::Verdict;
use crate::measure::{Direction, Family, Metric, find};
use crate::result::document::JudgedBy;
use crate::scenario::{Gate, Limit, Op};
use crate::text::plural;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// What a gate says of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateOutcome {
    /// The value keeps the limit.
    Pass,
    /// It does not.
    Fail,
    /// It cannot be told.
    Inconclusive,
}

/// One gate, evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    /// The gate as the scenario has it.
    pub gate: Gate,
    /// The family of its metric.
    pub family: Family,
    /// The value it was held against.
    pub value: Value,
    /// What it says.
    pub outcome: GateOutcome,
    /// Why it is inconclusive.
    pub why: Option<String>,
}

impl Evaluated {
    /// True when there was nothing at all to hold against the limit.
    pub fn is_unsampled(&self) -> bool {
        matches!(self.value, Value::Missing(_))
    }

    /// The value as the limit counts it, and the unit of that: a share held against a count is
    /// the count. `None` when there is no value.
    pub fn figure(&self) -> Option<(f64, &'static str)> {
        let number = self.value.number()?;
        Some(match (&self.value, self.gate.limit) {
            (Value::Share { count, .. }, Limit::Count(_)) => (*count as f64, "count"),
            (Value::Share { .. }, _) => (number, "share"),
            (Value::Count(_), _) => (number, "count"),
            (Value::Nanos(_), _) => (number, "ns"),
            (Value::PerSecond(_), _) => (number, "per-second"),
            (Value::Bytes(_), _) => (number, "bytes"),
            (Value::BytesPerSecond(_), _) => (number, "bytes-per-second"),
            (Value::Ratio(_), _) => (number, "ratio"),
            (Value::Missing(_) | Value::Unclear(_), _) => return None,
        })
    }
}

/// Holds every gate against the pooled rounds of its cell. Those that hold it against another cell are
/// left out: they take both.
pub fn evaluate(cell: &CellData, gates: &[Gate]) -> Vec<Evaluated> {
    let answers_are_gated = gates.iter().any(is_of_answers);
    let surplus_is_gated = gates.iter().any(is_of_surplus);
    let own = gates.iter().filter(|gate| gate.reference.is_none());
    let mut all: Vec<Evaluated> =
        own.map(|gate| evaluate_one(cell, gate, answers_are_gated)).collect();
    let surplus = cell.conduct.surplus.count;
    if surplus > 0 && cell.judge == JudgedBy::Echo && !surplus_is_gated {
        all.iter_mut().filter(|one| asks_for_intact(one)).for_each(|one| {
            let noun = plural(surplus, "answer");
            one.why = Some(format!("{surplus} {noun} more came than were asked for"));
            one.outcome = GateOutcome::Fail;
        });
    }
    all
}

/// True when the gate says what is expected of messages that nobody asked for.
pub(super) fn is_of_surplus(gate: &Gate) -> bool {
    matches!(find(&gate.metric), Some((Metric::Surplus, _)))
}

/// True when the gate holds and asks for intact messages: a server that answers twice does not keep it,
/// whatever came first.
fn asks_for_intact(one: &Evaluated) -> bool {
    let of_intact = matches!(find(&one.gate.metric), Some((Metric::Verdict(Verdict::Intact), _)));
    let asks = matches!(one.gate.op, Op::AtLeast | Op::More | Op::Equal);
    of_intact && asks && one.outcome == GateOutcome::Pass
}

/// The value of a metric as gates take it. `answers_are_gated`: exchanges that nobody answered are
/// another gate's matter.
pub(super) fn gated(
    cell: &CellData,
    metric: &Metric,
    direction: Option<Direction>,
    answers_are_gated: bool,
) -> Value {
    let of_all = match answers_are_gated {
        true => None,
        false => latency_or_loss(cell, metric, direction),
    };
    of_all.unwrap_or_else(|| value(cell, metric, direction))
}

/// True when the gate decides how many exchanges must be answered, so that the others need not be
/// left to the gates on latency.
pub(super) fn is_of_answers(gate: &Gate) -> bool {
    matches!(find(&gate.metric), Some((Metric::Done | Metric::Unanswered, _)))
}

fn evaluate_one(cell: &CellData, gate: &Gate, answers_are_gated: bool) -> Evaluated {
    let Some((metric, direction)) = find(&gate.metric) else {
        // Scenarios are checked before they run: only a foreign file can name such a metric.
        let why = format!("there is no metric `{}`", gate.metric);
        return Evaluated {
            gate: gate.clone(),
            family: Family::Integrity,
            value: Value::Missing(why.clone()),
            outcome: GateOutcome::Inconclusive,
            why: Some(why),
        };
    };
    let value = gated(cell, &metric, direction, answers_are_gated);
    let family = metric.definition().family;
    let (outcome, why) = match doubt(cell, &metric, direction, &value) {
        Some(why) => (GateOutcome::Inconclusive, Some(why)),
        None => match holds(&value, gate.op, gate.limit) {
            Some(true) => (GateOutcome::Pass, None),
            Some(false) => (GateOutcome::Fail, None),
            None => (
                GateOutcome::Inconclusive,
                Some("the limit has another unit than the value".into()),
            ),
        },
    };
    Evaluated { gate: gate.clone(), family, value, outcome, why }
}

/// Why the value must not decide anything, if so.
pub(super) fn doubt(
    cell: &CellData,
    metric: &Metric,
    direction: Option<Direction>,
    value: &Value,
) -> Option<String> {
    if let Value::Missing(why) | Value::Unclear(why) = value {
        return Some(why.clone());
    }
    if metric.is_of_verdicts() {
        let unjudged = cell.verdict(Verdict::Unjudged, cell.told(metric, direction));
        if unjudged > 0 {
            let noun = plural(unjudged, "message");
            return Some(format!("{unjudged} {noun} could not be judged"));
        }
    }
    if matches!(metric, Metric::Explained | Metric::Unexplained | Metric::Untraced) {
        let forgotten = cell.over(direction, |data| data.link.forgotten);
        if forgotten > 0 {
            return Some(format!(
                "{forgotten} faults were forgotten before their messages were judged"
            ));
        }
    }
    if metric.definition().family != Family::Cost {
        return None;
    }
    if !cell.stalled_rounds.is_empty() {
        return Some("the ledger stalled for more than 0.1 % of the measured time".into());
    }
    // What was counted is right, whoever ran meanwhile.
    if !metric.is_of_time() {
        return None;
    }
    cell.disturbances().into_iter().next()
}

/// `None` when the two cannot be compared, or one of them is not a number.
fn holds(value: &Value, op: Op, limit: Limit) -> Option<bool> {
    let order = match (value, limit) {
        (Value::Share { .. }, Limit::Share(share)) => value.number()?.partial_cmp(&share)?,
        (
            Value::Share { count, .. }
            | Value::Count(count)
            | Value::Nanos(count)
            | Value::Bytes(count),
            Limit::Count(limit),
        )
        | (Value::Nanos(count), Limit::Nanos(limit))
        | (Value::Bytes(count), Limit::Bytes(limit)) => count.cmp(&limit),
        (Value::PerSecond(number), Limit::PerSecond(limit))
        | (Value::BytesPerSecond(number), Limit::BytesPerSecond(limit))
        | (Value::Ratio(number), Limit::Ratio(limit)) => number.partial_cmp(&limit)?,
        (
            Value::PerSecond(number) | Value::BytesPerSecond(number) | Value::Ratio(number),
            Limit::Count(limit),
        ) => number.partial_cmp(&(limit as f64))?,
        _ => return None,
    };
    Some(keeps(op, order))
}

/// Whether a value that compares so with the limit keeps it.
pub(super) fn keeps(op: Op, order: Ordering) -> bool {
    match op {
        Op::Less => order == Ordering::Less,
        Op::AtMost => order != Ordering::Greater,
        Op::Equal => order == Ordering::Equal,
        Op::AtLeast => order != Ordering::Less,
        Op::More => order == Ordering::Greater,
    }
}
