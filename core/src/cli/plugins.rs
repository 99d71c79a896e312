//! Where a scenario's plugins are, and whether they take what the scenario asks of them. Each is
//! loaded in a probe process: nothing a plugin does can harm the program that asks.

use super::{measured, programs};
use crate::framing::{FramingSpec, Nature};
use crate::host::probe::{
    ProbeFraming, ProbeHandler, ProbeReport, ProbeRequests, ProbeSides, probe,
};
use crate::host::{ConfigError, LOOPBACK_ONLY, Pinned, Program, SearchPath, find};
use crate::run::{Plugins, Role};
use crate::scenario::{HandlerSpec, Loaded, WritePolicy};
use crate::text::{Page, path as shown};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a plugin may take to load and to look at its configurations.
const PROBE_LIMIT: Duration = Duration::from_secs(10);

/// One plugin file and the questions to it, each with the first cell that asks.
#[derive(Default)]
struct Inquiry {
    /// Where the scenario names it, for errors about the plugin as a whole.
    named_at: (usize, &'static str),
    handlers: Vec<(usize, ProbeHandler)>,
    framings: Vec<(usize, &'static str, ProbeFraming)>,
}

/// Finds and probes every plugin that the scenario names. The error is ready to print, with all
/// that is wrong.
pub(super) fn locate(loaded: &Loaded, dirs: &[PathBuf], color: bool) -> Result<Plugins, Page> {
    locate_for(loaded, ProbeSides::Both, dirs, color)
}

/// The same for one side alone: what the other would say to the configuration does not count.
pub(super) fn locate_for(
    loaded: &Loaded,
    sides: ProbeSides,
    dirs: &[PathBuf],
    color: bool,
) -> Result<Plugins, Page> {
    let mut search = Search {
        loaded,
        sides,
        path: SearchPath::of_process(dirs),
        color,
        loopback_only: Vec::new(),
        wrong: Page::new(),
    };
    let (mut plugins, inquiries) = search.find_all();
    for (file, inquiry) in &inquiries {
        search.ask(file, inquiry, &mut plugins);
    }
    measured::add_others(&mut plugins, &loaded.scenario);
    search.wrong.page(&programs::wrong(loaded, color));
    let plugins = Plugins { loopback_only: search.loopback_only, ..plugins };
    if search.wrong.is_empty() { Ok(plugins) } else { Err(search.wrong) }
}

struct Search<'a> {
    loaded: &'a Loaded,
    sides: ProbeSides,
    path: SearchPath,
    color: bool,
    loopback_only: Vec<HandlerSpec>,
    wrong: Page,
}

impl Search<'_> {
    /// Every plugin's file, and what is to be asked of it.
    fn find_all(&mut self) -> (Plugins, BTreeMap<PathBuf, Inquiry>) {
        let mut plugins = Plugins::default();
        let mut inquiries: BTreeMap<PathBuf, Inquiry> = BTreeMap::new();
        let source = Path::new(&self.loaded.scenario.source);
        let folder = source.parent().unwrap_or(Path::new("")).to_owned();
        for (cell, settings) in
            self.loaded.scenario.cells.iter().map(|cell| &cell.settings).enumerate()
        {
            let handler = &settings.handler;
            let key = (handler.plugin.clone(), handler.path.clone());
            if !plugins.handlers.contains_key(&key) {
                let (pointer, found) = match &handler.path {
                    Some(path) => ("/handler/path", existing(&folder.join(path))),
                    None => ("/handler/plugin", self.search(&handler.plugin)),
                };
                let file = self.or_complain(cell, pointer, found);
                plugins.handlers.insert(key.clone(), file);
            }
            let file = &plugins.handlers[&key];
            if !file.as_os_str().is_empty() {
                let asked = inquiries.entry(file.clone()).or_insert_with(|| Inquiry {
                    named_at: (cell, "/handler/plugin"),
                    ..Inquiry::default()
                });
                let question = ProbeHandler {
                    handler: handler.handler.clone(),
                    config: handler.config.clone(),
                    sides: match settings.server {
                        Some(_) if self.sides == ProbeSides::Both => ProbeSides::Client,
                        _ => self.sides,
                    },
                };
                if asked.handlers.iter().all(|(_, other)| *other != question) {
                    asked.handlers.push((cell, question));
                }
            }
            let both = [&settings.request_framing, &settings.reply_framing];
            let pointers = if both[0] == both[1] {
                ["/framing", "/framing"]
            } else {
                ["/framing/request", "/framing/reply"]
            };
            for (spec, pointer) in both.into_iter().zip(pointers) {
                let Some(name) = &spec.plugin else { continue };
                if !plugins.framings.contains_key(name) {
                    let found = self.search(name);
                    let file = self.or_complain(cell, pointer, found);
                    plugins.framings.insert(name.clone(), file);
                }
                let file = &plugins.framings[name];
                if file.as_os_str().is_empty() {
                    continue;
                }
                let asked = inquiries
                    .entry(file.clone())
                    .or_insert_with(|| Inquiry { named_at: (cell, pointer), ..Inquiry::default() });
                let config = serde_json::Value::Object(spec.settings.clone());
                let question = ProbeFraming { framing: spec.kind.clone(), config };
                if asked.framings.iter().all(|(.., other)| *other != question) {
                    asked.framings.push((cell, pointer, question));
                }
            }
        }
        (plugins, inquiries)
    }

    fn search(&self, name: &str) -> Result<PathBuf, String> {
        find(name, &self.path).map_err(|error| error.to_string())
    }

