//! What a verb says when the machine cannot give what it needs. None of that is a bug.

use super::args::ScenarioArgs;
use super::exit::ExitCode;
use super::files::load_file;
use super::plan::selects;
use super::screen::Screen;
use crate::host::Program;
use crate::run::{RunError, Runner, Which, usable_processors};
use crate::scenario::{Diagnostics, Loaded};
use std::io;
use std::path::Path;

/// Reads and checks one scenario, and fits it to this machine, unless the profile leaves it out.
pub(super) fn load_fitted(
    file: &Path,
    args: &ScenarioArgs,
    filters: &[String],
) -> Result<Loaded, Diagnostics> {
    let mut loaded = load_file(file, args)?;
    if !loaded.skipped {
        fit(&mut loaded, filters)?;
    }
    Ok(loaded)
}

/// Fits the cells that the filters select to this machine; the error says what it cannot give.
pub(super) fn fit(loaded: &mut Loaded, filters: &[String]) -> Result<(), Diagnostics> {
    loaded.fit(&usable_processors(), &|cell| selects(filters, cell))
}

/// Tells why nothing can be run, or no further; returns the code of that.
pub(super) fn cannot_run(error: &RunError, err: &mut Screen) -> io::Result<ExitCode> {
    writeln!(err, "error: {error}")?;
    match error {
        RunError::Internal(_) => {
            writeln!(err, "This is a bug of wirebench; please report it.")?;
            Ok(ExitCode::INTERNAL)
        }
        RunError::Program(which, _) => Ok(gave_up(*which)),
        RunError::Machine(_) | RunError::Processors(_) => Ok(ExitCode::INTEGRITY),
    }
}

/// What it means that the program of this build played no further.
pub(super) fn gave_up(which: Which) -> ExitCode {
    match which {
        Which::Baseline => ExitCode::INCOMPARABLE,
        Which::New => ExitCode::INTEGRITY,
    }
}

/// Starts what runs rounds, with this very program. Where that fails, why has been told, and the inner
/// error is the code.
pub(super) fn start_runner(err: &mut Screen) -> io::Result<Result<Runner, ExitCode>> {
    match Program::this().and_then(|program| Runner::start(program.executable())) {
        Ok(runner) => Ok(Ok(runner)),
        Err(error) => cannot_run(&RunError::Machine(error), err).map(Err),
    }
}
