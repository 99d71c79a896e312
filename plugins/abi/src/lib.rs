//! The C interface between wirebench and its plugins.
//!
//! A plugin is a shared object that exports one constant, [`Plugin`], under the name
//! [`SYMBOL`]. Everything else is reached from there. `include/wirebench.h` says the same in C; a
//! test compares the two.
//!
//! The guide, with a whole plugin in C: `docs/plugins-c.md`; the rules for all languages: `docs/plugins.md`.
//!
//! Rules that hold everywhere:
//!
//! - **Memory.** Bytes and UTF-8 text cross as [`Bytes`]. They are borrowed until the call that
//!   they are given to returns, unless the field says otherwise. Neither side frees the other's
//!   memory.
//! - **Threads.** All hooks of one instance run on one thread at a time, the loop thread of the
//!   side that created it. Only [`MailboxV1::post`], [`TroubleV1::tell`] and the `release` of both
//!   may be called from any thread.
//! - **Status.** Functions answer with an `int32`: 0 is good, the others are named in [`status`].
//! - **Growth.** Tables grow only at their end. `struct_size` says how much of a table its maker
//!   knows; nothing beyond it may be read. What cannot grow a table comes as an extension with a
//!   versioned id.
//! - **Unwinding.** No panic and no exception may leave a function of this interface.

#![no_std]
// Raw pointers in constant tables need `unsafe impl Sync`; there is no other unsafe code here.
#![allow(unsafe_code)]

mod extension;
mod framing;
mod handler;
mod host;
pub mod note;
mod plugin;

pub use extension::{
    CountV1, EXTENSION_COUNT_V1, EXTENSION_KEPT_V1, EXTENSION_MAILBOX_V1, EXTENSION_PENDING_V1,
    EXTENSION_PLACE_V1, EXTENSION_RANDOM_V1, EXTENSION_ROOM_V1, EXTENSION_TIMER_V1,
    EXTENSION_TROUBLE_V1, KeptV1, MailboxV1, PendingV1, PlaceV1, RandomV1, RoomV1, TimerV1,
    TroubleV1, place,
};
pub use framing::{Decoded, Dropped, Encoded, Frame, Framing, Nature, Report, gate, nature, role};
pub use handler::{Handler, Message, Side};
pub use host::{Cx, Host, NO_SESSION, finish, level};
pub use plugin::{ABI, ABI_MAJOR, ABI_MINOR, MAGIC, Plugin, SYMBOL, build};

/// The interface in C: the text of `include/wirebench.h`, for those who have to write it beside a plugin.
pub const HEADER: &str = include_str!("../include/wirebench.h");

/// Bytes, or UTF-8 text, that belong to whoever made the value.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Bytes {
    /// The first byte; may be null when `len` is 0.
    pub ptr: *const u8,
    /// How many bytes.
    pub len: usize,
}

impl Bytes {
    /// No bytes.
    pub const EMPTY: Self = Self { ptr: core::ptr::null(), len: 0 };

    /// Borrows `bytes`.
    pub const fn new(bytes: &[u8]) -> Self {
        Self { ptr: bytes.as_ptr(), len: bytes.len() }
    }

    /// Borrows `text`.
    pub const fn text(text: &str) -> Self {
        Self::new(text.as_bytes())
    }
}

/// What functions answer. A hook may answer any value; those without a name count as [`ERROR`].
///
/// [`ERROR`]: status::ERROR
pub mod status {
    /// Done.
    pub const OK: i32 = 0;
    /// It failed; `set_error` was called before with the reason.
    pub const ERROR: i32 = 1;
    /// A panic was caught. The instance is poisoned: nothing more is called on it.
    pub const PANIC: i32 = 2;
    /// The instance is inside a hook already.
    pub const REENTRANT: i32 = 3;
    /// An earlier panic poisoned the instance.
    pub const POISONED: i32 = 4;
    /// An argument breaks a rule of this interface.
    pub const INVALID: i32 = 5;
    /// The other side does not have this function.
    pub const UNSUPPORTED: i32 = 6;
    /// Send: too much is unsent already. The message was not taken; `writable` follows.
    pub const FULL: i32 = 16;
    /// Send: the session is closed.
    pub const CLOSED: i32 = 17;
    /// Send or post: longer than can be carried.
    pub const TOO_LARGE: i32 = 18;
    /// Encode: the framing has no form for an empty message.
    pub const UNSENDABLE_EMPTY: i32 = 32;
    /// Encode: the message is longer than `Encoded::limit`.
    pub const UNSENDABLE_TOO_LONG: i32 = 33;
    /// Encode: the byte at `Encoded::at` may not stand in a message.
    pub const UNSENDABLE_FORBIDDEN: i32 = 34;
    /// Encode: the message is shorter than `Encoded::limit`. Since minor 2.
    pub const UNSENDABLE_TOO_SHORT: i32 = 35;
    /// Feed and its kin: the bytes from `Decoded::error_at` on follow no rule of the framing.
    pub const MALFORMED: i32 = 48;
}

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
