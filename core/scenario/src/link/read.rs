//! Reads `[link]`: what stands in it for both directions, and what for one.

use super::super::diagnostics::{Diagnostic, Sink};
use super::super::key::{Key, Kind};
use super::super::read::{boolean, integer, quantity, share, sizes, wrong_type};
use super::super::tree::{Node, Value};
use super::keys::{names, row};
use wirebench_link::{DirectionProfile, Link, Pieces, Point};
use wirebench_load::Sizes;

/// `lock-step-wait` and `coalesce-wait` where nothing is said; a test compares them with the
/// catalogue.
const LOCK_STEP_WAIT_NS: u64 = 100_000_000;
const COALESCE_WAIT_NS: u64 = 1_000_000;

/// The tables of one direction.
pub(crate) const DIRECTIONS: [&str; 2] = ["request", "reply"];

/// Both directions.
pub(crate) fn read(node: &Node, sink: &mut Sink) -> Option<Link> {
    let Some(table) = node.table() else {
        let message = format!(
            "`link` takes a table such as `{{ pieces = \"1 B\" }}` or `{{ reply = {{ delay = \
             \"5ms\" }} }}`, not {}",
            node.type_name()
        );
        sink.push(Diagnostic::new(node.place, message));
        return None;
    };
    let mut both = PartialProfile::default();
    for entry in table.iter().filter(|entry| !DIRECTIONS.contains(&entry.key.as_str())) {
        one(&mut both, &entry.key, entry.key_place, &entry.node, true, sink);
    }
    let mut way = |direction: &str| {
        let mut way = both.clone();
        let Some(entry) = node.entry(direction) else { return way.finish() };
        let Some(table) = entry.node.table() else {
            let message = format!(
                "`link.{direction}` takes a table such as `{{ delay = \"5ms\" }}`, not {}",
                entry.node.type_name()
            );
            sink.push(Diagnostic::new(entry.node.place, message));
            return way.finish();
        };
        for entry in table {
            one(&mut way, &entry.key, entry.key_place, &entry.node, false, sink);
        }
        way.finish()
    };
    let (request, reply) = (way("request"), way("reply"));
    Some(Link { request, reply })
}

/// What was read of one direction. Some settings mean something only beside others.
#[derive(Clone, Default)]
struct PartialProfile {
    way: DirectionProfile,
    lock_step: Option<bool>,
    lock_step_wait_ns: Option<u64>,
    coalesce_wait_ns: Option<u64>,
}

impl PartialProfile {
    fn finish(self) -> DirectionProfile {
        let mut way = self.way;
        if way.pieces.is_some() {
            way.lock_step = self.lock_step.unwrap_or(true);
            way.lock_step_wait_ns = self.lock_step_wait_ns.unwrap_or(LOCK_STEP_WAIT_NS);
        }
        if way.coalesce > 1 {
            way.coalesce_wait_ns = self.coalesce_wait_ns.unwrap_or(COALESCE_WAIT_NS);
        }
        way
    }
}

fn one(
    partial: &mut PartialProfile,
    name: &str,
    name_place: super::super::diagnostics::Place,
    node: &Node,
    shared: bool,
    sink: &mut Sink,
) {
    let Some(key) = row(name) else {
        let message = if name.len() > 100 {
            "the link has no such setting".to_owned()
        } else {
            format!("the link has no setting `{name}`")
        };
        let known: Vec<&str> = names().collect();
        let directions = DIRECTIONS.into_iter().filter(|_| shared);
        sink.push(
            Diagnostic::new(name_place, message)
                .suggest(name, names().chain(directions))
                .help(format!("it has {}", known.join(", "))),
        );
        return;
    };
    let number = |sink: &mut Sink| quantity(key, node, sink).unwrap_or(0);
    let part = |sink: &mut Sink| share(key, node, sink).unwrap_or(0.0);
    let count = |sink: &mut Sink| {
        // The keys' bounds are below those of the type.
        integer(key, node, sink).and_then(|count| u32::try_from(count).ok()).unwrap_or(0)
    };
    let way = &mut partial.way;
    match name {
        "pieces" => way.pieces = pieces(key, node, sink),
        "lock-step" => partial.lock_step = boolean(key, node, sink),
        "lock-step-wait" => partial.lock_step_wait_ns = quantity(key, node, sink),
        "coalesce" => way.coalesce = count(sink),
        "coalesce-wait" => partial.coalesce_wait_ns = quantity(key, node, sink),
        "short-writes" => way.short_writes = part(sink),
        "short-reads" => way.short_reads = part(sink),
        "interrupts" => way.interrupts = part(sink),
        "would-block" => way.would_block = part(sink),
        "read-rate" => way.read_rate = number(sink),
        "delay" => way.delay_ns = number(sink),
        "jitter" => way.jitter_ns = number(sink),
        "bandwidth" => way.bandwidth = number(sink),
        "flip" => way.flip = part(sink),
        "fin-after" => way.fin_after = point(key, node, sink),
        "rst-after" => way.rst_after = point(key, node, sink),
        "half-close-after" => way.half_close_after = point(key, node, sink),
        "flap" => way.flap = count(sink),
        "drop" => way.drop = part(sink),
        "duplicate" => way.duplicate = part(sink),
        "reorder" => way.reorder = part(sink),
        "truncate" => way.truncate = part(sink),
        "corrupt" => way.corrupt = part(sink),
        // A test holds that every key stands above.
        _ => {}
    }
}

