//! Gates that do not hold, or cannot be told, in words.

use crate::report::numbers;
use crate::result::document::{CellResult, GateResult};
use crate::result::ratio;
use crate::scenario::ratio_limit;

/// Why a gate cannot be told.
pub(crate) fn untold_words(gate: &GateResult) -> String {
    let why = gate.why.as_deref().unwrap_or("its value is not known");
    format!("{} {}: {why}", gate.gate, gate.limit)
}

/// That a gate does not hold.
pub(crate) fn gate_words(cell: &CellResult, gate: &GateResult) -> String {
    gate_words_of(&cell.id, gate)
}

/// That a gate of what has this name does not hold.
pub(crate) fn gate_words_of(id: &str, gate: &GateResult) -> String {
    format!("{id}: {}", failed_gate_words(gate))
}

/// The same, where it is known whose gate it is.
pub(crate) fn failed_gate_words(gate: &GateResult) -> String {
    if gate.against.is_some()
        && let Some((ratio, (_, limit))) = gate.value.zip(ratio_limit(&gate.limit))
    {
        let ratio = ratio::words(ratio, gate.interval, limit);
        return format!("{}: {ratio}, not {}", gate.gate, gate.limit);
    }
    let value = numbers::figure(gate.value, gate.unit.as_deref());
    let (metric, limit) = (&gate.gate, &gate.limit);
    format!("{metric} is {value}, the limit is {limit}")
}
