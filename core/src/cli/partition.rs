//! `--partition 2/5`: one part of what was to be run.

use super::plan::usual_ns;
use crate::scenario::{Partition, PartitionInfo, PlannedCell, Scenario, divide};

/// What a round is taken for that ends by its messages: nobody knows how long it takes.
const UNKNOWN_NS: u64 = 1_000_000_000;

/// Leaves of each scenario the cells of this part, perhaps none. Each then says what it is a part of.
pub(super) fn leave(partition: Partition, mut scenarios: Vec<&mut Scenario>) {
    let all: Vec<&Scenario> = scenarios.iter().map(|scenario| &**scenario).collect();
    let planned = |scenario: &Scenario, cell: usize| {
        let takes = usual_ns(&scenario.cells[cell].settings.load).unwrap_or(UNKNOWN_NS);
        u128::from(scenario.rounds) * u128::from(takes)
    };
    let divided = divide(&all, planned, partition.of());
    let with_cells = all.iter().filter(|scenario| !scenario.cells.is_empty());
    let names: Vec<String> = with_cells.map(|scenario| scenario.name.clone()).collect();
    for (scenario, parts) in scenarios.iter_mut().zip(divided) {
        let planned = |(cell, part): (&crate::scenario::Cell, &u32)| PlannedCell {
            id: cell.id.clone(),
            part: *part,
        };
        scenario.partition = Some(PartitionInfo {
            part: partition.part(),
            of: partition.of(),
            cells: scenario.cells.iter().zip(&parts).map(planned).collect(),
            scenarios: names.clone(),
        });
        let mut parts = parts.into_iter();
        scenario.cells.retain(|_| parts.next() == Some(partition.part()));
    }
}
