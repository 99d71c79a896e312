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

    /// In words, for people and results: without what may be a secret.
    pub fn what(&self) -> String {
        let program = self.baseline.iter().map(crate::text::path);
        let plugins = self
            .baseline_plugins
            .iter()
            .map(|folder| format!("plugins in {}", crate::text::path(folder)));
        let server = self.baseline_server.iter().map(|set| told(set));
        program.chain(plugins).chain(server).collect::<Vec<_>>().join(", ")
    }
}

/// A change of the server. Its command, its environment and what it reads may hold secrets; where it works does
/// not.
fn told(set: &str) -> String {
    let (key, value) = set.split_once('=').unwrap_or((set, ""));
    let value = if key.trim() == "cwd" { value.trim() } else { "…" };
    format!("server.{}={value}", key.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_baseline_is_told_without_what_may_be_a_secret() {
        let server = ["cwd=../main", "env={ KEY = \"hunter2\" }", "command=[\"x\", \"hunter2\"]"];
        let baseline = BaselineArgs {
            baseline_server: server.map(str::to_owned).to_vec(),
            ..BaselineArgs::default()
        };
        assert_eq!(baseline.what(), "server.cwd=../main, server.env=…, server.command=…");
    }
}
