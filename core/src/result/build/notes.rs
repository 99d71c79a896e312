//! What a reader should know before using the figures of a cell.

use crate::result::CellData;
use crate::result::times::P99;

pub(super) fn notes(data: &CellData) -> Vec<String> {
    let mut notes = Vec::new();
    if data.handler_only {
        notes.push(
            "integrity is handler-only: the server is not ours, so there is no ledger, and what the \
             handler does not check is not checked"
                .into(),
        );
    }
    for (round, error) in &data.failed {
        notes.push(format!("round {round} could not be run: {error}"));
    }
    let ran = u64::from(data.finished) + (data.crashes.len() + data.failed.len()) as u64;
    if ran < u64::from(data.planned) {
        let (lacking, planned) = (u64::from(data.planned) - ran, data.planned);
        notes.push(format!("{lacking} of {planned} rounds were not run"));
    }
    if !data.stalled_rounds.is_empty() {
        let rounds: Vec<String> = data.stalled_rounds.iter().map(u32::to_string).collect();
        notes.push(format!(
            "the ledger was full for more than 0.1 % of the measured time (round {}): the bench \
             itself slowed the sender; enlarge `load.ledger` or send less at a time",
            rounds.join(", ")
        ));
    }
    notes.extend(data.disturbances());
    let samples = data.latency.count();
    if data.finished > 0 && samples < P99.needs {
        notes.push(if samples == 0 {
            "no exchange was done: there is no latency".into()
        } else {
            format!("fewer than {} exchanges were done: too few for p99; measure longer", P99.needs)
        });
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
