//! What a call that decodes has found.

use crate::Dropped;

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

/// What a call of [`Framing::feed`](crate::Framing::feed), [`Framing::end_of_input`](crate::Framing::end_of_input) or [`Framing::timeout`](crate::Framing::timeout) found.
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
    /// Stretches of the stream that were dropped as damaged, in order: at most [`MAX_DROPPED`](crate::MAX_DROPPED) of
    /// one call. A framing that does not resynchronise has an error instead.
    pub dropped: Vec<Dropped>,
    /// All stretches that were dropped, those that the list had no room for included.
    pub dropped_count: u64,
    /// Frames among [`control`](Self::control) that were sent before and not acknowledged in time.
    pub resent: u64,
    /// The framing wants the connection closed once everything is written.
    pub close: bool,
    /// The reason that the peer has given for closing, in words.
    pub farewell: Option<String>,
    /// Bytes of the input whose values this call looked at, each as often as it did: headers,
    /// trailers, and what was scanned for a boundary. A payload that is only stepped over does not
    /// count. Built-in decoders keep this so that their work can be counted instead of timed; a
    /// plugin's framing leaves it 0.
    pub inspected: usize,
}

impl Decoded {
    /// Forgets the last call's findings and keeps the memory.
    #[inline]
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
        self.farewell = None;
        self.inspected = 0;
    }

    /// Exactly `count` bytes are missing to the next message: what [`need`](Self::need) is to be.
    #[inline]
    pub fn lacks(&mut self, count: usize) -> usize {
        self.need_is_exact = true;
        count
    }

    /// The bytes of `frame`, found in the same call that `input` was given to.
    #[inline]
    pub fn message<'a>(&'a self, frame: &Frame, input: &'a [u8]) -> &'a [u8] {
        let (at, len) = (frame.at as usize, frame.len as usize);
        if frame.scratch { &self.scratch[at..at + len] } else { &input[at..at + len] }
    }
}
