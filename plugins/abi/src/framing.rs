//! Framings that a plugin brings.
//!
//! A framing is sans-IO: it sees bytes and times and never the host. It is called once per read
//! and answers with all messages that the read completed.

use crate::Bytes;
use core::ffi::c_void;

/// Which end of the connection a framing serves.
pub mod role {
    /// The end that connected.
    pub const CLIENT: u32 = 0;
    /// The end that accepted.
    pub const SERVER: u32 = 1;
}

/// Answers of [`Framing::gate`](super::Framing::gate).
pub mod gate {
    /// The next message may be encoded now.
    pub const OPEN: i32 = 0;
    /// Not before `*until`.
    pub const UNTIL: i32 = 1;
    /// Not before the peer has said something.
    pub const BLOCKED: i32 = 2;
}

/// Bits of [`Nature::flags`](super::Nature::flags).
pub mod nature {
    /// What it delivers does not depend on how the bytes were cut.
    pub const INVARIANT: u32 = 1;
    /// Both directions of a connection must use it together.
    pub const DUPLEX: u32 = 2;
    /// It has a form for an empty message.
    pub const EMPTY: u32 = 4;
    /// It carries printable text without line feeds, not every byte.
    pub const TEXT: u32 = 8;
    /// Coalescing writes does not change what it does.
    pub const BATCHABLE: u32 = 16;
    /// It needs a byte stream: it cannot put one frame into one datagram.
    pub const STREAM_ONLY: u32 = 32;
    /// A damaged frame is dropped, told in [`Decoded::dropped`](super::Decoded::dropped), and decoding
    /// goes on at the next boundary. Since minor 2.
    pub const RESYNCHRONISES: u32 = 64;
    /// A checksum covers the message, so that changed bytes are noticed. Since minor 2.
    pub const FINDS_CORRUPTION: u32 = 128;
    /// A connection carries one message in each direction, and the end of the stream ends it:
    /// [`Encoded::close`](super::Encoded::close). Since minor 2.
    pub const PER_CONNECTION: u32 = 256;
}

/// What a framing says of itself.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Nature {
    /// The size of this struct as the host knows it, in bytes.
    pub struct_size: u32,
    /// Bits of [`nature`].
    pub flags: u32,
    /// The longest message it carries, in bytes.
    pub max: u64,
}

/// Where one message's bytes stand.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Start of the message: an index into the input, or into [`Decoded::scratch`].
    pub at: u32,
    /// Length of the message in bytes.
    pub len: u32,
    /// 1 when the bytes stand in [`Decoded::scratch`], else 0.
    pub scratch: u32,
    /// 0.
    pub reserved: u32,
    /// Start of the frame relative to the input; negative when it began in input that an earlier
    /// call consumed.
    pub wire_at: i64,
    /// End of the frame, relative to the input.
    pub wire_end: i64,
}

/// A stretch of the stream that a framing which resynchronises has dropped. Since minor 2.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Dropped {
    /// Where it begins, relative to the input; negative when it began in input that an earlier call
    /// consumed.
    pub at: i64,
    /// Where it ends, relative to the input: decoding went on here.
    pub end: i64,
    /// What was wrong with it, for a person: UTF-8, at most 1024 bytes.
    pub text: Bytes,
}

/// What a call found. The host's; zeroed before the call but for `struct_size`. What the plugin's
/// pointers in it name stays the plugin's and must stay as it is until the next call on the same
/// instance.
#[repr(C)]
#[derive(Debug)]
pub struct Decoded {
    /// The size of this struct as the host knows it, in bytes.
    pub struct_size: u32,
    /// 1: call again at once with what was not consumed, once the messages found are handled: there
    /// was no room for more, or what follows asks for control bytes that belong behind the answers
    /// to these messages. At least one byte must have been consumed. Else 0.
    pub again: u32,
    /// 1: the framing wants the connection closed once everything is written. Else 0.
    pub close: u32,
    /// 0.
    pub reserved: u32,
    /// Array of `frames_len` messages, in order.
    pub frames: *const Frame,
    /// Number of messages found.
    pub frames_len: usize,
    /// Bytes of messages that do not stand in the input as they are (at most 64 MiB).
    pub scratch: Bytes,
    /// Bytes that the framing itself sends now, ahead of any later frame, those that answer this
    /// call's messages included (at most 1 MiB).
    pub control: Bytes,
    /// How many bytes at the start of the input are no longer needed.
    pub consumed: usize,
    /// A hint: at least this many more bytes are needed before the next message (0: unknown).
    pub need: usize,
    /// With [`MALFORMED`](crate::status::MALFORMED): where, relative to the input.
    pub error_at: usize,
    /// Array of `dropped_len` stretches that were dropped, in order: at most 64. Since minor 2: this
    /// and what follows may be written only where `struct_size` is over [`Decoded::SIZE_1_1`].
    pub dropped: *const Dropped,
    /// Number of stretches that are described.
    pub dropped_len: usize,
    /// Number of all stretches that were dropped, those that are not described included.
    pub dropped_count: u64,
    /// Frames among `control` that were sent before and not acknowledged in time.
    pub resent: u64,
    /// 1: `need` is exact, as the length of the next message has come. Else 0.
    pub need_is_exact: u32,
    /// 0.
    pub reserved_2: u32,
}

impl Decoded {
    /// The size of the struct up to minor 1, in bytes.
    pub const SIZE_1_1: u32 = core::mem::offset_of!(Decoded, dropped) as u32;
}

