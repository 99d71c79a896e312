//! `wirebench runs show`: a run that is named in few words, printed as `report` prints it.

use super::{Kept, kept, name_of, there};
use crate::cli::args::RunsShowArgs;
use crate::cli::exit::ExitCode;
use crate::cli::report::report;
use crate::cli::screen::Screen;
use crate::result::runs::KeptRun;
use crate::text::path as shown;
use std::io;

/// Means the newest run of all.
const LATEST: &str = "latest";

/// Runs that are told where several are meant.
const TOLD: usize = 10;

/// Prints the run.
pub(super) fn show(
    args: &RunsShowArgs,
    color: bool,
    out: &mut Screen,
    err: &mut Screen,
) -> io::Result<ExitCode> {
    let kept = match kept(&args.kept, &[], color, err)? {
        Ok(kept) => kept,
        Err(code) => return Ok(code),
    };
    match meant(&args.run, &kept.runs).as_slice() {
        [run] => report(&[run.path().to_owned()], &args.again, color, out, err),
        [] => {
            none(&args.run, &kept, err)?;
            Ok(ExitCode::NOTHING)
        }
        several => {
            let mut names: Vec<String> = several.iter().map(|run| name_of(run)).collect();
            let more = names.len().saturating_sub(TOLD);
            names.truncate(TOLD);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            writeln!(err, "error: `{}` may be {}{more}; say which", args.run, names.join(", "))?;
            Ok(ExitCode::USAGE)
        }
    }
}

/// The runs that may be meant, of those that are kept, the newest of which is the first.
fn meant<'a>(wanted: &str, runs: &'a [KeptRun]) -> Vec<&'a KeptRun> {
    if wanted == LATEST {
        return newest(runs.iter());
    }
    if let Some((scenario, run)) = wanted.split_once('/') {
        let of_scenario = runs.iter().filter(|one| one.scenario() == scenario);
        return match run {
            LATEST => newest(of_scenario),
            run => begun(run, of_scenario),
        };
    }
    if runs.iter().any(|run| run.scenario() == wanted) {
        return newest(runs.iter().filter(|run| run.scenario() == wanted));
    }
    begun(wanted, runs.iter())
}

/// The newest that `latest` points to, or else the newest.
fn newest<'a>(runs: impl Iterator<Item = &'a KeptRun> + Clone) -> Vec<&'a KeptRun> {
    let latest = runs.clone().find(|run| run.is_latest());
    latest.or_else(|| runs.clone().next()).into_iter().collect()
}

/// Those that are called so, or else those whose names begin so.
fn begun<'a>(name: &str, runs: impl Iterator<Item = &'a KeptRun> + Clone) -> Vec<&'a KeptRun> {
    let called: Vec<&KeptRun> = runs.clone().filter(|run| run.id() == name).collect();
    if called.is_empty() && !name.is_empty() {
        return runs.filter(|run| run.id().starts_with(name)).collect();
    }
    called
}

fn none(wanted: &str, kept: &Kept, err: &mut Screen) -> io::Result<()> {
    let mut names: Vec<&str> = kept.runs.iter().map(KeptRun::scenario).collect();
    names.sort_unstable();
    names.dedup();
    let wanted_scenario = wanted.split('/').next().unwrap_or_default();
    writeln!(
        err,
        "error: there is no run `{wanted}` in {}{}; `wirebench runs list` shows all",
        shown(&kept.folder),
        there(wanted_scenario, &names)
    )
}
