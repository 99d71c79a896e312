//! Where a scenario's plugins are, and whether they take what the scenario asks of them. Each is
//! loaded in a probe process: nothing a plugin does can harm the program that asks.

use super::inquiry::Inquiry;
use super::{answers, measured, programs};
use crate::framing::PluginName;
use crate::host::probe::{ProbeFraming, ProbeHandler, ProbeReport, ProbeSides};
use crate::host::{NotFound, Pinned, Program, SearchPath, find};
use crate::run::{FileUse, Plugins, probe};
use crate::scenario::{At, Complaint, Complaints, Loaded, Settings};
use crate::text::{Page, path as shown};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a plugin may take to load and to look at its configurations.
const PROBE_LIMIT: Duration = Duration::from_secs(10);

/// Finds and probes every plugin that the scenario names, and sends text where a handler speaks it. The error is ready to print, with all
/// that is wrong.
pub(super) fn locate(loaded: &mut Loaded, dirs: &[PathBuf], color: bool) -> Result<Plugins, Page> {
    locate_for(loaded, ProbeSides::Both, dirs, color)
}

/// The same for one side alone: what the other would say to the configuration does not count.
pub(super) fn locate_for(
    loaded: &mut Loaded,
    sides: ProbeSides,
    dirs: &[PathBuf],
    color: bool,
) -> Result<Plugins, Page> {
    let (located, speaks_text) = located(loaded, sides, dirs, color);
    if speaks_text {
        loaded.send_text();
    }
    located
}

/// What was found, and whether a handler speaks text.
fn located(
    loaded: &Loaded,
    sides: ProbeSides,
    dirs: &[PathBuf],
    color: bool,
) -> (Result<Plugins, Page>, bool) {
    let mut search = Search {
        loaded,
        sides,
        path: SearchPath::of_process(dirs),
        complaints: Complaints::new(&loaded.places),
    };
    let (mut plugins, inquiries) = search.find_all();
    let mut capabilities = answers::KnownCapabilities::default();
    let mut speaks_text = false;
    for (file, inquiry) in &inquiries {
        let Some(report) = search.ask(file, inquiry, &mut plugins) else { continue };
        answers::judge(loaded, inquiry, &report, &mut search.complaints);
        answers::note_loopback_only(loaded, inquiry, &report, &mut plugins);
        capabilities.note(file, inquiry, &report);
        speaks_text |= answers::speaks_text(&report);
    }
    measured::add_others(&mut plugins, &loaded.scenario);
    programs::judge(loaded, &mut search.complaints);
    let told = search.complaints.finish();
    let combined = loaded.check_capabilities(&|spec| capabilities.of(spec, &plugins));
    let mut wrong = Page::new();
    for diagnostics in told.into_iter().chain(combined.err()) {
        wrong.page(&diagnostics.page(color));
    }
    (if wrong.is_empty() { Ok(plugins) } else { Err(wrong) }, speaks_text)
}

struct Search<'a> {
    loaded: &'a Loaded,
    sides: ProbeSides,
    path: SearchPath,
    complaints: Complaints<'a>,
}

