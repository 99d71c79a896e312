//! The last writes of a side, kept in its shared memory so that the other side can show in what
//! pieces a damaged message was written; and the same kind of log, private, for reads.

use super::region::{AT_PIECE_LOG, AT_PIECES, PIECE_BYTES, PIECE_SLOTS, Region};
use crate::measure::Piece;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Logs this side's writes.
#[derive(Debug)]
pub struct WriteLog {
    own: Arc<Region>,
    count: u64,
}

impl WriteLog {
    /// Logs into `own`.
    pub fn new(own: Arc<Region>) -> Self {
        Self { own, count: 0 }
    }

    /// Adds one write of `session`.
    #[inline]
    pub fn push(&mut self, session: u32, piece: Piece) {
        let at = slot(self.count);
        let words = [u64::from(session), piece.at, u64::from(piece.len), piece.time_ns];
        for (index, word) in words.into_iter().enumerate() {
            self.own.atomic(at + 8 * index).store(word, Ordering::Relaxed);
        }
        self.count += 1;
        self.own.atomic(AT_PIECES).store(self.count, Ordering::Release);
    }

    /// What is wrong with the log, if something is: somebody else has written to this side's memory.
    pub fn own_trouble(&self) -> Option<String> {
        let told = self.own.atomic(AT_PIECES).load(Ordering::Acquire);
        (told != self.count)
            .then(|| format!("it says that {told} writes were logged, but {} were", self.count))
    }
}

/// The writes of `session` in `peer`'s log that overlap `[from, to)` of its stream, oldest first.
/// Empty when they have been overwritten, or not been logged yet.
pub fn written(peer: &Region, session: u32, from: u64, to: u64) -> Vec<Piece> {
    let count = peer.atomic(AT_PIECES).load(Ordering::Acquire);
    let oldest = count.saturating_sub(PIECE_SLOTS as u64);
    (oldest..count)
        .filter_map(|index| {
            let word = |n: usize| peer.atomic(slot(index) + 8 * n).load(Ordering::Relaxed);
            let piece = Piece { at: word(1), len: word(2) as u32, time_ns: word(3) };
            (word(0) == u64::from(session) && overlaps(&piece, from, to)).then_some(piece)
        })
        .take(MOST_SHOWN)
        .collect()
}

/// Pieces shown of one message at most.
const MOST_SHOWN: usize = 16;

fn overlaps(piece: &Piece, from: u64, to: u64) -> bool {
    piece.at < to && piece.at.saturating_add(u64::from(piece.len)) > from
}

fn slot(count: u64) -> usize {
    AT_PIECE_LOG + (count % PIECE_SLOTS as u64) as usize * PIECE_BYTES
}

/// The last reads of a side.
#[derive(Debug, Default)]
pub struct ReadLog {
    pieces: VecDeque<(u32, Piece)>,
}

impl ReadLog {
    /// Adds one read of `session`.
    #[inline]
    pub fn push(&mut self, session: u32, piece: Piece) {
        if self.pieces.len() == 1_024 {
            self.pieces.pop_front();
        }
        self.pieces.push_back((session, piece));
    }

    /// The reads of `session` that overlap `[from, to)` of its stream, oldest first.
    pub fn read(&self, session: u32, from: u64, to: u64) -> Vec<Piece> {
        self.pieces
            .iter()
            .filter(|(of, piece)| *of == session && overlaps(piece, from, to))
            .map(|(_, piece)| *piece)
            .take(MOST_SHOWN)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::region;
    use super::*;

    #[test]
    fn only_overlapping_pieces_of_the_session_are_shown() {
        let fds = region::create(4_096).unwrap();
        let own = Arc::new(Region::map_owner(&fds.owner).unwrap());
        let mut log = WriteLog::new(Arc::clone(&own));
        for index in 0..10_000_u64 {
            log.push(1 + (index % 2) as u32, Piece { at: index * 10, len: 10, time_ns: index });
        }
        let shown = written(&own, 2, 99_955, 99_975);
        assert_eq!(shown.iter().map(|piece| piece.at).collect::<Vec<_>>(), [99_950, 99_970]);
        assert!(written(&own, 2, 0, 100).is_empty(), "overwritten long ago");
    }
}
