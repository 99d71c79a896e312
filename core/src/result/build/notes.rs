//! What a reader should know before using the figures of a cell.

use crate::measure::{P99, WRONG_UNMEASURED};
use crate::result::CellData;
use crate::result::document::{AuditResult, JudgedBy};

pub(super) fn notes(data: &CellData) -> Vec<String> {
    let mut notes = Vec::new();
    match data.judge {
        JudgedBy::Ledger => {}
        JudgedBy::Echo => notes.push(
            "integrity is echo: the server is not ours, so every answer was looked up among the requests; \
             what the server received is not known"
                .into(),
        ),
        JudgedBy::HandlerOnly => notes.push(
            "integrity is handler-only: the server is not ours, so there is no ledger, and what the \
             handler does not check is not checked"
                .into(),
        ),
    }
    for (round, error) in &data.failed {
        notes.push(format!("round {round} could not be run: {error}"));
    }
    let silent = |why: &str, is: fn(u64) -> bool| {
        let rounds = data.silent_rounds.iter().filter(|(_, started)| is(*started));
        let rounds: Vec<String> = rounds.map(|(round, _)| round.to_string()).collect();
        let rounds = (!rounds.is_empty()).then(|| rounds.join(", "));
        rounds.map(|rounds| format!("nothing was measured in round {rounds}: {why}"))
    };
    notes.extend(silent("no exchange began in its measured part", |started| started == 0));
    let why = match data.connects.stood {
        0 if data.connects.begun > 0 => "no connection stood, so nothing could be asked",
        _ => "no exchange was answered",
    };
    notes.extend(silent(why, |started| started > 0));
    let ran = data.rounds_over();
    if ran < u64::from(data.planned) {
        let (lacking, planned) = (u64::from(data.planned) - ran, data.planned);
        notes.push(format!("{lacking} of {planned} rounds were not run"));
    }
    for (round, end) in &data.cut_rounds {
        notes.push(format!("round {round} {}", end.words()));
    }
    notes.extend(sent_again(data));
    notes.extend(open_loop(data));
    if data.conduct.surplus.count > 0 && data.judge == JudgedBy::Echo {
        notes.push(
            "the server sent more messages than it was asked for; where it is to speak unasked, gate \
             `surplus` (`\">= 0\"` lets it say anything)"
                .into(),
        );
    } else if data.conduct.surplus.count > 0 {
        notes.push(
            "the server sent messages that no exchange waited for, so answers may have been taken for \
             those of other exchanges; where it is to speak unasked, gate `surplus` (`\">= 0\"` lets \
             it say anything)"
                .into(),
        );
    }
    if let Some((_, wrong)) = data.errors.iter().find(|(_, error)| error.kind == WRONG_UNMEASURED) {
        notes.push(format!(
            "outside the measured part, in warm-up mostly, {} {} wrong: `done` and `wrong` count measured \
             exchanges alone",
            wrong.count,
            if wrong.count == 1 { "answer was" } else { "answers were" },
        ));
    }
    if data.undrained > 0 {
        notes.push(format!(
            "exchanges that the end of the drain has cut off before they had had `load.timeout`: {}; \
             raise `load.drain`, or leave it out",
            data.undrained
        ));
    }
    if !data.stalled_rounds.is_empty() {
        let rounds: Vec<String> = data.stalled_rounds.iter().map(u32::to_string).collect();
        notes.push(format!(
            "the ledger was full for longer than 0.1 % of the measured time lasts (round {}): the \
             bench itself slowed the sender; enlarge `load.ledger` or send less at a time",
            rounds.join(", ")
        ));
    }
    notes.extend(data.disturbances());
    if data.finished > 0 {
        notes.extend(latencies(data));
    }
    for (direction, data) in [("requests", &data.request), ("replies", &data.reply)] {
        if data.kernel_drops > 0 {
            notes.push(format!(
                "the kernel dropped {} {direction} because the receive buffer was full: enlarge \
                 `transport.receive-buffer` or send less at a time",
                data.kernel_drops
            ));
        }
        if data.ambiguous > 0 {
            notes.push(format!(
                "{} {direction} were under way together with equal ones, so no times were taken \
                 of them: larger payloads differ from each other",
                data.ambiguous
            ));
        }
    }
    if data.negative_samples > 0 {
        notes.push(format!(
            "{} one-way times would have been negative: the two clocks disagree, so one-way \
             times are not to be trusted",
            data.negative_samples
        ));
    }
    notes
}

