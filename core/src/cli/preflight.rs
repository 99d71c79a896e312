//! What cells need of this machine before any of their connections is opened.

use super::exit::ExitCode;
use super::run::ReadyScenario;
use super::screen::Screen;
use crate::host::limits;
use crate::run::{Budget, Machine, Need, budgets};
use crate::scenario::{Cell, Scenario, Settings};
use crate::text::path;
use std::io;
use std::path::Path;

/// With fewer connections, a plan tells only what is lacking.
const MANY: u64 = 1_000;

/// Looks at this machine.
pub(super) fn machine() -> Machine {
    Machine::read(Path::new("/")).started_with(limits::files_at_start())
}

/// Tells what this machine lacks for what is to be run; the code of that, where it lacks something. Nothing was
/// started yet.
pub(super) fn lacking(ready: &[ReadyScenario], err: &mut Screen) -> io::Result<Option<ExitCode>> {
    let (machine, mut lacks) = (machine(), false);
    for one in ready {
        for (cell, budget, others) in shortages(&one.scenario, &machine) {
            let others = match others {
                0 => String::new(),
                more => format!(" (and {more} more)"),
            };
            writeln!(err, "error: {}: cell {}{others}: {budget}", path(&one.file), cell.id)?;
            lacks = true;
        }
    }
    Ok(lacks.then_some(ExitCode::INTEGRITY))
}

/// What is short for any of a scenario's cells: each thing once, with the cell that needs most of it and how many
/// others lack it too.
fn shortages<'a>(scenario: &'a Scenario, machine: &Machine) -> Vec<(&'a Cell, Budget, usize)> {
    let mut found: Vec<(&Cell, Budget, usize)> = Vec::new();
    for cell in &scenario.cells {
        let all = budgets(&Need::of(&cell.settings), machine);
        for budget in all.into_iter().filter(Budget::is_short) {
            match found.iter_mut().find(|(_, other, _)| other.what == budget.what) {
                None => found.push((cell, budget, 0)),
                Some(most) => {
                    most.2 += 1;
                    if most.1.needed < budget.needed {
                        (most.0, most.1) = (cell, budget);
                    }
                }
            }
        }
    }
    found
}

/// What a plan says of a cell: what it needs, where that is much, and what is lacking.
pub(super) fn lines(settings: &Settings, machine: &Machine) -> Vec<String> {
    let need = Need::of(settings);
    let all = budgets(&need, machine);
    let mut lines = Vec::new();
    if need.connections >= MANY && !all.is_empty() {
        let told: Vec<String> = all.iter().map(Budget::told).collect();
        lines.push(format!("needs   {}", told.join("; ")));
    }
    let short = all.iter().filter(|budget| budget.is_short());
    lines.extend(short.map(|budget| format!("lacks   {budget}")));
    lines
}
