//! The command line: verbs, options and their help.

use super::exit::ExitCode;
use super::show::Format;
use super::standalone_args::{DRIVE_EXAMPLES, DriveArgs, SERVE_EXAMPLES, ServeArgs};
use crate::scenario::Overrides;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use wirebench_values::{Span, Wrong};

const ABOUT: &str = "Does every message arrive whole under this framing, and what does that cost?";

const EXAMPLES: &str = "\
Examples:
  wirebench run scenarios/sticky.toml        measure, and print the comparison
  wirebench plan scenarios/sticky.toml       what would be run, and for how long
  wirebench check scenarios                  are all scenarios of a folder valid?
  wirebench report wirebench-out/sticky      the latest result of a scenario, again
  wirebench list                             framings, plugins and scenarios
  wirebench serve --handler echo --framing line
                                             a server for clients of your own
  wirebench drive 127.0.0.1:4000 --handler echo --framing line
                                             a client for a server of your own
  wirebench torture varint                   every cut and fault, tried on one framing";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "wirebench", version, about = ABOUT, after_help = help(), max_term_width = 100)]
pub struct Cli {
    /// Whether to print in colour; `auto` asks the terminal, NO_COLOR and TERM.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,

    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// Examples and exit codes.
fn help() -> String {
    let mut text = format!("{EXAMPLES}\n\nExit codes:\n");
    for (code, meaning) in ExitCode::ALL {
        text.push_str(&format!("  {:<4} {meaning}\n", code.number()));
    }
    text.push_str("Where several apply, the first of ");
    let order = ExitCode::PRECEDENCE.map(|code| code.number().to_string());
    text.push_str(&format!("{}.", order.join(", ")));
    text
}

/// `--color`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// In colour on a terminal, unless NO_COLOR is set or TERM is `dumb`.
    Auto,
    /// In colour.
    Always,
    /// Without colour.
    Never,
}

impl ColorChoice {
    /// Whether to print in colour to a stream that is a terminal or not.
    pub fn is_on(self, terminal: bool) -> bool {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let refused = no_color || !obeys();
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => terminal && !refused,
        }
    }
}

/// Whether a terminal understands more than lines of text.
pub fn obeys() -> bool {
    std::env::var_os("TERM").is_none_or(|kind| kind != "dumb")
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Run scenarios and compare their cells
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArgs),
    /// Print the result of a run that was kept, also of one that was killed
    #[command(after_help = REPORT_EXAMPLES)]
    Report(ReportArgs),
    /// Validate scenarios without running them
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArgs),
    /// Show what a scenario would run: cells, load, gates and time
    #[command(after_help = PLAN_EXAMPLES)]
    Plan(PlanArgs),
    /// List framings, plugins and scenarios
    #[command(after_help = LIST_EXAMPLES)]
    List(ListArgs),
    /// Serve with a handler alone, for clients of your own
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeArgs),
    /// Drive a server of your own with a handler's client alone
    #[command(after_help = DRIVE_EXAMPLES)]
    Drive(DriveArgs),
    /// Try every cut and fault on a framing, built in or from a plugin
    #[command(after_help = TORTURE_EXAMPLES)]
    Torture(TortureArgs),
    /// Watches over the processes of a run, and ends them with it
    #[command(name = "__guard", hide = true)]
    Guard(InternalArgs),
    /// One side of a round
    #[command(name = "__side", hide = true)]
    Side(InternalArgs),
    /// Becomes a program of the user's, in the place of a side
    #[command(name = "__foreign", hide = true)]
    Foreign(InternalArgs),
    /// Loads plugins in a process of its own, to look at them
    #[command(name = "__probe", hide = true)]
    Probe(InternalArgs),
    /// Tortures a framing in a process of its own
    #[command(name = "__torture", hide = true)]
    TortureChild(InternalArgs),
}

/// What `run`, `check` and `plan` read.
#[derive(Args, Clone, Debug)]
pub struct ScenarioArgs {
    /// Scenarios: TOML files, or folders whose *.toml files are taken, those of subfolders too
    #[arg(required = true, value_name = "FILES")]
    pub files: Vec<PathBuf>,

    /// Change a key: `load.in-flight=8`, `expect.p99="< 5ms"`, `matrix.framing=["raw"]`.
    /// The value is read as TOML, else as a string. Wins over the file and its overrides; for an
    /// axis of the matrix, only this value is left. Repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,

    /// Derive everything random from this number (`load.seed`)
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Run each cell this often (`load.rounds`)
    #[arg(long, value_name = "N")]
    pub rounds: Option<u32>,

