//! What a connection sends: messages, their framing, and bytes that wait for the socket.

use super::answers::Answers;
use super::connection::MessageContext;
use super::outbox::Outbox;
use crate::framing::Framing;
use crate::framing::driver::HeldBack;

/// The outgoing direction of a connection.
pub(super) struct Egress {
    /// Encodes, and decodes too when one framing serves both directions.
    pub(super) encoder: Box<dyn Framing>,
    pub(super) outbox: Outbox,
    /// What was handed over and may not be encoded yet.
    pub(super) held: HeldBack<MessageContext>,
    /// Messages sent, for the ledger.
    pub(super) sequence: u64,
    /// Bytes encoded, ever.
    pub(super) encoded: u64,
    /// Bytes written, ever.
    pub(super) written: u64,
    /// What the framing has sent by itself.
    pub(super) answers: Answers,
    /// It is announced when there is room to write.
    pub(super) wants_write: bool,
    /// This direction is to be shut down once everything is written: that ends the message.
    pub(super) ends_output: bool,
    /// It is shut down.
    pub(super) output_ended: bool,
}

impl Egress {
    /// Nothing was sent yet.
    pub(super) fn new(encoder: Box<dyn Framing>, wants_write: bool) -> Self {
        Self {
            encoder,
            outbox: Outbox::default(),
            held: HeldBack::default(),
            sequence: 0,
            encoded: 0,
            written: 0,
            answers: Answers::default(),
            wants_write,
            ends_output: false,
            output_ended: false,
        }
    }
}
