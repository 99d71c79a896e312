//! Validates the settings of a cell: combinations that cannot work, each value for itself being fine.

use super::datagrams;
use super::diagnostics::{Diagnostic, Sink};
use super::foreign;
use super::framings::ChosenFraming;
use super::key::grouped;
use super::layered::{Layered, Values};
use super::link;
use super::partial::PartialSettings;
use super::plan::{PayloadAlphabet, SessionPolicy, Sizes, WritePolicy};
use super::tables::cpu;
use super::tables::open;
use super::transports::{Capability, TransportKind, TransportList};
use wirebench_framings::Alphabet;
use wirebench_values::Size;

/// More unanswered exchanges than this, over all connections, are no load but a memory test.
const MAX_OUTSTANDING: u64 = 1 << 20;

/// Largest and smallest payload of a key, once files have been looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) smallest: u64,
    pub(super) largest: u64,
}

impl Extent {
    /// The sizes that `sizes` takes; `file` is the length of its file, if known.
    pub(super) fn of(sizes: &Sizes, file: Option<u64>) -> Option<Self> {
        let (smallest, largest) = match sizes {
            Sizes::Constant(size) => (*size, *size),
            Sizes::Cycle(sizes) => (*sizes.iter().min()?, *sizes.iter().max()?),
            Sizes::Uniform(low, high) => (*low, *high),
            Sizes::File(_) => (file?, file?),
            // How long its lines are is known when they are read.
            Sizes::Lines(_) => return None,
        };
        Some(Self { smallest, largest })
    }
}

/// Reports everything that does not go together. `payload` and `reply` are what is sent.
pub(super) fn check(
    values: &Values,
    partial: &mut PartialSettings,
    payload: Option<Extent>,
    reply: Option<Extent>,
    sink: &mut Sink,
) {
    ends(values, sink);
    open::check(values, sink);
    cpu::check(values, sink);
    write_policy(values, partial, sink);
    duplex(partial, sink);
    sessions(values, partial, sink);
    socket(values, partial, sink);
    foreign::check(values, partial, sink);
    datagrams::check(values, partial, sink);
    alphabet(values, partial, sink);
    window(values, partial, sink);
    link::check(values, partial, [payload, reply.or(payload)], sink);
    let directions = [
        ("load.payload", "request", payload, &partial.framings.request),
        ("load.reply-payload", "reply", reply, &partial.framings.reply),
    ];
    for (key, direction, extent, framing) in directions {
        if let (Some(given), Some(extent)) = (values.get(key), extent) {
            carries(key, direction, given, extent, framing, sink);
            fits(values, key, given, extent, partial, sink);
            let transport = &partial.settings.transport;
            if transport.kind.has_datagrams() {
                datagrams::fits(values, key, given, extent, framing, transport, sink);
            }
        }
    }
}

/// `duration` and `messages` written side by side.
fn ends(values: &Values, sink: &mut Sink) {
    if let (Some(messages), Some(duration)) =
        (values.get("load.messages"), values.get("load.duration"))
    {
        let message = "a round ends after `duration` or after `messages`, not after both";
        sink.push(
            Diagnostic::new(messages.key_place, message)
                .related(duration.key_place, "the other one")
                .help("remove one of the two"),
        );
    }
}

fn write_policy(values: &Values, partial: &PartialSettings, sink: &mut Sink) {
    if partial.settings.transport.write != WritePolicy::Batch {
        return;
    }
    let framings = [&partial.framings.request, &partial.framings.reply];
    let fragile = framings
        .into_iter()
        .find(|chosen| chosen.capabilities.is_some_and(|capabilities| !capabilities.batchable));
    if let (Some(chosen), Some(write)) = (fragile, values.get("transport.write")) {
        let message = format!(
            "`write = \"batch\"` cannot be used with `{}`: the bench itself would merge its messages",
            chosen.spec.kind
        );
        sink.push(
            Diagnostic::new(write.node.place, message)
                .related(chosen.place, "this framing depends on single writes")
                .help("use `\"message\"` or `\"header-body\"`, or leave the framing out"),
        );
    }
}

