//! Framings: strategies that turn messages into bytes on a stream and back.
//!
//! Everything here is sans-IO: bytes and time are arguments, nothing is read, written or waited
//! for. One [`Framing`] value holds the state of one connection on one side. The caller's order is
//! always the same, that of [`driver`]:
//!
//! 1. [`Framing::gate`] says whether the next message may be encoded now.
//! 2. [`Framing::encode`] turns that message into wire bytes.
//! 3. After each read, [`Framing::feed`] gets *all* bytes not yet consumed and appends the
//!    messages it finds to a [`Decoded`]; the caller writes the control bytes (acknowledgements and
//!    the like), then handles the messages, then drops what was consumed. Where [`Decoded::again`]
//!    says so, it calls again at once: what comes next asks for control bytes that belong behind
//!    the answers to these messages.
//! 4. At the peer's end of input, [`Framing::end_of_input`] says what the rest means.
//! 5. When [`Framing::deadline`] passes, [`Framing::timeout`] is called.
//!
//! Bytes that break a rule end the decoding with a [`FrameError`], unless the framing resynchronises
//! ([`Nature::resynchronises`]): then they are dropped, told in [`Decoded::dropped`], and decoding
//! goes on at the next boundary.

mod catalogue;
mod chunked;
mod cobs;
mod cobs_crc32c;
mod content_length;
mod delimiter;
mod delimiter_escaped;
pub mod driver;
mod dropped;
mod ended;
mod eof;
mod field;
mod fixed;
mod grpc;
mod handshake;
mod hdlc;
mod hint;
mod joined;
mod json_header;
mod len_ack;
mod length;
mod line;
mod magic;
mod netstring;
mod raw;
mod record_marking;
mod resp_bulk;
mod role;
mod settings;
mod shared;
mod sleep;
mod slip;
mod spec;
mod stuffing;
mod varint;
mod websocket;
mod websocket_header;

pub use driver::all;
pub use dropped::{Dropped, MOST_DROPPED};
pub use raw::datagrams as raw_datagrams;
pub use role::Role;
pub use spec::{
    Description, FramingSpec, PluginName, Prepared, SettingDescription, SpecError, build, describe,
    names,
};

use std::borrow::Cow;

/// Nanoseconds on the clock that both sides share.
pub type Nanos = u64;

/// Where one decoded message's bytes stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Start of the message: an index into the fed input, or into [`Decoded::scratch`].
    pub at: u32,
    /// Length of the message in bytes.
    pub len: u32,
    /// True when the bytes stand in [`Decoded::scratch`] (they had to be unescaped or joined).
    pub scratch: bool,
    /// Start of the frame relative to the fed input. Negative when the frame began in input that
    /// an earlier call consumed.
    pub wire_at: i64,
    /// End of the frame, relative to the fed input.
    pub wire_end: i64,
}

/// What a call of [`Framing::feed`], [`Framing::end_of_input`] or [`Framing::timeout`] found.
/// The caller clears and reuses it.
#[derive(Debug, Default)]
pub struct Decoded {
    /// The messages, in order.
    pub frames: Vec<Frame>,
    /// Bytes of messages that do not stand in the input as they are.
    pub scratch: Vec<u8>,
    /// How many bytes at the start of the input are no longer needed.
    pub consumed: usize,
    /// A hint: at least this many more bytes are needed before the next message (0: unknown).
    pub need: usize,
    /// No more than these are: the length of the next message has come.
    pub need_is_exact: bool,
    /// Bytes the framing itself sends now, ahead of any later frame, those that answer this call's
    /// messages included.
    pub control: Vec<u8>,
    /// The call stopped before its time: call again, with what was not consumed, once its messages
    /// are handled. At least one byte was consumed.
    pub again: bool,
    /// Stretches of the stream that were dropped as damaged, in order: at most [`MOST_DROPPED`] of
    /// one call. A framing that does not resynchronise has an error instead.
    pub dropped: Vec<Dropped>,
    /// All stretches that were dropped, those that the list had no room for included.
    pub dropped_count: u64,
    /// Frames among [`control`](Self::control) that were sent before and not acknowledged in time.
    pub resent: u64,
    /// The framing wants the connection closed once everything is written.
    pub close: bool,
    /// Bytes of the input whose values this call looked at, each as often as it did: headers,
    /// trailers, and what was scanned for a boundary. A payload that is only stepped over does not
    /// count. Built-in decoders keep this so that their work can be counted instead of timed; a
    /// plugin's framing leaves it 0.
    pub inspected: usize,
}

