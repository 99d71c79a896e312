//! Copies of the bytes of records that the ledger has released, to recognise what comes again.

use std::collections::VecDeque;

/// Bytes in a row; taken in at one end and dropped at the other.
#[derive(Debug, Default)]
pub(super) struct Copies {
    bytes: VecDeque<u8>,
    /// Bytes dropped so far.
    dropped: u64,
}

impl Copies {
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Takes `bytes` in and says where they stand.
    #[inline]
    pub(super) fn push(&mut self, bytes: &[u8]) -> u64 {
        let at = self.dropped + self.bytes.len() as u64;
        self.bytes.extend(bytes);
        at
    }

    /// Drops the oldest `count` bytes.
    #[inline]
    pub(super) fn drop_oldest(&mut self, count: usize) {
        let count = count.min(self.bytes.len());
        self.bytes.drain(..count);
        self.dropped += count as u64;
    }

    /// Puts the `len` bytes that stand at `at` into `out`, in place of what it held; none, if they were dropped.
    pub(super) fn read(&self, at: u64, len: usize, out: &mut Vec<u8>) {
        out.clear();
        let Some(from) = at.checked_sub(self.dropped).map(|from| from as usize) else { return };
        if from.checked_add(len).is_some_and(|to| to <= self.bytes.len()) {
            let (one, other) = self.bytes.as_slices();
            let head = one.get(from..).unwrap_or_default();
            let head = &head[..head.len().min(len)];
            out.extend_from_slice(head);
            let behind = from.saturating_sub(one.len());
            out.extend_from_slice(&other[behind..behind + len - head.len()]);
        }
    }

    /// True when `bytes` stand at `at`.
    #[inline]
    pub(super) fn hold(&self, at: u64, bytes: &[u8]) -> bool {
        let Some(from) = at.checked_sub(self.dropped) else { return false };
        let from = from as usize;
        let Some(to) = from.checked_add(bytes.len()).filter(|to| *to <= self.bytes.len()) else {
            return false;
        };
        let (one, other) = self.bytes.as_slices();
        if from >= one.len() {
            return other[from - one.len()..to - one.len()] == *bytes;
        }
        let (head, tail) = bytes.split_at(bytes.len().min(one.len() - from));
        one[from..from + head.len()] == *head && other[..tail.len()] == *tail
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_found_wherever_the_queue_wraps() {
        let mut copies = Copies::default();
        let (mut held, mut read) = (VecDeque::new(), Vec::new());
        for n in 0..2_000_usize {
            let bytes: Vec<u8> = (0..n % 23).map(|k| (n * 7 + k * 3) as u8).collect();
            held.push_back((copies.push(&bytes), bytes));
            if held.len() > 9 {
                let (_, oldest) = held.pop_front().unwrap();
                copies.drop_oldest(oldest.len());
            }
            for (at, bytes) in &held {
                assert!(copies.hold(*at, bytes));
                copies.read(*at, bytes.len(), &mut read);
                assert_eq!(&read, bytes);
                let mut other = bytes.clone();
                if let Some(last) = other.last_mut() {
                    *last ^= 1;
                    assert!(!copies.hold(*at, &other));
                }
            }
        }
        assert!(copies.len() <= 9 * 22);
    }

    #[test]
    fn what_is_dropped_or_not_there_yet_is_not_held() {
        let mut copies = Copies::default();
        let at = copies.push(b"abc");
        assert!(copies.hold(at, b"ab") && !copies.hold(at, b"abcd") && !copies.hold(at + 9, b""));
        copies.drop_oldest(1);
        assert!(!copies.hold(at, b"a") && copies.hold(at + 1, b"bc"));
    }
}
