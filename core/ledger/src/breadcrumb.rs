//! The call into a plugin that is under way: written by the region's owner, read by whoever watches
//! it, also after the owner has crashed.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The calls of a side. It may lie in memory that another process reads: every field is an atomic,
/// and all bit patterns are legal. One thread writes.
///
/// A call is one number, never 0, that means something to the caller alone.
///
/// A call that is about several messages is a *batch*. The plugin itself notes there which of them it is
/// at, so that place holds whatever a plugin may write, at any time.
#[repr(C)]
#[derive(Debug, Default)]
pub struct Breadcrumb {
    running: AtomicU64,
    returned: AtomicU64,
    failed: AtomicU64,
    /// Where a plugin says which message of the batch it is at.
    at: AtomicU64,
    /// How many messages the batch has; 0: none is under way, and what stands in `at` means nothing.
    count: AtomicU64,
    failed_at: AtomicU64,
    failed_count: AtomicU64,
}

/// One message of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InBatch {
    /// Which one, from 0; less than `count`.
    pub index: u64,
    /// How many messages the batch has.
    pub count: u64,
}

impl InBatch {
    /// `at` is as a plugin says it, so it may be any number: one too large means the last message.
    #[inline]
    fn new(at: &AtomicU64, count: &AtomicU64) -> Option<Self> {
        let count = count.load(Relaxed);
        let last = count.checked_sub(1)?;
        Some(Self { index: at.load(Relaxed).min(last), count })
    }
}

impl Breadcrumb {
    /// Nothing was called.
    pub const fn new() -> Self {
        Self {
            running: AtomicU64::new(0),
            returned: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            at: AtomicU64::new(0),
            count: AtomicU64::new(0),
            failed_at: AtomicU64::new(0),
            failed_count: AtomicU64::new(0),
        }
    }

    /// The call that is under way, or 0.
    #[inline]
    pub fn running(&self) -> u64 {
        self.running.load(Relaxed)
    }

    /// Which message of a batch is under way.
    #[inline]
    pub fn in_batch(&self) -> Option<InBatch> {
        InBatch::new(&self.at, &self.count)
    }

    /// The first call that broke its plugin, so that it must not be called any more, or 0.
    #[inline]
    pub fn failed(&self) -> u64 {
        self.failed.load(Relaxed)
    }

    /// Which message of a batch that call was at.
    #[inline]
    pub fn failed_in_batch(&self) -> Option<InBatch> {
        InBatch::new(&self.failed_at, &self.failed_count)
    }

    /// How many calls have returned. Each message of a batch counts as one.
    #[inline]
    pub fn hooks_called(&self) -> u64 {
        let of_batch = self.in_batch().map_or(0, |message| message.index);
        self.returned.load(Relaxed).wrapping_add(of_batch)
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
        self.add_returned(1);
    }

    /// Notes that a call is made that stands in no other and is about `count` messages, and that the
    /// first of them is under way. Returns the place where the plugin is to say it of the others.
    #[inline]
    pub fn enter_batch(&self, call: u64, count: u64) -> &AtomicU64 {
        self.at.store(0, Relaxed);
        self.count.store(count, Relaxed);
        self.running.store(call, Relaxed);
        &self.at
    }

    /// Notes that it has returned, which counts as so many calls.
    #[inline]
    pub fn leave_batch(&self, calls: u64) {
        self.running.store(0, Relaxed);
        self.count.store(0, Relaxed);
        self.add_returned(calls);
    }

    /// Notes that this call broke its plugin. The first one stays.
    #[cold]
    pub fn fail(&self, call: u64) {
        self.fail_at(call, None);
    }

    /// The same of a call that may be a batch: at which of its messages.
    #[cold]
    pub fn fail_at(&self, call: u64, message: Option<InBatch>) {
        if self.failed.load(Relaxed) == 0 {
            let InBatch { index, count } = message.unwrap_or(InBatch { index: 0, count: 0 });
            self.failed_at.store(index, Relaxed);
            self.failed_count.store(count, Relaxed);
            self.failed.store(call, Relaxed);
        }
    }

    #[inline]
    fn add_returned(&self, calls: u64) {
        // One writer: no need for the price of a locked addition.
        self.returned.store(self.returned.load(Relaxed).wrapping_add(calls), Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_of_a_batch_counts_as_a_call_while_it_runs_and_afterwards() {
        let crumb = Breadcrumb::new();
        crumb.enter(7);
        crumb.leave();
        let at = crumb.enter_batch(7, 3);
        for index in 0..3 {
            at.store(index, Relaxed);
            assert_eq!(crumb.in_batch(), Some(InBatch { index, count: 3 }));
            assert_eq!(crumb.hooks_called(), 1 + index);
        }
        crumb.leave_batch(3);
        assert_eq!((crumb.running(), crumb.in_batch(), crumb.hooks_called()), (0, None, 4));
    }

    #[test]
    fn whatever_a_plugin_writes_names_a_message_that_there_is() {
        let crumb = Breadcrumb::new();
        let at = crumb.enter_batch(7, 3);
        at.store(u64::MAX, Relaxed);
        assert_eq!(crumb.in_batch(), Some(InBatch { index: 2, count: 3 }));
        assert_eq!(crumb.hooks_called(), 2);
        crumb.leave_batch(3);
        at.store(u64::MAX, Relaxed);
        assert_eq!((crumb.in_batch(), crumb.hooks_called()), (None, 3));
    }

    #[test]
    fn a_batch_begins_with_its_first_message_wherever_the_last_one_ended() {
        let crumb = Breadcrumb::new();
        crumb.enter_batch(7, 3).store(2, Relaxed);
        crumb.leave_batch(3);
        crumb.enter_batch(7, 2);
        assert_eq!(crumb.in_batch(), Some(InBatch { index: 0, count: 2 }));
    }

    #[test]
    fn the_message_that_broke_its_plugin_stays() {
        let crumb = Breadcrumb::new();
        let message = InBatch { index: 1, count: 3 };
        crumb.fail_at(7, Some(message));
        crumb.fail(8);
        crumb.enter_batch(9, 64).store(5, Relaxed);
        assert_eq!((crumb.failed(), crumb.failed_in_batch()), (7, Some(message)));
    }
}
