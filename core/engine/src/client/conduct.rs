//! What a server that is not ours does to this client besides answering, seen where it happens:
//! where a session ends, where the time of an exchange is over, and where a message comes that
//! nobody has asked for.

use crate::core::Core;
use crate::port::Port;
use crate::session::Connection;
use std::collections::{BTreeMap, VecDeque};
use wirebench_framings::Decoded;
use wirebench_framings::Role;
use wirebench_framings::driver::ReceiveBuffer;
use wirebench_load::{ExchangeTable, Token};
use wirebench_measure::{FRAMING, Seen};

/// What is known of a session with a peer that is not ours.
#[derive(Debug, Default)]
pub(crate) struct Talk {
    /// The exchanges started on it, oldest first; those that have ended go when they are the oldest.
    started: VecDeque<u64>,
    /// One was started, ever: what comes before is a greeting.
    has_asked: bool,
    /// Messages received.
    messages: u64,
    /// Offset in the stream behind the last of them.
    whole_to: u64,
    /// Bytes that the framing lacks for the next one, at least; `exact`: so many and no more.
    missing: u64,
    exact: bool,
    /// How the session was ended first.
    ended: Option<FirstEnd>,
    /// A message has come for an exchange.
    has_answered: bool,
    /// What came follows no rule of the framing.
    unreadable: bool,
    /// Messages have come that nobody asked for.
    surplus: bool,
    /// Answers have come whose exchanges were over.
    behind: bool,
}

impl Talk {
    /// An exchange is started on the session.
    #[inline]
    pub(crate) fn started(&mut self, token: u64) {
        self.started.push_back(token);
        self.has_asked = true;
    }

    /// A message has come that answers an exchange.
    #[inline]
    pub(crate) fn has_answered(&mut self) {
        self.has_answered = true;
    }

    /// A message has come.
    #[inline]
    pub(crate) fn received(&mut self) {
        self.messages += 1;
    }

    /// The oldest exchange of the session that is still under way: what comes now answers it.
    /// `None`: nobody has asked. Constant time over all messages: each exchange is passed over once.
    #[inline]
    pub(crate) fn oldest_under_way(&mut self, exchanges: &ExchangeTable) -> Option<u64> {
        while let Some(oldest) = self.started.front() {
            if exchanges.is_under_way(Token(*oldest)) {
                self.has_answered = true;
                return Some(*oldest);
            }
            self.started.pop_front();
        }
        None
    }
}

/// Who was the first to end a session, and how.
#[derive(Clone, Copy, Debug)]
enum FirstEnd {
    /// Our link: what the peer does then is its answer to that.
    Ours,
    /// The peer, in order, so many bytes behind the last message, of which so many were missing to a whole one.
    Closed { bytes: u64, missing: u64, exact: bool },
    /// It is broken.
    Broken,
}

impl<P: Port> Core<P> {
    /// Everything that a call of the framing found is handled. `buffer` is as it was fed.
    #[cold]
    pub(crate) fn note_read(&mut self, slot: usize, buffer: &ReceiveBuffer, decoded: &Decoded) {
        let Some(talk) = self.talk(slot) else { return };
        (talk.missing, talk.exact) = (decoded.need as u64, decoded.need_is_exact);
        if let Some(last) = decoded.frames.last() {
            talk.whole_to = buffer.offset().saturating_add_signed(last.wire_end);
        }
    }

    /// The peer has closed its direction, and the framing has not been told yet.
    #[inline]
    pub(crate) fn note_peer_closed(&mut self, slot: usize, buffer: &ReceiveBuffer) {
        let Some(talk) = self.talk(slot) else { return };
        let bytes = unfinished(talk, buffer);
        talk.ended.get_or_insert(FirstEnd::Closed {
            bytes,
            missing: talk.missing,
            exact: talk.exact,
        });
    }

    /// The peer closes with words of its own. They are told where it leaves something unanswered.
    #[cold]
    pub(crate) fn note_farewell(&mut self, slot: usize, farewell: &str) {
        let Some(connection) = self.table.get(slot) else { return };
        let (session, under_way) = (connection.id(), connection.outstanding());
        let Some(talk) = self.talk(slot) else { return };
        let messages = talk.messages;
        if under_way == 0 {
            return;
        }
        talk.ended.get_or_insert(FirstEnd::Closed { bytes: 0, missing: 0, exact: false });
        self.stats.error("closed by the server", 1, || {
            format!(
                "session {session}: {farewell}, after {messages} messages, with {under_way} exchanges under way"
            )
        });
    }

    /// The link ends our direction of the connection.
    #[inline]
    pub(crate) fn note_own_end(&mut self, slot: usize) {
        if let Some(talk) = self.talk(slot) {
            talk.ended.get_or_insert(FirstEnd::Ours);
        }
    }

    /// The connection cannot go on: it is broken, or what came cannot be read.
    #[inline]
    pub(crate) fn note_failed(&mut self, slot: usize, phase: &str) {
        let Some(talk) = self.talk(slot) else { return };
        match phase {
            "read" | "write" => _ = talk.ended.get_or_insert(FirstEnd::Broken),
            FRAMING => talk.unreadable = true,
            _ => {}
        }
    }

