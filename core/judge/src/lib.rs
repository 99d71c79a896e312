//! The judge: compares every received message with the ledger of what was handed over and gives
//! every message sent exactly one verdict.
//!
//! Pure: bytes in, verdicts out. The ledger is behind a trait: the one in memory that both
//! sides share is `ledger`, [`VecLedger`] serves tests and benches.
//!
//! [`StreamJudge`] judges one direction of one session whose transport keeps the order,
//! [`DatagramJudge`] one whose transport keeps the boundaries of messages; what they find is
//! gathered in the side's [`Findings`].

#![forbid(unsafe_code)]
#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

mod compare;
mod datagram;
mod evidence;
mod findings;
mod mismatch;
mod mutant;
mod mutants;
mod search;
mod stream;
mod touched;
mod vec_ledger;

pub use datagram::{DatagramJudge, Horizon};
pub use findings::Findings;
#[cfg(feature = "mutants")]
pub use mutant::Mutant;
pub use stream::StreamJudge;
pub use vec_ledger::VecLedger;

use serde::{Deserialize, Serialize};

/// What happened to one message that was handed over. Where several apply, the first of the order
/// unsendable, unjudged, corrupted, truncated, straddled, split, merged, reordered, duplicated,
/// intact; lost if nothing arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Arrived alone, whole and unchanged.
    Intact,
    /// A received message held it whole, together with others.
    Merged,
    /// It arrived in several received messages, none of which held anything else.
    Split,
    /// It arrived in pieces together with pieces of others.
    Straddled,
    /// Only its beginning arrived.
    Truncated,
    /// It arrived with other bytes.
    Corrupted,
    /// Nothing of it arrived.
    Lost,
    /// It arrived more than once.
    Duplicated,
    /// It arrived after a message that was sent later.
    Reordered,
    /// The framing cannot carry it.
    Unsendable,
    /// The judge could not decide.
    Unjudged,
}

/// How many verdicts there are.
pub const VERDICTS: usize = 11;

impl Verdict {
    /// All verdicts, in the order of the result document.
    pub const ALL: [Self; VERDICTS] = [
        Self::Intact,
        Self::Merged,
        Self::Split,
        Self::Straddled,
        Self::Truncated,
        Self::Corrupted,
        Self::Lost,
        Self::Duplicated,
        Self::Reordered,
        Self::Unsendable,
        Self::Unjudged,
    ];

    /// The word in tables, documents and gates.
    #[inline]
    pub fn word(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Merged => "merged",
            Self::Split => "split",
            Self::Straddled => "straddled",
            Self::Truncated => "truncated",
            Self::Corrupted => "corrupted",
            Self::Lost => "lost",
            Self::Duplicated => "duplicated",
            Self::Reordered => "reordered",
            Self::Unsendable => "unsendable",
            Self::Unjudged => "unjudged",
        }
    }
}

/// Verdict counts of one direction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Messages by verdict, indexed in the order of [`Verdict::ALL`].
    pub by_verdict: [u64; VERDICTS],
    /// Extra arrivals of messages that had arrived already.
    pub copies: u64,
    /// Datagrams that arrived after their horizon had passed (they count as lost).
    pub late: u64,
    /// Received bytes that were never sent.
    pub unexpected_bytes: u64,
    /// Received messages that hold nothing of any message sent (an empty one, for example, where
    /// none was due).
    #[serde(default)]
    pub unexpected_messages: u64,
}

impl Tally {
    /// Counts one message.
    #[inline]
    pub fn add(&mut self, verdict: Verdict) {
        self.by_verdict[verdict as usize] += 1;
    }

    /// Counts `n` messages of one verdict.
    #[inline]
    pub fn add_n(&mut self, verdict: Verdict, n: u64) {
        self.by_verdict[verdict as usize] += n;
    }

    /// The count of one verdict.
    #[inline]
    pub fn get(&self, verdict: Verdict) -> u64 {
        self.by_verdict[verdict as usize]
    }

    /// The sum over all verdicts: by the conservation law, the messages sent.
    #[inline]
    pub fn total(&self) -> u64 {
        self.by_verdict.iter().sum()
    }

    /// Everything but intact.
    #[inline]
    pub fn damaged(&self) -> u64 {
        self.total() - self.get(Verdict::Intact)
    }

