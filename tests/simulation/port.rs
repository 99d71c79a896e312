//! The network as one side's engine sees it.

use super::datagrams::Received;
use super::network::{CLIENT, Network, SERVER, unsupported};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Error};
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use wirebench::engine::{
    Accepted, Connected, Connecting, Connections, Datagrams, Letter, NotTaken, Port, Snapshot,
    Streams, Surroundings,
};
use wirebench::handler::{Hook, Mailbox, Place, Trouble};
use wirebench::ledger::{Announcer, Region};
use wirebench::measure::{Unconnected, Usage};

/// A side's end of the network.
pub(crate) struct SimulatedPort {
    side: usize,
    network: Rc<RefCell<Network>>,
    /// The connection in each slot.
    slots: Vec<Option<usize>>,
    announcer: Announcer,
    /// Each session has a socket, and the server one for all.
    datagrams: bool,
    letters: Arc<Mutex<VecDeque<Letter>>>,
    /// Somebody may write some.
    has_mailbox: bool,
}

impl SimulatedPort {
    pub(crate) fn new(
        side: usize,
        network: &Rc<RefCell<Network>>,
        own: &Arc<Region>,
        datagrams: bool,
    ) -> Self {
        Self {
            side,
            network: Rc::clone(network),
            slots: Vec::new(),
            announcer: Announcer::new(Arc::clone(own)),
            datagrams,
            letters: Arc::default(),
            has_mailbox: false,
        }
    }

    /// Somebody may write letters.
    pub(crate) fn has_mailbox(&self) -> bool {
        self.has_mailbox
    }

    /// Letters that wait for the engine.
    pub(crate) fn has_letters(&self) -> bool {
        self.has_mailbox && self.letters.lock().is_ok_and(|letters| !letters.is_empty())
    }

    fn connection(&self, slot: usize) -> io::Result<usize> {
        self.slots.get(slot).copied().flatten().ok_or_else(unsupported)
    }
}

impl Port for SimulatedPort {
    fn now(&self) -> u64 {
        self.network.borrow_mut().now()
    }

    fn usage(&self, messages: u64) -> Snapshot {
        Snapshot { messages, ..Snapshot::default() }
    }

    fn used(&self, before: &Snapshot, after: &Snapshot) -> Usage {
        before.until(after, 0)
    }

    fn wake_peer(&mut self) {
        self.network.borrow_mut().bells[1 - self.side] = true;
    }

    fn woken(&mut self) {
        self.network.borrow_mut().bells[self.side] = false;
    }
}

impl Streams for SimulatedPort {
    type Endpoint = usize;

    fn attach(&mut self, slot: usize, endpoint: usize, wants_write: bool) -> Result<(), String> {
        if self.slots.len() <= slot {
            self.slots.resize(slot + 1, None);
        }
        assert_eq!(self.slots[slot], None, "slot {slot} is in use");
        self.slots[slot] = Some(endpoint);
        self.network.borrow_mut().attach(self.side, endpoint, slot, wants_write);
        Ok(())
    }

    fn watch(&mut self, slot: usize, wants_write: bool) {
        if let Ok(connection) = self.connection(slot) {
            self.network.borrow_mut().watch(self.side, connection, wants_write);
        }
    }

    fn read(&mut self, slot: usize, room: &mut [u8]) -> io::Result<usize> {
        let connection = self.connection(slot)?;
        self.network.borrow_mut().read(self.side, connection, room)
    }

    fn send(&mut self, slot: usize, bytes: &[u8]) -> io::Result<usize> {
        let connection = self.connection(slot)?;
        self.network.borrow_mut().write(self.side, connection, &[bytes])
    }

    fn send_around(
        &mut self,
        slot: usize,
        frame: &[u8],
        at: usize,
        payload: &[u8],
    ) -> io::Result<usize> {
        let connection = self.connection(slot)?;
        let (header, trailer) = frame.split_at(at);
        self.network.borrow_mut().write(self.side, connection, &[header, payload, trailer])
    }

    fn shutdown_write(&mut self, slot: usize) {
        if let Ok(connection) = self.connection(slot) {
            self.network.borrow_mut().shutdown_write(self.side, connection);
        }
    }

    fn reset_on_close(&mut self, slot: usize) {
        if let Ok(connection) = self.connection(slot) {
            self.network.borrow_mut().reset_on_close(self.side, connection);
        }
    }

