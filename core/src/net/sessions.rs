//! Which connection is which: the client announces every connection before it connects, the
//! server looks its accepted peers up. (Accept order is not connect order.)

use super::region::{AT_SESSION_TABLE, AT_SESSIONS, Region, SESSION_BYTES, SESSION_SLOTS};
use super::seal::{self, SEAL};
use socket2::SockAddr;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A socket address as one number, exact and never 0: a family tag, then IPv4 address and port,
/// the port (IPv6: the address is always `::1`), or the up to seven bytes of a kernel-given
/// abstract Unix name. `None` for any other address: see [`names`](super::names).
pub fn key(address: &SockAddr) -> Option<u64> {
    if let Some(v4) = address.as_socket_ipv4() {
        return Some(1 << 56 | u64::from(v4.ip().to_bits()) << 16 | u64::from(v4.port()));
    }
    if let Some(v6) = address.as_socket_ipv6() {
        return v6.ip().is_loopback().then(|| 2 << 56 | u64::from(v6.port()));
    }
    let name = address.as_abstract_namespace()?;
    if name.is_empty() || name.len() > 7 || name.ends_with(&[0]) {
        return None;
    }
    Some(
        name.iter().fold(3, |number, byte| number << 8 | u64::from(*byte))
            << (8 * (7 - name.len())),
    )
}

/// The client's end.
#[derive(Debug)]
pub struct Announcer {
    own: Arc<Region>,
    count: u64,
}

impl Announcer {
    /// Announces in `own`.
    pub fn new(own: Arc<Region>) -> Self {
        Self { own, count: 0 }
    }

    /// Says that the connection from `key` will be `session`. Must come before the connect call.
    pub fn announce(&mut self, key: u64, session: u32) {
        let (at, session) = (slot(self.count), u64::from(session));
        let seal = seal::of(key, session, self.count);
        self.own.atomic(at).store(key, Ordering::Relaxed);
        self.own.atomic(at + 8).store(session | seal, Ordering::Relaxed);
        self.count += 1;
        self.own.atomic(AT_SESSIONS).store(self.count, Ordering::Release);
    }

    /// Says that the connection announced last from `key` will not be made.
    pub fn withdraw(&mut self, key: u64) {
        self.announce(key, WITHDRAWN);
    }

    /// What is wrong with what this side has announced, if something is: somebody else has written
    /// to its memory.
    pub fn own_trouble(&self) -> Option<String> {
        let told = self.own.atomic(AT_SESSIONS).load(Ordering::Acquire);
        (told != self.count).then(|| {
            format!("it says that {told} sessions were announced, but {} were", self.count)
        })
    }
}

/// In place of a session: the connection announced last from there was never made.
const WITHDRAWN: u32 = 0;

/// The server's end.
#[derive(Debug)]
pub struct Directory {
    peer: Arc<Region>,
    seen: u64,
    known: HashMap<u64, u32>,
    /// Those whose key came again before the connection before them was taken: a connection that is
    /// reset at once leaves its port to the next one, and both wait to be accepted.
    behind: VecDeque<(u64, u32)>,
    /// The last session given to somebody who was not announced; `None` where that is asked for.
    open: Option<u32>,
    broken: Option<String>,
}

impl Directory {
    /// Learns from `peer`.
    pub fn new(peer: Arc<Region>) -> Self {
        let (known, behind) = (HashMap::new(), VecDeque::new());
        Self { peer, seen: 0, known, behind, open: None, broken: None }
    }

    /// Needs no announcement: whoever comes is the next session, from 1 on. `peer` is that of nobody.
    pub fn open(peer: Arc<Region>) -> Self {
        Self { open: Some(0), ..Self::new(peer) }
    }

    /// True when nobody needs to be announced.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// What was wrong with the announcements, if something was. None is heard after that.
    pub fn broken(&self) -> Option<&str> {
        self.broken.as_deref()
    }

    /// The session announced for `key`, once.
    pub fn take(&mut self, key: u64) -> Option<u32> {
        if self.is_open() {
            return self.next_guest();
        }
        while let Some((key, session)) = self.next() {
            match self.known.entry(key) {
                _ if session == WITHDRAWN => self.withdraw(key),
                Entry::Vacant(free) => drop(free.insert(session)),
                // The next connection from a port that is used again.
                Entry::Occupied(_) => self.behind.push_back((key, session)),
            }
            // More than the table holds cannot be on their way: what waits beyond that never connected.
            self.forget_oldest(SESSION_SLOTS);
        }
        let session = self.known.remove(&key);
        if let Some(at) = self.behind.iter().position(|(next, _)| *next == key)
            && let Some((key, next)) = self.behind.remove(at)
        {
            self.known.insert(key, next);
        }
        session
    }