    /// Adds another count to this one.
    #[inline]
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.by_verdict.iter_mut().zip(other.by_verdict) {
            *mine += theirs;
        }
        self.copies += other.copies;
        self.late += other.late;
        self.unexpected_bytes += other.unexpected_bytes;
        self.unexpected_messages += other.unexpected_messages;
    }
}

/// What the ledger says of one message, without its bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordHead {
    /// The connection it was sent on: a number that no other connection of the round has.
    pub session: u32,
    /// Length in bytes.
    pub len: u32,
    /// Its place among the messages of its session and direction, from 0.
    pub seq: u64,
    /// The first exchange it belongs to (0: unsolicited).
    pub exchange: u64,
    /// How many consecutive exchanges it belongs to (0: unsolicited).
    pub exchanges: u32,
    /// True when the exchange was started in the measured part of the round.
    pub measured: bool,
    /// When the handler handed it over.
    pub handed_over_ns: u64,
    /// When the message it answers was read from the socket (0: it answers none).
    pub cause_received_ns: u64,
    /// Where its frame starts in the session's sent bytes.
    pub wire_offset: u64,
    /// Length of its frame in bytes.
    pub wire_len: u32,
}

impl RecordHead {
    /// That of no message.
    pub const NONE: Self = Self {
        session: 0,
        len: 0,
        seq: 0,
        exchange: 0,
        exchanges: 0,
        measured: false,
        handed_over_ns: 0,
        cause_received_ns: 0,
        wire_offset: 0,
        wire_len: 0,
    };
}

/// A record and its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// What is known of it.
    pub head: RecordHead,
    /// What was handed over.
    pub payload: &'a [u8],
}

/// One direction's records of one session, oldest unresolved first. A record stands here before
/// the first of its bytes can arrive.
pub trait SessionLedger {
    /// The `k`-th unresolved record, if it has been handed over yet.
    fn peek(&mut self, k: usize) -> Option<Record<'_>>;

    /// The oldest unresolved record has its verdict; its memory may be reused.
    fn release(&mut self);

    /// Releases the oldest unresolved record if it is exactly `message`, and tells what it was.
    /// The usual case; a ledger may have a shorter way to it.
    #[inline]
    fn release_if(&mut self, message: &[u8]) -> Option<RecordHead> {
        let record = self.peek(0)?;
        if !compare::same(record.payload, message) {
            return None;
        }
        let head = record.head;
        self.release();
        Some(head)
    }
}

/// A message's final verdict, as it falls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The message.
    pub head: RecordHead,
    /// What happened to it.
    pub verdict: Verdict,
}

/// What the judge tells the receiver of one message, at once: whether it is intact, and the exchanges
/// it belongs to. The [`Verdict`]s of the messages sent fall separately, some of them later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// True when it is exactly one message that was sent, alone and unchanged.
    pub intact: bool,
    /// True when equal messages were awaited, so that it cannot be told which of them it is: its
    /// times are not to be measured. A stream keeps the order, so there it is always told.
    pub ambiguous: bool,
    /// The first exchange it belongs to (0: none could be told).
    pub exchange: u64,
    /// How many consecutive exchanges it covers.
    pub exchanges: u32,
    /// The highest exchange it belongs to (0: none could be told). Beyond the consecutive ones when
    /// exchanges of several sessions alternate: a stream keeps the order, so the message covers
    /// every exchange of its own session from `exchange` to this one.
    pub last_exchange: u64,
    /// True when the (first) message in it belongs to the measured part of the round.
    pub measured: bool,
    /// When the (first) message in it was handed over.
    pub handed_over_ns: u64,
    /// [`RecordHead::cause_received_ns`] of the (first) message in it.
    pub cause_received_ns: u64,
}

/// An anomaly with its evidence, for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anomaly {
    /// What happened.
    pub verdict: Verdict,
    /// The message it happened to.
    pub head: RecordHead,
    /// The first byte of the message that differs or is missing.
    pub offset: u64,
    /// Where in the message `expected` begins.
    #[serde(default)]
    pub shown_from: u64,
    /// Bytes of the message as handed over, around `offset` (at most 64).
    pub expected: Vec<u8>,
    /// Bytes of the received message, around the same place (at most 64).
    pub received: Vec<u8>,
    /// Length of the received message the verdict fell on.
    pub received_len: u64,
    /// When that message was read.
    pub received_ns: u64,
}
