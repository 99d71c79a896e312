//! The world of a real side: sockets under an event queue, the clock that both sides share, and the
//! bells that they ring.

mod connections;
mod datagrams;
mod streams;
mod surroundings;
mod waiting;
mod why_not;

pub(super) use surroundings::Mail;
pub(super) use waiting::LONGEST_WAIT;

use super::handler_directories::HandlerDirectories;
use super::log::Logged;
use super::usage;
use crate::engine::{Port, Snapshot};
use crate::host::Breadcrumb;
use crate::ledger::Announcer;
use crate::ledger::Region;
use crate::measure::Usage;
use crate::net::clock::Clock;
use crate::net::datagrams::Sender;
use crate::net::names::Names;
use crate::net::sources::Sources;
use crate::scenario::{Address, Transport};
use mio::{Registry, Token};
use socket2::{SockAddr, Socket};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::sync::Arc;
use waiting::Waiting;

/// Tokens below this one are the loop's own. A slot's number is its token minus this.
pub(super) const FIRST_CONNECTION: usize = 16;

/// What a connection's bytes go through.
pub(super) enum Endpoint {
    /// A socket of its own.
    Own(Socket),
    /// Datagrams from and to this address, through the server's only socket.
    Peer(Box<SockAddr>),
}

/// The sockets of a side, and what else it has of the world.
pub(super) struct Sockets {
    clock: Clock,
    registry: Registry,
    transport: Transport,
    /// The other side is not ours.
    alone: bool,
    /// By slot.
    endpoints: Vec<Option<Endpoint>>,
    waiting: Waiting,
    /// Where a server takes connections, or all datagrams.
    listener: Option<Socket>,
    /// What holds the address of a server that is not to be reached, as long as the side lives.
    unreachable: Vec<Socket>,
    /// Where the client connects to.
    target: Option<Address>,
    announcer: Announcer,
    /// Local ports that connections come from.
    sources: Sources,
    /// Addresses that no number stands for by itself.
    names: Names,
    sender: Sender,
    longest_datagram: usize,
    /// Datagrams that were dropped at sockets which are closed.
    drops_of_closed: u64,
    /// An event counter that the other side rings, and the other side's.
    bells: [File; 2],
    mail: Mail,
    directories: HandlerDirectories,
    logged: Logged,
    /// Which of the plugin's hooks runs.
    crumb: &'static Breadcrumb,
}

/// What [`Sockets`] begin with.
pub(super) struct Beginning {
    pub(super) clock: Clock,
    pub(super) registry: Registry,
    pub(super) transport: Transport,
    /// The other side is not ours.
    pub(super) alone: bool,
    /// Where connections are announced.
    pub(super) own: &'static Arc<Region>,
    /// What wakes this side, and what wakes the other.
    pub(super) bells: [File; 2],
    pub(super) mail: Mail,
    pub(super) directories: HandlerDirectories,
    pub(super) logged: Logged,
}

impl Sockets {
    /// None yet.
    pub(super) fn new(beginning: Beginning) -> Self {
        Self {
            clock: beginning.clock,
            registry: beginning.registry,
            sources: Sources::new(beginning.transport.ipv6),
            transport: beginning.transport,
            alone: beginning.alone,
            endpoints: Vec::new(),
            waiting: Waiting::default(),
            listener: None,
            unreachable: Vec::new(),
            target: None,
            announcer: Announcer::new(Arc::clone(beginning.own)),
            names: Names::default(),
            sender: Sender::default(),
            longest_datagram: usize::MAX,
            drops_of_closed: 0,
            bells: beginning.bells,
            mail: beginning.mail,
            directories: beginning.directories,
            logged: beginning.logged,
            crumb: beginning.own.breadcrumb(),
        }
    }

    /// The socket of a slot, if it has one of its own.
    #[inline]
    fn socket(&self, slot: usize) -> Option<&Socket> {
        match self.endpoints.get(slot)? {
            Some(Endpoint::Own(socket)) => Some(socket),
            _ => None,
        }
    }
}

impl Port for Sockets {
    #[inline(always)]
    fn now(&self) -> u64 {
        self.clock.now()
    }

    fn usage(&self, messages: u64) -> Snapshot {
        usage::now(messages)
    }

    fn used(&self, before: &Snapshot, after: &Snapshot) -> Usage {
        before.until(after, usage::peak_memory_bytes())
    }

    fn wake_peer(&mut self) {
        let [_, peer] = &mut self.bells;
        let _ = peer.write(&1_u64.to_ne_bytes());
    }

    fn woken(&mut self) {
        let [own, _] = &mut self.bells;
        let _ = own.read(&mut [0; 8]);
    }
}

/// The token of a slot.
#[inline]
fn token(slot: usize) -> Token {
    Token(slot + FIRST_CONNECTION)
}
