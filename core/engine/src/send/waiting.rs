//! Messages that have to wait: for the framing's gate, for room in the ledger, or (given back to the
//! handler) for room in the send buffer.

use crate::core::Core;
use crate::handler::SendResult;
use crate::hook::MessageContext;
use crate::port::Port;
use crate::records::Records;
use crate::session::Connection;
use crate::stats::Stats;
use wirebench_framings::driver::Held;

/// A session that took no more does again with no more unsent bytes than this: early enough that
/// the socket does not run dry meanwhile.
const ROOM: usize = 512 << 10;

impl<P: Port> Core<P> {
    /// The handler hears when there is room again.
    #[cold]
    pub(super) fn refuse(&mut self, slot: usize) -> SendResult {
        self.work.refused.insert(slot);
        self.answers_later();
        SendResult::Full
    }

    /// Takes a session that had no room and has some again.
    #[inline]
    pub(crate) fn take_session_with_room(&mut self) -> Option<usize> {
        let table = &self.table;
        self.work.refused.take_one(|slot| table.get(slot).is_none_or(|one| one.unsent() <= ROOM))
    }

    /// True when [`take_session_with_room`](Self::take_session_with_room) would give a session.
    #[inline]
    pub(crate) fn has_session_with_room(&self) -> bool {
        let mut refused = self.work.refused.iter().map(|slot| self.table.get(slot));
        refused.any(|one| one.is_none_or(|one| one.unsent() <= ROOM))
    }

    /// Keeps a message until the framing may encode it and the ledger has room.
    #[cold]
    pub(super) fn hold(
        &mut self,
        slot: usize,
        origin: MessageContext,
        message: &[u8],
        stalled: bool,
    ) {
        let Some(connection) = self.table.get_mut(slot) else { return };
        connection.egress_mut().held_mut().push(message, origin);
        self.work.waiting.insert(slot);
        self.account_for(slot);
        if stalled {
            self.begin_stall(origin.handed_over_ns);
        }
    }

    /// Encodes what was held back, as far as the framing and the ledger allow.
    pub(crate) fn pump(&mut self, slot: usize, now: u64) {
        while let Some(connection) = self.table.get_mut(slot) {
            // The link has ended our direction: what is still held is lost with the connection.
            if connection.lifecycle().output_has_ended() && self.link.is_some() {
                return;
            }
            let Some(message) = connection.egress().due(now) else { return };
            if !self.records.writer_mut().has_room(message.len()) {
                self.begin_stall(now);
                return;
            }
            let Some(held) = connection.egress_mut().held_mut().pop() else { return };
            let _ = match self.link {
                None => self.encode::<false>(slot, &held.origin, &held.message, None, now),
                Some(_) => self.encode_linked(slot, &held.origin, &held.message, None, now),
            };
        }
    }

    /// Gives every message that is still held back its record: none of them is sent any more.
    #[inline]
    pub(crate) fn record_held(&mut self) {
        for (_, connection) in self.table.iter_mut() {
            for held in connection.egress_mut().held_mut().take() {
                record_unsent(&mut self.records, &mut self.stats, connection, &held);
            }
        }
    }

    fn begin_stall(&mut self, now: u64) {
        if self.records.begin_stall(now) {
            self.stats.stalled();
        }
    }
}

/// Gives a message that will never be encoded its record. When the ledger has no room even at the end
/// of the round, it is counted as unjudged: no judge can know of it.
pub(crate) fn record_unsent(
    records: &mut Records,
    stats: &mut Stats,
    connection: &mut Connection,
    held: &Held<MessageContext>,
) {
    stats.sent_message();
    if !records.writer_mut().has_room(held.message.len()) {
        stats.unjudged();
        return;
    }
    let head = {
        let id = connection.id();
        connection.egress_mut().record(id, &held.origin, held.message.len(), 0)
    };
    records.writer_mut().append(&head, &held.message);
    records.writer_mut().publish();
    stats.recorded(held.message.len());
}
