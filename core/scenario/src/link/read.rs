//! Reads `[link]`: what stands in it for both directions, and what for one.

use super::super::diagnostics::{Diagnostic, Sink};
use super::super::key::{Key, Kind};
use super::super::read::{boolean, integer, quantity, share, sizes, wrong_type};
use super::super::tree::{self, Node, Value};
use super::keys::{LinkKey, ROWS, names, row};
use std::sync::LazyLock;
use wirebench_link::{DirectionProfile, Link, Pieces, Point};
use wirebench_load::Sizes;

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
    let mut both = DEFAULTS.clone();
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
pub(super) struct PartialProfile {
    pub(super) profile: DirectionProfile,
    pub(super) lock_step: bool,
    pub(super) lock_step_wait_ns: u64,
    pub(super) coalesce_wait_ns: u64,
}

/// What holds where nothing is said: the keys' defaults, read once.
static DEFAULTS: LazyLock<PartialProfile> = LazyLock::new(|| {
    let mut defaults = PartialProfile::default();
    for row in ROWS {
        if let Some(node) = tree::value(row.key.default, 0, 0) {
            (row.set)(&mut defaults, LinkValue { row, node: &node, sink: &mut Sink::default() });
        }
    }
    defaults
});

impl PartialProfile {
    fn finish(self) -> DirectionProfile {
        let mut profile = self.profile;
        if profile.pieces.is_some() {
            profile.lock_step = self.lock_step;
            profile.lock_step_wait_ns = self.lock_step_wait_ns;
        }
        if profile.coalesce > 1 {
            profile.coalesce_wait_ns = self.coalesce_wait_ns;
        }
        profile
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
    let Some(row) = row(name) else {
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
    (row.set)(partial, LinkValue { row, node, sink });
}

/// The value of one key, to be read as what it is. What is wrong with it is told, and something that
/// fits stands in.
pub(super) struct LinkValue<'a> {
    row: &'a LinkKey,
    node: &'a Node,
    sink: &'a mut Sink,
}

impl LinkValue<'_> {
    pub(super) fn flag(self) -> bool {
        boolean(&self.row.key, self.node, self.sink).unwrap_or(false)
    }

    pub(super) fn count(self) -> u32 {
        // The keys' bounds are below those of the type.
        let count = integer(&self.row.key, self.node, self.sink);
        count.and_then(|count| u32::try_from(count).ok()).unwrap_or(0)
    }

    pub(super) fn quantity(self) -> u64 {
        quantity(&self.row.key, self.node, self.sink).unwrap_or(0)
    }

    pub(super) fn share(self) -> f64 {
        share(&self.row.key, self.node, self.sink).unwrap_or(0.0)
    }

    pub(super) fn point(self) -> Option<Point> {
        point(&self.row.key, self.node, self.sink)
    }

    pub(super) fn pieces(self) -> Option<Pieces> {
        pieces(&self.row.key, self.node, self.sink)
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
    use super::*;

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
        for LinkKey { key, beside, .. } in ROWS {
            let name = key.name();
            let beside = beside.map_or(String::new(), |other| {
                let other = row(other).expect("a key stands beside another").key;
                format!("{} = {}", other.name(), example(&other))
            });
            let with = link(&format!("{{ {name} = {}, {beside} }}", example(key)));
            assert_ne!(with, link(&format!("{{ {beside} }}")), "{name}");
            assert_eq!(with.request, with.reply, "{name}");
        }
    }

    #[test]
    fn a_link_of_which_nothing_is_said_does_nothing() {
        assert_eq!(link("{}"), Link::default());
        let cut = link("{ pieces = \"1 B\", coalesce = 2 }").request;
        assert_eq!((cut.lock_step, cut.lock_step_wait_ns), (true, 100_000_000));
        assert_eq!(cut.coalesce_wait_ns, 1_000_000);
    }

    #[test]
    fn a_direction_has_what_both_have_and_what_it_has_itself() {
        let link = link("{ delay = \"1ms\", reply = { delay = \"2ms\", flip = \"1%\" } }");
        assert_eq!((link.request.delay_ns, link.reply.delay_ns), (1_000_000, 2_000_000));
        assert_eq!((link.request.flip, link.reply.flip), (0.0, 0.01));
    }
}
