//! Resynchronisation after a mismatch: where in the records the received bytes go on.
//!
//! A record that comes later, or the rest of the one that is due, is recognised by its first
//! eight bytes (taken from the records after it when it is shorter) and then by all its bytes that
//! the received message can hold. A [`Window`] holds those first eight bytes, so that a received
//! message is searched in one pass.

use super::SessionLedger;
use super::compare::{EVIDENCE, word};
use super::mutant::{self, Mutant};

/// How many records ahead are considered.
const RECORDS: usize = 64;
/// How many bytes ahead, from the end of the oldest record; the next record is always considered.
const BYTES: usize = 1 << 20;
/// Records that are read only to complete the first eight bytes of those before them.
const EXTRA: usize = 8;

/// Bounds the work on one received message: bytes that may still be looked at in vain.
pub(super) struct Budget(usize);

impl Budget {
    #[inline]
    pub(super) fn new(message_len: usize) -> Self {
        Self(message_len.saturating_mul(16).saturating_add(4096))
    }

    /// False when there is nothing left for work on `bytes` more.
    fn spend(&mut self, bytes: usize) -> bool {
        match self.0.checked_sub(bytes) {
            Some(left) => {
                self.0 = left;
                true
            }
            None => {
                self.0 = 0;
                false
            }
        }
    }
}

/// A point in the stream of records at which the received bytes go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ResumePoint {
    /// Which unresolved record.
    pub(super) record: usize,
    /// Where in it.
    pub(super) offset: usize,
}

#[derive(Clone, Copy)]
struct Start {
    point: ResumePoint,
    key: u64,
}

/// The first bytes of the records ahead.
pub(super) struct Window {
    starts: [Start; RECORDS + 2],
    len: usize,
    filter: [u64; 16],
}

impl Window {
    /// Looks at the records after the oldest. `resume` are places within the oldest record at
    /// which it may go on.
    pub(super) fn new(ledger: &mut impl SessionLedger, resume: &[usize]) -> Self {
        let mut heads = [(0u64, 0usize); RECORDS + EXTRA];
        let (mut count, mut bytes) = (0, 0usize);
        while count < heads.len() && bytes <= BYTES {
            let Some(record) = ledger.peek(count + 1) else { break };
            heads[count] = (word(record.payload), record.payload.len());
            bytes = bytes.saturating_add(record.payload.len());
            count += 1;
        }
        let heads = &heads[..count];

        let blank = Start { point: ResumePoint { record: 0, offset: 0 }, key: 0 };
        let mut window = Self { starts: [blank; RECORDS + 2], len: 0, filter: [0; 16] };
        for &offset in resume.iter().take(2) {
            let Some(record) = ledger.peek(0) else { break };
            let rest = record.payload.get(offset..).unwrap_or_default();
            let own = (word(rest), rest.len());
            window.add(ResumePoint { record: 0, offset }, own, heads);
        }
        let records = mutant::unless(Mutant::LooksOneRecordTooFewAhead, RECORDS, RECORDS - 1);
        for (index, head) in heads.iter().take(records).enumerate() {
            window.add(ResumePoint { record: index + 1, offset: 0 }, *head, &heads[index + 1..]);
        }
        window
    }

    /// The point whose bytes stand at the start of `received`.
    #[inline]
    pub(super) fn at_start(
        &self,
        ledger: &mut impl SessionLedger,
        received: &[u8],
        budget: &mut Budget,
    ) -> Option<ResumePoint> {
        let key = word(received.first_chunk::<EVIDENCE>()?);
        if self.may_hold(key) { self.lookup(ledger, key, received, budget) } else { None }
    }

    /// The first index of `received`, from `from` on, at which a point's bytes stand.
    pub(super) fn find(
        &self,
        ledger: &mut impl SessionLedger,
        received: &[u8],
        from: usize,
        budget: &mut Budget,
    ) -> Option<(usize, ResumePoint)> {
        let last = received.len().checked_sub(EVIDENCE)?;
        for at in from..=last {
            if !budget.spend(1) {
                return None;
            }
            let key = word(&received[at..]);
            if self.may_hold(key)
                && let Some(point) = self.lookup(ledger, key, &received[at..], budget)
            {
                return Some((at, point));
            }
        }
        None
    }

    /// Adds a point whose own bytes begin with `own` (first bytes, length), if there are eight
    /// bytes from there on.
    fn add(&mut self, point: ResumePoint, own: (u64, usize), after: &[(u64, usize)]) {
        let (mut key, mut have) = own;
        if have == 0 {
            return;
        }
        for &(bytes, len) in after {
            if have >= EVIDENCE {
                break;
            }
            key |= bytes << (8 * have);
            have += len.min(EVIDENCE);
        }
        if have < EVIDENCE {
            return;
        }
        self.starts[self.len] = Start { point, key };
        self.len += 1;
        let (index, bit) = slot(key);
        self.filter[index] |= bit;
    }

    fn may_hold(&self, key: u64) -> bool {
        let (index, bit) = slot(key);
        self.filter[index] & bit != 0
    }

    fn lookup(
        &self,
        ledger: &mut impl SessionLedger,
        key: u64,
        received: &[u8],
        budget: &mut Budget,
    ) -> Option<ResumePoint> {
        for start in self.starts[..self.len].iter().filter(|start| start.key == key) {
            let record = ledger.peek(start.point.record)?;
            let expected = record.payload.get(start.point.offset..).unwrap_or_default();
            let both = expected.len().min(received.len());
            if !budget.spend(both) {
                return None;
            }
            if expected[..both] == received[..both] {
                return Some(start.point);
            }
        }
        None
    }
}

/// Where the filter keeps a key: one of 1,024 bits.
fn slot(key: u64) -> (usize, u64) {
    let hash = key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54;
    ((hash >> 6) as usize, 1 << (hash & 63))
}
