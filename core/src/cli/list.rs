//! What there is: framings, plugins and scenarios.

use crate::host::SearchPath;
use crate::host::probe::{ProbeReport, ProbeRequests, probe};
use serde::Serialize;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Everything that a scenario can name here, and the scenarios themselves.
#[derive(Clone, Debug, Serialize)]
pub struct Listing {
    /// Built-in framings: name and one line.
    pub framings: Vec<(String, String)>,
    /// Plugins on the search path, in its order.
    pub plugins: Vec<Listed>,
    /// Scenario files, by name.
    pub scenarios: Vec<ListedScenario>,
}

/// A file that is named like a plugin.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// Where it is.
    pub file: PathBuf,
    /// What it is, or why it cannot be used.
    #[serde(flatten)]
    pub plugin: PluginOrError,
}

/// What came of looking at a plugin.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PluginOrError {
    /// It is fine.
    Plugin(Box<ProbeReport>),
    /// It cannot be used: the cause and the remedy.
    Error(String),
}

/// A scenario file.
#[derive(Clone, Debug, Serialize)]
pub struct ListedScenario {
    /// Where it is.
    pub file: PathBuf,
    /// Its `about`; empty when it has none or is not readable.
    pub about: String,
}

/// Looks everything up. Each plugin is loaded in a child process of its own (`exe` is this program)
/// and has `limit` to answer; a broken one is listed with its error. `framings` are the built-in
/// ones; `scenarios` is a folder, and one that does not exist has none.
pub fn list(
    exe: &Path,
    framings: Vec<(String, String)>,
    path: &SearchPath,
    scenarios: &Path,
    limit: Duration,
) -> Listing {
    let look = |file: PathBuf| {
        let plugin = match probe(exe, &file, &ProbeRequests::default(), limit) {
            Ok(report) => PluginOrError::Plugin(Box::new(report)),
            Err(error) => PluginOrError::Error(error.to_string()),
        };
        Listed { file, plugin }
    };
    let plugins = path.candidates().into_iter().map(look).collect();
    Listing { framings, plugins, scenarios: scenarios_in(scenarios) }
}

/// The listing as people read it.
pub fn to_text(listing: &Listing) -> String {
    let mut out = String::from("framings\n");
    let width = listing.framings.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, about) in &listing.framings {
        line(&mut out, &format!("{name:width$}  {about}"));
    }
    out.push_str("\nplugins\n");
    if listing.plugins.is_empty() {
        line(&mut out, "none found; build them, or name their folder with --plugin-dir");
    }
    for Listed { file, plugin } in &listing.plugins {
        match plugin {
            PluginOrError::Plugin(plugin) => {
                line(&mut out, &format!("{} {}  {}", plugin.id, plugin.version, file.display()));
                for (kind, items) in [("handler", &plugin.handlers), ("framing", &plugin.framings)]
                {
                    for item in items {
                        line(&mut out, &format!("  {kind} {}  {}", item.name, item.about));
                    }
                }
            }
            PluginOrError::Error(error) => {
                line(&mut out, &format!("broken: {}", error.replace('\n', "\n    ")));
            }
        }
    }
    out.push_str("\nscenarios\n");
    if listing.scenarios.is_empty() {
        line(&mut out, "none found");
    }
    for ListedScenario { file, about } in &listing.scenarios {
        line(&mut out, &format!("{}  {about}", file.display()));
    }
    out
}

fn line(out: &mut String, text: &str) {
    // Writing into a string cannot fail.
    let _ = writeln!(out, "  {}", text.trim_end());
}

fn scenarios_in(folder: &Path) -> Vec<ListedScenario> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|file| file.extension().is_some_and(|end| end == "toml") && file.is_file())
        .collect();
    files.sort();
    files.into_iter().map(|file| ListedScenario { about: about(&file), file }).collect()
}

/// The `about` of a scenario file. A file beyond belief or with faults is still listed: `check`
/// says what is wrong with it.
fn about(file: &Path) -> String {
    const MAX: u64 = 1 << 20;
    let small = file.metadata().is_ok_and(|metadata| metadata.len() <= MAX);
    let text =
        if small { std::fs::read_to_string(file).unwrap_or_default() } else { String::new() };
    let table = text.parse::<toml::Table>().unwrap_or_default();
    table.get("about").and_then(toml::Value::as_str).unwrap_or_default().to_owned()
}
