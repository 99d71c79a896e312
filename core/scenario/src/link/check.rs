//! What a link cannot do: on this transport, with this server, to messages of this length.

use super::super::diagnostics::{Diagnostic, Place, Sink};
use super::super::key::grouped;
use super::super::layered::Values;
use super::super::partial::PartialSettings;
use super::super::plan::SessionPolicy;
use super::super::transports::{TransportKind, TransportList};
use super::super::tree::{Entry, Node};
use super::super::validate::Extent;
use super::keys::{ActsOn, LinkKey, Needs, ROWS, row};
use super::read::DIRECTIONS;
use wirebench_link::LOCK_STEP_SESSIONS;
use wirebench_link::{DirectionProfile, Pieces};
use wirebench_load::Sizes;
use wirebench_values::Size;

/// The longest message that `every-cut` cuts: each place of the cut needs a message of its own.
const LONGEST_EVERY_CUT: u64 = 256;

/// A message is cut into this many pieces at most: tens of thousands are delivered in a second.
const MAX_PIECES: u64 = 4 << 10;

/// A key of the link where it is written.
struct WrittenKey {
    row: &'static LinkKey,
    /// In `[link.request]`, `[link.reply]` or, without a direction, in `[link]`.
    direction: Option<&'static str>,
    place: Place,
}

/// Reports everything about the link that cannot be. `extents`: sizes of requests and of replies.
pub(crate) fn check(
    values: &Values,
    partial: &PartialSettings,
    extents: [Option<Extent>; 2],
    sink: &mut Sink,
) {
    let Some(given) = values.get("link") else { return };
    let written = written(&given.node);
    if written.is_empty() {
        return;
    }
    transport(values, partial, &written, sink);
    foreign(values, partial, &written, sink);
    beside(&written, sink);
    horizon(values, partial, &written, sink);
    sessions(values, partial, &written, sink);
    let link = &partial.settings.link;
    for (direction, way, extent) in
        [("request", &link.request, extents[0]), ("reply", &link.reply, extents[1])]
    {
        if let Some(extent) = extent {
            pieces(&written, direction, way, extent, sink);
        }
    }
}

impl WrittenKey {
    fn name(&self) -> &'static str {
        self.row.key.name()
    }
}

/// Names that are none of a key were told when the link was read.
fn written(node: &Node) -> Vec<WrittenKey> {
    let mut written = Vec::new();
    let mut add = |direction, entry: &Entry| {
        written.extend(row(&entry.key).map(|row| WrittenKey {
            row,
            direction,
            place: entry.place(),
        }));
    };
    for entry in node.table().into_iter().flatten() {
        match DIRECTIONS.into_iter().find(|direction| *direction == entry.key) {
            None => add(None, entry),
            direction => {
                entry.node.table().into_iter().flatten().for_each(|one| add(direction, one))
            }
        }
    }
    written
}

/// Where the setting stands that holds for `direction`.
fn find<'a>(written: &'a [WrittenKey], direction: &str, name: &str) -> Option<&'a WrittenKey> {
    let named = || written.iter().filter(|one| one.name() == name);
    let own = named().find(|one| one.direction == Some(direction));
    own.or_else(|| named().find(|one| one.direction.is_none()))
}

fn transport(values: &Values, partial: &PartialSettings, written: &[WrittenKey], sink: &mut Sink) {
    let kind = partial.settings.transport.kind;
    let of_reset = TransportList::with(TransportKind::can_reset).spoken;
    let of_reset = format!("{of_reset}: {} has no reset", kind.spoken());
    let of_datagrams = of_datagrams();
    for one in written {
        let (of, help) = match one.row.needs {
            Needs::Stream if kind.has_datagrams() => {
                let of = "a stream: datagrams are not cut, and have no connection that could end";
                (of, of_datagrams.as_str())
            }
            Needs::Datagrams if !kind.has_datagrams() => {
                let help = "what goes wrong on a stream is `flip`, or its end: `fin-after`, \
                            `rst-after`, `half-close-after`, `flap`";
                ("datagrams: a stream neither loses nor repeats a part of itself", help)
            }
            _ if one.name() == "rst-after" && !kind.can_reset() => {
                (of_reset.as_str(), "use `fin-after`, which closes the connection")
            }
            _ => continue,
        };
        let place = values.get("transport.kind").map_or(one.place, |kind| kind.node.place);
        sink.push(
            Diagnostic::new(one.place, format!("`link.{}` needs {of}", one.name()))
                .related(place, "the transport")
                .help(help),
        );
    }
}

/// What can be done to datagrams, what nothing else has first.
fn of_datagrams() -> String {
    let names = |needs| {
        let rows = ROWS.iter().filter(move |row| row.needs == needs);
        rows.map(|row| format!("`{}`", row.key.name()))
    };
    let mut names: Vec<String> = names(Needs::Datagrams).chain(names(Needs::Nothing)).collect();
    let last = names.pop().unwrap_or_default();
    format!("datagrams have {} and {last}", names.join(", "))
}

