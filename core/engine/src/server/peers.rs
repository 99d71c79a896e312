//! The peers of a server over datagrams: which session a datagram belongs to, and whose session is closed
//! when there are too many. Nobody says goodbye over datagrams.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use wirebench_ledger::Directory;

/// Sessions beyond twice those that are open at the same time.
const SPARE: usize = 64;

/// Whose datagram it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// A session that is open in this slot.
    Known(usize),
    /// A session that has announced itself and is heard for the first time.
    New(u32),
    /// Somebody who has not, or whose session is over.
    Stranger,
}

#[derive(Clone, Copy, Debug)]
struct Peer {
    slot: usize,
    session: u32,
    /// When its last datagram came, counted in datagrams of all peers.
    last_heard: u64,
}

/// The server's peers, by their addresses' keys.
#[derive(Debug)]
pub(crate) struct Peers {
    directory: Directory,
    known: HashMap<u64, Peer>,
    /// Every known peer once, by when its last datagram came or, if that is longer ago, when it was last
    /// checked for that.
    idle: BinaryHeap<Reverse<(u64, u64)>>,
    datagrams: u64,
    most: usize,
}

impl Peers {
    /// Nobody yet. At most `open` sessions are in use at the same time.
    #[inline]
    pub(crate) fn new(directory: Directory, open: usize) -> Self {
        let most = open.saturating_mul(2).saturating_add(SPARE);
        let (known, idle) = (HashMap::new(), BinaryHeap::new());
        Self { directory, known, idle, datagrams: 0, most }
    }

    /// Learns of new sessions. To be called after datagrams were read and before they are looked
    /// at: whoever sent them had announced itself before. `close` hears of sessions whose address
    /// another one has now; returned are those that never were heard and never will be.
    #[inline]
    pub(crate) fn learn(&mut self, mut close: impl FnMut(usize, u32)) -> Vec<u32> {
        let known = &mut self.known;
        self.directory.learn(self.most, |key| {
            if let Some(peer) = known.get_mut(&key) {
                close(peer.slot, peer.session);
                // Its place in `idle` stays, so that each key stands there once.
                peer.session = 0;
            }
        })
    }

    /// What was wrong with the announcements of the other side, if something was.
    #[inline]
    pub(crate) fn broken(&self) -> Option<&str> {
        self.directory.broken()
    }

    /// Who a datagram from `key` is from. `session_in` tells which session a slot has.
    #[inline]
    pub(crate) fn find(&mut self, key: u64, session_in: impl Fn(usize) -> Option<u32>) -> Sender {
        self.datagrams += 1;
        if let Some(peer) = self.known.get_mut(&key)
            && peer.session != 0
        {
            if session_in(peer.slot) == Some(peer.session) {
                peer.last_heard = self.datagrams;
                return Sender::Known(peer.slot);
            }
            // Whose session is over comes again only where anyone may come.
            if !self.directory.is_open() {
                return Sender::Stranger;
            }
        }
        // Only what `learn` has heard: an announcement that is read here would replace nobody.
        self.directory.take_learned(key).map_or(Sender::Stranger, Sender::New)
    }