    fn close(&mut self, slot: usize) -> u64 {
        if let Some(connection) = self.slots.get_mut(slot).and_then(Option::take) {
            self.network.borrow_mut().close(self.side, connection);
        }
        0
    }
}

impl Connections for SimulatedPort {
    fn connect(&mut self, session: u32) -> Connecting<usize> {
        assert_eq!(self.side, CLIENT);
        let mut network = self.network.borrow_mut();
        if !self.datagrams
            && let Some(how) = network.turns_away()
        {
            return match how {
                Unconnected::BacklogFull => Connecting::Busy,
                how => Connecting::Refused(how, "turned away".to_owned()),
            };
        }
        let (endpoint, stands) = match self.datagrams {
            true => (network.open_socket(), true),
            false => network.connect(),
        };
        self.announcer.announce(endpoint as u64 + 1, session);
        Connecting::Begun { endpoint, stands }
    }

    fn connected(&mut self, slot: usize) -> Connected {
        match self.connection(slot) {
            Ok(connection) if self.network.borrow().is_refused(connection) => {
                Connected::Refused(Unconnected::Refused, "refused".to_owned())
            }
            _ => Connected::Stands,
        }
    }

    fn was_sent_again(&self, _: usize) -> bool {
        false
    }

    fn no_free_port(&self) -> String {
        String::new()
    }

    fn target(&self) -> String {
        "the simulated server".to_owned()
    }

    fn accept(&mut self) -> Accepted<usize> {
        assert_eq!(self.side, SERVER);
        match self.network.borrow_mut().accept() {
            Some(endpoint) => Accepted::Peer(endpoint, Some(endpoint as u64 + 1)),
            None => Accepted::Nobody,
        }
    }

    fn stop_accepting(&mut self) {
        self.network.borrow_mut().stop_listening();
    }

    fn announcements_corruption(&self) -> Option<String> {
        self.announcer.own_corruption()
    }
}

impl Datagrams for SimulatedPort {
    type Address = usize;
    type Batch = Received;

    fn batch(size: usize) -> Received {
        Received::new(size)
    }

    fn receive(&mut self, slot: Option<usize>, batch: &mut Received) -> io::Result<(usize, bool)> {
        let connection = slot.map(|slot| self.connection(slot)).transpose()?;
        self.network.borrow_mut().receive(connection, batch)
    }

    fn send_datagrams(
        &mut self,
        slot: usize,
        bytes: &[u8],
        lengths: impl Iterator<Item = usize>,
        alone: bool,
    ) -> Result<usize, (NotTaken, Error)> {
        let connection = self.connection(slot).map_err(|error| (NotTaken::Never, error))?;
        self.network.borrow_mut().send_datagrams(self.side, connection, bytes, lengths, alone)
    }

    fn about_peer(&self, _: usize) -> String {
        String::new()
    }

    fn longest_datagram(&self) -> usize {
        60_000
    }

    fn dropped_on_arrival(&self) -> u64 {
        0
    }

    fn kind_of(error: &Error) -> String {
        error.kind().to_string()
    }

    fn key(&mut self, address: &usize) -> Option<u64> {
        Some(*address as u64 + 1)
    }

    fn is_nameless(_: &usize) -> bool {
        false
    }

    fn remember(&mut self, _: u64, _: &usize) {}

    fn forget(&mut self, _: u64) {}

    fn endpoint_of(address: usize) -> usize {
        address
    }
}

impl Surroundings for SimulatedPort {
    fn running(&self) -> Option<(Hook, Option<u32>)> {
        None
    }

    fn hooks_called(&self) -> u64 {
        0
    }

    fn log(&mut self, _: u32, _: &str) {}

    fn left_out_of_log(&self) -> u64 {
        0
    }

    fn place(&mut self, _: Place) -> Option<&Path> {
        None
    }

    fn mailbox(&mut self) -> Mailbox {
        self.has_mailbox = true;
        let letters = Arc::clone(&self.letters);
        Arc::new(move |session, bytes: &[u8]| {
            if let Ok(mut letters) = letters.lock() {
                letters.push_back(Letter::Post(session, bytes.to_vec()));
            }
        })
    }

    fn trouble(&mut self) -> Trouble {
        Arc::new(|_| {})
    }

    fn next_letter(&mut self) -> Option<Letter> {
        self.letters.lock().ok()?.pop_front()
    }
}
