//! On which line of the scenario's file each gate stands, for whoever points at it.

use crate::diagnostics::Place;
use crate::places::CellPlaces;
use crate::plan::Cell;

/// Notes the lines of all gates that stand in the file, which is source `file`.
pub(crate) fn number(cells: &mut [Cell], places: &[CellPlaces], file: u32, text: &str) {
    let starts: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
    let line = |place: &Place| {
        let before = starts.partition_point(|start| *start <= place.start());
        place.is_in(file).then(|| u32::try_from(before + 1).unwrap_or(u32::MAX))
    };
    for (cell, places) in cells.iter_mut().zip(places) {
        for (gate, place) in cell.expect.iter_mut().zip(&places.gates) {
            gate.line = line(place);
        }
    }
}
