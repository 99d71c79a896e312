//! The command line's edge: verbs in, exit codes out.

pub mod args;
mod check;
mod drive;
mod exit;
mod files;
mod keeper;
pub mod list;
mod machine;
mod plan;
mod plugins;
mod programs;
mod run;
mod serve;
mod solo;
mod solo_args;
mod torture;

pub use exit::{ExitCode, worst};
pub use files::{load_file, scenario_files};
pub use plan::selects;

use args::{Cli, Verb};
use clap::Parser;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;

/// Runs the program with the arguments of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no mistakes. A closed stream leaves nobody to tell.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::USAGE } else { ExitCode::SUCCESS };
        }
    };
    if let Some(code) = hidden(&cli.verb) {
        return code;
    }
    let color = cli.color.is_on(std::io::stderr().is_terminal());
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut err = std::io::stderr();
    let written = dispatch(&cli, color, &mut out, &mut err);
    match written.and_then(|code| out.flush().map(|()| code)) {
        Ok(code) => code,
        // The reader (`| head`) has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(err, "error: cannot write the output: {error}");
            ExitCode::INTERNAL
        }
    }
}

fn dispatch(
    cli: &Cli,
    color: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> std::io::Result<ExitCode> {
    match &cli.verb {
        Verb::Check(args) => check::check(args, color, out, err),
        Verb::Plan(args) => plan::plan(args, color, out, err),
        Verb::Run(args) => run::run(args, colors(cli), out, err),
        Verb::List(args) => list::run(args, out),
        Verb::Serve(args) => serve::serve(args, color, out, err),
        Verb::Drive(args) => drive::drive(args, color, out, err),
        Verb::Torture(args) => torture::run(args, out, err),
        Verb::Guard(_)
        | Verb::Side(_)
        | Verb::Foreign(_)
        | Verb::Probe(_)
        | Verb::TortureChild(_) => Ok(ExitCode::USAGE),
    }
}

fn colors(cli: &Cli) -> bool {
    cli.color.is_on(std::io::stdout().is_terminal())
}

/// The verbs that this program calls itself with. They own their standard streams, and plugins may
/// print, so nothing is locked or buffered.
fn hidden(verb: &Verb) -> Option<ExitCode> {
    let status = match verb {
        Verb::Guard(_) => crate::run::guard::guard_main(),
        Verb::Side(_) => crate::run::side_main(),
        Verb::Foreign(args) => match crate::run::foreign_main(&args.args) {
            status @ 1..=255 => return Some(ExitCode::of_a_program(status as u8)),
            _ => 1,
        },
        Verb::TortureChild(_) => torture::child_main(),
        Verb::Probe(args) => match args.args.as_slice() {
            [file] => crate::host::probe::probe_child(Path::new(file)),
            _ => return Some(ExitCode::USAGE),
        },
        _ => return None,
    };
    Some(if status == 0 { ExitCode::SUCCESS } else { ExitCode::INTERNAL })
}
