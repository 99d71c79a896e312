//! What a plugin implements to bring a framing of its own.

use crate::{Error, Result};
use serde::de::DeserializeOwned;

/// Which end of a connection a framing serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The end that connected.
    Client,
    /// The end that accepted.
    Server,
}

/// Which payload bytes a framing can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// Any.
    Bytes,
    /// Printable text without line feeds is safe; some other bytes are not.
    Text,
}

/// What a framing says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// False when coalescing writes would change what the framing does.
    pub batchable: bool,
    /// True when it needs a byte stream (it cannot put one frame into one datagram).
    pub stream_only: bool,
}

/// Whether the next message may be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Now.
    Open,
    /// Not before this time, in nanoseconds.
    Until(u64),
    /// Not before the peer has said something.
    Blocked,
}

/// Why a framing cannot carry a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsendable {
    /// It has no form for an empty message.
    Empty,
    /// The message is longer than `max` bytes.
    TooLong {
        /// The longest message it carries, in bytes.
        max: u64,
    },
    /// The message holds bytes that mark the boundary.
    Forbidden {
        /// Index of the first such byte in the message.
        at: usize,
    },
}

/// Bytes that no rule of the framing allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameError {
    /// Where, relative to the fed input.
    pub at: usize,
    /// What was read and what it could mean, for a person.
    pub text: String,
}

/// The parts of one frame: header, payload, rest.
#[derive(Debug, Default)]
pub struct Wire {
    pub(crate) header: Vec<u8>,
    pub(crate) payload: bool,
    pub(crate) rest: Vec<u8>,
}

impl Wire {
    /// Bytes before the payload.
    #[inline]
    pub fn header(&mut self, bytes: &[u8]) {
        self.header.extend_from_slice(bytes);
    }

    /// The payload exactly as handed over goes here; it is not copied.
    #[inline]
    pub fn payload(&mut self) {
        self.payload = true;
    }

    /// Payload bytes that were transformed, or bytes after the payload.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
    }

    pub(crate) fn clear(&mut self) {
        self.header.clear();
        self.payload = false;
        self.rest.clear();
    }
}

/// Where one decoded message's bytes stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Start of the message: an index into the fed input, or into [`Decoded::scratch`].
    pub at: u32,
    /// Length of the message in bytes.
    pub len: u32,
    /// True when the bytes stand in [`Decoded::scratch`].
    pub scratch: bool,
    /// Start of the frame relative to the fed input; negative when it began in input that an
    /// earlier call consumed.
    pub wire_at: i64,
    /// End of the frame, relative to the fed input.
    pub wire_end: i64,
}

/// What a call found.
#[derive(Debug, Default)]
pub struct Decoded {
    pub(crate) frames: Vec<wirebench_abi::Frame>,
    /// Bytes of messages that do not stand in the input as they are.
    pub scratch: Vec<u8>,
    /// How many bytes at the start of the input are no longer needed.
    pub consumed: usize,
    /// A hint: at least this many more bytes are needed before the next message (0: unknown).
    pub need: usize,
    /// Bytes the framing itself sends now, ahead of any later frame, those that answer this call's
    /// messages included.
    pub control: Vec<u8>,
    /// The call stopped before its time: it is called again, with what was not consumed, once its
    /// messages are handled. For control bytes that belong behind the answers to these messages, as
    /// a pong does. At least one byte must have been consumed.
    pub again: bool,
    /// The framing wants the connection closed once everything is written.
    pub close: bool,
}

impl Decoded {
    /// A message is complete.
    #[inline]
    pub fn push(&mut self, frame: Frame) {
        self.frames.push(wirebench_abi::Frame {
            at: frame.at,
            len: frame.len,
            scratch: frame.scratch.into(),
            reserved: 0,
            wire_at: frame.wire_at,
            wire_end: frame.wire_end,
        });
    }

    pub(crate) fn clear(&mut self) {
        self.frames.clear();
        self.scratch.clear();
        self.control.clear();
        (self.consumed, self.need) = (0, 0);
        (self.again, self.close) = (false, false);
    }
}

/// A framing: a strategy that turns messages into bytes on a stream and back.
///
/// It is sans-IO: bytes and time are arguments, nothing is read, written or waited for. One value
/// holds the state of one connection on one side. Times are nanoseconds.
///
/// An `Err` of [`feed`](Self::feed) and its kin ends the session and is counted (`framing`, and the
/// metric `errors`); one of [`encode`](Self::encode) makes its message `unsendable`. A panic, or an
/// answer that breaks a rule, ends the round, which is recorded as crashed with the framing's plugin.
pub trait Framing: Send + Sized + 'static {
    /// Its name within the plugin: letters, digits, `.`, `_` and `-`.
    const NAME: &'static str;
    /// One line for people.
    const ABOUT: &'static str = "";
    /// What the settings in the scenario are read into.
    type Config: DeserializeOwned;

    /// Makes one end of a connection.
    fn new(config: Self::Config, role: Role) -> Result<Self, Error>;

    /// What this framing is able to do.
    fn nature(&self) -> Nature;

    /// Whether [`encode`](Self::encode) may be called at `now`.
    fn gate(&self, now: u64) -> Gate {
        let _ = now;
        Gate::Open
    }

    /// Writes the frame of `payload` to `out`. On `Err` the framing's state is unchanged.
    fn encode(&mut self, now: u64, payload: &[u8], out: &mut Wire) -> Result<(), Unsendable>;

    /// Looks at `input`: the bytes an earlier call did not consume, then new ones. Messages found
    /// before an error stay in `out`. After an error the framing is not called again.
    fn feed(&mut self, now: u64, input: &[u8], out: &mut Decoded) -> Result<(), FrameError>;

    /// The peer closed its sending direction; `input` is what was not consumed. An `Err` says that
    /// the stream ended inside a frame.
    fn end_of_input(
        &mut self,
        now: u64,
        input: &[u8],
        out: &mut Decoded,
    ) -> Result<(), FrameError> {
        let _ = (now, out);
        if input.is_empty() {
            return Ok(());
        }
        let text =
            format!("the stream ended inside a frame, {} bytes after its start", input.len());
        Err(FrameError { at: input.len(), text })
    }

    /// When [`timeout`](Self::timeout) wants to be called.
    fn deadline(&self) -> Option<u64> {
        None
    }

    /// The deadline passed. There is no input: frames stand in [`Decoded::scratch`].
    fn timeout(&mut self, now: u64, out: &mut Decoded) -> Result<(), FrameError> {
        let _ = (now, out);
        Ok(())
    }
}
