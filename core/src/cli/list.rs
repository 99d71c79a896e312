//! What there is: framings, plugins and scenarios.

use super::args::{ListArgs, Listed as What};
use super::scenario_list::scenarios_text;
use super::screen::Screen;
use crate::framing::{Capabilities, Description};
use crate::host::probe::{ProbeReport, ProbeRequests};
use crate::host::{About, Library, Note, Noted, Program, SearchPath};
use crate::run::probe;
use crate::text::{Page, path};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use wirebench_abi as abi;

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
    /// What its note says; it was not loaded.
    Noted(Box<Note>),
    /// It was not loaded, and its file does not say what it is: why not, as a sentence.
    Unknown(String),
    /// It was loaded and is fine.
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
        let listed = match args.load {
            true => loaded_plugins(Program::this()?.executable(), &path, LIMIT),
            false => plugins(&path),
        };
        let mut text = plugins_text(&listed);
        path.faults().iter().for_each(|why| line(&mut text, &format!("broken: {why}")));
        sections.push(text);
    }
    if wanted(What::Scenarios) {
        sections.push(scenarios_text());
    }
    out.page(&joined(&sections))?;
    Ok(super::ExitCode::SUCCESS)
}

/// The plugins of a search path, in its order, by what their files say: no code of them runs.
pub fn plugins(path: &SearchPath) -> Vec<ListedPlugin> {
    let look = |file: PathBuf| {
        let plugin = match Library::look(&file) {
            Ok((_, noted)) => read(noted),
            Err(error) => PluginOrError::Error(error.to_string()),
        };
        ListedPlugin { file, plugin }
    };
    path.candidates().into_iter().map(look).collect()
}

fn read(noted: Noted) -> PluginOrError {
    PluginOrError::Unknown(match noted {
        Noted::Note(note) => return PluginOrError::Noted(note),
        Noted::Nothing => "it has no note, so only loading it tells what it is".into(),
        Noted::OtherFormat(format) => format!(
            "its note is of format {format}, this wirebench reads format {}; update wirebench",
            abi::note::FORMAT
        ),
    })
}

/// The plugins of a search path, in its order. Each is loaded in a child process of its own (`exe` is
/// this program) and has `limit` to answer; a broken one is listed with its error.
pub fn loaded_plugins(exe: &Path, path: &SearchPath, limit: Duration) -> Vec<ListedPlugin> {
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
        let said = match plugin {
            PluginOrError::Noted(note) => Said {
                named: (&note.id, &note.version, note.debug_build),
                abi: note.abi,
                items: [("handler", &note.handlers), ("framing", &note.framings)],
            },
            PluginOrError::Plugin(plugin) => Said {
                named: (&plugin.id, &plugin.version, plugin.debug_build),
                abi: plugin.abi,
                items: [("handler", &plugin.handlers), ("framing", &plugin.framings)],
            },
            PluginOrError::Unknown(why) => {
                let help = "`wirebench list plugins --load` loads it in a process of its own";
                line(&mut out, &format!("not known: {}: {why}; {help}", path(file)));
                continue;
            }
            PluginOrError::Error(error) => {
                line(&mut out, &format!("broken: {error}"));
                continue;
            }
        };
        said.lines(file, &mut out);
    }
    out
}

/// What a plugin says of itself, in its note or once it is loaded.
struct Said<'a> {
    /// Its id, its version, and whether it is a debug build.
    named: (&'a str, &'a str, Option<bool>),
    /// Major and minor of its interface.
    abi: (u16, u16),
    items: [(&'static str, &'a Vec<About>); 2],
}

impl Said<'_> {
    fn lines(&self, file: &Path, out: &mut Page) {
        let (id, version, debug_build) = self.named;
        let built = if debug_build == Some(true) { " (debug build)" } else { "" };
        line(out, &format!("{id} {version}{built}  {}", path(file)));
        for (kind, items) in self.items {
            for item in items {
                line(out, &format!("  {kind} {}  {}", item.name, item.about));
            }
        }
        let (major, minor) = self.abi;
        if minor > abi::ABI_MINOR {
            line(
                out,
                &format!(
                    "  built for plugin interface {major}.{minor}, this wirebench speaks {}: it loads \
                     and does without what came later; update wirebench to have that too",
                    abi::ABI
                ),
            );
        }
    }
}

fn section(title: &str) -> Page {
    let mut page = Page::new();
    page.line(title);
    page
}

fn line(out: &mut Page, text: &str) {
    out.line(format_args!("  {text}"));
}
