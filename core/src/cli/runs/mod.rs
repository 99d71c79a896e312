//! `wirebench runs`: what is kept, listed, printed again and removed.

mod list;
mod prune;
mod show;

pub(super) use prune::prune_behind;

use super::args::{KeptArgs, RunsArgs, RunsVerb};
use super::config::results_folder;
use super::exit::ExitCode;
use super::screen::Screen;
use crate::result::runs::{KeptRun, find};
use crate::text::path as shown;
use std::io;
use std::path::PathBuf;
use wirebench_values::similar;

/// Does what is asked for with the runs that are kept.
pub(super) fn runs(
    args: &RunsArgs,
    color_of_out: bool,
    color: bool,
    out: &mut Screen,
    err: &mut Screen,
) -> io::Result<ExitCode> {
    match &args.verb {
        RunsVerb::List(args) => list::list(args, color, out, err),
        RunsVerb::Show(args) => show::show(args, color_of_out, out, err),
        RunsVerb::Prune(args) => prune::prune(args, color, out, err),
    }
}

/// What is kept.
struct Kept {
    folder: PathBuf,
    /// The newest first.
    runs: Vec<KeptRun>,
    /// Runs of each scenario that stay, by `wirebench.toml`.
    keep: Option<u64>,
}

/// Finds the runs of these scenarios, or of all. The inner error is the code of what was wrong, told already.
fn kept(
    args: &KeptArgs,
    scenarios: &[String],
    color: bool,
    err: &mut Screen,
) -> io::Result<Result<Kept, ExitCode>> {
    let (folder, keep) = match results_folder(args.out.as_ref(), &args.config, color, err)? {
        Ok(settled) => settled,
        Err(code) => return Ok(Err(code)),
    };
    let runs = match find(&folder, &[]) {
        Ok(runs) => runs,
        Err(error) => {
            writeln!(err, "error: the runs in {} cannot be listed: {error}", shown(&folder))?;
            return Ok(Err(ExitCode::RESULT));
        }
    };
    let mut names: Vec<&str> = runs.iter().map(KeptRun::scenario).collect();
    names.sort_unstable();
    names.dedup();
    if let Some(none) = scenarios.iter().find(|name| !names.contains(&name.as_str())) {
        writeln!(
            err,
            "error: no run of `{none}` is kept in {}{}",
            shown(&folder),
            there(none, &names)
        )?;
        return Ok(Err(ExitCode::NOTHING));
    }
    let mut runs = runs;
    runs.retain(|run| scenarios.is_empty() || scenarios.iter().any(|name| name == run.scenario()));
    Ok(Ok(Kept { folder, runs, keep }))
}

/// What is there in the place of what is not.
fn there(wanted: &str, names: &[&str]) -> String {
    let meant = similar(wanted, names.iter().copied());
    let meant = meant.map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
    let there = match names {
        [] => "nothing is kept there".to_owned(),
        names => format!("kept are {}", names.join(", ")),
    };
    format!("{meant} ({there})")
}

/// `sticky/20261120T214500Z`.
fn name_of(run: &KeptRun) -> String {
    format!("{}/{}", run.scenario(), run.id())
}