    /// A session has been opened. Returns slot and session of those to close, so that there are not
    /// too many: the ones that were not heard for longest. `forget` hears of keys that stand for nobody
    /// any more.
    pub(crate) fn opened(
        &mut self,
        key: u64,
        slot: usize,
        session: u32,
        mut forget: impl FnMut(u64),
    ) -> Vec<(usize, u32)> {
        let peer = Peer { slot, session, last_heard: self.datagrams };
        if self.known.insert(key, peer).is_none() {
            self.idle.push(Reverse((self.datagrams, key)));
        }
        let mut closed = Vec::new();
        while self.known.len() > self.most {
            let Some(Reverse((last_heard, key))) = self.idle.pop() else { break };
            let Some(peer) = self.known.get(&key) else { continue };
            if peer.last_heard > last_heard {
                self.idle.push(Reverse((peer.last_heard, key)));
                continue;
            }
            if peer.session != 0 {
                closed.push((peer.slot, peer.session));
            }
            self.known.remove(&key);
            forget(key);
        }
        closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use wirebench_ledger::{Announcer, Layout, Region, Tables};

    struct Server {
        peers: Peers,
        announcer: Announcer,
        /// The session in each slot.
        slots: Vec<Option<u32>>,
        never_heard: Vec<u32>,
    }

    impl Server {
        fn new(open: usize) -> Self {
            let region = Region::in_memory_with(Layout::new(Tables::SHARED, 4_096));
            let directory = Directory::new(Arc::clone(&region));
            let announcer = Announcer::new(region);
            let peers = Peers::new(directory, open);
            Self { peers, announcer, slots: Vec::new(), never_heard: Vec::new() }
        }

        /// A datagram arrives; returns the session it belongs to.
        fn receive(&mut self, key: u64) -> Option<u32> {
            let Self { peers, slots, .. } = self;
            self.never_heard.extend(peers.learn(|slot, _| slots[slot] = None));
            match self.peers.find(key, |slot| self.slots[slot]) {
                Sender::Known(slot) => self.slots[slot],
                Sender::Stranger => None,
                Sender::New(session) => {
                    self.slots.push(Some(session));
                    for (slot, _) in self.peers.opened(key, self.slots.len() - 1, session, |_| {}) {
                        self.slots[slot] = None;
                    }
                    Some(session)
                }
            }
        }

        fn open(&self) -> usize {
            self.slots.iter().flatten().count()
        }
    }

    #[test]
    fn every_datagram_of_a_peer_belongs_to_its_session() {
        let mut server = Server::new(1);
        server.announcer.announce(7, 1);
        server.announcer.announce(8, 2);
        assert_eq!(server.receive(8), Some(2));
        assert_eq!(server.receive(7), Some(1));
        assert_eq!(server.receive(8), Some(2));
        assert_eq!(server.receive(9), None, "nobody announced it");
    }

    #[test]
    fn a_session_that_was_closed_stays_closed() {
        let mut server = Server::new(1);
        server.announcer.announce(7, 1);
        assert_eq!(server.receive(7), Some(1));
        server.slots[0] = None;
        assert_eq!(server.receive(7), None);
    }

    #[test]
    fn an_address_used_again_is_the_next_session() {
        let mut server = Server::new(1);
        server.announcer.announce(7, 1);
        assert_eq!(server.receive(7), Some(1));
        server.announcer.announce(7, 2);
        assert_eq!(server.receive(7), Some(2));
        assert_eq!(server.open(), 1);
    }

    #[test]
    fn an_address_used_again_while_datagrams_are_looked_at_is_the_next_session_too() {
        let mut server = Server::new(1);
        server.announcer.announce(7, 1);
        assert_eq!(server.receive(7), Some(1));
        server.announcer.announce(8, 2);
        assert!(server.peers.learn(|_, _| {}).is_empty());
        server.announcer.announce(7, 3);
        assert_eq!(server.peers.find(8, |_| None), Sender::New(2));
        assert_eq!(server.receive(7), Some(3));
    }

    #[test]
    fn of_too_many_sessions_those_unheard_for_longest_are_closed() {
        let mut server = Server::new(2);
        let most = 2 * 2 + SPARE;
        for session in 1..=10_000 {
            server.announcer.announce(u64::from(session), session);
            assert_eq!(server.receive(u64::from(session)), Some(session));
            // This one goes on talking.
            assert_eq!(server.receive(1), Some(1));
        }
        assert_eq!(server.open(), most);
        assert_eq!(server.slots[0], Some(1));
        assert_eq!(server.peers.idle.len(), most);
        assert_eq!(server.receive(10_001 - most as u64), None);
        assert_eq!(server.receive(10_002 - most as u64), Some(10_002 - most as u32));
    }

    #[test]
    fn no_key_is_remembered_longer_than_its_peer() {
        let open = Directory::open(Region::in_memory(4_096));
        let mut peers = Peers::new(open, 1);
        let mut forgotten = Vec::new();
        for number in 1..=1_000 {
            let key = u64::from(number);
            assert_eq!(peers.find(key, |_| None), Sender::New(number));
            peers.opened(key, number as usize, number, |key| forgotten.push(key));
            let known = peers.find(key, |slot| Some(slot as u32));
            assert_eq!(known, Sender::Known(number as usize));
        }
        let most = 2 + SPARE as u64;
        assert!(forgotten.iter().copied().eq(1..=1_000 - most), "{forgotten:?}");
        assert_eq!(peers.find(1, |slot| Some(slot as u32)), Sender::New(1_001));
    }

    #[test]
    fn announcements_that_are_never_heard_do_not_pile_up() {
        let mut server = Server::new(1);
        for session in 1..=10_000 {
            server.announcer.announce(u64::from(session), session);
            if session % 100 == 0 {
                assert_eq!(server.receive(u64::from(session)), Some(session));
            }
        }
        assert!(server.never_heard.len() > 9_000, "{}", server.never_heard.len());
        assert!(server.never_heard.is_sorted());
    }
}