fn duplex(partial: &PartialSettings, sink: &mut Sink) {
    let (request, reply) = (&partial.framings.request, &partial.framings.reply);
    if request.spec == reply.spec || request.spec.goes_beside(&reply.spec) {
        return;
    }
    let needs_both = |chosen: &&ChosenFraming| {
        chosen.capabilities.is_some_and(|capabilities| capabilities.duplex)
    };
    if let Some(chosen) = [request, reply].into_iter().find(needs_both) {
        let other = if std::ptr::eq(chosen, request) { reply } else { request };
        let message = format!(
            "`{}` uses both directions of a connection: request and reply must have it alike",
            chosen.spec.kind
        );
        let diagnostic = Diagnostic::new(chosen.place, message)
            .related(other.place, "the other direction has another framing");
        sink.push(match chosen.spec.kind.as_str() {
            "handshake" => diagnostic.help("`handshake` may stand beside `raw` or `sleep`"),
            _ => diagnostic,
        });
    }
}

/// A message ended by its connection needs a connection for each exchange.
fn sessions(values: &Values, partial: &PartialSettings, sink: &mut Sink) {
    if partial.settings.load.session == SessionPolicy::PerExchange {
        return;
    }
    let framings = [&partial.framings.request, &partial.framings.reply];
    let ends_by_close =
        |chosen: &&ChosenFraming| chosen.capabilities.is_some_and(|n| n.per_connection);
    let Some(chosen) = framings.into_iter().find(ends_by_close) else { return };
    let message = format!(
        "`{}` carries one message a connection and direction: it needs `load.session = \
         \"per-exchange\"`",
        chosen.spec.kind
    );
    let diagnostic = Diagnostic::new(chosen.place, message);
    let session = values.get("load.session").filter(|given| given.layer > 0);
    sink.push(match session {
        Some(given) => diagnostic.related(given.node.place, "here, connections are kept"),
        None => diagnostic.help("connections are kept where `load.session` says nothing"),
    });
}

/// Settings that not every transport has, on one that has not.
fn socket(values: &Values, partial: &PartialSettings, sink: &mut Sink) {
    let transport = partial.settings.transport.kind;
    let settings: [(_, Capability); 4] = [
        ("nodelay", TransportKind::has_nodelay),
        ("reuse-address", TransportKind::has_time_wait),
        ("ipv6", TransportKind::is_ip),
        ("port", TransportKind::has_ports),
    ];
    for (name, has) in settings {
        if has(transport) {
            continue;
        }
        let Some(given) = values.get(&format!("transport.{name}")) else { continue };
        // A default asks for nothing.
        if given.layer == 0 {
            continue;
        }
        let kind = values.get("transport.kind").map_or(given.key_place, |kind| kind.node.place);
        let TransportList { spoken: of, toml } = TransportList::with(has);
        let other = transport.spoken();
        let message = format!("`{name}` is a setting of {of}: {other} has none");
        sink.push(
            Diagnostic::new(given.key_place, message)
                .related(kind, format!("the transport is not {} here", of.replace("and", "or")))
                .help(format!(
                    "remove it; if only some cells use {of}, put it into an `[[override]]` with \
                     `when = {{ \"transport.kind\" = {toml} }}`"
                )),
        );
    }
}

fn alphabet(values: &Values, partial: &PartialSettings, sink: &mut Sink) {
    if partial.auto_alphabet || partial.settings.load.alphabet == PayloadAlphabet::Text {
        return;
    }
    let Some(alphabet) = values.get("load.alphabet") else { return };
    for chosen in [&partial.framings.request, &partial.framings.reply] {
        if chosen.capabilities.is_some_and(|capabilities| capabilities.alphabet == Alphabet::Text) {
            let message =
                format!("`{}` cannot carry any bytes: some mark its boundaries", chosen.spec.kind);
            sink.push(
                Diagnostic::new(alphabet.node.place, message)
                    .related(chosen.place, "this framing carries text")
                    .help("use `alphabet = \"auto\"` or `\"text\"`"),
            );
        }
    }
}

