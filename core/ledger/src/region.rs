//! The view of one side's memory: written by that side, read by the other and by the supervisor.
//!
//! Whoever is not the owner treats every value in it as hostile: positions and lengths are checked
//! against the size of the region before use, and nothing read from it is ever used as a pointer.
//! What was overwritten costs the round, which names its owner.
//!
//! What stands where: see [`Layout`].

#![allow(unsafe_code)] // Reading memory that others write, through raw pointers.

use super::breadcrumb::Breadcrumb;
use super::layout::{Layout, Tables};
use super::memory::{ALIGNMENT, Heap, Memory};
use super::record::HEADER_WORDS;
use std::mem::offset_of;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const MAGIC: u64 = u64::from_le_bytes(*b"wbench01");

/// Something that has its cache line for itself.
#[repr(C, align(64))]
#[derive(Debug)]
struct Line<T>(T);

/// What stands before the tables.
#[repr(C)]
#[derive(Debug)]
struct Control {
    /// Magic number and bytes of the ring.
    format: Line<[AtomicU64; 2]>,
    published: Line<AtomicU64>,
    released: Line<AtomicU64>,
    /// Sessions announced, pieces logged, and connections accepted.
    counts: Line<[AtomicU64; 3]>,
    breadcrumb: Line<Breadcrumb>,
}

const _: () = {
    assert!(offset_of!(Control, published) == 64);
    assert!(offset_of!(Control, released) == 128);
    assert!(offset_of!(Control, counts) == 192);
    assert!(offset_of!(Control, breadcrumb) == 256);
    assert!(size_of::<Line<Breadcrumb>>() == 64);
    assert!(size_of::<Control>() <= Layout::ANNOUNCEMENTS_AT);
    assert!(align_of::<Control>() <= ALIGNMENT);
};

/// A table whose entries are used in turn, without end.
#[derive(Debug)]
struct Table<const WORDS: usize> {
    first: NonNull<[AtomicU64; WORDS]>,
    /// The number of entries, a power of two, minus 1.
    mask: u64,
}

impl<const WORDS: usize> Table<WORDS> {
    /// # Safety
    ///
    /// `entries` entries stand at `first`, aligned to 8, for as long as the table is used.
    unsafe fn new(first: NonNull<u8>, entries: usize) -> Self {
        assert!(entries.is_power_of_two());
        Self { first: first.cast(), mask: entries as u64 - 1 }
    }

    /// The entry that `number` falls on.
    #[inline(always)]
    fn entry(&self, number: u64) -> &[AtomicU64; WORDS] {
        // SAFETY: inside the table, whose entries are a power of two; aligned; and atomics may be
        // shared with other processes. Stores through a read-only view would fault; only owners
        // store.
        unsafe { self.first.add((number & self.mask) as usize).as_ref() }
    }
}

/// A view of one side's region.
///
/// All access goes by pointers and sizes that are set when it is made, whatever the memory is.
#[derive(Debug)]
pub struct Region {
    control: NonNull<Control>,
    ring: NonNull<u8>,
    ring_bytes: usize,
    writable: bool,
    announcements: Table<2>,
    pieces: Table<4>,
    progress: Table<1>,
    /// Kept for its end alone.
    _memory: Box<dyn Memory>,
}

// SAFETY: the memory stays valid until `drop`; all concurrent access goes through atomics or
// through copies whose content is treated as hostile.
unsafe impl Send for Region {}
// SAFETY: see above; `&Region` gives access to atomics and to bytes only.
unsafe impl Sync for Region {}

impl Region {
    /// A new region in the memory of this process, with a ring of at least `ring_bytes` (rounded up
    /// to a power of two) and [small](Tables::SMALL) tables. The same view serves the owner and the
    /// readers; its memory is freed with the last of them.
    ///
    /// A region is made anew and never reset: with small tables, zeroing all of it costs no more
    /// than keeping account of what was touched.
    #[inline]
    pub fn in_memory(ring_bytes: usize) -> Arc<Self> {
        Self::in_memory_with(Layout::new(Tables::SMALL, ring_bytes))
    }

    /// [`in_memory`](Self::in_memory), with any layout.
    #[inline]
    pub fn in_memory_with(layout: Layout) -> Arc<Self> {
        Arc::new(Self::create(Box::new(Heap::zeroed(layout.size())), layout))
    }

