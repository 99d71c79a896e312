//! Memory that is used again.

/// Buffers kept at most.
const MOST: usize = 64;

/// Bytes of memory that they take together at most, unless there is only one.
const MAX_BYTES: usize = 8 << 20;

/// Buffers of connections that have nothing unread.
#[derive(Debug, Default)]
pub(crate) struct Spare {
    buffers: Vec<Vec<u8>>,
    bytes: usize,
}

impl Spare {
    /// One that was kept.
    #[inline]
    pub(crate) fn take(&mut self) -> Option<Vec<u8>> {
        let buffer = self.buffers.pop()?;
        self.bytes -= buffer.capacity();
        Some(buffer)
    }

    /// Keeps one, or frees it where there are enough.
    #[inline]
    pub(crate) fn keep(&mut self, buffer: Vec<u8>) {
        let bytes = self.bytes + buffer.capacity();
        let fits = self.buffers.is_empty() || self.buffers.len() < MOST && bytes <= MAX_BYTES;
        if fits && buffer.capacity() > 0 {
            self.bytes = bytes;
            self.buffers.push(buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_buffers_are_not_collected() {
        let mut spare = Spare::default();
        for _ in 0..10 {
            spare.keep(vec![0; 32 << 20]);
        }
        assert_eq!(spare.buffers.len(), 1, "one is used again, however large");
        spare.take();
        for _ in 0..1_000 {
            spare.keep(vec![0; 64 << 10]);
        }
        assert_eq!((spare.buffers.len(), spare.bytes), (64, 4 << 20));
        while spare.take().is_some() {}
        assert_eq!(spare.bytes, 0);
    }
}
