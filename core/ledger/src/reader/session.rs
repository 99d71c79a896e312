//! One session's records, as the judge of its incoming direction sees them.

use super::super::record::{HEADER, is_sealed, unpack};
use super::LedgerReader;
use super::walk::{FrontRun, named_message, overwritten};
use wirebench_judge::{Record, RecordHead, SessionLedger};

/// One session's unresolved records.
#[derive(Debug)]
pub struct SessionRecords<'a> {
    pub(super) reader: &'a mut LedgerReader,
    pub(super) session: u32,
}

impl SessionLedger for SessionRecords<'_> {
    #[inline(always)]
    fn peek(&mut self, k: usize) -> Option<Record<'_>> {
        if k == 0
            && self.reader.run.left == 0
            && let Some((front, head)) = self.reader.look_at_front(self.session)
        {
            self.reader.front = Some(front);
            let payload = self.reader.peer.ring(front.at, front.len);
            return Some(Record { head, payload });
        }
        self.reader.peek_queued(self.session, k)
    }

    #[inline(always)]
    fn release_if(&mut self, message: &[u8]) -> Option<RecordHead> {
        let (reader, session) = (&mut *self.reader, self.session);
        if reader.run.session() == session || reader.look_at_run(session) {
            if let Some(head) = reader.release_run_if(message) {
                return Some(head);
            }
        } else if let Some(head) = reader.release_front_if(session, message) {
            return Some(head);
        }
        reader.release_queued_if(session, message)
    }

    #[inline(always)]
    fn release(&mut self) {
        let reader = &mut *self.reader;
        match reader.front.take() {
            Some(front) if front.session == self.session => {
                reader.position = front.end;
                reader.tail = front.end;
                reader.publish_released_in_bulk();
            }
            _ => reader.release_queued(self.session),
        }
    }
}

impl LedgerReader {
    /// [`SessionLedger::release_if`] for a record that stands at the reading position.
    #[inline(always)]
    fn release_front_if(&mut self, session: u32, message: &[u8]) -> Option<RecordHead> {
        let (front, head) = self.look_at_front(session)?;
        if self.peer.ring(front.at, front.len) != message {
            return None;
        }
        self.front = None;
        self.position = front.end;
        self.tail = front.end;
        self.publish_released_in_bulk();
        Some(head)
    }

    /// [`SessionLedger::release_if`] for the next message of the run at the reading position.
    #[inline(always)]
    fn release_run_if(&mut self, message: &[u8]) -> Option<RecordHead> {
        let (head, source) = (self.run.next(), self.run.source);
        if message.len() != head.len as usize || !self.named.is(source, head.exchange, message) {
            return None;
        }
        self.run.resolve();
        if self.run.left == 0 {
            self.position = self.run.end;
            self.tail = self.run.end;
            self.run = FrontRun::NONE;
            self.publish_released_in_bulk();
        }
        Some(head)
    }

    #[inline(never)]
    fn release_queued_if(&mut self, session: u32, message: &[u8]) -> Option<RecordHead> {
        let record = self.peek_queued(session, 0)?;
        if record.payload != message {
            return None;
        }
        let head = record.head;
        self.release_queued(session);
        Some(head)
    }

    #[inline(never)]
    fn peek_queued(&mut self, session: u32, k: usize) -> Option<Record<'_>> {
        // Not queued yet, so it will be found again.
        self.front = None;
        let queued = |reader: &Self| reader.queues.message(session, k).is_some();
        if !queued(self) {
            // Who publishes without end must not keep us here.
            let until = self.published();
            while !queued(self) {
                if self.position == until {
                    return None;
                }
                self.queue_next()?;
            }
        }
        let (entry, before) = self.queues.message(session, k)?;
        let (position, len) = (entry.position, entry.len as usize);
        let index = entry.resolved + before;
        let at = position as usize & (self.peer.ring_bytes() - 1);
        let words = match &entry.moved {
            Some(moved) => moved.0,
            None => self.peer.header(at),
        };
        // It was whole when it was queued.
        if !is_sealed(&words, position) || unpack(&words).1.len as usize != len {
            self.broken.get_or_init(|| overwritten(position));
            return None;
        }
        if let Some((source, head)) = named_message(&words, index) {
            let payload = self.named.get(source, head.exchange)?;
            if payload.len() != len {
                let broken =
                    || format!("it names a payload of {len} bytes that has {}", payload.len());
                self.broken.get_or_init(broken);
                return None;
            }
            return Some(Record { head, payload });
        }
        let (_, head) = unpack(&words);
        let payload = match &self.queues.message(session, k)?.0.moved {
            Some(moved) => &moved.1[..],
            None => self.peer.ring(at + HEADER, len),
        };
        Some(Record { head, payload })
    }

    #[inline(never)]
    fn release_queued(&mut self, session: u32) {
        let Some(entry) = self.queues.resolve_first(session) else { return };
        if let Some(moved) = entry.moved {
            self.heap_bytes -= HEADER + moved.1.len();
            return;
        }
        if self.unreleased.done(entry.order) {
            self.advance();
        }
    }
}
