//! The arguments of `doctor`.

use clap::Args;

/// `wirebench doctor`.
#[derive(Args, Clone, Debug)]
pub struct DoctorArgs {
    /// Leave out what takes more than a second: how noisy the machine is, and what takes rounds
    #[arg(long)]
    pub quick: bool,

    /// Look for plugins in this folder, too (for the rounds that are played)
    #[arg(long, value_name = "DIR")]
    pub plugin_dir: Vec<std::path::PathBuf>,

    /// Fail when something should be changed
    #[arg(long)]
    pub strict: bool,

    /// Print a document instead of lines for people
    #[arg(long)]
    pub json: bool,
}

pub(super) const DOCTOR_EXAMPLES: &str = "\
Examples:
  wirebench doctor
  wirebench doctor --quick
  wirebench doctor --strict --json > doctor.json

Takes some ten seconds, plays rounds of its own with the handler echo, and changes nothing. With --quick it takes a
second and plays none. What each line means, and what to do about it:
docs/doctor.md.

Exits with 0 when it could look, whatever it saw; with --strict, 106 when something should be changed;
with 100 when a proof of the instrument does not hold.";
