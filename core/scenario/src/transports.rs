//! The transports, and what each can do. Whoever treats one unlike another asks for the capability that
//! is meant, so that a transport is named here and where its sockets are made (`net/transports/`), and
//! nowhere else.

use super::plan::Transport;
use serde::{Deserialize, Serialize};

/// `transport.kind`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransportKind {
    /// TCP over loopback.
    #[default]
    Tcp,
    /// A Unix stream socket.
    Unix,
    /// A Unix seqpacket socket: a connection that keeps boundaries.
    Seqpacket,
    /// UDP over loopback: datagrams, which may be lost.
    Udp,
    /// A Unix datagram socket: its full queue makes the sender wait.
    Unixgram,
}

/// What `transport.kind` chooses among, in a sentence.
pub(super) const ABOUT: &str = "TCP over loopback, a Unix stream socket, or one that keeps boundaries; \
                                UDP over loopback, or Unix datagrams";

/// What a transport is called, and what it can do.
#[derive(Clone, Copy)]
struct Capabilities {
    /// What a scenario calls it.
    name: &'static str,
    /// What a sentence calls it.
    spoken: &'static str,
    carries: Carries,
    addressing: Addressing,
    /// What bounds a single write.
    bound: Bound,
    /// Loses nothing and keeps the order: what finds no room makes the sender wait.
    is_reliable: bool,
    /// Delays small segments unless it is told not to (TCP_NODELAY).
    has_nodelay: bool,
    /// A connection keeps the port of the side that closed it first for a while (TIME_WAIT).
    has_time_wait: bool,
    /// The kernel counts its segments (TCP_INFO).
    counts_segments: bool,
    /// A connection can end in a reset (RST), which the other side can tell from a close.
    can_reset: bool,
}

/// What is carried from a write to a read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Carries {
    /// Bytes on a connection; reads get them in other pieces than they were written in.
    Bytes,
    /// Packets on a connection: one read gets what one write sent, and loses what it has no room for.
    Packets,
    /// Datagrams: as packets, but without a connection that could begin or end.
    Datagrams,
}

/// What a server's address is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Addressing {
    /// An IP address and a port.
    Ip,
    /// A path.
    Path,
}

/// How much a single write can send.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// Anything: what is not taken is written later.
    Nothing,
    /// What the send buffer has room for at once.
    SendBuffer,
    /// What the length fields of the headers can say.
    UdpHeader,
}

impl TransportKind {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 5] = [Self::Tcp, Self::Unix, Self::Seqpacket, Self::Udp, Self::Unixgram];

    /// The names of all.
    pub const NAMES: [&'static str; Self::ALL.len()] = {
        let mut names = [""; Self::ALL.len()];
        let mut at = 0;
        while at < names.len() {
            names[at] = Self::ALL[at].name();
            at += 1;
        }
        names
    };

    /// The table.
    #[inline]
    const fn capabilities(self) -> Capabilities {
        match self {
            Self::Tcp => Capabilities {
                name: "tcp",
                spoken: "TCP",
                carries: Carries::Bytes,
                addressing: Addressing::Ip,
                bound: Bound::Nothing,
                is_reliable: true,
                has_nodelay: true,
                has_time_wait: true,
                counts_segments: true,
                can_reset: true,
            },
            Self::Unix => Capabilities {
                name: "unix",
                spoken: "a Unix socket",
                carries: Carries::Bytes,
                addressing: Addressing::Path,
                bound: Bound::Nothing,
                is_reliable: true,
                has_nodelay: false,
                has_time_wait: false,
                counts_segments: false,
                can_reset: false,
            },
            Self::Seqpacket => Capabilities {
                name: "seqpacket",
                spoken: "a Unix socket",
                carries: Carries::Packets,
                addressing: Addressing::Path,
                bound: Bound::SendBuffer,
                is_reliable: true,
                has_nodelay: false,
                has_time_wait: false,
                counts_segments: false,
                can_reset: false,
            },
            Self::Udp => Capabilities {
                name: "udp",
                spoken: "UDP",
                carries: Carries::Datagrams,
                addressing: Addressing::Ip,
                bound: Bound::UdpHeader,
                is_reliable: false,
                has_nodelay: false,
                has_time_wait: false,
                counts_segments: false,
                can_reset: false,
            },
            Self::Unixgram => Capabilities {
                name: "unixgram",
                spoken: "a Unix socket",
                carries: Carries::Datagrams,
                addressing: Addressing::Path,
                bound: Bound::SendBuffer,
                is_reliable: true,
                has_nodelay: false,
                has_time_wait: false,
                counts_segments: false,
                can_reset: false,
            },
        }
    }

    /// The one that is meant where only an address is given.
    pub fn of_address(text: &str) -> Self {
        if text.contains('/') { Self::Unix } else { Self::default() }
    }

    /// What a scenario calls it.
    pub const fn name(self) -> &'static str {
        self.capabilities().name
    }

    /// What a sentence calls it: `UDP`, `a Unix socket`.
    pub fn spoken(self) -> &'static str {
        self.capabilities().spoken
    }

    /// True when a side listens, the other connects, and each can end its own direction.
    #[inline]
    pub fn has_connections(self) -> bool {
        self.capabilities().carries != Carries::Datagrams
    }

    /// True when every frame is a datagram of its own: nothing is written or read in other pieces, and
    /// each is judged for itself.
    #[inline]
    pub fn has_datagrams(self) -> bool {
        self.capabilities().carries == Carries::Datagrams
    }

    /// True when a connection keeps boundaries: a read gets one packet, and loses what it has no room
    /// for.
    #[inline]
    pub fn has_packets(self) -> bool {
        self.capabilities().carries == Carries::Packets
    }

    /// True when nothing is lost and the order is kept: what finds no room makes the sender wait.
    #[inline]
    pub fn is_reliable(self) -> bool {
        self.capabilities().is_reliable
    }

    /// True when a single write must fit into the socket's send buffer.
    pub fn is_bound_by_send_buffer(self) -> bool {
        self.capabilities().bound == Bound::SendBuffer
    }

    /// What a server's address is made of.
    pub(super) fn addressing(self) -> Addressing {
        self.capabilities().addressing
    }

    /// True when it has IP addresses, of either version.
    pub fn is_ip(self) -> bool {
        self.capabilities().addressing == Addressing::Ip
    }

    /// True when a server has a port, which it may choose; false when it has a path.
    pub fn has_ports(self) -> bool {
        self.capabilities().addressing != Addressing::Path
    }

    /// True when small segments wait unless TCP_NODELAY is set.
    pub fn has_nodelay(self) -> bool {
        self.capabilities().has_nodelay
    }

    /// True when a connection that is closed keeps its port for a while (TIME_WAIT), and SO_REUSEADDR
    /// lets a server listen there meanwhile.
    pub fn has_time_wait(self) -> bool {
        self.capabilities().has_time_wait
    }

    /// True when the kernel counts segments.
    pub fn counts_segments(self) -> bool {
        self.capabilities().counts_segments
    }

    /// True when a connection can end in a reset.
    pub fn can_reset(self) -> bool {
        self.capabilities().can_reset
    }
}

