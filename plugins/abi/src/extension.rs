//! Extensions: tables that a plugin asks for by versioned id.

use crate::Cx;
use core::ffi::c_void;

/// The id of [`TimerV1`].
pub const EXTENSION_TIMER_V1: &str = "wirebench.timer/1";

/// The id of [`MailboxV1`].
pub const EXTENSION_MAILBOX_V1: &str = "wirebench.mailbox/1";

/// Timers of a session.
#[repr(C)]
pub struct TimerV1 {
    /// The size of this struct as the host knows it, in bytes.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// Calls the `timer` hook of `session` with `id` after `after_ns` nanoseconds. It replaces a
    /// timer of the session with the same id; `UINT64_MAX` cancels that. Loop thread.
    pub set: unsafe extern "C" fn(cx: *mut Cx, session: u32, id: u64, after_ns: u64) -> i32,
}

/// The way for a worker thread to reach the loop.
#[repr(C)]
pub struct MailboxV1 {
    /// The size of this struct as the host knows it, in bytes.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// Sets `*mailbox` to a handle. The plugin's until it gives it back with `release`; it may
    /// outlive the hook, not the side. Loop thread.
    pub open: unsafe extern "C" fn(cx: *mut Cx, mailbox: *mut *mut c_void) -> i32,
    /// Posts `len` bytes (at most 16 MiB) to `session`: its `mail` hook follows on the loop thread.
    /// A post for a session that is not open any more is dropped. **Any thread.**
    pub post: unsafe extern "C" fn(
        mailbox: *mut c_void,
        session: u32,
        bytes: *const u8,
        len: usize,
    ) -> i32,
    /// Gives a handle back; no call may use it afterwards. **Any thread.**
    pub release: unsafe extern "C" fn(mailbox: *mut c_void),
}
