//! What a connection receives: bytes, their framing, and the judge of its messages.

use super::judging::Judging;
use crate::framing::Framing;

/// The incoming direction of a connection.
pub(super) struct Ingress {
    /// `None`: the encoder decodes too, because one framing serves both directions.
    pub(super) decoder: Option<Box<dyn Framing>>,
    pub(super) judge: Judging,
    pub(super) inbox: Inbox,
    /// It is not read before the peer has taken more of what waits for it.
    pub(super) paused: bool,
    /// It may have unread bytes that no event will announce again.
    pub(super) readable: bool,
    /// When a late reader reads, in nanoseconds.
    pub(super) read_due_ns: Option<u64>,
    /// An event has said that the peer sends no more; none says it again, so what is left must be
    /// read up to the end.
    pub(super) end_announced: bool,
    /// The peer sends no more, and everything of it is read.
    pub(super) input_ended: bool,
}

impl Ingress {
    /// Nothing was received yet.
    pub(super) fn new(decoder: Option<Box<dyn Framing>>, judge: Judging) -> Self {
        Self {
            decoder,
            judge,
            inbox: Inbox::default(),
            paused: false,
            readable: false,
            read_due_ns: None,
            end_announced: false,
            input_ended: false,
        }
    }
}

/// Bytes read and not yet consumed by the framing.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// Offset in the session's stream of the byte at `start`.
    offset: u64,
}

impl Inbox {
    /// Room for one read of `size` bytes.
    #[inline]
    pub(super) fn room(&mut self, size: usize) -> &mut [u8] {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.start > 0 && self.end + size > self.bytes.len() {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end + size > self.bytes.len() {
            self.bytes.resize(self.end + size, 0);
        }
        &mut self.bytes[self.end..self.end + size]
    }

    /// `count` bytes were read into [`room`](Self::room).
    #[inline]
    pub(super) fn filled(&mut self, count: usize) {
        self.end += count;
    }

    /// All bytes not yet consumed.
    #[inline]
    pub(super) fn unread(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// The framing is done with `count` bytes.
    #[inline]
    pub(super) fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.offset += count as u64;
    }

    /// A datagram of `count` bytes was read past this buffer.
    #[inline]
    pub(super) fn pass(&mut self, count: usize) {
        self.offset += count as u64;
    }

    /// Offset in the stream of the first byte of [`unread`](Self::unread).
    #[inline]
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Gives the memory back when nothing is unread, so that idle connections hold none.
    pub(super) fn take_memory(&mut self) -> Option<Vec<u8>> {
        (self.start == self.end).then(|| {
            (self.start, self.end) = (0, 0);
            std::mem::take(&mut self.bytes)
        })
    }

    /// Keeps what is unread in as much memory as it needs, and gives the larger one back, so that
    /// connections that wait for the rest of a frame hold little.
    pub(super) fn park(&mut self) -> Option<Vec<u8>> {
        let unread = self.end - self.start;
        if unread >= self.bytes.capacity() / 4 {
            return None;
        }
        let kept = self.unread().to_vec();
        (self.start, self.end) = (0, unread);
        Some(std::mem::replace(&mut self.bytes, kept))
    }

    /// Uses `memory` for the next reads; there is none yet.
    #[inline]
    pub(super) fn set_memory(&mut self, memory: Vec<u8>) {
        self.bytes = memory;
    }

    /// Uses `memory` for the next reads, if it has less; gives back what is not used.
    pub(super) fn lend_memory(&mut self, mut memory: Vec<u8>) -> Option<Vec<u8>> {
        let unread = self.end - self.start;
        if memory.len() <= self.bytes.len() {
            return Some(memory);
        }
        memory[..unread].copy_from_slice(&self.bytes[self.start..self.end]);
        (self.start, self.end) = (0, unread);
        self.bytes = memory;
        None
    }

    /// Bytes of memory that it takes.
    #[inline]
    pub(super) fn memory(&self) -> usize {
        self.bytes.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unread_bytes_survive_any_number_of_reads() {
        let mut inbox = Inbox::default();
        let mut next = 0_u8;
        let mut expected = 0_u8;
        for round in 0..1_000_usize {
            let room = inbox.room(7);
            room.iter_mut().for_each(|byte| {
                *byte = next;
                next = next.wrapping_add(1);
            });
            inbox.filled(7);
            if round % 3 == 0 {
                let _ = inbox.park();
            } else if round % 7 == 0 {
                let _ = inbox.lend_memory(vec![0xee; 64]);
            }
            let consume = round * 5 % (inbox.unread().len() + 1);
            for byte in &inbox.unread()[..consume] {
                assert_eq!(*byte, expected);
                expected = expected.wrapping_add(1);
            }
            inbox.consume(consume);
        }
        assert_eq!(inbox.offset() as u8, expected);
    }
}