/// What the kernel gives a Unix socket when the scenario asks for nothing (`wmem_default`).
const DEFAULT_SEND_BUFFER: u64 = 212_992;

/// What a packet needs of the send buffer besides its payload: the kernel's own bytes, and a header.
const PACKET_OVERHEAD: u64 = 128;

/// The longest UDP payload over IPv4: a packet's 65,535 bytes without the headers of IP (RFC 791)
/// and UDP (RFC 768).
const LONGEST_UDP4: u64 = 65_535 - 20 - 8;

/// The longest UDP payload over IPv6, whose own header does not count (RFC 8200 section 3).
const LONGEST_UDP6: u64 = 65_535 - 8;

impl Transport {
    /// The longest packet or datagram that certainly leaves, in bytes; `None`: what is written has no
    /// bound.
    pub fn longest_write(&self) -> Option<u64> {
        match self.kind.capabilities().bound {
            Bound::Nothing => None,
            Bound::SendBuffer => {
                let buffer = self.send_buffer.unwrap_or(DEFAULT_SEND_BUFFER);
                Some(buffer.saturating_sub(PACKET_OVERHEAD))
            }
            Bound::UdpHeader => Some(if self.ipv6 { LONGEST_UDP6 } else { LONGEST_UDP4 }),
        }
    }
}

/// What may be asked of a transport.
pub(super) type Capability = fn(TransportKind) -> bool;

/// The transports that have something, as errors tell them.
pub(super) struct TransportList {
    /// `TCP and UDP`
    pub(super) spoken: String,
    /// `["tcp", "udp"]`, or `"tcp"` where it is the only one.
    pub(super) toml: String,
}

impl TransportList {
    /// Those for which `has` holds.
    pub(super) fn with(has: impl Fn(TransportKind) -> bool) -> Self {
        let those: Vec<TransportKind> =
            TransportKind::ALL.into_iter().filter(|kind| has(*kind)).collect();
        let spoken: Vec<&str> = those.iter().map(|kind| kind.spoken()).collect();
        let names: Vec<String> = those.iter().map(|kind| format!("\"{}\"", kind.name())).collect();
        let toml = match &names[..] {
            [only] => only.clone(),
            names => format!("[{}]", names.join(", ")),
        };
        Self { spoken: spoken.join(" and "), toml }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transport_is_kept_under_the_name_that_a_scenario_gives_it() {
        for kind in TransportKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }

    #[test]
    fn what_a_write_may_hold_is_bound_where_boundaries_are_kept() {
        for kind in TransportKind::ALL {
            let bound = kind.capabilities().bound != Bound::Nothing;
            assert_eq!(bound, kind.has_packets() || kind.has_datagrams(), "{}", kind.name());
        }
    }

    #[test]
    fn what_only_a_connection_can_have_is_said_of_none_without() {
        for kind in TransportKind::ALL.into_iter().filter(|kind| !kind.has_connections()) {
            assert!(!kind.has_nodelay() && !kind.counts_segments() && !kind.can_reset());
            assert!(!kind.has_time_wait());
        }
    }

    #[test]
    fn those_that_have_something_are_listed() {
        let ip = TransportList::with(TransportKind::is_ip);
        assert_eq!((&*ip.spoken, &*ip.toml), ("TCP and UDP", r#"["tcp", "udp"]"#));
        let nodelay = TransportList::with(TransportKind::has_nodelay);
        assert_eq!((&*nodelay.spoken, &*nodelay.toml), ("TCP", r#""tcp""#));
    }
}
