//! Handlers: the protocol logic of both sides of a round.

use crate::{Bytes, Cx};
use core::ffi::c_void;

/// One handler of a plugin. Constant.
#[repr(C)]
pub struct Handler {
    /// The size of this struct as the plugin knows it, in bytes.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// Its name within the plugin. At most 128 bytes of letters, digits, `.`, `_` and `-`.
    pub name: Bytes,
    /// One line for people. At most 1024 bytes.
    pub about: Bytes,
    /// The side that accepts; null when the handler has none.
    pub server: *const Side,
    /// The side that connects; null when the handler has none.
    pub client: *const Side,
}

// SAFETY: the table is constant; nobody writes through its pointers.
unsafe impl Sync for Handler {}

/// One of several messages that are handed over together. It never grows.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// Its bytes, in the receive buffer of the host.
    pub bytes: Bytes,
    /// The exchange it belongs to (0: none).
    pub token: u64,
}

/// The hooks of one side of a handler. Constant.
///
/// `instance` is what `create` made, `session` what `open` made (null is a legal value for both:
/// the host never looks at them). `cx` is valid until the hook returns; [`Cx::session`] is the
/// session that the hook is called for. All hooks of an instance run on the loop thread of its
/// side, one at a time.
///
/// The order: `create`, then for each session `open`, any number of others, `close`; then
/// `destroy`. After `open` failed there is no `close`. After a hook answered
/// [`PANIC`](crate::status::PANIC), and when a round is broken off, no hook is called any more.
///
/// What else a hook answers than `OK` is an error. From `create` it refuses the configuration. From
/// `close` it is counted, and the session is over anyway. From every other hook it ends its session;
/// `close` follows, but not after `open`. The round goes on, errors are counted by hook.
///
/// # Several at once
///
/// [`messages`](Self::messages) and [`starts`](Self::starts) do for several messages or exchanges, in one
/// call, what `message` and `start` do for each; what comes of it must be the same. A host of an earlier
/// minor calls `message` and `start` alone.
///
/// Before it handles number `i` (from 0) the plugin stores `i` in `*at`, by a store that the compiler
/// neither moves nor leaves out: so it says which one is under way. What it asks of the host meanwhile is
/// held to be about that one, and a crash or a hang is told with it. After each one it goes on only while
/// [`Cx::stop`] is 0. When it answers `OK`, `*at` is how many it has handled: less than `count` after a
/// stop, or because it wants the others in another call; 0 is an error. When it answers anything else,
/// `*at` is the number of the one that failed.
#[repr(C)]
pub struct Side {
    /// The size of this struct as the plugin knows it, in bytes.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// Makes an instance from `config`: JSON text, `config_len` bytes. Required. A fault in the
    /// configuration is told through `set_error` with a JSON pointer.
    pub create: Option<
        unsafe extern "C" fn(
            cx: *mut Cx,
            config: *const u8,
            config_len: usize,
            instance: *mut *mut c_void,
        ) -> i32,
    >,
    /// Frees an instance. Required.
    pub destroy: Option<unsafe extern "C" fn(instance: *mut c_void)>,
    /// A session is connected. It may send first. Required.
    pub open: Option<
        unsafe extern "C" fn(instance: *mut c_void, cx: *mut Cx, session: *mut *mut c_void) -> i32,
    >,
    /// A message arrived: `len` bytes at `bytes`, in the receive buffer of the host. `token` is the
    /// exchange it belongs to (0: none). Required.
    pub message: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            session: *mut c_void,
            cx: *mut Cx,
            token: u64,
            bytes: *const u8,
            len: usize,
        ) -> i32,
    >,
    /// Begin exchange `token`. Required on the client side, null on the server side.
    pub start: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            session: *mut c_void,
            cx: *mut Cx,
            token: u64,
        ) -> i32,
    >,
    /// The timer `id` of the session is due. Null: not used.
    pub timer: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            session: *mut c_void,
            cx: *mut Cx,
            id: u64,
        ) -> i32,
    >,
    /// A mailbox post for the session. Null: not used.
    pub mail: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            session: *mut c_void,
            cx: *mut Cx,
            bytes: *const u8,
            len: usize,
        ) -> i32,
    >,
    /// After a send was [`FULL`](crate::status::FULL): there is room again. Null: not used.
    pub writable: Option<
        unsafe extern "C" fn(instance: *mut c_void, session: *mut c_void, cx: *mut Cx) -> i32,
    >,
    /// The session is over; frees `session`. Required.
    pub close: Option<
        unsafe extern "C" fn(instance: *mut c_void, session: *mut c_void, cx: *mut Cx) -> i32,
    >,
    /// `count` messages (at least 1) arrived together, in this order: see
    /// [several at once](Self#several-at-once). Null: each is given to `message`. Since minor 3; read only
    /// where `struct_size` is over [`Side::SIZE_1_2`].
    pub messages: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            session: *mut c_void,
            cx: *mut Cx,
            messages: *const Message,
            count: usize,
            at: *mut u64,
        ) -> i32,
    >,
    /// Begin `count` exchanges (at least 1), `first`, `first + 1` and so on: see
    /// [several at once](Self#several-at-once). Null: each is begun by `start`. Since minor 3.
    pub starts: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            session: *mut c_void,
            cx: *mut Cx,
            first: u64,
            count: usize,
            at: *mut u64,
        ) -> i32,
    >,
    /// The load is over and the session's exchanges have ended, as far as they will: what its client still
    /// has to say is said now. Called at most once a session, on the client side alone, and only while there
    /// is time for it. The session stays open until that time is over, or until nothing is said to be
    /// [pending](crate::PendingV1) on it and what was handed over is written. Null: not used. Since minor 4.
    pub ending: Option<
        unsafe extern "C" fn(instance: *mut c_void, session: *mut c_void, cx: *mut Cx) -> i32,
    >,
}

impl Side {
    /// The size of the struct up to minor 2, in bytes: the least that a side has.
    pub const SIZE_1_2: u32 = core::mem::offset_of!(Side, messages) as u32;
}
