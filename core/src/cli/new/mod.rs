//! `wirebench new`: a scenario, a handler or a framing that works as it stands, to begin with. What is made
//! stands in `templates/`, as files of the kind that they become.

mod files;
mod fill;
mod name;
mod native;
mod plugin;
mod scenario;
mod surroundings;

use super::args::{NewArgs, NewVerb};
use super::exit::ExitCode;
use super::screen::Screen;
use super::standalone::Refusal;
use plugin::Kind;
use std::io;

/// What was made, and what to type next.
struct Made {
    what: String,
    next: [String; 3],
}

/// `wirebench new`.
pub(super) fn new(args: &NewArgs, out: &mut Screen, err: &mut Screen) -> io::Result<ExitCode> {
    let made = match &args.what {
        NewVerb::Scenario(args) => scenario::make(args),
        NewVerb::Plugin(args) => plugin::make(Kind::Handler, args),
        NewVerb::Framing(args) => plugin::make(Kind::Framing, args),
    };
    match made {
        Ok(made) => {
            writeln!(out, "{} is made. Next:", made.what)?;
            for line in &made.next {
                writeln!(out, "  {line}")?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(Refusal { text, code }) => {
            err.page(&text)?;
            Ok(code)
        }
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/:=,@+-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
