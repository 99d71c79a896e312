//! `wirebench report`: a kept run again, in any format and with the exit code it had.

use super::args::ReportArgs;
use super::compared::{beside, print_below, tell, verdict};
use super::exit::{ExitCode, worst};
use super::outputs::Printing;
use super::screen::Screen;
use super::show::{ShowOptions, judged, show, told, write_json};
use crate::result::Stored;
use crate::result::journal::{Opened, Rounds, open};

use std::path::Path;

/// Makes the result of a journal, or reads a document, and prints it.
pub(super) fn report(
    args: &ReportArgs,
    color: bool,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let mut printing = match Printing::open(args.format, args.json.as_deref(), args.quiet) {
        Ok(printing) => printing,
        Err((code, why)) => {
            writeln!(err, "error: {why}")?;
            return Ok(code);
        }
    };
    let (path, opened) = match open(&args.run) {
        Ok(found) => found,
        Err(error) => return told(Err(error.into()), err),
    };
    let rounds = match opened {
        Opened::Document(mut result) => {
            return print(args, color, &path, &mut printing, &mut result, out, err);
        }
        Opened::Journal(rounds) => rounds,
    };
    remarks(&rounds, err)?;
    match rounds.result() {
        Ok(mut result) => print(args, color, &path, &mut printing, &mut result, out, err),
        Err(error) => told(Err(error.into()), err),
    }
}

/// What is missing of a run that was killed.
fn remarks(rounds: &Rounds, err: &mut Screen) -> std::io::Result<()> {
    if let Some(bytes) = rounds.torn_bytes() {
        writeln!(
            err,
            "note: the last line of the journal has no end; its {bytes} bytes are left out"
        )?;
    }
    let (there, planned) = (rounds.count(), rounds.planned());
    if there < planned {
        writeln!(err, "note: {there} of {planned} rounds are in the journal")?;
    }
    Ok(())
}

fn print(
    args: &ReportArgs,
    color: bool,
    path: &Path,
    printing: &mut Printing,
    result: &mut Stored,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let mut codes = vec![judged(result.document(), args.strict)];
    let compared = match beside(path, result.document()) {
        Ok(compared) => compared,
        Err(why) => {
            writeln!(err, "error: {why}")?;
            codes.push(ExitCode::RESULT);
            None
        }
    };
    if let Some(format) = printing.printed {
        let kept_in = path.parent().map(Path::to_owned);
        let shown = ShowOptions { format, trace: args.trace, color, kept_in };
        codes.push(told(show(result, shown, out), err)?);
        if let Some(compared) = &compared {
            print_below(compared, format, color, out)?;
        }
    }
    if let Some(target) = &mut printing.json {
        codes.push(write_json(target, result, out, err)?);
    }
    if let Some(compared) = &compared {
        let lost = compared.lost_the_baseline();
        codes.push(verdict(compared, lost, args.strict));
        tell(compared, lost, err)?;
    }
    Ok(worst(&codes))
}
