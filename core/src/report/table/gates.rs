//! Gates that do not hold, or cannot be told, in words.

use super::findings::SHOWN;
use crate::report::numbers;
use crate::result::document::{CellResult, GateResult};
use crate::result::{Document, ratio};
use crate::scenario::ratio_limit;

/// What is said of the gates between cells that do not hold, or cannot be told, for a page without
/// sections.
pub(crate) fn gates_between_cells(document: &Document) -> Vec<String> {
    let open = document.cells.iter().flat_map(|cell| {
        let gates = cell.gates.iter().filter(|gate| gate.against.is_some());
        gates.filter(|gate| gate.pass != Some(true)).map(move |gate| (cell, gate))
    });
    let words = |(cell, gate): (&CellResult, &GateResult)| match gate.pass {
        Some(_) => gate_words(cell, gate),
        None => format!("{}: {}", cell.id, untold_words(gate)),
    };
    let more = open.clone().count().saturating_sub(SHOWN);
    let mut lines: Vec<String> = open.take(SHOWN).map(words).collect();
    lines.extend((more > 0).then(|| format!("and {more} more (all are in result.json)")));
    lines
}

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
    if gate.against.is_some()
        && let Some((ratio, (_, limit))) = gate.value.zip(ratio_limit(&gate.limit))
    {
        let ratio = ratio::words(ratio, gate.interval, limit);
        return format!("{id}: {}: {ratio}, not {}", gate.gate, gate.limit);
    }
    let value = numbers::figure(gate.value, gate.unit.as_deref());
    let (metric, limit) = (&gate.gate, &gate.limit);
    format!("{id}: {metric} is {value}, the limit is {limit}")
}
