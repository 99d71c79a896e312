//! Where a run's results go: what is printed, the file of `--json`, the folder of `--out`. All of it
//! is settled before anything starts.

use super::args::RunArgs;
use super::exit::ExitCode;
use super::result_sink::ResultsFolder;
use super::target::Target;
use crate::report::Format;
use crate::text::path as shown;
use std::path::Path;

/// What is printed of a result, and where its document is written.
#[derive(Debug)]
pub(super) struct Printing {
    /// How it is printed, if it is.
    pub(super) printed: Option<Format>,
    /// Where the document is written.
    pub(super) json: Option<Target>,
}

impl Printing {
    /// Settles what the options mean. The error is a code and why: both are for standard output, or
    /// the document cannot be written where it is to be.
    pub(super) fn open(
        format: Option<Format>,
        json: Option<&Path>,
        quiet: bool,
    ) -> Result<Self, (ExitCode, String)> {
        let json = json.map(Target::open).transpose().map_err(|why| (ExitCode::RESULT, why))?;
        let taken = json.as_ref().is_some_and(Target::is_stdout);
        if let (Some(format), true, false) = (format, taken, quiet) {
            let why = format!(
                "--format {} and the document of --json are both for standard output. \
                 Leave one of the two out, or give --json a file.",
                format.name()
            );
            return Err((ExitCode::USAGE, why));
        }
        let printed = (!quiet && !taken).then(|| format.unwrap_or(Format::Table));
        Ok(Self { printed, json })
    }
}

/// Where the results of a run go.
#[derive(Debug)]
pub(super) struct Outputs {
    /// How each scenario is printed, if it is.
    pub(super) printed: Option<Format>,
    /// Where the document is written.
    pub(super) json: Option<Target>,
    /// Where everything is kept.
    pub(super) out: ResultsFolder,
}

impl Outputs {
    /// Settles what the options mean for so many scenarios. The error is a code and why: two things
    /// are wanted of standard output, or something cannot be written where it is to be.
    pub(super) fn open(args: &RunArgs, scenarios: usize) -> Result<Self, (ExitCode, String)> {
        let usage = |why| Err((ExitCode::USAGE, why));
        if let (Some(path), true) = (&args.json, scenarios > 1) {
            return usage(format!(
                "--json {} takes the document of one scenario, but {scenarios} are to be run. \
                 Leave it out (with --out, or else below wirebench-out, every document is kept), or \
                 run one file at a time.",
                shown(path),
            ));
        }
        if args.format == Some(Format::Json) && scenarios > 1 && !args.quiet {
            return usage(format!(
                "--format json prints the document of one scenario, but {scenarios} are to be run. \
                 Use --format jsonl, which prints a line for each cell, or run one file at a time."
            ));
        }
        let Printing { printed, json } =
            Printing::open(args.format, args.json.as_deref(), args.quiet)?;
        let out =
            ResultsFolder::choose(args.out.as_deref()).map_err(|why| (ExitCode::RESULT, why))?;
        Ok(Self { printed, json, out })
    }

    /// True when what is printed of a scenario is text, which needs an empty line before the next.
    pub(super) fn are_texts(&self) -> bool {
        self.printed.is_some_and(Format::is_text)
    }
}
