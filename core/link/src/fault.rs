//! A fault: one thing that the link has done, where it lies, and what it may cause.

use serde::{Deserialize, Serialize};
use wirebench_judge::Verdict;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// A write was cut.
    Cut,
    /// Several writes became one.
    Coalesce,
    /// A write took only a part.
    ShortWrite,
    /// A read got only a part.
    ShortRead,
    /// A call was interrupted (EINTR).
    Interrupt,
    /// A call would have blocked (EAGAIN).
    WouldBlock,
    /// The reader waited.
    Slow,
    /// Bytes were held back.
    Delay,
    /// A bit of the stream changed.
    Flip,
    /// The connection was closed.
    Fin,
    /// The connection was reset.
    Reset,
    /// The sending direction was closed.
    HalfClose,
    /// A datagram never left.
    Drop,
    /// A datagram left twice.
    Duplicate,
    /// A datagram was held back until others had passed.
    Reorder,
    /// Only the beginning of a datagram left.
    Truncate,
    /// A bit of a datagram changed.
    Corrupt,
    /// The round was over while the link still held it back: it never left.
    Withheld,
}

impl FaultKind {
    /// All kinds, in the order of the documents.
    pub const ALL: [Self; 18] = [
        Self::Cut,
        Self::Coalesce,
        Self::ShortWrite,
        Self::ShortRead,
        Self::Interrupt,
        Self::WouldBlock,
        Self::Slow,
        Self::Delay,
        Self::Flip,
        Self::Fin,
        Self::Reset,
        Self::HalfClose,
        Self::Drop,
        Self::Duplicate,
        Self::Reorder,
        Self::Truncate,
        Self::Corrupt,
        Self::Withheld,
    ];

    /// The word in documents and tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cut => "cut",
            Self::Coalesce => "coalesce",
            Self::ShortWrite => "short-write",
            Self::ShortRead => "short-read",
            Self::Interrupt => "interrupt",
            Self::WouldBlock => "would-block",
            Self::Slow => "slow",
            Self::Delay => "delay",
            Self::Flip => "flip",
            Self::Fin => "fin",
            Self::Reset => "reset",
            Self::HalfClose => "half-close",
            Self::Drop => "drop",
            Self::Duplicate => "duplicate",
            Self::Reorder => "reorder",
            Self::Truncate => "truncate",
            Self::Corrupt => "corrupt",
            Self::Withheld => "withheld",
        }
    }

    /// The kind of this number, as `self as u8` gives it; none for any other.
    #[inline]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// True when it ends a connection or a direction of it: nothing behind it arrives.
    #[inline]
    pub fn ends(self) -> bool {
        matches!(self, Self::Fin | Self::Reset | Self::HalfClose)
    }

    /// True when it changes or withholds bytes of a stream. Everything else leaves the bytes as they
    /// are, and only changes when and in what pieces they come.
    #[inline]
    pub fn harms_stream(self) -> bool {
        matches!(self, Self::Flip | Self::Withheld) || self.ends()
    }

    /// True when it keeps bytes back for a time: those that never leave because the round is over
    /// are [`Withheld`](Self::Withheld), and this is what withheld them.
    #[inline]
    pub fn holds_back(self) -> bool {
        matches!(self, Self::Delay | Self::Coalesce | Self::Reorder)
    }

    /// Whether it can break the conversation, so that its damage lies behind it, and in the other
    /// direction too: an end takes along what was under way to the one who made it, and bytes that a
    /// framing sends by itself (an acknowledgement) decide about messages of the other direction.
    #[inline]
    pub fn may_break(self, read_bound: bool) -> bool {
        read_bound || self.harms_stream()
    }

    /// Whether this fault can have led to this verdict on a message that it touches. `read_bound`:
    /// the framing depends on the reads, so that a cut may lead to anything.
    pub fn may_cause(self, verdict: Verdict, read_bound: bool) -> bool {
        use Verdict::{
            Corrupted, Duplicated, Intact, Lost, Merged, Reordered, Split, Straddled, Truncated,
            Unjudged, Unsendable,
        };
        if matches!(verdict, Intact | Unsendable | Unjudged) {
            return false;
        }
        match self {
            Self::Cut
            | Self::Coalesce
            | Self::ShortWrite
            | Self::ShortRead
            | Self::Interrupt
            | Self::WouldBlock
            | Self::Slow => read_bound || matches!(verdict, Merged | Split | Straddled),
            Self::Delay => read_bound || matches!(verdict, Merged | Split | Straddled | Reordered),
            Self::Flip => true,
            Self::Fin | Self::Reset | Self::HalfClose => !matches!(verdict, Duplicated | Reordered),
            Self::Drop => verdict == Lost,
            Self::Withheld => matches!(verdict, Lost | Truncated),
            Self::Duplicate => matches!(verdict, Duplicated | Reordered),
            Self::Reorder => matches!(verdict, Reordered | Duplicated),
            Self::Truncate | Self::Corrupt => {
                matches!(verdict, Truncated | Corrupted | Lost | Merged | Split | Straddled)
            }
        }
    }
}

