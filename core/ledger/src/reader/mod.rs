//! The reading end of the ledger: finds each session's records in the other side's ring, and
//! releases ring memory in order.
//!
//! Records of all sessions stand in the ring in the order they were handed over, but arrive in
//! any order across sessions. So the reader queues record positions per session as it walks the
//! ring. Ring memory is released from the tail on; a slow session's record that blocks the tail
//! is copied to the heap, up to [`HEAP_LIMIT`] bytes in all. Beyond that the other side has to wait.
//!
//! Most rounds need none of that: the next record in the ring is the one that has arrived. As long
//! as nothing is queued, that record is looked at in place (the *front*, or the front *run* of named
//! messages) and released by moving on.

mod queues;
mod release;
mod session;
#[cfg(test)]
mod tests;
mod unreleased;
mod walk;

pub use queues::ORPHANED;
pub use release::HEAP_LIMIT;
pub use session::SessionRecords;

use super::region::Region;
use queues::Queues;
use std::cell::OnceCell;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use unreleased::Unreleased;
use walk::{Front, FrontRun};
use wirebench_link::Fault;
use wirebench_load::NamedPayloads;

/// Reads the other side's ring, record by record in the order of each session.
#[derive(Debug)]
pub struct LedgerReader {
    own: Arc<Region>,
    peer: Arc<Region>,
    /// Position up to which the ring has been read: queued, or released at once.
    position: u64,
    /// Position up to which the ring has been released.
    tail: u64,
    /// What the other side has been told of `tail`.
    published_tail: u64,
    /// Position up to which the other side has published its ring, as last read.
    head: u64,
    /// The record at `position`, looked at in place and not queued.
    front: Option<Front>,
    /// The run at `position`, likewise. While there is one, nothing is queued.
    run: FrontRun,
    /// What records may name.
    named: NamedPayloads,
    /// What is read and not released.
    unreleased: Unreleased,
    queues: Queues,
    /// What the moved records take, [`HEAP_LIMIT`] at most.
    heap_bytes: usize,
    /// First exchange and count of what the other side has reported as damaged.
    damage: Vec<(u64, u32)>,
    faults: Vec<Fault>,
    /// Why nothing more is read. A cell: it is set while a look borrows the rest.
    broken: OnceCell<String>,
}

impl LedgerReader {
    /// Reads `peer`'s ring, whose records may name what is `named`; publishes in `own` what has been
    /// released.
    pub fn new(own: Arc<Region>, peer: Arc<Region>, named: NamedPayloads) -> Self {
        Self {
            own,
            peer,
            position: 0,
            tail: 0,
            published_tail: 0,
            head: 0,
            front: None,
            run: FrontRun::NONE,
            named,
            unreleased: Unreleased::default(),
            queues: Queues::new(),
            heap_bytes: 0,
            damage: Vec::new(),
            faults: Vec::new(),
            broken: OnceCell::new(),
        }
    }

    /// One session's records.
    #[inline(always)]
    pub fn session(&mut self, session: u32) -> SessionRecords<'_> {
        self.queues.heard_of(session);
        SessionRecords { reader: self, session }
    }

    /// The session has ended: what is left of its records, and what still comes, is
    /// [`ORPHANED`].
    pub fn forget(&mut self, session: u32) {
        self.front = None;
        if self.run.left > 0 {
            self.queue_next();
        }
        let unreleased = &mut self.unreleased;
        self.queues.end(session, |entry| {
            if entry.moved.is_none() {
                unreleased.assign(entry.order, ORPHANED);
            }
        });
    }

    /// What records may name, to be compared with.
    #[inline(always)]
    pub fn named_mut(&mut self) -> &mut NamedPayloads {
        &mut self.named
    }

    /// True when records of [`ORPHANED`] wait for their verdict.
    #[inline]
    pub fn has_orphaned(&self) -> bool {
        self.queues.has_orphaned()
    }

    /// Queues everything published so far, and moves what blocks more than half the ring to the heap.
    pub fn catch_up(&mut self) {
        self.front = None;
        // Who publishes without end must not keep us here.
        let until = self.published();
        while self.position != until && self.queue_next().is_some() {}
        let half = self.peer.ring_bytes() as u64 / 2;
        if self.position - self.tail > half {
            self.move_to_heap(half);
        }
        self.publish_released();
    }

    /// [`catch_up`](Self::catch_up), but only when more than half the ring is unreleased.
    #[inline]
    pub fn free_tail(&mut self) {
        let head = self.peer.published().load(Ordering::Relaxed);
        if head.wrapping_sub(self.tail) > self.peer.ring_bytes() as u64 / 2 {
            self.catch_up();
        }
    }

    /// True when every record published so far has its verdict.
    pub fn all_resolved(&mut self) -> bool {
        self.catch_up();
        self.queues.entries() == 0
    }

    /// Exchanges that the other side reported as damaged since the last call: first and count.
    pub fn take_damage(&mut self) -> Vec<(u64, u32)> {
        std::mem::take(&mut self.damage)
    }

    /// True when [`take_damage`](Self::take_damage) would return something.
    #[inline]
    pub fn has_damage(&self) -> bool {
        !self.damage.is_empty()
    }

    /// What the other side's link has done since the last call.
    pub fn take_faults(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.faults)
    }

    /// The sessions that still have unresolved records, for the end of a round.
    pub fn unfinished(&mut self) -> Vec<u32> {
        self.catch_up();
        self.queues.unfinished()
    }

    /// What was wrong with the other side's ring, if something was: a sentence for a person. Nothing is
    /// read after that.
    #[inline]
    pub fn broken(&self) -> Option<&str> {
        self.broken.get().map(String::as_str)
    }

    /// What is wrong with what this side says to have read, if something is: somebody else has
    /// written to its memory.
    pub fn own_corruption(&self) -> Option<String> {
        let (published, known) = (self.own.released().load(Ordering::Acquire), self.published_tail);
        (published != known)
            .then(|| format!("it says that {published} bytes were read, but {known} were"))
    }
}
