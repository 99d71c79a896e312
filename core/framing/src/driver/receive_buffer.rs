//! What a connection has received and its framing has not consumed.

/// Bytes read and not yet consumed by the framing.
#[derive(Debug, Default)]
pub struct ReceiveBuffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// Offset in the session's stream of the byte at `start`.
    offset: u64,
}

impl ReceiveBuffer {
    /// Room for one read of `size` bytes.
    #[inline]
    pub fn room(&mut self, size: usize) -> &mut [u8] {
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
    pub fn filled(&mut self, count: usize) {
        self.end += count;
    }

    /// Takes over bytes that were read elsewhere.
    #[inline]
    pub fn push(&mut self, bytes: &[u8]) {
        self.room(bytes.len()).copy_from_slice(bytes);
        self.filled(bytes.len());
    }

    /// All bytes not yet consumed.
    #[inline]
    pub fn unread(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// The framing is done with `count` bytes.
    #[inline]
    pub fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.offset += count as u64;
    }

    /// A datagram of `count` bytes was read past this buffer.
    #[inline]
    pub fn pass(&mut self, count: usize) {
        self.offset += count as u64;
    }

    /// Offset in the stream of the first byte of [`unread`](Self::unread).
    #[inline]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Offset in the stream of the byte behind the last one of [`unread`](Self::unread): how much was
    /// received.
    #[inline]
    pub fn received(&self) -> u64 {
        self.offset + (self.end - self.start) as u64
    }

    /// Gives the memory back when nothing is unread, so that idle connections hold none.
    #[inline]
    pub fn take_memory(&mut self) -> Option<Vec<u8>> {
        (self.start == self.end).then(|| {
            (self.start, self.end) = (0, 0);
            std::mem::take(&mut self.bytes)
        })
    }

    /// Keeps what is unread in as much memory as it needs, and gives the larger one back, so that
    /// connections that wait for the rest of a frame hold little.
    #[inline]
    pub fn park(&mut self) -> Option<Vec<u8>> {
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
    pub fn set_memory(&mut self, memory: Vec<u8>) {
        self.bytes = memory;
    }

    /// Uses `memory` for the next reads, if it has less; gives back what is not used.
    #[inline]
    pub fn lend_memory(&mut self, mut memory: Vec<u8>) -> Option<Vec<u8>> {
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
    pub fn memory(&self) -> usize {
        self.bytes.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unread_bytes_survive_any_number_of_reads() {
        let mut buffer = ReceiveBuffer::default();
        let mut next = 0_u8;
        let mut expected = 0_u8;
        for round in 0..1_000_usize {
            let room = buffer.room(7);
            room.iter_mut().for_each(|byte| {
                *byte = next;
                next = next.wrapping_add(1);
            });
            buffer.filled(7);
            if round % 3 == 0 {
                let _ = buffer.park();
            } else if round % 7 == 0 {
                let _ = buffer.lend_memory(vec![0xee; 64]);
            }
            let consume = round * 5 % (buffer.unread().len() + 1);
            for byte in &buffer.unread()[..consume] {
                assert_eq!(*byte, expected);
                expected = expected.wrapping_add(1);
            }
            buffer.consume(consume);
        }
        assert_eq!(buffer.offset() as u8, expected);
    }
}
