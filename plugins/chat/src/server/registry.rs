//! The server's registry: its members, their names, and the rooms they are in. No rooms without
//! members, no names without owners: memory follows the members alone.

use super::queue::Queue;
use crate::protocol::{GUEST, LOBBY, check_name};
use std::collections::HashMap;
use std::sync::Arc;

/// One member: a session of the server.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) session: u32,
    pub(super) name: Arc<str>,
    pub(super) queue: Queue,
    /// The room, and the index in its list of members.
    membership: Option<(usize, usize)>,
}

#[derive(Debug, Default)]
struct Room {
    name: Arc<str>,
    members: Vec<usize>,
}

/// All members, names and rooms. Members and rooms are numbered; numbers are used again.
#[derive(Debug, Default)]
pub(super) struct Registry {
    members: Vec<Option<Member>>,
    free_members: Vec<usize>,
    names: HashMap<Arc<str>, usize>,
    rooms: Vec<Room>,
    free_rooms: Vec<usize>,
    room_names: HashMap<Arc<str>, usize>,
}

/// Why a name was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It breaks the rule for names.
    Bad,
    /// Somebody else has it.
    Taken,
}

impl Registry {
    /// A session becomes a member: a guest in the lobby.
    pub(super) fn register(&mut self, session: u32) -> usize {
        let mut name = format!("{GUEST}{session}");
        // Sessions of one server have different numbers; one that closes may still have its own.
        while self.names.contains_key(name.as_str()) {
            name.push('+');
        }
        let name: Arc<str> = name.into();
        let member =
            Member { session, name: Arc::clone(&name), queue: Queue::default(), membership: None };
        let who = match self.free_members.pop() {
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
        self.join(who, LOBBY);
        who
    }

    /// The member is gone.
    pub(super) fn remove(&mut self, who: usize) {
        self.leave(who);
        if let Some(member) = self.members[who].take() {
            self.names.remove(&member.name);
            self.free_members.push(who);
        }
    }

    pub(super) fn member(&self, who: usize) -> Option<&Member> {
        self.members.get(who)?.as_ref()
    }

    pub(super) fn member_mut(&mut self, who: usize) -> Option<&mut Member> {
        self.members.get_mut(who)?.as_mut()
    }

    /// Gives a member another name.
    pub(super) fn rename(&mut self, who: usize, name: &[u8]) -> Result<Arc<str>, Refusal> {
        let name = valid(name)?;
        // Those names are for guests, who get theirs unasked.
        if name.starts_with(GUEST) {
            return Err(Refusal::Taken);
        }
        match self.names.get(name) {
            Some(owner) if *owner == who => return Ok(name.into()),
            Some(_) => return Err(Refusal::Taken),
            None => {}
        }
        let name: Arc<str> = name.into();
        if let Some(Some(member)) = self.members.get_mut(who) {
            self.names.remove(&member.name);
            member.name = Arc::clone(&name);
            self.names.insert(Arc::clone(&name), who);
        }
        Ok(name)
    }

    /// Brings a member into a room, out of the one it is in.
    pub(super) fn join_by_name(&mut self, who: usize, room: &[u8]) -> Result<Arc<str>, Refusal> {
        let room = valid(room)?;
        self.leave(who);
        self.join(who, room);
        Ok(room.into())
    }

    fn join(&mut self, who: usize, name: &str) {
        let room = match self.room_names.get(name) {
            Some(room) => *room,
            None => self.make_room(name),
        };
        let members = &mut self.rooms[room].members;
        members.push(who);
        if let Some(Some(member)) = self.members.get_mut(who) {
            member.membership = Some((room, members.len() - 1));
        }
    }

    fn make_room(&mut self, name: &str) -> usize {
        let name: Arc<str> = name.into();
        let room = self.free_rooms.pop().unwrap_or_else(|| {
            self.rooms.push(Room::default());
            self.rooms.len() - 1
        });
        self.rooms[room].name = Arc::clone(&name);
        self.room_names.insert(name, room);
        room
    }

    /// Takes a member out of its room; the room's name, if it was in one.
    pub(super) fn leave(&mut self, who: usize) -> Option<Arc<str>> {
        let (room, place) = self.member_mut(who)?.membership.take()?;
        let Room { name, members } = &mut self.rooms[room];
        members.swap_remove(place);
        if let Some(moved) = members.get(place)
            && let Some(Some(moved)) = self.members.get_mut(*moved)
        {
            moved.membership = Some((room, place));
        }
        let name = Arc::clone(name);
        if members.is_empty() {
            self.room_names.remove(&name);
            self.rooms[room] = Room::default();
            self.free_rooms.push(room);
        }
        Some(name)
    }

    /// The member with this name.
    pub(super) fn find(&self, name: &[u8]) -> Option<usize> {
        self.names.get(std::str::from_utf8(name).ok()?).copied()
    }

    /// The room a member is in.
    pub(super) fn room_of(&self, who: usize) -> Option<usize> {
        Some(self.member(who)?.membership?.0)
    }

    /// Calls `each` for the members of a room, with their numbers.
    #[inline]
    pub(super) fn each_of_room(&mut self, room: usize, mut each: impl FnMut(usize, &mut Member)) {
        for who in &self.rooms[room].members {
            if let Some(Some(member)) = self.members.get_mut(*who) {
                each(*who, member);
            }
        }
    }

    /// Members, names and rooms that are kept.
    #[cfg(test)]
    pub(super) fn sizes(&self) -> (usize, usize, usize) {
        let members = self.members.iter().flatten().count();
        (members, self.names.len(), self.room_names.len())
    }
}

fn valid(name: &[u8]) -> Result<&str, Refusal> {
    let name = std::str::from_utf8(name).map_err(|_| Refusal::Bad)?;
    check_name(name).map_err(|_| Refusal::Bad)?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(registry: &mut Registry, who: usize) -> Vec<usize> {
        let mut members = Vec::new();
        if let Some(room) = registry.room_of(who) {
            registry.each_of_room(room, |who, _| members.push(who));
        }
        members.sort_unstable();
        members
    }

    #[test]
    fn who_comes_is_a_guest_in_the_lobby() {
        let mut registry = Registry::default();
        let (one, two) = (registry.register(4), registry.register(9));
        assert_eq!(&*registry.member(two).unwrap().name, "guest9");
        assert_eq!(room(&mut registry, one), [one, two]);
        assert_eq!(registry.find(b"guest4"), Some(one));
    }

    #[test]
    fn a_name_has_one_owner_and_is_free_when_its_owner_goes() {
        let mut registry = Registry::default();
        let (one, two) = (registry.register(1), registry.register(2));
        assert_eq!(registry.rename(one, b"ann").as_deref(), Ok("ann"));
        assert_eq!(registry.rename(two, b"ann"), Err(Refusal::Taken));
        assert_eq!(registry.rename(one, b"ann").as_deref(), Ok("ann"));
        assert_eq!(registry.rename(two, b"guest7"), Err(Refusal::Taken));
        assert_eq!(registry.rename(two, b"a b"), Err(Refusal::Bad));
        assert_eq!(registry.rename(two, b"\xff"), Err(Refusal::Bad));
        registry.remove(one);
        assert_eq!(registry.rename(two, b"ann").as_deref(), Ok("ann"));
        assert_eq!(registry.sizes(), (1, 1, 1));
    }

    #[test]
    fn leaving_from_the_middle_keeps_the_others() {
        let mut registry = Registry::default();
        let all: Vec<usize> = (0..5).map(|session| registry.register(session)).collect();
        registry.leave(all[1]);
        registry.leave(all[0]);
        registry.leave(all[4]);
        assert_eq!(room(&mut registry, all[2]), [all[2], all[3]]);
        assert_eq!(registry.leave(all[1]), None, "it is in no room already");
        assert_eq!(registry.join_by_name(all[1], b"lobby").as_deref(), Ok("lobby"));
        assert_eq!(room(&mut registry, all[1]), [all[1], all[2], all[3]]);
    }

    #[test]
    fn rooms_go_with_their_last_member() {
        let mut registry = Registry::default();
        let who = registry.register(1);
        for number in 0..1_000 {
            registry.join_by_name(who, format!("room{number}").as_bytes()).unwrap();
        }
        assert_eq!(registry.sizes(), (1, 1, 1));
        assert!(registry.rooms.len() <= 2, "{} rooms are kept", registry.rooms.len());
        registry.remove(who);
        assert_eq!(registry.sizes(), (0, 0, 0));
    }

    /// Whatever members do, what is kept follows their number.
    #[test]
    fn nothing_is_kept_for_who_is_gone() {
        for seed in 1..200_u64 {
            let mut bits = seed;
            let mut below = |limit: u64| {
                bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (bits >> 33) % limit
            };
            let (mut registry, mut inside, mut session) = (Registry::default(), Vec::new(), 0);
            for _ in 0..300 {
                let name = format!("n{}", below(40));
                let one = below(inside.len().max(1) as u64) as usize;
                match (below(6), inside.get(one).copied()) {
                    (0 | 1, _) | (_, None) => {
                        session += 1;
                        inside.push(registry.register(session));
                    }
                    (2, Some(who)) => drop(registry.rename(who, name.as_bytes())),
                    (3, Some(who)) => drop(registry.join_by_name(who, name.as_bytes())),
                    (4, Some(who)) => drop(registry.leave(who)),
                    (_, Some(who)) => {
                        registry.remove(who);
                        inside.swap_remove(one);
                    }
                }
                let (members, names, rooms) = registry.sizes();
                assert_eq!((members, names), (inside.len(), inside.len()), "seed {seed}");
                assert!(
                    rooms <= members && registry.rooms.len() <= inside.len() + 50,
                    "seed {seed}"
                );
                for who in &inside {
                    let in_room = room(&mut registry, *who);
                    assert_eq!(
                        in_room.contains(who),
                        registry.room_of(*who).is_some(),
                        "seed {seed}"
                    );
                }
            }
        }
    }
}
