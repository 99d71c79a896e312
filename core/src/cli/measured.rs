//! Which files a scenario's rounds use, and what identifies them.

use super::programs;
use crate::host::probe::ProbeReport;
use crate::host::{About, Pinned, Program};
use crate::result::Tool;
use crate::result::document::{FileResult, PluginResult};
use crate::run::{FileUse, Plugins};
use crate::scenario::{Foreign, Scenario};
use crate::text::path as shown;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// This program, with the file that runs. What cannot be read is absent.
pub(super) fn tool() -> Tool {
    let program = Program::this().ok();
    let digest = program.and_then(|program| program.digest().ok());
    Tool {
        path: program.map(|program| shown(program.path())),
        size_bytes: digest.as_ref().map(|digest| digest.bytes),
        sha256: digest.map(|digest| digest.sha256),
        ..Tool::this()
    }
}

/// How a file is named in results and messages: not from the working folder, which nobody knows
/// later. A link stays one: what it points to may change.
pub(super) fn named(file: &Path) -> PathBuf {
    std::path::absolute(file).unwrap_or_else(|_| file.to_owned())
}

/// A plugin as the result names it.
pub(super) fn plugin(report: &ProbeReport, file: &Pinned) -> PluginResult {
    let names = |items: &[About]| items.iter().map(|item| item.name.clone()).collect();
    PluginResult {
        id: report.id.clone(),
        version: report.version.clone(),
        sdk: report.sdk.clone(),
        path: shown(file.path()),
        size_bytes: file.digest().bytes,
        sha256: file.digest().sha256.clone(),
        debug_build: report.debug_build,
        handlers: names(&report.handlers),
        framings: names(&report.framings),
    }
}

/// Adds what is used besides plugins. A file that cannot be read is left to the round, which says
/// what it wanted with it; a program may be executable and not readable.
pub(super) fn add_others(plugins: &mut Plugins, scenario: &Scenario) {
    for (role, path) in others(scenario) {
        let Ok(file) = Pinned::open(&path) else { continue };
        plugins.measured.files.push(FileResult {
            role: role.word().to_owned(),
            path: shown(path),
            size_bytes: file.digest().bytes,
            sha256: file.digest().sha256.clone(),
        });
        plugins.pins.add(role, file);
    }
}

/// Leaves out what no cell of `scenario` uses: cells may have been left out since it was located.
pub(super) fn retain(plugins: &mut Plugins, scenario: &Scenario) {
    let mut loaded = BTreeSet::new();
    for settings in scenario.cells.iter().map(|cell| &cell.settings) {
        let handler = &settings.handler;
        loaded.extend(plugins.handlers.get(&handler.brought_by()));
        let framings = [&settings.request_framing, &settings.reply_framing];
        let names = framings.into_iter().filter_map(|framing| framing.brought_by());
        loaded.extend(names.filter_map(|name| plugins.framings.get(&name)));
    }
    let others = others(scenario).into_iter().map(|(_, path)| path);
    let used: BTreeSet<PathBuf> =
        loaded.into_iter().map(|file| named(file)).chain(others).collect();
    let shown: BTreeSet<String> = used.iter().map(shown).collect();
    plugins.pins.retain(&used);
    plugins.measured.plugins.retain(|plugin| shown.contains(&plugin.path));
    plugins.measured.files.retain(|file| shown.contains(&file.path));
}

/// What besides plugins a scenario is made of: payload files and the programs of servers. Each once, in the
/// order of the cells.
pub(super) fn others(scenario: &Scenario) -> Vec<(FileUse, PathBuf)> {
    let folder = &scenario.folder;
    let mut found: Vec<(FileUse, PathBuf)> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut add = |role, path: PathBuf| {
        if seen.insert(path.clone()) {
            found.push((role, path));
        }
    };
    // Looking along PATH takes time, and the cells of a matrix may be many.
    let mut searched = BTreeSet::new();
    for settings in scenario.cells.iter().map(|cell| &cell.settings) {
        settings.load.files().for_each(|path| add(FileUse::Payload, path.into()));
        if let Some(Foreign::Command(server)) = &settings.server
            && searched.insert((&server.command[0], &server.cwd, &server.env))
            && let Ok(Some(path)) = programs::find(server, &folder.join(&server.cwd))
        {
            add(FileUse::Server, named(&path));
        }
    }
    found
}
