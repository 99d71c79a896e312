//! Why bytes are no frame, and why a message cannot be one.

use crate::misfit::beginning;
use std::borrow::Cow;

/// Bytes that no rule of the framing allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// Where, relative to the fed input.
    pub at: usize,
    /// What was read and what it could mean, for a person.
    pub text: String,
}

impl DecodeError {
    /// The stream ended behind these first bytes of a frame.
    #[cold]
    pub fn ended_inside(frame: &[u8]) -> Self {
        let (at, read) = (frame.len(), beginning(frame));
        let text =
            format!("the stream ended inside a frame, {at} bytes after its start (read {read})");
        Self { at, text }
    }
}

/// Why a framing cannot carry a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncodeError {
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
    /// The framing carries text in UTF-8, and the message is none.
    NotText {
        /// Index in the message of the first byte that begins no character.
        at: usize,
    },
    /// A plugin's framing failed: a bug of the plugin, after which it cannot be used any more.
    Failed {
        /// Which framing of which plugin, and how.
        text: String,
    },
}

impl EncodeError {
    /// The reason in one word.
    #[inline]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong { .. } => "too-long",
            Self::TooShort { .. } => "too-short",
            Self::Forbidden { .. } => "boundary",
            Self::NotText { .. } => "no-text",
            Self::Failed { .. } => "failed",
        }
    }
}

impl std::fmt::Display for EncodeError {
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
            Self::NotText { at } => write!(
                f,
                "the payload is no UTF-8 from byte {at} on, and the framing carries text: let it carry \
                 bytes (`payload = \"binary\"`), or take one that does"
            ),
            Self::Failed { text } => f.write_str(text),
        }
    }
}
