//! What a connection has yet to write, cut into write calls as the write policy says, or into
//! datagrams.

use std::collections::VecDeque;

/// What a waiting datagram counts as besides its bytes, so that empty ones are bounded too: about
/// what the kernel adds to each.
const DATAGRAM_WEIGHT: usize = 64;

/// Memory that an empty send buffer keeps where it is trimmed, in bytes.
const MAX_KEPT: usize = 64 << 10;

/// Encoded bytes that wait for the socket.
#[derive(Debug, Default)]
pub(crate) struct SendBuffer {
    bytes: Vec<u8>,
    start: usize,
    /// Lengths of the write calls to come; when there are none, everything goes in one. Datagrams
    /// always stand here.
    calls: VecDeque<u32>,
    /// Datagrams among them: those of a connection are all or none.
    datagrams: usize,
}

impl SendBuffer {
    /// True when everything is written.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.bytes.len() && self.datagrams == 0
    }

    /// Unwritten bytes, and what waiting datagrams count as.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() - self.start + self.datagrams * DATAGRAM_WEIGHT
    }

    /// Bytes that are not written.
    #[inline]
    pub(crate) fn unwritten(&self) -> usize {
        self.bytes.len() - self.start
    }

    /// Bytes of memory that it takes.
    #[inline]
    pub(crate) fn memory(&self) -> usize {
        self.bytes.capacity()
            + self.calls.capacity() * size_of::<u32>()
            + self.datagrams * DATAGRAM_WEIGHT
    }

    /// Gives memory back that a large message has left behind.
    #[inline]
    pub(crate) fn trim(&mut self) {
        self.trim_to(MAX_KEPT);
    }

    /// The same where less may be kept, in bytes.
    #[inline]
    pub(crate) fn trim_to(&mut self, most: usize) {
        if self.is_empty() && self.memory() > most {
            *self = Self::default();
        }
    }

    /// The buffer to encode into. Only append to it.
    #[inline]
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        if self.is_empty() {
            self.bytes.clear();
            self.start = 0;
        }
        &mut self.bytes
    }

    /// The next `len` bytes beyond those already assigned go in a write call of their own.
    #[inline]
    pub(crate) fn cut(&mut self, len: usize) {
        if len > 0 {
            self.calls.push_back(u32::try_from(len).unwrap_or(u32::MAX));
        }
    }

    /// The last `len` bytes are a datagram, be it an empty one.
    #[inline]
    pub(crate) fn cut_datagram(&mut self, len: usize) {
        self.calls.push_back(u32::try_from(len).unwrap_or(u32::MAX));
        self.datagrams += 1;
    }

    /// Takes the last `len` bytes, which are not cut yet, back.
    #[inline]
    pub(crate) fn retract(&mut self, len: usize) {
        self.bytes.truncate(self.bytes.len() - len);
    }

    /// Takes the last `len` bytes, which are not cut yet, out.
    #[inline]
    pub(crate) fn take_last(&mut self, len: usize) -> Vec<u8> {
        let at = self.bytes.len() - len;
        self.bytes.split_off(at)
    }

    /// Everything that is not written yet.
    #[inline]
    pub(crate) fn waiting_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..]
    }

    /// What is not written never will be.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.calls.clear();
        (self.start, self.datagrams) = (0, 0);
    }

    /// The waiting datagrams one after the other, and their lengths.
    #[inline]
    pub(crate) fn datagrams(&self) -> (&[u8], impl Iterator<Item = usize>) {
        (&self.bytes[self.start..], self.calls.iter().map(|len| *len as usize))
    }

    /// The next datagram has left, or never will; returns its length.
    #[inline]
    pub(crate) fn next_datagram(&mut self) -> usize {
        let Some(len) = self.calls.pop_front() else { return 0 };
        self.datagrams -= 1;
        self.start += len as usize;
        self.tidy_up();
        len as usize
    }

    /// The bytes of the next write call.
    #[inline]
    pub(crate) fn next_call(&self) -> &[u8] {
        let rest = &self.bytes[self.start..];
        match self.calls.front() {
            Some(len) => &rest[..(*len as usize).min(rest.len())],
            None => rest,
        }
    }

    /// The socket took this many bytes of the next write call.
    #[inline]
    pub(crate) fn wrote(&mut self, count: usize) {
        self.start += count;
        if let Some(len) = self.calls.front_mut() {
            *len -= count as u32;
            if *len == 0 {
                self.calls.pop_front();
            }
        }
        if self.start == self.bytes.len() {
            self.calls.clear();
        }
        self.tidy_up();
    }

    /// Gives the place of written bytes back.
    #[inline]
    fn tidy_up(&mut self) {
        if self.start == self.bytes.len() {
            self.bytes.clear();
            self.start = 0;
        } else if self.start >= 64 << 10 && self.start >= self.bytes.len() / 2 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_cuts_everything_goes_in_one_call() {
        let mut buffer = SendBuffer::default();
        buffer.buffer().extend_from_slice(b"abcdef");
        assert_eq!(buffer.next_call(), b"abcdef");
        buffer.wrote(2);
        assert_eq!(buffer.next_call(), b"cdef");
    }

    #[test]
    fn memory_is_given_back_once_all_is_written() {
        let mut buffer = SendBuffer::default();
        buffer.buffer().resize(1 << 20, 0);
        buffer.cut(1 << 20);
        buffer.wrote(1 << 19);
        buffer.trim();
        assert!(buffer.memory() > 1 << 20, "half of it waits");
        buffer.wrote(1 << 19);
        buffer.trim();
        assert_eq!((buffer.memory(), buffer.is_empty()), (0, true));
    }

    #[test]
    fn every_datagram_leaves_alone_and_empty_ones_leave_too() {
        let mut buffer = SendBuffer::default();
        for datagram in ["ab", "", "c", ""] {
            buffer.buffer().extend_from_slice(datagram.as_bytes());
            buffer.cut_datagram(datagram.len());
        }
        buffer.buffer().extend_from_slice(b"taken back");
        buffer.retract(10);
        let mut left = Vec::new();
        while !buffer.is_empty() {
            left.push(String::from_utf8_lossy(buffer.next_call()).into_owned());
            buffer.next_datagram();
        }
        assert_eq!(left, ["ab", "", "c", ""]);
        assert_eq!(buffer.len(), 0);
    }

    #[test]
    fn every_cut_is_a_call_even_after_a_short_write() {
        let mut buffer = SendBuffer::default();
        buffer.buffer().extend_from_slice(b"abcdef");
        buffer.cut(2);
        buffer.cut(4);
        buffer.wrote(1);
        assert_eq!(buffer.next_call(), b"b");
        buffer.wrote(1);
        assert_eq!(buffer.next_call(), b"cdef");
        buffer.wrote(4);
        assert!(buffer.is_empty());
        buffer.buffer().extend_from_slice(b"x");
        assert_eq!(buffer.next_call(), b"x");
    }
}
