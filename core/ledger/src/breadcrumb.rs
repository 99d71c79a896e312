//! The call into a plugin that is under way: written by the region's owner, read by whoever watches
//! it, also after the owner has crashed.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The calls of a side. It may lie in memory that another process reads: every field is an atomic,
/// and all bit patterns are legal. One thread writes.
///
/// A call is one number, never 0, that means something to the caller alone.
#[repr(C)]
#[derive(Debug, Default)]
pub struct Breadcrumb {
    running: AtomicU64,
    hooks_called: AtomicU64,
    failed: AtomicU64,
}

impl Breadcrumb {
    /// Nothing was called.
    pub const fn new() -> Self {
        Self {
            running: AtomicU64::new(0),
            hooks_called: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }
    }

    /// The call that is under way, or 0.
    #[inline]
    pub fn running(&self) -> u64 {
        self.running.load(Relaxed)
    }

    /// The first call that broke its plugin, so that it must not be called any more, or 0.
    #[inline]
    pub fn failed(&self) -> u64 {
        self.failed.load(Relaxed)
    }

    /// How many calls have returned.
    #[inline]
    pub fn hooks_called(&self) -> u64 {
        self.hooks_called.load(Relaxed)
    }

    /// Notes that a call is made which stands in no other.
    #[inline]
    pub fn enter(&self, call: u64) {
        self.running.store(call, Relaxed);
    }

    /// Notes that it has returned.
    #[inline]
    pub fn leave(&self) {
        self.leave_for(0);
    }

    /// Notes that a call is made that may stand in another (a framing's, in a handler's hook that
    /// sends); returns that one, which [`leave_for`](Self::leave_for) wants back.
    #[inline]
    pub fn enter_within(&self, call: u64) -> u64 {
        let outer = self.running.load(Relaxed);
        self.running.store(call, Relaxed);
        outer
    }

    /// Goes back to what ran before.
    #[inline]
    pub fn leave_for(&self, outer: u64) {
        self.running.store(outer, Relaxed);
        // One writer: no need for the price of a locked addition.
        self.hooks_called.store(self.hooks_called.load(Relaxed).wrapping_add(1), Relaxed);
    }

    /// Notes that this call broke its plugin. The first one stays.
    #[cold]
    pub fn fail(&self, call: u64) {
        if self.failed.load(Relaxed) == 0 {
            self.failed.store(call, Relaxed);
        }
    }
}
