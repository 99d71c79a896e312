//! From one cell's values to what its sides do.

use super::assign::Values;
use super::datagrams;
use super::diagnostics::{Diagnostic, Place, Sink};
use super::foreign;
use super::framings::{self, Pair};
use super::keys::{KEYS, Key, index};
use super::link;
use super::plan::{
    Cpu, HandlerSpec, Load, PayloadAlphabet, Placement, SessionPolicy, Settings, Sizes, Transport,
    Until, Wait, WritePolicy,
};
use super::read;
use super::transports::TransportKind;
use super::tree::Node;

/// A cell's settings, before the alphabet of the whole matrix is known.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) settings: Settings,
    pub(super) framings: Pair,
    /// True when `load.alphabet` is `auto`.
    pub(super) auto_alphabet: bool,
    /// Both sides are ours, so that every message gets a record in a ledger.
    pub(super) keeps_ledger: bool,
}

/// The key's row in the catalogue and its value, if it has one.
pub(super) fn given<'a>(values: &'a Values, path: &str) -> Option<(&'static Key, &'a Node)> {
    let key = &KEYS[index(path)?];
    Some((key, &values.get(path)?.node))
}

/// What a key says, or `stand_in` for what cannot be read. Stand-ins are never run: they let the
/// rest of a cell be checked, so that all mistakes are told at once, and are chosen to fit to
/// everything.
pub(super) fn value<T>(
    values: &Values,
    path: &str,
    sink: &mut Sink,
    read: fn(&Key, &Node, &mut Sink) -> Option<T>,
    stand_in: T,
) -> T {
    given(values, path).and_then(|(key, node)| read(key, node, sink)).unwrap_or(stand_in)
}

/// The same for a key without a default: absent is fine.
pub(super) fn optional<T>(
    values: &Values,
    path: &str,
    sink: &mut Sink,
    read: fn(&Key, &Node, &mut Sink) -> Option<T>,
    stand_in: T,
) -> Option<T> {
    let (key, node) = given(values, path)?;
    Some(read(key, node, sink).unwrap_or(stand_in))
}

/// Reads every key and puts the settings together. Where something was reported, they are only good
/// for finding more. `one_side`: the other is not ours, whatever the values say of a server.
pub(super) fn read_settings(values: &Values, one_side: bool, sink: &mut Sink) -> Draft {
    let transport = transport(values, sink);
    let framings = framings(values, transport.kind, sink).unwrap_or_else(Pair::stand_in);
    let server = foreign::read_server(values, sink);
    let alone = one_side || server.is_some();
    let (load, auto_alphabet) = load(values, alone, sink);
    let settings = Settings {
        handler: handler(values, sink),
        request_framing: framings.request.spec.clone(),
        reply_framing: framings.reply.spec.clone(),
        transport,
        cpu: cpu(values, sink),
        load,
        link: given(values, "link")
            .and_then(|(_, node)| link::read(node, sink))
            .unwrap_or_default(),
        server,
    };
    Draft { settings, framings, auto_alphabet, keeps_ledger: !alone }
}

fn framings(values: &Values, transport: TransportKind, sink: &mut Sink) -> Option<Pair> {
    let given = given(values, "framing");
    if !transport.has_datagrams() {
        if given.is_none() {
            let missing = Diagnostic::new(Place::start_of(0), "`framing` is missing");
            sink.push(missing.help("add `framing = \"len32be\"`"));
        }
        return framings::read(given?.1, sink);
    }
    let Some((_, node)) = given else { return datagrams::default_framing(values) };
    let mut framings = framings::read(node, sink)?;
    for chosen in [&mut framings.request, &mut framings.reply] {
        if chosen.capabilities.is_some() {
            chosen.capabilities = chosen.spec.nature_on_datagrams().ok();
        }
    }
    Some(framings)
}

fn handler(values: &Values, sink: &mut Sink) -> HandlerSpec {
    HandlerSpec {
        plugin: value(values, "handler.plugin", sink, read::text, String::new()),
        handler: optional(values, "handler.handler", sink, read::text, String::new()),
        path: optional(values, "handler.path", sink, read::text, String::new()),
        config: value(values, "handler.config", sink, read::config, serde_json::Value::Null),
    }
}

