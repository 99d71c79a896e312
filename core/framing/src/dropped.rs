//! Stretches of a stream that a resynchronising framing has dropped.

use crate::Decoded;

/// Stretches that one call describes at most; the rest is only counted. A peer that sends nothing
/// but rubbish would otherwise be answered with a text for every few of its bytes.
pub const MAX_DROPPED: usize = 64;

/// A stretch of the stream that was dropped: a damaged frame, or bytes between two frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Where it begins, relative to the fed input. Negative when it began in input that an earlier
    /// call consumed.
    pub at: i64,
    /// Where it ends, relative to the fed input: decoding went on here.
    pub end: i64,
    /// What was wrong with it and what that could mean, for a person.
    pub text: String,
}

impl Decoded {
    /// The stretch from `at` to `end`, both relative to the fed input, was dropped. The text is
    /// made only when the list has room for it.
    #[cold]
    pub fn drop_stretch(&mut self, at: i64, end: i64, text: impl FnOnce() -> String) {
        self.dropped_count += 1;
        if self.dropped.len() < MAX_DROPPED {
            self.dropped.push(Dropped { at, end, text: text() });
        }
    }
}
