//! The members that the client plays: each one's name, room and phase, and what it waits for.

use super::bits::Bits;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use wirebench_sdk::Token;

/// Where a member is with its session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It has asked for its name.
    Naming,
    /// It has asked for its room.
    Joining,
    /// It is in its room.
    In,
    /// It has said that it leaves the room.
    Leaving,
    /// It has said `q`; the exchange that ends with the goodbye.
    Quitting(Token),
    /// The server did not give it its name or its room, and said why.
    Refused(String),
}

#[derive(Debug)]
pub(super) struct Member {
    pub(super) session: u32,
    pub(super) name: Arc<str>,
    pub(super) room: usize,
    pub(super) phase: Phase,
    /// It speaks for the others of its room.
    pub(super) speaks: bool,
    /// It has not been in its room yet.
    pub(super) new: bool,
    /// What it asks for as soon as there is room in its connection.
    pub(super) command: Option<String>,
    /// Exchanges that wait until it is in its room, or until there is room in its connection.
    pub(super) deferred: VecDeque<Token>,
    /// The exchange whose message it sent last.
    pub(super) last_sent: Token,
    /// Of the messages that it has received, the one that stands last in the room's order.
    pub(super) last_received: Token,
    /// Its exchanges under way, and those that are over.
    pub(super) under_way: u64,
    pub(super) done: u64,
}

/// Who is in a room, as far as the client can know.
#[derive(Clone, Debug, Default)]
pub(super) struct Attendance {
    /// Certainly in.
    pub(super) inside: Bits,
    /// Joining or leaving.
    pub(super) in_transit: Bits,
    pub(super) inside_count: u32,
    pub(super) in_transit_count: u32,
}

impl Attendance {
    /// Certainly in from now on.
    pub(super) fn enter(&mut self, who: usize) {
        self.forget(who);
        self.inside.set(who);
        self.inside_count += 1;
    }

    /// Between in and out from now on.
    pub(super) fn set_in_transit(&mut self, who: usize) {
        self.forget(who);
        self.in_transit.set(who);
        self.in_transit_count += 1;
    }

    /// Certainly out.
    pub(super) fn forget(&mut self, who: usize) {
        self.inside_count -= u32::from(self.inside.clear(who));
        self.in_transit_count -= u32::from(self.in_transit.clear(who));
    }
}

/// All members.
#[derive(Debug, Default)]
pub(super) struct Members {
    members: Vec<Option<Member>>,
    free: Vec<usize>,
    names: HashMap<Arc<str>, usize>,
    /// Members that have not been in their room yet.
    pub(super) new: u32,
}

impl Members {
    /// A session that has just asked for its name.
    pub(super) fn add(&mut self, session: u32, name: Arc<str>, room: usize) -> usize {
        let member = Member {
            session,
            name: Arc::clone(&name),
            room,
            phase: Phase::Naming,
            speaks: false,
            new: true,
            command: None,
            deferred: VecDeque::new(),
            last_sent: 0,
            last_received: 0,
            under_way: 0,
            done: 0,
        };
        let who = match self.free.pop() {
            Some(free) => {
                self.members[free] = Some(member);
                free
            }
            None => {
                self.members.push(Some(member));
                self.members.len() - 1
            }
        };
        self.names.insert(name, who);
        self.new += 1;
        who
    }

    pub(super) fn remove(&mut self, who: usize) -> Option<Member> {
        let member = self.members.get_mut(who)?.take()?;
        self.names.remove(&member.name);
        self.free.push(who);
        self.new -= u32::from(member.new);
        Some(member)
    }

    /// The member is where it should be, or will never be: nobody waits for it any more.
    pub(super) fn settle(&mut self, who: usize) {
        if let Some(Some(member)) = self.members.get_mut(who) {
            self.new -= u32::from(std::mem::take(&mut member.new));
        }
    }

    #[inline]
    pub(super) fn get(&self, who: usize) -> Option<&Member> {
        self.members.get(who)?.as_ref()
    }

    #[inline]
    pub(super) fn get_mut(&mut self, who: usize) -> Option<&mut Member> {
        self.members.get_mut(who)?.as_mut()
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    /// Places in use or free again; every member is below.
    pub(super) fn places(&self) -> usize {
        self.members.len()
    }

    /// From `start` on, round and round: the first member that fits.
    pub(super) fn find_from(
        &self,
        start: u64,
        mut fits: impl FnMut(usize, &Member) -> bool,
    ) -> Option<usize> {
        let places = self.members.len();
        let start = (start % places.max(1) as u64) as usize;
        let mut order = (start..places).chain(0..start);
        order.find(|who| self.get(*who).is_some_and(|member| fits(*who, member)))
    }
}