    /// The session announced for `key` as far as [`learn`](Self::learn) has heard, once.
    pub fn take_learned(&mut self, key: u64) -> Option<u32> {
        if self.is_open() {
            return self.next_guest();
        }
        self.known.remove(&key)
    }

    /// Hears what was announced since the last call, key by key. Returns the sessions that cannot
    /// be taken any more: those whose key has come again, and the oldest when more than `most` wait.
    #[inline]
    pub fn learn(&mut self, most: usize, each: impl FnMut(u64)) -> Vec<u32> {
        if self.seen >= self.announced() { Vec::new() } else { self.learn_more(most, each) }
    }

    #[cold]
    fn learn_more(&mut self, most: usize, mut each: impl FnMut(u64)) -> Vec<u32> {
        let mut gone = Vec::new();
        while let Some((key, session)) = self.next() {
            each(key);
            if session == WITHDRAWN {
                self.withdraw(key);
                continue;
            }
            gone.extend(self.known.insert(key, session));
            gone.extend(self.forget_oldest(most));
        }
        gone
    }

    /// The last connection from `key` was never made.
    fn withdraw(&mut self, key: u64) {
        match self.behind.iter().rposition(|(behind, _)| *behind == key) {
            Some(at) => drop(self.behind.remove(at)),
            None => drop(self.known.remove(&key)),
        }
    }

    /// Where more than twice `most` wait, all but the latest `most` are given up; returns them.
    fn forget_oldest(&mut self, most: usize) -> Vec<u32> {
        if self.known.len() + self.behind.len() <= most.saturating_mul(2) {
            return Vec::new();
        }
        let known = self.known.iter().map(|(key, session)| (*session, *key));
        let behind = self.behind.iter().map(|(key, session)| (*session, *key));
        let mut waiting: Vec<(u32, u64)> = known.chain(behind).collect();
        waiting.sort_unstable();
        let kept = waiting.split_off(waiting.len() - most);
        self.known.clear();
        self.behind.clear();
        for (session, key) in kept {
            match self.known.entry(key) {
                Entry::Vacant(free) => drop(free.insert(session)),
                Entry::Occupied(_) => self.behind.push_back((key, session)),
            }
        }
        waiting.into_iter().map(|(session, _)| session).collect()
    }

    /// The number of the next one who was not announced.
    fn next_guest(&mut self) -> Option<u32> {
        let last = self.open.as_mut()?;
        // The highest number means no session.
        *last = if *last >= u32::MAX - 1 { 1 } else { *last + 1 };
        Some(*last)
    }

    /// The next announcement that was not read yet.
    #[inline]
    fn next(&mut self) -> Option<(u64, u32)> {
        loop {
            let count = self.announced();
            if self.seen >= count || self.broken.is_some() {
                return None;
            }
            // More announcements than the table holds cannot all be read; the oldest are gone.
            let seen = self.seen.max(count.saturating_sub(SESSION_SLOTS as u64));
            let at = slot(seen);
            self.seen = seen + 1;
            let key = self.peer.atomic(at).load(Ordering::Acquire);
            let entry = self.peer.atomic(at + 8).load(Ordering::Acquire);
            let session = entry & !SEAL;
            if entry & SEAL == seal::of(key, session, seen) {
                return Some((key, session as u32));
            }
            // Its place may just have been taken by one that comes a whole table later.
            if self.announced().wrapping_sub(seen) < SESSION_SLOTS as u64 {
                self.broken = Some(format!("its announcement {seen} was overwritten"));
            }
        }
    }

    #[inline]
    fn announced(&self) -> u64 {
        self.peer.atomic(AT_SESSIONS).load(Ordering::Acquire)
    }
}

fn slot(count: u64) -> usize {
    AT_SESSION_TABLE + (count % SESSION_SLOTS as u64) as usize * SESSION_BYTES
}

#[cfg(test)]
mod tests {
    use super::super::region;
    use super::*;
    use std::net::SocketAddr;