fn window(values: &Values, partial: &PartialSettings, sink: &mut Sink) {
    let load = &partial.settings.load;
    let outstanding = u64::from(load.in_flight) * u64::from(load.connections);
    if let (true, Some(in_flight), Some(connections)) = (
        outstanding > MAX_OUTSTANDING,
        values.get("load.in-flight"),
        values.get("load.connections"),
    ) {
        let message = format!(
            "`in-flight` × `connections` is {}; at most {} are allowed",
            grouped(outstanding),
            grouped(MAX_OUTSTANDING)
        );
        sink.push(
            Diagnostic::new(in_flight.node.place, message)
                .related(connections.node.place, "connections"),
        );
    }
}

/// What the framing says of the sizes.
fn carries(
    key: &str,
    direction: &str,
    given: &Layered,
    extent: Extent,
    framing: &ChosenFraming,
    sink: &mut Sink,
) {
    let Some(capabilities) = framing.capabilities else { return };
    let kind = &framing.spec.kind;
    let place = given.node.place;
    if extent.largest > capabilities.max {
        let message = format!(
            "`{key}` reaches {}, but `{kind}` carries at most {} a message",
            Size::from_bytes(extent.largest),
            Size::from_bytes(capabilities.max)
        );
        let label = format!("the {direction} framing");
        sink.push(Diagnostic::new(place, message).related(framing.place, label));
    }
    if extent.smallest == 0 && !capabilities.empty {
        let message = format!("`{key}` has empty messages, but `{kind}` has no form for them");
        let label = format!("the {direction} framing");
        sink.push(
            Diagnostic::new(place, message)
                .related(framing.place, label)
                .help("begin with 1 B, or choose a framing that marks every message"),
        );
    }
}

/// What memory and socket buffers say of the sizes.
fn fits(
    values: &Values,
    key: &str,
    given: &Layered,
    extent: Extent,
    partial: &PartialSettings,
    sink: &mut Sink,
) {
    let place = given.node.place;
    let quarter = partial.settings.load.ledger_bytes / 4;
    let too_large = partial.keeps_ledger && extent.largest > quarter;
    if let (true, Some(ledger)) = (too_large, values.get("load.ledger")) {
        let message = format!(
            "`{key}` reaches {}, but a message may take a quarter of the ledger: {}",
            Size::from_bytes(extent.largest),
            Size::from_bytes(quarter)
        );
        let diagnostic = Diagnostic::new(place, message);
        let diagnostic = if ledger.layer > 0 {
            diagnostic.related(ledger.node.place, "the ledger")
        } else {
            diagnostic
        };
        let wanted = extent.largest.saturating_mul(4).next_power_of_two();
        sink.push(diagnostic.help(if wanted <= 1 << 30 {
            format!("set `load.ledger = \"{}\"` or send smaller messages", Size::from_bytes(wanted))
        } else {
            "send smaller messages: a ledger has at most 1 GiB".to_owned()
        }));
    }
    let transport = &partial.settings.transport;
    // A datagram is held to the length of its frame elsewhere.
    let room = transport.longest_write().filter(|_| transport.kind.has_packets());
    if let Some(room) = room.filter(|room| extent.largest > *room) {
        let message = format!(
            "`{key}` reaches {}, but a {} message must fit into the socket's send buffer: at \
             most {} B here",
            Size::from_bytes(extent.largest),
            transport.kind.name(),
            grouped(room)
        );
        let buffer = values.get("transport.send-buffer");
        let kind = values.get("transport.kind");
        let cause = buffer.or(kind).map_or(place, |given| given.node.place);
        sink.push(
            Diagnostic::new(place, message)
                .related(cause, "the socket")
                .help("send smaller messages, or set a larger `transport.send-buffer`"),
        );
    }
}
