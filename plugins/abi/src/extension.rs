//! Extensions: tables that a plugin asks for by versioned id.

use crate::{Bytes, Cx};
use core::ffi::c_void;

/// The id of [`TimerV1`].
pub const EXTENSION_TIMER_V1: &str = "wirebench.timer/1";

/// The id of [`MailboxV1`].
pub const EXTENSION_MAILBOX_V1: &str = "wirebench.mailbox/1";

/// The id of [`CountV1`].
pub const EXTENSION_COUNT_V1: &str = "wirebench.count/1";

/// The id of [`PlaceV1`].
pub const EXTENSION_PLACE_V1: &str = "wirebench.place/1";

/// The id of [`PendingV1`].
pub const EXTENSION_PENDING_V1: &str = "wirebench.pending/1";

/// The id of [`KeptV1`].
pub const EXTENSION_KEPT_V1: &str = "wirebench.kept/1";

/// The id of [`TroubleV1`].
pub const EXTENSION_TROUBLE_V1: &str = "wirebench.trouble/1";

/// The id of [`RoomV1`].
pub const EXTENSION_ROOM_V1: &str = "wirebench.room/1";

/// The id of [`RandomV1`].
pub const EXTENSION_RANDOM_V1: &str = "wirebench.random/1";

/// Which directory [`PlaceV1::get`] is asked for.
pub mod place {
    /// An empty directory of this side and round; the host removes it with everything in it, however
    /// the round ends.
    pub const SCRATCH: u32 = 0;
    /// The directory of the scenario's file: what relative paths in a configuration start from.
    pub const SCENARIO: u32 = 1;
}

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

/// Counts by kind, for the round's result.
#[repr(C)]
pub struct CountV1 {
    /// The size of this struct as the host knows it, in bytes.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// Counts `n` more of `kind`: at most 64 bytes of small letters, digits and `-`. `example` is
    /// text for people; the first one of a kind is kept. With `n` 0 it only declares the kind: a
    /// scenario may limit kinds that were declared inside `create`. A side keeps at most 64 kinds.
    /// Loop thread.
    pub add: unsafe extern "C" fn(
        cx: *mut Cx,
        kind: *const u8,
        kind_len: usize,
        n: u64,
        example: *const u8,
        example_len: usize,
    ) -> i32,
}

/// Directories that a handler may use.
#[repr(C)]
pub struct PlaceV1 {
    /// The size of this struct as the host knows it, in bytes.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// Sets `*out` to the absolute path of a directory. `which` is a value of [`place`]. Answers
    /// `UNSUPPORTED` where there is none, as while a configuration is only checked. The bytes are
    /// the host's and stay as they are as long as the instance lives. Loop thread.
    pub get: unsafe extern "C" fn(cx: *mut Cx, which: u32, out: *mut Bytes) -> i32,
}

/// What a session still has to do for its peer.
#[repr(C)]
pub struct PendingV1 {
    /// The size of this struct as the host knows it, in bytes.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// Says whether something that the peer of `session` has asked for will be answered in a later
    /// hook (not 0), or everything is answered (0; so it begins). A peer that ends its sending
    /// direction is kept as long as something is pending. What found no room (`FULL`) counts by
    /// itself until `writable` has returned. Loop thread.
    pub set: unsafe extern "C" fn(cx: *mut Cx, session: u32, pending: u32) -> i32,
}

/// How much a session carries.
#[repr(C)]
pub struct RoomV1 {
    /// The size of this struct as the host knows it, in bytes.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// The longest message that can be handed over on any session of this side, in bytes: what its
    /// framing, a datagram and the memory that records messages take. A longer one is `unsendable`
    /// or answered with `TOO_LARGE`. 0 while no session can be open (`create`). Loop thread.
    pub longest: unsafe extern "C" fn(cx: *mut Cx) -> u64,
}

/// Chance that a round can be played again with.
#[repr(C)]
pub struct RandomV1 {
    /// The size of this struct as the host knows it, in bytes.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// The next 64 random bits of this side: they follow from the seed of the round and the side alone, so
    /// that the same seed gives the same. Not for secrets. Loop thread.
    pub next: unsafe extern "C" fn(cx: *mut Cx) -> u64,
}

/// What a handler keeps for a session's peer.
#[repr(C)]
pub struct KeptV1 {
    /// The size of this struct as the host knows it, in bytes.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// Says how many bytes of memory the handler keeps for `session` because of what its peer has
    /// said or does not read (so it begins: 0): queues and what stands in them, with their overhead. It
    /// is booked beside what the host keeps, and a session that holds too much is ended, perhaps within
    /// this call. Loop thread.
    pub set: unsafe extern "C" fn(cx: *mut Cx, session: u32, bytes: u64) -> i32,
}

/// The way for a plugin's own threads to say that they have gone wrong.
#[repr(C)]
pub struct TroubleV1 {
    /// The size of this struct as the host knows it, in bytes.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// Sets `*trouble` to a handle. The plugin's until it gives it back with `release`; it may
    /// outlive the hook, not the side. Loop thread.
    pub open: unsafe extern "C" fn(cx: *mut Cx, trouble: *mut *mut c_void) -> i32,
    /// Tells what happened to a thread of the plugin's own (it panicked, say): counted among the
    /// errors of the round, with the first text in full. It ends nothing and never waits. **Any
    /// thread.**
    pub tell: unsafe extern "C" fn(trouble: *mut c_void, text: *const u8, len: usize) -> i32,
    /// Gives a handle back; no call may use it afterwards. **Any thread.**
    pub release: unsafe extern "C" fn(trouble: *mut c_void),
}
