//! The command line: its verbs, and in a file each the options of every verb with their help.

mod baseline;
mod compare;
mod config;
mod doctor;
mod failures;
mod list;
mod merge;
mod named;
mod new;
mod print;
mod progress;
mod report;
mod run;
mod runs;
mod scenario;
mod shell;
mod standalone;
mod table;
mod torture;

pub use baseline::BaselineArgs;
pub(super) use compare::{COMPARE_EXAMPLE, options_to_the_front};
pub use compare::{CompareArgs, CompareFormat};
pub use config::ConfigArgs;
pub use doctor::DoctorArgs;
pub use failures::{FailureArgs, Flaky, FlakyArgs};
pub use list::{ListArgs, Listed};
pub use merge::MergeArgs;
pub use named::NamedArgs;
pub use new::{NewArgs, NewPluginArgs, NewScenarioArgs, NewVerb};
pub(super) use print::OutputFile;
pub use print::PrintArgs;
pub use progress::{ProgressArgs, ProgressChoice};
pub use report::{AgainArgs, ReportArgs};
pub use run::{AttachTo, LogArgs, LogLevel, RunArgs};
pub use runs::{
    KeptArgs, RunsArgs, RunsFormat, RunsListArgs, RunsPruneArgs, RunsShowArgs, RunsVerb,
};
pub use scenario::{CheckArgs, PlanArgs, ScenarioArgs, SchemaArgs, SchemaOf};
pub use shell::{CompletionsArgs, ManArgs, Shell};
pub use standalone::{DriveArgs, DriveFormat, ServeArgs, StandaloneArgs};
pub use table::TableArgs;
pub use torture::{TortureArgs, USUAL_LIMIT};

use super::exit::ExitCode;
use clap::{Args, Parser, Subcommand, ValueEnum};
use compare::COMPARE_EXAMPLES;
use doctor::DOCTOR_EXAMPLES;
use list::LIST_EXAMPLES;
use merge::MERGE_EXAMPLES;
use new::NEW_EXAMPLES;
use report::REPORT_EXAMPLES;
use run::RUN_EXAMPLES;
use runs::RUNS_EXAMPLES;
use scenario::{CHECK_EXAMPLES, PLAN_EXAMPLES, SCHEMA_EXAMPLES};
use shell::{COMPLETIONS_EXAMPLES, MAN_EXAMPLES};
use standalone::{DRIVE_EXAMPLES, SERVE_EXAMPLES};
use torture::TORTURE_EXAMPLES;

const ABOUT: &str = "Does every message arrive whole under this framing, and what does that cost?";

const EXAMPLES: &str = "\
Examples:
  wirebench run sticky                       measure, and print the comparison
  wirebench plan sticky                      what would be run, and for how long
  wirebench check scenarios                  are all scenarios of a folder valid?
  wirebench report wirebench-out/sticky      the latest result of a scenario, again
  wirebench compare main/1 main/2 main/3 -- new/1 new/2 new/3
                                             is the new one worse, by results that were kept?
  wirebench runs list                        the runs that are kept
  wirebench doctor                           is this machine fit to measure?
  wirebench list                             framings, plugins and scenarios
  wirebench serve --handler echo --framing line
                                             a server for clients of your own
  wirebench drive 127.0.0.1:4000 --handler echo --framing line
                                             a client for a server of your own
  wirebench torture varint                   every cut and fault, tried on one framing
  wirebench new plugin mine                  a handler of your own, to begin with";

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
    Run(Box<RunArgs>),
    /// Print the result of a run that was kept, also of one that was killed
    #[command(after_help = REPORT_EXAMPLES)]
    Report(ReportArgs),
    /// Hold results that were kept against others: is something worse than it was?
    #[command(after_help = COMPARE_EXAMPLES)]
    Compare(CompareArgs),
    /// Put the parts of a run together that several machines have measured
    #[command(after_help = MERGE_EXAMPLES)]
    Merge(MergeArgs),
    /// Validate scenarios without running them
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArgs),
    /// Show what a scenario would run: cells, load, gates and time
    #[command(after_help = PLAN_EXAMPLES)]
    Plan(PlanArgs),
    /// Is this machine fit to measure, and what should be changed?
    #[command(after_help = DOCTOR_EXAMPLES)]
    Doctor(DoctorArgs),
    /// List framings, plugins and scenarios
    #[command(after_help = LIST_EXAMPLES)]
    List(ListArgs),
    /// List, print and remove the runs that are kept
    #[command(after_help = RUNS_EXAMPLES)]
    Runs(RunsArgs),
    /// Print the JSON Schema of scenarios or of wirebench.toml, for editors
    #[command(after_help = SCHEMA_EXAMPLES)]
    Schema(SchemaArgs),
    /// Serve with a handler alone, for clients of your own
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeArgs),
    /// Drive a server of your own with a handler's client alone
    #[command(after_help = DRIVE_EXAMPLES)]
    Drive(DriveArgs),
    /// Try every cut and fault on a framing, built in or from a plugin
    #[command(after_help = TORTURE_EXAMPLES)]
    Torture(TortureArgs),
    /// Make a scenario, a handler or a framing of your own, to begin with
    #[command(after_help = NEW_EXAMPLES)]
    New(NewArgs),
    /// Print what a shell needs to complete this command line
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(CompletionsArgs),
    /// Print a page of the manual, or write all of them
    #[command(after_help = MAN_EXAMPLES)]
    Man(ManArgs),
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
    /// Sends back what comes, as the cheapest server there can be
    #[command(name = "__copy", hide = true)]
    Copy(InternalArgs),
}

/// Arguments of the verbs that wirebench calls itself with.
#[derive(Args, Clone, Debug)]
pub struct InternalArgs {
    /// Whatever the caller hands on.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<std::ffi::OsString>,
}

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
