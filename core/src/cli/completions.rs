//! `wirebench completions`: what a shell needs to complete the command line.

use super::args::{CompletionsArgs, Shell};
use super::exit::ExitCode;
use super::grammar::grammar;
use super::screen::Screen;
use crate::host::program::NAME;
use crate::text::Page;
use clap_complete::generate;
use clap_complete::shells::{Bash, Fish, Zsh};

/// Prints the script for a shell.
pub(super) fn completions(args: &CompletionsArgs, out: &mut Screen) -> std::io::Result<ExitCode> {
    let (mut grammar, mut script) = (grammar(), Vec::new());
    match args.shell {
        Shell::Bash => generate(Bash, &mut grammar, NAME, &mut script),
        Shell::Zsh => generate(Zsh, &mut grammar, NAME, &mut script),
        Shell::Fish => generate(Fish, &mut grammar, NAME, &mut script),
    }
    let mut page = Page::new();
    String::from_utf8_lossy(&script).lines().for_each(|line| page.line(line));
    out.page(&page)?;
    Ok(ExitCode::SUCCESS)
}