/// Which part of a frame was touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FrameRegion {
    /// Bytes that the framing added.
    Header,
    /// Bytes of the message (where the framing transforms it: everything behind its header).
    Payload,
    /// Both.
    Both,
    /// No frame: bytes that a framing sends by itself, or a place between frames.
    #[default]
    Between,
}

impl FrameRegion {
    /// All, in the order of their codes.
    const ALL: [Self; 4] = [Self::Header, Self::Payload, Self::Both, Self::Between];

    /// The part of this number, as `self as u8` gives it.
    #[inline]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

/// One thing that the link has done to one direction of one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// To which part of a frame.
    pub hit: FrameRegion,
    /// The session.
    pub session: u32,
    /// Where: an offset in the session's stream; over datagrams the number of the datagram, from 0.
    pub at: u64,
    /// How many bytes (over datagrams: 1). A cut has none: it lies before the byte at `at`. What
    /// ends a connection reaches to the end of the stream.
    pub len: u64,
}

impl Fault {
    /// The offset behind it.
    #[inline]
    pub fn end(&self) -> u64 {
        self.at.saturating_add(self.len)
    }

    /// Whether it lies in the bytes from `from` up to `to`. A cut does only if bytes of them stand
    /// on both sides of it.
    #[inline]
    pub fn touches(&self, from: u64, to: u64) -> bool {
        if self.len == 0 {
            from < self.at && self.at < to
        } else {
            self.at < to && from < self.end()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_back_to_what_they_are_of() {
        for kind in FaultKind::ALL {
            assert_eq!(FaultKind::from_code(kind as u8), Some(kind));
        }
        assert_eq!(FaultKind::from_code(18), None);
        for hit in FrameRegion::ALL {
            assert_eq!(FrameRegion::from_code(hit as u8), Some(hit));
        }
    }

    #[test]
    fn a_cut_touches_only_what_stands_on_both_sides_of_it() {
        let cut =
            Fault { kind: FaultKind::Cut, hit: FrameRegion::Payload, session: 1, at: 10, len: 0 };
        assert!(cut.touches(9, 11));
        assert!(!cut.touches(0, 10));
        assert!(!cut.touches(10, 20));
    }

    #[test]
    fn a_fault_touches_the_bytes_it_covers() {
        let flip =
            Fault { kind: FaultKind::Flip, hit: FrameRegion::Payload, session: 1, at: 10, len: 1 };
        assert!(flip.touches(10, 11));
        assert!(!flip.touches(11, 20));
        let end = Fault { kind: FaultKind::Fin, len: u64::MAX, ..flip };
        assert!(end.touches(5_000, 5_001));
        assert!(!end.touches(0, 10));
    }
}
