//! Where an encoder puts the bytes of one frame.

/// Collects the wire bytes of one frame behind what `buf` already holds.
///
/// A payload of `inline_limit` bytes or more is not copied: its place is noted, and the caller
/// writes header, payload and trailer with one gathering write.
#[derive(Debug)]
pub struct FrameWriter<'a> {
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
    /// Bytes of this frame that do not go out now: they come as
    /// [`Decoded::control`](crate::Decoded::control) once the peer has answered.
    pub later: usize,
    /// The end of the stream is this frame's boundary: the sending direction is to be closed once
    /// the frame is written, and the next message needs another connection.
    pub close: bool,
}

impl<'a> FrameWriter<'a> {
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
    #[inline]
    pub fn len(&self) -> usize {
        self.buf.len() - self.start
    }

    /// True when nothing was appended yet.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
