//! Which part of a region stands where.
//!
//! | offset | what |
//! |---|---|
//! | 0 | magic number, bytes of the ring |
//! | 64 | position up to which the ring has been published |
//! | 128 | position up to which this side has released the *other* side's ring |
//! | 192 | sessions announced, ever; pieces logged, ever; connections accepted, ever |
//! | 256 | breadcrumb of the plugin hook under way, and of a batch the message |
//! | 4096 | announcement table |
//! | … | piece log |
//! | … | how far each session of the other side has been read |
//! | … | ring of ledger records |
//!
//! What the two sides write all the time has a cache line of its own.

use wirebench_link::LOCK_STEP_SESSIONS;

/// Bytes of one announcement: key and session.
const ANNOUNCEMENT: usize = 16;

/// Bytes of one logged piece: session, offset, length, time.
const PIECE: usize = 32;

/// Bytes of a session's progress.
const PROGRESS: usize = 8;

/// The smallest ring: a pad, and a record that fits behind it.
const SMALLEST_RING: usize = 256;

/// How many entries the tables of a region have, each a power of two. What comes later overwrites
/// the oldest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tables {
    /// Announced connections that may wait to be looked at.
    pub announcements: usize,
    /// Writes that are remembered.
    pub pieces: usize,
    /// Sessions that may go in lock-step at the same time.
    pub progress: usize,
}

impl Tables {
    /// Those of two sides that are processes.
    pub const SHARED: Self =
        Self { announcements: 16_384, pieces: 4_096, progress: LOCK_STEP_SESSIONS };

    /// Those of a simulation, which is played with few sessions and messages: so small that a
    /// million regions can be made and zeroed in a second or two.
    pub const SMALL: Self = Self { announcements: 64, pieces: 64, progress: 64 };
}

/// The sizes of a region's parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    tables: Tables,
    ring_bytes: usize,
}

impl Layout {
    /// Where the announcement table stands, in every layout.
    pub(super) const ANNOUNCEMENTS_AT: usize = 4_096;

    /// A ring of at least `ring_bytes` (and 256). All sizes are rounded up to a power of two.
    pub const fn new(tables: Tables, ring_bytes: usize) -> Self {
        let tables = Tables {
            announcements: tables.announcements.next_power_of_two(),
            pieces: tables.pieces.next_power_of_two(),
            progress: tables.progress.next_power_of_two(),
        };
        let ring_bytes = if ring_bytes < SMALLEST_RING { SMALLEST_RING } else { ring_bytes };
        Self { tables, ring_bytes: ring_bytes.next_power_of_two() }
    }

    /// The layout with these tables that takes `size` bytes in all. `None`: there is none.
    #[inline]
    pub fn of_size(tables: Tables, size: usize) -> Option<Self> {
        let ring_bytes = size.checked_sub(Self::new(tables, 0).ring_at())?;
        let layout = Self::new(tables, ring_bytes);
        (layout.ring_bytes == ring_bytes).then_some(layout)
    }

    /// Bytes of the whole region.
    pub const fn size(&self) -> usize {
        self.ring_at() + self.ring_bytes
    }

    /// Bytes of the ring: a power of two.
    pub const fn ring_bytes(&self) -> usize {
        self.ring_bytes
    }

    pub(super) const fn tables(&self) -> Tables {
        self.tables
    }

    pub(super) const fn pieces_at(&self) -> usize {
        Self::ANNOUNCEMENTS_AT + self.tables.announcements * ANNOUNCEMENT
    }

    pub(super) const fn progress_at(&self) -> usize {
        self.pieces_at() + self.tables.pieces * PIECE
    }

    pub(super) const fn ring_at(&self) -> usize {
        // Records are aligned to a cache line, however small the tables are.
        (self.progress_at() + self.tables.progress * PROGRESS).next_multiple_of(64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_is_known_by_its_size_and_no_other_size_is_one() {
        for tables in [Tables::SHARED, Tables::SMALL] {
            let layout = Layout::new(tables, 5_000);
            assert_eq!((layout.ring_bytes(), layout.tables()), (8_192, tables));
            assert_eq!(Layout::of_size(tables, layout.size()), Some(layout));
            for size in [0, 4_096, layout.ring_at(), layout.ring_at() + 128, layout.size() - 1] {
                assert_eq!(Layout::of_size(tables, size), None, "{size}");
            }
        }
    }

    #[test]
    fn any_tables_are_rounded_up_and_leave_the_ring_on_a_cache_line() {
        let tables = Tables { announcements: 1, pieces: 3, progress: 0 };
        let layout = Layout::new(tables, 0);
        assert_eq!(layout.tables(), Tables { announcements: 1, pieces: 4, progress: 1 });
        assert_eq!((layout.ring_at() % 64, layout.ring_bytes()), (0, SMALLEST_RING));
    }
}
