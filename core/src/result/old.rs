//! What the first schema said otherwise.
//!
//! Its measured part ended with the last start, and every exchange that started before counted in
//! the rate, whenever it was answered. So what it calls done is what was completed, as far as is
//! known, and its rate may be too high: that is said of every cell. Its highest percentiles could be
//! one sample too far: they are read from the histogram again. Of a gate without a value it said why in
//! words alone.

use super::Round;
use super::document::{CellResult, JudgedBy};
use crate::measure::{P99_9, P99_99};
use serde_json::{Value, json};

/// What every cell has to say besides.
pub(super) const REMARK: &str = "measured by an older wirebench (schema 1): its rate counts answers \
    that came after the measured part, so it may be too high";

/// Says in a cell what this schema says. Fields that only have another name are read under both.
pub(super) fn upgrade_cell(cell: &mut CellResult) {
    cell.exchanges.completed = cell.exchanges.done;
    cell.rate.achieved = cell.rate.achieved.filter(|rate| *rate > 0.0);
    for round in &mut cell.rounds {
        round.completed = round.done;
        round.rate = round.rate.filter(|rate| *rate > 0.0);
    }
    for gate in &mut cell.gates {
        let why = gate.why.as_deref().unwrap_or_default();
        let some = why.contains("samples are too few") && !why.starts_with("0 ");
        gate.unsampled = gate.pass.is_none() && gate.value.is_none() && !some;
    }
    for times in cell.times_mut() {
        if let Some(histogram) = &times.histogram {
            times.p99_9 = P99_9.of(histogram);
            times.p99_99 = P99_99.of(histogram);
        }
    }
    if cell.integrity.judge == JudgedBy::HandlerOnly {
        forget_the_unknown(cell);
    }
    cell.notes.push(REMARK.into());
}

/// Against a server that is not ours, it said 0 of what nobody could know.
fn forget_the_unknown(cell: &mut CellResult) {
    cell.integrity.reply = None;
    let requests = &mut cell.integrity.request;
    for count in [
        &mut requests.copies,
        &mut requests.late,
        &mut requests.unexpected_bytes,
        &mut requests.unexpected_messages,
        &mut requests.kernel_drops,
        &mut requests.ambiguous,
        &mut cell.negative_samples,
        &mut cell.wire.payload_bytes,
        &mut cell.wire.wire_bytes,
        &mut cell.wire.writes,
        &mut cell.wire.reads,
        &mut cell.wire.stalls,
        &mut cell.wire.stalled_ns,
    ] {
        *count = None;
    }
    for round in &mut cell.rounds {
        (round.sent, round.intact) = (None, None);
    }
    let Some(link) = &mut cell.link else { return };
    for direction in [&mut link.request, &mut link.reply] {
        direction.attribution = None;
        (direction.untraced, direction.unconfirmed_pieces, direction.forgotten) =
            (None, None, None);
        direction.faults.iter_mut().for_each(|fault| fault.traced = None);
    }
}

/// A line of a journal.
pub(super) fn round(line: &[u8]) -> serde_json::Result<Round> {
    let mut round: Value = serde_json::from_slice(line)?;
    let client = round.pointer_mut("/outcome/finished/client").and_then(Value::as_object_mut);
    if let Some(client) = client {
        let count = |of: Option<&Value>| of.and_then(Value::as_u64).unwrap_or(0);
        let exchanges = client.get("exchanges");
        let ends = |name| count(exchanges.and_then(|exchanges| exchanges.get(name)));
        let (length_ns, started) = (count(client.get("measured_ns")), ends("started"));
        let window = json!({
            "length_ns": length_ns,
            "started": started,
            "ended": started,
            "completed": if length_ns > 0 { ends("done") } else { 0 },
            "completed_payload_bytes": count(client.get("done_payload_bytes")),
        });
        client.insert("window".into(), window);
    }
    serde_json::from_value(round)
}