impl Decoded {
    /// Forgets the last call's findings and keeps the memory.
    pub fn clear(&mut self) {
        self.frames.clear();
        self.scratch.clear();
        self.control.clear();
        self.dropped.clear();
        self.dropped_count = 0;
        self.resent = 0;
        self.consumed = 0;
        self.need = 0;
        self.need_is_exact = false;
        self.again = false;
        self.close = false;
        self.inspected = 0;
    }

    /// Exactly `count` bytes are missing to the next message: what [`need`](Self::need) is to be.
    #[inline]
    pub(in crate::framing) fn lacks(&mut self, count: usize) -> usize {
        self.need_is_exact = true;
        count
    }

    /// The bytes of `frame`, found in the same call that `input` was given to.
    pub fn message<'a>(&'a self, frame: &Frame, input: &'a [u8]) -> &'a [u8] {
        let (at, len) = (frame.at as usize, frame.len as usize);
        if frame.scratch { &self.scratch[at..at + len] } else { &input[at..at + len] }
    }
}

/// Bytes that no rule of the framing allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameError {
    /// Where, relative to the fed input.
    pub at: usize,
    /// What was read and what it could mean, for a person.
    pub text: String,
}

/// Why a framing cannot carry a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsendable {
    /// It has no form for an empty message.
    Empty,
    /// The message is longer than `max` bytes.
    TooLong {
        /// The longest message it carries, in bytes.
        max: u64,
    },
    /// The message is shorter than `min` bytes.
    TooShort {
        /// The shortest message it carries, in bytes.
        min: u64,
    },
    /// The message holds what marks the boundary.
    Forbidden {
        /// Index of its first byte in the message.
        at: usize,
        /// What it is, for a person: `LF (0a)`.
        mark: Cow<'static, str>,
    },
    /// A plugin's framing failed: a bug of the plugin, after which it cannot be used any more.
    Failed {
        /// Which framing of which plugin, and how.
        text: String,
    },
}

impl Unsendable {
    /// The reason in one word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong { .. } => "too-long",
            Self::TooShort { .. } => "too-short",
            Self::Forbidden { .. } => "boundary",
            Self::Failed { .. } => "failed",
        }
    }
}

impl std::fmt::Display for Unsendable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => {
                write!(
                    f,
                    "the framing has no form for an empty message: take one that has, as `len32be`"
                )
            }
            Self::TooLong { max } => {
                write!(f, "the message is longer than {max} bytes, the most that is carried")
            }
            Self::TooShort { min } => {
                write!(f, "the message is shorter than {min} bytes, the least that is carried")
            }
            Self::Forbidden { at, mark } => write!(
                f,
                "the payload holds the framing's {mark} at byte {at}: take a framing for any bytes, as `len32be`"
            ),
            Self::Failed { text } => f.write_str(text),
        }
    }
}

/// Whether the next message may be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Now.
    Open,
    /// Not before this time.
    Until(Nanos),
    /// Not before the peer has said something.
    Blocked,
}

/// Collects the wire bytes of one frame behind what `buf` already holds.
///
/// A payload of `inline_limit` bytes or more is not copied: its place is noted, and the caller
/// writes header, payload and trailer with one gathering write.
#[derive(Debug)]
pub struct Wire<'a> {
    buf: &'a mut Vec<u8>,
    start: usize,
    inline_limit: usize,
    /// End of the header, relative to the frame's start.
    pub header_len: usize,
    /// End of the payload, relative to the frame's start, if it stands there as it was handed over;
    /// 0 where it was transformed or left out.
    pub payload_end: usize,
    /// Index in the frame's own bytes at which the payload is to be inserted, if it was left out.
    pub borrowed_at: Option<usize>,
    /// Bytes of this frame that do not go out now: they come as [`Decoded::control`] once the peer has
    /// answered.
    pub later: usize,
    /// The end of the stream is this frame's boundary: the sending direction is to be closed once
    /// the frame is written, and the next message needs another connection.
    pub close: bool,
}

impl<'a> Wire<'a> {
    /// Appends a frame to `buf`. With `inline_limit` = `usize::MAX`, payloads are always copied.
    #[inline]
    pub fn new(buf: &'a mut Vec<u8>, inline_limit: usize) -> Self {
        let start = buf.len();
        Self {
            buf,
            start,
            inline_limit,
            header_len: 0,
            payload_end: 0,
            borrowed_at: None,
            later: 0,
            close: false,
        }
    }

    /// Bytes before the payload (may be called several times, before `payload`).
    #[inline]
    pub fn header(&mut self, bytes: &[u8]) {
        self.buf.extend_from_slice(bytes);
        self.header_len = self.buf.len() - self.start;
    }

