//! From a datagram to the handler. Each is decoded and judged by itself: there is no stream that an
//! error could end.

use super::config::Part;
use super::connection::Stage;
use super::core::Core;
use super::machine::Engine;
use super::peers::{From, Peers};
use super::port::{Batch, Datagram, Port};
use super::submit::HIGH_WATER;
use crate::framing::{FrameError, all};
use crate::handler::{Handler, HookError, Services};
use crate::measure::FRAMING;
use std::io;

/// Reads of one socket in a row before anything else gets its turn.
const READS_IN_A_ROW: usize = 16;

/// How often a socket is looked at at the end of a round. A peer that never stops sending must not
/// keep us.
const LAST_READS: usize = 1_000;

/// What is said of a datagram that nobody could be answered for.
const NO_ADDRESS: &str = "a datagram from a socket without a name, which cannot be answered: bind the \
                          client's socket to a path of its own";

impl<P: Port, H: Handler<Core<P>>> Engine<P, H> {
    /// Reads a client's socket until it is empty, or others should have their turn.
    pub(super) fn receive_datagrams(&mut self, slot: usize) -> Result<(), HookError> {
        let Some(mut batch) = self.core.take_batch() else { return Ok(()) };
        let mut outcome = Ok(());
        let mut more = true;
        for _ in 0..READS_IN_A_ROW {
            if let Some(connection) = self.core.table.get_mut(slot)
                && connection.is_clogged(Part::Client)
            {
                connection.ingress.paused = true;
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
    pub(super) fn receive_from_peers(&mut self, peers: &mut Peers) -> Result<(), HookError> {
        if self.core.reading_pauses() {
            return Ok(());
        }
        let Some(mut batch) = self.core.take_batch() else { return Ok(()) };
        let mut outcome = Ok(());
        let mut more = true;
        for _ in 0..READS_IN_A_ROW {
            let (count, may_be_more) = self.core.receive(&mut batch, None);
            self.learn(peers);
            let received_ns = self.core.hook.received_ns;
            for index in 0..count {
                // Calling one session's hooks may have ended with another's time.
                self.core.hook.received_ns = received_ns;
                outcome = match self.slot_of_peer(peers, &mut batch, index) {
                    Ok(Some(slot)) => self.receive_datagram(slot, batch.datagram(index)),
                    Ok(None) => Ok(()),
                    Err(error) => Err(error),
                };
                if outcome.is_err() {
                    break;
                }
            }
            self.received_all(self.core.hook.current);
            more = outcome.is_ok() && may_be_more;
            if !more || self.core.reading_pauses() {
                break;
            }
        }
        self.core.give_back(batch);
        if let Some(datagrams) = &mut self.core.datagrams
            && more
            && !datagrams.paused
        {
            datagrams.read_due_ns = Some(0);
        }
        outcome
    }

    /// Closes sessions whose address belongs to another one now, and gives those up that were never
    /// heard.
    fn learn(&mut self, peers: &mut Peers) {
        let mut replaced = Vec::new();
        let given_up = peers.learn(|slot, session| replaced.push((slot, session)));
        self.core.records.comes_announced &= peers.broken().is_none();
        for (slot, session) in replaced {
            self.core.remove_session(slot, session);
        }
        for session in given_up {
            self.core.records.reader.forget(session);
            self.core.judge_late();
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
        let from = known.map_or(From::Stranger, |key| {
            let session_in = |slot: usize| table.get(slot).map(|one| one.id);
            peers.find(key, session_in)
        });
        let (session, key) = match (from, known) {
            (From::Known(slot), _) => return Ok(Some(slot)),
            (From::New(session), Some(key)) => (session, key),
            _ => {
                let text = if P::is_nameless(&peer) {
                    NO_ADDRESS
                } else {
                    "a datagram of no open session"
                };
                core.stats.errors.add("accept", 1, || text.to_owned());
                return Ok(None);
            }
        };
        core.port.remember(key, &peer);
        let slot = match core.add(session, P::endpoint_of(peer), Stage::Open) {
            Ok(slot) => slot,
            Err(error) => {
                core.stats.errors.add("accept", 1, || error);
                return Ok(None);
            }
        };
        let closed = peers.opened(key, slot, session, |key| core.port.forget(key));
        for (slot, session) in closed {
            core.remove_session(slot, session);
        }
        let received_ns = core.hook.received_ns;
        self.open(slot)?;
        self.core.hook.received_ns = received_ns;
        Ok(self.core.table.get(slot).is_some().then_some(slot))
    }

    /// One datagram: decoded by itself, judged and handled.
    fn receive_datagram(&mut self, slot: usize, datagram: Datagram<'_>) -> Result<(), HookError> {
        let now = self.core.hook.received_ns;
        let Some(connection) = self.core.table.get_mut(slot) else {
            return Ok(());
        };
        let (bytes, cut) = (datagram.bytes, datagram.is_cut());
        let at = connection.ingress.inbox.offset();
        connection.ingress.inbox.pass(bytes.len());
        self.core.stats.got_piece(connection.id, at, bytes.len(), now);
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
        self.core.hook.forget_stamp();
        let mut outcome = Ok(());
        for frame in &decoded.frames {
            self.core.hook.received_ns = now;
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
            let session = self.ids.get(slot).copied().unwrap_or_default();
            self.core.close(session);
        }
        self.core.buffers.decoded = Some(decoded);
        self.core.account_for(slot);
        outcome
    }

    /// The datagrams of a read are handled.
    fn received_all(&mut self, slot: usize) {
        self.core.hook.received_ns = 0;
        self.core.records.reader.publish_released();
        self.core.collect_examples();
        if self.core.work.waiting.contains(slot) {
            let now = self.core.port.now();
            self.core.pump(slot, now);
        }
    }

    /// Reads all sockets until they are empty: whatever is in them now was sent in the round.
    pub(super) fn last_datagrams(&mut self) -> Result<(), super::machine::Failure> {
        for _ in 0..LAST_READS {
            self.core.work.to_read.clear();
            for slot in self.core.open_slots() {
                self.receive_datagrams(slot)?;
            }
            if let Some(datagrams) = &mut self.core.datagrams {
                (datagrams.read_due_ns, datagrams.paused) = (None, false);
            }
            self.accept()?;
            let more = self.core.datagrams.as_ref().is_some_and(|one| one.read_due_ns.is_some());
            if !more && self.core.work.to_read.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// Datagrams that the kernel did not take before, and reads that were put off.
    pub(super) fn run_deferred_datagrams(&mut self) -> Result<(), super::machine::Failure> {
        let Some(datagrams) = &mut self.core.datagrams else { return Ok(()) };
        let blocked = datagrams.blocked.take();
        for slot in blocked.iter().copied() {
            self.writable(slot)?;
        }
        if let Some(datagrams) = &mut self.core.datagrams {
            datagrams.blocked.give_back(blocked);
        }
        let now = self.core.port.now();
        if let Some(datagrams) = &mut self.core.datagrams
            && (datagrams.paused || datagrams.read_due_ns.is_some_and(|due| due <= now))
        {
            datagrams.read_due_ns = None;
            self.accept()?;
        }
        self.core.judge_by_time(now);
        Ok(())
    }
}

impl<P: Port> Core<P> {
    /// True when a late reader has to wait; it is called again when its time has come.
    pub(super) fn reads_later(&mut self) -> bool {
        let delay = self.settings.transport.read_delay_ns;
        let Some(datagrams) = &mut self.datagrams else { return false };
        if delay == 0 {
            return false;
        }
        if datagrams.read_due_ns.is_none() {
            datagrams.read_due_ns = Some(self.port.now() + delay);
        }
        true
    }

    fn take_batch(&mut self) -> Option<P::Batch> {
        self.datagrams.as_mut()?.batch.take()
    }

    fn give_back(&mut self, batch: P::Batch) {
        if let Some(datagrams) = &mut self.datagrams {
            datagrams.batch = Some(batch);
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
            self.hook.received_ns = self.port.now();
            match result {
                Ok(received) => {
                    self.stats.received.reads += 1;
                    return received;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let kind = format!("read: {}", P::kind_of(&error));
                    self.stats.errors.add(&kind, 1, || error.to_string());
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
            connection.map_or(0, |connection| connection.egress.outbox.len())
        };
        datagrams.paused = datagrams.blocked.iter().map(unsent).sum::<usize>() > HIGH_WATER;
        datagrams.paused
    }

    /// Removes the connection in `slot` if it still is that session's.
    fn remove_session(&mut self, slot: usize, session: u32) {
        if self.table.get(slot).is_some_and(|one| one.id == session) {
            self.remove(slot);
        }
    }

    /// A datagram does not hold exactly one whole frame: counted, and nothing of it stays.
    #[cold]
    fn not_one_frame(
        &mut self,
        slot: usize,
        datagram: Datagram<'_>,
        result: Result<(), FrameError>,
        frames: usize,
    ) {
        self.note_fault(slot);
        let Some(connection) = self.table.get_mut(slot) else { return };
        let id = connection.id;
        let size = datagram.bytes.len();
        let why = match result {
            Err(error) => format!("at offset {}: {}", error.at, error.text),
            Ok(()) => format!("it holds {frames} whole frames, and each should hold one"),
        };
        if !datagram.is_cut() {
            let text = || format!("session {id}: a datagram of {size} bytes: {why}");
            self.stats.errors.add(FRAMING, 1, text);
        }
        match self.framings.incoming() {
            Ok(fresh) => connection.ingress.decoder = Some(fresh),
            Err(error) => _ = self.broken.get_or_insert(error),
        }
    }
}
