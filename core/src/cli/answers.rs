//! What a plugin's answers mean for the scenario that asks.

use super::inquiry::Inquiry;
use crate::framing::{Capabilities, FramingSpec};
use crate::handler::{LOOPBACK_ONLY, SPEAKS_TEXT, is_word};
use crate::host::probe::{ProbeHandler, ProbeReport};
use crate::host::{About, ConfigError, is_named};
use crate::run::Plugins;
use crate::scenario::{At, Complaint, Complaints, Loaded};
use crate::text::path as shown;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Complains about everything that the plugin refuses or does not have.
pub(super) fn judge(
    loaded: &Loaded,
    inquiry: &Inquiry,
    report: &ProbeReport,
    complaints: &mut Complaints<'_>,
) {
    let mut tell =
        |cell, pointer: &str, complaint| complaints.push(cell, At::Value(pointer), complaint);
    for (question, cells, answer) in inquiry.handlers.answered(&report.handler_answers) {
        let Some(error) = answer else { continue };
        match missing_handler(question, report, error) {
            Some((pointer, complaint)) => tell(cells[0], pointer, complaint),
            None => {
                let pointer = format!("/handler/config{}", error.pointer);
                tell(cells[0], &pointer, refused(report, error));
            }
        }
    }
    for (question, keys, answer) in inquiry.framings.answered(&report.framing_answers) {
        let (Err(error), (cell, pointer)) = (answer, keys[0]) else { continue };
        match missing("framing", &question.framing, &report.framings, report) {
            Some(complaint) => tell(cell, &format!("{pointer}/kind"), complaint),
            None => tell(cell, &format!("{pointer}{}", error.pointer), refused(report, error)),
        }
    }
    identify(loaded, inquiry, report, complaints);
    check_counts(loaded, inquiry, report, complaints);
}

fn refused(report: &ProbeReport, error: &ConfigError) -> Complaint {
    Complaint::new(format!("plugin `{}`: {}", report.id, error.message))
}

/// A handler that the plugin does not have, or one that is not named where it has to be.
fn missing_handler(
    question: &ProbeHandler,
    report: &ProbeReport,
    error: &ConfigError,
) -> Option<(&'static str, Complaint)> {
    match &question.handler {
        Some(name) => {
            let complaint = missing("handler", name, &report.handlers, report)?;
            Some(("/handler/handler", complaint))
        }
        None if report.handlers.len() == 1 => None,
        None => Some(("/handler/plugin", Complaint::new(error.message.clone()))),
    }
}

fn missing(what: &str, name: &str, there: &[About], report: &ProbeReport) -> Option<Complaint> {
    let names = || there.iter().map(|item| item.name.as_str());
    if names().any(|known| known == name) {
        return None;
    }
    let listed = names().collect::<Vec<_>>().join(", ");
    let has = if listed.is_empty() { "none" } else { &listed };
    let message = format!("plugin `{}` has no {what} `{name}`", report.id);
    Some(Complaint::new(message).suggest(name, names()).help(format!("it has {has}")))
}

/// A name with dots is an id, and the file that was found may hold another plugin.
fn identify(
    loaded: &Loaded,
    inquiry: &Inquiry,
    report: &ProbeReport,
    complaints: &mut Complaints<'_>,
) {
    let mut check = |cell, pointer: &str, name: &str| {
        if !is_named(name, &report.id) {
            let file = shown(&report.file);
            let message = format!("the plugin in {file} is `{}`, not `{name}`", report.id);
            complaints.push(cell, At::Value(&format!("{pointer}/plugin")), Complaint::new(message));
        }
    };
    let cells = &loaded.scenario.cells;
    for (_, asking, _) in inquiry.handlers.answered(&report.handler_answers) {
        check(asking[0], "/handler", &cells[asking[0]].settings.handler.plugin);
    }
    for (_, asking, _) in inquiry.framings.answered(&report.framing_answers) {
        let (cell, pointer) = asking[0];
        let settings = &cells[cell].settings;
        let reply = pointer.ends_with("/reply");
        let spec = if reply { &settings.reply_framing } else { &settings.request_framing };
        check(cell, pointer, spec.plugin.as_deref().unwrap_or_default());
    }
}

/// Which kinds a handler counts is known only now. One that was not made has not said.
fn check_counts(
    loaded: &Loaded,
    inquiry: &Inquiry,
    report: &ProbeReport,
    complaints: &mut Complaints<'_>,
) {
    let made = report.handler_answers.iter().map(Option::is_none);
    let answered = inquiry.handlers.answered(&report.handler_counts).zip(made);
    for ((_, asking, counts), _) in answered.filter(|(_, made)| *made) {
        let counts: Vec<&str> =
            counts.iter().map(String::as_str).filter(|kind| !is_word(kind)).collect();
        for index in asking {
            let cell = &loaded.scenario.cells[*index];
            for (number, gate) in cell.expect.iter().enumerate() {
                let Some(kind) = gate.counted_kind() else { continue };
                if counts.contains(&kind) {
                    continue;
                }
                let plugin = &cell.settings.handler.plugin;
                let message = format!("`{plugin}` does not count `{kind}` under `count.`");
                let complaint = Complaint::new(message).suggest(kind, counts.iter().copied());
                let known = match counts.as_slice() {
                    [] => "it counts nothing".to_owned(),
                    kinds => format!("it counts {}", kinds.join(", ")),
                };
                complaints.push(*index, At::Gate(number), complaint.help(known));
            }
        }
    }
}

/// True when one of the handlers says that it speaks text.
pub(super) fn speaks_text(report: &ProbeReport) -> bool {
    report.handler_counts.iter().flatten().any(|kind| kind == SPEAKS_TEXT)
}

/// Notes the handlers that must not be reached from elsewhere, as they are configured.
pub(super) fn note_loopback_only(
    loaded: &Loaded,
    inquiry: &Inquiry,
    report: &ProbeReport,
    plugins: &mut Plugins,
) {
    for (_, asking, counts) in inquiry.handlers.answered(&report.handler_counts) {
        if counts.iter().any(|kind| kind == LOOPBACK_ONLY) {
            let handlers = asking.iter().map(|cell| &loaded.scenario.cells[*cell].settings.handler);
            plugins.loopback_only.extend(handlers.cloned());
        }
    }
}

/// What plugins' framings are able to do, by file, name and settings.
#[derive(Default)]
pub(super) struct KnownCapabilities {
    known: HashMap<(PathBuf, String, String), Capabilities>,
}

impl KnownCapabilities {
    /// Notes what one plugin has said.
    pub(super) fn note(&mut self, file: &Path, inquiry: &Inquiry, report: &ProbeReport) {
        for (question, _, answer) in inquiry.framings.answered(&report.framing_answers) {
            if let Ok(capabilities) = answer {
                let key = (file.to_owned(), question.framing.clone(), question.config.to_string());
                self.known.insert(key, *capabilities);
            }
        }
    }

    /// What a framing of the scenario is able to do, if its plugin was found and takes its settings.
    pub(super) fn of(&self, spec: &FramingSpec, plugins: &Plugins) -> Option<Capabilities> {
        let file = plugins.framings.get(&spec.brought_by()?)?;
        let settings = serde_json::Value::Object(spec.settings.clone()).to_string();
        self.known.get(&(file.clone(), spec.kind.clone(), settings)).copied()
    }
}
