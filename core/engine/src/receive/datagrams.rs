//! From a datagram to the handler. Each is decoded and judged by itself: there is no stream that an
//! error could end.

use crate::core::Core;
use crate::handler::{Handler, HookError, Services};
use crate::machine::Side;
use crate::port::{Batch, Datagram, Port};
use crate::server::{Peers, Sender};
use crate::session::{HIGH_WATER, Lifecycle};
use std::io;
use wirebench_framings::Role;
use wirebench_framings::{DecodeError, all};
use wirebench_measure::FRAMING;

/// Reads of one socket in a row before anything else gets its turn.
const READS_IN_A_ROW: usize = 16;

/// What is said of a datagram that nobody could be answered for.
const NO_ADDRESS: &str = "a datagram from a socket without a name, which cannot be answered: bind the \
                          client's socket to a path of its own";

impl<P: Port, H: Handler<Core<P>>> Side<P, H> {
    /// Reads a client's socket until it is empty, or others should have their turn.
    pub(crate) fn receive_datagrams(&mut self, slot: usize) -> Result<(), HookError> {
        let Some(mut batch) = self.core.take_batch() else { return Ok(()) };
        let mut outcome = Ok(());
        let mut more = true;
        for _ in 0..READS_IN_A_ROW {
            if let Some(connection) = self.core.table.get_mut(slot)
                && connection.is_clogged(Role::Client)
            {
                connection.ingress_mut().pause();
                more = false;
                break;
            }
            let (count, may_be_more) = self.core.receive(&mut batch, Some(slot));
            for index in 0..count {
                outcome = self.receive_datagram(slot, batch.datagram(index));
                if outcome.is_err() {
                    break;
                }
            }
            self.received_all(slot);
            more = outcome.is_ok() && may_be_more;
            if !more {
                break;
            }
        }
        self.core.give_back(batch);
        if more && self.core.table.get(slot).is_some() {
            self.core.work.to_read.insert(slot);
        }
        outcome
    }

    /// Reads the server's only socket, which every peer's datagrams come to.
    pub(crate) fn receive_from_peers(&mut self, peers: &mut Peers) -> Result<(), HookError> {
        if self.core.reading_pauses() {
            return Ok(());
        }
        let Some(mut batch) = self.core.take_batch() else { return Ok(()) };
        let mut outcome = Ok(());
        let mut more = true;
        for _ in 0..READS_IN_A_ROW {
            let (count, may_be_more) = self.core.receive(&mut batch, None);
            self.learn(peers);
            let received_ns = self.core.hook.received_ns();
            for index in 0..count {
                // Calling one session's hooks may have ended with another's time.
                self.core.hook.read_at(received_ns);
                outcome = match self.slot_of_peer(peers, &mut batch, index) {
                    Ok(Some(slot)) => self.receive_datagram(slot, batch.datagram(index)),
                    Ok(None) => Ok(()),
                    Err(error) => Err(error),
                };
                if outcome.is_err() {
                    break;
                }
            }
            self.received_all(self.core.hook.slot());
            more = outcome.is_ok() && may_be_more;
            if !more || self.core.reading_pauses() {
                break;
            }
        }
        self.core.give_back(batch);
        if let Some(datagrams) = &mut self.core.datagrams
            && more
        {
            datagrams.read_again();
        }
        outcome
    }

    /// Closes sessions whose address belongs to another one now, and gives those up that were never
    /// heard.
    fn learn(&mut self, peers: &mut Peers) {
        let mut replaced = Vec::new();
        let given_up = peers.learn(|slot, session| replaced.push((slot, session)));
        self.core.records.announcements_are(peers.broken().is_some());
        for (slot, session) in replaced {
            self.core.remove_session(slot, session);
        }
        for session in given_up {
            self.core.records.reader_mut().forget(session);
            self.core.judge_orphaned();
        }
    }

    /// The slot of the session that a datagram belongs to, which is opened if it is the first.
    fn slot_of_peer(
        &mut self,
        peers: &mut Peers,
        batch: &mut P::Batch,
        index: usize,
    ) -> Result<Option<usize>, HookError> {
        let peer = batch.sender(index);
        let core = &mut self.core;
        let known = core.port.key(&peer);
        let table = &core.table;
        let sender = known.map_or(Sender::Stranger, |key| {
            let session_in = |slot: usize| table.get(slot).map(|one| one.id());
            peers.find(key, session_in)
        });
        let (session, key) = match (sender, known) {
            (Sender::Known(slot), _) => return Ok(Some(slot)),
            (Sender::New(session), Some(key)) => (session, key),
            _ => {
                let text = if P::is_nameless(&peer) {
                    NO_ADDRESS
                } else {
                    "a datagram of no open session"
                };
                core.stats.error("accept", 1, || text.to_owned());
                return Ok(None);
            }
        };
        core.port.remember(key, &peer);
        let slot = match core.add(session, P::endpoint_of(peer), Lifecycle::open()) {
            Ok(slot) => slot,
            Err(error) => {
                core.stats.error("accept", 1, || error);
                return Ok(None);
            }
        };
        let closed = peers.opened(key, slot, session, |key| core.port.forget(key));
        for (slot, session) in closed {
            core.remove_session(slot, session);
        }
        let received_ns = core.hook.received_ns();
        self.open(slot)?;
        self.core.hook.read_at(received_ns);
        Ok(self.core.table.get(slot).is_some().then_some(slot))
    }