/// Only one side is ours: what the other one does to its own bytes is not ours to choose.
fn foreign(values: &Values, partial: &PartialSettings, written: &[WrittenKey], sink: &mut Sink) {
    if partial.settings.server.is_none() {
        return;
    }
    let server = ["server.command", "server.address"].into_iter().find_map(|key| values.get(key));
    let mut refuse = |place, message: String, help: &str| {
        let diagnostic = Diagnostic::new(place, message);
        sink.push(
            match server {
                Some(server) => diagnostic.related(server.node.place, "the server is not ours"),
                None => diagnostic,
            }
            .help(help),
        );
    };
    for one in written {
        let acts_on = one.row.acts_on;
        // Requests are written here and read there, replies the other way round.
        let (wrong, right) = match one.direction {
            Some("request") => (acts_on == ActsOn::Reads, "link.reply"),
            Some(_) => (acts_on == ActsOn::Writes, "link.request"),
            None if acts_on == ActsOn::Writes => (true, "link.request"),
            None => (true, "link.reply"),
        };
        if wrong {
            let message =
                format!("`link.{}` cannot be done on a server that is not ours", one.name());
            refuse(one.place, message, &format!("write it under `[{right}]`"));
        }
    }
    if partial.settings.link.request.is_confirmed()
        && let Some(one) = find(written, "request", "pieces")
    {
        let message = "`link.pieces` in lock-step needs a reader that says what it has consumed";
        let help = "say `lock-step = false`: pieces are then written one after the other, and may \
                    be read together";
        refuse(one.place, message.to_owned(), help);
    }
}

/// Settings that say how, without the one that says what.
fn beside(written: &[WrittenKey], sink: &mut Sink) {
    for one in written {
        let Some(needs) = one.row.beside else { continue };
        let has = |direction| find(written, direction, needs).is_some();
        let met = match one.direction {
            Some(direction) => has(direction),
            None => DIRECTIONS.into_iter().any(has),
        };
        if !met {
            let message = format!("`link.{}` means nothing without `{needs}`", one.name());
            sink.push(Diagnostic::new(one.place, message));
        }
    }
}

/// Datagrams that are all late would all be lost.
fn horizon(values: &Values, partial: &PartialSettings, written: &[WrittenKey], sink: &mut Sink) {
    let transport = &partial.settings.transport;
    if transport.kind.is_reliable() {
        return;
    }
    let link = &partial.settings.link;
    for (direction, way) in [("request", &link.request), ("reply", &link.reply)] {
        if way.delay_ns.saturating_add(way.jitter_ns) < transport.horizon_ns {
            continue;
        }
        let one = find(written, direction, "delay").or(find(written, direction, "jitter"));
        let Some(one) = one else { continue };
        let place = values.get("transport.horizon").map_or(one.place, |given| given.node.place);
        let message = "the link keeps datagrams back past their horizon: each would be late";
        sink.push(
            Diagnostic::new(one.place, message)
                .related(place, "the horizon")
                .help("set a longer `transport.horizon`, or a shorter delay"),
        );
        return;
    }
}

/// Each session has a place of its own in which its reader says what it has consumed.
fn sessions(values: &Values, partial: &PartialSettings, written: &[WrittenKey], sink: &mut Sink) {
    let (link, load) = (&partial.settings.link, &partial.settings.load);
    let confirmed = [("request", &link.request), ("reply", &link.reply)];
    let Some((direction, _)) = confirmed.into_iter().find(|(_, way)| way.is_confirmed()) else {
        return;
    };
    let open = match load.session {
        SessionPolicy::Keep => u64::from(load.connections),
        SessionPolicy::PerExchange => u64::from(load.connections) * u64::from(load.in_flight),
    };
    let most = LOCK_STEP_SESSIONS as u64;
    let (Some(one), Some(connections)) =
        (find(written, direction, "pieces"), values.get("load.connections"))
    else {
        return;
    };
    if open > most {
        let message = format!(
            "`link.pieces` goes in lock-step with at most {} connections at a time, not {}",
            grouped(most),
            grouped(open)
        );
        sink.push(
            Diagnostic::new(one.place, message)
                .related(connections.node.place, "the connections")
                .help("use fewer connections, or say `lock-step = false`"),
        );
    }
}

fn pieces(
    written: &[WrittenKey],
    direction: &str,
    way: &DirectionProfile,
    extent: Extent,
    sink: &mut Sink,
) {
    let Some(one) = find(written, direction, "pieces") else { return };
    let smallest = match &way.pieces {
        Some(Pieces::EveryCut) if extent.largest > LONGEST_EVERY_CUT => {
            let message = format!(
                "`every-cut` is for messages of up to {}, not of {}: each place of a cut takes a \
                 message",
                Size::from_bytes(LONGEST_EVERY_CUT),
                Size::from_bytes(extent.largest)
            );
            let help = "send shorter messages, or cut at random: `pieces = { uniform = [\"1 B\", \
                        \"64 B\"] }`";
            sink.push(Diagnostic::new(one.place, message).help(help));
            return;
        }
        Some(Pieces::Sizes(Sizes::Constant(size))) => *size,
        Some(Pieces::Sizes(Sizes::Cycle(sizes))) => {
            sizes.iter().sum::<u64>() / (sizes.len() as u64).max(1)
        }
        Some(Pieces::Sizes(Sizes::Uniform(low, high))) => low.midpoint(*high),
        _ => return,
    };
    let count = extent.largest / smallest.max(1);
    if count > MAX_PIECES {
        let message = format!(
            "a message of {} would be {} pieces; at most {} are delivered",
            Size::from_bytes(extent.largest),
            grouped(count),
            grouped(MAX_PIECES)
        );
        sink.push(
            Diagnostic::new(one.place, message).help("use larger pieces, or shorter messages"),
        );
    }
}