    /// Makes an empty region of `memory`, which is writable and zeroed and not smaller than the
    /// layout.
    #[inline]
    pub fn create(memory: Box<dyn Memory>, layout: Layout) -> Self {
        assert!(memory.is_writable(), "a region is made by its owner");
        let region = Self::over(memory, layout);
        let [magic, ring_bytes] = &region.control().format.0;
        ring_bytes.store(layout.ring_bytes() as u64, Ordering::Relaxed);
        magic.store(MAGIC, Ordering::Release);
        region
    }

    /// The view of a region that was [made](Self::create) in `memory`, which is not smaller than the
    /// layout. `None`: it holds none.
    #[inline]
    pub fn open(memory: Box<dyn Memory>, layout: Layout) -> Option<Self> {
        let region = Self::over(memory, layout);
        let [magic, _] = &region.control().format.0;
        (magic.load(Ordering::Acquire) == MAGIC).then_some(region)
    }

    fn over(memory: Box<dyn Memory>, layout: Layout) -> Self {
        let (base, tables) = (memory.base(), layout.tables());
        assert!(memory.size() >= layout.size());
        assert!((base.as_ptr() as usize).is_multiple_of(ALIGNMENT));
        // SAFETY: all parts stand behind each other inside the memory (checked), which stays where
        // it is as long as the view keeps it. Each is aligned: the base is to a cache line
        // (checked), and the parts' sizes are multiples of 8.
        unsafe {
            Self {
                control: base.cast(),
                ring: base.add(layout.ring_at()),
                ring_bytes: layout.ring_bytes(),
                writable: memory.is_writable(),
                announcements: Table::new(base.add(Layout::ANNOUNCEMENTS_AT), tables.announcements),
                pieces: Table::new(base.add(layout.pieces_at()), tables.pieces),
                progress: Table::new(base.add(layout.progress_at()), tables.progress),
                _memory: memory,
            }
        }
    }

    /// Size of the ring in bytes (a power of two).
    #[inline]
    pub fn ring_bytes(&self) -> usize {
        self.ring_bytes
    }

    /// The breadcrumb of this region's owner.
    #[inline]
    pub fn breadcrumb(&self) -> &Breadcrumb {
        &self.control().breadcrumb.0
    }

    #[inline(always)]
    fn control(&self) -> &Control {
        // SAFETY: inside the memory, aligned, and made of atomics only, for which every bit pattern
        // is valid and which may be shared with other processes. Stores through a read-only view
        // would fault; only owners store.
        unsafe { self.control.as_ref() }
    }

    /// The position up to which the ring has been published.
    #[inline(always)]
    pub(super) fn published(&self) -> &AtomicU64 {
        &self.control().published.0
    }

    /// The position up to which the owner has released the other side's ring.
    #[inline(always)]
    pub(super) fn released(&self) -> &AtomicU64 {
        &self.control().released.0
    }

    /// How many sessions were announced, ever.
    #[inline(always)]
    pub(super) fn announced(&self) -> &AtomicU64 {
        &self.control().counts.0[0]
    }

    /// How many pieces were logged, ever.
    #[inline(always)]
    pub(super) fn logged(&self) -> &AtomicU64 {
        &self.control().counts.0[1]
    }

    /// How many connections its owner has accepted, ever.
    #[inline(always)]
    pub(super) fn admitted(&self) -> &AtomicU64 {
        &self.control().counts.0[2]
    }

    /// The announcement of this number: key and session.
    #[inline(always)]
    pub(super) fn announcement(&self, number: u64) -> &[AtomicU64; 2] {
        self.announcements.entry(number)
    }

    /// How many announcements there is room for.
    #[inline]
    pub(super) fn announcement_slots(&self) -> u64 {
        self.announcements.mask + 1
    }

    /// The logged piece of this number: session, offset, length, time.
    #[inline(always)]
    pub(super) fn piece(&self, number: u64) -> &[AtomicU64; 4] {
        self.pieces.entry(number)
    }

    /// How many logged pieces there is room for.
    #[inline]
    pub(super) fn piece_slots(&self) -> u64 {
        self.pieces.mask + 1
    }

    /// Where it is told how far the owner has read this session.
    #[inline(always)]
    pub(super) fn progress(&self, session: u32) -> &AtomicU64 {
        &self.progress.entry(session.into())[0]
    }

    /// The ring's bytes `[at, at + len)`, which must not wrap.
    #[inline(always)]
    pub(super) fn ring(&self, at: usize, len: usize) -> &[u8] {
        assert!(at <= self.ring_bytes && len <= self.ring_bytes - at);
        // SAFETY: inside the memory (checked). A well-behaved owner never touches what it has
        // published and not been told is released; if a misbehaving one does, a comparison of
        // these bytes comes out wrong, and nothing else depends on them.
        unsafe { std::slice::from_raw_parts(self.ring.add(at).as_ptr(), len) }
    }