    /// One datagram: decoded by itself, judged and handled.
    fn receive_datagram(&mut self, slot: usize, datagram: Datagram<'_>) -> Result<(), HookError> {
        let now = self.core.hook.received_ns();
        let Some(connection) = self.core.table.get_mut(slot) else {
            return Ok(());
        };
        let (bytes, cut) = (datagram.bytes, datagram.is_cut());
        let at = connection.ingress().buffer().offset();
        connection.ingress_mut().buffer_mut().pass(bytes.len());
        self.core.stats.got_piece(connection.id(), at, bytes.len(), now);
        let mut decoded = self.core.buffers.decoded.take().unwrap_or_default();
        decoded.clear();
        let framing = connection.incoming();
        let result = all(bytes, &mut decoded, |input, out| framing.feed(now, input, out));
        let whole = result.is_ok() && decoded.frames.len() == 1 && decoded.consumed == bytes.len();
        if cut {
            self.core.note_cut(slot, "datagram", bytes.len(), datagram.whole);
        }
        if !whole {
            self.core.not_one_frame(slot, datagram, result, decoded.frames.len());
        }
        if let (Some(display), Some(session)) = (&mut self.core.display, self.sessions.id(slot)) {
            display.read(slot, session, at, bytes.len());
            display.found(slot, session, decoded.frames.iter().map(|_| at), 0);
            for frame in &decoded.frames {
                let places = [at, at.saturating_add(bytes.len() as u64)];
                display.message(slot, session, places, decoded.message(frame, bytes));
            }
        }
        self.core.hook.forget_stamp();
        let mut outcome = Ok(());
        for frame in &decoded.frames {
            self.core.hook.read_at(now);
            outcome = self.deliver(slot, decoded.message(frame, bytes), cut);
            if outcome.is_err() {
                break;
            }
        }
        // There is one message at most that this could have to stand behind.
        if !decoded.control.is_empty() {
            self.core.send_control(slot, &decoded.control);
        }
        if decoded.close {
            let session = self.sessions.id(slot).unwrap_or_default();
            self.core.close(session);
        }
        self.core.buffers.decoded = Some(decoded);
        self.core.account_for(slot);
        outcome
    }

    /// The datagrams of a read are handled.
    fn received_all(&mut self, slot: usize) {
        self.core.hook.read_at(0);
        self.core.records.reader_mut().publish_released();
        self.core.collect_examples();
        if self.core.work.waiting.contains(slot) {
            let now = self.core.port.now();
            self.core.pump(slot, now);
        }
    }
}

impl<P: Port> Core<P> {
    /// True when a late reader has to wait; it is called again when its time has come.
    #[inline]
    pub(crate) fn reads_later(&mut self) -> bool {
        let delay = self.settings.transport.read_delay_ns;
        let Some(datagrams) = &mut self.datagrams else { return false };
        if delay == 0 {
            return false;
        }
        datagrams.read_at(self.port.now() + delay);
        true
    }

    fn take_batch(&mut self) -> Option<P::Batch> {
        self.datagrams.as_mut()?.take_batch()
    }

    fn give_back(&mut self, batch: P::Batch) {
        if let Some(datagrams) = &mut self.datagrams {
            datagrams.give_back(batch);
        }
    }

    /// Receives from a connection's own socket, or from the server's; how many, and whether there
    /// may be more.
    fn receive(&mut self, batch: &mut P::Batch, slot: Option<usize>) -> (usize, bool) {
        let is_gone = |slot: usize| self.table.get(slot).is_none();
        if slot.is_some_and(is_gone) {
            return (0, false);
        }
        // What an earlier datagram met with is told once, in place of a read.
        for _ in 0..READS_IN_A_ROW {
            let result = self.port.receive(slot, batch);
            self.hook.read_at(self.port.now());
            match result {
                Ok(received) => {
                    self.stats.read_call();
                    return received;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let kind = format!("read: {}", P::kind_of(&error));
                    self.stats.error(&kind, 1, || error.to_string());
                }
            }
        }
        (0, false)
    }

    /// True while so much waits to be sent that the server must not take on more.
    fn reading_pauses(&mut self) -> bool {
        let Some(datagrams) = &mut self.datagrams else { return false };
        let unsent = |slot: usize| {
            let connection = self.table.get(slot);
            connection.map_or(0, |connection| connection.egress().send_buffer().len())
        };
        let paused = datagrams.blocked().iter().map(unsent).sum::<usize>() > HIGH_WATER;
        datagrams.pause(paused);
        paused
    }

    /// Removes the connection in `slot` if it still is that session's.
    fn remove_session(&mut self, slot: usize, session: u32) {
        if self.table.get(slot).is_some_and(|one| one.id() == session) {
            self.remove(slot);
        }
    }

    /// A datagram does not hold exactly one whole frame: counted, and nothing of it stays.
    #[cold]
    fn not_one_frame(
        &mut self,
        slot: usize,
        datagram: Datagram<'_>,
        result: Result<(), DecodeError>,
        frames: usize,
    ) {
        self.note_fault(slot);
        let Some(connection) = self.table.get_mut(slot) else { return };
        let id = connection.id();
        let size = datagram.bytes.len();
        let why = match result {
            Err(error) => format!("at offset {}: {}", error.at, error.text),
            Ok(()) => format!("it holds {frames} whole frames, and each should hold one"),
        };
        if !datagram.is_cut() {
            let text = || format!("session {id}: a datagram of {size} bytes: {why}");
            self.stats.error(FRAMING, 1, text);
        }
        match self.framings.incoming() {
            Ok(fresh) => connection.ingress_mut().set_decoder(Some(fresh)),
            Err(error) => _ = self.broken.get_or_insert(error),
        }
    }
}
