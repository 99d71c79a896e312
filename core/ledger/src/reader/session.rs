//! One session's records, as the judge of its incoming direction sees them.

use super::super::record::{HEADER, KIND_MESSAGE, is_sealed, nth_of_run, source_of, unpack};
use super::LedgerReader;
use super::queues::Place;
use super::walk::{FrontRun, overwritten};
use wirebench_judge::{Record, RecordHead, SessionLedger};
use wirebench_load::Source;

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
            && let Some((KIND_MESSAGE, head)) = self.reader.front_header(self.session)
            && let Some(front) = self.reader.front(&head)
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
        let released = if reader.run.session() == session {
            reader.release_run_if(message)
        } else {
            reader.release_front_if(session, message)
        };
        if released.is_some() {
            return released;
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
        let (kind, head) = self.front_header(session)?;
        let end = match source_of(kind) {
            None if kind == KIND_MESSAGE => {
                let front = self.front(&head)?;
                if self.peer.ring(front.at, front.len) != message {
                    return None;
                }
                front.end
            }
            None => return None,
            // A run of one, which needs not be kept.
            Some(source) if head.exchanges == 1 => {
                if !self.is_named(source, &head, message) {
                    return None;
                }
                self.position + HEADER as u64
            }
            Some(source) => {
                let looked_at = self.begin_run(source, head);
                return if looked_at { self.release_run_if(message) } else { None };
            }
        };
        self.front = None;
        self.position = end;
        self.tail = end;
        self.publish_released_in_bulk();
        Some(head)
    }

    /// Whether `message` is what a head of a run names, byte by byte.
    #[inline(always)]
    fn is_named(&mut self, source: Source, head: &RecordHead, message: &[u8]) -> bool {
        message.len() == head.len as usize && self.named.is(source, head.exchange, message)
    }

    /// [`SessionLedger::release_if`] for the next message of the run at the reading position.
    #[inline(always)]
    fn release_run_if(&mut self, message: &[u8]) -> Option<RecordHead> {
        let (head, source) = (self.run.next(), self.run.source);
        if !self.is_named(source, &head, message) {
            return None;
        }
        self.resolve_of_run(1);
        Some(head)
    }

    /// So many messages of the run at the reading position are resolved, of those that are left.
    #[inline(always)]
    fn resolve_of_run(&mut self, count: u32) {
        self.run.resolve(count);
        if self.run.left == 0 {
            self.position = self.run.end;
            self.tail = self.run.end;
            self.run = FrontRun::NONE;
            self.publish_released_in_bulk();
        }
    }

    /// The messages that are due on a session, if they are named and nothing stands before them: whose
    /// payloads, the head of the first, and how many.
    #[inline]
    pub fn due_run(&mut self, session: u32) -> Option<(Source, RecordHead, u32)> {
        if self.run.session() != session && !self.look_at_run(session) {
            return None;
        }
        Some((self.run.source, self.run.next(), self.run.left))
    }

    /// The first `count` messages of a [run that was due](Self::due_run) on a session have their verdict.
    #[inline]
    pub fn release_of_run(&mut self, session: u32, count: u32) {
        if self.run.session() == session && count <= self.run.left {
            return self.resolve_of_run(count);
        }
        // It was queued meanwhile.
        for _ in 0..count {
            self.release_queued(session);
        }
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
        let place = match self.queues.place(session, k) {
            Some(place) => place,
            None => self.queue_up_to(session, k)?,
        };
        let (position, len) = (place.position, place.len as usize);
        let at = position as usize & (self.peer.ring_bytes() - 1);
        let moved = if place.is_moved { self.queues.moved(session, k) } else { None };
        let words = moved.map_or_else(|| self.peer.header(at), |moved| moved.0);
        let (kind, head) = unpack(&words);
        // It was whole when it was queued.
        if !is_sealed(&words, position) || head.len != place.len {
            self.broken.get_or_init(|| overwritten(position));
            return None;
        }
        if let Some(source) = source_of(kind) {
            let head = nth_of_run(&head, place.of_run);
            let payload = self.named.get(source, head.exchange)?;
            if payload.len() != len {
                let has = payload.len();
                let broken = || format!("it names a payload of {len} bytes that has {has}");
                self.broken.get_or_init(broken);
                return None;
            }
            return Some(Record { head, payload });
        }
        let payload = moved.map_or_else(|| self.peer.ring(at + HEADER, len), |moved| &moved.1);
        Some(Record { head, payload })
    }

    /// Queues what was published until the `k`-th message of a session is among it.
    fn queue_up_to(&mut self, session: u32, k: usize) -> Option<Place> {
        // Who publishes without end must not keep us here.
        let until = self.published();
        while self.position != until {
            self.queue_next()?;
            if let Some(place) = self.queues.place(session, k) {
                return Some(place);
            }
        }
        None
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
