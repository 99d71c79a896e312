//! `wirebench runs prune`, and what `keep` of `wirebench.toml` has removed when a run ends.

use super::{kept, name_of};
use crate::cli::args::{RunArgs, RunsPruneArgs};
use crate::cli::exit::{ExitCode, worst};
use crate::cli::result_sink::ResultsFolder;
use crate::cli::screen::Screen;
use crate::report::size;
use crate::result::runs::{KeptRun, Outcome, Stays, find, remove};
use crate::text::{os, path as shown, plural};
use jiff::SignedDuration;
use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// Which runs are not wanted any more.
#[derive(Clone, Copy, Debug)]
struct Unwanted {
    /// Those of a scenario that are not among the newest so many.
    keep: Option<u64>,
    /// Those that began before this, in seconds since 1970.
    before: Option<i64>,
}

impl Unwanted {
    /// They, the oldest first, of all runs, the newest of which is the first.
    fn of(self, runs: &[KeptRun]) -> Vec<&KeptRun> {
        let mut newer: HashMap<&str, u64> = HashMap::new();
        let mut unwanted: Vec<&KeptRun> = runs
            .iter()
            .filter(|run| {
                let newer = newer.entry(run.scenario()).or_default();
                *newer += 1;
                let beyond = self.keep.is_none_or(|keep| *newer > keep);
                let old = self.before.is_none_or(|before| run.began() < before);
                beyond && old
            })
            .collect();
        unwanted.reverse();
        unwanted
    }
}

/// Removes runs as the options say.
pub(super) fn prune(
    args: &RunsPruneArgs,
    color: bool,
    out: &mut Screen,
    err: &mut Screen,
) -> io::Result<ExitCode> {
    let kept = match kept(&args.kept, &args.scenarios, color, err)? {
        Ok(kept) => kept,
        Err(code) => return Ok(code),
    };
    let keep = match (args.keep, args.older_than) {
        (None, None) => kept.keep,
        (keep, _) => keep,
    };
    let before = args.older_than.map(began_before);
    if keep.is_none() && before.is_none() {
        writeln!(
            err,
            "error: nobody says which runs are to go. Give --keep N or --older-than AGE, or put `keep` into \
             wirebench.toml."
        )?;
        return Ok(ExitCode::USAGE);
    }
    let (done, doing) =
        if args.dry_run { ("would remove", "would be removed") } else { ("removed", "removed") };
    let mut removed = Removed::default();
    let mut codes = Vec::new();
    for run in (Unwanted { keep, before }).of(&kept.runs) {
        let name = name_of(run);
        match remove(&kept.folder, run, args.dry_run) {
            Ok(Outcome::Removed(bytes)) => {
                removed.add(bytes);
                writeln!(out, "{done} {name} ({})", size(bytes as f64))?;
            }
            Ok(Outcome::Gone) => {}
            Ok(Outcome::Stays(why)) => writeln!(out, "left {name}: {}", words(&why))?,
            Err(error) => {
                writeln!(err, "error: {} cannot be removed: {error}", shown(run.path()))?;
                codes.push(ExitCode::RESULT);
            }
        }
    }
    match removed.runs {
        0 => writeln!(out, "nothing {doing}")?,
        _ => writeln!(out, "{} {doing}", removed.words())?,
    }
    Ok(worst(&codes))
}

/// Removes older runs of the scenarios that were just run, where `wirebench.toml` says how many stay. What
/// cannot be removed is told and fails nothing.
pub(in crate::cli) fn prune_behind<'a>(
    args: &RunArgs,
    kept: &ResultsFolder,
    scenarios: impl Iterator<Item = &'a str>,
    err: &mut Screen,
) -> io::Result<()> {
    let Some(keep) = args.scenario.applied.keep() else { return Ok(()) };
    let scenarios: Vec<String> = scenarios.map(str::to_owned).collect();
    let (removed, foreign) = match quietly(kept.folder(), &scenarios, keep) {
        Ok(removed) => removed,
        Err(why) => return writeln!(err, "warning: older runs cannot be removed: {why}"),
    };
    let stays = match foreign {
        0 => String::new(),
        some => format!("; {some} cannot be told from something else: see wirebench runs prune"),
    };
    if removed.runs + foreign == 0 || args.print.quiet {
        return Ok(());
    }
    writeln!(err, "note: {} removed, because keep is {keep}{stays}", removed.words())
}

/// What was removed, and how many runs hold something that is not ours. The error says what went wrong.
fn quietly(folder: &Path, scenarios: &[String], keep: u64) -> Result<(Removed, u64), String> {
    let runs = find(folder, scenarios).map_err(|error| error.to_string())?;
    let (mut removed, mut foreign) = (Removed::default(), 0);
    for run in (Unwanted { keep: Some(keep), before: None }).of(&runs) {
        match remove(folder, run, false) {
            Ok(Outcome::Removed(bytes)) => removed.add(bytes),
            Ok(Outcome::Stays(Stays::Foreign(_))) => foreign += 1,
            Ok(Outcome::Gone | Outcome::Stays(_)) => {}
            Err(error) => return Err(format!("{}: {error}", shown(run.path()))),
        }
    }
    Ok((removed, foreign))
}

/// Runs that were removed.
#[derive(Debug, Default)]
struct Removed {
    runs: u64,
    bytes: u64,
}

impl Removed {
    fn add(&mut self, bytes: u64) {
        self.runs += 1;
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// `3 runs (1.20 MiB)`.
    fn words(&self) -> String {
        format!("{} {} ({})", self.runs, plural(self.runs, "run"), size(self.bytes as f64))
    }
}

fn words(why: &Stays) -> String {
    match why {
        Stays::Latest => "`latest` points to it".to_owned(),
        Stays::Locked => "it is being written, or removed by somebody else".to_owned(),
        Stays::Foreign(name) => format!("it holds `{}`, which wirebench has not made", os(name)),
    }
}

/// The moment so long ago, in seconds since 1970.
fn began_before(age: SignedDuration) -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
    now.saturating_sub(age.as_secs())
}
