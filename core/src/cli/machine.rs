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
    writeln!(err, "error: no round can be run: the guard process cannot be started: {error}")?;
    if let Some(step) = next_step(error) {
        writeln!(err, "{step}")?;
    }
    Ok(ExitCode::INTEGRITY)
}

/// What lifts the limit that an error is about, if it is about one.
fn next_step(error: &io::Error) -> Option<&'static str> {
    use io::ErrorKind::{
        NotADirectory, NotFound, PermissionDenied, ReadOnlyFilesystem, StorageFull,
    };
    Some(match (error.raw_os_error(), error.kind()) {
        (Some(libc::EMFILE | libc::ENFILE), _) => {
            "Too many files are open: raise the limit (`ulimit -n`)."
        }
        (Some(libc::EAGAIN), _) => {
            "Too many processes run: raise the limit (`ulimit -u`, or `pids.max` of the control \
             group)."
        }
        (_, NotADirectory | NotFound | PermissionDenied | ReadOnlyFilesystem | StorageFull) => {
            "A folder for temporary files is needed: set TMPDIR to one that may be written to."
        }
        _ => return None,
    })
}
