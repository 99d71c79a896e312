//! What the link did, and what of the damage it explains. What only a ledger can tell is `None` where
//! the server is not ours.

use crate::link::FaultKind;
use crate::measure::Direction;
use serde::{Deserialize, Serialize};

/// The link of a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkResult {
    /// Client to server.
    pub request: LinkDirection,
    /// Server to client.
    pub reply: LinkDirection,
    /// The first faults, one by one.
    pub log: Vec<FaultResult>,
}

/// One direction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkDirection {
    /// What was done, by kind.
    pub faults: Vec<FaultCount>,
    /// A number in hexadecimal that two runs share when the same was done in the same places.
    pub schedule: String,
    /// What was done and left no trace: neither direction's messages are damaged by it, and no
    /// session was over before its time.
    pub untraced: Option<u64>,
    /// What the messages that are not intact are attributed to.
    #[serde(rename = "blame")]
    pub attribution: Option<Attribution>,
    /// Pieces that the reader had not consumed in time.
    pub unconfirmed_pieces: Option<u64>,
    /// Faults that were forgotten before the messages they touched had a verdict.
    pub forgotten: Option<u64>,
}

/// Messages that are not intact, by what they are attributed to. Those that no framing could carry and
/// those that nobody could judge are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribution {
    /// Boundaries are wrong and bytes are right: the framing's, with or without a fault.
    pub framing: u64,
    /// Bytes are wrong or missing, and a fault explains it: the link's. Of these:
    pub link: u64,
    /// the fault touched bytes that the framing added;
    pub header: u64,
    /// it touched bytes of the message alone;
    pub payload: u64,
    /// it lay between frames, or where a side read;
    pub between: u64,
    /// it lay before, and the framing had lost its place or the connection had ended.
    pub collateral: u64,
    /// Bytes are wrong or missing, and nothing explains it.
    pub nobody: u64,
    /// Of all: boundaries or bytes are wrong, and no fault explains it.
    pub unexplained: u64,
    /// Of all: delivered with wrong bytes, or without the end, and no decoder noticed.
    pub undetected: u64,
}

/// Faults of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultCount {
    /// What was done.
    pub kind: FaultKind,
    /// How often.
    pub injected: u64,
    /// How often it left a trace.
    pub traced: Option<u64>,
    /// How often it touched bytes that the framing added.
    pub header: u64,
    /// How often it touched bytes of a message alone.
    pub payload: u64,
}

/// One fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultResult {
    /// The direction it was done to.
    pub direction: Direction,
    /// The round, from 0.
    pub round: u32,
    /// What was done.
    pub kind: FaultKind,
    /// The connection.
    pub session: u32,
    /// Where: an offset in the session's stream, or the number of the datagram.
    pub at: u64,
    /// To how many bytes, or datagrams; 0 for a cut before the byte at `at`; `null`: to everything
    /// behind it.
    pub len: Option<u64>,
}
