//! The arguments of `merge`.

use super::{FlakyArgs, PrintArgs};
use clap::Args;
use std::path::PathBuf;

/// `wirebench merge`.
#[derive(Args, Clone, Debug)]
pub struct MergeArgs {
    /// The parts: results folders as --out names them (of each scenario the latest run), run folders, or their files
    #[arg(required = true, value_name = "PART")]
    pub parts: Vec<PathBuf>,

    /// Keep the whole below this folder
    #[arg(long, short = 'o', value_name = "DIR")]
    pub out: PathBuf,

    /// Where results go.
    #[command(flatten)]
    pub print: PrintArgs,

    /// Fail (106) when any cell is inconclusive or saturated, not only when a gate has nothing at all
    /// to judge
    #[arg(long)]
    pub strict: bool,

    /// What flaky cells mean.
    #[command(flatten)]
    pub flaky: FlakyArgs,
}

pub(super) const MERGE_EXAMPLES: &str = "\
Examples:
  wirebench run scenarios --partition 1/3 --out part1      on one machine
  wirebench run scenarios --partition 2/3 --out part2      on another
  wirebench run scenarios --partition 3/3 --out part3      on a third
  wirebench merge part1 part2 part3 -o all --output junit=results.xml
  wirebench merge part1 part2 part3 -o all --sort -p99 --top 20

Gates and the verdict on a baseline are those of the whole, and so is the exit code. A part that is
missing, there twice or of another run is an error (108, 107), and nothing is written.";