/// A place in the stream: `"100 B"`, `{ inside = 3 }`, `{ behind = 3 }`.
pub(crate) fn point(key: &Key, node: &Node, sink: &mut Sink) -> Option<Point> {
    if node.text().is_some() {
        let as_size = Key { kind: Kind::Size(0, 1 << 50), ..*key };
        return quantity(&as_size, node, sink).map(Point::Bytes);
    }
    let wanted =
        "a size, or a frame counted from 1: `\"100 B\"`, `{ inside = 3 }`, `{ behind = 3 }`";
    let Some([entry]) = node.table().map(Vec::as_slice) else {
        return wrong_type(key, node, wanted, sink);
    };
    let frame = match entry.node.value {
        Value::Integer(number) => u64::try_from(number).ok().filter(|frame| *frame > 0),
        _ => None,
    };
    match (entry.key.as_str(), frame) {
        ("inside", Some(frame)) => Some(Point::Inside(frame)),
        ("behind", Some(frame)) => Some(Point::Behind(frame)),
        _ => {
            let message = format!("`{}` takes {wanted}", key.path);
            let diagnostic = Diagnostic::new(entry.place(), message);
            sink.push(diagnostic.suggest(&entry.key, ["inside", "behind"]));
            None
        }
    }
}

/// How writes are cut: sizes, or `"every-cut"`.
pub(crate) fn pieces(key: &Key, node: &Node, sink: &mut Sink) -> Option<Pieces> {
    if node.text() == Some("every-cut") {
        return Some(Pieces::EveryCut);
    }
    let as_sizes = Key { kind: Kind::Sizes(1, 1 << 30), ..*key };
    match sizes(&as_sizes, node, sink)? {
        Sizes::File(_) | Sizes::Lines(_) => {
            let message = format!("`{}` has sizes of its own: a file has none", key.path);
            sink.push(Diagnostic::new(node.place, message));
            None
        }
        sizes => Some(Pieces::Sizes(sizes)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::LINK_KEYS;
    use super::*;
    use crate::tree;

    fn link(toml: &str) -> Link {
        let node = tree::value(toml, 0, 0).expect("the test's value is TOML");
        read(&node, &mut Sink::default()).expect("the test's link can be read")
    }

    /// A value of its kind that is not the default.
    fn example(key: &Key) -> &'static str {
        match key.kind {
            Kind::Bool => "false",
            Kind::Integer(..) => "7",
            Kind::Duration(..) => "\"7ms\"",
            Kind::Share => "\"7%\"",
            Kind::ByteRate(..) => "\"7 KiB/s\"",
            Kind::Point => "{ inside = 7 }",
            Kind::Pieces => "[\"7 B\", \"1 B\"]",
            _ => panic!("`{}` needs an example", key.path),
        }
    }

    #[test]
    fn every_key_changes_what_is_read() {
        for key in LINK_KEYS {
            let name = &key.path[5..];
            // What the others stand beside.
            let beside = match name {
                "lock-step" | "lock-step-wait" => "pieces = \"1 B\", ",
                "coalesce-wait" => "coalesce = 2, ",
                _ => "",
            };
            let with = link(&format!("{{ {beside}{name} = {} }}", example(key)));
            assert_ne!(with, link(&format!("{{ {} }}", beside.trim_end_matches(", "))), "{name}");
            assert_eq!(with.request, with.reply, "{name}");
        }
    }

    #[test]
    fn defaults_are_those_of_the_catalogue() {
        for key in LINK_KEYS.iter().filter(|key| !key.default.is_empty()) {
            let name = &key.path[5..];
            let beside = "pieces = \"1 B\", coalesce = 2";
            let said = link(&format!("{{ {beside}, {name} = {} }}", key.default));
            assert_eq!(said, link(&format!("{{ {beside} }}")), "{name}");
        }
    }

    #[test]
    fn a_direction_has_what_both_have_and_what_it_has_itself() {
        let link = link("{ delay = \"1ms\", reply = { delay = \"2ms\", flip = \"1%\" } }");
        assert_eq!((link.request.delay_ns, link.reply.delay_ns), (1_000_000, 2_000_000));
        assert_eq!((link.request.flip, link.reply.flip), (0.0, 0.01));
    }
}
