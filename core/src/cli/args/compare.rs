//! The arguments of `compare`.

use crate::report::Format;
use clap::{Args, Command, ValueEnum};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// `wirebench compare`.
#[derive(Args, Clone, Debug)]
#[command(override_usage = "wirebench compare [OPTIONS] BASE… -- NEW…")]
pub struct CompareArgs {
    /// Results to hold the new ones against: of each a result.json, a journal.jsonl, a run's folder, or the
    /// folder of a scenario's runs (the latest is taken)
    #[arg(value_name = "BASE")]
    pub baseline: Vec<PathBuf>,

    /// Results that may be worse, likewise
    #[arg(value_name = "NEW", last = true)]
    pub new: Vec<PathBuf>,

    /// A metric that decides, and by how much it may be worse: `p50=10%`. Repeatable; without it
    /// `cpu=5%` and `p50=5%`
    #[arg(long, value_name = "METRIC=SHARE")]
    pub limit: Vec<String>,

    /// What is called otherwise in the new results: `AXIS=BASE:NEW` for a value, `BASE:NEW` for an axis.
    /// Repeatable
    #[arg(long, value_name = "[AXIS=]BASE:NEW")]
    pub map: Vec<String>,

    /// Compare results of debug builds too, whose times and costs say nothing of others
    #[arg(long)]
    pub allow_debug: bool,

    /// How to print the comparison; a table unless told otherwise
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<CompareFormat>,

    /// Write the comparison to this file as well (`-` for stdout, in place of the table)
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Fail (106) when anything that decides is inconclusive, not only when nothing could be told
    #[arg(long)]
    pub strict: bool,

    /// Print no table, only errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// How a comparison is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    /// A table for people.
    Table,
    /// A table for Markdown.
    Markdown,
    /// The comparison as a document.
    Json,
}

impl From<CompareFormat> for Format {
    fn from(format: CompareFormat) -> Self {
        match format {
            CompareFormat::Table => Self::Table,
            CompareFormat::Markdown => Self::Markdown,
            CompareFormat::Json => Self::Json,
        }
    }
}

/// What the verb is called.
const VERB: &str = "compare";

/// Options may stand behind the new results too: they are put in front of `--`, as the parser wants them. What
/// stands behind a second `--` are files, whatever they are called. Arguments of other verbs stay as they are.
pub(in crate::cli) fn options_to_the_front(
    cli: fn() -> Command,
    arguments: Vec<OsString>,
) -> Vec<OsString> {
    let Some(at) = arguments.iter().position(|one| one == "--") else { return arguments };
    let mut words = arguments[..at].iter().skip(1);
    let verb = loop {
        match words.next().and_then(|word| word.to_str()) {
            Some("--color") => drop(words.next()),
            Some(color) if color.starts_with("--color=") => {}
            verb => break verb,
        }
    };
    if verb != Some(VERB) {
        return arguments;
    }
    let cli = cli();
    let Some(verb) = cli.find_subcommand(VERB) else { return arguments };
    let takes_value = |option: &OsStr| {
        let name = option.to_str().and_then(|option| option.strip_prefix("--"));
        let known = verb.get_arguments().chain(cli.get_arguments());
        known
            .filter(|one| name.is_some() && one.get_long() == name)
            .any(|one| one.get_action().takes_values())
    };
    let (mut options, mut files) = (arguments[..at].to_vec(), vec![OsString::from("--")]);
    let mut behind = arguments[at + 1..].iter().cloned();
    while let Some(one) = behind.next() {
        if one == "--" {
            files.extend(behind.by_ref());
        } else if one.as_encoded_bytes().starts_with(b"-") && one != "-" {
            let value = takes_value(&one).then(|| behind.next()).flatten();
            options.push(one);
            options.extend(value);
        } else {
            files.push(one);
        }
    }
    options.extend(files);
    options
}

/// What is shown to whoever has left out a side.
pub(in crate::cli) const COMPARE_EXAMPLE: &str =
    "wirebench compare main/1 main/2 main/3 -- new/1 new/2 new/3";

pub(super) const COMPARE_EXAMPLES: &str = "\
Examples:
  wirebench compare main/1 main/2 main/3 -- new/1 new/2 new/3
  wirebench compare main/*/result.json -- new/*/result.json --limit p50=10% --limit p99=20%
  wirebench compare old.json -- wirebench-out/sticky --map framing=len4:len32be
  wirebench compare main/1 -- new/1 --format markdown --json comparison.json

A whole result is one sample: with three or more of each side, times and costs are decided by how much
results of the same side differ. With fewer, only what is counted is decided (bytes on the wire; segments
and writes where messages stand alone), and the exit code is 106 unless that is worse. Better than any
comparison of results is a paired run: `wirebench run … --baseline-plugins DIR`.

Exits with 103 when something that decides is worse, 106 when nothing that decides could be told (with
--strict, when anything could not), 107 when the results cannot be compared, and 108 when one of them is
truncated, foreign, made by a newer wirebench or contradicts itself.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Cli;
    use clap::CommandFactory as _;

    fn put(line: &str) -> String {
        let arguments = line.split(' ').map(OsString::from).collect();
        let put = options_to_the_front(Cli::command, arguments);
        let put: Vec<String> = put.into_iter().filter_map(|one| one.into_string().ok()).collect();
        put.join(" ")
    }

    #[test]
    fn options_behind_the_new_results_are_options() {
        for (line, right) in [
            ("wb compare a -- b --limit p50=5% c -q", "wb compare a --limit p50=5% -q -- b c"),
            ("wb compare a -- --json=x b --strict", "wb compare a --json=x --strict -- b"),
            (
                "wb --color never compare a -- b --color always",
                "wb --color never compare a --color always -- b",
            ),
            ("wb compare a -- b -- --odd", "wb compare a -- b --odd"),
            ("wb compare a -- - b --json", "wb compare a --json -- - b"),
            ("wb compare a b", "wb compare a b"),
            ("wb run a -- b --limit c", "wb run a -- b --limit c"),
        ] {
            assert_eq!(put(line), right);
        }
    }
}
