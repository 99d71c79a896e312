//! What a verb says when the machine cannot give what it needs. None of that is a bug.

use super::exit::ExitCode;
use super::plan::selects;
use super::screen::Screen;
use crate::run::{RunError, usable_processors};
use crate::scenario::{Diagnostics, Loaded};
use std::io;

/// Fits the cells that the filters select to this machine; the error says what it cannot give.
pub(super) fn fit(loaded: &mut Loaded, filters: &[String]) -> Result<(), Diagnostics> {
    loaded.fit(usable_processors(), &|cell| selects(filters, cell))
}

/// Tells why nothing can be run, or no further; returns the code of that.
pub(super) fn cannot_run(error: &RunError, err: &mut Screen) -> io::Result<ExitCode> {
    match error {
        RunError::Internal(what) => {
            writeln!(err, "error: {what}")?;
            writeln!(err, "This is a bug of wirebench; please report it.")?;
            Ok(ExitCode::INTERNAL)
        }
        RunError::Machine(what) | RunError::Processors(what) => {
            writeln!(err, "error: no round can be run: {what}")?;
            Ok(ExitCode::INTEGRITY)
        }
    }
}

/// Tells why there is no guard; returns the code of that.
pub(super) fn no_guard(error: &io::Error, err: &mut Screen) -> io::Result<ExitCode> {
    writeln!(err, "error: no round can be run: {error}")?;
    Ok(ExitCode::INTEGRITY)
}
