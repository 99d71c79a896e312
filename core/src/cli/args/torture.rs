//! The arguments of `torture`.

use clap::Args;
use std::path::PathBuf;
use wirebench_values::{Span, Wrong};

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

pub(super) const TORTURE_EXAMPLES: &str = "\
Examples:
  wirebench torture varint
  wirebench torture line --set ending=crlf --set max='4 KiB'
  wirebench torture '{ kind = \"delimiter\", delimiter = \"aba\" }'
  wirebench torture all --quick --json torture.json
  wirebench torture target/release/libmine.so:digits --only every-cut --seed 7

Every case runs in a child process: a framing that panics, crashes or hangs is a finding too.
Exits with 100 when anything was found, 104 for an unknown framing or a wrong setting.";
