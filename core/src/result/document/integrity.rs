//! What became of the messages.

use super::FaultResult;
use crate::judge::Verdict;
use crate::measure::Direction;
use crate::scenario::Settings;
use serde::{Deserialize, Serialize};

/// What became of the messages of a cell.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Integrity {
    /// Who judged.
    #[serde(default)]
    pub judge: JudgedBy,
    /// Client to server.
    pub request: Verdicts,
    /// Server to client; `None` where only the handler judges: nobody knows what the server sent.
    pub reply: Option<Verdicts>,
    /// The first examples of each anomaly.
    pub examples: Vec<ExampleResult>,
}

/// Who said what became of the messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JudgedBy {
    /// The judge, by the ledger of what was handed over.
    #[default]
    Ledger,
    /// The client's judge, by what the client has sent: the server is not ours and sends every message back.
    /// Requests are `unjudged`, and of answers as many count as sent as there were requests.
    Echo,
    /// The client's handler, by its own check: the server is not ours, so there is no ledger, and
    /// every message is `unjudged`.
    HandlerOnly,
}

impl JudgedBy {
    /// Who judges a cell with these settings.
    pub fn of(settings: &Settings) -> Self {
        match &settings.server {
            None => Self::Ledger,
            Some(_) if settings.echoes => Self::Echo,
            Some(_) => Self::HandlerOnly,
        }
    }
}

impl Integrity {
    /// The verdicts that a judge of ours has given, by direction; none where only the handler judges.
    /// (Results of an earlier program have zeros there.)
    pub fn judged(&self) -> Vec<(Direction, &Verdicts)> {
        let replies = self.reply.as_ref().map(|replies| (Direction::Reply, replies));
        match (self.judge, replies) {
            (JudgedBy::Ledger, Some(replies)) => {
                vec![(Direction::Request, &self.request), replies]
            }
            (JudgedBy::Echo, Some(replies)) => vec![replies],
            _ => Vec::new(),
        }
    }
}

/// Messages of one direction by verdict; the eleven verdicts add up to `sent`. What only a receiver of
/// ours can count is `None` where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are the verdicts, and `Verdict` explains them")]
pub struct Verdicts {
    /// Messages handed over.
    pub sent: u64,
    pub intact: u64,
    pub merged: u64,
    pub split: u64,
    pub straddled: u64,
    pub truncated: u64,
    pub corrupted: u64,
    pub lost: u64,
    pub duplicated: u64,
    pub reordered: u64,
    pub unsendable: u64,
    pub unjudged: u64,
    /// Extra arrivals.
    pub copies: Option<u64>,
    /// Datagrams past their horizon.
    pub late: Option<u64>,
    /// Received bytes that were never sent.
    pub unexpected_bytes: Option<u64>,
    /// Received messages that hold nothing of any message sent.
    pub unexpected_messages: Option<u64>,
    /// Datagrams that the kernel dropped because the receive buffer was full; they are among the
    /// lost.
    pub kernel_drops: Option<u64>,
    /// Messages with which an equal one was under way: no times were taken of them.
    pub ambiguous: Option<u64>,
}

impl Verdicts {
    /// The count of one verdict.
    pub fn get(&self, verdict: Verdict) -> u64 {
        match verdict {
            Verdict::Intact => self.intact,
            Verdict::Merged => self.merged,
            Verdict::Split => self.split,
            Verdict::Straddled => self.straddled,
            Verdict::Truncated => self.truncated,
            Verdict::Corrupted => self.corrupted,
            Verdict::Lost => self.lost,
            Verdict::Duplicated => self.duplicated,
            Verdict::Reordered => self.reordered,
            Verdict::Unsendable => self.unsendable,
            Verdict::Unjudged => self.unjudged,
        }
    }
}

/// One anomaly with its evidence. Times are on the clock that both sides share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExampleResult {
    /// The direction of the message.
    pub direction: Direction,
    /// The round, from 0.
    pub round: u32,
    /// What happened.
    pub verdict: Verdict,
    /// The connection.
    pub session: u32,
    /// Its place among the messages of its session and direction, from 0.
    pub seq: u64,
    /// The first exchange it belongs to (0: unsolicited).
    pub exchange: u64,
    /// False in warm-up.
    pub measured: bool,
    /// Length of the message in bytes.
    pub len: u64,
    /// Where its frame starts in the session's sent bytes.
    pub wire_offset: u64,
    /// Length of its frame in bytes.
    pub wire_len: u64,
    /// When the handler handed it over.
    pub handed_over_ns: u64,
    /// The first byte of the message that differs or is missing.
    pub offset: u64,
    /// Where in the message `expected` begins.
    #[serde(default)]
    pub shown_from: u64,
    /// Bytes as handed over, around `offset`, in hexadecimal.
    pub expected: String,
    /// Bytes as received, around the same place, in hexadecimal.
    pub received: String,
    /// Length of the received message the verdict fell on.
    pub received_len: u64,
    /// When that message was read.
    pub received_ns: u64,
    /// Writes that overlap the frame.
    pub written: Vec<PieceResult>,
    /// Reads that overlap the frame.
    pub read: Vec<PieceResult>,
    /// What the link did to the frame.
    #[serde(default)]
    pub faults: Vec<FaultResult>,
}

/// The bytes of one write or one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceResult {
    /// Offset in the session's byte stream.
    pub at: u64,
    /// Bytes.
    pub len: u64,
    /// When the call returned.
    pub time_ns: u64,
}
