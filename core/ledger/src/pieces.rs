//! The last writes of a side, kept in its region so that the other side can show in what
//! pieces a damaged message was written; and the same kind of log, private, for reads.

use super::region::Region;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use wirebench_measure::Piece;

/// Logs this side's writes.
#[derive(Debug)]
pub struct WriteLog {
    own: Arc<Region>,
    /// Writes, ever.
    count: u64,
}

impl WriteLog {
    /// Logs into `own`.
    #[inline]
    pub fn new(own: Arc<Region>) -> Self {
        Self { own, count: 0 }
    }

    /// Adds one write of `session`.
    #[inline]
    pub fn push(&mut self, session: u32, piece: Piece) {
        let words = [u64::from(session), piece.at, u64::from(piece.len), piece.time_ns];
        for (place, word) in self.own.piece(self.count).iter().zip(words) {
            place.store(word, Ordering::Relaxed);
        }
        self.count += 1;
        self.own.logged().store(self.count, Ordering::Release);
    }

    /// What is wrong with the log, if something is: somebody else has written to this side's memory.
    #[inline]
    pub fn own_corruption(&self) -> Option<String> {
        let logged = self.own.logged().load(Ordering::Acquire);
        (logged != self.count)
            .then(|| format!("it says that {logged} writes were logged, but {} were", self.count))
    }
}

/// The writes of `session` in `peer`'s log that overlap `[from, to)` of its stream (bytes), oldest
/// first, 16 at most. Empty when they have been overwritten, or not been logged yet.
#[inline]
pub fn written(peer: &Region, session: u32, from: u64, to: u64) -> Vec<Piece> {
    let count = peer.logged().load(Ordering::Acquire);
    let oldest = count.saturating_sub(peer.piece_slots());
    (oldest..count)
        .filter_map(|number| {
            let words = peer.piece(number).each_ref().map(|word| word.load(Ordering::Relaxed));
            let [of, at, len, time_ns] = words;
            let piece = Piece { at, len: len as u32, time_ns };
            (of == u64::from(session) && overlaps(&piece, from, to)).then_some(piece)
        })
        .take(MAX_SHOWN)
        .collect()
}

/// Pieces shown of one message at most.
const MAX_SHOWN: usize = 16;

fn overlaps(piece: &Piece, from: u64, to: u64) -> bool {
    piece.at < to && piece.at.saturating_add(u64::from(piece.len)) > from
}

/// Reads that are remembered.
const MAX_READS: usize = 1_024;

/// The last reads of a side.
#[derive(Debug, Default)]
pub struct ReadLog {
    pieces: VecDeque<(u32, Piece)>,
}

impl ReadLog {
    /// Adds one read of `session`.
    #[inline]
    pub fn push(&mut self, session: u32, piece: Piece) {
        if self.pieces.len() == MAX_READS {
            self.pieces.pop_front();
        }
        self.pieces.push_back((session, piece));
    }

    /// The reads of `session` that overlap `[from, to)` of its stream, oldest first.
    #[inline]
    pub fn read(&self, session: u32, from: u64, to: u64) -> Vec<Piece> {
        self.pieces
            .iter()
            .filter(|(of, piece)| *of == session && overlaps(piece, from, to))
            .map(|(_, piece)| *piece)
            .take(MAX_SHOWN)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Layout, Tables};
    use super::*;

    #[test]
    fn only_overlapping_pieces_of_the_session_are_shown() {
        let own = Region::in_memory_with(Layout::new(Tables::SHARED, 4_096));
        let mut log = WriteLog::new(Arc::clone(&own));
        for index in 0..10_000_u64 {
            log.push(1 + (index % 2) as u32, Piece { at: index * 10, len: 10, time_ns: index });
        }
        let shown = written(&own, 2, 99_955, 99_975);
        assert_eq!(shown.iter().map(|piece| piece.at).collect::<Vec<_>>(), [99_950, 99_970]);
        assert!(written(&own, 2, 0, 100).is_empty(), "overwritten long ago");
    }
}
