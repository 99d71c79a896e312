//! What is told of flaky cells, and what they mean.

use super::args::{Flaky, FlakyArgs};
use super::exit::{ExitCode, worst};
use super::screen::Screen;
use super::show::REASONS;
use crate::measure::Family;
use crate::report::flaky;
use crate::result::Document;
use crate::result::document::{CellVerdict, Ending};

/// Says which cells are flaky and why they failed; returns what that means for the exit code.
pub(super) fn tell_flaky(
    document: &Document,
    args: FlakyArgs,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let fails = args.flaky == Some(Flaky::Fail);
    let mut lines = flaky(document, REASONS).into_iter();
    if let Some(first) = lines.next() {
        writeln!(err, "{}: {first}", if fails { "error" } else { "warning" })?;
    }
    lines.try_for_each(|line| writeln!(err, "{line}"))?;
    Ok(if fails { failed_before(document) } else { ExitCode::SUCCESS })
}

/// The code that flaky cells had when they failed.
fn failed_before(document: &Document) -> ExitCode {
    let flaky = document.cells.iter().filter(|cell| cell.verdict == CellVerdict::Flaky);
    let families = flaky.filter_map(|cell| cell.failed_before().and_then(Ending::family));
    let codes: Vec<ExitCode> = families
        .map(|family| match family {
            Family::Integrity => ExitCode::INTEGRITY,
            Family::Cost => ExitCode::COST,
        })
        .collect();
    worst(&codes)
}