fn transport(values: &Values, sink: &mut Sink) -> Transport {
    let integer = |path, sink: &mut Sink| value(values, path, sink, read::integer, 0);
    let buffer = |path, sink: &mut Sink| optional(values, path, sink, read::quantity, 1 << 30);
    Transport {
        kind: TransportKind::named(value(values, "transport.kind", sink, read::word, ""))
            .unwrap_or_default(),
        ipv6: value(values, "transport.ipv6", sink, read::boolean, false),
        // The key's bounds are those of the type.
        port: u16::try_from(integer("transport.port", sink)).unwrap_or(0),
        nodelay: value(values, "transport.nodelay", sink, read::boolean, true),
        send_buffer: buffer("transport.send-buffer", sink),
        receive_buffer: buffer("transport.receive-buffer", sink),
        read_size: value(values, "transport.read-size", sink, read::quantity, 1),
        read_delay_ns: value(values, "transport.read-delay", sink, read::quantity, 0),
        write: match value(values, "transport.write", sink, read::word, "message") {
            "batch" => WritePolicy::Batch,
            "header-body" => WritePolicy::HeaderBody,
            _ => WritePolicy::Message,
        },
        horizon_ns: value(values, "transport.horizon", sink, read::quantity, u64::MAX),
    }
}

fn cpu(values: &Values, sink: &mut Sink) -> Cpu {
    Cpu {
        placement: match value(values, "cpu.placement", sink, read::word, "split") {
            "same" => Placement::Same,
            "free" => Placement::Free,
            _ => Placement::Split,
        },
        instead_of: None,
        wait: match value(values, "cpu.wait", sink, read::word, "block") {
            "spin" => Wait::Spin,
            _ => Wait::Block,
        },
    }
}

fn load(values: &Values, alone: bool, sink: &mut Sink) -> (Load, bool) {
    let count = |path, sink: &mut Sink| {
        // The keys' bounds are below those of the type.
        u32::try_from(value(values, path, sink, read::integer, 1)).unwrap_or(1)
    };
    let time = |path, sink: &mut Sink| value(values, path, sink, read::quantity, 1);
    // A list without sizes has no largest one that could be too large.
    let no_sizes = || Sizes::Cycle(Vec::new());
    value(values, "load.model", sink, read::word, "closed");
    let alphabet = value(values, "load.alphabet", sink, read::word, "auto");
    let messages = optional(values, "load.messages", sink, read::integer, 1);
    let duration = optional(values, "load.duration", sink, read::quantity, 1);
    let drain = optional(values, "load.drain", sink, read::quantity, 1);
    let round_limit = optional(values, "load.round-limit", sink, read::quantity, 1);
    let give_up = optional(values, "load.give-up", sink, read::integer, 1);
    let mut load = Load {
        in_flight: count("load.in-flight", sink),
        connections: count("load.connections", sink),
        session: match value(values, "load.session", sink, read::word, "keep") {
            "per-exchange" => SessionPolicy::PerExchange,
            _ => SessionPolicy::Keep,
        },
        payload: value(values, "load.payload", sink, read::sizes, no_sizes()),
        reply_payload: optional(values, "load.reply-payload", sink, read::sizes, no_sizes()),
        alphabet: match alphabet {
            "text" => PayloadAlphabet::Text,
            _ => PayloadAlphabet::Bytes,
        },
        timeout_ns: time("load.timeout", sink),
        drain_ns: 0,
        hook_timeout_ns: time("load.hook-timeout", sink),
        warmup_ns: time("load.warmup", sink),
        until: match (messages, duration) {
            (Some(messages), _) => Until::Messages(messages),
            (None, duration) => Until::Duration(duration.unwrap_or(1)),
        },
        ledger_bytes: value(values, "load.ledger", sink, read::quantity, u64::MAX),
        round_limit_ns: 0,
        give_up: 0,
    };
    load.drain_ns = drain.unwrap_or_else(|| load.usual_drain_ns(alone));
    load.round_limit_ns = round_limit.unwrap_or_else(|| load.usual_round_limit_ns());
    load.give_up = give_up.unwrap_or_else(|| load.usual_give_up());
    (load, alphabet == "auto")
}
