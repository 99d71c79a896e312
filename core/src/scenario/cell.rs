//! From one cell's values to what its sides do.

use super::assign::Values;
use super::diagnostics::Sink;
use super::framings::{self, Pair};
use super::keys::{KEYS, Key, index};
use super::plan::{
    Cpu, HandlerSpec, Load, PayloadAlphabet, Placement, SessionPolicy, Settings, Sizes, Transport,
    TransportKind, Until, Wait, WritePolicy,
};
use super::read;
use super::tree::Node;

/// A cell's settings, before the alphabet of the whole matrix is known.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) settings: Settings,
    pub(super) framings: Pair,
    /// True when `load.alphabet` is `auto`.
    pub(super) auto_alphabet: bool,
}

/// The key's row in the catalogue and its value, if it has one.
fn given<'a>(values: &'a Values, path: &str) -> Option<(&'static Key, &'a Node)> {
    let key = &KEYS[index(path)?];
    Some((key, &values.get(path)?.node))
}

/// An optional key: absent is fine, wrong is not.
fn optional<T>(
    values: &Values,
    path: &str,
    sink: &mut Sink,
    read: fn(&Key, &Node, &mut Sink) -> Option<T>,
) -> Option<Option<T>> {
    match given(values, path) {
        Some((key, node)) => read(key, node, sink).map(Some),
        None => Some(None),
    }
}

/// Reads every key, so that every mistake is told, then puts the settings together.
pub(super) fn read_settings(values: &Values, sink: &mut Sink) -> Option<Draft> {
    let framings = given(values, "framing").and_then(|(_, node)| framings::read(node, sink));
    let handler = handler(values, sink);
    let transport = transport(values, sink);
    let cpu = cpu(values, sink);
    let load = load(values, sink);
    let framings = framings?;
    let (load, auto_alphabet) = load?;
    let settings = Settings {
        handler: handler?,
        request_framing: framings.request.spec.clone(),
        reply_framing: framings.reply.spec.clone(),
        transport: transport?,
        cpu: cpu?,
        load,
    };
    Some(Draft { settings, framings, auto_alphabet })
}

fn handler(values: &Values, sink: &mut Sink) -> Option<HandlerSpec> {
    let plugin = required(values, "handler.plugin", sink, read::text);
    let handler = optional(values, "handler.handler", sink, read::text);
    let path = optional(values, "handler.path", sink, read::text);
    let config = required(values, "handler.config", sink, read::config);
    Some(HandlerSpec { plugin: plugin?, handler: handler?, path: path?, config: config? })
}

/// A key with a default, or one that is reported elsewhere when it is missing.
fn required<T>(
    values: &Values,
    path: &str,
    sink: &mut Sink,
    read: fn(&Key, &Node, &mut Sink) -> Option<T>,
) -> Option<T> {
    given(values, path).and_then(|(key, node)| read(key, node, sink))
}

fn transport(values: &Values, sink: &mut Sink) -> Option<Transport> {
    let kind = required(values, "transport.kind", sink, read::word);
    let ipv6 = required(values, "transport.ipv6", sink, read::boolean);
    let port = required(values, "transport.port", sink, read::integer);
    let nodelay = required(values, "transport.nodelay", sink, read::boolean);
    let send_buffer = optional(values, "transport.send-buffer", sink, read::quantity);
    let receive_buffer = optional(values, "transport.receive-buffer", sink, read::quantity);
    let read_size = required(values, "transport.read-size", sink, read::quantity);
    let read_delay = required(values, "transport.read-delay", sink, read::quantity);
    let write = required(values, "transport.write", sink, read::word);
    Some(Transport {
        kind: match kind? {
            "unix" => TransportKind::Unix,
            "seqpacket" => TransportKind::Seqpacket,
            _ => TransportKind::Tcp,
        },
        ipv6: ipv6?,
        port: u16::try_from(port?).ok()?,
        nodelay: nodelay?,
        send_buffer: send_buffer?,
        receive_buffer: receive_buffer?,
        read_size: read_size?,
        read_delay_ns: read_delay?,
        write: match write? {
            "batch" => WritePolicy::Batch,
            "header-body" => WritePolicy::HeaderBody,
            _ => WritePolicy::Message,
        },
    })
}

fn cpu(values: &Values, sink: &mut Sink) -> Option<Cpu> {
    let placement = required(values, "cpu.placement", sink, read::word);
    let wait = required(values, "cpu.wait", sink, read::word);
    Some(Cpu {
        placement: match placement? {
            "same" => Placement::Same,
            "free" => Placement::Free,
            _ => Placement::Split,
        },
        wait: if wait? == "spin" { Wait::Spin } else { Wait::Block },
    })
}

fn load(values: &Values, sink: &mut Sink) -> Option<(Load, bool)> {
    let model = required(values, "load.model", sink, read::word);
    let in_flight = required(values, "load.in-flight", sink, read::integer);
    let connections = required(values, "load.connections", sink, read::integer);
    let session = required(values, "load.session", sink, read::word);
    let payload: Option<Sizes> = required(values, "load.payload", sink, read::sizes);
    let reply_payload = optional(values, "load.reply-payload", sink, read::sizes);
    let alphabet = required(values, "load.alphabet", sink, read::word);
    let timeout = required(values, "load.timeout", sink, read::quantity);
    let drain = required(values, "load.drain", sink, read::quantity);
    let hook_timeout = required(values, "load.hook-timeout", sink, read::quantity);
    let warmup = required(values, "load.warmup", sink, read::quantity);
    let duration = optional(values, "load.duration", sink, read::quantity);
    let messages = optional(values, "load.messages", sink, read::integer);
    let ledger = required(values, "load.ledger", sink, read::quantity);
    model?;
    let alphabet = alphabet?;
    let load = Load {
        in_flight: u32::try_from(in_flight?).ok()?,
        connections: u32::try_from(connections?).ok()?,
        session: if session? == "per-exchange" {
            SessionPolicy::PerExchange
        } else {
            SessionPolicy::Keep
        },
        payload: payload?,
        reply_payload: reply_payload?,
        alphabet: if alphabet == "text" { PayloadAlphabet::Text } else { PayloadAlphabet::Bytes },
        timeout_ns: timeout?,
        drain_ns: drain?,
        hook_timeout_ns: hook_timeout?,
        warmup_ns: warmup?,
        until: match (messages?, duration?) {
            (Some(messages), _) => Until::Messages(messages),
            (None, duration) => Until::Duration(duration?),
        },
        ledger_bytes: ledger?,
    };
    Some((load, alphabet == "auto"))
}
