//! The arguments of the verbs that a package is made with: `completions` and `man`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `wirebench completions`.
#[derive(Args, Clone, Copy, Debug)]
pub struct CompletionsArgs {
    /// For which shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

/// A shell that completes commands by a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// GNU Bash.
    Bash,
    /// The Z shell.
    Zsh,
    /// The friendly interactive shell.
    Fish,
}

/// `wirebench man`.
#[derive(Args, Clone, Debug)]
pub struct ManArgs {
    /// The page of which verb, as `run` or `runs list`; that of the program without any
    #[arg(value_name = "VERB", conflicts_with = "out")]
    pub verb: Vec<String>,

    /// Write all pages into this folder, a file each, in the place of those that are there; it is made where it is
    /// missing
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
}

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  source <(wirebench completions bash)
  wirebench completions bash > ~/.local/share/bash-completion/completions/wirebench
  wirebench completions zsh > ~/.local/share/zsh/site-functions/_wirebench
  wirebench completions fish > ~/.config/fish/completions/wirebench.fish

An installation brings them: see docs/install.md.";

pub(super) const MAN_EXAMPLES: &str = "\
Examples:
  wirebench man | man -l -
  wirebench man run | man -l -
  wirebench man --out ~/.local/share/man/man1

An installation brings them: see docs/install.md. Exits with 2 for a verb that there is not, and 108 when a page
could not be written.";