    #[test]
    fn a_peer_is_found_once_by_its_address() {
        let fds = region::create(4_096).unwrap();
        let mut announcer = Announcer::new(Arc::new(Region::map_owner(&fds.owner).unwrap()));
        let mut directory = Directory::new(Arc::new(Region::map_reader(&fds.reader).unwrap()));
        announcer.announce(10, 1);
        announcer.announce(11, 2);
        assert_eq!(directory.take(11), Some(2));
        assert_eq!(directory.take(11), None);
        assert_eq!(directory.take(10), Some(1));
        announcer.announce(11, 3);
        assert_eq!(directory.take(11), Some(3), "a reused port is the next connection");
    }

    #[test]
    fn connections_from_one_port_are_taken_in_their_order() {
        let fds = region::create(4_096).unwrap();
        let mut announcer = Announcer::new(Arc::new(Region::map_owner(&fds.owner).unwrap()));
        let mut directory = Directory::new(Arc::new(Region::map_reader(&fds.reader).unwrap()));
        // The first was reset before it was accepted, and its port given to the next.
        for (key, session) in [(10, 1), (11, 2), (10, 3), (10, 4)] {
            announcer.announce(key, session);
        }
        let taken = [10, 10, 11, 10, 10].map(|key| directory.take(key));
        assert_eq!(taken, [Some(1), Some(3), Some(2), Some(4), None]);
    }

    #[test]
    fn a_connection_that_was_not_made_is_nobodys() {
        let fds = region::create(4_096).unwrap();
        let mut announcer = Announcer::new(Arc::new(Region::map_owner(&fds.owner).unwrap()));
        let mut directory = Directory::new(Arc::new(Region::map_reader(&fds.reader).unwrap()));
        announcer.announce(10, 1);
        announcer.withdraw(10);
        announcer.announce(10, 2);
        announcer.announce(10, 3);
        announcer.withdraw(10);
        assert_eq!([10, 10].map(|key| directory.take(key)), [Some(2), None]);
        announcer.withdraw(99);
        assert_eq!(directory.take(99), None);
    }

    #[test]
    fn announcements_that_were_overwritten_are_not_believed() {
        let fds = region::create(4_096).unwrap();
        let own = Arc::new(Region::map_owner(&fds.owner).unwrap());
        let mut announcer = Announcer::new(Arc::clone(&own));
        let mut directory = Directory::new(Arc::new(Region::map_reader(&fds.reader).unwrap()));
        for session in 1..=3 {
            announcer.announce(u64::from(session), session);
        }
        // The second says to be the first.
        own.atomic(slot(1) + 8).fetch_xor(3, Ordering::Relaxed);
        assert_eq!([1, 2, 3].map(|key| directory.take(key)), [Some(1), None, None]);
        assert_eq!(directory.broken(), Some("its announcement 1 was overwritten"));
        assert_eq!(announcer.own_trouble(), None);
        own.atomic(AT_SESSIONS).store(7, Ordering::Relaxed);
        let trouble = announcer.own_trouble();
        let told = "it says that 7 sessions were announced, but 3 were";
        assert_eq!(trouble.as_deref(), Some(told));
    }

    #[test]
    fn different_addresses_have_different_keys() {
        let addresses = ["127.0.0.1:1", "127.0.0.1:256", "127.0.0.2:1", "[::1]:1", "[::1]:256"];
        let keys: std::collections::HashSet<_> = addresses
            .iter()
            .map(|text| key(&SockAddr::from(text.parse::<SocketAddr>().unwrap())).unwrap())
            .collect();
        assert_eq!(keys.len(), addresses.len());
    }

    #[test]
    fn announcements_without_end_take_no_memory_without_end() {
        let fds = region::create(4_096).unwrap();
        let mut announcer = Announcer::new(Arc::new(Region::map_owner(&fds.owner).unwrap()));
        let mut directory = Directory::new(Arc::new(Region::map_reader(&fds.reader).unwrap()));
        let most = 10 * SESSION_SLOTS as u32;
        for session in 1..=most {
            announcer.announce(u64::from(session), session);
            if session % 10_000 == 0 {
                assert_eq!(directory.take(0), None);
            }
        }
        assert_eq!(directory.take(u64::from(most)), Some(most), "the latest are kept");
        assert!(directory.known.len() <= 2 * SESSION_SLOTS, "{} wait", directory.known.len());
        // From one port, each waits behind the one before.
        for session in 1..=most {
            announcer.announce(7, session);
            if session % 10_000 == 0 {
                assert_eq!(directory.take(0), None);
            }
        }
        let waiting = directory.known.len() + directory.behind.len();
        assert!(waiting <= 2 * SESSION_SLOTS, "{waiting} wait");
    }
}
