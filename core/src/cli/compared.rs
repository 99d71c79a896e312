//! A comparison's verdict, and how it is printed: what `run`, `compare` and `report` have in common.

use super::exit::ExitCode;
use super::screen::Screen;
use super::show::terminal_width;
use crate::compare::{Comparison, How, Standing, read};
use crate::report::{Format, comparison, comparison_in_markdown, reason};
use crate::result::Document;
use crate::result::journal::{regular_file, replace};
use crate::text::{Json, path as shown};
use std::path::Path;

/// The file, in the run's folder, that the comparison of a paired run is kept in.
const COMPARISON_FILE: &str = "comparison.json";

/// The files beside which it stands there.
const FILES_OF_A_RUN: [&str; 2] = ["result.json", "journal.jsonl"];

/// Characters of a cause that are told.
const LONGEST_CAUSE: usize = 500;

/// What a comparison means for the exit code.
pub(super) fn verdict(compared: &Comparison, lost_the_baseline: bool, strict: bool) -> ExitCode {
    match compared.standing {
        Standing::Regressed => ExitCode::REGRESSION,
        _ if lost_the_baseline => ExitCode::INCOMPARABLE,
        Standing::Inconclusive => ExitCode::INCONCLUSIVE,
        Standing::PartlyTold if strict => ExitCode::INCONCLUSIVE,
        _ => ExitCode::SUCCESS,
    }
}

/// Prints it in the format of the result, where that is for people. Documents have it in a file of its own.
pub(super) fn print(
    compared: &Comparison,
    format: Format,
    color: bool,
    out: &mut Screen,
) -> std::io::Result<()> {
    match format {
        Format::Table => out.page(&comparison(compared, color, terminal_width())),
        Format::Markdown => out.page(&comparison_in_markdown(compared)),
        _ => Ok(()),
    }
}

/// The same below something else.
pub(super) fn print_below(
    compared: &Comparison,
    format: Format,
    color: bool,
    out: &mut Screen,
) -> std::io::Result<()> {
    if format.is_text() {
        writeln!(out)?;
    }
    print(compared, format, color, out)
}

/// Says why it fails, whatever else is printed.
pub(super) fn tell(
    compared: &Comparison,
    lost_the_baseline: bool,
    err: &mut Screen,
) -> std::io::Result<()> {
    if lost_the_baseline {
        let lost: Vec<&String> = compared.cells.iter().flat_map(|cell| &cell.lost).collect();
        let first = lost.first().map_or("", |lost| lost.as_str());
        writeln!(err, "error: the baseline did not get through its rounds: {first}")?;
    }
    match reason(compared) {
        Some(why) => writeln!(err, "error: {why}"),
        None => Ok(()),
    }
}

/// Keeps the comparison beside the result.
pub(super) fn keep(
    compared: &Comparison,
    folder: Option<&Path>,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let Some(folder) = folder else { return Ok(ExitCode::SUCCESS) };
    let file = folder.join(COMPARISON_FILE);
    let kept = replace(&file, |to| compared.write(&mut Json(to)));
    match kept {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            writeln!(err, "error: the comparison cannot be kept in {}: {error}", shown(&file))?;
            Ok(ExitCode::RESULT)
        }
    }
}

/// The comparison that a paired run has left beside its result, which was read from `file`; `None`: it was no
/// paired run. The error says what is wrong with it.
pub(super) fn beside(file: &Path, result: &Document) -> Result<Option<Comparison>, String> {
    if !FILES_OF_A_RUN.iter().any(|name| file.file_name().is_some_and(|own| own == *name)) {
        return Ok(None);
    }
    let path = file.with_file_name(COMPARISON_FILE);
    if path.symlink_metadata().is_err() {
        return Ok(None);
    }
    let kept = regular_file(&path).map_err(|error| error.to_string())?;
    let wrong = |cause: String| {
        let cause: String = cause.chars().take(LONGEST_CAUSE).collect();
        format!("{}: {cause}; measure again, or take it out of the run's folder", shown(&path))
    };
    let compared = read(kept).map_err(wrong)?;
    // Whoever has compared this result with others may have put that here.
    if compared.how == How::Stored {
        return Ok(None);
    }
    if compared.run != result.run {
        return Err(wrong("it is of another run than the result beside it".into()));
    }
    Ok(Some(compared))
}
