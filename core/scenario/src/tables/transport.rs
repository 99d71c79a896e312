//! `[transport]`: the sockets, and how they are written and read.

use super::choice;
use crate::diagnostics::Sink;
use crate::key::{GIB, HOUR, Key, Kind, MIB, MS, S, key};
use crate::layered::Values;
use crate::partial::{optional, value};
use crate::read;
use crate::transports::{self, TransportKind};
use serde::{Deserialize, Serialize};

/// The keys, in the order of the reference.
pub(crate) const KEYS: &[Key] = &[
    key("transport.kind", Kind::Word(&TransportKind::NAMES), r#""tcp""#, transports::ABOUT),
    key("transport.ipv6", Kind::Bool, "false", "`::1` instead of `127.0.0.1` (TCP and UDP)"),
    key(
        "transport.port",
        Kind::Integer(0, 65_535),
        "0",
        "the server's port; 0 lets the kernel choose (TCP and UDP)",
    ),
    key(
        "transport.nodelay",
        Kind::Bool,
        "true",
        "TCP_NODELAY on both sides: small segments leave at once, without waiting for an ACK (TCP only)",
    ),
    key(
        "transport.reuse-address",
        Kind::Bool,
        "true",
        "SO_REUSEADDR on the socket that listens: a server comes back on a port where its earlier \
         connections are in TIME_WAIT (TCP only)",
    ),
    key(
        "transport.send-buffer",
        Kind::Size(1, GIB),
        "",
        "SO_SNDBUF; without it the kernel's default",
    ),
    key(
        "transport.receive-buffer",
        Kind::Size(1, GIB),
        "",
        "SO_RCVBUF; without it the kernel's default",
    ),
    key(
        "transport.read-size",
        Kind::Size(1, 16 * MIB),
        r#""64 KiB""#,
        "the buffer offered to each read call; the rest of a longer packet or datagram is gone",
    ),
    key(
        "transport.read-delay",
        Kind::Duration(0, 10 * S),
        r#""0ms""#,
        "a late reader: a side reads this long after bytes have become readable",
    ),
    key(
        "transport.write",
        Kind::Word(&["message", "batch", "header-body"]),
        r#""message""#,
        "one write call per frame, one per turn of the event loop, or two per frame (header, then body)",
    ),
    key(
        "transport.horizon",
        Kind::Duration(MS, HOUR),
        r#""1s""#,
        "a datagram that arrives later than this after it was handed over counts as lost (UDP only)",
    ),
];

/// `transport.write`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WritePolicy {
    /// One write call per frame.
    Message,
    /// One write call per turn of the event loop.
    Batch,
    /// Two write calls per frame: header, then body.
    HeaderBody,
}

/// `transport = { … }`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Transport {
    /// Which socket.
    pub kind: TransportKind,
    /// `ipv6`: use `::1` instead of `127.0.0.1` (TCP and UDP).
    pub ipv6: bool,
    /// `port`: the server's port; 0 lets the kernel choose (TCP and UDP).
    pub port: u16,
    /// `nodelay`: TCP_NODELAY on both sides (TCP only).
    pub nodelay: bool,
    /// `reuse-address`: SO_REUSEADDR on the socket that listens (TCP only).
    #[serde(default = "default_reuse_address")]
    pub reuse_address: bool,
    /// `send-buffer`: SO_SNDBUF in bytes.
    pub send_buffer: Option<u64>,
    /// `receive-buffer`: SO_RCVBUF in bytes.
    pub receive_buffer: Option<u64>,
    /// `read-size`: the buffer offered to each read call, in bytes.
    pub read_size: u64,
    /// `read-delay`: a side reads this long after bytes have become readable, in nanoseconds.
    pub read_delay_ns: u64,
    /// `write`.
    pub write: WritePolicy,
    /// `horizon`: a datagram that arrives later than this after it was handed over is lost, in
    /// nanoseconds (UDP only).
    #[serde(default = "default_horizon")]
    pub horizon_ns: u64,
}

/// What rounds kept before there was a horizon are read with.
fn default_horizon() -> u64 {
    1_000_000_000
}

/// What rounds kept before there was a choice are read with.
fn default_reuse_address() -> bool {
    true
}

/// What a scenario means that says nothing of it.
impl Default for Transport {
    fn default() -> Self {
        read(&Values::defaults(0), &mut Sink::default())
    }
}

/// Reads it.
pub(crate) fn read(values: &Values, sink: &mut Sink) -> Transport {
    let integer = |path, sink: &mut Sink| value(values, path, sink, read::integer, 0);
    let buffer = |path, sink: &mut Sink| optional(values, path, sink, read::quantity, 1 << 30);
    Transport {
        kind: choice(values, "transport.kind", sink, TransportKind::default()),
        ipv6: value(values, "transport.ipv6", sink, read::boolean, false),
        // The key's bounds are those of the type.
        port: u16::try_from(integer("transport.port", sink)).unwrap_or(0),
        nodelay: value(values, "transport.nodelay", sink, read::boolean, true),
        reuse_address: value(values, "transport.reuse-address", sink, read::boolean, true),
        send_buffer: buffer("transport.send-buffer", sink),
        receive_buffer: buffer("transport.receive-buffer", sink),
        read_size: value(values, "transport.read-size", sink, read::quantity, 1),
        read_delay_ns: value(values, "transport.read-delay", sink, read::quantity, 0),
        write: choice(values, "transport.write", sink, WritePolicy::Message),
        horizon_ns: value(values, "transport.horizon", sink, read::quantity, u64::MAX),
    }
}
