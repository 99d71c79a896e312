//! Fuzzer's bytes taken apart from the front. What is not there any more is zero.

/// The bytes that are left.
pub(crate) struct Input<'a>(pub(crate) &'a [u8]);

impl<'a> Input<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next `len` bytes, or as many as are left.
    pub(crate) fn bytes(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        taken
    }

    pub(crate) fn u8(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    pub(crate) fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.array())
    }

    pub(crate) fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }

    /// A number whose first byte says how it is meant: small, near a power of two, or any.
    pub(crate) fn number(&mut self) -> u64 {
        match self.u8() {
            small @ 0..=0x7f => u64::from(small),
            power @ 0x80..=0xbf => (1 << (power & 63)) - 1 + u64::from(self.u8() & 3),
            0xc0..=0xdf => u64::from(self.u16()),
            _ => self.u64(),
        }
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        let taken = self.bytes(N);
        array[..taken.len()].copy_from_slice(taken);
        array
    }
}
