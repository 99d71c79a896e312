//! What no later round can mend.

use super::findings::{crash, gate};
use crate::measure::{LoadEnd, Metric, find};
use crate::result::cell::CellData;
use crate::result::document::{AttemptResult, CellVerdict};
use crate::result::gates::{Evaluated, GateOutcome, evaluate};
use crate::result::metrics::Value;
use crate::result::{Outcome, Round};
use crate::scenario::{Cell, Limit, Op};

/// Why the cell fails whatever its other rounds bring, by this round alone: a side crashed, it could not be
/// run, or a gate does not hold that can only get worse. `None`: others may mend it, or the user ended it.
pub fn certain_failure(cell: &Cell, round: &Round) -> Option<AttemptResult> {
    if let Outcome::Finished { client, .. } = &round.outcome
        && client.load_end == LoadEnd::Interrupted
    {
        return None;
    }
    let mut data = CellData::new(cell, 1);
    data.add(round);
    let failed = |one: &&Evaluated| one.outcome == GateOutcome::Fail && only_gets_worse(one);
    let gates = evaluate(&data, &cell.expect);
    let error = |(round, error): &(u32, String)| format!("round {round}: {error}");
    let mut found = AttemptResult {
        verdict: if data.crashes.is_empty() { CellVerdict::Fail } else { CellVerdict::Crashed },
        family: None,
        gates: gates.iter().filter(failed).map(gate).collect(),
        crashes: data.crashes.iter().map(crash).collect(),
        errors: data.failed.iter().map(error).collect(),
    };
    found.family = Some(found.family_of_its_parts()?);
    Some(found)
}

/// True for a gate whose value lies beyond its limit and only moves away from it: counts add up, and of all
/// rounds together the longest time, the most memory and the first message that is missing stay.
fn only_gets_worse(gate: &Evaluated) -> bool {
    let Evaluated { gate, value, .. } = gate;
    let at_most = matches!(gate.op, Op::Less | Op::AtMost | Op::Equal);
    let at_least = matches!(gate.op, Op::More | Op::AtLeast | Op::Equal);
    match (value, gate.limit) {
        (Value::Share { .. }, Limit::Share(share)) => {
            share >= 1.0 && at_least || share <= 0.0 && at_most
        }
        (Value::Share { count, .. } | Value::Count(count), Limit::Count(limit))
        | (Value::Bytes(count), Limit::Bytes(limit) | Limit::Count(limit)) => {
            at_most && *count >= limit
        }
        (Value::Nanos(ns), Limit::Nanos(limit)) => match find(&gate.metric) {
            Some((Metric::Max, _)) => at_most && *ns >= limit,
            Some((Metric::Min, _)) => at_least && *ns <= limit,
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Family;
    use crate::scenario::Gate;

    fn is_final(metric: &str, op: Op, limit: Limit, value: Value) -> bool {
        let text = String::new();
        let gate = Gate { metric: metric.into(), op, limit, text, reference: None, line: None };
        let (family, outcome) = (Family::Integrity, GateOutcome::Fail);
        only_gets_worse(&Evaluated { gate, family, value, outcome, why: None })
    }

    #[test]
    fn what_must_be_all_or_none_is_lost_with_the_first_message() {
        let share = |op, limit| {
            is_final("intact", op, Limit::Share(limit), Value::Share { count: 9, of: 10 })
        };
        assert!(share(Op::Equal, 1.0) && share(Op::AtLeast, 1.0) && share(Op::Equal, 0.0));
        assert!(!share(Op::AtLeast, 0.99), "later rounds may bring more that are intact");
    }

    #[test]
    fn a_count_that_is_too_high_stays_so_and_one_that_is_too_low_may_grow() {
        let count =
            |op, count| is_final("damaged", op, Limit::Count(5), Value::Share { count, of: 10 });
        assert!(count(Op::AtMost, 6) && count(Op::Equal, 6) && count(Op::Less, 5));
        assert!(!count(Op::Equal, 4) && !count(Op::AtLeast, 4) && !count(Op::More, 5));
    }

    #[test]
    fn of_times_only_the_longest_and_the_shortest_stay() {
        let time = |metric, op, ns| is_final(metric, op, Limit::Nanos(1_000), Value::Nanos(ns));
        assert!(time("max", Op::Less, 1_000) && time("max", Op::AtMost, 1_001));
        assert!(time("min", Op::More, 900));
        for metric in ["p99", "mean", "service.p99"] {
            assert!(!time(metric, Op::Less, 2_000), "{metric}");
        }
    }
}
