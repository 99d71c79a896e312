//! Messages that were handed over and may not be encoded yet.

use crate::{Framing, Gate, Nanos};
use std::collections::VecDeque;

/// One of them.
#[derive(Debug)]
pub struct Held<T> {
    /// The message.
    pub message: Box<[u8]>,
    /// What its sender knows of it.
    pub origin: T,
}

/// All of a connection's, in the order in which they go.
#[derive(Debug)]
pub struct HeldBack<T> {
    messages: VecDeque<Held<T>>,
    bytes: usize,
}

impl<T> Default for HeldBack<T> {
    fn default() -> Self {
        Self { messages: VecDeque::new(), bytes: 0 }
    }
}

impl<T> HeldBack<T> {
    /// What one costs besides its bytes: its entry, and what the allocator adds.
    const OVERHEAD: usize = size_of::<Held<T>>() + 32;

    /// A message that is handed over at `now` has to wait: for others, or for the framing's gate.
    #[inline(always)]
    pub fn must_wait(&self, framing: &dyn Framing, now: Nanos) -> bool {
        !self.is_empty() || framing.gate(now) != Gate::Open
    }

    /// Keeps one.
    #[inline]
    pub fn push(&mut self, message: &[u8], origin: T) {
        self.bytes += message.len() + Self::OVERHEAD;
        self.messages.push_back(Held { message: message.into(), origin });
    }

    /// The message that may be encoded at `now`.
    #[inline]
    pub fn due(&self, framing: &dyn Framing, now: Nanos) -> Option<&[u8]> {
        let first = self.messages.front()?;
        (framing.gate(now) == Gate::Open).then_some(&*first.message)
    }

    /// When the framing's gate opens by itself, if anything waits for that.
    #[inline]
    pub fn opens_at(&self, framing: &dyn Framing, now: Nanos) -> Option<Nanos> {
        if self.is_empty() {
            return None;
        }
        match framing.gate(now) {
            Gate::Until(time) => Some(time),
            Gate::Open | Gate::Blocked => None,
        }
    }

    /// Takes the first out.
    #[inline]
    pub fn pop(&mut self) -> Option<Held<T>> {
        let held = self.messages.pop_front()?;
        self.bytes -= held.message.len() + Self::OVERHEAD;
        Some(held)
    }

    /// Takes all of them out.
    #[inline]
    pub fn take(&mut self) -> VecDeque<Held<T>> {
        std::mem::take(self).messages
    }

    /// True when nothing waits.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// How many wait.
    #[inline]
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Their bytes, each with its overhead.
    #[inline(always)]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Bytes of memory that it takes.
    #[inline]
    pub fn memory(&self) -> usize {
        self.bytes + (self.messages.capacity() - self.messages.len()) * size_of::<Held<T>>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::encode;
    use crate::{Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter};

    /// Lets a message through, and none for ten nanoseconds after it.
    struct Gapped(Nanos);

    impl Framing for Gapped {
        fn capabilities(&self) -> Capabilities {
            Capabilities::marked(Alphabet::Bytes, u64::MAX)
        }

        fn gate(&self, now: Nanos) -> Gate {
            if now < self.0 { Gate::Until(self.0) } else { Gate::Open }
        }

        fn encode(
            &mut self,
            now: Nanos,
            payload: &[u8],
            out: &mut FrameWriter<'_>,
        ) -> Result<(), EncodeError> {
            self.0 = now + 10;
            out.payload(payload);
            Ok(())
        }

        fn feed(&mut self, _: Nanos, _: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
            Ok(())
        }
    }

    #[test]
    fn messages_wait_for_the_gate_and_for_each_other() {
        let mut framing = Gapped(0);
        let mut held = HeldBack::default();
        let mut bytes = Vec::new();
        assert!(!held.must_wait(&framing, 0));
        encode(&mut framing, 0, b"at once", &mut bytes, usize::MAX).expect("it fits");
        assert!(held.must_wait(&framing, 0), "the gap is not over");
        assert_eq!(held.opens_at(&framing, 0), None, "nothing waits for it");
        held.push(b"one", 1);
        held.push(b"two", 2);
        let opens = held.opens_at(&framing, 0).expect("the gap ends");
        assert_eq!(held.due(&framing, opens - 1), None);
        assert_eq!(held.due(&framing, opens), Some(&b"one"[..]));
        assert!(held.must_wait(&framing, opens), "behind those that wait");
        assert_eq!(held.pop().map(|one| one.origin), Some(1));
        assert_eq!(held.take().iter().map(|one| one.origin).collect::<Vec<_>>(), [2]);
        assert!(held.is_empty());
    }

    #[test]
    fn what_they_hold_is_counted() {
        let mut held = HeldBack::default();
        held.push(b"", 0_u64);
        let empty = held.bytes();
        assert!(empty > size_of::<Held<u64>>(), "a message of no bytes has a price");
        held.push(b"abc", 0);
        assert_eq!((held.bytes(), held.len()), (2 * empty + 3, 2));
        assert!(held.memory() >= held.bytes());
        held.pop();
        assert_eq!(held.bytes(), empty + 3);
        held.take();
        assert_eq!((held.bytes(), held.len(), held.memory()), (0, 0, 0));
    }
}
