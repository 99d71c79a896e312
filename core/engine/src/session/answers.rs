//! How much of what waits to be written is the framing's own: answers that the peer has asked for.

use std::collections::VecDeque;

/// Stretches of a connection's outgoing stream that a framing has sent by itself and that are not
/// written yet.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// Where each begins and ends, in order. Neighbours are one.
    stretches: VecDeque<(u64, u64)>,
    bytes: u64,
}

impl Answers {
    /// The framing has sent the bytes from `from` to `to` of the stream.
    #[inline]
    pub(crate) fn add(&mut self, from: u64, to: u64) {
        self.bytes += to - from;
        match self.stretches.back_mut() {
            Some((_, end)) if *end == from => *end = to,
            _ => self.stretches.push_back((from, to)),
        }
    }

    /// Bytes of them that are not written when the stream is, up to `written`.
    #[inline]
    pub(crate) fn unwritten(&mut self, written: u64) -> u64 {
        while let Some((from, to)) = self.stretches.front_mut() {
            let gone = (*to).min(written).saturating_sub(*from);
            self.bytes -= gone;
            *from += gone;
            if *from < *to {
                break;
            }
            self.stretches.pop_front();
        }
        self.bytes
    }

    /// Bytes of memory that it takes.
    #[inline]
    pub(crate) fn memory(&self) -> usize {
        self.stretches.capacity() * size_of::<(u64, u64)>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_written_counts() {
        let mut answers = Answers::default();
        answers.add(10, 14);
        answers.add(14, 20);
        answers.add(100, 103);
        assert_eq!(answers.stretches.len(), 2, "neighbours are one");
        assert_eq!(answers.unwritten(0), 13);
        assert_eq!(answers.unwritten(10), 13);
        assert_eq!(answers.unwritten(12), 11);
        assert_eq!(answers.unwritten(60), 3);
        assert_eq!(answers.unwritten(103), 0);
        assert!(answers.stretches.is_empty());
    }
}
