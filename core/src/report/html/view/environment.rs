//! Where figures are from: the machine, the program, the plugins, the scenario.

use crate::report::numbers;
use crate::result::document::{Document, FileResult, PluginResult};
use serde::Serialize;

/// One line of them.
#[derive(Serialize)]
pub(super) struct Fact {
    name: String,
    value: String,
}

/// Everything that the document says of it.
pub(super) fn facts(document: &Document) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push(Fact { name: name.into(), value });
        }
    };
    let Document { tool, host, run, scenario, .. } = document;
    fact("run", run.as_ref().map(|run| format!("{}, begun {}", run.id, run.started)));
    fact("scenario", Some(scenario.source.clone()));
    fact("SHA-256 of the scenario", scenario.text_sha256.clone());
    fact("profile", scenario.profile.clone());
    fact("changed", Some(scenario.changes.join(", ")));
    fact("seed, rounds", Some(format!("{}, {} a cell", scenario.seed, scenario.rounds)));
    fact("program", Some(format!("{} {}{}", tool.name, tool.version, debug(tool.debug_build))));
    fact("its file", tool.path.clone());
    fact("SHA-256 of the program", tool.sha256.clone());
    fact("kernel", host.kernel.as_ref().map(|kernel| format!("Linux {kernel}")));
    fact("processor", host.cpu.clone());
    fact("architecture", host.architecture.clone());
    fact("processors online", host.cores.map(|cores| cores.to_string()));
    fact("virtual machine", host.hypervisor.map(|is| if is { "yes" } else { "no" }.into()));
    fact("frequency governor", host.governor.clone());
    fact("clock source", host.clocksource.clone());
    fact("memory", host.memory_bytes.map(|bytes| numbers::bytes(bytes as f64)));
    fact("load average at the start", host.load_average.map(|load| format!("{load:.2}")));
    fact("loopback MTU", host.loopback_mtu.map(|bytes| bytes.to_string()));
    fact("congestion control", host.congestion_control.clone());
    for part in &document.parts {
        let run = part.run.as_ref().map(|run| run.id.clone()).unwrap_or_default();
        let cpu = part.host.cpu.clone().unwrap_or_default();
        fact(&format!("part {}", part.part), Some(format!("{run} on {cpu}")));
    }
    for plugin in &document.plugins {
        fact(&format!("plugin {}", plugin.id), Some(plugin_words(plugin)));
    }
    for file in &document.files {
        fact(&format!("file ({})", file.role), Some(file_words(file)));
    }
    facts
}

fn debug(is: bool) -> &'static str {
    if is { ", a debug build" } else { "" }
}

fn plugin_words(plugin: &PluginResult) -> String {
    let debug = debug(plugin.debug_build == Some(true));
    format!("{}{debug}, {}, SHA-256 {}", plugin.version, plugin.path, plugin.sha256)
}

fn file_words(file: &FileResult) -> String {
    format!("{}, SHA-256 {}", file.path, file.sha256)
}