    /// Measure each round for this long, such as 300ms (`load.duration`)
    #[arg(long, value_name = "TIME")]
    pub duration: Option<String>,

    /// Look for plugins in this folder first. Repeatable
    #[arg(long, value_name = "DIR")]
    pub plugin_dir: Vec<PathBuf>,
}

impl ScenarioArgs {
    /// What the options change in every scenario.
    pub fn overrides(&self) -> Overrides {
        Overrides {
            set: self.set.clone(),
            seed: self.seed,
            rounds: self.rounds,
            duration: self.duration.clone(),
            one_side: false,
        }
    }
}

/// `wirebench run`.
#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    /// What to run.
    #[command(flatten)]
    pub scenario: ScenarioArgs,

    /// Run only cells that match: `KEY=VALUE` for a value of an axis, else a part of the cell's id.
    /// Repeatable; a cell must match all
    #[arg(long, value_name = "EXPR")]
    pub filter: Vec<String>,

    /// How to print the comparison; a table unless told otherwise
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,

    /// Write the result document to this file as well (`-` for stdout, in place of the table)
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Keep results below this folder, or fail; without it below wirebench-out, if that can be
    /// written to
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Show the first N messages of each anomaly as a timeline below the table; documents hold as
    /// many as examples
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub trace: u32,

    /// Fail (106) when any cell is inconclusive or saturated, not only when a gate has nothing at all
    /// to judge
    #[arg(long)]
    pub strict: bool,

    /// Print no progress and no table or other format, only errors
    #[arg(long, short)]
    pub quiet: bool,

    /// What to show of what is said.
    #[command(flatten)]
    pub hear: HearArgs,
}

/// What sides say while they run, on standard error.
#[derive(Args, Clone, Copy, Debug)]
pub struct HearArgs {
    /// Show what plugins, and servers of your own, print while they run
    #[arg(long)]
    pub show_output: bool,

    /// Show what plugins log while they run: lines of this level, and of more serious ones
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub log_level: Option<LogLevel>,
}

/// `--log-level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// Something failed.
    Error = 1,
    /// Something is odd.
    Warning,
    /// Worth knowing.
    Info,
    /// For whoever looks for a fault.
    Debug,
}

/// `wirebench report`.
#[derive(Args, Clone, Debug)]
pub struct ReportArgs {
    /// A run's folder, its result.json or journal.jsonl, or the folder of a scenario's runs (the
    /// latest is taken)
    #[arg(value_name = "RUN")]
    pub run: PathBuf,

    /// How to print the comparison; a table unless told otherwise
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,

    /// Write the result document to this file as well (`-` for stdout, in place of the table)
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Show the first N messages of each anomaly as a timeline
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub trace: u32,

    /// Fail (106) when any cell is inconclusive or saturated, not only when a gate has nothing at all
    /// to judge
    #[arg(long)]
    pub strict: bool,

    /// Print no table, only errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// `wirebench check`.
#[derive(Args, Clone, Debug)]
pub struct CheckArgs {
    /// What to check.
    #[command(flatten)]
    pub scenario: ScenarioArgs,

    /// Print nothing for valid files
    #[arg(long, short)]
    pub quiet: bool,
}

/// `wirebench plan`.
#[derive(Args, Clone, Debug)]
pub struct PlanArgs {
    /// What to plan.
    #[command(flatten)]
    pub scenario: ScenarioArgs,

    /// Show only cells that match: `KEY=VALUE` for a value of an axis, else a part of the cell's id.
    /// Repeatable; a cell must match all
    #[arg(long, value_name = "EXPR")]
    pub filter: Vec<String>,
}

/// `wirebench list`.
#[derive(Args, Clone, Debug)]
pub struct ListArgs {
    /// What to list; everything when left out
    #[arg(value_enum, value_name = "WHAT")]
    pub what: Option<Listed>,

    /// Look for plugins in this folder first. Repeatable
    #[arg(long, value_name = "DIR")]
    pub plugin_dir: Vec<PathBuf>,
}

/// What `list` lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    /// The built-in framings.
    Framings,
    /// The plugins that are found, with their handlers and framings.
    Plugins,
    /// The scenarios in `scenarios/`.
    Scenarios,
}

/// `--limit` where it is not said.
pub const USUAL_LIMIT: &str = "10s";

/// Reads `--limit`.
fn limit(word: &str) -> Result<Span, Wrong> {
    word.parse::<Span>()?.within(Span::from_ns(100_000_000), Span::from_ns(3_600_000_000_000))
}