/// What became of the plan of an open loop, where that is not all.
/// Connections that took a second and more because their first segment was not taken: what is measured of connecting
/// is the kernel's clock then.
fn sent_again(data: &CellData) -> Option<String> {
    let (count, stood) = (data.connects.sent_again, data.connects.stood);
    (count > 0).then(|| {
        format!(
            "{count} of {stood} connections stood only after their first segment was sent again, a second or more later: \
             the listener's queue was full (`net.core.somaxconn`, and what the server asks for), or it was lost"
        )
    })
}

fn open_loop(data: &CellData) -> Vec<String> {
    let mut notes = audited(&data.audit.failed().collect::<Vec<_>>());
    let Some(open) = &data.open else { return notes };
    let planned = open.planned;
    if data.is_saturated() {
        notes.push(format!(
            "saturated: of {planned} exchanges that were to start, {} were answered inside the measured \
             window, less than `load.min-achieved`: its latencies are those of a queue that grows; offer less, \
             or allow more `load.in-flight` or `load.connections`",
            data.window.answered
        ));
    }
    if let (Some(round), Some(limited)) = (data.audit.limited_round(), data.audit.limited()) {
        notes.push(format!("generator-limited (round {round}): {}", limited.sentence()));
    }
    if open.dropped > 0 {
        notes.push(format!(
            "{} of {planned} exchanges were dropped, because there was no room for them in time: each counts as \
             slower than all that were done, so percentiles among them are not told",
            open.dropped
        ));
    }
    notes
}

/// What failed checks of the load mean: a sentence for what was not as planned, and one each for what makes figures
/// uncertain.
fn audited(failed: &[AuditResult]) -> Vec<String> {
    const OF_FIGURES: [&str; 2] = ["steady", "dependence"];
    let mut notes = Vec::new();
    let of_plan = |line: &&AuditResult| !OF_FIGURES.contains(&line.check.as_str());
    let names: Vec<&str> = failed.iter().filter(of_plan).map(|line| line.check.as_str()).collect();
    // Starts that are late make gaps wrong: that is the cause.
    let cause = failed.iter().filter(of_plan).find(|line| line.check == "slip");
    if let Some(line) = cause.or(failed.iter().find(of_plan)) {
        let round = line.round.map(|round| format!(" (round {round})")).unwrap_or_default();
        notes.push(format!(
            "the load was not what was planned, by its {}: {}{round}; see `audit` of the document",
            names.join(", "),
            line.sentence
        ));
    }
    for line in failed.iter().filter(|line| !of_plan(line)) {
        notes.push(match line.check.as_str() {
            "steady" => format!("not steady: {}", line.sentence),
            _ => line.sentence.clone(),
        });
    }
    notes
}

/// Why there is no latency, or too little of it. An exchange can be done without one: where nothing
/// is awaited.
fn latencies(data: &CellData) -> Option<String> {
    let (ends, samples, needs) = (&data.exchanges, data.latency.count(), P99.needs());
    if samples >= needs {
        None
    } else if ends.started == 0 {
        Some("no exchange was measured: none began between warm-up and the end of the load".into())
    } else if ends.done == 0 {
        Some("no exchange was done: there is no latency".into())
    } else if samples == 0 && data.over(None, |data| data.ambiguous) == 0 {
        Some("the exchanges that were done waited for no answer: there is no latency".into())
    } else if samples == 0 {
        Some("no latency was taken of the exchanges that were done".into())
    } else if ends.done < needs {
        Some(format!("fewer than {needs} exchanges were done: too few for p99; measure longer"))
    } else {
        let words = "exchanges that were done have a latency: too few for p99; measure longer";
        Some(format!("fewer than {needs} of the {words}"))
    }
}