    /// A session is over that had so many exchanges under way.
    pub(crate) fn note_over(&mut self, connection: &Connection, under_way: u64) {
        let Some(talk) = connection.ingress().judge().talk() else { return };
        let now = self.port.now();
        let Some(client_state) = &mut self.client else { return };
        let ours = matches!(talk.ended, Some(FirstEnd::Ours));
        let by_peer = !ours && (talk.ended.is_some() || talk.unreadable);
        let (session, messages) = (connection.id(), talk.messages);
        let seen = Seen { session, under_way, messages, ..Seen::default() };
        if talk.has_answered {
            client_state.patience.brought();
        } else if by_peer && client_state.load_end.is_none() {
            client_state.patience.in_vain(now);
            if under_way == 0 {
                client_state.conduct.left.add(false, messages, seen);
            }
        }
        match talk.ended {
            _ if under_way == 0 => {}
            Some(FirstEnd::Closed { bytes, missing, exact }) => {
                let seen = Seen { bytes, missing, exact, ..seen };
                client_state.conduct.closed.add(false, under_way, seen);
            }
            Some(FirstEnd::Broken) => client_state.conduct.reset.add(false, under_way, seen),
            Some(FirstEnd::Ours) | None => {}
        }
    }

    /// The time of so many exchanges of these sessions is over, and their sessions still stand.
    pub(crate) fn note_silence(&mut self, waited: &BTreeMap<u32, u64>) {
        if !self.alone {
            return;
        }
        for (session, count) in waited {
            let Some(slot) = self.slot_of(*session) else { continue };
            let is_stream = self.datagrams.is_none();
            let Some(connection) = self.table.get(slot) else { continue };
            let Some(talk) = connection.ingress().judge().talk() else { continue };
            if matches!(talk.ended, Some(FirstEnd::Ours)) {
                continue;
            }
            let bytes = if is_stream { unfinished(talk, connection.ingress().buffer()) } else { 0 };
            // Those that still have time go with their session, unless it goes on.
            let goes_on = self.script.is_some() || self.echoes.is_some();
            let others = if goes_on { 0 } else { connection.outstanding().into() };
            let under_way = count + others;
            let (session, messages) = (*session, talk.messages);
            let (missing, exact) = (talk.missing, talk.exact);
            let seen = Seen { session, under_way, messages, bytes, missing, exact };
            let Some(client_state) = &mut self.client else { return };
            if bytes > 0 {
                client_state.conduct.partial.add(false, under_way, seen);
            } else {
                client_state.conduct.mute.add(
                    false,
                    under_way,
                    Seen { missing: 0, exact: false, ..seen },
                );
            }
        }
    }

    /// Bytes have come behind the last whole message of a stream.
    pub(crate) fn has_begun_a_message(&self, slot: usize) -> bool {
        let Some(connection) = self.table.get(slot).filter(|_| self.datagrams.is_none()) else {
            return false;
        };
        let ingress = connection.ingress();
        ingress.judge().talk().is_some_and(|talk| unfinished(talk, ingress.buffer()) > 0)
    }

    /// So many messages have come for no exchange. In a talk by hand an answer may have several.
    #[inline]
    pub(crate) fn note_surplus(&mut self, slot: usize, count: u64) {
        let by_hand = self.script.is_some();
        let (Some(client_state), Some(connection)) = (&mut self.client, self.table.get_mut(slot))
        else {
            return;
        };
        // What the handler has said behind its last exchange may be answered.
        let awaits_more = connection.is_pending();
        let Some(talk) = connection.ingress_mut().judge_mut().talk_mut() else { return };
        if !talk.has_asked || by_hand || awaits_more {
            return;
        }
        let known = std::mem::replace(&mut talk.surplus, true);
        // It has been counted already.
        let messages = talk.messages.saturating_sub(1);
        let seen = Seen { session: connection.id(), messages, ..Seen::default() };
        client_state.conduct.surplus.add(known, count, seen);
    }

    /// An answer has come whose exchange was over.
    #[cold]
    pub(crate) fn note_behind(&mut self, slot: usize) {
        let (Some(client_state), Some(connection)) = (&mut self.client, self.table.get_mut(slot))
        else {
            return;
        };
        let (session, under_way) = (connection.id(), connection.outstanding().into());
        let Some(talk) = connection.ingress_mut().judge_mut().talk_mut() else { return };
        let known = std::mem::replace(&mut talk.behind, true);
        let messages = talk.messages.saturating_sub(1);
        let seen = Seen { session, under_way, messages, ..Seen::default() };
        client_state.conduct.behind.add(known, 1, seen);
    }

    /// The client's talk in `slot`, where the server is not ours.
    fn talk(&mut self, slot: usize) -> Option<&mut Talk> {
        if !self.alone || self.role != Role::Client {
            return None;
        }
        self.table.get_mut(slot)?.ingress_mut().judge_mut().talk_mut()
    }
}

/// Bytes that have come behind the last whole message.
fn unfinished(talk: &Talk, buffer: &ReceiveBuffer) -> u64 {
    buffer.received().saturating_sub(talk.whole_to)
}
