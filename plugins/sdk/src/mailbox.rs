//! The way for a worker thread to reach the loop.
#![allow(unsafe_code)] // calls through the host's table

use std::ffi::c_void;
use std::sync::Arc;
use wirebench_abi as abi;

/// Posts bytes to a session from any thread: its `mail` hook follows on the loop thread. Clones
/// share one handle.
#[derive(Clone)]
pub struct Mailbox(Arc<Handle>);

struct Handle {
    table: &'static abi::MailboxV1,
    raw: *mut c_void,
}

// SAFETY: the interface allows `post` and `release` from any thread.
unsafe impl Send for Handle {}
// SAFETY: as above; `post` may run on several threads at once.
unsafe impl Sync for Handle {}

impl Mailbox {
    /// Posts to `session`. False when it was not taken: longer than 16 MiB. A post for a session
    /// that is closed by then is dropped.
    pub fn post(&self, session: u32, bytes: &[u8]) -> bool {
        let Handle { table, raw } = *self.0;
        // SAFETY: the handle is ours until it is released in `drop`; the host copies the bytes.
        let answer = unsafe { (table.post)(raw, session, bytes.as_ptr(), bytes.len()) };
        answer == abi::status::OK
    }

    /// Takes over a handle.
    ///
    /// # Safety
    /// `raw` was made by `table` and belongs to the caller.
    pub(crate) unsafe fn from_raw(table: &'static abi::MailboxV1, raw: *mut c_void) -> Self {
        Self(Arc::new(Handle { table, raw }))
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle is ours and nothing uses it afterwards.
        unsafe { (self.table.release)(self.raw) };
    }
}

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailbox")
    }
}