/// One frame: `header`, then the payload itself if `payload` is 1, then `rest`. The host's; zeroed
/// before the call but for `struct_size`. What the plugin's pointers in it name stays the plugin's
/// and must stay as it is until the next call on the same instance.
#[repr(C)]
#[derive(Debug)]
pub struct Encoded {
    /// The size of this struct as the host knows it, in bytes.
    pub struct_size: u32,
    /// 1: the payload as handed over stands between `header` and `rest`; it is not copied.
    pub payload: u32,
    /// Bytes before the payload.
    pub header: Bytes,
    /// Bytes after the payload, or the transformed payload and what follows it.
    pub rest: Bytes,
    /// With `UNSENDABLE_TOO_LONG`: the longest message, in bytes; with `UNSENDABLE_TOO_SHORT`: the
    /// shortest.
    pub limit: u64,
    /// With `UNSENDABLE_FORBIDDEN`: index of the first such byte in the message.
    pub at: usize,
    /// With `UNSENDABLE_FORBIDDEN`: what stands there, for a person (`LF (0a)`): UTF-8, at most 128
    /// bytes. Since minor 2: this and what follows may be written, and `UNSENDABLE_TOO_SHORT` be
    /// answered, only where `struct_size` is over [`Encoded::SIZE_1_1`].
    pub mark: Bytes,
    /// Bytes of this frame that do not go out now: they come as [`Decoded::control`] once the peer has
    /// answered.
    pub later: usize,
    /// 1: the sending direction is to be closed once the frame is written, which is its boundary. Else 0.
    pub close: u32,
    /// 0.
    pub reserved: u32,
}

impl Encoded {
    /// The size of the struct up to minor 1, in bytes.
    pub const SIZE_1_1: u32 = core::mem::offset_of!(Encoded, mark) as u32;
}

/// How a framing says why a call is about to fail. The host's; valid until the call returns.
#[repr(C)]
pub struct Report {
    /// The size of this struct as the host knows it, in bytes.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// `pointer` is a JSON pointer into the configuration (`/max`), or empty. The texts are UTF-8
    /// and copied.
    pub set_error: unsafe extern "C" fn(
        report: *mut Report,
        pointer: *const u8,
        pointer_len: usize,
        text: *const u8,
        text_len: usize,
    ),
}

/// One framing of a plugin. Constant.
///
/// One instance holds the state of one connection on one side. Its functions are called from one
/// thread at a time, not always the same one. After a call failed with anything but an
/// `UNSENDABLE_…` status, only `destroy` is called. Times are nanoseconds on the clock that both
/// sides share.
#[repr(C)]
pub struct Framing {
    /// The size of this struct as the plugin knows it, in bytes.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// Its name within the plugin. At most 128 bytes of letters, digits, `.`, `_` and `-`.
    pub name: Bytes,
    /// One line for people. At most 1024 bytes.
    pub about: Bytes,
    /// Makes an instance for an end (`role`) from `config`: JSON text. Required.
    pub create: Option<
        unsafe extern "C" fn(
            report: *mut Report,
            role: u32,
            config: *const u8,
            config_len: usize,
            instance: *mut *mut c_void,
        ) -> i32,
    >,
    /// Frees an instance. Required.
    pub destroy: Option<unsafe extern "C" fn(instance: *mut c_void)>,
    /// Sets `*out`. Required.
    pub nature: Option<unsafe extern "C" fn(instance: *mut c_void, out: *mut Nature) -> i32>,
    /// Whether `encode` may be called at `now`: a value of [`gate`]. Null: always.
    pub gate: Option<unsafe extern "C" fn(instance: *mut c_void, now: u64, until: *mut u64) -> i32>,
    /// Sets `*out` to the frame of a message. Required.
    pub encode: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            report: *mut Report,
            now: u64,
            payload: *const u8,
            len: usize,
            out: *mut Encoded,
        ) -> i32,
    >,
    /// Looks at `input`: what an earlier call did not consume, then new bytes. Messages found
    /// before an error stay valid. Required.
    pub feed: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            report: *mut Report,
            now: u64,
            input: *const u8,
            len: usize,
            out: *mut Decoded,
        ) -> i32,
    >,
    /// The peer closed its sending direction; `input` is what was not consumed. Null: what is left
    /// over is an error.
    pub end_of_input: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            report: *mut Report,
            now: u64,
            input: *const u8,
            len: usize,
            out: *mut Decoded,
        ) -> i32,
    >,
    /// Answers 1 and sets `*at` when `timeout` wants to be called at a time; else 0. Null: never.
    pub deadline: Option<unsafe extern "C" fn(instance: *mut c_void, at: *mut u64) -> i32>,
    /// The deadline passed. There is no input: frames stand in `scratch`. Null: not used.
    pub timeout: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            report: *mut Report,
            now: u64,
            out: *mut Decoded,
        ) -> i32,
    >,
    /// Bytes of memory that the instance keeps for its connection: what has come of a message,
    /// messages that wait for a word of the peer's. Null: nothing to speak of. Since minor 2; read only
    /// where `struct_size` is over [`Framing::SIZE_1_1`].
    pub keeps: Option<unsafe extern "C" fn(instance: *mut c_void) -> u64>,
}

impl Framing {
    /// The size of the struct up to minor 1, in bytes: the least that a framing has.
    pub const SIZE_1_1: u32 = core::mem::offset_of!(Framing, keeps) as u32;
}

// SAFETY: the table is constant; nobody writes through its pointers.
unsafe impl Sync for Framing {}
