//! The command line's edge: verbs in, exit codes out.

mod again;
mod answers;
pub mod args;
mod baseline;
mod check;
mod choice;
mod compare;
mod compared;
mod completions;
mod config;
mod doctor;
mod doctor_load;
mod drive;
mod driven;
mod event_streams;
mod exit;
mod files;
mod flaky;
mod floor;
mod folder;
mod grammar;
mod inquiry;
pub mod list;
mod log;
mod machine;
mod manual;
mod measured;
mod merge;
mod new;
mod one_round;
mod outputs;
mod paired;
mod panics;
mod partition;
mod plan;
mod plugins;
mod preflight;
mod printed;
mod programs;
mod progress;
mod report;
mod result_sink;
mod run;
mod runs;
mod scenario_list;
mod scenario_text;
mod schema;
mod screen;
mod serve;
mod shipped;
mod show;
mod standalone;
mod stream;
mod target;
mod terminal;
mod torture;
mod watch;

pub use config::formats;
pub use exit::{ExitCode, worst};
pub use files::{load_file, scenario_files};
pub use plan::selects;

use crate::host::{Program, limits, program};
use crate::text::{clean, os};
use args::{Cli, Verb, options_to_the_front};
use clap::{CommandFactory as _, Parser};
use nix::sys::signal::{SigSet, Signal};
use screen::{Screen, finish, untold};
use std::ffi::OsString;
use std::io::{ErrorKind, IsTerminal, Write as _};
use std::path::Path;

/// Runs the program with the arguments of this process.
pub fn main() -> ExitCode {
    caught(begin)
}

/// A panic is a bug, told by its message and by the same code as every other.
fn caught(run: fn() -> ExitCode) -> ExitCode {
    std::panic::catch_unwind(run).unwrap_or(ExitCode::INTERNAL)
}

fn begin() -> ExitCode {
    let arguments = options_to_the_front(Cli::command, std::env::args_os().collect());
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return explain(error, &arguments),
    };
    // What sides print goes to the supervisor, which cleans it.
    if !matches!(cli.verb, Verb::Side(_) | Verb::Probe(_) | Verb::TortureChild(_)) {
        panics::clean_panics();
    }
    if let Some(code) = hidden(&cli.verb) {
        return code;
    }
    survive_limits_on_files();
    limits::allow_open_files(limits::ORDINARY);
    wirebench_launch::hear_of_children();
    crate::run::adopt_orphans();
    // Before its file can be replaced; where it is needed and cannot be had, that is told.
    let _ = Program::this();
    let color = cli.color.is_on(std::io::stderr().is_terminal());
    let (mut out, mut err) = Screen::both();
    let code = dispatch(&cli, color, &mut out, &mut err).unwrap_or_else(|error| {
        let _ = writeln!(err, "error: {error}");
        ExitCode::INTERNAL
    });
    finish(code, &mut out, &mut err)
}

/// Prints help, the version, or what is wrong with the arguments.
fn explain(error: clap::Error, arguments: &[OsString]) -> ExitCode {
    // Help and version are no mistakes.
    let code = if error.use_stderr() { ExitCode::USAGE } else { ExitCode::SUCCESS };
    // It quotes arguments as they are, and they may be names of files: it is to quote clean ones.
    let clean = arguments.iter().map(|argument| clean(&os(argument)));
    let error = Cli::try_parse_from(clean).err().unwrap_or(error);
    match error.print().and_then(|()| std::io::stdout().flush()) {
        Err(why) if code == ExitCode::SUCCESS && why.kind() != ErrorKind::BrokenPipe => {
            untold(code, &why, &mut Screen::both().1)
        }
        _ => code,
    }
}

/// A file that would grow beyond `ulimit -f` is an error of the write, not the end of the process.
fn survive_limits_on_files() {
    // Cannot fail: the signal exists.
    let _ = SigSet::from(Signal::SIGXFSZ).thread_block();
}

fn dispatch(
    cli: &Cli,
    color: bool,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    match &cli.verb {
        Verb::Check(args) => check::check(args, color, out, err),
        Verb::Plan(args) => plan::plan(args, color, out, err),
        Verb::Run(args) if args.watch => again::keep_running(args, err),
        Verb::Run(args) => run::run(args, [colors(cli), color], out, err),
        Verb::Report(args) => report::report(&args.runs, &args.again, colors(cli), out, err),
        Verb::Compare(args) => compare::compare(args, colors(cli), out, err),
        Verb::Merge(args) => merge::merge(args, colors(cli), out, err),
        Verb::Doctor(args) => doctor::doctor(args, out, err),
        Verb::List(args) => list::run(args, out),
        Verb::Runs(args) => runs::runs(args, colors(cli), color, out, err),
        Verb::Schema(args) => schema::schema(args, out),
        Verb::Serve(args) => serve::serve(args, color, out, err),
        Verb::Drive(args) => drive::drive(args, color, out, err),
        Verb::Torture(args) => torture::run(args, out, err),
        Verb::New(args) => new::new(args, out, err),
        Verb::Completions(args) => completions::completions(args, out),
        Verb::Man(args) => manual::manual(args, out, err),
        Verb::Guard(_)
        | Verb::Side(_)
        | Verb::Foreign(_)
        | Verb::Probe(_)
        | Verb::Copy(_)
        | Verb::TortureChild(_) => Ok(ExitCode::USAGE),
    }
}

fn colors(cli: &Cli) -> bool {
    cli.color.is_on(std::io::stdout().is_terminal())
}

/// The verbs that this program calls itself with. They own their standard streams, and plugins may
/// print, so nothing is locked or buffered.
fn hidden(verb: &Verb) -> Option<ExitCode> {
    match verb {
        // It passes the program on to the sides.
        Verb::Guard(_) => {}
        Verb::Side(_)
        | Verb::Foreign(_)
        | Verb::Probe(_)
        | Verb::TortureChild(_)
        | Verb::Copy(_) => {
            wirebench_launch::close_descriptors();
        }
        _ => return None,
    }
    wirebench_launch::standard_signals();
    program::name_this_process();
    let status = match verb {
        Verb::Guard(_) => crate::run::guard::guard_main(),
        Verb::Side(_) => crate::run::side_main(),
        Verb::Foreign(args) => match crate::run::foreign_main(&args.args) {
            status @ 1..=255 => return Some(ExitCode::of_a_program(status as u8)),
            _ => 1,
        },
        Verb::TortureChild(_) => torture::child_main(),
        Verb::Copy(args) => crate::run::copying_main(&args.args),
        Verb::Probe(args) => match args.args.as_slice() {
            [file] => crate::host::probe::probe_child(Path::new(file)),
            _ => return Some(ExitCode::USAGE),
        },
        _ => return None,
    };
    Some(if status == 0 { ExitCode::SUCCESS } else { ExitCode::INTERNAL })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_with_the_code_of_a_bug() {
        assert_eq!(caught(|| panic!("told to panic")), ExitCode::INTERNAL);
        assert_eq!(caught(|| ExitCode::SUCCESS), ExitCode::SUCCESS);
    }
}