    /// The header words at `at` in the ring, as the owner wrote them.
    #[inline(always)]
    pub(super) fn header(&self, at: usize) -> [u64; HEADER_WORDS] {
        assert!(at.is_multiple_of(8) && at + 8 * HEADER_WORDS <= self.ring_bytes);
        // SAFETY: inside the memory (checked) and aligned (checked; the ring starts on a cache
        // line). Each word is read once; whatever it holds is a valid number.
        unsafe { self.ring.add(at).cast::<[u64; HEADER_WORDS]>().read_volatile() }
    }

    /// Writes header words at `at` in the ring. Owners only.
    #[inline(always)]
    pub(super) fn write_header(&self, at: usize, words: [u64; HEADER_WORDS]) {
        assert!(self.writable && at.is_multiple_of(8));
        assert!(at + 8 * HEADER_WORDS <= self.ring_bytes);
        // SAFETY: inside the writable memory and aligned (checked above).
        unsafe { self.ring.add(at).cast::<[u64; HEADER_WORDS]>().write(words) }
    }

    /// Copies `bytes` into the ring at `at`. Owners only.
    #[inline(always)]
    pub(super) fn write_ring(&self, at: usize, bytes: &[u8]) {
        assert!(self.writable && at <= self.ring_bytes && bytes.len() <= self.ring_bytes - at);
        // SAFETY: inside the writable memory (checked); `bytes` is a borrow of other memory or of
        // released ring bytes, so the ranges do not overlap.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.ring.add(at).as_ptr(), bytes.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InBatch;

    #[test]
    fn a_reader_sees_what_the_owner_wrote() {
        let owner = Region::in_memory(4_096);
        let reader = Arc::clone(&owner);
        owner.write_ring(10, b"hello");
        assert_eq!(reader.ring(10, 5), b"hello");
    }

    #[test]
    fn no_part_of_a_region_lies_in_another() {
        for tables in [Tables::SMALL, Tables { announcements: 1, pieces: 1, progress: 1 }] {
            let region = Region::in_memory_with(Layout::new(tables, 256));
            let mut words: Vec<&AtomicU64> = vec![region.published(), region.released()];
            words.extend([region.announced(), region.logged(), region.admitted()]);
            words.extend((0..tables.announcements as u64).flat_map(|n| region.announcement(n)));
            words.extend((0..tables.pieces as u64).flat_map(|n| region.piece(n)));
            words.extend((0..tables.progress as u32).map(|session| region.progress(session)));
            for (number, word) in (1..).zip(&words) {
                word.store(number, Ordering::Relaxed);
            }
            region.write_ring(0, &[0xFF; 256]);
            region.breadcrumb().enter(7);
            region.breadcrumb().fail_at(8, Some(InBatch { index: 1, count: 2 }));
            region.breadcrumb().leave();
            region.breadcrumb().enter_batch(9, 3).store(2, Ordering::Relaxed);
            for (number, word) in (1..).zip(&words) {
                assert_eq!(word.load(Ordering::Relaxed), number);
            }
            assert_eq!((region.breadcrumb().failed(), region.ring(0, 256)), (8, &[0xFF; 256][..]));
        }
    }

    #[test]
    fn tables_go_round_and_have_as_many_entries_as_they_say() {
        let region = Region::in_memory(4_096);
        assert_eq!(region.announcement_slots(), Tables::SMALL.announcements as u64);
        assert_eq!(region.piece_slots(), Tables::SMALL.pieces as u64);
        region.piece(3)[0].store(9, Ordering::Relaxed);
        assert_eq!(region.piece(region.piece_slots() + 3)[0].load(Ordering::Relaxed), 9);
        assert_eq!(region.piece(u64::MAX)[0].load(Ordering::Relaxed), 0);
    }

    #[test]
    fn memory_that_holds_no_region_is_not_taken_for_one() {
        let layout = Layout::new(Tables::SMALL, 4_096);
        assert!(Region::open(Box::new(Heap::zeroed(layout.size())), layout).is_none());
    }

    #[test]
    #[should_panic(expected = "memory.size() >= layout.size()")]
    fn memory_that_is_too_small_is_refused() {
        let layout = Layout::new(Tables::SMALL, 4_096);
        Region::create(Box::new(Heap::zeroed(layout.size() - 1)), layout);
    }
}