/// `wirebench torture`.
#[derive(Args, Clone, Debug)]
pub struct TortureArgs {
    /// A built-in framing's name, `all` of them, a table as in scenarios, PLUGIN.so for all
    /// framings of a plugin, PLUGIN.so:FRAMING or PLUGIN:FRAMING for one
    #[arg(required_unless_present = "list", value_name = "FRAMING|PLUGIN.so")]
    pub framings: Vec<String>,

    /// Change a setting of the framing: `max=64`, `ending=crlf`. Repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,

    /// Derive everything random from this number
    #[arg(long, value_name = "N", default_value_t = 42)]
    pub seed: u64,

    /// Run only this check (see --list). Repeatable
    #[arg(long, value_name = "CHECK")]
    pub only: Vec<String>,

    /// Try only this case, as a finding prints it; needs --only
    #[arg(long, value_name = "CASE", requires = "only")]
    pub case: Option<String>,

    /// Try less: smaller sizes, fewer seeds
    #[arg(long)]
    pub quick: bool,

    /// How long a framing may take for what takes others no time, such as 10s; then it hangs
    #[arg(long, value_name = "TIME", default_value = USUAL_LIMIT, value_parser = limit)]
    pub limit: Span,

    /// Write everything that was found to this file (`-` for stdout, in place of the tables)
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// List the checks and what each tries
    #[arg(long)]
    pub list: bool,

    /// Look for plugins in this folder first. Repeatable
    #[arg(long, value_name = "DIR")]
    pub plugin_dir: Vec<PathBuf>,
}

/// Arguments of the verbs that wirebench calls itself with.
#[derive(Args, Clone, Debug)]
pub struct InternalArgs {
    /// Whatever the caller hands on.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<std::ffi::OsString>,
}

const RUN_EXAMPLES: &str = "\
Examples:
  wirebench run scenarios/sticky.toml
  wirebench run scenarios/sticky.toml --filter framing=raw --trace 3
  wirebench run scenarios/sizes.toml --set load.in-flight=8 --rounds 5
  wirebench run scenarios/sizes.toml --format markdown --json sizes.json

Results are kept in wirebench-out/<scenario>/<run>/; `latest` points to the newest.";

const REPORT_EXAMPLES: &str = "\
Examples:
  wirebench report wirebench-out/sticky
  wirebench report wirebench-out/sticky/20261120T214500Z --format markdown
  wirebench report wirebench-out/sticky/latest/journal.jsonl --json sticky.json

A run's document is read; where there is none, because the run was killed, it is made from the
journal. Exits as the run would have, and with 108 when what was kept is truncated, foreign, made by
a newer wirebench or contradicts itself.";

const CHECK_EXAMPLES: &str = "\
Examples:
  wirebench check scenarios/sticky.toml
  wirebench check scenarios --set load.connections=100

All mistakes of a file are told at once, each with its line. Exits with 104 if there is any.";

const PLAN_EXAMPLES: &str = "\
Examples:
  wirebench plan scenarios/sticky.toml
  wirebench plan scenarios/sticky.toml --filter load.payload='1 KiB' --rounds 10";

const LIST_EXAMPLES: &str = "\
Examples:
  wirebench list
  wirebench list framings
  wirebench list plugins --plugin-dir target/release";

const TORTURE_EXAMPLES: &str = "\
Examples:
  wirebench torture varint
  wirebench torture line --set ending=crlf --set max='4 KiB'
  wirebench torture '{ kind = \"delimiter\", delimiter = \"aba\" }'
  wirebench torture all --quick --json torture.json
  wirebench torture target/release/libmine.so:digits --only every-cut --seed 7

Every case runs in a child process: a framing that panics, crashes or hangs is a finding too.
Exits with 100 when anything was found, 104 for an unknown framing or a wrong setting.";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_option_is_explained() {
        for verb in Cli::command().get_subcommands().filter(|verb| !verb.is_hide_set()) {
            assert!(verb.get_about().is_some(), "{}", verb.get_name());
            for arg in verb.get_arguments() {
                assert!(arg.get_help().is_some(), "{} {}", verb.get_name(), arg.get_id());
            }
        }
    }

    #[test]
    fn options_reach_the_scenario() {
        let line = ["wirebench", "run", "a.toml", "--set", "a=1", "--set", "b=2", "--seed", "7"];
        let Ok(Cli { verb: Verb::Run(run), .. }) = Cli::try_parse_from(line) else {
            panic!("the line is not a run")
        };
        let overrides = run.scenario.overrides();
        assert_eq!(overrides.set, ["a=1", "b=2"]);
        assert_eq!((overrides.seed, overrides.rounds), (Some(7), None));
    }
}
