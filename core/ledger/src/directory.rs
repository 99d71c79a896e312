//! Which connection is which session: the client announces every connection before it connects, the
//! server looks its accepted peers up. (Accept order is not connect order.)
//!
//! A connection is known by its *key*: a number, never 0, that stands for the client's address.

use super::region::Region;
use super::seal::{self, SEAL};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The client's end.
#[derive(Debug)]
pub struct Announcer {
    own: Arc<Region>,
    /// Announcements, ever.
    count: u64,
}

impl Announcer {
    /// Announces in `own`.
    #[inline]
    pub fn new(own: Arc<Region>) -> Self {
        Self { own, count: 0 }
    }

    /// Says that the connection from `key` will be `session`. Must come before the connect call.
    #[inline]
    pub fn announce(&mut self, key: u64, session: u32) {
        let session = u64::from(session);
        let seal = seal::of(key, session, self.count);
        let [key_at, session_at] = self.own.announcement(self.count);
        key_at.store(key, Ordering::Relaxed);
        session_at.store(session | seal, Ordering::Relaxed);
        self.count += 1;
        self.own.announced().store(self.count, Ordering::Release);
    }

    /// Says that the connection announced last from `key` will not be made.
    #[inline]
    pub fn withdraw(&mut self, key: u64) {
        self.announce(key, WITHDRAWN);
    }

    /// What is wrong with what this side has announced, if something is: somebody else has written
    /// to its memory.
    #[inline]
    pub fn own_corruption(&self) -> Option<String> {
        let announced = self.own.announced().load(Ordering::Acquire);
        (announced != self.count).then(|| {
            format!("it says that {announced} sessions were announced, but {} were", self.count)
        })
    }
}

/// In place of a session: the connection announced last from there was never made.
const WITHDRAWN: u32 = 0;

/// The server's end.
#[derive(Debug)]
pub struct Directory {
    peer: Arc<Region>,
    /// Announcements that were read.
    seen: u64,
    /// Sessions by the keys they are announced for.
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
    #[inline]
    pub fn new(peer: Arc<Region>) -> Self {
        let (known, behind) = (HashMap::new(), VecDeque::new());
        Self { peer, seen: 0, known, behind, open: None, broken: None }
    }

    /// Needs no announcement: whoever comes is the next session, from 1 on. `peer` is that of nobody.
    #[inline]
    pub fn open(peer: Arc<Region>) -> Self {
        Self { open: Some(0), ..Self::new(peer) }
    }

    /// True when nobody needs to be announced.
    #[inline]
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// What was wrong with the announcements, if something was. None is heard after that.
    #[inline]
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
            self.forget_oldest(self.peer.announcement_slots() as usize);
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
    #[inline]
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
            let slots = self.peer.announcement_slots();
            let seen = self.seen.max(count.saturating_sub(slots));
            self.seen = seen + 1;
            let [key_at, session_at] = self.peer.announcement(seen);
            let key = key_at.load(Ordering::Acquire);
            let entry = session_at.load(Ordering::Acquire);
            let session = entry & !SEAL;
            if entry & SEAL == seal::of(key, session, seen) {
                return Some((key, session as u32));
            }
            // Its place may just have been taken by one that comes a whole table later.
            if self.announced().wrapping_sub(seen) < slots {
                self.broken = Some(format!("its announcement {seen} was overwritten"));
            }
        }
    }

    #[inline]
    fn announced(&self) -> u64 {
        self.peer.announced().load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Layout, Tables};
    use super::*;

    fn pair() -> (Announcer, Directory) {
        let region = Region::in_memory(4_096);
        (Announcer::new(Arc::clone(&region)), Directory::new(region))
    }

    #[test]
    fn a_peer_is_found_once_by_its_address() {
        let (mut announcer, mut directory) = pair();
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
        let (mut announcer, mut directory) = pair();
        // The first was reset before it was accepted, and its port given to the next.
        for (key, session) in [(10, 1), (11, 2), (10, 3), (10, 4)] {
            announcer.announce(key, session);
        }
        let taken = [10, 10, 11, 10, 10].map(|key| directory.take(key));
        assert_eq!(taken, [Some(1), Some(3), Some(2), Some(4), None]);
    }

    #[test]
    fn a_connection_that_was_not_made_is_nobodys() {
        let (mut announcer, mut directory) = pair();
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
        let own = Region::in_memory(4_096);
        let mut announcer = Announcer::new(Arc::clone(&own));
        let mut directory = Directory::new(Arc::clone(&own));
        for session in 1..=3 {
            announcer.announce(u64::from(session), session);
        }
        // The second says to be the first.
        own.announcement(1)[1].fetch_xor(3, Ordering::Relaxed);
        assert_eq!([1, 2, 3].map(|key| directory.take(key)), [Some(1), None, None]);
        assert_eq!(directory.broken(), Some("its announcement 1 was overwritten"));
        assert_eq!(announcer.own_corruption(), None);
        own.announced().store(7, Ordering::Relaxed);
        let trouble = announcer.own_corruption();
        let told = "it says that 7 sessions were announced, but 3 were";
        assert_eq!(trouble.as_deref(), Some(told));
    }

    #[test]
    fn announcements_without_end_take_no_memory_without_end() {
        const SLOTS: usize = Tables::SHARED.announcements;
        let region = Region::in_memory_with(Layout::new(Tables::SHARED, 4_096));
        let mut announcer = Announcer::new(Arc::clone(&region));
        let mut directory = Directory::new(region);
        let most = 10 * SLOTS as u32;
        for session in 1..=most {
            announcer.announce(u64::from(session), session);
            if session % 10_000 == 0 {
                assert_eq!(directory.take(0), None);
            }
        }
        assert_eq!(directory.take(u64::from(most)), Some(most), "the latest are kept");
        assert!(directory.known.len() <= 2 * SLOTS, "{} wait", directory.known.len());
        // From one port, each waits behind the one before.
        for session in 1..=most {
            announcer.announce(7, session);
            if session % 10_000 == 0 {
                assert_eq!(directory.take(0), None);
            }
        }
        let waiting = directory.known.len() + directory.behind.len();
        assert!(waiting <= 2 * SLOTS, "{waiting} wait");
    }
}
