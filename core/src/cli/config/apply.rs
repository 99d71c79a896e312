//! From arguments and `wirebench.toml` to the arguments that hold.

use super::Applied;
use super::find::{Found, find, is_refused};
use crate::cli::args::{BaselineArgs, ConfigArgs, Flaky, OutputFile, RunArgs, ScenarioArgs};
use crate::cli::exit::ExitCode;
use crate::cli::screen::Screen;
use crate::cli::shipped::Shipped;
use crate::report::Format;
use crate::run::PROFILE;
use crate::scenario::{CONFIG_FILE, Profile};
use crate::text::path as shown;
use clap::ValueEnum as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wirebench_values::similar;

/// The profile that is used where none is named.
const DEFAULT: &str = "default";

/// The arguments of a verb that reads scenarios, with what the file adds. The inner error is the code of what was
/// wrong, told already.
pub(in crate::cli) fn effective(
    args: &ScenarioArgs,
    color: bool,
    err: &mut Screen,
) -> io::Result<Result<ScenarioArgs, ExitCode>> {
    let found = match find(&args.config, color, err)? {
        Ok(found) => found,
        Err(code) => return Ok(Err(code)),
    };
    let all = args.files.is_empty();
    let chosen = choose(args, found.as_ref());
    let checked =
        chosen.and_then(|profile| named(args, found.as_ref()).map(|files| (profile, files)));
    let (profile, files) = match checked {
        Ok(checked) => checked,
        Err(why) => {
            writeln!(err, "error: {why}")?;
            return Ok(Err(ExitCode::USAGE));
        }
    };
    let mut args = ScenarioArgs { files, ..args.clone() };
    let (mut results, mut baseline) = (None, BaselineArgs::default());
    if let Some(found) = &found {
        match profile.as_ref().map_or(Ok(baseline.clone()), |profile| held_against(profile, found))
        {
            Ok(held) => baseline = held,
            Err(why) => {
                writeln!(err, "error: {why}")?;
                return Ok(Err(ExitCode::INVALID));
            }
        }
        args.plugin_dir.extend(found.config.plugins().iter().map(|folder| found.path(folder)));
        results = found.config.results().map(|folder| found.path(folder));
    }
    args.applied = Applied {
        found: found.map(Arc::new),
        profile: profile.map(Arc::new),
        baseline,
        all,
        results,
    };
    Ok(Ok(args))
}

/// The same for `run`.
pub(in crate::cli) fn effective_run(
    args: &RunArgs,
    color: bool,
    err: &mut Screen,
) -> io::Result<Result<RunArgs, ExitCode>> {
    let scenario = match effective(&args.scenario, color, err)? {
        Ok(scenario) => scenario,
        Err(code) => return Ok(Err(code)),
    };
    let mut args = RunArgs { scenario, ..args.clone() };
    args.out = args.out.or_else(|| args.scenario.applied.results.clone());
    args.scenario.applied.results.clone_from(&args.out);
    let Applied { found: Some(found), profile: Some(profile), .. } = args.scenario.applied.clone()
    else {
        return Ok(Ok(args));
    };
    args.strict |= profile.strict.unwrap_or_default();
    let failures = &mut args.failures;
    let retries = profile.retries.and_then(|retries| u32::try_from(retries).ok());
    failures.retries = failures.retries.or(retries);
    failures.abort_on_fail |= profile.abort_on_fail.unwrap_or_default();
    let flaky = profile.flaky.as_deref().and_then(|word| Flaky::from_str(word, false).ok());
    args.flaky.flaky = args.flaky.flaky.or(flaky);
    let trace = profile.trace.and_then(|trace| u32::try_from(trace).ok());
    args.trace = args.trace.or(trace);
    let budget = args.baseline.budget.take().or_else(|| profile.budget.clone());
    if !args.baseline.is_there() {
        args.baseline = args.scenario.applied.baseline.clone();
    }
    args.baseline.budget = budget;
    // In a format that the command line writes, it alone says where.
    let all = args.named.with(&args.print);
    let given: Vec<Format> = all.files().map(|asked| asked.format).collect();
    let written = profile.outputs.iter().filter_map(|(format, file)| {
        let format = Format::from_str(format, false).ok()?;
        let file = if file == "-" { PathBuf::from(file) } else { found.path(file) };
        (!given.contains(&format)).then_some(OutputFile { format, file })
    });
    args.print.output.extend(written);
    Ok(Ok(args))
}

