//! The lines above the table: what was run, and under which conditions.

use super::Paint;
use super::setup::link_setup;
use crate::load::Sizes;
use crate::report::numbers;
use crate::report::text::wrap;
use crate::result::Document;
use crate::result::document::CellResult;
use crate::scenario::{Arrivals, OpenLoad, Placement, SessionPolicy, Until, Wait, WritePolicy};
use crate::text::plural;

pub(super) fn lines(document: &Document, width: usize, paint: Paint) -> Vec<String> {
    let scenario = &document.scenario;
    let title = paint.title(&scenario.name);
    let mut lines = vec![if scenario.about.is_empty() {
        title
    } else {
        wrap(&format!("{title}: {}", scenario.about), width, 2)
    }];
    if !document.cells.is_empty() {
        lines.push(wrap(&conditions(document), width, 2));
    }
    lines.push(paint.quiet(&wrap(&machine(document), width, 2)));
    if let Some(words) = debug_words(document) {
        lines.push(paint.doubtful(&wrap(&words, width, 2)));
    }
    if let Some(why) = &document.stopped {
        lines.push(paint.bad(&wrap(&format!("stopped early: {why}"), width, 2)));
    }
    lines
}

/// Which parts of what was measured are debug builds, if any is.
pub(crate) fn debug_words(document: &Document) -> Option<String> {
    let builds = document.debug_builds();
    let (parts, are) = match builds.as_slice() {
        [] => return None,
        [one] => ((*one).to_owned(), "is a debug build: its"),
        _ => (builds.join(", "), "are debug builds: their"),
    };
    Some(format!("{parts} {are} times and costs say nothing about a release build"))
}

/// What the sides did, as far as figures depend on it: transport, write policy, placement, wait,
/// load. What the matrix multiplies is left out: the table has it.
pub(crate) fn conditions(document: &Document) -> String {
    let conditions: Vec<String> =
        CONDITIONS.iter().filter_map(|condition| of_all(document, condition)).collect();
    conditions.join(", ")
}

/// What can be said of a cell.
struct Condition {
    /// The scenario's keys that decide it.
    keys: &'static [&'static str],
    /// In words; `None` when there is nothing to say.
    show: fn(&CellResult) -> Option<String>,
}

