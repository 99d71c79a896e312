//! What a connection receives: bytes, their framing, and the judge of its messages.

use super::judging::Judging;
use crate::framing::Framing;
use crate::framing::driver::Inbox;

/// The incoming direction of a connection.
pub(super) struct Ingress {
    /// `None`: the encoder decodes too, because one framing serves both directions.
    pub(super) decoder: Option<Box<dyn Framing>>,
    pub(super) judge: Judging,
    pub(super) inbox: Inbox,
    /// It is not read before the peer has taken more of what waits for it.
    pub(super) paused: bool,
    /// It may have unread bytes that no event will announce again.
    pub(super) readable: bool,
    /// When a late reader reads, in nanoseconds.
    pub(super) read_due_ns: Option<u64>,
    /// An event has said that the peer sends no more; none says it again, so what is left must be
    /// read up to the end.
    pub(super) end_announced: bool,
    /// The peer sends no more, and everything of it is read.
    pub(super) input_ended: bool,
}

impl Ingress {
    /// Nothing was received yet.
    pub(super) fn new(decoder: Option<Box<dyn Framing>>, judge: Judging) -> Self {
        Self {
            decoder,
            judge,
            inbox: Inbox::default(),
            paused: false,
            readable: false,
            read_due_ns: None,
            end_announced: false,
            input_ended: false,
        }
    }
}