impl Search<'_> {
    /// Every plugin's file, and what is to be asked of it. An empty path stands for a plugin that was
    /// complained about, so that it is done once.
    fn find_all(&mut self) -> (Plugins, BTreeMap<PathBuf, Inquiry>) {
        let mut plugins = Plugins::default();
        let mut inquiries: BTreeMap<PathBuf, Inquiry> = BTreeMap::new();
        let cells = self.loaded.scenario.cells.iter().map(|cell| &cell.settings);
        for (cell, settings) in cells.enumerate() {
            let name = settings.handler.brought_by();
            let file = match plugins.handlers.get(&name) {
                Some(file) => file.clone(),
                None => self.find(cell, "/handler", &name),
            };
            plugins.handlers.entry(name).or_insert_with(|| file.clone());
            if !file.as_os_str().is_empty() {
                let asked = inquiries.entry(file).or_insert_with(|| Inquiry::new(cell, "/handler"));
                asked.handlers.ask(cell, self.about_handler(settings));
            }
            for (spec, pointer) in framings(settings) {
                let Some(name) = spec.brought_by() else { continue };
                let file = match plugins.framings.get(&name) {
                    Some(file) => file.clone(),
                    None => self.find(cell, pointer, &name),
                };
                plugins.framings.entry(name).or_insert_with(|| file.clone());
                if !file.as_os_str().is_empty() {
                    let asked =
                        inquiries.entry(file).or_insert_with(|| Inquiry::new(cell, pointer));
                    let config = serde_json::Value::Object(spec.settings.clone());
                    let question = ProbeFraming { framing: spec.kind.clone(), config };
                    asked.framings.ask((cell, pointer), question);
                }
            }
        }
        (plugins, inquiries)
    }

    fn about_handler(&self, settings: &Settings) -> ProbeHandler {
        ProbeHandler {
            handler: settings.handler.handler.clone(),
            config: settings.handler.config.clone(),
            sides: match settings.server {
                Some(_) if self.sides == ProbeSides::Both => ProbeSides::Client,
                _ => self.sides,
            },
        }
    }

    /// The file of a plugin that stands at `pointer`; empty when there is none, which is told.
    fn find(&mut self, cell: usize, pointer: &str, (name, path): &PluginName) -> PathBuf {
        let folder = &self.loaded.scenario.folder;
        let (key, found) = match path {
            Some(path) => ("path", existing(&folder.join(path)).map_err(Complaint::new)),
            None => ("plugin", find(name, &self.path).map_err(|error| nowhere(&error))),
        };
        found.unwrap_or_else(|complaint| {
            self.complaints.push(cell, At::Value(&format!("{pointer}/{key}")), complaint);
            PathBuf::new()
        })
    }

    /// What was asked has to be what is measured, so the file must be the same before and after.
    fn ask(
        &mut self,
        file: &Path,
        inquiry: &Inquiry,
        plugins: &mut Plugins,
    ) -> Option<ProbeReport> {
        let pinned = Pinned::open(&measured::named(file));
        let report = Program::this().map_err(|error| error.to_string()).and_then(|program| {
            probe(program.executable(), file, &inquiry.requests(), PROBE_LIMIT)
                .map_err(|error| error.to_string())
        });
        let looked = report.and_then(|report| {
            let mut pinned = pinned.map_err(|error| format!("plugin {}: {error}", shown(file)))?;
            match pinned.changed() {
                Some(why) => Err(format!("plugin {why}; try again")),
                None => Ok((report, pinned)),
            }
        });
        let (cell, pointer) = inquiry.named_at;
        let at = format!("{pointer}/plugin");
        match looked {
            Ok((report, pinned)) => {
                plugins.measured.plugins.push(measured::plugin(&report, &pinned));
                plugins.pins.add(FileUse::Plugin, pinned);
                Some(report)
            }
            Err(message) => {
                self.complaints.push(cell, At::Value(&at), Complaint::new(message));
                None
            }
        }
    }
}

/// The framings of a cell with the key at which each stands.
fn framings(settings: &Settings) -> [(&crate::framing::FramingSpec, &'static str); 2] {
    let (request, reply) = (&settings.request_framing, &settings.reply_framing);
    match request == reply {
        true => [(request, "/framing"), (reply, "/framing")],
        false => [(request, "/framing/request"), (reply, "/framing/reply")],
    }
}

fn nowhere(error: &NotFound) -> Complaint {
    let complaint = Complaint::new(error.message());
    let complaint = complaint.suggest(&error.name, error.known.iter().map(String::as_str));
    error.help().into_iter().fold(complaint, Complaint::help)
}

fn existing(path: &Path) -> Result<PathBuf, String> {
    path.canonicalize().map_err(|error| format!("plugin {}: {error}", shown(path)))
}
