//! The lines above the table: what was run, and under which conditions.

use super::Paint;
use crate::load::Sizes;
use crate::report::numbers;
use crate::report::text::{clean, wrap};
use crate::result::Document;
use crate::result::document::CellResult;
use crate::scenario::{Placement, SessionPolicy, TransportKind, Until, Wait, WritePolicy};

pub(super) fn lines(document: &Document, width: usize, paint: Paint) -> Vec<String> {
    let scenario = &document.scenario;
    let title = paint.title(&clean(&scenario.name));
    let mut lines = vec![if scenario.about.is_empty() {
        title
    } else {
        wrap(&format!("{title}: {}", clean(&scenario.about)), width, 2)
    }];
    if !document.cells.is_empty() {
        lines.push(wrap(&conditions(document), width, 2));
    }
    lines.push(paint.quiet(&wrap(&machine(document), width, 2)));
    if document.tool.debug_build {
        lines.push(paint.doubtful(&wrap(
            "this is a debug build: its times and costs say nothing about a release build",
            width,
            2,
        )));
    }
    lines
}

/// What the sides did, as far as figures depend on it: transport, write policy, placement, wait,
/// load.
pub(crate) fn conditions(document: &Document) -> String {
    let conditions: Vec<String> =
        CONDITIONS.iter().filter_map(|show| of_all(document, *show)).collect();
    conditions.join(", ")
}

/// A condition in words; `None` when it has nothing to say of a cell.
type Condition = fn(&CellResult) -> Option<String>;

const CONDITIONS: &[Condition] = &[
    |cell| Some(format!("{} over {}", clean(&cell.setup.handler), transport(cell))),
    |cell| {
        Some(format!(
            "write {}",
            match cell.setup.transport.write {
                WritePolicy::Message => "message",
                WritePolicy::Batch => "batch",
                WritePolicy::HeaderBody => "header-body",
            }
        ))
    },
    |cell| {
        Some(format!(
            "placement {}",
            match cell.setup.cpu.placement {
                Placement::Split => "split",
                Placement::Same => "same",
                Placement::Free => "free",
            }
        ))
    },
    |cell| {
        Some(format!(
            "wait {}",
            match cell.setup.cpu.wait {
                Wait::Block => "block",
                Wait::Spin => "spin",
            }
        ))
    },
    |cell| {
        let (window, connections) = (cell.setup.load.in_flight, cell.setup.load.connections);
        let plural = if connections == 1 { "" } else { "s" };
        Some(format!("{window} in flight on {connections} connection{plural}"))
    },
    |cell| {
        let per = cell.setup.load.session == SessionPolicy::PerExchange;
        per.then(|| "a connection per exchange".into())
    },
    |cell| match &cell.setup.load.payload {
        Sizes::Constant(bytes) => Some(format!("{} payload", numbers::bytes(*bytes as f64))),
        _ => None,
    },
    |cell| {
        Some(match cell.setup.load.until {
            Until::Duration(ns) => format!("{} a round", numbers::time(ns)),
            Until::Messages(messages) => format!("{} messages a round", numbers::count(messages)),
        })
    },
];

fn transport(cell: &CellResult) -> String {
    let transport = &cell.setup.transport;
    match transport.kind {
        TransportKind::Tcp => format!(
            "tcp{} (nodelay {})",
            if transport.ipv6 { " on IPv6" } else { "" },
            if transport.nodelay { "on" } else { "off" }
        ),
        TransportKind::Unix => "unix".into(),
        TransportKind::Seqpacket => "seqpacket".into(),
    }
}

/// The condition, when all cells share it; every variant of it, when it is part of the matrix.
fn of_all(document: &Document, show: Condition) -> Option<String> {
    let mut variants: Vec<String> = Vec::new();
    for variant in document.cells.iter().filter_map(show) {
        if !variants.contains(&variant) {
            variants.push(variant);
        }
    }
    (!variants.is_empty()).then(|| variants.join(" | "))
}

fn machine(document: &Document) -> String {
    let host = &document.host;
    let mut words = vec![format!("{} {}", document.tool.name, document.tool.version)];
    words.extend(host.kernel.as_ref().map(|kernel| format!("Linux {}", clean(kernel))));
    words.extend(host.cpu.as_ref().map(|cpu| clean(cpu)));
    words.extend(host.cores.map(|cores| format!("{cores} cores")));
    words.extend((host.hypervisor == Some(true)).then(|| "virtual machine".into()));
    words.extend(host.load_average.map(|load| format!("load {load:.2}")));
    words.join(", ")
}
