//! What came of a client alone, as a result of one cell and one round: what is told of any other is told of it.

use super::standalone::ReadyCell;
use crate::report::standalone::went_well;
use crate::result::document::JudgedBy;
use crate::result::{Disturbed, Document, Host, Outcome, Placed, Round, Tool};
use crate::scenario::{Gate, Limit, Op, Scenario};

/// What a client alone asks of its exchanges, whatever the scenario expects of a whole round.
const ASKED: [&str; 3] = ["wrong", "unanswered", "request.unsendable"];

/// The same of answers that are looked up.
const ASKED_OF_ANSWERS: [&str; 2] = ["damaged", "surplus"];

/// The result. `took_ns`: how long it took, in nanoseconds.
pub(super) fn result(
    ready: &ReadyCell,
    outcome: Outcome,
    took_ns: u64,
    interrupted: bool,
    tool: Tool,
) -> Document {
    let scenario = ready.scenario.secrets.without(&ready.scenario);
    let mut scenario = Scenario { rounds: 1, ..Scenario::clone(&scenario) };
    let judge = JudgedBy::of(&scenario.cells[0].settings);
    for cell in &mut scenario.cells {
        cell.expect = ASKED.map(none_of).into();
        if judge == JudgedBy::Echo {
            cell.expect.extend(ASKED_OF_ANSWERS.map(none_of));
        }
    }
    let lost = match &outcome {
        Outcome::Finished { client, .. } => !went_well(client, judge),
        _ => false,
    };
    let round = Round {
        cell: 0,
        round: 0,
        attempt: 0,
        seed: scenario.seed,
        began_ns: 0,
        took_ns,
        disturbed: Disturbed::default(),
        placed: Placed::default(),
        outcome,
    };
    let mut document = Document::build(&scenario, &[round], Host::read(), tool);
    document.measured(ready.plugins.measured.clone());
    document.interrupted = interrupted;
    for cell in &mut document.cells {
        let failed = cell.gates.iter().any(|gate| gate.pass == Some(false));
        if lost && !failed {
            cell.notes.push(
                "connections were lost, or something could not be sent or read, so this ends with 100: \
                 the errors say what"
                    .into(),
            );
        }
    }
    document
}

fn none_of(metric: &str) -> Gate {
    Gate {
        metric: metric.to_owned(),
        op: Op::Equal,
        limit: Limit::Count(0),
        text: "0".into(),
        reference: None,
        line: None,
    }
}
