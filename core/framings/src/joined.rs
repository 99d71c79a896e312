//! Messages that come in fragments: `chunked`, `record-marking` and `websocket`.
//!
//! What has come of a message is kept here, so that the stream itself is let go fragment by
//! fragment. It is no more than what arrived, and no more than `max`.

use super::{Decoded, Frame};
use wirebench_framing::misfit::beginning;

/// Empty fragments of one message that are taken. They bring nothing, so there is no other end to
/// them.
const MAX_EMPTY: u32 = 1024;

/// The message under way.
#[derive(Debug, Default)]
pub(super) struct Joined {
    bytes: Vec<u8>,
    /// Where its frame began, counted from the beginning of the stream.
    began: Option<u64>,
    empty: u32,
}

/// How far the message under way had come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    len: usize,
    open: bool,
}

impl Mark {
    /// Bytes that had come of it.
    #[inline]
    pub(super) fn len(self) -> usize {
        self.len
    }
}

impl Joined {
    /// Bytes that have come of the message under way.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes of memory that it takes.
    pub(super) fn memory(&self) -> usize {
        self.bytes.capacity()
    }

    /// How far it has come, to be taken [back](Self::take_back) to.
    #[inline]
    pub(super) fn mark(&self) -> Mark {
        Mark { len: self.bytes.len(), open: self.is_open() }
    }

    /// Forgets what has come since.
    #[cold]
    pub(super) fn take_back(&mut self, mark: Mark) {
        self.bytes.truncate(mark.len);
        self.began = self.began.filter(|_| mark.open);
    }

    /// True when a message is under way.
    #[inline]
    pub(super) fn is_open(&self) -> bool {
        self.began.is_some()
    }

    /// The message under way began at `at` of the stream, unless it did before.
    #[inline]
    pub(super) fn begin(&mut self, at: u64) {
        self.began.get_or_insert(at);
    }

    /// The place for the next fragment.
    #[inline]
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// One more empty fragment that is not the last; false: one too many.
    pub(super) fn empty(&mut self) -> bool {
        self.empty += 1;
        self.empty <= MAX_EMPTY
    }

    /// The message under way is whole. `passed` bytes of the stream were consumed before the fed
    /// input, in which its frame ends at `end`.
    pub(super) fn finish(&mut self, passed: u64, end: usize, out: &mut Decoded) {
        let began = self.began.take().unwrap_or(passed);
        out.frames.push(Frame {
            at: out.scratch.len() as u32,
            len: self.bytes.len() as u32,
            scratch: true,
            wire_at: began as i64 - passed as i64,
            wire_end: end as i64,
        });
        out.scratch.append(&mut self.bytes);
        self.empty = 0;
    }
}

/// What is wrong with more empty fragments than are taken.
#[cold]
pub(super) fn only_empty() -> String {
    format!(
        "more than {MAX_EMPTY} empty fragments of one message: they bring nothing, and could go on \
         for ever"
    )
}

/// What is wrong with a fragment that makes its message too long.
#[cold]
pub(super) fn too_long(len: u64, before: usize, max: u64) -> String {
    if before == 0 {
        format!("the length is {len}, over the limit of {max}")
    } else {
        format!("the length is {len} after {before} bytes of the message, over the limit of {max}")
    }
}

/// What is wrong with an end behind `came` bytes of a message's fragments and `rest`.
#[cold]
pub(super) fn ended(came: usize, rest: &[u8]) -> String {
    let read = beginning(rest);
    format!(
        "the stream ended inside a message: {came} bytes of it were complete (read {read} behind them)"
    )
}
