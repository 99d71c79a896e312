//! What there is: framings, plugins and scenarios.

use super::args::{ListArgs, Listed as What};
use super::scenario_list::scenarios_text;
use super::screen::Screen;
use crate::framing::{Capabilities, Description};
use crate::host::probe::{ProbeReport, ProbeRequests};
use crate::host::{Program, SearchPath};
use crate::run::probe;
use crate::text::{Page, path};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file that is named like a plugin.
#[derive(Clone, Debug)]
pub struct ListedPlugin {
    /// Where it is.
    pub file: PathBuf,
    /// What it is, or why it cannot be used.
    pub plugin: PluginOrError,
}

/// What came of looking at a plugin.
#[derive(Clone, Debug)]
pub enum PluginOrError {
    /// It is fine.
    Plugin(Box<ProbeReport>),
    /// It cannot be used: the cause and the remedy.
    Error(String),
}

/// How long a plugin may take to say what it is.
const LIMIT: Duration = Duration::from_secs(5);

/// `wirebench list`.
pub(super) fn run(args: &ListArgs, out: &mut Screen) -> io::Result<super::ExitCode> {
    let wanted = |what| args.what.is_none_or(|only| only == what);
    let mut sections = Vec::new();
    if wanted(What::Framings) {
        let framings = crate::framing::names().into_iter().filter_map(crate::framing::describe);
        let framings = framings.map(|framing| (framing.name.to_string(), in_one_line(&framing)));
        sections.push(framings_text(&framings.collect::<Vec<_>>()));
    }
    if wanted(What::Plugins) {
        let path = SearchPath::of_process(&args.plugin_dir);
        let program = Program::this()?;
        let mut text = plugins_text(&plugins(program.executable(), &path, LIMIT));
        path.faults().iter().for_each(|why| line(&mut text, &format!("broken: {why}")));
        sections.push(text);
    }
    if wanted(What::Scenarios) {
        sections.push(scenarios_text());
    }
    out.page(&joined(&sections))?;
    Ok(super::ExitCode::SUCCESS)
}

/// The plugins of a search path, in its order. Each is loaded in a child process of its own (`exe` is
/// this program) and has `limit` to answer; a broken one is listed with its error.
pub fn plugins(exe: &Path, path: &SearchPath, limit: Duration) -> Vec<ListedPlugin> {
    let look = |file: PathBuf| {
        let plugin = match probe(exe, &file, &ProbeRequests::default(), limit) {
            Ok(report) => PluginOrError::Plugin(Box::new(report)),
            Err(error) => PluginOrError::Error(error.to_string()),
        };
        ListedPlugin { file, plugin }
    };
    path.candidates().into_iter().map(look).collect()
}

/// The sections with an empty line between them.
fn joined(sections: &[Page]) -> Page {
    let mut all = Page::new();
    for (at, section) in sections.iter().enumerate() {
        if at > 0 {
            all.line("");
        }
        all.page(section);
    }
    all
}

/// What a framing puts on the wire, and in brackets what is special about it.
fn in_one_line(framing: &Description) -> String {
    let Capabilities {
        invariant, duplex, per_connection, resynchronises, finds_corruption, ..
    } = framing.capabilities;
    let special = [
        (!invariant, "depends on reads"),
        (duplex, "both directions"),
        (per_connection, "one message a connection"),
        (resynchronises, "resynchronises"),
        (finds_corruption, "finds corruption"),
    ];
    let special: Vec<&str> = special.iter().filter(|(is, _)| *is).map(|(_, what)| *what).collect();
    if special.is_empty() {
        return framing.on_wire.to_owned();
    }
    format!("{} [{}]", framing.on_wire, special.join(", "))
}

fn framings_text(framings: &[(String, String)]) -> Page {
    let mut out = section("framings");
    let width = framings.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, about) in framings {
        line(&mut out, &format!("{name:width$}  {about}"));
    }
    out
}

/// The plugins as people read them.
pub fn plugins_text(plugins: &[ListedPlugin]) -> Page {
    let mut out = section("plugins");
    if plugins.is_empty() {
        line(&mut out, "none found; build them, or name their folder with --plugin-dir");
    }
    for ListedPlugin { file, plugin } in plugins {
        match plugin {
            PluginOrError::Plugin(plugin) => {
                let built = if plugin.debug_build == Some(true) { " (debug build)" } else { "" };
                let named = format!("{} {}{built}", plugin.id, plugin.version);
                line(&mut out, &format!("{named}  {}", path(file)));
                for (kind, items) in [("handler", &plugin.handlers), ("framing", &plugin.framings)]
                {
                    for item in items {
                        line(&mut out, &format!("  {kind} {}  {}", item.name, item.about));
                    }
                }
            }
            PluginOrError::Error(error) => {
                line(&mut out, &format!("broken: {error}"));
            }
        }
    }
    out
}

fn section(title: &str) -> Page {
    let mut page = Page::new();
    page.line(title);
    page
}

fn line(out: &mut Page, text: &str) {
    out.line(format_args!("  {text}"));
}
