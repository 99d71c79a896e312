//! What is taken from the heap, by this program and by plugins in it: for a child process that
//! watches one framing at a time.
#![allow(unsafe_code)] // an allocator is unsafe by its trait; the C library is asked by a call

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};

static WATCHED: AtomicBool = AtomicBool::new(false);
static TAKEN: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);
/// Set by the first allocation: false in a program that does not use [`Counting`].
static IN_USE: AtomicBool = AtomicBool::new(false);

/// The system's allocator, which counts while somebody watches and is otherwise left alone.
pub struct Counting;

// SAFETY: every call goes to the system's allocator as it came; counting takes no memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size() as i64);
        // SAFETY: the caller's promises are the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size() as i64);
        // SAFETY: the caller's promises are the system's.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        note(-(layout.size() as i64));
        // SAFETY: the caller's promises are the system's.
        unsafe { System.dealloc(ptr, layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        note(new_size as i64 - layout.size() as i64);
        // SAFETY: the caller's promises are the system's.
        unsafe { System.realloc(ptr, layout, new_size) }
    }
}

#[inline]
fn note(bytes: i64) {
    if WATCHED.load(Relaxed) {
        let taken = TAKEN.fetch_add(bytes, Relaxed) + bytes;
        PEAK.fetch_max(taken, Relaxed);
    } else if !IN_USE.load(Relaxed) {
        IN_USE.store(true, Relaxed);
    }
}

/// The heap from one moment on.
#[derive(Debug, Default)]
pub struct HeapWatch {
    /// The plugin's allocator is not ours: the C library and the kernel are asked.
    foreign: bool,
    malloc_before: u64,
    /// The limit of the address space, while it is lowered.
    limit_before: Option<(u64, u64)>,
}

/// How much a foreign allocator may take from the system while it is watched, in bytes: what is
/// only held during a call cannot be seen otherwise. More makes its allocation fail.
const ROOM: u64 = 8 << 20;

impl HeapWatch {
    /// A watch; `foreign` when code with an allocator of its own is to be seen too.
    pub fn new(foreign: bool) -> Self {
        Self { foreign, ..Self::default() }
    }

    /// Counts from now on; false when this program has no [`Counting`] allocator.
    pub fn begin(&mut self) -> bool {
        self.give_room();
        if !IN_USE.load(Relaxed) {
            return false;
        }
        if self.foreign {
            self.malloc_before = malloc_in_use();
            self.take_room();
        }
        WATCHED.store(true, Relaxed);
        TAKEN.store(0, Relaxed);
        PEAK.store(0, Relaxed);
        true
    }

    /// The most bytes taken since [`begin`](Self::begin); of a foreign allocator, what is held now.
    pub fn peak(&mut self) -> u64 {
        WATCHED.store(false, Relaxed);
        self.give_room();
        let own = u64::try_from(PEAK.load(Relaxed)).unwrap_or(0);
        if !self.foreign {
            return own;
        }
        own.max(malloc_in_use().saturating_sub(self.malloc_before))
    }

    /// Lowers the limit of the address space. Where that is impossible, less is seen.
    fn take_room(&mut self) {
        let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_AS) else { return };
        let Some(reserved) = reserved() else { return };
        if setrlimit(Resource::RLIMIT_AS, (reserved + ROOM).min(hard), hard).is_ok() {
            self.limit_before = Some((soft, hard));
        }
    }

    fn give_room(&mut self) {
        if let Some((soft, hard)) = self.limit_before.take() {
            // It was the limit before, so it is allowed.
            let _ = setrlimit(Resource::RLIMIT_AS, soft, hard);
        }
    }
}

impl Drop for HeapWatch {
    fn drop(&mut self) {
        self.give_room();
    }
}

/// Bytes that the C library's allocator has given out.
#[cfg(target_env = "gnu")]
fn malloc_in_use() -> u64 {
    // SAFETY: it takes nothing and fills a structure that it returns.
    let info = unsafe { libc::mallinfo2() };
    (info.uordblks + info.hblkhd) as u64
}

#[cfg(not(target_env = "gnu"))]
fn malloc_in_use() -> u64 {
    0
}

/// The size of this process's address space in bytes.
fn reserved() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmSize:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib << 10)
}
