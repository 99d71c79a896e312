//! What a scenario asks of the link.

use super::Pieces;
use serde::{Deserialize, Serialize};

/// `[link]`: the impairments of both directions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Client to server.
    pub request: DirectionProfile,
    /// Server to client.
    pub reply: DirectionProfile,
}

impl Link {
    /// True when nothing is impaired.
    #[inline]
    pub fn is_clean(&self) -> bool {
        self.request.is_clean() && self.reply.is_clean()
    }
}

/// The impairments of one direction. All shares are from 0 to 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DirectionProfile {
    /// `pieces`: how what is written is cut.
    pub pieces: Option<Pieces>,
    /// `lock-step`: the next piece waits until the reader has consumed the last one.
    pub lock_step: bool,
    /// `lock-step-wait`: how long it waits at most, in nanoseconds.
    pub lock_step_wait_ns: u64,
    /// `coalesce`: so many writes become one (0 and 1: none do).
    pub coalesce: u32,
    /// `coalesce-wait`: how long the first of them waits for the others, in nanoseconds.
    pub coalesce_wait_ns: u64,
    /// `short-writes`: the share of writes that take only a part.
    pub short_writes: f64,
    /// `short-reads`: the share of reads that get only a part.
    pub short_reads: f64,
    /// `interrupts`: the share of reads and writes that end with EINTR first.
    pub interrupts: f64,
    /// `would-block`: the share of reads and writes that end with EAGAIN first.
    pub would_block: f64,
    /// `read-rate`: a slow reader takes so many bytes a second (0: as fast as it can).
    pub read_rate: u64,
    /// `delay`: every write arrives so much later, in nanoseconds.
    pub delay_ns: u64,
    /// `jitter`: and up to so much more, in nanoseconds.
    pub jitter_ns: u64,
    /// `bandwidth`: the line carries so many bytes a second (0: any number).
    pub bandwidth: u64,
    /// `flip`: the share of bytes in which one bit changes.
    pub flip: f64,
    /// `fin-after`: where a connection is closed.
    pub fin_after: Option<Point>,
    /// `rst-after`: where a connection is reset.
    pub rst_after: Option<Point>,
    /// `half-close-after`: where the sending direction of a connection ends.
    pub half_close_after: Option<Point>,
    /// `flap`: a connection is closed after so many frames on average (0: never).
    pub flap: u32,
    /// `drop`: the share of datagrams that never leave.
    pub drop: f64,
    /// `duplicate`: the share of datagrams that leave twice.
    pub duplicate: f64,
    /// `reorder`: the share of datagrams that others overtake.
    pub reorder: f64,
    /// `truncate`: the share of datagrams of which only the beginning leaves.
    pub truncate: f64,
    /// `corrupt`: the share of datagrams in which one bit changes.
    pub corrupt: f64,
}

/// A place in the stream of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Point {
    /// `"100 B"`: behind so many bytes.
    Bytes(u64),
    /// `{ inside = 3 }`: inside this frame, at a place that the seed chooses.
    Inside(u64),
    /// `{ behind = 3 }`: behind this frame.
    Behind(u64),
}

impl DirectionProfile {
    /// True when nothing is impaired.
    #[inline]
    pub fn is_clean(&self) -> bool {
        !self.touches_writes() && !self.touches_reads()
    }

    /// True when the sender has something to do.
    pub fn touches_writes(&self) -> bool {
        let shares = [
            self.short_writes,
            self.interrupts,
            self.would_block,
            self.flip,
            self.drop,
            self.duplicate,
            self.reorder,
            self.truncate,
            self.corrupt,
        ];
        self.pieces.is_some()
            || self.coalesce > 1
            || self.delay_ns + self.jitter_ns + self.bandwidth > 0
            || self.ends()
            || shares.iter().any(|share| *share > 0.0)
    }

    /// True when the receiver has something to do.
    #[inline]
    pub fn touches_reads(&self) -> bool {
        let shares = [self.short_reads, self.interrupts, self.would_block];
        self.read_rate > 0 || shares.iter().any(|share| *share > 0.0)
    }

    /// True when it ends connections.
    #[inline]
    pub fn ends(&self) -> bool {
        self.fin_after.is_some()
            || self.rst_after.is_some()
            || self.half_close_after.is_some()
            || self.flap > 0
    }

    /// True when the reader has to say what it has consumed.
    #[inline]
    pub fn is_confirmed(&self) -> bool {
        self.pieces.is_some() && self.lock_step
    }
}
