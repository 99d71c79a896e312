//! The arguments of `list`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `wirebench list`.
#[derive(Args, Clone, Debug)]
pub struct ListArgs {
    /// What to list; everything when left out
    #[arg(value_enum, value_name = "WHAT")]
    pub what: Option<Listed>,

    /// Look for plugins in this folder first. Repeatable
    #[arg(long, value_name = "DIR")]
    pub plugin_dir: Vec<PathBuf>,

    /// Load every plugin to see what it is. Without this, what stands in its file is read, and no
    /// code of it runs
    ///
    /// A plugin says in a note in its file what it is. One that has no note, because it is old or was
    /// written in another language, can only be asked once it is loaded, which runs its constructors:
    /// in a process of its own, with a time limit. Those that have a note are loaded too, so that what
    /// is wrong with their tables shows.
    #[arg(long)]
    pub load: bool,
}

/// What `list` lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    /// The built-in framings.
    Framings,
    /// The plugins that are found, with their handlers and framings.
    Plugins,
    /// The scenarios in `scenarios/`, and those that ship, by name.
    Scenarios,
}

pub(super) const LIST_EXAMPLES: &str = "\
Examples:
  wirebench list
  wirebench list framings
  wirebench list plugins --plugin-dir target/release
  wirebench list plugins --load";
