//! Whether the rounds of a journal can all be true together.

use super::Header;
use crate::result::{MOST_RETRIES, Outcome, Round, conserve};
use std::collections::{HashMap, HashSet};

/// The rounds that were told so far.
#[derive(Debug, Default)]
pub(super) struct Told {
    cells: HashMap<usize, OfCell>,
    count: usize,
}

/// Those of the latest attempt at a cell.
#[derive(Debug, Default)]
struct OfCell {
    attempt: u32,
    rounds: HashSet<u32>,
}

impl Told {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Adds a round; the error says why it cannot be true beside the header and the rounds before it.
    pub(super) fn add(&mut self, header: &Header, round: &Round) -> Result<(), String> {
        let (cells, rounds) = (header.scenario.cells.len(), header.scenario.most_rounds());
        if round.cell >= cells {
            return Err(format!("it is of cell {}, but there are only {cells}", round.cell));
        }
        if round.round >= rounds {
            return Err(format!("it is round {}, but each cell has only {rounds}", round.round));
        }
        let of_cell = self.cells.entry(round.cell).or_default();
        if round.attempt != of_cell.attempt {
            of_cell.again(header, round)?;
        }
        if !of_cell.rounds.insert(round.round) {
            return Err(format!("round {} of cell {} is told twice", round.round, round.cell));
        }
        self.count += 1;
        match &round.outcome {
            Outcome::Finished { client, server, .. } => conserve(client, server),
            Outcome::Crashed(_) | Outcome::Failed { .. } => Ok(()),
        }
    }
}

impl OfCell {
    /// Begins another attempt. A cell is played again when all of its rounds are over, and each time after the
    /// one before; but one that is held against another may come to fail because that was played again.
    fn again(&mut self, header: &Header, round: &Round) -> Result<(), String> {
        let Round { cell, attempt, .. } = *round;
        let last = self.attempt;
        if attempt > MOST_RETRIES {
            return Err(format!("it is of attempt {attempt}, but {MOST_RETRIES} is the last"));
        }
        let gates = &header.scenario.cells[cell].expect;
        let waits = gates.iter().any(|gate| gate.reference.is_some());
        if attempt < last || attempt > last + 1 && !waits {
            return Err(format!("attempt {attempt} at cell {cell} follows attempt {last}"));
        }
        if self.rounds.len() < header.scenario.rounds as usize {
            return Err(format!(
                "attempt {attempt} at cell {cell} begins before attempt {last} has all its rounds"
            ));
        }
        *self = Self { attempt, rounds: HashSet::new() };
        Ok(())
    }
}
