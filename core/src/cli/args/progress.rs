//! How the progress of a run is shown.

use clap::{Args, ValueEnum};

/// What is shown while rounds are played.
#[derive(Args, Clone, Copy, Debug)]
pub struct ProgressArgs {
    /// How to show progress on standard error; `auto`: lines where the variable CI is set, every cell as it fills
    /// on a terminal (`live`), else nothing
    #[arg(long, value_enum, value_name = "HOW", default_value_t = ProgressChoice::Auto)]
    pub progress: ProgressChoice,
}

/// `--progress`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProgressChoice {
    /// As it suits where standard error goes.
    Auto,
    /// A line for each cell as it fills, and a bar, if that is a terminal.
    Live,
    /// A bar in one line, if that is a terminal.
    Bar,
    /// A line now and then, for logs.
    Lines,
    /// Nothing.
    None,
}
