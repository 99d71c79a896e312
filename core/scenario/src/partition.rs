//! Parts of a run, for as many machines.
//!
//! Every cell is in exactly one part, with all its rounds, and with the cells that its gates hold it against. Parts
//! take about as long as each other, by what the plan says: the longest cells are given away first, each to the part
//! that has least to do (R. L. Graham, *Bounds on multiprocessing timing anomalies*, SIAM J. Appl. Math. 17, 1969).
//! The same cells are always divided the same way.

use super::plan::Scenario;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// The most parts of a run.
pub const MOST_PARTS: u32 = 10_000;

/// One of so many parts: `2/5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    part: u32,
    of: u32,
}

impl Partition {
    /// Reads `2/5`. The error says what is wrong with the text.
    pub fn read(text: &str) -> Result<Self, String> {
        let form = || format!("`{text}` is not of the form PART/PARTS, such as `2/5`");
        let (part, of) = text.split_once('/').ok_or_else(form)?;
        let number = |text: &str| text.trim().parse::<u32>().map_err(|_| form());
        let (part, of) = (number(part)?, number(of)?);
        if of == 0 || of > MOST_PARTS {
            return Err(format!("`{text}`: there are between 1 and {MOST_PARTS} parts"));
        }
        if part == 0 || part > of {
            return Err(format!("`{text}`: parts are counted from 1 to {of}"));
        }
        Ok(Self { part, of })
    }

    /// Which part, from 1.
    pub fn part(self) -> u32 {
        self.part
    }

    /// Of how many.
    pub fn of(self) -> u32 {
        self.of
    }
}

/// What a part knows of the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionInfo {
    /// Which part it is, from 1.
    pub part: u32,
    /// Of how many.
    pub of: u32,
    /// All cells of the scenario that are played in any part, in order.
    pub cells: Vec<PlannedCell>,
    /// The names of all scenarios of which any part plays cells: a part may have none of some.
    pub scenarios: Vec<String>,
}

/// A cell of the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedCell {
    /// Its id.
    pub id: String,
    /// The part that plays it, from 1.
    pub part: u32,
}

/// The part of each cell of each scenario, from 1. `planned`: how long a cell takes, in any unit.
pub fn divide(
    scenarios: &[&Scenario],
    planned: impl Fn(&Scenario, usize) -> u128,
    parts: u32,
) -> Vec<Vec<u32>> {
    let mut units: Vec<(u128, usize, Vec<usize>)> = Vec::new();
    for (at, scenario) in scenarios.iter().enumerate() {
        for cells in held_together(scenario) {
            let takes = cells.iter().map(|cell| planned(scenario, *cell)).sum();
            units.push((takes, at, cells));
        }
    }
    // The longest first; of those that are as long the first.
    units.sort_by_key(|(takes, ..)| Reverse(*takes));
    let mut busy: BinaryHeap<Reverse<(u128, u32)>> =
        (1..=parts).map(|part| Reverse((0, part))).collect();
    let mut divided: Vec<Vec<u32>> =
        scenarios.iter().map(|scenario| vec![0; scenario.cells.len()]).collect();
    for (takes, at, cells) in units {
        let Some(Reverse((before, part))) = busy.pop() else { break };
        busy.push(Reverse((before + takes.max(1), part)));
        cells.iter().for_each(|cell| divided[at][*cell] = part);
    }
    divided
}

/// Cells that gates hold against each other, those of a search that differ in what it varies, and each other cell by
/// itself.
fn held_together(scenario: &Scenario) -> Vec<Vec<usize>> {
    let cells = &scenario.cells;
    let numbers: HashMap<&str, usize> =
        cells.iter().enumerate().map(|(number, cell)| (cell.id.as_str(), number)).collect();
    let mut heads: Vec<usize> = (0..cells.len()).collect();
    for (number, cell) in cells.iter().enumerate() {
        for reference in cell.expect.iter().filter_map(|gate| gate.reference.as_ref()) {
            if let Some(other) = numbers.get(reference.cell.as_str()) {
                let (one, other) = (head(&mut heads, number), head(&mut heads, *other));
                heads[one.max(other)] = one.min(other);
            }
        }
    }
    for group in scenario.search_groups() {
        for pair in group.windows(2) {
            let (one, other) = (head(&mut heads, pair[0]), head(&mut heads, pair[1]));
            heads[one.max(other)] = one.min(other);
        }
    }
    let mut units: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<usize, usize> = HashMap::new();
    for number in 0..cells.len() {
        let unit = *known.entry(head(&mut heads, number)).or_insert(units.len());
        match units.get_mut(unit) {
            Some(unit) => unit.push(number),
            None => units.push(vec![number]),
        }
    }
    units
}

/// The first cell of those that this one is held together with.
fn head(heads: &mut [usize], of: usize) -> usize {
    let mut at = of;
    while heads[at] != at {
        heads[at] = heads[heads[at]];
        at = heads[at];
    }
    at
}