    /// An empty path stands for a plugin that was complained about, so that it is done once.
    fn or_complain(
        &mut self,
        cell: usize,
        pointer: &str,
        found: Result<PathBuf, String>,
    ) -> PathBuf {
        found.unwrap_or_else(|message| {
            self.complain(cell, pointer, &message);
            PathBuf::new()
        })
    }

    /// What was asked has to be what is measured, so the file must be the same before and after.
    fn ask(&mut self, file: &Path, inquiry: &Inquiry, plugins: &mut Plugins) {
        let requests = ProbeRequests {
            handlers: inquiry.handlers.iter().map(|(_, question)| question.clone()).collect(),
            framings: inquiry.framings.iter().map(|(.., question)| question.clone()).collect(),
        };
        let pinned = Pinned::open(&measured::named(file));
        let report = Program::this().map_err(|error| error.to_string()).and_then(|program| {
            probe(program.executable(), file, &requests, PROBE_LIMIT)
                .map_err(|error| error.to_string())
        });
        let looked = report.and_then(|report| {
            let mut pinned = pinned.map_err(|error| format!("plugin {}: {error}", shown(file)))?;
            match pinned.changed() {
                Some(why) => Err(format!("plugin {why}; try again")),
                None => Ok((report, pinned)),
            }
        });
        match looked {
            Ok((report, pinned)) => {
                self.judge(inquiry, &report);
                plugins.measured.plugins.push(measured::plugin(&report, &pinned));
                plugins.pins.add(Role::Plugin, pinned);
            }
            Err(message) => self.complain(inquiry.named_at.0, inquiry.named_at.1, &message),
        }
    }

    fn judge(&mut self, inquiry: &Inquiry, report: &ProbeReport) {
        for ((cell, _), answer) in inquiry.handlers.iter().zip(&report.handler_answers) {
            if let Some(error) = answer {
                self.complain_about_config(*cell, "/handler/config", report, error);
            }
        }
        for ((_, question), counts) in inquiry.handlers.iter().zip(&report.handler_counts) {
            let reserved = |kind: &&String| *kind == LOOPBACK_ONLY;
            if counts.iter().any(|kind| reserved(&kind)) {
                let cells = self.loaded.scenario.cells.iter().map(|cell| &cell.settings.handler);
                let same = |spec: &&HandlerSpec| {
                    spec.handler == question.handler && spec.config == question.config
                };
                self.loopback_only.extend(cells.filter(same).cloned());
            }
            let counts: Vec<String> =
                counts.iter().filter(|kind| !reserved(kind)).cloned().collect();
            self.check_counts(question, &counts);
        }
        for ((cell, pointer, question), answer) in
            inquiry.framings.iter().zip(&report.framing_answers)
        {
            match answer {
                Err(error) => self.complain_about_config(*cell, pointer, report, error),
                Ok(nature) => self.check_nature(pointer, question, nature),
            }
        }
    }

    /// Which kinds a handler counts is known only now.
    fn check_counts(&mut self, question: &ProbeHandler, counts: &[String]) {
        let loaded = self.loaded;
        let mut told = BTreeSet::new();
        for (index, cell) in loaded.scenario.cells.iter().enumerate() {
            let handler = &cell.settings.handler;
            if handler.handler != question.handler || handler.config != question.config {
                continue;
            }
            for gate in &cell.expect {
                let Some(kind) = gate.counted_kind() else { continue };
                if counts.iter().any(|known| known == kind) || !told.insert(kind) {
                    continue;
                }
                let known = match counts {
                    [] => "it counts nothing".to_owned(),
                    kinds => format!("it counts {}", kinds.join(", ")),
                };
                let message =
                    format!("`{}` does not count `{kind}` under `count.`: {known}", handler.plugin);
                self.complain(index, &format!("/expect/count.{kind}"), &message);
            }
        }
    }

    /// What a plugin framing cannot do is known only now.
    fn check_nature(&mut self, pointer: &'static str, question: &ProbeFraming, nature: &Nature) {
        let asks = |spec: &FramingSpec| spec.plugin.is_some() && spec.kind == question.framing;
        let loaded = self.loaded;
        let mut told = Vec::new();
        for (cell, settings) in loaded.scenario.cells.iter().map(|cell| &cell.settings).enumerate()
        {
            let (request, reply) = (&settings.request_framing, &settings.reply_framing);
            if !asks(request) && !asks(reply) {
                continue;
            }
            let name = &question.framing;
            let wrong = if nature.duplex && request != reply {
                Some((pointer, format!("`{name}` must be used in both directions")))
            } else if !nature.batchable && settings.transport.write == WritePolicy::Batch {
                let what = "gathering messages into one write would change what it does";
                Some(("/transport/write", format!("`{name}` does not go with \"batch\": {what}")))
            } else {
                None
            };
            if let Some((pointer, message)) = wrong
                && !told.contains(&message)
            {
                self.complain(cell, pointer, &message);
                told.push(message);
            }
        }
    }

    fn complain_about_config(
        &mut self,
        cell: usize,
        pointer: &str,
        report: &ProbeReport,
        error: &ConfigError,
    ) {
        let message = format!("plugin `{}`: {}", report.id, error.message);
        self.complain(cell, &format!("{pointer}{}", error.pointer), &message);
    }

    fn complain(&mut self, cell: usize, pointer: &str, message: &str) {
        let diagnostic = self.loaded.places.diagnostic(cell, pointer, message, None);
        self.wrong.page(&diagnostic.page(self.color));
    }
}

fn existing(path: &Path) -> Result<PathBuf, String> {
    path.canonicalize().map_err(|error| format!("{}: {error}", shown(path)))
}
