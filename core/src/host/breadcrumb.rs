//! Which hook of a plugin is running: written by the side, read by whoever watches it.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// A call into a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Hook {
    /// A handler's instance is made.
    Create = 1,
    /// A handler's instance is freed.
    Destroy = 2,
    /// A session begins.
    Open = 3,
    /// A message arrived.
    Message = 4,
    /// An exchange begins.
    Start = 5,
    /// A timer is due.
    Timer = 6,
    /// A mailbox post arrived.
    Mail = 7,
    /// There is room again.
    Writable = 8,
    /// A session ends.
    Close = 9,
    /// A framing makes a frame.
    Encode = 10,
    /// A framing looks at bytes that were read.
    Feed = 11,
    /// A framing looks at what is left at the end of input.
    EndOfInput = 12,
    /// A framing's deadline passed.
    Timeout = 13,
}

/// The name of a hook id in a [`Crumb`]; `None` when no hook runs or the id means nothing.
pub fn hook_name(id: u32) -> Option<&'static str> {
    const NAMES: [&str; 13] = [
        "create",
        "destroy",
        "open",
        "message",
        "start",
        "timer",
        "mail",
        "writable",
        "close",
        "encode",
        "feed",
        "end-of-input",
        "timeout",
    ];
    NAMES.get((id as usize).checked_sub(1)?).copied()
}

impl Hook {
    /// The hook's name.
    pub fn name(self) -> &'static str {
        hook_name(self as u32).expect("every hook has a name")
    }
}

/// The last hook that a side called. It may lie in memory that another process reads: every field
/// is an atomic, and all bit patterns are legal. One thread writes.
#[repr(C)]
#[derive(Debug, Default)]
pub struct Breadcrumb {
    hook: AtomicU32,
    session: AtomicU32,
    hooks_called: AtomicU64,
}

/// A [`Breadcrumb`] at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// The hook that is running (see [`hook_name`]); 0: none.
    pub hook: u32,
    /// The session it was called for; `u32::MAX`: none.
    pub session: u32,
    /// How many hooks have returned.
    pub hooks_called: u64,
}

impl Breadcrumb {
    /// No hook was called.
    pub const fn new() -> Self {
        Self {
            hook: AtomicU32::new(0),
            session: AtomicU32::new(wirebench_abi::NO_SESSION),
            hooks_called: AtomicU64::new(0),
        }
    }

    /// What it says now. The three fields are read one after another, so they may belong to
    /// neighbouring hooks.
    pub fn read(&self) -> Crumb {
        Crumb {
            hook: self.hook.load(Relaxed),
            session: self.session.load(Relaxed),
            hooks_called: self.hooks_called.load(Relaxed),
        }
    }

    /// Notes that `hook` runs from now on.
    #[inline]
    pub(super) fn enter(&self, hook: Hook, session: u32) {
        self.session.store(session, Relaxed);
        self.hook.store(hook as u32, Relaxed);
    }

    /// Notes that the hook returned.
    #[inline]
    pub(super) fn leave(&self) {
        self.hook.store(0, Relaxed);
        self.count();
    }

    /// Notes that a framing's `hook` runs; what ran before (a handler's hook that sends) is to be
    /// given to [`leave_for`](Self::leave_for).
    #[inline]
    pub(super) fn enter_within(&self, hook: Hook) -> u32 {
        let outer = self.hook.load(Relaxed);
        self.hook.store(hook as u32, Relaxed);
        outer
    }

    /// Goes back to what ran before.
    #[inline]
    pub(super) fn leave_for(&self, outer: u32) {
        self.hook.store(outer, Relaxed);
        self.count();
    }

    #[inline]
    fn count(&self) {
        // One writer: no need for the price of a locked addition.
        self.hooks_called.store(self.hooks_called.load(Relaxed).wrapping_add(1), Relaxed);
    }
}
