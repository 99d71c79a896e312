//! What a side counts and keeps for its report.

use super::connection::Connection;
use super::counts::Counts;
use super::usage::Snapshot;
use crate::ledger::{ReadLog, WriteLog};
use crate::measure::{Example, Piece, Received, Recorder, Sent};

/// What a side has counted so far.
pub(super) struct Stats {
    pub(super) sent: Sent,
    pub(super) received: Received,
    /// TCP segments with data that connections have sent which are closed.
    pub(super) segments_of_closed: u64,
    /// One-way times of messages that belong to no exchange.
    pub(super) unsolicited: Recorder,
    /// The last writes and reads, which show how a message was damaged.
    pub(super) write_log: WriteLog,
    pub(super) read_log: ReadLog,
    pub(super) examples: Vec<Example>,
    pub(super) errors: Counts,
    /// What the handler counts.
    pub(super) counts: Counts,
    /// What the side had cost when the measured part began, and when it ended.
    pub(super) before: Option<Snapshot>,
    pub(super) after: Option<Snapshot>,
}

impl Stats {
    /// Nothing yet.
    pub(super) fn new(write_log: WriteLog, unsolicited: Recorder) -> Self {
        Self {
            sent: Sent::default(),
            received: Received::default(),
            segments_of_closed: 0,
            unsolicited,
            write_log,
            read_log: ReadLog::default(),
            examples: Vec::new(),
            errors: Counts::default(),
            counts: Counts::default(),
            before: None,
            after: None,
        }
    }

    /// One write call took so many bytes of a connection's stream.
    #[inline(always)]
    pub(super) fn wrote(&mut self, connection: &mut Connection, count: usize, time_ns: u64) {
        self.sent.writes += 1;
        self.wrote_piece(connection, count, time_ns);
    }

    /// A piece has left: of one call, where it is a datagram among others.
    #[inline(always)]
    pub(super) fn wrote_piece(&mut self, connection: &mut Connection, count: usize, time_ns: u64) {
        let piece = Piece { at: connection.egress.written, len: count as u32, time_ns };
        connection.egress.written += count as u64;
        self.sent.wire_bytes += count as u64;
        self.write_log.push(connection.id, piece);
    }

    /// One read call got so many bytes of a session, which stand at `at` in its stream.
    #[inline(always)]
    pub(super) fn read(&mut self, session: u32, at: u64, count: usize, time_ns: u64) {
        self.received.reads += 1;
        self.got_piece(session, at, count, time_ns);
    }

    /// A piece has come: of one call, where it is a datagram among others.
    #[inline(always)]
    pub(super) fn got_piece(&mut self, session: u32, at: u64, count: usize, time_ns: u64) {
        self.received.bytes += count as u64;
        self.read_log.push(session, Piece { at, len: count as u32, time_ns });
    }

    /// Messages sent and received so far.
    pub(super) fn messages(&self) -> u64 {
        self.sent.messages + self.received.messages
    }
}
