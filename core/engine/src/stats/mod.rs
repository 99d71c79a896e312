//! What a side counts and keeps for its report.

mod counts;
mod measured;
mod report;
mod usage;

use counts::Counts;
use measured::MeasuredPart;
pub use usage::Snapshot;

use wirebench_ledger::{ReadLog, WriteLog};
use wirebench_measure::{ErrorCount, Example, Piece, Received, Recorder, Sent};

/// What a side has counted so far.
pub(crate) struct Stats {
    sent: Sent,
    received: Received,
    /// TCP segments with data that connections have sent which are closed.
    segments_of_closed: u64,
    /// One-way times of messages that belong to no exchange.
    unsolicited: Recorder,
    /// The last writes and reads, which show how a message was damaged.
    write_log: WriteLog,
    read_log: ReadLog,
    /// Where in the stream the last frame stood that this was noted of.
    frame: (u64, u64),
    examples: Vec<Example>,
    errors: Counts,
    /// What the handler counts.
    counts: Counts,
    measured: MeasuredPart,
}

impl Stats {
    /// Nothing yet.
    #[inline]
    pub(crate) fn new(write_log: WriteLog, unsolicited: Recorder) -> Self {
        Self {
            sent: Sent::default(),
            received: Received::default(),
            segments_of_closed: 0,
            unsolicited,
            write_log,
            read_log: ReadLog::default(),
            frame: (0, 0),
            examples: Vec::new(),
            errors: Counts::default(),
            counts: Counts::default(),
            measured: MeasuredPart::default(),
        }
    }

    /// Something went wrong `n` times without ending the round; `text` is made only for the first of
    /// its kind.
    #[inline]
    pub(crate) fn error(&mut self, kind: &str, n: u64, text: impl FnOnce() -> String) {
        self.errors.add(kind, n, text);
    }

    /// What went wrong first, if anything did.
    #[inline]
    pub(crate) fn first_error(&self) -> Option<&ErrorCount> {
        self.errors.first()
    }

    /// The handler counts `n` of a kind of its own.
    #[inline]
    pub(crate) fn count(&mut self, kind: &str, n: u64, example: &str) {
        self.counts.add(kind, n, || example.to_owned());
    }

    /// The measured part begins; so much the side has cost until now.
    #[inline]
    pub(crate) fn begin_measuring(&mut self, cost: Snapshot) {
        self.measured.begin(cost);
    }

    /// It ends.
    #[inline]
    pub(crate) fn end_measuring(&mut self, cost: Snapshot) {
        self.measured.end(cost);
    }

    /// What the side costs belongs to it until now.
    #[inline]
    pub(crate) fn extend_measuring(&mut self, cost: Snapshot) {
        self.measured.extend(cost);
    }

    /// It is under way.
    #[inline(always)]
    pub(crate) fn is_measuring(&self) -> bool {
        self.measured.is_on()
    }

    /// It has begun, and may be over.
    #[inline]
    pub(crate) fn has_measured(&self) -> bool {
        self.measured.has_begun()
    }

    /// It is over.
    #[inline]
    pub(crate) fn has_ended_measuring(&self) -> bool {
        self.measured.cost_at_end().is_some()
    }

    /// A message is handed over.
    #[inline(always)]
    pub(crate) fn sent_message(&mut self) {
        self.sent.messages += 1;
    }

    /// Where in the stream the frame of the message stands that is delivered, as far as that is asked for.
    #[inline]
    pub(crate) fn frame_at(&mut self, from: u64, to: u64) {
        self.frame = (from, to);
    }

    /// So many messages of `len` bytes each are handed over and have their records.
    #[inline]
    pub(crate) fn sent_messages(&mut self, count: u64, len: usize) {
        self.sent.messages += count;
        self.sent.payload_bytes += count * len as u64;
    }

    /// It has its record.
    #[inline(always)]
    pub(crate) fn recorded(&mut self, payload_bytes: usize) {
        self.sent.payload_bytes += payload_bytes as u64;
    }

    /// The framing cannot carry it.
    #[inline]
    pub(crate) fn unsendable(&mut self) {
        self.sent.unsendable += 1;
    }

    /// The ledger has no room for it even at the end of the round.
    #[inline]
    pub(crate) fn unjudged(&mut self) {
        self.sent.unjudged += 1;
    }

    /// The ledger has no room now.
    #[inline]
    pub(crate) fn stalled(&mut self) {
        self.sent.stalls += 1;
    }

    /// It has had none for so long, in nanoseconds.
    #[inline]
    pub(crate) fn stalled_for(&mut self, ns: u64) {
        self.sent.stalled_ns += ns;
    }

    /// A connection is closed that has sent so many TCP segments with data.
    #[inline]
    pub(crate) fn closed(&mut self, segments: u64) {
        self.segments_of_closed += segments;
    }

    /// What is wrong with the memory that the writes are logged in, if something is.
    #[inline]
    pub(crate) fn log_corruption(&self) -> Option<String> {
        self.write_log.own_corruption()
    }

    /// One write call took several pieces, which are counted one by one.
    #[inline]
    pub(crate) fn write_call(&mut self) {
        self.sent.writes += 1;
    }

    /// One read call got several.
    #[inline]
    pub(crate) fn read_call(&mut self) {
        self.received.reads += 1;
    }

    /// A message has come.
    #[inline(always)]
    pub(crate) fn received_message(&mut self) {
        self.received.messages += 1;
    }

    /// So many messages have come.
    #[inline]
    pub(crate) fn received_messages_n(&mut self, count: u64) {
        self.received.messages += count;
    }

    /// It cannot be told which of several it is.
    #[inline(always)]
    pub(crate) fn ambiguous(&mut self, is: bool) {
        self.received.ambiguous += u64::from(is);
    }

    /// Messages received so far.
    #[inline]
    pub(crate) fn received_messages(&self) -> u64 {
        self.received.messages
    }

    /// A message that belongs to no exchange was under way for so long, in nanoseconds.
    #[inline]
    pub(crate) fn unsolicited(&mut self, ns: u64) {
        self.unsolicited.record(ns);
    }

    /// One write call took this piece of a session's stream.
    #[inline(always)]
    pub(crate) fn wrote(&mut self, session: u32, piece: Piece) {
        self.write_call();
        self.wrote_piece(session, piece);
    }

    /// A piece has left: of one call, where it is a datagram among others.
    #[inline(always)]
    pub(crate) fn wrote_piece(&mut self, session: u32, piece: Piece) {
        self.sent.wire_bytes += u64::from(piece.len);
        self.write_log.push(session, piece);
    }

    /// One read call got so many bytes of a session, which stand at `at` in its stream.
    #[inline(always)]
    pub(crate) fn read(&mut self, session: u32, at: u64, count: usize, time_ns: u64) {
        self.read_call();
        self.got_piece(session, at, count, time_ns);
    }

    /// A piece has come: of one call, where it is a datagram among others.
    #[inline(always)]
    pub(crate) fn got_piece(&mut self, session: u32, at: u64, count: usize, time_ns: u64) {
        self.received.bytes += count as u64;
        self.read_log.push(session, Piece { at, len: count as u32, time_ns });
    }

    /// Bytes received so far.
    #[inline]
    pub(crate) fn received_bytes(&self) -> u64 {
        self.received.bytes
    }

    /// Messages sent and received so far.
    #[inline]
    pub(crate) fn messages(&self) -> u64 {
        self.sent.messages + self.received.messages
    }
}
