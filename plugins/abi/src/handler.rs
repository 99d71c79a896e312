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
}