    /// The payload exactly as handed over.
    #[inline]
    pub fn payload(&mut self, bytes: &[u8]) {
        if bytes.len() >= self.inline_limit {
            self.borrowed_at = Some(self.buf.len() - self.start);
        } else {
            self.buf.extend_from_slice(bytes);
            self.payload_end = self.buf.len() - self.start;
        }
    }

    /// Payload bytes that were transformed, or bytes after the payload.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.buf.extend_from_slice(bytes);
    }

    /// The buffer itself, for encoders that transform byte runs. Only append to it.
    #[inline]
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        self.buf
    }

    /// Bytes appended so far (without a borrowed payload).
    pub fn len(&self) -> usize {
        self.buf.len() - self.start
    }

    /// True when nothing was appended yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Which payload bytes a framing can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alphabet {
    /// Any.
    Bytes,
    /// Printable text without line feeds is safe; some other bytes are not.
    Text,
}

/// What a framing says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Nature {
    /// False for read-bound framings: what they deliver depends on how the bytes were cut.
    pub invariant: bool,
    /// True when both directions of a connection must use it together.
    pub duplex: bool,
    /// It has a form for an empty message.
    pub empty: bool,
    /// The payloads it can carry.
    pub alphabet: Alphabet,
    /// The longest message it carries, in bytes.
    pub max: u64,
    /// False when coalescing writes would change what the framing does (`raw`, `sleep`).
    pub batchable: bool,
    /// True when it needs a byte stream (it cannot put one frame into one datagram).
    pub stream_only: bool,
    /// True when a connection carries one message in each direction, and the end of the stream
    /// ends it.
    pub per_connection: bool,
    /// True when a damaged frame is dropped and decoding goes on at the next boundary. Otherwise
    /// what the decoder notices ends the connection.
    pub resynchronises: bool,
    /// True when a checksum covers the message, so that changed bytes are noticed.
    pub finds_corruption: bool,
}

impl Nature {
    /// A framing that marks every boundary in its bytes: invariant, for either direction, with a
    /// form for empty messages.
    pub const fn marked(alphabet: Alphabet, max: u64) -> Self {
        Self {
            invariant: true,
            duplex: false,
            empty: true,
            alphabet,
            max,
            batchable: true,
            stream_only: false,
            per_connection: false,
            resynchronises: false,
            finds_corruption: false,
        }
    }
}

/// One connection's framing on one side. See the module text for the order of calls.
pub trait Framing: Send {
    /// What this framing is able to do.
    fn nature(&self) -> Nature;

    /// Whether [`encode`](Self::encode) may be called at `now`.
    fn gate(&self, now: Nanos) -> Gate {
        let _ = now;
        Gate::Open
    }

    /// Appends the frame of `payload` to `out`. May only be called while the gate is open. On
    /// `Err`, `out` is unchanged and so is the framing's state. A framing that must first hear from
    /// the peer keeps a copy and appends only what goes out now; the rest comes as
    /// [`Decoded::control`].
    fn encode(&mut self, now: Nanos, payload: &[u8], out: &mut Wire<'_>) -> Result<(), Unsendable>;

    /// Looks at `input`: the bytes an earlier call did not consume, then new ones. Messages found
    /// before an error stay in `out`. After an error the framing is not called again. At most
    /// 4 GiB of the input are looked at in one call. With [`Decoded::again`] it is to be called once
    /// more; [`driver`] does that.
    fn feed(&mut self, now: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), FrameError>;

    /// The peer closed its sending direction; `input` is what was not consumed. An `Err` says that
    /// the stream ended inside a frame.
    fn end_of_input(
        &mut self,
        now: Nanos,
        input: &[u8],
        out: &mut Decoded,
    ) -> Result<(), FrameError> {
        let _ = (now, out);
        if input.is_empty() { Ok(()) } else { Err(shared::ended(input)) }
    }

    /// Why this framing cannot be used any more through a fault of its own: it panicked, or broke a
    /// rule of the plugin interface. Nothing that a peer sends may lead to this.
    fn fault(&self) -> Option<&str> {
        None
    }

    /// Bytes of memory that it keeps for its connection: what has come of a message, messages that
    /// wait for a word of the peer's. What the caller keeps, or knows otherwise, does not count.
    fn keeps(&self) -> usize {
        0
    }

    /// When [`timeout`](Self::timeout) wants to be called. Asked after every call of the framing
    /// that decodes, and after [`encode`](Self::encode) where one serves both directions.
    fn deadline(&self) -> Option<Nanos> {
        None
    }

    /// The deadline passed.
    fn timeout(&mut self, now: Nanos, out: &mut Decoded) -> Result<(), FrameError> {
        let _ = (now, out);
        Ok(())
    }
}
