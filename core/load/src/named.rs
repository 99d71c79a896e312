//! Payloads that either side can make: a message that is one of them is told by its number alone.

use super::{PayloadAlphabet, Payloads, Sizes};

/// The longest payload that is named, in bytes. Whoever reads a name makes the bytes again, from a
/// pattern as long as the longest payload: that memory is the price of not copying.
const MAX_NAMED: u64 = 256 << 10;

/// Whose payloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// What the client asks.
    Requests,
    /// What the server may answer (`reply-payload`).
    Replies,
}

/// The seeded payloads of a round, as far as a message can be told by their number.
///
/// A payload is a function of the seed and its number, so both sides have the same ones, and to
/// compare a message with the payload of a number is to compare it with the bytes themselves.
#[derive(Clone, Debug, Default)]
pub struct NamedPayloads {
    requests: Option<Payloads>,
    replies: Option<Payloads>,
}

impl NamedPayloads {
    /// Those of a round. Payloads that come from a file are not among them, nor are long ones.
    pub fn new(
        seed: u64,
        requests: &Sizes,
        replies: Option<&Sizes>,
        alphabet: PayloadAlphabet,
    ) -> Self {
        let named = |sizes: &Sizes| {
            let longest = sizes.longest_seeded()?;
            (longest <= MAX_NAMED).then(|| Payloads::new(seed, sizes, alphabet, None))
        };
        Self { requests: named(requests), replies: replies.and_then(named) }
    }

    /// Those of a round whose payloads are made already; `replies`: where the server has its own.
    pub fn of(requests: &Payloads, replies: Option<&Payloads>) -> Self {
        let named = |payloads: &Payloads| {
            (payloads.longest_seeded()? <= MAX_NAMED).then(|| payloads.clone())
        };
        Self { requests: named(requests), replies: replies.and_then(named) }
    }

    /// Whether payloads of this source can be named.
    #[inline(always)]
    pub fn has(&self, source: Source) -> bool {
        match source {
            Source::Requests => self.requests.is_some(),
            Source::Replies => self.replies.is_some(),
        }
    }

    /// Whether `bytes` are the payload of exchange `n`.
    #[inline(always)]
    pub fn is(&mut self, source: Source, n: u64, bytes: &[u8]) -> bool {
        self.of_mut(source).is_some_and(|payloads| payloads.is(n, bytes))
    }

    /// The payload of exchange `n`; `None`: this source has none that can be named.
    #[inline]
    pub fn get(&mut self, source: Source, n: u64) -> Option<&[u8]> {
        self.of_mut(source).map(|payloads| payloads.get(n))
    }

    #[inline(always)]
    fn of_mut(&mut self, source: Source) -> Option<&mut Payloads> {
        match source {
            Source::Requests => self.requests.as_mut(),
            Source::Replies => self.replies.as_mut(),
        }
    }
}
