//! Which `wirebench.toml` is read: what the verbs share that know it.

use clap::Args;
use std::path::PathBuf;

/// The choice of the file.
#[derive(Args, Clone, Debug, Default)]
pub struct ConfigArgs {
    /// Read this file in the place of the wirebench.toml here or in a folder above
    #[arg(long, value_name = "FILE", help_heading = "Configuration", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,

    /// Read no wirebench.toml
    #[arg(long, help_heading = "Configuration")]
    pub no_config: bool,
}
