//! What a run is held against.

use clap::Args;
use std::path::PathBuf;

/// The baseline of a paired run.
#[derive(Args, Clone, Debug, Default)]
pub struct BaselineArgs {
    /// Measure against another wirebench, whose program this is, with its own plugins: both are called for each
    /// round in turn
    #[arg(
        long,
        value_name = "PROGRAM",
        help_heading = "Baseline",
        conflicts_with = "baseline_server"
    )]
    pub baseline: Option<PathBuf>,

    /// Measure against the same with plugins of this folder, both in turn: worse than the limits of
    /// `[baseline]` fails (103)
    #[arg(long, value_name = "DIR", help_heading = "Baseline")]
    pub baseline_plugins: Option<PathBuf>,

    /// Measure against the same with another server of your own, as `cwd=../main`, both in turn. Repeatable
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Baseline")]
    pub baseline_server: Vec<String>,

    /// How long cells that look different may be measured again; without it, half of what all rounds took
    #[arg(long, value_name = "TIME", help_heading = "Baseline")]
    pub budget: Option<String>,
}

impl BaselineArgs {
    /// True where there is one.
    pub fn is_there(&self) -> bool {
        self.baseline.is_some()
            || self.baseline_plugins.is_some()
            || !self.baseline_server.is_empty()
    }

    /// In words, for people.
    pub fn what(&self) -> String {
        let program = self.baseline.iter().map(crate::text::path);
        let plugins = self
            .baseline_plugins
            .iter()
            .map(|folder| format!("plugins in {}", crate::text::path(folder)));
        let server = self.baseline_server.iter().map(|set| format!("server.{set}"));
        program.chain(plugins).chain(server).collect::<Vec<_>>().join(", ")
    }
}
