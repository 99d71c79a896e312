//! Who is there, what they are called, and which room they are in. No rooms without members, no
//! names without owners: memory follows the members alone.

use super::queue::Queue;
use crate::words::{GUEST, LOBBY, check_name};
use std::collections::HashMap;
use std::sync::Arc;

/// One member: a session of the server.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) session: u32,
    pub(super) name: Arc<str>,
    pub(super) queue: Queue,
    /// The room, and the place in its list.
    seat: Option<(usize, usize)>,
}

#[derive(Debug, Default)]
struct Room {
    name: Arc<str>,
    members: Vec<usize>,
}

/// All members and rooms.
#[derive(Debug, Default)]
pub(super) struct Hall {
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

impl Hall {
    /// A session becomes a member: a guest in the lobby.
    pub(super) fn enter(&mut self, session: u32) -> usize {
        let mut name = format!("{GUEST}{session}");
        // Sessions of one server have different numbers; one that closes may still have its own.
        while self.names.contains_key(name.as_str()) {
            name.push('+');
        }
        let name: Arc<str> = name.into();
        let member =
            Member { session, name: Arc::clone(&name), queue: Queue::default(), seat: None };
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
            member.seat = Some((room, members.len() - 1));
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
        let (room, place) = self.member_mut(who)?.seat.take()?;
        let Room { name, members } = &mut self.rooms[room];
        members.swap_remove(place);
        if let Some(moved) = members.get(place)
            && let Some(Some(moved)) = self.members.get_mut(*moved)
        {
            moved.seat = Some((room, place));
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
        Some(self.member(who)?.seat?.0)
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

    fn room(hall: &mut Hall, who: usize) -> Vec<usize> {
        let mut members = Vec::new();
        if let Some(room) = hall.room_of(who) {
            hall.each_of_room(room, |who, _| members.push(who));
        }
        members.sort_unstable();
        members
    }

    #[test]
    fn who_comes_is_a_guest_in_the_lobby() {
        let mut hall = Hall::default();
        let (one, two) = (hall.enter(4), hall.enter(9));
        assert_eq!(&*hall.member(two).unwrap().name, "guest9");
        assert_eq!(room(&mut hall, one), [one, two]);
        assert_eq!(hall.find(b"guest4"), Some(one));
    }

    #[test]
    fn a_name_has_one_owner_and_is_free_when_its_owner_goes() {
        let mut hall = Hall::default();
        let (one, two) = (hall.enter(1), hall.enter(2));
        assert_eq!(hall.rename(one, b"ann").as_deref(), Ok("ann"));
        assert_eq!(hall.rename(two, b"ann"), Err(Refusal::Taken));
        assert_eq!(hall.rename(one, b"ann").as_deref(), Ok("ann"));
        assert_eq!(hall.rename(two, b"guest7"), Err(Refusal::Taken));
        assert_eq!(hall.rename(two, b"a b"), Err(Refusal::Bad));
        assert_eq!(hall.rename(two, b"\xff"), Err(Refusal::Bad));
        hall.remove(one);
        assert_eq!(hall.rename(two, b"ann").as_deref(), Ok("ann"));
        assert_eq!(hall.sizes(), (1, 1, 1));
    }

    #[test]
    fn leaving_from_the_middle_keeps_the_others() {
        let mut hall = Hall::default();
        let all: Vec<usize> = (0..5).map(|session| hall.enter(session)).collect();
        hall.leave(all[1]);
        hall.leave(all[0]);
        hall.leave(all[4]);
        assert_eq!(room(&mut hall, all[2]), [all[2], all[3]]);
        assert_eq!(hall.leave(all[1]), None, "it is in no room already");
        assert_eq!(hall.join_by_name(all[1], b"lobby").as_deref(), Ok("lobby"));
        assert_eq!(room(&mut hall, all[1]), [all[1], all[2], all[3]]);
    }

    #[test]
    fn rooms_go_with_their_last_member() {
        let mut hall = Hall::default();
        let who = hall.enter(1);
        for number in 0..1_000 {
            hall.join_by_name(who, format!("room{number}").as_bytes()).unwrap();
        }
        assert_eq!(hall.sizes(), (1, 1, 1));
        assert!(hall.rooms.len() <= 2, "{} rooms are kept", hall.rooms.len());
        hall.remove(who);
        assert_eq!(hall.sizes(), (0, 0, 0));
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
            let (mut hall, mut inside, mut session) = (Hall::default(), Vec::new(), 0);
            for _ in 0..300 {
                let name = format!("n{}", below(40));
                let one = below(inside.len().max(1) as u64) as usize;
                match (below(6), inside.get(one).copied()) {
                    (0 | 1, _) | (_, None) => {
                        session += 1;
                        inside.push(hall.enter(session));
                    }
                    (2, Some(who)) => drop(hall.rename(who, name.as_bytes())),
                    (3, Some(who)) => drop(hall.join_by_name(who, name.as_bytes())),
                    (4, Some(who)) => drop(hall.leave(who)),
                    (_, Some(who)) => {
                        hall.remove(who);
                        inside.swap_remove(one);
                    }
                }
                let (members, names, rooms) = hall.sizes();
                assert_eq!((members, names), (inside.len(), inside.len()), "seed {seed}");
                assert!(rooms <= members && hall.rooms.len() <= inside.len() + 50, "seed {seed}");
                for who in &inside {
                    let in_room = room(&mut hall, *who);
                    assert_eq!(in_room.contains(who), hall.room_of(*who).is_some(), "seed {seed}");
                }
            }
        }
    }
}
