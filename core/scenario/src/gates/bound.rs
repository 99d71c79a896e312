//! Limits within a text: `p99 < 1ms, lost = 0`.

use super::{Expectation, limit, metric, reference};
use crate::diagnostics::{Diagnostic, Place, Sink};
use crate::tree::{Node, Value};

/// More limits at once are none that anybody reads.
const MOST: usize = 16;

/// Reads limits that are joined by commas, as `[expect]` has them, each with an operator and of the cell itself.
/// `place`: where the text stands.
pub(crate) fn bound(text: &str, place: Place, sink: &mut Sink) -> Vec<Expectation> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if parts.len() > MOST {
        sink.push(Diagnostic::new(place, format!("there are at most {MOST} limits at once")));
        return Vec::new();
    }
    parts.into_iter().filter_map(|part| one(part, place, sink)).collect()
}

fn one(text: &str, place: Place, sink: &mut Sink) -> Option<Expectation> {
    let shown = if text.len() > 100 { "this" } else { text };
    let Some(at) = text.find(['<', '>', '=']) else {
        let message = match text.is_empty() {
            true => "there is no limit here".to_owned(),
            false => format!("`{shown}` has no operator"),
        };
        let help = "write a metric, a comparison and a limit, as in `p99 < 1ms`";
        sink.push(Diagnostic::new(place, message).help(help));
        return None;
    };
    let (name, rest) = (text[..at].trim(), &text[at..]);
    if reference::split(name).is_some() || name.contains('/') {
        let message = format!("`{shown}` holds a cell against another, which may not be played");
        let help = "write a limit of the metric itself, as in `p99 < 1ms`";
        sink.push(Diagnostic::new(place, message).help(help));
        return None;
    }
    let found = metric(name, place, sink)?;
    let node = Node { place, value: Value::Text(rest.to_owned()) };
    let gate = limit::gate(name, &found, &node, sink)?;
    Some(Expectation { name: name.to_owned(), place, gate: Some(gate), against: None })
}
