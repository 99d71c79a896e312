//! What a cell takes of the machine.

use crate::load::Sizes;
use crate::scenario::Settings;

/// Open files of a side besides those of its connections. Measured: 18.
const OWN_FILES: u64 = 20;

/// Memory of a side besides that of its connections, in bytes: program, plugin, histograms.
const SIDE: u64 = 32 << 20;

/// Memory that a side keeps for a connection in which little waits, in bytes. Measured: 1.1 KiB.
const KEPT: u64 = 2 << 10;

/// What the kernel keeps for a TCP socket that is watched and in which nothing waits, in bytes. Measured: 3 to 4 KiB.
const SOCKET: u64 = 4 << 10;

/// What waits in the sockets of a connection, counted at most, in bytes each way: the kernel makes buffers larger
/// only as long as it has memory.
const MOST_WAITING: u64 = 64 << 10;

/// What the rounds of a cell take at most at a time, as far as it follows from its settings. A handler may open
/// and keep more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Connections at a time, or sockets for datagrams.
    pub connections: u64,
    /// Open files of the side that has most.
    pub files_of_a_side: u64,
    /// Open files of all processes.
    pub files: u64,
    /// Where its ports come from; `None`: it takes none.
    pub ports: Option<Ports>,
    /// A server of ours listens on TCP.
    pub listens: bool,
    /// Memory of both sides and of the kernel, in bytes; a rough figure, rather too small.
    pub memory: u64,
}

/// Which ports connections may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ports {
    /// Every second port of the range of each loopback address (IPv4).
    AllAddresses,
    /// Every second port of the range of the only one (IPv6).
    OneAddress,
    /// What the kernel chooses towards a server that is not ours.
    KernelsChoice,
}

impl Need {
    /// What these settings take.
    pub fn of(settings: &Settings) -> Self {
        let (load, transport) = (&settings.load, &settings.transport);
        let connections = u64::from(load.target_connections());
        let ours = settings.server.is_none();
        let of_server = if transport.kind.has_connections() { connections } else { 1 };
        let a_side = connections + OWN_FILES;
        let waiting = longest(&load.payload).saturating_mul(u64::from(load.in_flight));
        let a_connection = KEPT + SOCKET + waiting.min(MOST_WAITING);
        let sides = if ours { 2 } else { 1 };
        let ledgers = load.ledger_bytes.saturating_mul(sides);
        Self {
            connections,
            files_of_a_side: a_side,
            files: a_side + of_server,
            ports: transport.kind.is_ip().then_some(match (ours, transport.ipv6) {
                (false, _) => Ports::KernelsChoice,
                (true, false) => Ports::AllAddresses,
                (true, true) => Ports::OneAddress,
            }),
            listens: ours && transport.kind.has_connections() && transport.kind.is_ip(),
            memory: (sides * SIDE)
                .saturating_add(ledgers)
                .saturating_add(a_connection * (connections + of_server)),
        }
    }
}

/// The longest message that is certain, in bytes.
fn longest(sizes: &Sizes) -> u64 {
    match sizes {
        Sizes::Constant(size) => *size,
        Sizes::Cycle(list) => list.iter().copied().max().unwrap_or(0),
        Sizes::Uniform(_, high) => *high,
        // What a file holds is not looked at here.
        Sizes::File(_) | Sizes::Lines(_) => 0,
    }
}
