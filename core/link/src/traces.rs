//! What can be seen of a fault, and when nothing can: the words of the reference.

use super::FaultKind;

/// What pieces do to a framing that takes each for a message.
const PIECES: &str =
    "a message split, merged or straddled; any damage where the framing depends on the reads";

/// What is under way when a connection ends.
const UNDER_WAY: &str = "the message it lies in; what was under way, in both directions; another \
                         connection in its place";

impl FaultKind {
    /// What it can leave: the verdicts that it explains, and what it ends.
    pub fn trace(self) -> &'static str {
        match self {
            Self::Cut | Self::ShortWrite | Self::ShortRead | Self::Slow => PIECES,
            Self::Interrupt | Self::WouldBlock => PIECES,
            Self::Coalesce => "messages merged; those withheld that it kept waiting",
            Self::Delay => {
                "messages merged; reordered by datagrams that overtook them; those withheld that it \
                 kept waiting"
            }
            Self::Flip => {
                "the message corrupted, lost or cut up; behind a changed length those that follow; \
                 behind a changed acknowledgement those of the other direction, or the session \
                 given up"
            }
            Self::Fin | Self::HalfClose => UNDER_WAY,
            Self::Reset => {
                "the message it lies in; what was under way, in both directions; another connection \
                 in its place; the error that the other side gets"
            }
            Self::Drop => "the message lost",
            Self::Duplicate => "a message duplicated, or reordered by its copy",
            Self::Reorder => "a message reordered; one withheld that it kept waiting",
            Self::Truncate => "the message truncated or lost",
            Self::Corrupt => "the message corrupted, truncated or lost",
            Self::Withheld => "messages lost or truncated",
        }
    }

    /// When it leaves none.
    pub fn untraced_when(self) -> &'static str {
        match self {
            Self::Cut | Self::ShortWrite | Self::ShortRead | Self::Slow => {
                "the framing puts the pieces together"
            }
            Self::Interrupt | Self::WouldBlock => "the call is made again, and no boundary moves",
            Self::Coalesce => "the framing takes them apart",
            Self::Delay => "everything arrives in the end, and in order",
            Self::Flip | Self::Corrupt => "nobody looks at that bit (padding)",
            Self::Fin | Self::HalfClose => {
                "all had arrived, and nobody needed the connection any more"
            }
            Self::Reset => "all had arrived, and the other side had closed the connection itself",
            Self::Drop | Self::Truncate => "never",
            Self::Duplicate => "the copy comes too late to be counted",
            Self::Reorder => "nothing overtakes it",
            Self::Withheld => "the bytes were no message's",
        }
    }
}
