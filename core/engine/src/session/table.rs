//! The sessions of a side, by the slots that they have.

use crate::session::Connection;
use std::collections::HashMap;

/// Connections by slot, and slots by session.
#[derive(Default)]
pub(crate) struct SessionTable {
    connections: Vec<Option<Connection>>,
    /// Slots that may be used again.
    free: Vec<usize>,
    slots: HashMap<u32, usize>,
    opened: u64,
    latest: u32,
}

impl SessionTable {
    /// A slot for the next connection. It is [put](Self::insert) there, or the slot is
    /// [released](Self::release).
    #[inline]
    pub(crate) fn reserve(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.connections.push(None);
            self.connections.len() - 1
        })
    }

    /// A new session.
    #[inline]
    pub(crate) fn insert(&mut self, slot: usize, connection: Connection) {
        self.slots.insert(connection.id(), slot);
        self.opened += 1;
        self.latest = self.latest.max(connection.id());
        self.connections[slot] = Some(connection);
    }

    /// Takes a session out; its slot is not used again before it is [released](Self::release).
    #[inline]
    pub(crate) fn remove(&mut self, slot: usize) -> Option<Connection> {
        let connection = self.connections.get_mut(slot)?.take()?;
        self.slots.remove(&connection.id());
        Some(connection)
    }

    /// The slot may be used again.
    #[inline]
    pub(crate) fn release(&mut self, slot: usize) {
        self.free.push(slot);
    }

    /// The connection in a slot.
    #[inline(always)]
    pub(crate) fn get(&self, slot: usize) -> Option<&Connection> {
        self.connections.get(slot)?.as_ref()
    }

    /// The same, to be changed.
    #[inline(always)]
    pub(crate) fn get_mut(&mut self, slot: usize) -> Option<&mut Connection> {
        self.connections.get_mut(slot)?.as_mut()
    }

    /// The slot of a session. `likely` is looked at first.
    #[inline(always)]
    pub(crate) fn slot_of(&self, session: u32, likely: usize) -> Option<usize> {
        match self.get(likely) {
            Some(connection) if connection.id() == session => Some(likely),
            _ => self.slots.get(&session).copied(),
        }
    }

    /// True while the session has its slot.
    #[inline]
    pub(crate) fn is_open(&self, session: u32) -> bool {
        self.slots.contains_key(&session)
    }

    /// The connection with its slot, if there is one alone.
    #[inline]
    pub(crate) fn only(&self) -> Option<(usize, &Connection)> {
        if self.slots.len() == 1 { self.iter().next() } else { None }
    }

    /// All connections with their slots.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &Connection)> {
        let slots = self.connections.iter().enumerate();
        slots.filter_map(|(slot, connection)| Some((slot, connection.as_ref()?)))
    }

    /// The same, to be changed.
    #[inline]
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (usize, &mut Connection)> {
        let slots = self.connections.iter_mut().enumerate();
        slots.filter_map(|(slot, connection)| Some((slot, connection.as_mut()?)))
    }

    /// Sessions that have a slot.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Sessions that had one, ever.
    #[inline]
    pub(crate) fn opened(&self) -> u64 {
        self.opened
    }

    /// The highest number that a session had.
    #[inline]
    pub(crate) fn latest(&self) -> u32 {
        self.latest
    }
}
