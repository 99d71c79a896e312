//! Whether results may be held against each other, and what a reader has to know of how they differ.

use super::kept::KeptResult;
use super::matching::MatchedCell;
use crate::result::Host;
use crate::result::document::{Document, PluginResult};

/// Ids of cells that are told one by one.
const MOST_CELLS: usize = 6;

/// Why the results cannot be compared, whatever their cells are; `None`: they can. All results of both sides,
/// the baseline's first.
pub(super) fn refused(all: &[&KeptResult], allow_debug: bool) -> Option<String> {
    let first = all.first()?;
    let name = |result: &KeptResult| result.document.scenario.name.clone();
    if let Some(other) = all.iter().find(|other| name(other) != name(first)) {
        return Some(format!(
            "{} is a result of the scenario `{}`, {} one of `{}`",
            first.name,
            name(first),
            other.name,
            name(other)
        ));
    }
    let debug = all.iter().find(|result| !result.document.debug_builds().is_empty());
    debug.filter(|_| !allow_debug).map(|debug| {
        let builds = debug.document.debug_builds().join(" and ");
        let other = all.iter().find(|other| other.document.debug_builds().is_empty());
        let beside = match other {
            Some(other) => format!(", {} was not", other.name),
            None => {
                let last = all.last().filter(|last| last.name != debug.name);
                last.map_or(String::new(), |last| format!(", and so was {}", last.name))
            }
        };
        format!(
            "{} was measured with a debug build ({builds}){beside}: times and costs of debug builds say \
             nothing; build with --release and measure again, or insist with --allow-debug",
            debug.name
        )
    })
}

/// Why a cell cannot be compared: it was placed otherwise, or waited otherwise.
pub(super) fn differs_in_placement(cell: &MatchedCell<'_>) -> Option<String> {
    let mut all = cell.baseline.iter().chain(&cell.new);
    let (first, of_first) = all.next()?;
    let (other, of_other) = all.find(|(_, of)| {
        (of.cpu.placed(), of.cpu.wait) != (of_first.cpu.placed(), of_first.cpu.wait)
    })?;
    let told = |cpu: &crate::scenario::Cpu| {
        let word = |value: serde_json::Result<serde_json::Value>| {
            value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
        };
        format!("placement {}, wait {}", cpu.placed(), word(serde_json::to_value(cpu.wait)))
    };
    Some(format!(
        "the sides of `{}` did not run alike: {} in {}, {} in {}",
        of_other.id,
        told(&of_first.cpu),
        first.name,
        told(&of_other.cpu),
        other.name
    ))
}

/// What else is not the same in all results, each the first time that it differs from the first result.
pub(super) fn differences(all: &[&KeptResult]) -> Vec<String> {
    type Told = fn(&Document) -> String;
    let host = |of: fn(&Host) -> Option<String>| {
        move |document: &Document| of(&document.host).unwrap_or_else(|| "unknown".into())
    };
    let (cpu, kernel) = (host(|host| host.cpu.clone()), host(|host| host.kernel.clone()));
    let cores = host(|host| host.cores.map(|cores| cores.to_string()));
    let changes: Told = |document| match &document.scenario.changes[..] {
        [] => "nothing".into(),
        changes => changes.join(" "),
    };
    let seed: Told = |document| document.scenario.seed.to_string();
    let version: Told = |document| document.tool.version.clone();
    let mut notes: Vec<String> = [
        told(all, "another processor", cpu),
        told(all, "another kernel", kernel),
        told(all, "another number of processors", cores),
        told(all, "another wirebench version", version),
        told(all, "another seed", seed),
        told(all, "the command line changed other keys", changes),
    ]
    .into_iter()
    .flatten()
    .collect();
    let text = |result: &&&KeptResult| result.document.scenario.text_sha256.clone();
    let mut texts = all.iter().filter(|result| text(result).is_some());
    if let Some(first) = texts.next()
        && let Some(other) = texts.find(|other| text(other) != text(&first))
    {
        notes.push(format!(
            "the scenario's text is not the same in {} and in {}",
            first.name, other.name
        ));
    }
    for result in all {
        let Document { interrupted, stopped, .. } = &result.document;
        match stopped {
            Some(why) => {
                notes.push(format!("{} ended early ({why}): its rounds so far count", result.name))
            }
            None if *interrupted => {
                notes.push(format!("{} was interrupted: its rounds so far count", result.name));
            }
            None => {}
        }
    }
    notes
}

fn told(all: &[&KeptResult], what: &str, of: impl Fn(&Document) -> String) -> Option<String> {
    let first = all.first()?;
    let told = of(&first.document);
    let other = all.iter().find(|other| of(&other.document) != told)?;
    Some(format!("{what}: {told} in {}, {} in {}", first.name, of(&other.document), other.name))
}

/// What of one side's results shows that they are not all of one build.
pub(super) fn builds_differ(side: &str, results: &[KeptResult]) -> Option<String> {
    let first = results.first()?;
    let other = results.iter().find(|other| is_other_build(&first.document, &other.document))?;
    Some(format!(
        "not all results of {side} are of one build: {} and {} are of other files",
        first.name, other.name
    ))
}

fn is_other_build(a: &Document, b: &Document) -> bool {
    let tools = a.tool.sha256.as_ref().zip(b.tool.sha256.as_ref()).is_some_and(|(a, b)| a != b);
    let other = |plugin: &PluginResult| {
        b.plugins.iter().any(|one| one.id == plugin.id && one.sha256 != plugin.sha256)
    };
    tools || a.plugins.iter().any(other)
}

/// `a`, `b` and 3 more.
pub(super) fn some_of(ids: &[&str]) -> String {
    let told: Vec<String> = ids.iter().take(MOST_CELLS).map(|id| format!("`{id}`")).collect();
    match ids.len() - told.len() {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}
