//! The command line's edge: verbs in, exit codes out.

pub mod args;
mod check;
mod exit;
mod files;
mod keeper;
mod plan;
mod plugins;
mod run;

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
        Verb::List(_) => unavailable("list", err),
        Verb::Guard(_) => Ok(status(crate::run::guard::guard_main())),
        Verb::Side(_) => Ok(status(crate::run::side_main())),
        Verb::Probe(args) => match args.args.as_slice() {
            [file] => Ok(status(crate::host::probe::probe_child(Path::new(file)))),
            _ => Ok(ExitCode::USAGE),
        },
    }
}

fn colors(cli: &Cli) -> bool {
    cli.color.is_on(std::io::stdout().is_terminal())
}

/// The status of a hidden verb as this program's own.
fn status(status: i32) -> ExitCode {
    if status == 0 { ExitCode::SUCCESS } else { ExitCode::INTERNAL }
}

/// A verb whose part of the program is not joined yet.
fn unavailable(verb: &str, err: &mut dyn Write) -> std::io::Result<ExitCode> {
    writeln!(err, "error: this build has no `{verb}` yet; `check` and `plan` work")?;
    Ok(ExitCode::INTERNAL)
}
