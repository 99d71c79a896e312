//! What the host gives to a handler while one of its hooks runs.

use crate::Bytes;
use core::ffi::c_void;

/// [`Cx::session`] while no session is concerned (`create`).
pub const NO_SESSION: u32 = u32::MAX;

/// The context of one hook. The host's; valid until the hook returns. Behind these fields stands
/// what the host needs, so it must be handed back by pointer and never be copied.
#[repr(C)]
pub struct Cx {
    /// The functions of the host: constant, alive as long as the process.
    pub host: *const Host,
    /// The session the hook is called for, or [`NO_SESSION`].
    pub session: u32,
    /// Not 0: of the messages that [`Side::messages`](crate::Side::messages) was given, or the exchanges
    /// of [`Side::starts`](crate::Side::starts), no further one is to be begun. It changes inside calls
    /// of the host's functions only. Since minor 3; 0 before.
    pub stop: u32,
}

/// How an exchange ends.
pub mod finish {
    /// The answer is right.
    pub const DONE: i32 = 0;
    /// The answer is wrong.
    pub const WRONG: i32 = 1;
    /// The server refused, as a protocol may.
    pub const REJECTED: i32 = 2;
}

/// How loud a log line is.
pub mod level {
    /// Something failed.
    pub const ERROR: u32 = 1;
    /// Something is odd.
    pub const WARN: u32 = 2;
    /// Worth knowing.
    pub const INFO: u32 = 3;
    /// For whoever looks for a fault.
    pub const DEBUG: u32 = 4;
}

/// The functions of the host. All are to be called on the loop thread, inside a hook, with the
/// hook's own `cx`. All are present.
///
/// A call that breaks a rule (a session that never was open, an exchange that never was started or
/// that the handler ended before, a null pointer, an unknown number) does nothing, ends nothing, and is
/// counted among the errors of the round as `misuse`, with the hook and the session of the first.
#[repr(C)]
pub struct Host {
    /// The size of this struct as the host knows it, in bytes.
    pub struct_size: u32,
    /// The host's [`ABI_MINOR`](crate::ABI_MINOR).
    pub abi_minor: u32,
    /// Hands a message over on `session`. `token` is the exchange it belongs to (0: unsolicited).
    /// Answers `OK`, `FULL`, `CLOSED`, `TOO_LARGE` or `INVALID`.
    pub send: unsafe extern "C" fn(
        cx: *mut Cx,
        session: u32,
        token: u64,
        bytes: *const u8,
        len: usize,
    ) -> i32,
    /// As `send`, for one message that stands in `count` places (at most 64).
    pub send_parts: unsafe extern "C" fn(
        cx: *mut Cx,
        session: u32,
        token: u64,
        parts: *const Bytes,
        count: usize,
    ) -> i32,
    /// As `send`, for the scenario's own seeded payload: the request of exchange `token` on the
    /// client side, its `reply-payload` on the server side.
    pub send_payload: unsafe extern "C" fn(cx: *mut Cx, session: u32, token: u64) -> i32,
    /// Sets `*out` to the bytes that `send_payload` would send for `token`. They are the host's and
    /// valid until the next call of any function of this table.
    pub payload: unsafe extern "C" fn(cx: *mut Cx, token: u64, out: *mut Bytes) -> i32,
    /// Ends exchange `token` (client side). `how` is a value of [`finish`]; `why` is text for
    /// people, shown for everything but `DONE`.
    pub finish: unsafe extern "C" fn(
        cx: *mut Cx,
        token: u64,
        how: i32,
        why: *const u8,
        why_len: usize,
    ) -> i32,
    /// Closes `session` once everything handed over is written.
    pub close: unsafe extern "C" fn(cx: *mut Cx, session: u32) -> i32,
    /// Calls `each` with every session open now, and with `user`, before it returns. `each` may
    /// not call functions of the host.
    pub sessions: unsafe extern "C" fn(
        cx: *mut Cx,
        each: Option<unsafe extern "C" fn(user: *mut c_void, session: u32)>,
        user: *mut c_void,
    ) -> i32,
    /// Nanoseconds on the clock that both sides share.
    pub now: unsafe extern "C" fn(cx: *mut Cx) -> u64,
    /// A line for the round's report. `level` is a value of [`level`].
    pub log: unsafe extern "C" fn(cx: *mut Cx, level: u32, text: *const u8, len: usize),
    /// Says why this hook is about to fail. `pointer` is a JSON pointer into the configuration
    /// (`/max`), or empty. The texts are UTF-8 and copied.
    pub set_error: unsafe extern "C" fn(
        cx: *mut Cx,
        pointer: *const u8,
        pointer_len: usize,
        text: *const u8,
        text_len: usize,
    ),
    /// The table of an extension, constant and alive as long as the process, or null where the host
    /// does not have it. The id says which struct the table is.
    pub get_extension:
        unsafe extern "C" fn(cx: *mut Cx, id: *const u8, id_len: usize) -> *const c_void,
}
