//! Explaining a mismatch: what happened where the received bytes are not those of the next record.
//!
//! The first explanation that fits is taken:
//!
//! 1. A record ahead begins right here: those before it were lost; one already begun is truncated.
//! 2. The whole message has the length of the whole record: corrupted. The verdict waits for the
//!    next message, for when that one *is* the record, this one was never sent.
//! 3. The next record follows exactly where this one should end (by eight bytes, or by all that
//!    are left): corrupted in its place.
//! 4. A record ahead, or the rest of this one, begins later in the message. What stands before it
//!    takes the place of whole records (their lengths add up, or eight bytes in a row agree): these
//!    are corrupted in their places. Otherwise it is the beginning of this record (truncated), and
//!    what is not was never sent. Bytes that were never sent in the middle of a record, in one
//!    message with it, corrupt it.
//! 5. The message ends where the record ends, or eight bytes in a row agree in their place:
//!    corrupted in its place.
//! 6. The bytes were never sent; eight or more that agree at their beginning are still the
//!    record's.
//!
//! Rule 1 stands before rule 2 because messages of one size are the common load: if equal length
//! decided, one lost message would make all later ones corrupted.

use super::SessionLedger;
use super::compare::{EVIDENCE, agree_somewhere, common_prefix, is_evidence};
use super::mutant::{self, Mutant};
use super::search::Window;
use super::stream::{MatchState, StreamJudge};

/// How many empty records in a row are looked past.
const EMPTY_IN_A_ROW: usize = 64;

impl StreamJudge {
    /// Explains some of the bytes that are next in the message, or moves the cursor to a record
    /// that they fit.
    pub(super) fn mismatch<L: SessionLedger>(&mut self, state: &mut MatchState<'_, L>) {
        let rest = state.rest();
        let Some(record) = state.ledger.peek(0) else { return state.unexpected(rest.len()) };
        let expected = record.payload.get(self.covered..).unwrap_or_default();
        if expected.is_empty() {
            return self.mismatch_at_empty(state);
        }
        let left = expected.len();
        let equal = common_prefix(expected, rest);
        let resembles = agree_somewhere(&expected[equal..], &rest[equal..]);
        let window = (rest.len() >= EVIDENCE)
            .then(|| Window::new(state.ledger, &[self.covered, self.covered + equal]));

        let here = window
            .as_ref()
            .and_then(|window| window.at_start(state.ledger, rest, &mut state.budget));
        let equally_long = state.at == 0 && self.covered == 0 && rest.len() == left;
        if let Some(point) = here
            && point.record > 0
            && !(equally_long && mutant::active(Mutant::AsksForEqualLengthFirst))
        {
            return self.skip(state, point.record);
        }
        if equally_long {
            return self.suspect(state, equal);
        }
        if rest.len() > left && follows(state.ledger, &rest[left..]) {
            return self.corrupt(state, left, equal);
        }
        let later = window
            .as_ref()
            .and_then(|window| window.find(state.ledger, rest, 1, &mut state.budget));
        match later {
            Some((found, point)) if point.record > 0 => {
                let in_place =
                    found == self.bytes_before(state, point.record) || (found > left && resembles);
                if in_place && found >= left {
                    return self.corrupt(state, left, equal);
                }
                let own = if equal >= found { found } else { believable(equal) };
                self.begin(state, own);
                state.unexpected(found - own);
                self.skip(state, point.record);
            }
            Some((found, point)) if found > point.offset - self.covered => {
                // The rest of this record, after bytes that were never sent.
                let own = point.offset - self.covered;
                if own > 0 {
                    self.mark_corrupted(state, equal);
                    self.begin(state, own);
                }
                state.unexpected(found - own);
            }
            _ if rest.len() == left || resembles => {
                self.corrupt(state, left.min(rest.len()), equal);
            }
            _ => {
                let own = believable(equal);
                self.begin(state, own);
                state.unexpected(rest.len() - own);
            }
        }
    }

    /// The oldest record is empty and the received bytes are not.
    fn mismatch_at_empty<L: SessionLedger>(&mut self, state: &mut MatchState<'_, L>) {
        let rest = state.rest();
        let is_empty = |ledger: &mut L, k| ledger.peek(k).is_some_and(|r| r.payload.is_empty());
        let mut empty = 1;
        while empty < EMPTY_IN_A_ROW && is_empty(state.ledger, empty) {
            empty += 1;
        }
        // Too many to look past are given up, so that the walk goes on.
        if empty == EMPTY_IN_A_ROW || begins(state.ledger, empty, rest) {
            return self.skip(state, empty);
        }
        let window = Window::new(state.ledger, &[]);
        match window.find(state.ledger, rest, 0, &mut state.budget) {
            Some((found, point)) => {
                state.unexpected(found);
                self.skip(state, point.record);
            }
            None => state.unexpected(rest.len()),
        }
    }

    /// The message goes on with `bytes` of the oldest record, which are not its last.
    fn begin<L: SessionLedger>(&mut self, state: &mut MatchState<'_, L>, bytes: usize) {
        if bytes > 0 {
            self.cover(state, bytes);
        }
    }

    /// How many bytes lie between the cursor and the start of record `records`.
    fn bytes_before<L: SessionLedger>(
        &self,
        state: &mut MatchState<'_, L>,
        records: usize,
    ) -> usize {
        let lengths = (0..records).map_while(|k| state.ledger.peek(k).map(|r| r.payload.len()));
        lengths.sum::<usize>().saturating_sub(self.covered)
    }
}

/// As many equal bytes as are evidence, or none.
fn believable(equal: usize) -> usize {
    if is_evidence(equal) { equal } else { 0 }
}

/// True when `received` begins with record `k`, or is its beginning.
fn begins(ledger: &mut impl SessionLedger, k: usize, received: &[u8]) -> bool {
    ledger.peek(k).is_some_and(|record| {
        let both = record.payload.len().min(received.len());
        both > 0 && record.payload[..both] == received[..both]
    })
}

/// True when `received` goes on with the records after the oldest, for eight bytes or to its end.
fn follows(ledger: &mut impl SessionLedger, received: &[u8]) -> bool {
    let mut wanted = &received[..received.len().min(EVIDENCE)];
    for k in 1..=2 * EVIDENCE {
        if wanted.is_empty() {
            return true;
        }
        let Some(record) = ledger.peek(k) else { return false };
        let both = record.payload.len().min(wanted.len());
        if record.payload[..both] != wanted[..both] {
            return false;
        }
        wanted = &wanted[both..];
    }
    wanted.is_empty()
}