/// The folder below which runs are kept, for verbs that read no scenario, and how many of them stay.
pub(in crate::cli) fn results_folder(
    out: Option<&PathBuf>,
    config: &ConfigArgs,
    color: bool,
    err: &mut Screen,
) -> io::Result<Result<(PathBuf, Option<u64>), ExitCode>> {
    let found = match find(config, color, err)? {
        Ok(found) => found,
        Err(code) => return Ok(Err(code)),
    };
    let said = found.as_ref().and_then(|found| Some(found.path(found.config.results()?)));
    let folder = out.cloned().or(said).unwrap_or_else(|| crate::cli::files::OUT_FOLDER.into());
    Ok(Ok((folder, found.and_then(|found| found.config.keep()))))
}

/// The profile that is meant; the error says why it is none.
fn choose(args: &ScenarioArgs, found: Option<&Found>) -> Result<Option<Profile>, String> {
    let variable = || {
        let name =
            std::env::var_os(PROFILE).filter(|name| !name.is_empty() && !is_refused(&args.config));
        name.map(|name| crate::text::os(&name))
    };
    let (name, of) = match (&args.profile, variable()) {
        (Some(name), _) => (name.clone(), ""),
        (None, Some(name)) => (name, " (which WIREBENCH_PROFILE names)"),
        (None, None) => return Ok(found.and_then(|found| found.config.profile(DEFAULT))),
    };
    let Some(found) = found else {
        return Err(format!(
            "there is no {CONFIG_FILE} here or above, and so no profile `{name}`{of}. Name the file with --config."
        ));
    };
    if let Some(profile) = found.config.profile(&name) {
        return Ok(Some(profile));
    }
    let profiles: Vec<&str> = found.config.profiles().collect();
    let meant = similar(&name, profiles.iter().copied());
    let meant = meant.map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
    let there = match profiles.as_slice() {
        [] => "there is none".to_owned(),
        profiles => format!("there are {}", profiles.join(", ")),
    };
    Err(format!("there is no profile `{name}`{of} in {}{meant} ({there})", shown(&found.file)))
}

/// The scenarios of the command line, or else of the file.
fn named(args: &ScenarioArgs, found: Option<&Found>) -> Result<Vec<PathBuf>, String> {
    if !args.files.is_empty() {
        return Ok(args.files.clone());
    }
    let there = match found {
        Some(found) if !found.config.scenarios().is_empty() => {
            let shipped = Shipped::of_this_program();
            // What is there is meant first, as on the command line.
            let meant = |written: &String| {
                let path = found.path(written);
                let by_name = || shipped.find(Path::new(written)).unwrap_or_else(|| path.clone());
                if path.symlink_metadata().is_ok() { path } else { by_name() }
            };
            return Ok(found.config.scenarios().iter().map(meant).collect());
        }
        Some(found) => format!("{} has no `scenarios`", shown(&found.file)),
        None => format!("there is no {CONFIG_FILE} here or above that names some"),
    };
    Err(format!("no scenario is named, and {there}. Usage: wirebench run|check|plan FILES"))
}

/// The baseline of a profile, as options say it.
fn held_against(profile: &Profile, found: &Found) -> Result<BaselineArgs, String> {
    let baseline = profile.baseline.clone().unwrap_or_default();
    let mut args = BaselineArgs {
        baseline: baseline.program.map(|program| found.path(&program)),
        baseline_plugins: baseline.plugins.map(|folder| found.path(&folder)),
        baseline_server: baseline.server,
        budget: profile.budget.clone(),
    };
    if let Some(cwd) = &baseline.cwd {
        // That of a scenario is relative to the scenario.
        let folder = std::path::absolute(found.path(cwd))
            .map_err(|error| format!("the working folder cannot be found: {error}"))?;
        let folder = folder.to_str().ok_or_else(|| {
            format!("{} is not a UTF-8 path: no server can be started there", shown(&folder))
        })?;
        args.baseline_server.push(format!("cwd={folder}"));
    }
    Ok(args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::config::formats;

    #[test]
    fn a_profile_may_name_every_format_that_there_is() {
        for format in formats() {
            assert!(Format::from_str(&format, false).is_ok(), "{format}");
        }
    }
}