const CONDITIONS: &[Condition] = &[
    Condition { keys: &["handler"], show: |cell| Some(format!("handler {}", cell.setup.handler)) },
    Condition {
        keys: &["server"],
        show: |cell| cell.setup.server.as_ref().map(|server| format!("server {server}")),
    },
    Condition { keys: &["transport.kind"], show: |cell| Some(kind(cell)) },
    Condition {
        keys: &["transport.nodelay"],
        show: |cell| {
            let nodelay = if cell.setup.transport.nodelay { "nodelay on" } else { "nodelay off" };
            // What a server of one's own sets is not known.
            let whose = if cell.setup.server.is_some() { " for the client" } else { "" };
            cell.setup.transport.kind.has_nodelay().then(|| format!("{nodelay}{whose}"))
        },
    },
    Condition {
        keys: &["transport.write"],
        show: |cell| {
            Some(format!(
                "write {}",
                match cell.setup.transport.write {
                    WritePolicy::Message => "message",
                    WritePolicy::Batch => "batch",
                    WritePolicy::HeaderBody => "header-body",
                }
            ))
        },
    },
    Condition {
        keys: &["cpu.placement", "cpu.server", "cpu.client"],
        show: |cell| {
            let cpu = &cell.setup.cpu;
            let shared = cell.rounds.iter().any(|round| round.share_core == Some(true));
            let shared = if shared { " (threads of one core)" } else { "" };
            Some(match cpu.placement {
                Placement::Lists => format!("{}{shared}", cpu.placed()),
                _ => format!("placement {}{shared}", cpu.placed()),
            })
        },
    },
    Condition {
        keys: &["cpu.wait"],
        show: |cell| {
            Some(format!(
                "wait {}",
                match cell.setup.cpu.wait {
                    Wait::Block => "block",
                    Wait::Spin => "spin",
                }
            ))
        },
    },
    Condition { keys: &["link"], show: |cell| link_setup(&cell.setup.link) },
    Condition {
        keys: &["load.model", "load.rate", "load.stage"],
        show: |cell| cell.setup.load.open.as_ref().map(open_loop),
    },
    Condition {
        keys: &["load.arrivals"],
        show: |cell| {
            let open = cell.setup.load.open.as_ref()?;
            Some(match open.arrivals {
                Arrivals::Constant => "at equal gaps".into(),
                Arrivals::Poisson => "at random".into(),
                Arrivals::Burst(size) => format!("in bursts of {size}"),
            })
        },
    },
    Condition {
        keys: &["load.in-flight"],
        show: |cell| Some(format!("{} in flight", cell.setup.load.in_flight)),
    },
    Condition {
        keys: &["load.connections"],
        show: |cell| {
            let connections = cell.setup.load.connections;
            Some(format!("{connections} {}", plural(connections.into(), "connection")))
        },
    },
    Condition {
        keys: &["load.session"],
        show: |cell| {
            let per = cell.setup.load.session == SessionPolicy::PerExchange;
            per.then(|| "a connection per exchange".into())
        },
    },
    Condition {
        keys: &["load.payload"],
        show: |cell| match &cell.setup.load.payload {
            Sizes::Constant(bytes) => Some(format!("payload {}", numbers::bytes(*bytes as f64))),
            _ => None,
        },
    },
    Condition {
        keys: &["load.duration", "load.messages"],
        show: |cell| {
            Some(match cell.setup.load.until {
                Until::Duration(ns) => format!("{} a round", numbers::time(ns)),
                Until::Messages(messages) => {
                    let noun = plural(messages, "message");
                    format!("{} {noun} a round", numbers::count(messages))
                }
            })
        },
    },
];

fn open_loop(open: &OpenLoad) -> String {
    match &open.stages[..] {
        [stage] => format!("open loop, {} due", numbers::rate(stage.rate.per_second())),
        stages => format!("open loop, {} stages", stages.len()),
    }
}

fn kind(cell: &CellResult) -> String {
    let transport = &cell.setup.transport;
    let version = if transport.ipv6 && transport.kind.is_ip() { " on IPv6" } else { "" };
    format!("{}{version}", transport.kind.name())
}

/// The condition, when all cells share it; every variant of it, when cells differ in it without
/// its being an axis (an override can do that).
fn of_all(document: &Document, condition: &Condition) -> Option<String> {
    let mut variants: Vec<String> = Vec::new();
    for variant in document.cells.iter().filter_map(condition.show) {
        if !variants.contains(&variant) {
            variants.push(variant);
        }
    }
    let is_axis = condition.keys.iter().any(|key| {
        let axes = &document.scenario.axes;
        axes.iter().any(|axis| within(key, axis) || within(axis, key))
    });
    match variants.len() {
        0 => None,
        2.. if is_axis => None,
        _ => Some(variants.join(" | ")),
    }
}

/// Whether a key is the other one or stands below it.
fn within(key: &str, other: &str) -> bool {
    key.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn machine(document: &Document) -> String {
    let host = &document.host;
    let mut words = vec![format!("{} {}", document.tool.name, document.tool.version)];
    if !document.parts.is_empty() {
        words.push(format!("put together of {} parts, the first on", document.parts.len()));
    }
    words.extend(host.kernel.as_ref().map(|kernel| format!("Linux {kernel}")));
    words.extend(host.cpu.clone());
    words.extend(host.cores.map(|cores| format!("{cores} cores")));
    words.extend((host.hypervisor == Some(true)).then(|| "virtual machine".into()));
    words.extend(host.load_average.map(|load| format!("load {load:.2}")));
    words.join(", ")
}
